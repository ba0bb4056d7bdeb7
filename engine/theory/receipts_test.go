package theory_test

import (
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// A receipt code is compared with the log: before the end, after it, after a reopening and after the second hand-in.
func TestCheckReceipt(t *testing.T) {
	w := newWorld(t, 2)
	check := func(code string, want theory.Verdict) *theory.ReceiptCheck {
		t.Helper()
		got, err := w.exams.CheckReceipt(ctx, invigilator, w.id, w.tickets[0], code)
		must(t, err)
		if got.Verdict != want || got.Total != questions || (got.Shown != nil) != (want == theory.ReceiptCounts || want == theory.ReceiptFormer) {
			t.Errorf("%s is told to be %+v, not %s", code, got, want)
		}
		return got
	}
	check("AAAAA-AAAAA", theory.ReceiptNone)
	w.answer(0, 3)
	check("AAAAA-AAAAA", theory.ReceiptNone)
	first, err := w.submit(0)
	must(t, err)
	if got := check(first.Receipt, theory.ReceiptCounts); got.Shown.Answered != 3 || !got.Shown.At.Equal(first.Submitted) || got.Shown.ByClock {
		t.Errorf("%+v of %+v", got.Shown, first)
	}
	copied := strings.NewReplacer("0", "o", "1", "l", "-", " ").Replace(strings.ToLower(first.Receipt))
	check(copied, theory.ReceiptCounts)
	if got := check("AAAAA-AAAAA", theory.ReceiptWrong); got.Counts.Code != first.Receipt {
		t.Errorf("the one that counts is %+v, not %s", got.Counts, first.Receipt)
	}
	w.clock.Advance(time.Minute)
	_, err = w.exams.Reopen(ctx, invigilator, w.order(0, 5))
	must(t, err)
	if got := check(first.Receipt, theory.ReceiptFormer); got.Counts != nil {
		t.Errorf("%+v counts while the paper is worked on", got.Counts)
	}
	w.clock.Set(closes.Add(time.Hour))
	_, err = w.exams.CloseDue(ctx, worker, w.id)
	must(t, err)
	second := w.attempt(0)
	if got := check(first.Receipt, theory.ReceiptFormer); got.Counts.Code != second.Receipt {
		t.Errorf("the one that counts is %+v, not %s", got.Counts, second.Receipt)
	}
	if got := check(second.Receipt, theory.ReceiptCounts); !got.Shown.ByClock || !got.Shown.At.Equal(second.Submitted) {
		t.Errorf("%+v of %+v", got.Shown, second)
	}
	for _, bad := range []string{"", "AAAA-AAAAA", "AAAAA-AAAAAA", "UUUUU-UUUUU", "回执码"} {
		_, err = w.exams.CheckReceipt(ctx, office, w.id, w.tickets[0], bad)
		wantErr(t, err, theory.ErrReceiptCode)
	}
}

// The receipt of a paper that is void is genuine, and counts for nothing.
func TestCheckReceiptOfAVoidPaper(t *testing.T) {
	w := newWorld(t, 2)
	w.answer(0, 3)
	a, err := w.submit(0)
	must(t, err)
	_, err = w.sittingsOver(w.store.Seats()).Void(ctx, invigilator, w.id, sitting.Place{Room: "r2", Ticket: w.tickets[0]}, "夹带")
	must(t, err)
	for code, want := range map[string]theory.Verdict{a.Receipt: theory.ReceiptVoided, "AAAAA-AAAAA": theory.ReceiptWrong} {
		got, err := w.exams.CheckReceipt(ctx, invigilator, w.id, w.tickets[0], code)
		must(t, err)
		if got.Verdict != want || got.Counts != nil || !got.Voided || (got.Shown != nil) != (want == theory.ReceiptVoided) {
			t.Errorf("%s is told to be %+v, not %s", code, got, want)
		}
	}
}

// Whoever is on duty elsewhere, or of another body, learns nothing.
func TestWhoChecksReceipts(t *testing.T) {
	w := newWorld(t, 4)
	foreign := office
	foreign.Org = "other"
	sitter, _ := w.sitter(0)
	for _, c := range []struct {
		by     authz.Principal
		ticket sitting.Ticket
		want   error
	}{
		{invigilator, w.tickets[0], nil}, {office, w.tickets[0], nil}, {supervisor, w.tickets[0], nil}, {office, w.tickets[3], nil},
		{invigilator, w.tickets[3], sitting.ErrTicket}, {office, "26120000010099", sitting.ErrTicket}, {foreign, w.tickets[0], sitting.ErrSession},
		{marker, w.tickets[0], authz.ErrForbidden}, {sitter, w.tickets[0], authz.ErrForbidden},
	} {
		_, err := w.exams.CheckReceipt(ctx, c.by, w.id, c.ticket, "AAAAA-AAAAA")
		wantErr(t, err, c.want)
	}
}
