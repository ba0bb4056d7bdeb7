package certs_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// workOnce lets a worker of the issuer do what there is, and no more.
func (o *office) workOnce(t testing.TB, i *certs.Issuer) (failed error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		i.Work(ctx, func(err error) { failed = errors.Join(failed, err) })
	}()
	deadline := time.After(time.Minute)
	for {
		b, err := i.Batch(t.Context(), registrar(), sessionID)
		if err != nil && !errors.Is(err, certs.ErrBatch) {
			t.Fatal(err)
		}
		if b == nil || !b.Waits() {
			break
		}
		select {
		case <-deadline:
			t.Fatal("the batch does not end")
		case <-time.After(time.Millisecond):
		}
	}
	stop()
	<-done
	return failed
}

func TestBatch(t *testing.T) {
	o := newOffice(t, 70) // more than are in hand at once
	o.candidate(t, 70, 5999, 10000)
	i := o.issuer(o.ports, choosy{o.press(), []string{o.person(t, 5).Name}})
	_, err := i.Batch(t.Context(), registrar(), sessionID)
	wantError(t, err, certs.ErrBatch)
	b, err := i.Start(t.Context(), registrar(), sessionID)
	check(t, err)
	if again, err := i.Start(t.Context(), registrar(), sessionID); err != nil || asJSON(t, again) != asJSON(t, b) {
		t.Errorf("started twice: %s, %v", asJSON(t, again), err)
	}
	check(t, o.workOnce(t, i))
	b, err = i.Batch(t.Context(), registrar(), sessionID)
	check(t, err)
	if b.Progress != (certs.Progress{Seen: 71, Issued: 69, Failed: 1}) || b.Waits() || len(b.Failures) != 1 || b.Failures[0].Ticket != ticket(5) || b.Failures[0].Code != "internal" {
		t.Errorf("ended as %s", asJSON(t, b))
	}
	_, err = o.Start(t.Context(), registrar(), sessionID) // for the one that failed
	check(t, err)
	check(t, o.workOnce(t, o.Issuer))
	if b, err = o.Batch(t.Context(), registrar(), sessionID); err != nil || b.Progress != (certs.Progress{Seen: 71, Issued: 70}) || len(b.Failures) != 0 {
		t.Errorf("ended again as %s, %v", asJSON(t, b), err)
	}
	o.contiguous(t, 70)
}

