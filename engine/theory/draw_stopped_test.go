package theory_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
)

func (w *world) stopped() []theory.StoppedItem {
	w.t.Helper()
	list, err := w.exams.Stopped(ctx, office, w.id)
	must(w.t, err)
	return list
}

// held counts the attempts whose form has an item.
func (w *world) held(code string) (n int) {
	for _, a := range w.attemptsOf(w.id) {
		if has(a.Form, code) {
			n++
		}
	}
	return n
}

// Items that the bank stopped are listed while forms hold them, with who keeps them, and no longer once replaced.
func TestStoppedItems(t *testing.T) {
	w := newWorld(t, 3)
	if list := w.stopped(); len(list) != 0 {
		t.Fatalf("nothing is stopped: %+v", list)
	}
	form := w.open(0).Attempt.Form
	suspended, retired := form.Items[0].Code, form.Items[1].Code
	w.suspend(suspended)
	w.suspend(retired)
	_, err := w.bank.Retire(ctx, keeper, retired, "政策已改")
	must(t, err)
	list := w.stopped()
	i := slices.IndexFunc(list, func(x theory.StoppedItem) bool { return x.Code == retired })
	if len(list) != 2 || i < 0 || list[i].State != questionbank.Retired || list[i].Reason != "政策已改" || list[1-i].Reason != "有误" {
		t.Fatalf("listed %+v", list)
	}
	for _, x := range list {
		if x.Forms != w.held(x.Code) || x.Started != 1 {
			t.Errorf("%s: %+v, %d forms hold it", x.Code, x, w.held(x.Code))
		}
	}
	for n, code := range []string{suspended, retired} {
		_, err = w.exams.Replace(ctx, office, w.id, code, "有误")
		must(t, err)
		if got := w.stopped(); len(got) != 1-n {
			t.Fatalf("after the replacement of %s: %+v", code, got)
		}
	}
}

// Reserves count: an item that only a reserve has is listed.
func TestStoppedItemsOfReserves(t *testing.T) {
	w := newWorld(t, 1)
	only := 0
	for n := range 2 * questions {
		code := codeOf(n)
		w.suspend(code)
		for _, x := range w.stopped() {
			if x.Code == code && x.Forms == 0 && x.Reserves > 0 {
				only++
			}
			if x.Forms != w.held(x.Code) || x.Forms+x.Reserves == 0 {
				t.Fatalf("listed %+v, %d forms hold it", x, w.held(x.Code))
			}
		}
	}
	if only == 0 {
		t.Fatal("no item of a reserve alone was listed")
	}
}

// A replacement that was cut off after the log stays on the list until the forms have the other item.
func TestStoppedItemsOfACutOffReplacement(t *testing.T) {
	w := newWorld(t, 2)
	code := w.attempt(0).Form.Items[0].Code
	w.suspend(code)
	p := w.ports()
	k := &updates{Attempts: p.Attempts} // as many as hold the forms back, and then no more
	k.left.Store(int64(w.held(code)))
	p.Attempts = k
	_, err := w.over(p).Replace(ctx, office, w.id, code, "有误")
	wantErr(t, err, errKilled)
	if list := w.stopped(); len(list) != 1 || list[0].Forms != w.held(code) {
		t.Fatalf("listed %+v", list)
	}
	_, err = w.bank.Resume(ctx, staff("keeper2", authz.BankKeeper), code, "核对无误") // the forms wait for their new item all the same
	must(t, err)
	if list := w.stopped(); len(list) != 1 || list[0].State != questionbank.Admitted {
		t.Fatalf("in use again: %+v", list)
	}
	_, err = w.exams.Replace(ctx, office, w.id, code, "")
	must(t, err)
	if list := w.stopped(); len(list) != 0 {
		t.Fatalf("listed %+v", list)
	}
}

func TestStoppedAsks(t *testing.T) {
	w := newWorld(t, 1)
	w.suspend(w.attempt(0).Form.Items[0].Code)
	for name, c := range map[string]struct {
		by   authz.Principal
		want error
	}{"a marker": {marker, authz.ErrForbidden}, "another body": {authz.Principal{Org: "other", Roles: office.Roles}, sitting.ErrSession}, "the office": {office, nil}} {
		if _, err := w.exams.Stopped(ctx, c.by, w.id); (c.want == nil) != (err == nil) {
			t.Errorf("%s: %v", name, err)
		} else if c.want != nil {
			wantErr(t, err, c.want)
		}
	}
	w.clock.Set(closes)
	if list := w.stopped(); len(list) != 0 {
		t.Fatalf("after the window: %+v", list)
	}
	w.seat(1)
	_, err := w.exams.Stopped(ctx, office, w.id)
	wantErr(t, err, theory.ErrDraw)
}

// updates lets so many attempts be changed and then no more.
type updates struct {
	theory.Attempts
	left atomic.Int64
}

func (u *updates) UpdateAttempt(ctx context.Context, a *theory.Attempt) error {
	if u.left.Add(-1) < 0 {
		return errKilled
	}
	return u.Attempts.UpdateAttempt(ctx, a)
}
