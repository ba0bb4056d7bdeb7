package certs_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
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
	err = o.workOnce(t, i)
	if wantError(t, err, errBroken); !strings.Contains(err.Error(), string(ticket(5))) {
		t.Errorf("whoever runs the worker is told %v", err)
	}
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

// TestBatchThatCannotGoOn tells so, beside what failed in it before.
func TestBatchThatCannotGoOn(t *testing.T) {
	o := newOffice(t, 70)
	ports := o.ports
	ports.Holds = brokenHolds{o.ports.Holds, resultOf(69)}
	i := o.issuer(ports, choosy{o.press(), []string{o.person(t, 5).Name}})
	_, err := i.Start(t.Context(), registrar(), sessionID)
	check(t, err)
	err = o.workOnce(t, i)
	if wantError(t, err, errBroken); !strings.Contains(err.Error(), string(ticket(5))) || !strings.Contains(err.Error(), "no holds") {
		t.Errorf("whoever runs the worker is told %v", err)
	}
	b, err := i.Batch(t.Context(), registrar(), sessionID)
	check(t, err)
	if b.Progress != (certs.Progress{Seen: 64, Issued: 63, Failed: 2}) || b.Waits() || len(b.Failures) != 2 || b.Failures[1] != (certs.Failure{Code: "internal", Msg: "系统内部错误"}) {
		t.Errorf("ended as %s", asJSON(t, b))
	}
}

// brokenHolds fail at one result.
type brokenHolds struct {
	certs.Holds
	at result.ID
}

func (h brokenHolds) Hold(ctx context.Context, r result.ID) (*certs.Hold, error) {
	if r == h.at {
		return nil, errors.New("no holds")
	}
	return h.Holds.Hold(ctx, r)
}

// TestSlowBatchStaysWithItsWorker: seals that take longer than the lease are each made once, by one of two workers, and a
// revocation is told of meanwhile.
func TestSlowBatchStaysWithItsWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, 6)
		revoked := o.issue(t, 0)
		_, err := o.MoveToRevoke(t.Context(), registrar(), revoked.Number, why("举报属实"))
		check(t, err)
		decided, err := o.failing(newOutage(3, false)).Revoke(t.Context(), supervisor(), revoked.Number, o.moved(t, revoked.Number))
		if err != nil || decided.State != certs.Revoked || !decided.Open() {
			t.Fatalf("the revocation reached the log: %s, %v", asJSON(t, decided), err)
		}
		o.clock.Advance(time.Minute)
		slow := &slowPress{Sealer: o.press()}
		_, err = o.Start(t.Context(), registrar(), sessionID)
		check(t, err)
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			for ctx.Err() == nil {
				time.Sleep(time.Second)
				o.clock.Advance(time.Second)
			}
		})
		work := func() {
			all.Go(func() { o.issuer(o.ports, slow).Work(ctx, func(err error) { t.Error(err) }) })
		}
		work()
		time.Sleep(time.Minute)
		if c, err := o.ports.Ledger.Certificate(t.Context(), revoked.Number); err != nil || c.State != certs.Revoked || c.Open() {
			t.Errorf("while the batch is under way: %s, %v", asJSON(t, c), err)
		}
		work()
		time.Sleep(10 * time.Minute)
		stop()
		all.Wait()
		b, err := o.Batch(t.Context(), registrar(), sessionID)
		if err != nil || b.Waits() || b.Progress != (certs.Progress{Seen: 6, Issued: 6}) || slow.sealed.Load() != 5 {
			t.Errorf("%d seals: %s, %v", slow.sealed.Load(), asJSON(t, b), err)
		}
	})
}

// slowPress takes two minutes for a seal.
type slowPress struct {
	certs.Sealer
	sealed atomic.Int64
}

