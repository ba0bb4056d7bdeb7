package questionbank_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
)

// TestASuspensionIsTakenBack: the item stands where it stood, with all that was said of it.
func TestASuspensionIsTakenBack(t *testing.T) {
	h := furnished(t)
	for _, province := range []string{"", "12"} {
		for _, state := range []questionbank.State{questionbank.Draft, questionbank.Reviewed, questionbank.Consented, questionbank.Filed, questionbank.Admitted} {
			code := "S" + province + string(state)
			if province == "" && (state == questionbank.Consented || state == questionbank.Filed) {
				continue
			}
			h.imported(t, single(code, province))
			h.suspendedAndResumed(t, h.lead(t, code, state))
		}
	}
	h.imported(t, single("half", "12"))
	h.lead(t, "half", questionbank.Reviewed)
	h.suspendedAndResumed(t, done(h.Consent(ctx, medical, "half", 1))(t))
	done(h.Consent(ctx, labour, "half", 1))(t)
	h.suspendedAndResumed(t, done(h.File(ctx, keeper, "half", 1, authz.Labour, "人备2026-1"))(t))
	// the newest version of an item of which a release holds the one before
	v := done(h.ports.Items.Item(ctx, "S"+string(questionbank.Admitted)))(t).Current()
	v.Stem = "新的题干"
	done(h.Edit(ctx, author, v, "更正"))(t)
	h.suspendedAndResumed(t, done(h.Review(ctx, reviewer, v.Code, 2))(t))
	// what was sent back stays so
	done(h.Refuse(ctx, reviewer, v.Code, 2, "题干有歧义"))(t)
	h.suspendedAndResumed(t, done(h.ports.Items.Item(ctx, v.Code))(t))
	if reason, returned := done(h.ports.Items.Item(ctx, v.Code))(t).Returned(); !returned || reason != "题干有歧义" {
		t.Errorf("sent back before the suspension: %q, %t", reason, returned)
	}
}

func (h *house) suspendedAndResumed(t *testing.T, was *questionbank.Item) {
	t.Helper()
	done(h.Suspend(ctx, keeper, was.Code, "有误"))(t)
	is := done(h.Resume(ctx, deputy, was.Code, "核对无误"))(t)
	again := done(h.Resume(ctx, deputy, was.Code, "核对无误"))(t)
	last := is.Trail[len(is.Trail)-1]
	if last.Action != "item.resumed" || last.By != deputy.Account || last.Note != "核对无误" || len(is.Trail) != len(was.Trail)+2 || again.Revision != is.Revision {
		t.Errorf("%s: trail %+v, sent twice revision %d after %d", was.Code, is.Trail, again.Revision, is.Revision)
	}
	was.Trail, was.Revision, is.Trail, is.Revision = nil, 0, nil, 0
	if !reflect.DeepEqual(was, is) {
		t.Errorf("%s was %+v, is %+v", was.Code, was, is)
	}
}

// TestWhoSuspends: a keeper who is known as a person, so that nobody takes back their own suspension.
func TestWhoSuspends(t *testing.T) {
	h := furnished(t)
	h.imported(t, single("N1", ""))
	nobody := keeper
	nobody.Person = ""
	_, err := h.Suspend(ctx, nobody, "N1", "有误")
	wantError(t, "nobody in person", err, authz.ErrForbidden)
	if i := done(h.ports.Items.Item(ctx, "N1"))(t); i.State != questionbank.Draft {
		t.Errorf("after what was refused: %s", i.State)
	}
	done(h.Suspend(ctx, keeper, "N1", "有误"))(t)
	done(h.Suspend(ctx, nobody, "N1", "有误"))(t) // it is already
}

// TestWhoTakesASuspensionBack: another keeper, who is another person, with a reason.
func TestWhoTakesASuspensionBack(t *testing.T) {
	h := furnished(t)
	h.imported(t, single("N1", ""))
	h.lead(t, "N1", questionbank.Admitted)
	resume := func(by authz.Principal, reason string) error {
		_, err := h.Resume(ctx, by, "N1", reason)
		return err
	}
	wantError(t, "in use", resume(deputy, "核对无误"), questionbank.ErrItemState)
	done(h.Suspend(ctx, keeper, "N1", "有误"))(t)
	twin := keeper
	twin.Account = "account:twin"
	nobody := deputy
	nobody.Person = ""
	both := authz.Principal{Account: keeper.Account, Person: "another", Roles: keeper.Roles}
	for name, by := range map[string]authz.Principal{"whoever suspended it": keeper, "under another account": twin, "the account of another person": both} {
		wantError(t, name, resume(by, "核对无误"), questionbank.ErrSameKeeper)
	}
	for name, by := range map[string]authz.Principal{"author": author, "reviewer": reviewer, "medical": medical, "labour": labour,
		"operator": person("op", authz.Operator, ""), "nobody in person": nobody} {
		wantError(t, name, resume(by, "核对无误"), authz.ErrForbidden)
	}
	for _, reason := range []string{"", "  ", "a\x01b", strings.Repeat("字", questionbank.MaxReason+1)} {
		wantError(t, "reason "+reason, resume(deputy, reason), questionbank.ErrItemInput)
	}
	_, err := h.Resume(ctx, deputy, "N9", "核对无误")
	wantError(t, "no such item", err, questionbank.ErrItem)
	if i := done(h.ports.Items.Item(ctx, "N1"))(t); i.State != questionbank.Suspended || !i.SuspendedBy(keeper) || i.SuspendedBy(deputy) {
		t.Errorf("after what was refused: %s by %q", i.State, i.Suspender)
	}
	must(t, resume(deputy, strings.Repeat("字", questionbank.MaxReason)))
	done(h.Suspend(ctx, deputy, "N1", "仍有误"))(t)
	wantError(t, "the second suspension by its own", resume(deputy, "核对无误"), questionbank.ErrSameKeeper)
	must(t, resume(keeper, "核对无误"))
	done(h.Suspend(ctx, keeper, "N1", "有误"))(t)
	done(h.Retire(ctx, keeper, "N1", "过时"))(t)
	wantError(t, "retired", resume(deputy, "核对无误"), questionbank.ErrItemState)
}
