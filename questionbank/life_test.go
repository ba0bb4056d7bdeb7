package questionbank_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/storetest"
	"github.com/skillcert/skillcert/questionbank"
)

// step is one command on version 1 of an item.
type step struct {
	name string
	do   func(h *house, code string) (*questionbank.Item, error)
}

func steps() []step {
	edited := func(h *house, code string) (*questionbank.Item, error) {
		i, err := h.ports.Items.Item(ctx, code)
		if err != nil {
			return nil, err
		}
		v := i.Current()
		v.Stem += "（改）"
		return h.Edit(ctx, author, v, "更正")
	}
	return []step{
		{"edit", edited},
		{"review", func(h *house, c string) (*questionbank.Item, error) {
			return h.Review(ctx, person("second", authz.Reviewer, ""), c, 1)
		}},
		{"refuse", func(h *house, c string) (*questionbank.Item, error) {
			return h.Refuse(ctx, reviewer, c, 1, "题干有歧义")
		}},
		{"deny", func(h *house, c string) (*questionbank.Item, error) {
			return h.Refuse(ctx, medical, c, 1, "与政策不符")
		}},
		{"consent", func(h *house, c string) (*questionbank.Item, error) { return h.Consent(ctx, labour, c, 1) }},
		{"file", func(h *house, c string) (*questionbank.Item, error) {
			return h.File(ctx, keeper, c, 1, authz.Labour, "人备2026-1")
		}},
		{"refile", func(h *house, c string) (*questionbank.Item, error) {
			return h.File(ctx, keeper, c, 1, authz.Labour, "备2026-2")
		}},
		{"file-older", func(h *house, c string) (*questionbank.Item, error) {
			return h.File(ctx, keeper, c, 0, authz.Labour, "备2026-1")
		}},
		{"admit", admit},
		{"suspend", func(h *house, c string) (*questionbank.Item, error) { return h.Suspend(ctx, keeper, c, "有误") }},
		{"resume", func(h *house, c string) (*questionbank.Item, error) { return h.Resume(ctx, deputy, c, "核对无误") }},
		{"retire", func(h *house, c string) (*questionbank.Item, error) { return h.Retire(ctx, keeper, c, "过时") }},
	}
}

func admit(h *house, code string) (*questionbank.Item, error) {
	i, err := h.ports.Items.Item(ctx, code)
	if err != nil {
		return nil, err
	}
	if err = i.Admit("next", 1, keeper, h.clock.Now()); err != nil {
		return nil, err
	}
	return i, h.ports.Items.UpdateItem(ctx, i)
}

const refused = questionbank.State("refused")

// TestEveryStepFromEveryState: the state after each step, or refused.
func TestEveryStepFromEveryState(t *testing.T) {
	const (
		draft, reviewed, consented = questionbank.Draft, questionbank.Reviewed, questionbank.Consented
		filed, admitted            = questionbank.Filed, questionbank.Admitted
		suspended, retired         = questionbank.Suspended, questionbank.Retired
		no                         = refused
	)
	type row []questionbank.State // after edit, review, refuse, deny, consent, file, refile, file-older, admit, suspend, resume, retire
	for _, kind := range []struct {
		name, province string
		table          map[questionbank.State]row
	}{
		{"national", "", map[questionbank.State]row{
			draft:     {draft, reviewed, draft, no, no, no, no, no, no, suspended, no, retired},
			reviewed:  {draft, no, draft, no, no, no, no, no, admitted, suspended, no, retired},
			admitted:  {draft, no, no, no, no, no, no, no, admitted, suspended, no, retired},
			suspended: {draft, no, no, no, no, no, no, no, no, suspended, draft, retired},
			retired:   {no, no, no, no, no, no, no, no, no, no, no, retired},
		}},
		{"supplement", "12", map[questionbank.State]row{
			draft:     {draft, reviewed, draft, no, no, no, no, no, no, suspended, no, retired},
			reviewed:  {draft, no, draft, draft, reviewed, no, no, no, no, suspended, no, retired},
			consented: {draft, no, no, draft, consented, consented, consented, no, no, suspended, no, retired},
			filed:     {draft, no, no, draft, filed, filed, no, no, admitted, suspended, no, retired},
			admitted:  {draft, no, no, no, admitted, admitted, no, no, admitted, suspended, no, retired},
			suspended: {draft, no, no, no, no, no, no, no, no, suspended, draft, retired},
			retired:   {no, no, no, no, no, no, no, no, no, no, no, retired},
		}},
	} {
		h := furnished(t)
		for from, row := range kind.table {
			for n, s := range steps() {
				code := fmt.Sprintf("%s-%s-%s", kind.name, from, s.name)
				h.imported(t, single(code, kind.province))
				before := h.lead(t, code, from)
				_, err := s.do(h, code)
				after := done(h.ports.Items.Item(ctx, code))(t)
				switch {
				case row[n] == no && (err == nil || after.Revision != before.Revision):
					t.Errorf("%s: %v, now %s; want a refusal and no change", code, err, after.State)
				case row[n] != no && (err != nil || after.State != row[n]):
					t.Errorf("%s: %v, now %s; want %s", code, err, after.State, row[n])
				}
			}
		}
	}
}

