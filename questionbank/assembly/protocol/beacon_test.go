package protocol_test

import (
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// due is when quicknet round n is out: round 1 came on 2023-08-23 15:09:27 UTC, one follows every three seconds.
func due(n int) time.Time {
	return time.Date(2023, 8, 23, 15, 9, 27, 0, time.UTC).Add(time.Duration(n-1) * 3 * time.Second)
}

// TestARoundMustLieInTheFuture: one that is out when the roots are fixed could have been reckoned with.
func TestARoundMustLieInTheFuture(t *testing.T) {
	const round = 30_000_000
	b := protocol.Beacon{Signature: make([]byte, 48)}
	for after, want := range map[time.Duration]error{0: protocol.ErrBeacon, -time.Second: protocol.ErrBeacon, time.Millisecond: nil, time.Hour: nil} {
		p := rounds(t, round, due(round).Add(-after))
		if err := p.Observe(due(round).Add(time.Second), b); !errors.Is(err, want) {
			t.Errorf("roots fixed %v before the round: %v", after, err)
		}
	}
	p := rounds(t, round, due(round).Add(-time.Hour))
	if err := p.Observe(due(round).Add(-time.Millisecond), b); !errors.Is(err, protocol.ErrBeacon) {
		t.Errorf("observed before it was out: %v", err)
	}
	p.must(p.Observe(due(round), b))
	log := p.Log()
	if got := log[len(log)-1].Event.(protocol.Beacon); got.Value != sha256.Sum256(b.Signature) {
		t.Errorf("value %s", got.Value)
	}
}

// rounds is a sitting that waits for a drand round, with roots fixed at an instant.
func rounds(t *testing.T, round int, at time.Time) *play {
	t.Helper()
	x := terms(t, 1, 0)
	x.Beacon = protocol.Announcement{Kind: protocol.Drand, Round: round}
	p := &play{t: t, terms: x, bank: bank(t)}
	var err error
	p.Sitting, err = protocol.Open(at.Add(-time.Hour), x, key, theEngine, signer("operator"))
	p.must(err)
	c, err := x.Commit(1, secret(t, 1), chance("x"))
	p.must(err)
	p.must(p.Commit(at, c))
	slots, err := protocol.Enrol(key, seats())
	p.must(err)
	_, err = p.Fix(at, protocol.Plan{Bank: p.bank, Blueprints: blueprints(), Slots: slots})
	p.must(err)
	return p
}

func TestBeaconsHaveTheFormOfTheirKind(t *testing.T) {
	two := []string{"程立言", "苏敏"}
	cases := map[string]struct {
		kind protocol.BeaconKind
		b    protocol.Beacon
		ok   bool
	}{
		"witnessed":        {protocol.Witnessed, protocol.Beacon{Text: "07", Witnesses: two}, true},
		"one witness":      {protocol.Witnessed, protocol.Beacon{Text: "07", Witnesses: two[:1]}, false},
		"one twice":        {protocol.Witnessed, protocol.Beacon{Text: "07", Witnesses: []string{"苏敏", "苏敏"}}, false},
		"nothing drawn":    {protocol.Witnessed, protocol.Beacon{Witnesses: two}, false},
		"with signature":   {protocol.Witnessed, protocol.Beacon{Text: "07", Witnesses: two, Signature: make([]byte, 48)}, false},
		"none":             {protocol.NoBeacon, protocol.Beacon{}, true},
		"none with a text": {protocol.NoBeacon, protocol.Beacon{Text: "07", Witnesses: two}, false},
	}
	for name, c := range cases {
		x := terms(t, 1, 0)
		if x.Beacon.Kind = c.kind; c.kind == protocol.NoBeacon {
			x.Beacon.Text = ""
		}
		p := committed(t, x)
		slots, err := protocol.Enrol(key, seats())
		p.must(err)
		_, err = p.Fix(p.now(), protocol.Plan{Bank: p.bank, Blueprints: blueprints(), Slots: slots})
		p.must(err)
		if err := p.Observe(p.now(), c.b); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := rounds(t, 30_000_000, due(30_000_000).Add(-time.Hour))
	if err := p.Observe(due(30_000_001), protocol.Beacon{Signature: make([]byte, 47)}); !errors.Is(err, protocol.ErrBeacon) {
		t.Errorf("a short signature: %v", err)
	}
}
