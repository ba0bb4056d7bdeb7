package api

import (
	"context"
	"maps"
	"net/netip"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
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

// StandsOn maps the address of every form to that of its page, as patterns.
func (s *Server) StandsOn() map[string]string { return maps.Clone(s.stands) }

// Statuses is the table from kinds of refusal to HTTP.
func Statuses() map[errs.Kind]int { return maps.Clone(status) }

// ClientOf is who a request comes from, for a server with these proxies.
func ClientOf(header string, trusted []string, peer string, entries ...string) (string, error) {
	p, err := readProxies(header, trusted)
	if err != nil {
		return "", err
	}
	return p.client(plain(netip.MustParseAddr(peer)), entries).String(), nil
}

// TableRows collects a list as the rows of a table.
func TableRows(ctx context.Context, list func(context.Context, engine.Cursor) ([]string, string, error)) ([][]string, error) {
	return tableRows(ctx, list, func(s string) []string { return []string{s} })
}

// FontCache is the cache of cut fonts.
type FontCache struct{ fontCache }

// Get returns the font of the points, cut by cut if it is not kept.
func (f *FontCache) Get(points string, cut func() ([]byte, error)) ([]byte, error) {
	return f.get(points, cut)
}

// Bounds of the cache.
const (
	FontsKept = fontsKept
	FontBytes = fontBytes
)

// WithEmpty is the plan of a room of that capacity where the seats of these numbers are taken; empty seats are negative.
func WithEmpty(capacity int, taken ...int) []int {
	seats := withEmpty(each(taken, func(no int) web.SeatView { return web.SeatView{No: no, State: web.SeatExpected} }), &sitting.Session{}, sitting.Room{Capacity: capacity})
	return each(seats, func(s web.SeatView) int {
		if s.State == web.SeatEmpty {
			return -s.No
		}
		return s.No
	})
}