func TestWhoMayJudge(t *testing.T) {
	h := furnished(t)
	h.imported(t, single("N1", ""), single("P1", "12"), single("P2", "12"))
	colleague := person("colleague", authz.Author, "")
	v := single("P2", "12")
	v.Stem = "改过的题干"
	done(h.Edit(ctx, colleague, v, "更正"))(t)
	as := func(name string, role authz.Role) authz.Principal { return person(name, role, "12") }
	review := func(by authz.Principal, code string, version int) func() error {
		return func() error { _, err := h.Review(ctx, by, code, version); return err }
	}
	consent := func(by authz.Principal, code string, version int) func() error {
		return func() error { _, err := h.Consent(ctx, by, code, version); return err }
	}
	both := authz.Principal{Account: "both", Person: "both", Roles: []authz.Role{authz.Medical, authz.Labour}, Province: "12"}
	for _, s := range []struct {
		name string
		do   func() error
		want error
	}{
		{"author reviews", review(as("author", authz.Reviewer), "N1", 1), questionbank.ErrOwnItem},
		{"nobody reviews", review(as("", authz.Reviewer), "N1", 1), authz.ErrForbidden},
		{"wrong role", review(author, "N1", 1), authz.ErrForbidden},
		{"version to come", review(reviewer, "N1", 2), questionbank.ErrVersion},
		{"no version", review(reviewer, "N1", 0), questionbank.ErrVersion},
		{"unknown item", review(reviewer, "N9", 1), questionbank.ErrItem},
		{"no code at all", review(reviewer, "题\x00", 1), questionbank.ErrItem},
		{"first author reviews the edit of another", review(as("author", authz.Reviewer), "P2", 2), questionbank.ErrOwnItem},
		{"editor reviews", review(as("colleague", authz.Reviewer), "P2", 2), questionbank.ErrOwnItem},
		{"old version", review(reviewer, "P2", 1), questionbank.ErrVersion},
		{"sound", review(reviewer, "P1", 1), nil},
		{"again", review(reviewer, "P1", 1), nil},
		{"national", review(reviewer, "N1", 1), nil},
		{"consent to a national item", consent(medical, "N1", 1), questionbank.ErrItemState},
		{"consent of a reviewer", consent(reviewer, "P1", 1), authz.ErrForbidden},
		{"consent of another province", consent(outsider, "P1", 1), questionbank.ErrConsentProvince},
		{"consent without a province", consent(person("m", authz.Medical, ""), "P1", 1), questionbank.ErrConsentProvince},
		{"consent of the author", consent(as("author", authz.Medical), "P1", 1), questionbank.ErrOwnItem},
		{"consent to another version", consent(medical, "P1", 2), questionbank.ErrVersion},
		{"consent for two authorities", consent(both, "P1", 1), questionbank.ErrSamePerson},
		{"consent", consent(medical, "P1", 1), nil},
		{"again", consent(medical, "P1", 1), nil},
		{"the same person for the other authority", consent(as("medical", authz.Labour), "P1", 1), questionbank.ErrSamePerson},
		{"the other authority", consent(labour, "P1", 1), nil},
	} {
		if err := s.do(); !errors.Is(err, s.want) {
			t.Errorf("%s: %v, want %v", s.name, err, s.want)
		}
	}
}

