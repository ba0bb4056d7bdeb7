package protocol_test

import (
	"errors"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// TestASittingGoesOnFromItsTranscript: broken off after every step, it ends as it would have.
func TestASittingGoesOnFromItsTranscript(t *testing.T) {
	x := terms(t, 3, 2)
	p := &play{t: t, terms: x, bank: bank(t)}
	var err error
	p.Sitting, err = protocol.Open(start, x, key, theEngine, signer("operator"))
	p.must(err)
	again := func(s []protocol.Secret) {
		file, err := p.Transcript()
		p.must(err)
		read, err := protocol.Decode(file)
		p.must(err)
		p.Sitting, err = protocol.Resume(read, key, signer("operator"), s)
		p.must(err)
	}
	again(nil)
	for j := range 3 {
		c, err := x.Commit(j+1, secret(t, j+1), chance("shares"))
		p.must(err)
		p.must(p.Commit(p.now(), c))
		again(nil)
	}
	slots, err := protocol.Enrol(key, seats())
	p.must(err)
	_, err = p.Fix(p.now(), protocol.Plan{Bank: p.bank, Blueprints: blueprints(), Slots: slots})
	p.must(err)
	again(nil)
	p.must(p.Observe(p.now(), protocol.Beacon{Text: "07", Witnesses: []string{"程立言", "苏敏"}}))
	again(nil)
	_, err = p.Draw(p.now(), secrets(t, 3))
	p.must(err)
	again(secrets(t, 3))
	_, err = p.Late(p.now(), protocol.Late{Level: engine.Level4, Site: "北京", Candidate: hashOf("late")})
	p.must(err)
	again(secrets(t, 3))
	_, err = p.Withdraw(p.now(), engine.Level5, mostUsed(p), "重复")
	p.must(err)
	again(secrets(t, 3))
	if r := audit(t, p.reveal()); !r.Equal {
		t.Errorf("%v", r.First)
	}
}

func TestNothingGoesOnFromAnother(t *testing.T) {
	p := drawn(t, terms(t, 2, 0))
	file, err := p.Transcript()
	p.must(err)
	read := func() *protocol.Transcript {
		x, err := protocol.Decode(file)
		p.must(err)
		return x
	}
	if _, err := protocol.Resume(read(), protocol.Key(hashOf("other")), signer("operator"), secrets(t, 2)); !errors.Is(err, protocol.ErrTerms) {
		t.Errorf("with another key: %v", err)
	}
	if _, err := protocol.Resume(read(), key, signer("stranger"), secrets(t, 2)); !errors.Is(err, protocol.ErrTerms) {
		t.Errorf("with another signer: %v", err)
	}
	if _, err := protocol.Resume(read(), key, signer("operator"), nil); !errors.Is(err, protocol.ErrTooFew) {
		t.Errorf("without secrets: %v", err)
	}
	if _, err := protocol.Resume(read(), key, signer("operator"), []protocol.Secret{secret(t, 2), secret(t, 1)}); !errors.Is(err, protocol.ErrCommitment) {
		t.Errorf("with the secrets of others: %v", err)
	}
	x := read()
	x.Parts[0].Forms[0].Cards[0]++
	changed, err := x.Reseal(signer("operator"))
	p.must(err)
	x, err = protocol.Decode(changed)
	p.must(err)
	var d *protocol.Difference
	if _, err := protocol.Resume(x, key, signer("operator"), secrets(t, 2)); !errors.As(err, &d) {
		t.Errorf("with a form changed: %v", err)
	}
}