func (s *slowPress) Seal(d certs.Draft) ([]byte, error) {
	time.Sleep(2 * time.Minute)
	s.sealed.Add(1)
	return s.Sealer.Seal(d)
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

// 本场次试卷有考评员编写的试题：查清以前，全场次都不发证。
func TestWhoMadeThePaperStandsInEverybodysWay(t *testing.T) {
	o := newOffice(t, 2)
	o.ties = []separation.Finding{{Rule: "author-against-form", Path: []string{"考评员甲", "编写试题", "LTC-4-0123", "本场次试卷"}}}
	issued, err := o.IssueSession(t.Context(), registrar(), sessionID, nil)
	if !errors.Is(err, certs.ErrSeparated) || len(issued) != 0 {
		t.Errorf("%d issued, %v", len(issued), err)
	}
}

// 单科成绩保留：操作技能是上一场在其母亲面前合格的，这一场只补考理论。证书发不出来，尽管这一场没有任何关联。
func TestAKeptPassIsHeldAgainstItsOwnSession(t *testing.T) {
	o := newOffice(t, 0)
	o.session(t, "earlier", "body", result.Final)
	passed := result.Component{Standing: engine.Scored, Points: 8000, PassMark: 6000}
	failed := passed
	failed.Points = 5000
	o.result(t, 1, result.Result{Session: "earlier", Level: engine.Level4, Theory: failed, Practical: passed})
	kept := passed
	kept.From = resultOf(1)
	r := result.Result{ID: resultOf(2), Session: sessionID, Candidate: "person1", Ticket: ticket(2), Level: engine.Level4, Theory: passed, Practical: kept}
	check(t, o.store.Results().CreateResult(t.Context(), &r))
	o.ties = []separation.Finding{{Rule: "kin", Role: authz.Examiner, Candidate: "person1", Path: []string{"考评员甲", "近亲属李一"}}}
	o.tied = "earlier"
	_, err := o.Issue(t.Context(), registrar(), r.ID)
	wantError(t, err, certs.ErrSeparated)
	o.tied = "another"
	if c, err := o.Issue(t.Context(), registrar(), r.ID); err != nil || c.Holder != "person1" {
		t.Errorf("%+v, %v", c, err)
	}
}

// 单科成绩保留：保留的是上一场的理论成绩，那一场的操作技能没有合格。操作技能的考评员是其母亲，与保留的成绩无关，可以发证；监考理论的是
// 其母亲，不能发证；试卷的编写人按原规定查。
func TestOnlyWhoServedInTheKeptSubjectCounts(t *testing.T) {
	for role, want := range map[authz.Role]error{authz.Examiner: nil, authz.Leader: nil, authz.Invigilator: certs.ErrSeparated,
		authz.Marker: certs.ErrSeparated, authz.Supervisor: certs.ErrSeparated} {
		o := newOffice(t, 0)
		r := o.retaken(t, 8000)
		o.ties, o.tied = []separation.Finding{{Rule: "kin", Role: role, Candidate: "person1", Path: []string{"甲", "近亲属李一"}}}, "earlier"
		_, err := o.Issue(t.Context(), registrar(), r)
		wantError(t, err, want)
	}
}

// 单科成绩保留：上一场保留下来的理论成绩后来被取消（违纪、查分）。这一场的成绩还没有重新合成，证书也发不出来。
func TestNoCertificateOnAKeptPassThatFell(t *testing.T) {
	o := newOffice(t, 0)
	r := o.retaken(t, 5000)
	if _, err := o.Issue(t.Context(), registrar(), r); !errors.Is(err, certs.ErrNotPassed) {
		t.Errorf("%v", err)
	}
}

// retaken is person1's practice passed here on a theory score kept from the session "earlier", which says so many points by now.
func (o *office) retaken(t *testing.T, now engine.Points) result.ID {
	t.Helper()
	o.session(t, "earlier", "body", result.Final)
	kept := result.Component{Standing: engine.Scored, Points: 8000, PassMark: 6000}
	there, failed := kept, kept
	there.Points, failed.Points = now, 5000
	o.result(t, 1, result.Result{Session: "earlier", Level: engine.Level4, Theory: there, Practical: failed})
	here := kept
	kept.From = resultOf(1)
	r := result.Result{ID: resultOf(2), Session: sessionID, Candidate: "person1", Ticket: ticket(2), Level: engine.Level4, Theory: kept, Practical: here}
	check(t, o.store.Results().CreateResult(t.Context(), &r))
	return r.ID
}
