package theory_test

import (
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// custody is a session whose draw has custodians, each with a code of their own.
type custody struct {
	*world
	keepers []authz.Principal
	codes   []protocol.Code
}

func keeperOf(org string, n int) authz.Principal {
	name := fmt.Sprintf("custodian %d", n)
	return authz.Principal{Account: name, Person: name, Name: fmt.Sprintf("保管人%d", n), Roles: []authz.Role{authz.Custodian}, Org: org}
}

// appointed has three custodians of three bodies; two others can stand in for one.
func appointed(t *testing.T, candidates int) *custody {
	t.Helper()
	w := emptyWorld(t)
	w.seat(candidates)
	return w.appoint()
}

func (w *world) appoint() *custody {
	w.t.Helper()
	c := &custody{world: w}
	for i, org := range []string{"国家", "监督", "天津"} {
		c.keepers = append(c.keepers, keeperOf(org, i+1))
		c.codes = append(c.codes, protocol.Code(sha256.Sum256([]byte(org))))
	}
	_, err := w.exams.Appoint(ctx, office, w.id, c.appointment())
	must(w.t, err)
	return c
}

func (c *custody) appointment() theory.Appointment {
	return theory.Appointment{Custodians: c.keepers, Threshold: 2, Beacon: protocol.Announcement{Kind: protocol.Witnessed, Text: "大厅摇号"}}
}

func (c *custody) sitting() string { return string(c.id) }

func (c *custody) enrol(i int) error {
	k, err := c.codes[i].Custodian(c.sitting(), "")
	must(c.t, err)
	_, err = c.exams.Enrol(ctx, c.keepers[i], c.id, k.Sign, k.Box)
	return err
}

func (c *custody) record() *theory.Draw {
	c.t.Helper()
	d, err := c.store.Draws().Draw(ctx, c.id)
	must(c.t, err)
	return d
}

func (c *custody) commitment(i int) protocol.Commitment {
	c.t.Helper()
	terms := c.record().Terms()
	if terms == nil {
		terms = &protocol.Terms{Sitting: c.sitting()}
		for j, code := range c.codes {
			k, err := code.Custodian(c.sitting(), c.keepers[j].Name)
			must(c.t, err)
			terms.Custodians = append(terms.Custodians, k)
		}
	}
	k, err := c.codes[i].Commit(*terms, i+1)
	must(c.t, err)
	return k
}

func (c *custody) commit(i int) error {
	_, err := c.exams.Commit(ctx, c.keepers[i], c.id, c.commitment(i))
	return err
}

func (c *custody) freeze() error {
	_, err := c.exams.Freeze(ctx, office, c.id)
	return err
}

var drawing = protocol.Beacon{Text: "03 08 21 33", Witnesses: []string{"程立言", "苏敏"}}

func (c *custody) observe() error {
	_, err := c.exams.Observe(ctx, office, c.id, drawing)
	return err
}

func (c *custody) open(i int) error {
	s, err := c.codes[i].Secret(c.sitting())
	must(c.t, err)
	_, err = c.exams.OpenShare(ctx, c.keepers[i], c.id, s)
	return err
}

// handOver gives the part that custodian i holds of the secret of custodian of.
func (c *custody) handOver(i, of int) error {
	d := c.record()
	box, err := c.codes[i].Box(c.sitting())
	must(c.t, err)
	share, err := d.Terms().OpenShare(*d.Custodians[of].Commitment, i+1, box)
	must(c.t, err)
	_, err = c.exams.HandOver(ctx, c.keepers[i], c.id, share)
	return err
}

func (c *custody) tryDraw() error {
	_, err := c.exams.Draw(ctx, office, c.id)
	return err
}

// observed is a draw whose public random value stands.
func (c *custody) observed() *custody {
	c.t.Helper()
	for i := range c.keepers {
		must(c.t, c.enrol(i))
	}
	for _, i := range []int{2, 0, 1} { // in any order
		must(c.t, c.commit(i))
	}
	must(c.t, c.freeze())
	c.clock.Advance(time.Minute)
	must(c.t, c.observe())
	return c
}

// drawn is a draw whose forms exist.
func (c *custody) drawn() *custody {
	c.t.Helper()
	c.observed()
	for i := range c.keepers {
		must(c.t, c.open(i))
	}
	must(c.t, c.tryDraw())
	return c
}

// equal asks that the transcript is derived again and equal, and returns the report.
func (c *custody) equal() protocol.Report {
	c.t.Helper()
	c.clock.Set(closes)
	r := c.audit(c.transcript(c.keepers[0]))
	if !r.Equal {
		c.t.Fatalf("audit: %v", r.First)
	}
	return r
}

func TestDrawWithCustodians(t *testing.T) {
	c := appointed(t, 5).drawn()
	d := c.record()
	if d.Stage() != theory.DrawDone || len(d.Seated()) != 5 {
		t.Fatalf("%s: %+v", d.Stage(), d)
	}
	for _, by := range []authz.Principal{c.keepers[1], supervisor, office} {
		got, err := c.exams.Drawn(ctx, by, c.id)
		must(t, err)
		if got.Held != (theory.Held{}) || *got.Custodians[2].Secret != (protocol.Secret{}) {
			t.Fatal("secrets are told")
		}
	}
	kept, err := c.exams.Kept(ctx, c.keepers[2])
	if err != nil || len(kept) != 1 {
		t.Fatalf("keeps %v, %v", kept, err)
	}
	if r := c.equal(); r.Root.String() != d.Root || !strings.Contains(strings.Join(r.Notes, "\n"), "witnesses") {
		t.Fatalf("audit %+v", r)
	}
}

// Every step comes in its order; one that comes too early changes nothing.
func TestStepsOfADraw(t *testing.T) {
	c := appointed(t, 3)
	type step struct {
		name string
		do   func() error
	}
	all := []step{{"enrol 1", func() error { return c.enrol(0) }}, {"enrol 2", func() error { return c.enrol(1) }}, {"enrol 3", func() error { return c.enrol(2) }},
		{"commit 2", func() error { return c.commit(1) }}, {"commit 1", func() error { return c.commit(0) }}, {"commit 3", func() error { return c.commit(2) }},
		{"freeze", c.freeze}, {"observe", c.observe}, {"open 3", func() error { return c.open(2) }}, {"open 1", func() error { return c.open(0) }},
		{"open 2", func() error { return c.open(1) }}, {"draw", c.tryDraw}}
	stages := []theory.DrawStage{theory.DrawAppointed, theory.DrawAppointed, theory.DrawEnrolled, theory.DrawEnrolled, theory.DrawEnrolled,
		theory.DrawCommitted, theory.DrawFrozen, theory.DrawObserved, theory.DrawObserved, theory.DrawObserved, theory.DrawOpened, theory.DrawDone}
	phase := []int{0, 0, 0, 1, 1, 1, 2, 3, 4, 4, 4, 5} // steps of one phase come in any order
	for i, now := range all {
		before := c.record()
		for j := i; j < len(all); j++ {
			if phase[j] > phase[i] {
				wantErr(t, all[j].do(), theory.ErrDrawStep)
			}
		}
		if got := c.record(); got.Revision != before.Revision {
			t.Fatalf("before %s: a step too early changed the record", now.name)
		}
		must(t, now.do())
		if got := c.record().Stage(); got != stages[i] {
			t.Fatalf("after %s: %s, want %s", now.name, got, stages[i])
		}
		revision := c.record().Revision
		must(t, now.do()) // again: nothing changes
		if got := c.record(); got.Revision != revision {
			t.Fatalf("%s again changed the record", now.name)
		}
	}
	c.equal()
}

func TestAppointmentRefused(t *testing.T) {
	w := emptyWorld(t)
	w.seat(2)
	c := &custody{world: w, keepers: []authz.Principal{keeperOf("甲", 1), keeperOf("乙", 2), keeperOf("乙", 3)}}
	for name, spoil := range map[string]func(*theory.Appointment){
		"one":             func(a *theory.Appointment) { a.Custodians = a.Custodians[:1]; a.Threshold = 0 },
		"one body":        func(a *theory.Appointment) { a.Custodians = a.Custodians[1:]; a.Threshold = 0 },
		"twice":           func(a *theory.Appointment) { a.Custodians[2] = a.Custodians[0] },
		"without role":    func(a *theory.Appointment) { a.Custodians[0].Roles = []authz.Role{authz.Marker} },
		"threshold of 1":  func(a *theory.Appointment) { a.Threshold = 1 },
		"threshold of 3":  func(a *theory.Appointment) { a.Threshold = 3 },
		"quorum too low":  func(a *theory.Appointment) { a.Quorum = 1 },
		"no public value": func(a *theory.Appointment) { a.Beacon = protocol.Announcement{Kind: protocol.NoBeacon} },
	} {
		a := c.appointment()
		a.Custodians = slices.Clone(a.Custodians)
		spoil(&a)
		if _, err := w.exams.Appoint(ctx, office, w.id, a); !errors.Is(err, theory.ErrCustodians) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := w.exams.Appoint(ctx, marker, w.id, c.appointment())
	wantErr(t, err, authz.ErrForbidden)
	w.clock.Set(opens)
	_, err = w.exams.Appoint(ctx, office, w.id, c.appointment())
	wantErr(t, err, theory.ErrDrawLate)
	w.clock.Set(opens.Add(-time.Millisecond))
	w.draw()
	_, err = w.exams.Appoint(ctx, office, w.id, c.appointment())
	wantErr(t, err, theory.ErrDrawn)
}

// Wrong role, and custodians of another session.
func TestCustodyOfOthers(t *testing.T) {
	c := appointed(t, 2)
	stranger := keeperOf("甲", 9)
	k, err := c.codes[0].Custodian(c.sitting(), "")
	must(t, err)
	_, err = c.exams.Enrol(ctx, stranger, c.id, k.Sign, k.Box)
	wantErr(t, err, sitting.ErrSession)
	_, err = c.exams.Enrol(ctx, office, c.id, k.Sign, k.Box)
	wantErr(t, err, authz.ErrForbidden)
	_, err = c.exams.Freeze(ctx, c.keepers[0], c.id)
	wantErr(t, err, authz.ErrForbidden)
	_, err = c.exams.Drawn(ctx, stranger, c.id)
	wantErr(t, err, sitting.ErrSession)
	_, err = c.exams.Drawn(ctx, marker, c.id)
	wantErr(t, err, authz.ErrForbidden)
	if kept, err := c.exams.Kept(ctx, stranger); err != nil || len(kept) != 0 {
		t.Fatalf("a stranger keeps %v, %v", kept, err)
	}
	first := c.id
	c.seat(2) // another session, without custodians
	_, err = c.exams.Enrol(ctx, c.keepers[0], c.id, k.Sign, k.Box)
	wantErr(t, err, sitting.ErrSession)
	c.draw()
	c.id = first
	must(t, c.enrol(0))
	other, err := c.codes[1].Custodian(c.sitting(), "")
	must(t, err)
	_, err = c.exams.Enrol(ctx, c.keepers[0], c.id, other.Sign, other.Box)
	wantErr(t, err, theory.ErrDrawStep)
	_, err = c.exams.Enrol(ctx, c.keepers[1], c.id, other.Sign, other.Box[1:])
	wantErr(t, err, protocol.ErrTerms)
}

// The public random value comes after the freeze and before the window; secrets are those committed to.
func TestWrongValues(t *testing.T) {
	c := appointed(t, 2)
	for i := range c.keepers {
		must(t, c.enrol(i))
	}
	foreign := c.commitment(1)
	_, err := c.exams.Commit(ctx, c.keepers[0], c.id, foreign)
	wantErr(t, err, protocol.ErrCommitment)
	bare := c.commitment(0)
	bare.Shares = nil
	_, err = c.exams.Commit(ctx, c.keepers[0], c.id, bare)
	wantErr(t, err, protocol.ErrCommitment)
	for i := range c.keepers {
		must(t, c.commit(i))
	}
	another := c.commitment(0)
	another.Commitment = protocol.Hash{1}
	_, err = c.exams.Commit(ctx, c.keepers[0], c.id, another)
	wantErr(t, err, theory.ErrDrawStep)
	must(t, c.freeze())
	_, err = c.exams.Observe(ctx, office, c.id, protocol.Beacon{Text: "03", Witnesses: []string{"一人"}})
	wantErr(t, err, protocol.ErrBeacon)
	c.clock.Set(opens)
	wantErr(t, c.observe(), theory.ErrDrawLate)
	c.clock.Set(opens.Add(-time.Millisecond))
	must(t, c.observe())
	_, err = c.exams.Observe(ctx, office, c.id, protocol.Beacon{Text: "04", Witnesses: drawing.Witnesses})
	wantErr(t, err, protocol.ErrStage)
	secret, err := c.codes[1].Secret(c.sitting())
	must(t, err)
	_, err = c.exams.OpenShare(ctx, c.keepers[0], c.id, secret)
	wantErr(t, err, protocol.ErrCommitment)
}

// One custodian withholds: the others put the secret together, with the reason in the record, and the audit says so.
func TestACustodianWithholds(t *testing.T) {
	c := appointed(t, 3).observed()
	must(t, c.open(0))
	must(t, c.open(1))
	wantErr(t, c.tryDraw(), theory.ErrDrawStep)
	wantErr(t, c.handOver(0, 2), theory.ErrDrawStep) // nobody asked
	_, err := c.exams.Withhold(ctx, office, c.id, 3, " ")
	wantErr(t, err, theory.ErrCustodians)
	_, err = c.exams.Withhold(ctx, office, c.id, 3, "联系不上")
	must(t, err)
	must(t, c.handOver(0, 2))
	wantErr(t, c.tryDraw(), theory.ErrDrawStep) // one part of two
	false1 := protocol.Share{Custodian: 3, Holder: 2, Bytes: make([]byte, 64)}
	_, err = c.exams.HandOver(ctx, c.keepers[1], c.id, false1)
	wantErr(t, err, protocol.ErrShare)
	false1.Holder = 1
	_, err = c.exams.HandOver(ctx, c.keepers[1], c.id, false1)
	wantErr(t, err, protocol.ErrShare)
	must(t, c.handOver(0, 2)) // again
	must(t, c.handOver(1, 2))
	must(t, c.handOver(1, 2))
	must(t, c.tryDraw())
	trail := c.record().Trail
	if !slices.ContainsFunc(trail, func(e engine.Event) bool {
		return e.Action == "draw.recovered" && strings.Contains(e.Note, "联系不上")
	}) {
		t.Fatalf("no reason in %v", trail)
	}
	if r := c.equal(); !strings.Contains(strings.Join(r.Notes, "\n"), "custodian 3 was recovered") {
		t.Fatalf("notes %v", r.Notes)
	}
}

// A redraw needs a reason and the quorum, before the window opens; nobody opens a form that was given up.
func TestRedraw(t *testing.T) {
	c := appointed(t, 3).drawn()
	first := c.record()
	_, err := c.exams.Redraw(ctx, office, c.id, " ")
	wantErr(t, err, theory.ErrDrawReason)
	_, err = c.exams.Redraw(ctx, office, c.id, "试卷袋破损")
	must(t, err)
	if d := c.record(); d.Root != first.Root {
		t.Fatal("the forms are gone before the quorum")
	}
	sign := func(i int, statement []byte) error {
		key, err := c.codes[i].Signer(c.sitting())
		must(t, err)
		signature, err := key.Sign(nil, statement, crypto.Hash(0))
		must(t, err)
		_, err = c.exams.SignRedraw(ctx, c.keepers[i], c.id, signature)
		return err
	}
	wantErr(t, sign(0, []byte("something else")), protocol.ErrQuorum)
	statement := c.record().Statement()
	must(t, sign(2, statement))
	must(t, sign(2, statement))
	must(t, sign(0, statement))
	if d := c.record(); d.Root != "" || d.Stage() != theory.DrawOpened {
		t.Fatalf("decided: %s, root %s", d.Stage(), d.Root)
	}
	if a := c.attempt(0); !a.Recalled {
		t.Fatal("the form can be opened")
	}
	must(t, c.tryDraw())
	if d := c.record(); d.Root == "" || d.Root == first.Root {
		t.Fatal("no other forms")
	}
	if a := c.attempt(0); a.Recalled {
		t.Fatal("the new form cannot be opened")
	}
	c.clock.Set(opens)
	_, err = c.exams.Redraw(ctx, office, c.id, "再来")
	wantErr(t, err, theory.ErrDrawLate)
	c.world.open(0)
	if r := c.equal(); r.Drawn != 2 {
		t.Fatalf("%d attempts in the transcript", r.Drawn)
	}
}

// The server alone redraws by its own signature, with the reason.
func TestRedrawAlone(t *testing.T) {
	w := emptyWorld(t)
	w.seat(2)
	first := w.draw()
	for range 2 { // nobody is their own second
		_, err := w.exams.Redraw(ctx, office, w.id, "误操作")
		must(t, err)
		if d := w.draw(); d.Root != first.Root {
			t.Fatal("one account redraws")
		}
	}
	_, err := w.exams.Redraw(ctx, deputy, w.id, "误操作")
	must(t, err)
	if d := w.draw(); d.Root == first.Root {
		t.Fatal("the same forms")
	}
	_, err = w.exams.Redraw(ctx, office, w.id, "再来一次")
	wantErr(t, err, theory.ErrDrawStep)
	w.clock.Set(closes)
	if r := w.audit(w.transcript(supervisor)); !r.Equal || r.Drawn != 2 {
		t.Fatalf("audit %+v", r)
	}
}

// Killed after any write of a step, the next call goes on.
func TestDrawWithCustodiansGoesOnAfterAKill(t *testing.T) {
	c := appointed(t, 4).observed()
	for i := range c.keepers {
		must(t, c.open(i))
	}
	for n := range 5 {
		p := c.ports()
		k := &killed{Attempts: p.Attempts}
		k.left.Store(int64(n))
		p.Attempts = k
		if n == 4 {
			p.Draws = unfinished{p.Draws}
		}
		_, err := c.over(p).Draw(ctx, office, c.id)
		wantErr(t, err, errKilled)
	}
	c.clock.Set(closes.Add(-time.Millisecond))
	must(t, c.tryDraw())
	c.equal()
}

// A record that somebody changed is refused: nothing is built on it.
func TestAChangedRecord(t *testing.T) {
	c := appointed(t, 3).drawn()
	for name, spoil := range map[string]func(*theory.Draw){
		"a use":       func(d *theory.Draw) { d.Openings = map[string]int{"L5-01": 3} },
		"a seat":      func(d *theory.Draw) { d.Seats[0].No += 50 },
		"an excluded": func(d *theory.Draw) { d.Seats[0].Excluded = []string{"L5-01"} },
	} {
		d := c.record()
		spoil(d)
		must(t, c.store.Draws().UpdateDraw(ctx, d))
		_, err := c.exams.Redraw(ctx, office, c.id, "理由")
		if !errors.Is(err, theory.ErrDrawBroken) && !errors.Is(err, protocol.ErrStage) {
			t.Errorf("%s: %v", name, err)
		}
		d = c.record()
		d.Openings = map[string]int{}
		d.Seats[0].No, d.Seats[0].Excluded = 1, nil
		must(t, c.store.Draws().UpdateDraw(ctx, d))
	}
}
