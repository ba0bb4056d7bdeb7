package theory_test

import (
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// deputy is another account of the office.
var deputy = staff("deputy", authz.ExamOffice)

func (w *world) suspend(code string) {
	w.t.Helper()
	_, err := w.bank.Suspend(ctx, keeper, code, "有误")
	must(w.t, err)
}

// A code with a digit wrong, or another custodian's, commits to nothing.
func TestWrongCodeAtCommit(t *testing.T) {
	c := appointed(t, 2)
	for i := range c.keepers {
		must(t, c.enrol(i))
	}
	terms := c.record().Terms()
	typo := c.codes[0]
	typo[31] ^= 1
	for _, code := range []protocol.Code{typo, c.codes[1]} {
		if _, err := code.Commit(*terms, 1); !errors.Is(err, protocol.ErrCode) {
			t.Errorf("committed: %v", err)
		}
	}
	must(t, c.commit(0))
}

// Where the trial finds no form the session stays open and nothing is recorded.
func TestASessionThatCannotBeDrawnStaysOpen(t *testing.T) {
	w := newWorld(t, 2)
	w.open(0)
	first := w.attempt(0)
	w.skipping()
	w.seatAgain("again", 1, first.Candidate)
	w.draw()
	w.clock.Set(opens.Add(25 * time.Hour))
	_, err := w.exams.Open(ctx, w.by(0), theory.AttemptOf(w.tickets[0]), theory.Window{})
	must(t, err)
	w.seatAgain("again", 2, first.Candidate)
	var short *assembly.Shortage
	if _, err = w.exams.Draw(ctx, office, w.id); !errors.As(err, &short) {
		t.Fatalf("drawn: %v", err)
	}
	if s := w.session(); !s.Closed.IsZero() {
		t.Fatal("the session is closed")
	}
	_, err = w.store.Draws().Draw(ctx, w.id)
	wantErr(t, err, theory.ErrDraw)
}

// A custodian withholds and nobody can stand in: a quorum puts the draw aside, and it begins anew with fresh codes.
func TestPutAside(t *testing.T) {
	w := emptyWorld(t)
	w.seat(3)
	c := &custody{world: w}
	for i, org := range []string{"国家", "监督", "天津"} {
		c.keepers = append(c.keepers, keeperOf(org, i+1))
		c.codes = append(c.codes, protocol.Code(sha256.Sum256([]byte(org))))
	}
	a := c.appointment()
	a.Threshold = 0
	_, err := w.exams.Appoint(ctx, office, w.id, a)
	must(t, err)
	c.observed()
	must(t, c.open(0))
	wantErr(t, c.tryDraw(), theory.ErrDrawStep)
	_, err = w.exams.Redraw(ctx, office, w.id, "第三号保管人失联")
	must(t, err)
	_, err = w.exams.Redraw(ctx, deputy, w.id, "第三号保管人失联") // the custodians decide
	must(t, err)
	before := c.record()
	for i := range 2 {
		must(t, c.sign(i))
	}
	d := c.record()
	if len(before.Aside) != 0 || len(d.Aside) != 1 || d.Stage() != theory.DrawAppointed || len(d.Aside[0].Log) != len(before.Log) || d.Held == before.Held {
		t.Fatalf("put aside: %s %+v", d.Stage(), d.Aside)
	}
	wantErr(t, c.enrol(0), theory.ErrDrawStep) // the code of before
	for i := range c.codes {
		c.codes[i] = sha256.Sum256(append(c.codes[i][:], 1))
	}
	c.drawn()
	c.clock.Set(closes)
	x, err := protocol.Decode(c.transcript(supervisor))
	must(t, err)
	if last := before.Log[len(before.Log)-1].Hash.String(); !strings.Contains(x.Engine.Build, last) {
		t.Fatalf("the transcript does not name %s: %s", last, x.Engine.Build)
	}
	c.equal()
}

// sign signs what is proposed.
func (c *custody) sign(i int) error {
	key, err := c.codes[i].Signer(c.sitting())
	must(c.t, err)
	signature, err := key.Sign(nil, c.record().Statement(), crypto.Hash(0))
	must(c.t, err)
	_, err = c.exams.SignRedraw(ctx, c.keepers[i], c.id, signature)
	return err
}

// A draw of the server alone that came to nothing is put aside by two accounts, forms of before are replaced.
func TestPutAsideAlone(t *testing.T) {
	w := emptyWorld(t)
	w.seat(3)
	p := w.ports()
	p.Draws = unfinished{p.Draws}
	_, err := w.over(p).Draw(ctx, office, w.id)
	wantErr(t, err, errKilled)
	first := w.attempt(0).Form.Digest()
	for range 2 {
		_, err = w.exams.Redraw(ctx, office, w.id, "不能完成")
		must(t, err)
	}
	d, err := w.store.Draws().Draw(ctx, w.id)
	must(t, err)
	if len(d.Aside) != 0 {
		t.Fatal("one account puts a draw aside")
	}
	_, err = w.exams.Redraw(ctx, deputy, w.id, "不能完成")
	must(t, err)
	if d = w.draw(); len(d.Aside) != 1 || w.attempt(0).Form.Digest() == first {
		t.Fatalf("drawn %+v", d.Aside)
	}
	w.clock.Set(opens)
	w.open(0)
	w.derived()
}

// unrecalled keeps a recall from being written.
type unrecalled struct{ theory.Attempts }

func (unrecalled) UpdateAttempt(context.Context, *theory.Attempt) error { return errKilled }

// A recall that was cut off is finished by whoever asks again, and until then nobody opens a form that was given up.
func TestRecallCutOff(t *testing.T) {
	w := emptyWorld(t)
	w.seat(2)
	w.draw()
	_, err := w.exams.Redraw(ctx, office, w.id, "误操作")
	must(t, err)
	p := w.ports()
	p.Attempts = unrecalled{p.Attempts}
	_, err = w.over(p).Redraw(ctx, deputy, w.id, "误操作")
	wantErr(t, err, errKilled)
	w.clock.Set(opens)
	by, id := w.sitter(0)
	_, err = w.exams.Open(ctx, by, id, theory.Window{})
	wantErr(t, err, theory.ErrNotOpen)
	d, err := w.store.Draws().Draw(ctx, w.id)
	must(t, err)
	_, err = w.exams.Redraw(ctx, office, w.id, "误操作")
	must(t, err)
	again, err := w.store.Draws().Draw(ctx, w.id)
	must(t, err)
	if !w.attempt(0).Recalled || again.Revision != d.Revision {
		t.Fatalf("recalled %t, revision %d", w.attempt(0).Recalled, again.Revision)
	}
	w.draw()
	w.open(0)
}

// opening has a candidate come to open the paper just before the withdrawal is written.
type opening struct {
	theory.Draws
	come func()
}

func (o opening) UpdateDraw(ctx context.Context, d *theory.Draw) error {
	o.come()
	return o.Draws.UpdateDraw(ctx, d)
}

// Whoever comes between the count of open papers and the entry in the log does not get the old form.
func TestOpenedDuringAReplacement(t *testing.T) {
	w := newWorld(t, 2)
	code := w.attempt(0).Form.Items[0].Code
	w.suspend(code)
	by, id := w.sitter(0)
	p := w.ports()
	p.Draws = opening{p.Draws, func() {
		_, err := w.exams.Open(ctx, by, id, theory.Window{})
		wantErr(t, err, theory.ErrNotOpen)
	}}
	done, err := w.over(p).Replace(ctx, office, w.id, code, "泄露")
	must(t, err)
	if len(done.Started) != 0 || has(w.attempt(0).Form, code) {
		t.Fatalf("%+v", done)
	}
	w.open(0)
	w.derived()
}

// When the entry cannot be written the forms go on as they were.
func TestReplacementThatFails(t *testing.T) {
	w := newWorld(t, 2)
	code := w.attempt(0).Form.Items[0].Code
	w.suspend(code)
	p := w.ports()
	p.Draws = unfinished{p.Draws}
	_, err := w.over(p).Replace(ctx, office, w.id, code, "泄露")
	wantErr(t, err, errKilled)
	if w.attempt(0).Recalled {
		t.Fatal("a form is held for ever")
	}
	w.open(0)
}