func TestBothOrdersOfConsentAndFiling(t *testing.T) {
	h := furnished(t)
	for _, order := range [][2]authz.Principal{{medical, labour}, {labour, medical}} {
		code := "P-" + order[0].Person
		h.imported(t, single(code, "12"))
		h.lead(t, code, questionbank.Reviewed)
		if i := done(h.Consent(ctx, order[0], code, 1))(t); i.State != questionbank.Reviewed {
			t.Errorf("%s: %s after one consent", code, i.State)
		}
		_, err := h.File(ctx, keeper, code, 1, authz.Medical, "备2026-1")
		wantError(t, "filing after one consent", err, questionbank.ErrItemState)
		if i := done(h.Consent(ctx, order[1], code, 1))(t); i.State != questionbank.Consented {
			t.Errorf("%s: %s after both consents", code, i.State)
		}
		first, second := order[0].Roles[0], order[1].Roles[0]
		if i := done(h.File(ctx, keeper, code, 1, first, "备2026-1"))(t); i.State != questionbank.Consented || i.Admissible() == nil {
			t.Errorf("%s: %s after one filing", code, i.State)
		}
		if i := done(h.File(ctx, keeper, code, 1, first, "备2026-1a"))(t); i.State != questionbank.Consented || len(i.Filings) != 1 {
			t.Errorf("%s: %s, %v after the same authority's number was corrected", code, i.State, i.Filings)
		}
		if i := done(h.File(ctx, keeper, code, 1, second, "备2026-2"))(t); i.State != questionbank.Filed || i.Admissible() != nil {
			t.Errorf("%s: %s after both filings", code, i.State)
		}
	}
	for _, number := range []string{"", "  ", "备2026-a\x01b", "备2026", "备案号未定", strings.Repeat("1", 65)} {
		_, err := h.File(ctx, keeper, "P-medical", 1, authz.Medical, number)
		wantError(t, "number "+number, err, questionbank.ErrItemInput)
	}
	_, err := h.File(ctx, keeper, "P-medical", 1, authz.Supervisor, "备2026-1")
	wantError(t, "authority", err, questionbank.ErrItemInput)
	v := single("P-medical", "12")
	v.Stem = "新的题干"
	done(h.Edit(ctx, author, v, "更正"))(t)
	done(h.Review(ctx, reviewer, v.Code, 2))(t)
	done(h.Consent(ctx, medical, v.Code, 2))(t)
	done(h.Consent(ctx, labour, v.Code, 2))(t)
	for _, version := range []int{0, 1, 3} {
		_, err = h.File(ctx, keeper, v.Code, version, authz.Medical, "备2026-1")
		wantError(t, fmt.Sprint("filing of version ", version), err, questionbank.ErrVersion)
	}
	done(h.File(ctx, keeper, v.Code, 2, authz.Medical, "备2026-1"))(t)
}

