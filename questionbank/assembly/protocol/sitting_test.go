package protocol_test

import (
	"crypto"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// agreed is a redraw that the given custodians signed.
func agreed(x protocol.Terms, attempt int, before protocol.Hash, who ...int) protocol.Redraw {
	r := protocol.Redraw{Attempt: attempt, Reason: "重庆考场网络中断，名册重报"}
	for _, j := range who {
		sig := signer(names[j-1])
		s, err := sig.Sign(nil, r.Statement(x.Sitting, before), crypto.Hash(0))
		if err != nil {
			continue
		}
		r.Signatures = append(r.Signatures, protocol.RedrawSignature{Custodian: j, Signature: s})
	}
	return r
}

// story is a whole sitting: a redraw, late candidates until the reserves are used up, an absence, a withdrawn item.
func story(t *testing.T) *play {
	t.Helper()
	x := terms(t, 5, 3)
	p := fixed(t, x)
	first, err := p.Draw(p.now(), secrets(t, 5))
	p.must(err)
	p.must(p.Redraw(p.now(), agreed(x, 1, first.Root, 1, 3, 4)))
	second, err := p.Draw(p.now(), secrets(t, 5))
	p.must(err)
	if first.Root == second.Root {
		t.Fatal("the second attempt has the forms of the first")
	}
	p.must(p.Absent(p.now(), protocol.Absence{Level: engine.Level5, Slot: seated(p, engine.Level5, false)}))
	for i, who := range []string{"张迟", "李晚", "王补"} {
		ev := protocol.Late{Level: engine.Level5, Province: "50", Site: "重庆", Candidate: protocol.Pseudonym(key.PseudonymSalt(who), who)}
		if i == 1 { // has met half of every form
			ev.Excluded = met(t, p, "50")
		}
		got, err := p.Late(p.now(), ev)
		p.must(err)
		if got.Extra != (i == 2) || i == 1 && len(got.Changes) == 0 {
			t.Errorf("late candidate %d: %+v", i, got)
		}
	}
	w, err := p.Withdraw(p.now(), engine.Level5, mostUsed(p), "题干有误")
	p.must(err)
	if len(w.Changes) == 0 {
		t.Error("nothing changed when an item was withdrawn")
	}
	return p
}

// seated is the first slot of a level that is a reserve, or is not.
func seated(p *play, l engine.Level, reserve bool) int {
	return slices.IndexFunc(p.Slots(l), func(s protocol.Slot) bool { return s.Reserve == reserve })
}

// met are every other item of the forms that a late candidate of the province may get.
func met(t *testing.T, p *play, province string) (handles []string) {
	t.Helper()
	for no, s := range p.Slots(engine.Level5) {
		if !s.Reserve || s.Province != province || !s.Candidate.IsZero() {
			continue
		}
		f, err := p.Form(engine.Level5, no, p.bank.Items)
		p.must(err)
		for i := 0; i < 2; i++ {
			handles = append(handles, key.Handle(f.Items[i].Code, f.Items[i].Version))
		}
	}
	return handles
}

func mostUsed(p *play) (handle string) {
	uses := p.Uses(engine.Level5)
	for h, n := range uses {
		if n > uses[handle] || n == uses[handle] && h < handle {
			handle = h
		}
	}
	return handle
}

func TestAWholeSitting(t *testing.T) {
	p := story(t)
	r := audit(t, p.reveal())
	if !r.Equal {
		t.Fatalf("differs: %v", r.First)
	}
	if r.Drawn != 2 || len(r.Levels) != 2 || r.Levels[0].Level != engine.Level5 || r.Levels[0].Extra != 1 || r.Levels[0].Changed == 0 {
		t.Errorf("report: %+v", r)
	}
	if !strings.Contains(strings.Join(r.Notes, "\n"), "attempt 1 replaced") {
		t.Errorf("the redraw is not told: %q", r.Notes)
	}
}

// TestTheSameInputsGiveTheSameForms, and another key, secret or public value gives others.
func TestTheSameInputsGiveTheSameForms(t *testing.T) {
	a, b := drawn(t, terms(t, 3, 0)).reveal(), drawn(t, terms(t, 3, 0)).reveal()
	if string(a) != string(b) {
		t.Error("two sittings with the same inputs have different transcripts")
	}
	p := committed(t, terms(t, 3, 0))
	slots, err := protocol.Enrol(key, seats())
	p.must(err)
	_, err = p.Fix(p.now(), protocol.Plan{Bank: p.bank, Blueprints: blueprints(), Slots: slots})
	p.must(err)
	p.must(p.Observe(p.now(), protocol.Beacon{Text: "07 11 19 23 28 32", Witnesses: []string{"程立言", "苏敏"}}))
	head, err := p.Draw(p.now(), secrets(t, 3))
	p.must(err)
	if audit(t, a).Root == head.Root {
		t.Error("another public value gives the same forms")
	}
}

// TestStepsComeInOrder: what comes too early, too late or twice is refused and changes nothing.
func TestStepsComeInOrder(t *testing.T) {
	x := terms(t, 3, 2)
	slots, err := protocol.Enrol(key, seats())
	if err != nil {
		t.Fatal(err)
	}
	commit := func(p *play, j int) error {
		c, err := x.Commit(j, secret(t, j), chance("again"))
		if err != nil {
			return err
		}
		return p.Commit(p.now(), c)
	}
	fix := func(p *play) error {
		_, err := p.Fix(p.now(), protocol.Plan{Bank: p.bank, Blueprints: blueprints(), Slots: slots})
		return err
	}
	observe := func(p *play) error {
		return p.Observe(p.now(), protocol.Beacon{Text: "1", Witnesses: []string{"a", "b"}})
	}
	draw := func(p *play) error {
		_, err := p.Draw(p.now(), secrets(t, 3))
		return err
	}
	late := func(p *play) error {
		_, err := p.Late(p.now(), protocol.Late{Level: engine.Level4, Site: "北京", Candidate: hashOf("late")})
		return err
	}
	reveal := func(p *play, j int) error {
		return p.Reveal(p.now(), protocol.Reveal{Custodian: j, Secret: secret(t, j)})
	}
	steps := []struct {
		name  string
		early []func(*play) error // refused before the step
		do    func(*play) error
	}{
		{"commit 1", []func(*play) error{fix, observe, draw, late, func(p *play) error { return commit(p, 2) }}, func(p *play) error { return commit(p, 1) }},
		{"commit 2", []func(*play) error{fix, func(p *play) error { return commit(p, 1) }}, func(p *play) error { return commit(p, 2) }},
		{"commit 3", []func(*play) error{fix, observe}, func(p *play) error { return commit(p, 3) }},
		{"roots", []func(*play) error{observe, draw, func(p *play) error { return commit(p, 4) }}, fix},
		{"beacon", []func(*play) error{fix, draw, late, func(p *play) error { return commit(p, 1) }}, observe},
		{"draw", []func(*play) error{fix, observe, late, func(p *play) error { return reveal(p, 1) }}, draw},
		{"late", []func(*play) error{draw, fix, observe, func(p *play) error { return reveal(p, 2) }}, late},
		{"reveal 1", []func(*play) error{draw, late, func(p *play) error { return reveal(p, 2) }}, func(p *play) error { return reveal(p, 1) }},
		{"reveal 2", []func(*play) error{draw, late, func(p *play) error { return reveal(p, 1) }}, func(p *play) error { return reveal(p, 2) }},
		{"reveal 3", []func(*play) error{late}, func(p *play) error { return reveal(p, 3) }},
		{"end", []func(*play) error{draw, late, fix, func(p *play) error { return reveal(p, 3) }}, func(*play) error { return nil }},
	}
	p := &play{t: t, terms: x, bank: bank(t)}
	p.Sitting, err = protocol.Open(start, x, key, theEngine, signer("operator"))
	p.must(err)
	for _, step := range steps {
		for i, early := range step.early {
			before := len(p.Log())
			if err := early(p); err == nil {
				t.Fatalf("before %s: refusal %d was let through", step.name, i)
			}
			if len(p.Log()) != before {
				t.Fatalf("before %s: refusal %d changed the log", step.name, i)
			}
		}
		if err := step.do(p); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
	}
	file, err := p.Transcript()
	p.must(err)
	if r := audit(t, file); !r.Equal {
		t.Errorf("after all the refusals: %v", r.First)
	}
}

func TestNothingGoesBackInTime(t *testing.T) {
	p := drawn(t, terms(t, 1, 0))
	if err := p.Absent(start, protocol.Absence{Level: engine.Level4, Slot: seated(p, engine.Level4, false)}); !errors.Is(err, protocol.ErrStage) {
		t.Errorf("an entry before the one in front of it: %v", err)
	}
}

func TestRedrawNeedsItsQuorum(t *testing.T) {
	x := terms(t, 5, 0)
	p := fixed(t, x)
	head, err := p.Draw(p.now(), secrets(t, 5))
	p.must(err)
	good := agreed(x, 1, head.Root, 1, 2, 5)
	cases := map[string]func() protocol.Redraw{
		"two of three":   func() protocol.Redraw { return agreed(x, 1, head.Root, 1, 2) },
		"one twice":      func() protocol.Redraw { return agreed(x, 1, head.Root, 1, 2, 2) },
		"another root":   func() protocol.Redraw { return agreed(x, 1, hashOf("x"), 1, 2, 5) },
		"next but one":   func() protocol.Redraw { return agreed(x, 2, head.Root, 1, 2, 5) },
		"another reason": func() protocol.Redraw { r := agreed(x, 1, head.Root, 1, 2, 5); r.Reason += "。"; return r },
		"no reason":      func() protocol.Redraw { r := agreed(x, 1, head.Root, 1, 2, 5); r.Reason = ""; return r },
		"a stranger": func() protocol.Redraw {
			r := agreed(x, 1, head.Root, 1, 2, 5)
			r.Signatures[1].Signature = r.Signatures[0].Signature
			return r
		},
	}
	for name, r := range cases {
		if err := p.Redraw(p.now(), r()); err == nil {
			t.Errorf("%s: drawn again", name)
		}
	}
	if _, err := p.Draw(p.now(), secrets(t, 5)); !errors.Is(err, protocol.ErrStage) {
		t.Errorf("drawn again without a decision: %v", err)
	}
	p.must(p.Redraw(p.now(), good))
	if _, err := p.Draw(p.now(), secrets(t, 5)); err != nil {
		t.Error(err)
	}
}

// TestAWithheldSecretIsRecovered: with the threshold's shares the draw goes on and the audit says so.
func TestAWithheldSecretIsRecovered(t *testing.T) {
	x := terms(t, 5, 3)
	p := fixed(t, x)
	var c protocol.Commitment
	for _, e := range p.Log() {
		if v, ok := e.Event.(protocol.Commitment); ok && v.Custodian == 1 {
			c = v
		}
	}
	four := secrets(t, 5)[1:]
	if _, err := p.Draw(p.now(), four); !errors.Is(err, protocol.ErrTooFew) {
		t.Errorf("drawn with four secrets of five: %v", err)
	}
	if _, err := p.Draw(p.now(), append([]protocol.Secret{{}}, four...)); !errors.Is(err, protocol.ErrCommitment) {
		t.Errorf("drawn with a secret made up: %v", err)
	}
	shares := opened(t, x, c, 2, 4, 5)
	got, err := x.Recover(c, shares)
	p.must(err)
	_, err = p.Draw(p.now(), append([]protocol.Secret{got}, four...))
	p.must(err)
	if err := p.Reveal(p.now(), protocol.Reveal{Custodian: 1, Secret: got, Shares: shares[:2]}); !errors.Is(err, protocol.ErrTooFew) {
		t.Errorf("revealed with two shares of three: %v", err)
	}
	p.must(p.Reveal(p.now(), protocol.Reveal{Custodian: 1, Secret: got, Shares: shares}))
	for j := 2; j <= 5; j++ {
		p.must(p.Reveal(p.now(), protocol.Reveal{Custodian: j, Secret: secret(t, j)}))
	}
	file, err := p.Transcript()
	p.must(err)
	r := audit(t, file)
	if !r.Equal || !strings.Contains(strings.Join(r.Notes, "\n"), "custodian 1 was recovered") {
		t.Errorf("%v, %q", r.First, r.Notes)
	}
}

func TestNotRevealedIsNotEqual(t *testing.T) {
	p := drawn(t, terms(t, 2, 0))
	file, err := p.Transcript()
	p.must(err)
	if r := audit(t, file); r.Equal || !strings.Contains(r.First.Where, "0 of 2 custodians") {
		t.Errorf("%+v", r.First)
	}
}
