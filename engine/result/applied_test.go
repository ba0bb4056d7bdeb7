package result_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// returner passed theory of the first session on 2 March 2026 and failed practice; the results are final.
type returner struct {
	*world
	intake *registration.Intake
	row    registration.RosterRow
	keys   *ids.Source
}

func newReturner(t *testing.T) *returner {
	w := newWorld(t, 0, nil)
	row := registration.RosterRow{Name: "王秀兰", IDType: engine.ResidentCard, IDNumber: demo.IDNumber(date(t, "1970-05-01"), 7, engine.Female), Phone: "19900000007",
		Claims: registration.Claims{Condition: "5-2", Evidence: []string{"从业承诺书"}, Retake: registration.Retake(engine.Practical)}}
	registry := people.NewRegistry(w.store.People(), w.store.Organisations(), []byte("key"), w.clock)
	p, err := registry.Register(t.Context(), office, engine.Person{Name: row.Name, IDType: row.IDType, IDNumber: row.IDNumber, Phone: row.Phone})
	w.must(err)
	w.must(w.store.Seats().CreateSeat(t.Context(), &sitting.Seat{Ticket: ticket(1), Session: session, Candidate: p.ID, No: 1}))
	w.seal(engine.Theory, engine.SealedScore{Candidate: p.ID, Standing: engine.Scored, Points: 6000})
	w.seal(engine.Practical, engine.SealedScore{Candidate: p.ID, Standing: engine.Scored, Points: 5999})
	_, err = w.board.Join(t.Context(), office, session)
	w.must(err)
	w.published().final()
	ports := result.Ports{Results: w.store.Results(), Publications: w.store.Publications(), Checks: w.store.Checks(), Cases: w.store.Cases()}
	desk := registration.NewDesk(w.store.Applications(), registry, w.policy, w.clock).
		Keeping(result.NewPasses(ports, w.store.Sessions(), w.store.Applications(), w.policy, w.clock))
	in := registration.NewIntake(registration.IntakePorts{Openings: w.store.Openings(), Requests: w.store.Requests(), Sessions: w.sittings}, desk)
	return &returner{w, in, row, ids.Seeded("forms")}
}

// opened plans a session whose practice is on the day and opens it to candidates.
func (r *returner) opened(id sitting.SessionID, on string) {
	r.t.Helper()
	day := date(r.t, on).In(r.policy.Location()).Add(9 * time.Hour)
	r.must(r.store.Sessions().CreateSession(r.t.Context(), &sitting.Session{ID: id, Org: "body", Name: "补考场" + string(id), Level: engine.Level5, Policy: "p",
		Theory: clock.Window{Opens: day.Add(-time.Hour), Closes: day}, Practical: clock.Window{Opens: day, Closes: day.Add(time.Hour)}}))
	_, err := r.intake.Open(r.t.Context(), office, string(id), registration.OpeningTerms{Window: clock.Window{Opens: r.clock.Now(), Closes: r.clock.Now().Add(time.Hour)},
		Place: "某路1号", Contact: "022-00000000"})
	r.must(err)
}

func (r *returner) apply(id sitting.SessionID) (*registration.Request, error) {
	got, _, err := r.intake.Apply(r.t.Context(), authz.Anonymous(), string(id), r.keys.New(), registration.Entry{Stands: true, Row: r.row}, true)
	return got, err
}

func (r *returner) accepted(got *registration.Request) error {
	_, err := r.intake.Accept(r.t.Context(), office, got.ID, r.row.IDNumber, []string{"从业承诺书"})
	return err
}

// refusedField is what is said at a field.
func refusedField(err error, name string) string {
	var refused *errs.Error
	if errors.As(err, &refused) {
		for _, f := range refused.Fields {
			if f.Name == name {
				return f.Msg
			}
		}
	}
	return ""
}