// TestWhatIsMissingIsNeverAdmitted: whatever state an item claims, each of the four is needed.
func TestWhatIsMissingIsNeverAdmitted(t *testing.T) {
	h := furnished(t)
	h.imported(t, single("P1", "12"))
	h.lead(t, "P1", questionbank.Filed)
	for name, spoil := range map[string]func(*questionbank.Item){
		"no medical consent": func(i *questionbank.Item) { i.Consents = i.Consents[1:] },
		"no labour consent":  func(i *questionbank.Item) { i.Consents = i.Consents[:1] },
		"no medical filing":  func(i *questionbank.Item) { i.Filings = i.Filings[1:] },
		"no labour filing":   func(i *questionbank.Item) { i.Filings = i.Filings[:1] },
		"one consent twice":  func(i *questionbank.Item) { i.Consents[1].Authority = authz.Medical },
		"one filing twice":   func(i *questionbank.Item) { i.Filings[0].Authority = authz.Labour },
	} {
		for _, claimed := range questionbank.States() {
			i := done(h.ports.Items.Item(ctx, "P1"))(t)
			spoil(i)
			i.State = claimed
			wantError(t, name, i.Admit("R", 1, keeper, h.clock.Now()), questionbank.ErrItemState)
		}
	}
}

func TestEditDropsWhatWasSaid(t *testing.T) {
	h := furnished(t)
	h.imported(t, single("P1", "12"))
	old := h.lead(t, "P1", questionbank.Filed).Current()
	v := old
	v.Stem = "新的题干"
	i := done(h.Edit(ctx, author, v, "更正"))(t)
	if i.State != questionbank.Draft || len(i.Consents)+len(i.Filings) != 0 || i.Reviewer != "" || i.Current().Version != 2 {
		t.Fatalf("after the edit: %+v", i)
	}
	if i.Versions[0].Digest() != old.Digest() {
		t.Error("the edit changed the old version")
	}
	again := done(h.Edit(ctx, author, v, "更正"))(t)
	if again.Revision != i.Revision {
		t.Error("sending the edit again wrote something")
	}
	for name, s := range map[string]struct {
		change func(*questionbank.ItemVersion)
		reason string
		want   error
	}{
		"from an old version": {func(v *questionbank.ItemVersion) { v.Version, v.Stem = 1, "再改" }, "更正", questionbank.ErrVersion},
		"to national":         {func(v *questionbank.ItemVersion) { v.Version, v.Province = 2, "" }, "更正", questionbank.ErrItemInput},
		"to another province": {func(v *questionbank.ItemVersion) { v.Version, v.Province = 2, "22" }, "更正", questionbank.ErrItemInput},
		"unknown point":       {func(v *questionbank.ItemVersion) { v.Version, v.Point = 2, "A-A-009" }, "更正", questionbank.ErrItemInput},
		"without a reason":    {func(v *questionbank.ItemVersion) { v.Version, v.Stem = 2, "再改" }, " ", questionbank.ErrItemInput},
	} {
		w := v
		s.change(&w)
		_, err := h.Edit(ctx, author, w, s.reason)
		wantError(t, name, err, s.want)
	}
}

// TestNoShortcutIntoARelease: whatever commands come in whatever order, a supplement that is admitted has, on its current
// version, the consents of two persons for both authorities of its province and both filings. No version ever changes,
// and every step that was taken is one event of the trail.
func TestNoShortcutIntoARelease(t *testing.T) {
	h := furnished(t)
	n, admitted := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		w := &witness{house: h, code: fmt.Sprint("P", n), said: map[int]map[string]authz.Principal{}}
		h.imported(t, single(w.code, "12"))
		for range 16 {
			if rapid.Bool().Draw(rt, "onward") {
				w.onward(t)
			} else {
				w.command(t, rt)
			}
			i := done(h.ports.Items.Item(ctx, w.code))(t)
			if err := w.history(i); err != nil {
				rt.Fatal(err)
			}
			if i.State != questionbank.Admitted {
				continue
			}
			admitted++
			got := w.said[i.Current().Version]
			m, l := got["consent medical"], got["consent labour"]
			if len(got) != 4 || m.Person == l.Person || m.Province != "12" || l.Province != "12" || m.Person == "author" || l.Person == "author" {
				rt.Fatalf("%s was admitted with %v", w.code, got)
			}
		}
	})
	if admitted == 0 {
		t.Error("no run led to an admission: the law was never tried")
	}
}

