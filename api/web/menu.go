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
			menu = append(menu, Link{Key: e.key, Href: e.href, Current: within(here, e.href) && !(e.key == "bank" && within(here, "/bank/queue"))})
		}
	}
	return menu
}

// BankMenu lists the rooms of the bank for somebody who can do these actions.
func BankMenu(can func(authz.Action) bool, here string) []Link {
	entries := []struct {
		action    authz.Action
		key, href string
	}{
		{authz.BankRead, "bank-home", "/bank"},
		{authz.BankRead, "bank-items", "/bank/items"},
		{authz.BankEdit, "bank-new", "/bank/editor"},
		{authz.BankReview, "bank-review", "/bank/review"},
		{authz.BankRead, "bank-tables", "/bank/tables"},
		{authz.BankRead, "bank-releases", "/bank/releases"},
		{authz.BankImport, "bank-import", "/bank/import"},
		{authz.BankRead, "bank-statistics", "/bank/statistics"},
	}
	var menu []Link
	for _, e := range entries {
		if can(e.action) {
			menu = append(menu, Link{Key: e.key, Href: e.href, Current: here == e.href || e.href != "/bank" && within(here, e.href)})
		}
	}
	return menu
}

// within reports whether here is the page at href or one below it.
func within(here, href string) bool {
	rest, ok := strings.CutPrefix(here, href)
	return ok && (rest == "" || rest[0] == '/' || rest[0] == '?')
}
