package protocol_test

import (
	"encoding/hex"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// due is when quicknet round n is out: round 1 came on 2023-08-23 15:09:27 UTC, one follows every three seconds.
func due(n int) time.Time {
	return time.Date(2023, 8, 23, 15, 9, 27, 0, time.UTC).Add(time.Duration(n-1) * 3 * time.Second)
}

// The round and its signature, as drand's own documentation prints them.
const quicknetRound = 1000

func quicknetSignature(t *testing.T) []byte {
	t.Helper()
	b, err := hex.DecodeString("b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestARoundMustLieInTheFuture: one that is out when the roots are fixed could have been reckoned with.
func TestARoundMustLieInTheFuture(t *testing.T) {
	const round = quicknetRound
	b := protocol.Beacon{Signature: quicknetSignature(t)}
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
	if got := log[len(log)-1].Event.(protocol.Beacon); got.Value.String() != "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd" {
		t.Errorf("value %s", got.Value)
	}
}

func TestRoundsAndTheirTimes(t *testing.T) {
	for _, n := range []int{1, 2, quicknetRound} {
		for late, want := range map[time.Duration]int{-time.Millisecond: n, 0: n, time.Millisecond: n + 1, 3 * time.Second: n + 1} {
			if got := protocol.RoundFrom(due(n).Add(late)); got != want {
				t.Errorf("%v after round %d: %d", late, n, got)
			}
		}
		if got := protocol.RoundDue(n); !got.Equal(due(n)) {
			t.Errorf("round %d at %v", n, got)
		}
	}
	if got := protocol.RoundFrom(due(1).Add(-time.Hour)); got != 1 {
		t.Errorf("before the network: round %d", got)
	}
}

// TestOnlyTheNetworksSignatureIsAValue: of this round, whole, and with nothing beside it.
func TestOnlyTheNetworksSignatureIsAValue(t *testing.T) {
	good := quicknetSignature(t)
	turned := slices.Clone(good)
	turned[47] ^= 1
	cases := map[string]struct {
		round int
		b     protocol.Beacon
		want  error
	}{
		"genuine":       {quicknetRound, protocol.Beacon{Signature: good}, nil},
		"another round": {quicknetRound + 1, protocol.Beacon{Signature: good}, protocol.ErrBeacon},
		"one bit":       {quicknetRound, protocol.Beacon{Signature: turned}, protocol.ErrBeacon},
		"zeros":         {quicknetRound, protocol.Beacon{Signature: make([]byte, 48)}, protocol.ErrBeacon},
		"infinity":      {quicknetRound, protocol.Beacon{Signature: append([]byte{0xc0}, make([]byte, 47)...)}, protocol.ErrBeacon},
		"short":         {quicknetRound, protocol.Beacon{Signature: good[:47]}, protocol.ErrBeacon},
		"long":          {quicknetRound, protocol.Beacon{Signature: append(slices.Clone(good), 0)}, protocol.ErrBeacon},
		"with a text":   {quicknetRound, protocol.Beacon{Signature: good, Text: "07"}, protocol.ErrBeacon},
	}
	for name, c := range cases {
		p := rounds(t, c.round, due(c.round).Add(-time.Hour))
		if err := p.Observe(due(c.round), c.b); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
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
}