// witness remembers on its own what was accepted of one item: by version, what and by whom.
type witness struct {
	*house
	code string
	said map[int]map[string]authz.Principal

	versions []string // digests, as they were first seen
	trail    engine.Trail
}

// history compares an item with what was seen of it before.
func (w *witness) history(i *questionbank.Item) error {
	if int64(len(i.Trail)) != i.Revision {
		return fmt.Errorf("%s: %d events in %d writes", i.Code, len(i.Trail), i.Revision)
	}
	for n, e := range w.trail {
		if i.Trail[n] != e {
			return fmt.Errorf("%s: event %d became %+v", i.Code, n, i.Trail[n])
		}
	}
	for n, v := range i.Versions {
		switch digest := v.Digest(); {
		case v.Version != n+1 || v.Author == "" || (v.Reason == "") != (n == 0):
			return fmt.Errorf("%s: version %d is %+v", i.Code, n+1, v)
		case n == len(w.versions):
			w.versions = append(w.versions, digest)
		case w.versions[n] != digest:
			return fmt.Errorf("%s: version %d changed", i.Code, n+1)
		}
	}
	for _, a := range i.Admissions {
		if a.Version < 1 || a.Version > len(i.Versions) {
			return fmt.Errorf("%s: admitted %+v", i.Code, a)
		}
	}
	w.trail = i.Trail
	return nil
}

// note remembers what was written; a repetition that changed nothing is no new word.
func (w *witness) note(before *questionbank.Item, what string, by authz.Principal, after *questionbank.Item, err error) {
	if err != nil || after.Revision == before.Revision {
		return
	}
	version := after.Current().Version
	if w.said[version] == nil {
		w.said[version] = map[string]authz.Principal{}
	}
	if _, again := w.said[version][what]; !again {
		w.said[version][what] = by
	}
}

// onward does what leads the item on, so that runs reach the end of its life too.
func (w *witness) onward(t *testing.T) {
	i := done(w.ports.Items.Item(ctx, w.code))(t)
	version := i.Current().Version
	switch i.State {
	case questionbank.Draft:
		done(w.Review(ctx, person("second", authz.Reviewer, ""), w.code, version))(t) // nobody passes what they sent back
	case questionbank.Reviewed:
		for _, p := range []authz.Principal{medical, labour} {
			after, err := w.Consent(ctx, p, w.code, version)
			w.note(i, "consent "+string(p.Roles[0]), p, after, err)
			i = done(w.ports.Items.Item(ctx, w.code))(t)
		}
	case questionbank.Consented:
		for _, role := range []authz.Role{authz.Labour, authz.Medical} {
			after, err := w.File(ctx, keeper, w.code, version, role, "备2026-1")
			w.note(i, "filing "+string(role), keeper, after, err)
			i = done(w.ports.Items.Item(ctx, w.code))(t)
		}
	case questionbank.Suspended:
		done(w.Resume(ctx, deputy, w.code, "核对无误"))(t)
	default:
		w.admit(t, i, version)
	}
}

func (w *witness) admit(t *testing.T, i *questionbank.Item, version int) {
	if err := i.Admit(fmt.Sprint("R", i.Revision), version, keeper, w.clock.Now()); err == nil {
		must(t, w.ports.Items.UpdateItem(ctx, i))
	}
}

