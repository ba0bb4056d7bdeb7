package web

import (
	"strings"

	"github.com/skillcert/skillcert/engine/authz"
)

// entry is a place in a menu, and the action that leads there.
type entry struct {
	action    authz.Action
	key, href string
}

// links are the entries open to somebody who can do these actions; current says which one the reader is at.
func links(can func(authz.Action) bool, entries []entry, current func(entry) bool) (menu []Link) {
	for _, e := range entries {
		if can(e.action) {
			menu = append(menu, Link{Key: e.key, Href: e.href, Current: current(e)})
		}
	}
	return menu
}

// Menu lists where somebody who can do these actions may go; here marks the current entry.
func Menu(can func(authz.Action) bool, here string) []Link {
	menu := links(can, []entry{
		{authz.PlanWrite, "office", "/office"},
		{authz.Register, "requests", "/requests"},
		{authz.SheetScore, "sheets", "/assessments"},
		{authz.ControlTake, "calibrations", "/calibrations"},
		{authz.ControlWrite, "controls", "/controls"},
		{authz.CalibrationRead, "calibrated", "/calibrated"},
		{authz.ConcordanceRead, "concordance", "/concordance"},
		{authz.CertRead, "certificates", "/certificates"},
		{authz.OrgMeasure, "bodies", "/bodies"},
		{authz.AccreditRead, "selections", "/selections"},
		{authz.RecogniseRead, "recognitions", "/recognitions"},
		{authz.TrainRead, "training", "/training"},
		{authz.TrainList, "training-list", "/training-list"},
		{authz.PersonRead, "persons", "/persons"},
		{authz.AuditRead, "readings", "/readings"},
		{authz.PairDecide, "pairs", "/pairs"},
		{authz.CertBulk, "bulk", "/bulk-check"},
		{authz.BankRead, "bank", "/bank"},
		{authz.BankMedical, "queue", "/bank/queue"},
		{authz.BankLabour, "queue", "/bank/queue"},
	}, func(e entry) bool { return within(here, e.href) && !(e.key == "bank" && within(here, "/bank/queue")) })
	return append([]Link{{Key: "desk", Href: "/desk", Current: here == "/desk"}}, menu...)
}

// BankMenu lists the rooms of the bank for somebody who can do these actions.
func BankMenu(can func(authz.Action) bool, here string) []Link {
	return links(can, []entry{
		{authz.BankRead, "bank-home", "/bank"},
		{authz.BankRead, "bank-items", "/bank/items"},
		{authz.BankEdit, "bank-new", "/bank/editor"},
		{authz.BankReview, "bank-review", "/bank/review"},
		{authz.BankCorrect, "bank-corrections", "/bank/corrections"},
		{authz.BankRead, "bank-tables", "/bank/tables"},
		{authz.BankRead, "bank-releases", "/bank/releases"},
		{authz.BlueprintRead, "bank-blueprints", "/bank/blueprints"},
		{authz.BankImport, "bank-import", "/bank/import"},
		{authz.BankRead, "bank-statistics", "/bank/statistics"},
	}, func(e entry) bool { return here == e.href || e.href != "/bank" && within(here, e.href) })
}

// within reports whether here is the page at href or one below it.
func within(here, href string) bool {
	rest, ok := strings.CutPrefix(here, href)
	return ok && (rest == "" || rest[0] == '/' || rest[0] == '?')
}
