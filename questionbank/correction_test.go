package questionbank_test

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// released is a bank whose release 2026.1 holds version 1 of two items; version 2 of the first has another key, version
// 3 other words.
func released(t *testing.T) *house {
	t.Helper()
	h := furnished(t)
	h.imported(t, single("A1", ""), single("A2", ""))
	for _, code := range []string{"A1", "A2"} {
		h.lead(t, code, questionbank.Reviewed)
	}
	done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
	v := single("A1", "")
	v.Key = []int{1}
	done(h.Edit(ctx, author, v, "答案有误"))(t)
	v.Stem += "（多选）"
	done(h.Edit(ctx, author, v, "题干有误"))(t)
	return h
}

func rekey(to int) questionbank.CorrectionEntry {
	return questionbank.CorrectionEntry{Code: "A1", Version: 1, Remedy: questionbank.Rekey, To: to, Reason: "答案有误"}
}

// rulings are those of release 2026.1.
func (h *house) rulings(t *testing.T) questionbank.Rulings {
	t.Helper()
	s := done(h.Snapshot(ctx, "2026.1"))(t)
	return done(h.Rulings(ctx, s))(t)
}

func TestCorrection(t *testing.T) {
	h := released(t)
	c := done(h.ProposeCorrection(ctx, keeper, rekey(2)))(t)
	if c.ID != "A1.1.1" || !slices.Equal(c.Releases, []string{"2026.1"}) || c.To.Digest == "" || c.Proposal.Role != authz.BankKeeper {
		t.Fatalf("%+v", c)
	}
	if again := done(h.ProposeCorrection(ctx, keeper, rekey(2)))(t); again.ID != c.ID {
		t.Fatalf("sent twice: %+v", again)
	}
	if len(h.rulings(t)) != 0 {
		t.Fatal("half a decision rules")
	}
	for range 2 {
		c = done(h.ConfirmCorrection(ctx, reviewer, c.ID))(t)
	}
	if c.State != questionbank.Decided || c.Decision.By != "reviewer" || len(c.Trail) != 2 {
		t.Fatalf("%+v", c)
	}
	r, ok := h.rulings(t).Of("A1")
	if !ok || r.Full || r.Key.Version != 2 || !slices.Equal(r.Key.Key, []int{1}) || r.Correction != c.ID {
		t.Fatalf("%+v", r)
	}
	if s := done(h.Snapshot(ctx, "2026.1"))(t); !slices.Equal(s.Items[0].Key, []int{0}) {
		t.Fatal("the release itself changed")
	}
}

// Both halves are needed, from two people in two roles, neither an author of the item.
func TestCorrectionNeedsAPair(t *testing.T) {
	h := released(t)
	both := person("both", authz.BankKeeper, "")
	both.Roles = append(both.Roles, authz.Reviewer)
	writes := person("author", authz.Reviewer, "")
	nobody := reviewer
	nobody.Person = ""
	for _, x := range []struct {
		by   authz.Principal
		want error
	}{{author, authz.ErrForbidden}, {medical, authz.ErrForbidden}, {writes, questionbank.ErrOwnItem},
		{nobody, authz.ErrForbidden}, {authz.Anonymous(), authz.ErrUnauthenticated}} {
		_, err := h.ProposeCorrection(ctx, x.by, rekey(2))
		wantError(t, "propose", err, x.want)
	}
	c := done(h.ProposeCorrection(ctx, both, rekey(2)))(t)
	for _, x := range []struct {
		by   authz.Principal
		want error
	}{{both, questionbank.ErrCorrectionPair}, {keeper, questionbank.ErrCorrectionPair}, {deputy, questionbank.ErrCorrectionPair},
		{author, authz.ErrForbidden}, {writes, questionbank.ErrOwnItem}, {nobody, authz.ErrForbidden}} {
		_, err := h.ConfirmCorrection(ctx, x.by, c.ID)
		wantError(t, "confirm by "+x.by.Account, err, x.want)
		if x.by.Account != both.Account {
			_, err = h.DeclineCorrection(ctx, x.by, c.ID, "不妥")
			wantError(t, "decline by "+x.by.Account, err, x.want)
		}
		i := done(h.ports.Items.Item(ctx, "A1"))(t)
		if c.MayConfirm(i, x.by) {
			t.Errorf("%s is offered to confirm", x.by.Account)
		}
	}
	done(h.ConfirmCorrection(ctx, reviewer, c.ID))(t)

	c = done(h.ProposeCorrection(ctx, reviewer, rekey(1)))(t) // the other way round
	done(h.ConfirmCorrection(ctx, keeper, c.ID))(t)
	_, err := h.ConfirmCorrection(ctx, deputy, c.ID)
	wantError(t, "a third", err, questionbank.ErrCorrectionState)
}

