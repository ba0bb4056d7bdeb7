package api

import (
	"maps"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// RouteInfo is a row of the route table as tests see it.
type RouteInfo struct {
	Method, Path string
	Actions      []authz.Action // any of them opens the door; empty: open to everybody
	Limited      bool
}

// Routes lists the JSON routes or the pages.
func (s *Server) Routes(json bool) []RouteInfo {
	rows := s.pageRoutes()
	if json {
		rows = s.apiRoutes()
	}
	return each(rows, func(r route) RouteInfo {
		info := RouteInfo{Method: r.Method, Path: r.Path, Actions: r.Also, Limited: r.Limit != noLimit}
		if r.Action != "" {
			info.Actions = append([]authz.Action{r.Action}, r.Also...)
		}
		return info
	})
}

// Statuses is the table from kinds of refusal to HTTP.
func Statuses() map[errs.Kind]int { return maps.Clone(status) }