// command tries one command, mostly by somebody who may and on the newest version.
func (w *witness) command(t *testing.T, rt *rapid.T) {
	i := done(w.ports.Items.Item(ctx, w.code))(t)
	everybody := []authz.Principal{author, reviewer, keeper, medical, labour, outsider, person("reviewer", authz.Medical, "12"),
		person("medical", authz.Labour, "12"), person("author", authz.Labour, "12")}
	version := i.Current().Version - rapid.SampledFrom([]int{0, 0, 0, 0, 0, 0, 0, 1}).Draw(rt, "behind")
	by := func(likely ...authz.Principal) authz.Principal {
		if rapid.IntRange(0, 3).Draw(rt, "anybody") == 0 {
			likely = everybody
		}
		return rapid.SampledFrom(likely).Draw(rt, "by")
	}
	authority := rapid.SampledFrom([]authz.Role{authz.Medical, authz.Labour})
	switch rapid.IntRange(0, 19).Draw(rt, "command") {
	case 0:
		v := i.Current()
		v.Stem += "改"
		_, _ = w.Edit(ctx, by(author), v, "更正")
	case 1:
		if _, err := w.Refuse(ctx, by(reviewer, medical), w.code, version, "退回"); err == nil {
			delete(w.said, version)
		}
	case 2, 3, 4:
		_, _ = w.Review(ctx, by(reviewer), w.code, version)
	case 5, 6, 7, 8, 9, 10:
		p := by(medical, labour, person("medical", authz.Labour, "12"), person("labour", authz.Medical, "12"))
		after, err := w.Consent(ctx, p, w.code, version)
		w.note(i, "consent "+string(p.Roles[0]), p, after, err)
	case 11, 12, 13, 14, 15:
		role := authority.Draw(rt, "authority")
		p := by(keeper)
		after, err := w.File(ctx, p, w.code, version, role, "备2026-1")
		w.note(i, "filing "+string(role), p, after, err)
	case 16, 17:
		_, _ = w.Suspend(ctx, by(keeper), w.code, "有误")
	default:
		w.admit(t, i, version)
	}
}

// TestACorrectedFiling: by the keeper, with a reason, after both are there and before a release holds the item.
func TestACorrectedFiling(t *testing.T) {
	h := furnished(t)
	h.imported(t, single("P1", "12"))
	h.lead(t, "P1", questionbank.Consented)
	correct := func(by authz.Principal, number, reason string) (*questionbank.Item, error) {
		return h.CorrectFiling(ctx, by, "P1", 1, authz.Medical, number, reason)
	}
	done(h.File(ctx, keeper, "P1", 1, authz.Medical, "国备2026-1"))(t)
	_, err := correct(keeper, "国备2026-7", "抄错")
	wantError(t, "before both are there", err, questionbank.ErrItemState)
	done(h.File(ctx, keeper, "P1", 1, authz.Labour, "人备2026-1"))(t)
	_, err = correct(author, "国备2026-7", "抄错")
	wantError(t, "author", err, authz.ErrForbidden)
	_, err = correct(keeper, "国备2026-7", " ")
	wantError(t, "no reason", err, questionbank.ErrItemInput)
	_, err = correct(keeper, "7", "抄错")
	wantError(t, "no number", err, questionbank.ErrItemInput)
	_, err = h.CorrectFiling(ctx, keeper, "P1", 2, authz.Medical, "国备2026-7", "抄错")
	wantError(t, "another version", err, questionbank.ErrVersion)
	i := done(correct(keeper, "国备2026-7", "抄错"))(t)
	last := i.Trail[len(i.Trail)-1]
	if i.State != questionbank.Filed || len(i.Filings) != 2 || i.Filings[0].Number != "国备2026-7" || i.Admissible() != nil ||
		last.Action != "item.refiled" || last.By != keeper.Account || !strings.Contains(last.Note, "国备2026-1 → 国备2026-7：抄错") {
		t.Errorf("%s, %v, %+v", i.State, i.Filings, last)
	}
	if again := done(correct(keeper, "国备2026-7", "抄错"))(t); again.Revision != i.Revision {
		t.Error("correcting again wrote something")
	}
	done(admit(h, "P1"))(t)
	_, err = correct(keeper, "国备2026-8", "抄错")
	wantError(t, "admitted", err, questionbank.ErrItemState)
}