// 保留期的最后一天还可以只补考实操，只收实操一科的费用；过一天就不行，报名表上说明保留到哪一天。理论没有不合格，不能只补理论。
func TestARetakeIsAppliedForWithinTheWindow(t *testing.T) {
	for name, c := range map[string]struct {
		on     string
		retake engine.Component
		want   string
	}{
		"on the last day":     {"2027-03-02", engine.Practical, ""},
		"a day too late":      {"2027-03-03", engine.Practical, "保留期至2027-03-02"},
		"of what was passed":  {"2026-09-01", engine.Theory, "您保留的是理论知识的合格成绩"},
		"soon after the pass": {"2026-03-11", engine.Practical, ""},
	} {
		r := newReturner(t)
		r.opened("000002", c.on)
		r.row.Claims.Retake = registration.Retake(c.retake)
		got, err := r.apply("000002")
		if c.want != "" {
			if !strings.Contains(refusedField(err, "retake"), c.want) {
				t.Errorf("%s: %v, %q", name, err, refusedField(err, "retake"))
			}
			continue
		}
		if err != nil || got.Due(r.clock.Now(), r.policy.Location()) != 140_00 || r.accepted(got) != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// 一次保留成绩只能用一场：两场都开放补考时，受理了一场的，另一场的报名表就说明已用于哪一场；先提交了两份的，报名点也只能受理一份。撤回那一场以后，另一场又可以报。
func TestOneKeptPassAdmitsToOneSession(t *testing.T) {
	r := newReturner(t)
	var both []*registration.Request
	for n := range 2 {
		id := sitting.SessionID(fmt.Sprintf("%06d", n+2))
		r.opened(id, "2026-09-01")
		got, err := r.apply(id)
		r.must(err)
		both = append(both, got)
	}
	r.must(r.accepted(both[0]))
	if err := r.accepted(both[1]); !errors.Is(err, registration.ErrNotEligible) || !strings.Contains(err.Error(), "已用于“补考场000002”的补考报名") {
		t.Errorf("accepted for both: %v", err)
	}
	if _, err := r.apply("000003"); !strings.Contains(refusedField(err, "retake"), "已用于“补考场000002”") {
		t.Errorf("applied for both: %q", refusedField(err, "retake"))
	}
	r.must(r.accepted(both[0]))
	a, err := r.store.Applications().Application(t.Context(), registration.ApplicationOf("000002", r.candidate()))
	r.must(err)
	a.Refusals = []registration.Refusal{{Rule: registration.RuleWithdrawn, Reason: "有事"}}
	r.must(r.store.Applications().UpdateApplication(t.Context(), a))
	if err := r.accepted(both[1]); err != nil {
		t.Errorf("after the first was withdrawn: %v", err)
	}
}

// 受理了补考、开考时没有座位的，那一场不算数，保留的成绩还可以报下一场；有座位的，成绩出来以前不行。
func TestAKeptPassIsFreeAgainWhenTheSessionCameToNothing(t *testing.T) {
	for _, seated := range []bool{false, true} {
		r := newReturner(t)
		r.opened("000002", "2026-09-01")
		got, err := r.apply("000002")
		r.must(err)
		r.must(r.accepted(got))
		if seated {
			n, err := r.store.Sessions().Session(t.Context(), "000002")
			r.must(err)
			n.Allotted = append(n.Allotted, r.candidate())
			r.must(r.store.Sessions().UpdateSession(t.Context(), n))
		}
		r.clock.Set(date(t, "2026-12-01").In(r.policy.Location()))
		r.opened("000003", "2027-01-15")
		_, err = r.apply("000003")
		if used := strings.Contains(refusedField(err, "retake"), "已用于“补考场000002”"); used != seated || !seated && err != nil {
			t.Errorf("seated %v: %v, %q", seated, err, refusedField(err, "retake"))
		}
	}
}

// 排了座位的也一样：考务员在一场里改为只考一科以后，另一场不能再凭同一份保留成绩只考一科。
func TestASeatForARetakeCountsToo(t *testing.T) {
	r := newReturner(t)
	r.opened("000002", "2026-09-01")
	r.opened("000003", "2026-09-08")
	n, err := r.store.Sessions().Session(t.Context(), "000002")
	r.must(err)
	n.Only = sitting.OnlyTaken{r.candidate(): engine.Practical}
	r.must(r.store.Sessions().UpdateSession(t.Context(), n))
	if _, err := r.apply("000003"); !strings.Contains(refusedField(err, "retake"), "已用于“补考场000002”") {
		t.Errorf("%v", err)
	}
	if _, err := r.apply("000002"); err != nil {
		t.Errorf("for the session itself: %v", err)
	}
}

func (r *returner) candidate() engine.PersonID {
	seat, err := r.store.Seats().Seat(r.t.Context(), ticket(1))
	r.must(err)
	return seat.Candidate
}