func TestCorrectionInput(t *testing.T) {
	h := released(t)
	with := func(edit func(*questionbank.CorrectionEntry)) questionbank.CorrectionEntry {
		e := rekey(2)
		edit(&e)
		return e
	}
	for name, c := range map[string]struct {
		in    questionbank.CorrectionEntry
		field string
	}{
		"no reason":           {with(func(e *questionbank.CorrectionEntry) { e.Reason = " " }), "reason"},
		"no remedy":           {with(func(e *questionbank.CorrectionEntry) { e.Remedy = "" }), "remedy"},
		"never released":      {with(func(e *questionbank.CorrectionEntry) { e.Version, e.To = 2, 1 }), "version"},
		"no such version":     {with(func(e *questionbank.CorrectionEntry) { e.Version = 9 }), "version"},
		"no such key":         {rekey(4), "to"},
		"none named":          {rekey(0), "to"},
		"other words":         {rekey(3), "to"},
		"the same key":        {rekey(1), "to"},
		"full with a version": {with(func(e *questionbank.CorrectionEntry) { e.Remedy = questionbank.FullCredit }), "to"},
	} {
		_, err := h.ProposeCorrection(ctx, keeper, c.in)
		var e *errs.Error
		if !errors.As(err, &e) || !errors.Is(err, questionbank.ErrCorrectionInput) ||
			!slices.ContainsFunc(e.Fields, func(f errs.Field) bool { return f.Name == c.field }) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := h.ProposeCorrection(ctx, keeper, with(func(e *questionbank.CorrectionEntry) { e.Code = "Z" }))
	wantError(t, "no such item", err, questionbank.ErrItem)
	_, err = h.ConfirmCorrection(ctx, reviewer, "Z.1.1")
	wantError(t, "no such correction", err, questionbank.ErrCorrection)
	_, err = h.Corrections(ctx, medical, "A1")
	wantError(t, "read", err, authz.ErrForbidden)
}

// A version has one open proposal, what is declined rules nothing, and of what is decided the last rules.
func TestCorrectionsFollowEachOther(t *testing.T) {
	h := released(t)
	first := done(h.ProposeCorrection(ctx, keeper, rekey(2)))(t)
	full := questionbank.CorrectionEntry{Code: "A1", Version: 1, Remedy: questionbank.FullCredit, Reason: "无正确项"}
	_, err := h.ProposeCorrection(ctx, reviewer, full)
	wantError(t, "a second proposal", err, questionbank.ErrCorrectionOpen)
	for range 2 {
		done(h.DeclineCorrection(ctx, reviewer, first.ID, "原答案正确"))(t)
	}
	_, err = h.ConfirmCorrection(ctx, reviewer, first.ID)
	wantError(t, "confirm what is declined", err, questionbank.ErrCorrectionState)
	second := done(h.ProposeCorrection(ctx, reviewer, full))(t)
	done(h.DeclineCorrection(ctx, reviewer, second.ID, "写错了"))(t) // its proposer takes it back
	third := done(h.ProposeCorrection(ctx, reviewer, full))(t)
	if done(h.ConfirmCorrection(ctx, keeper, third.ID))(t).Number != 3 {
		t.Fatalf("%+v", third)
	}
	if r, ok := h.rulings(t).Of("A1"); !ok || !r.Full || len(h.rulings(t)) != 1 {
		t.Fatalf("%+v", h.rulings(t))
	}
	_, err = h.ProposeCorrection(ctx, reviewer, full)
	wantError(t, "full credit twice", err, questionbank.ErrCorrectionInput)
	fourth := done(h.ProposeCorrection(ctx, keeper, rekey(1)))(t) // the first key was right after all
	done(h.ConfirmCorrection(ctx, reviewer, fourth.ID))(t)
	all := h.rulings(t)
	r, _ := all.Of("A1")
	old, ok := all.Named(third.ID)
	if r.Full || r.Key.Version != 1 || len(all.InForce()) != 1 || !ok || !old.Full {
		t.Fatalf("%+v", all)
	}
	list := done(h.Corrections(ctx, author, "A1"))(t)
	if len(list) != 4 || list[0].Refusal != "原答案正确" || list[3].ID != fourth.ID {
		t.Fatalf("%+v", list)
	}
}

func TestOneProposes(t *testing.T) {
	h := released(t)
	var wg sync.WaitGroup
	var won atomic.Int64
	for _, by := range []authz.Principal{keeper, deputy, reviewer, person("second", authz.Reviewer, "")} {
		wg.Go(func() {
			switch _, err := h.bank(h.ports).ProposeCorrection(ctx, by, rekey(2)); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, questionbank.ErrCorrectionOpen):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d proposed", won.Load())
	}
}

// A ruling follows the version that was decided on, or nothing.
func TestRulingChecksItsVersion(t *testing.T) {
	h := released(t)
	c := done(h.ProposeCorrection(ctx, keeper, rekey(2)))(t)
	done(h.ConfirmCorrection(ctx, reviewer, c.ID))(t)
	i := done(h.ports.Items.Item(ctx, "A1"))(t)
	i.Versions[1].Key = []int{2}
	must(t, h.ports.Items.UpdateItem(ctx, i))
	_, err := h.Rulings(ctx, done(h.Snapshot(ctx, "2026.1"))(t))
	wantError(t, "a changed version", err, questionbank.ErrCorrectionBroken)
}

func TestCreditOfABlueprint(t *testing.T) {
	for _, c := range []struct {
		of, want questionbank.Credit
	}{{"", questionbank.AllOrNothing}, {questionbank.AllOrNothing, questionbank.AllOrNothing}, {questionbank.PartialRight, questionbank.PartialRight}} {
		if got := (questionbank.Blueprint{MultipleCredit: c.of}).CreditRule(); got != c.want {
			t.Errorf("%q means %s", c.of, got)
		}
	}
	if got := questionbank.Credit("unknown").Earned(engine.Pt(1), []int{0}, []int{0, 1}); got != 0 {
		t.Errorf("an unknown rule gives %s", got)
	}
}

// An open proposal waits for everybody of the other half who did not write the item, and stands before what is settled.
func TestCorrectionsWaiting(t *testing.T) {
	h := released(t)
	counts := func(when string, want map[string]int) {
		t.Helper()
		for _, by := range []authz.Principal{author, keeper, reviewer, person("reviewer2", authz.Reviewer, ""), person("author", authz.Reviewer, ""), medical} {
			if got := done(h.Waiting(ctx, by))(t).Corrections; got != want[by.Person] {
				t.Errorf("%s: %d wait for %s, want %d", when, got, by.Person, want[by.Person])
			}
		}
	}
	counts("before", nil)
	c := done(h.ProposeCorrection(ctx, keeper, rekey(2)))(t)
	counts("proposed", map[string]int{"reviewer": 1, "reviewer2": 1})
	h.clock.Advance(time.Minute)
	second := done(h.ProposeCorrection(ctx, reviewer, questionbank.CorrectionEntry{Code: "A2", Version: 1, Remedy: questionbank.FullCredit, Reason: "无正确项"}))(t)
	counts("two", map[string]int{"reviewer": 1, "reviewer2": 1, "keeper": 1})
	list := func(want ...questionbank.CorrectionID) {
		t.Helper()
		var got []questionbank.CorrectionID
		for _, one := range done(h.AllCorrections(ctx, keeper))(t) {
			got = append(got, one.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("listed %v, want %v", got, want)
		}
	}
	list(second.ID, c.ID)
	done(h.ConfirmCorrection(ctx, keeper, second.ID))(t)
	counts("one settled", map[string]int{"reviewer": 1, "reviewer2": 1})
	list(c.ID, second.ID)
	if _, err := h.AllCorrections(ctx, author); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("an author lists them: %v", err)
	}
}

// Rekeys offers what ProposeCorrection takes, and nothing else.
func TestRekeys(t *testing.T) {
	h := released(t)
	i := done(h.Item(ctx, keeper, "A1"))(t)
	offered := func(want ...int) {
		t.Helper()
		var got []int
		for _, v := range i.Rekeys(1, done(h.Corrections(ctx, keeper, "A1"))(t)) {
			got = append(got, v.Version)
		}
		if !slices.Equal(got, want) {
			t.Errorf("offered %v, want %v", got, want)
		}
		for to := range 5 {
			_, err := h.ProposeCorrection(ctx, keeper, rekey(to))
			if taken := !errors.Is(err, questionbank.ErrCorrectionInput); taken != slices.Contains(want, to) {
				t.Errorf("version %d: %v", to, err)
			}
		}
	}
	offered(2)
	done(h.ConfirmCorrection(ctx, reviewer, "A1.1.1"))(t)
	offered(1) // back again
	if got := i.Rekeys(9, nil); got != nil {
		t.Errorf("of no version: %v", got)
	}
}