// TestWhatWasSentBackIsEditedFirst: the reviewer who sent a version back cannot pass it as it stands.
func TestWhatWasSentBackIsEditedFirst(t *testing.T) {
	h := furnished(t)
	h.imported(t, single("N1", ""))
	if _, returned := done(h.ports.Items.Item(ctx, "N1"))(t).Returned(); returned {
		t.Error("a new draft counts as sent back")
	}
	i := done(h.Refuse(ctx, reviewer, "N1", 1, "题干有歧义"))(t)
	if reason, returned := i.Returned(); !returned || reason != "题干有歧义" {
		t.Errorf("sent back: %q, %t", reason, returned)
	}
	_, err := h.Review(ctx, reviewer, "N1", 1)
	wantError(t, "the same version", err, questionbank.ErrItemState)
	v := single("N1", "")
	v.Stem = "改过的题干"
	if _, returned := done(h.Edit(ctx, author, v, "更正"))(t).Returned(); returned {
		t.Error("an edited item still counts as sent back")
	}
	done(h.Review(ctx, reviewer, "N1", 2))(t)
}

// TestWaiting counts for each what waits for them.
func TestWaiting(t *testing.T) {
	h := furnished(t)
	h.imported(t, single("N1", ""), single("N2", ""), single("N3", ""), single("P1", "12"), single("P2", "12"), single("P3", "22"))
	done(h.Refuse(ctx, reviewer, "N1", 1, "题干有歧义"))(t)
	for _, code := range []string{"P1", "P2", "P3"} {
		h.lead(t, code, questionbank.Reviewed)
	}
	done(h.Consent(ctx, labour, "P1", 1))(t)
	for _, s := range []struct {
		by   authz.Principal
		want questionbank.Waiting
	}{
		{author, questionbank.Waiting{Returned: 1}},
		{reviewer, questionbank.Waiting{Review: 2}},
		{person("author", authz.Reviewer, ""), questionbank.Waiting{}},
		{medical, questionbank.Waiting{Consent: 2}},
		{labour, questionbank.Waiting{Consent: 1}},
		{keeper, questionbank.Waiting{}},
	} {
		if got := done(h.Waiting(ctx, s.by))(t); got != s.want {
			t.Errorf("%s: %+v, want %+v", s.by.Account, got, s.want)
		}
	}
}

func TestRefusalNeedsAReason(t *testing.T) {
	h := furnished(t)
	h.imported(t, single("N1", ""))
	h.lead(t, "N1", questionbank.Reviewed)
	_, err := h.Refuse(ctx, reviewer, "N1", 1, "")
	wantError(t, "no reason", err, questionbank.ErrItemInput)
	i := done(h.Refuse(ctx, reviewer, "N1", 1, "题干有歧义"))(t)
	if last := i.Trail[len(i.Trail)-1]; last.Note != "题干有歧义" || i.State != questionbank.Draft {
		t.Errorf("%s, %+v", i.State, last)
	}
	_, err = h.Refuse(ctx, keeper, "N1", 1, "无权")
	wantError(t, "keeper", err, authz.ErrForbidden)
}

// 命题人换一个证件、换一个账号，也不能审自己命的题。
func TestAnAuthorReviewsUnderNoDocument(t *testing.T) {
	h := furnished(t)
	s := store.New(storetest.OpenSQLite(t), ids.Seeded("people"))
	h.ports.People = people.NewRegistry(s.People(), s.Organisations(), []byte("key"), h.clock)
	h.imported(t, single("N1", ""))
	i := done(h.ports.Items.Item(ctx, "N1"))(t)
	storetest.OneHuman(t, s.People(), i.Current().Author, "passport")
	b := h.bank(h.ports)
	_, err := b.Review(ctx, person("passport", authz.Reviewer, ""), "N1", i.Current().Version)
	wantError(t, "the author's other document", err, questionbank.ErrOwnItem)
	done(b.Review(ctx, person("another", authz.Reviewer, ""), "N1", i.Current().Version))(t)
}