func TestBatchIsRefused(t *testing.T) {
	o := newOffice(t, 1)
	o.session(t, "early", "body", result.Public)
	other := registrar()
	other.Org = "other"
	for name, c := range map[string]struct {
		by   authz.Principal
		id   sitting.SessionID
		want error
	}{
		"publicity not over": {registrar(), "early", certs.ErrNotFinal}, "no session": {registrar(), "none", sitting.ErrSession},
		"another body's": {other, sessionID, sitting.ErrSession}, "supervisor": {supervisor(), sessionID, authz.ErrForbidden},
	} {
		if _, err := o.Start(t.Context(), c.by, c.id); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := o.Start(t.Context(), registrar(), sessionID)
	check(t, err)
	_, err = o.Batch(t.Context(), other, sessionID)
	wantError(t, err, certs.ErrBatch)
}

// TestBatchGoesOnElsewhere: a worker that dies leaves its batch to another, once its time is over and not before.
func TestBatchGoesOnElsewhere(t *testing.T) {
	for at := 1; at < 400; at += 37 {
		o, f := newOffice(t, 70), newOutage(at, at%2 == 0)
		dying := o.failing(f)
		_, err := o.Start(t.Context(), registrar(), sessionID)
		check(t, err)
		ctx, kill := context.WithCancel(t.Context())
		o.dies(f, kill)
		dying.Work(ctx, func(error) {})
		kill()
		o.clock.Advance(5 * time.Minute)
		check(t, o.workOnce(t, o.Issuer))
		o.clock.Advance(time.Minute)
		check(t, o.Settle(t.Context()))
		_, err = o.Start(t.Context(), registrar(), sessionID)
		check(t, err)
		check(t, o.workOnce(t, o.Issuer))
		b, err := o.Batch(t.Context(), registrar(), sessionID)
		if err != nil || b.Progress != (certs.Progress{Seen: 70, Issued: 70}) {
			t.Errorf("killed at call %d: %s, %v", at, asJSON(t, b), err)
		}
		o.contiguous(t, 70)
		if size, err := o.log.Size(t.Context()); err != nil || size != 70 {
			t.Errorf("killed at call %d: %d leaves, %v", at, size, err)
		}
	}
}

// dies ends the context when the outage has struck.
func (o *office) dies(f *outage, kill func()) {
	go func() {
		for !f.struck() {
			time.Sleep(100 * time.Microsecond)
		}
		kill()
	}()
}

func TestHold(t *testing.T) {
	o := newOffice(t, 2)
	_, err := o.Keep(t.Context(), registrar(), resultOf(0), " ")
	wantError(t, err, certs.ErrReason)
	_, err = o.Keep(t.Context(), holder(0), resultOf(0), "查分")
	wantError(t, err, authz.ErrForbidden)
	_, err = o.Keep(t.Context(), supervisor(), "nobody's", "查分")
	wantError(t, err, result.ErrResult)
	elsewhere := supervisor()
	elsewhere.Org = "other"
	_, err = o.Keep(t.Context(), elsewhere, resultOf(0), "查分")
	wantError(t, err, result.ErrResult)
	h, err := o.Keep(t.Context(), supervisor(), resultOf(0), "查分申请未答复")
	check(t, err)
	if again, err := o.Keep(t.Context(), supervisor(), resultOf(0), "查分申请未答复"); err != nil || asJSON(t, again) != asJSON(t, h) {
		t.Errorf("held twice: %s, %v", asJSON(t, again), err)
	}
	_, err = o.Keep(t.Context(), registrar(), resultOf(0), "违纪待处理")
	wantError(t, err, certs.ErrHeld)
	_, err = o.Issue(t.Context(), registrar(), resultOf(0))
	wantError(t, err, certs.ErrHeld)
	issued, err := o.IssueSession(t.Context(), registrar(), sessionID, nil)
	if !errors.Is(err, certs.ErrHeld) || len(issued) != 1 {
		t.Errorf("%d issued, %v", len(issued), err)
	}
	_, err = o.Lift(t.Context(), supervisor(), resultOf(1), "无")
	wantError(t, err, certs.ErrNoHold)
	for range 2 {
		if h, err = o.Lift(t.Context(), supervisor(), resultOf(0), "复核无误"); err != nil || h.Open() {
			t.Errorf("lifted it is %s, %v", asJSON(t, h), err)
		}
	}
	o.issue(t, 0)
	o.contiguous(t, 2)
}

// TestSeparationStandsInTheWay: a tie that came to light after the sitting keeps its candidate from a certificate, and
// nobody else.
func TestSeparationStandsInTheWay(t *testing.T) {
	o := newOffice(t, 2)
	o.ties = []separation.Finding{{Rule: "taught-class", Candidate: "person0", Path: []string{"考评员甲", "培训班", "李一"}}}
	_, err := o.Issue(t.Context(), registrar(), resultOf(0))
	wantError(t, err, certs.ErrSeparated)
	issued, err := o.IssueSession(t.Context(), registrar(), sessionID, nil)
	if !errors.Is(err, certs.ErrSeparated) || len(issued) != 1 || issued[0].Result != resultOf(1) {
		t.Errorf("%d issued, %v", len(issued), err)
	}
	o.contiguous(t, 1)
}

// given is a list of the authority's, as csv.
func given(rows ...string) certs.Upload {
	text := "姓名,证件号码,证书编号,发证日期\n"
	for _, r := range rows {
		text += r + "\n"
	}
	return certs.Upload{Name: "编号.csv", Data: []byte(text)}
}

func TestGivenNumbers(t *testing.T) {
	o := newOffice(t, 3)
	_, err := o.GiveNumbers(t.Context(), registrar(), sessionID, given(), false)
	wantError(t, err, certs.ErrOwnNumbers)
	o.policy.Numbering = map[string]string{"12": "import"}
	o.Issuer = o.issuer(o.ports, o.press())
	_, err = o.Issue(t.Context(), registrar(), resultOf(0))
	wantError(t, err, certs.ErrNoNumber)
	id := func(n int) string { return o.person(t, n).IDNumber }
	const mine, other = "S000012009999264000123", "S000012009999264000124"
	file := given(
		fmt.Sprintf("李一·买买提,%s,%s,2026-03-01", id(0), mine),
		fmt.Sprintf("李一·买买提,%s,%s,2026-03-01", id(0), other),              // twice the same person
		fmt.Sprintf(o.person(t, 1).Name+",%s,%s,2026-03-01", id(1), mine), // twice the same number
		fmt.Sprintf("别人,%s,%s,2026-03-01", id(2), other),
		fmt.Sprintf("%s,%s,S000012009998264000001,2026-03-01", o.person(t, 2).Name, id(2)), // another body's
		fmt.Sprintf("%s,%s,S000012009999265000001,2026-03-01", o.person(t, 2).Name, id(2)), // another level
		fmt.Sprintf("%s,%s,%s,2027-03-01", o.person(t, 2).Name, id(2), other),              // another year
		fmt.Sprintf("%s,%s,S0000,2026-03-01", o.person(t, 2).Name, id(2)),
	)
	preview, err := o.GiveNumbers(t.Context(), registrar(), sessionID, file, false)
	check(t, err)
	var outcomes []string
	for _, r := range preview.Rows {
		outcomes = append(outcomes, string(r.Outcome)+" "+r.Code)
	}
	if want := `["new ","refused certificate.given_twice","refused certificate.given_twice","refused certificate.given_who","refused certificate.number","refused certificate.number","refused certificate.number"]`; asJSON(t, outcomes) != want {
		t.Errorf("outcomes %s", asJSON(t, outcomes))
	}
	if len(preview.Broken) != 1 || preview.Left != 2 {
		t.Errorf("%d broken, %d left", len(preview.Broken), preview.Left)
	}
	_, err = o.store.Claims().Claim(t.Context(), resultOf(0))
	wantError(t, err, certs.ErrClaim)
	done, err := o.GiveNumbers(t.Context(), registrar(), sessionID, file, true)
	if err != nil || asJSON(t, done) != asJSON(t, preview) {
		t.Errorf("the commit does otherwise than the preview: %s, %v", asJSON(t, done), err)
	}
	again, err := o.GiveNumbers(t.Context(), registrar(), sessionID, file, true)
	if err != nil || again.Rows[0].Outcome != certs.GivenKnown || again.Left != 2 {
		t.Errorf("committed twice: %s, %v", asJSON(t, again), err)
	}
	c := o.issue(t, 0)
	if c.Number != mine || c.Issued != day("2026-03-01") {
		t.Errorf("issued as %s of %s", c.Number, c.Issued)
	}
	o.standing(t, o.file(t, c.Number), certs.StandingValid)
}
