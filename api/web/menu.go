package web

import (
	"strings"

	"github.com/skillcert/skillcert/engine/authz"
)

// Menu lists where somebody who can do these actions may go; here marks the current entry.
func Menu(can func(authz.Action) bool, here string) []Link {
	entries := []struct {
		action    authz.Action
		key, href string
	}{
		{authz.PlanWrite, "office", "/office"},
		{authz.SheetScore, "sheets", "/assessments"},
		{authz.CertRead, "certificates", "/certificates"},
		{authz.BankRead, "bank", "/bank"},
		{authz.BankMedical, "queue", "/bank/queue"},
		{authz.BankLabour, "queue", "/bank/queue"},
	}
	menu := []Link{{Key: "desk", Href: "/desk", Current: here == "/desk"}}
	for _, e := range entries {
		if can(e.action) {
			on := here == e.href || strings.HasPrefix(here, e.href+"?") || strings.HasPrefix(here, e.href+"/") && e.href != "/bank"
			menu = append(menu, Link{Key: e.key, Href: e.href, Current: on})
		}
	}
	return menu
}
