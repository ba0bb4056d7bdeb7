package sitting_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// pausing is sessions of which the first write waits.
type pausing struct {
	sitting.Sessions
	before func()
}

func (p *pausing) UpdateSession(ctx context.Context, n *sitting.Session) error {
	if f := p.before; f != nil {
		p.before = nil
		f()
	}
	return p.Sessions.UpdateSession(ctx, n)
}

// held is a hall whose hearing that somebody left waits.
type held struct {
	*sitting.Sittings
	before func()
}

func (h held) Leave(ctx context.Context, by authz.Principal, id registration.ApplicationID) error {
	h.before()
	return h.Sittings.Leave(ctx, by, id)
}

// cut is a hall that never hears that somebody left.
type cut struct{ *sitting.Sittings }

var errCut = errors.New("cut off")

func (cut) Leave(context.Context, authz.Principal, registration.ApplicationID) error { return errCut }

// applicant applies for the session by themselves and is accepted.
func (w *world) applicant(in *registration.Intake, n *sitting.Session) authz.Principal {
	w.t.Helper()
	officer := office
	officer.Person = string(w.person("考务员"))
	_, err := in.Open(ctx, officer, string(n.ID), registration.OpeningTerms{Window: clock.Window{Opens: w.clock.Now(), Closes: w.clock.Now().AddDate(0, 0, 7)}, Place: "某路1号", Contact: "022"})
	must(w.t, err)
	row := registration.RosterRow{Name: "王秀兰", IDType: engine.ResidentCard, IDNumber: demo.IDNumber(clock.Date{Year: 1970, Month: 5, Day: 1}, 5, engine.Female),
		Phone: "19900000005", Claims: claims()}
	r, code, err := in.Apply(ctx, authz.Anonymous(), string(n.ID), ids.Random().New(), registration.Entry{Stands: true, Row: row}, true)
	must(w.t, err)
	_, err = in.Accept(ctx, officer, r.ID, row.IDNumber, []string{"从业承诺书"})
	must(w.t, err)
	by, err := in.Recognise(ctx, string(r.ID), code)
	must(w.t, err)
	return by
}

func (w *world) intake(s registration.Sessions) *registration.Intake {
	return registration.NewIntake(registration.IntakePorts{Openings: w.store.Openings(), Requests: w.store.Requests(), Sessions: s}, w.desk)
}

// 考务员正在排座，已读了名单还没有写，这时考生撤回：撤回作数，不给座位，别的考生照排。
func TestWhoWithdrawsWhileSeatsAreGivenGetsNone(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 2)
	in := w.intake(w.sittings)
	by := w.applicant(in, n)
	ports := w.ports
	ports.Sessions = &pausing{w.ports.Sessions, func() {
		_, err := in.Withdraw(ctx, by, "有事")
		must(t, err)
	}}
	seats, err := w.build(ports).SeatCandidates(ctx, office, n.ID)
	if err != nil || len(seats) != 2 || len(w.get(n.ID).Allotted) != 2 {
		t.Errorf("%d seats, %v", len(seats), err)
	}
}

// 撤回已写进报名、场次还没有记下，排座抢先写完：座位作数，撤回被拒绝并说明原因，报名恢复为已受理，座位和名单一个不少。
func TestWhoWasSeatedWhileWithdrawingStays(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 2)
	withdrawn, seated, done := make(chan struct{}), make(chan struct{}), make(chan error)
	in := w.intake(held{w.sittings, func() { close(withdrawn); <-seated }})
	by := w.applicant(in, n)
	ports := w.ports
	ports.Sessions = &pausing{w.ports.Sessions, func() {
		go func() {
			_, err := in.Withdraw(ctx, by, "有事")
			done <- err
		}()
		<-withdrawn
	}}
	seats, err := w.build(ports).SeatCandidates(ctx, office, n.ID)
	must(t, err)
	close(seated)
	wantError(t, "withdrawn and seated", <-done, registration.ErrSeated)
	accepted, err := w.desk.Accepted(ctx, string(n.ID))
	must(t, err)
	if r, _, err := in.Own(ctx, by); err != nil || r.State != registration.Accepted || len(seats) != 3 || len(accepted) != 3 {
		t.Errorf("%d seats, %d accepted, %+v, %v", len(seats), len(accepted), r, err)
	}
}

// 撤回写进报名以后断电，场次没有记下，排座又抢先写完：有座位的人还是考生，亲属不能派来考评；考务员再排一次座，报名恢复为已受理。
func TestAWithdrawalThatWasCutOffWhileSeatsAreGiven(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 2)
	in := w.intake(cut{w.sittings})
	by := w.applicant(in, n)
	ports := w.ports
	ports.Sessions = &pausing{w.ports.Sessions, func() {
		_, err := in.Withdraw(ctx, by, "有事")
		wantError(t, "cut off", err, errCut)
	}}
	if seats, err := w.build(ports).SeatCandidates(ctx, office, n.ID); err != nil || len(seats) != 3 {
		t.Fatalf("%d seats, %v", len(seats), err)
	}
	accepted, err := w.desk.Accepted(ctx, string(n.ID))
	must(t, err)
	if len(accepted) != 2 {
		t.Fatalf("%d accepted", len(accepted))
	}
	left := slices.DeleteFunc(slices.Clone(w.get(n.ID).Allotted), func(p engine.PersonID) bool {
		return slices.ContainsFunc(accepted, func(a *registration.Application) bool { return a.Person == p })
	})
	examiner := w.person("甘棠")
	w.kin(examiner, left[0])
	_, err = w.sittings.Assign(ctx, office, n.ID, examiner, authz.Examiner, "p1")
	var tied *separation.Separated
	if !errors.As(err, &tied) {
		t.Errorf("the relative of somebody with a place is assigned: %v", err)
	}
	if seats := w.seat(n); len(seats) != 3 {
		t.Errorf("%d seats", len(seats))
	}
	if accepted, err = w.desk.Accepted(ctx, string(n.ID)); err != nil || len(accepted) != 3 {
		t.Errorf("%d accepted, %v", len(accepted), err)
	}
}

// 撤回的话重发几次，场次只记一次；别的考生、别的机构替不了人撤回，没有撤回的报名也不会记成撤回。
func TestOnlyWhoTookAnApplicationBackLeaves(t *testing.T) {
	w := open(t)
	n := w.session()
	in := w.intake(w.sittings)
	by := w.applicant(in, n)
	r, _, err := in.Own(ctx, by)
	must(t, err)
	wantError(t, "not taken back", w.sittings.Leave(ctx, by, r.Application), registration.ErrSeated)
	_, err = in.Withdraw(ctx, by, "有事")
	must(t, err)
	trail := len(w.get(n.ID).Trail)
	must(t, w.sittings.Leave(ctx, by, r.Application))
	other, stranger := by, office
	other.Account, stranger.Org = "request:other", "别家"
	for _, p := range []authz.Principal{other, stranger} {
		wantError(t, p.Account, w.sittings.Leave(ctx, p, r.Application), registration.ErrApplication)
	}
	if got := w.get(n.ID).Trail; len(got) != trail {
		t.Errorf("%+v", got[trail:])
	}
}
