package engine_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// The values are synthetic; sums and verdicts come from the domain facts, §7.1 and §7.2.
func TestResidentNumbers(t *testing.T) {
	for _, c := range []struct {
		number string
		sex    engine.Sex
		born   string
	}{
		{"110101190001010014", engine.Male, "1900-01-01"},
		{"12010119000101018X", engine.Female, "1900-01-01"},
		{"12010119000101018x", engine.Female, "1900-01-01"},
		{"120101190001010040", engine.Female, "1900-01-01"},
		{"120101190402290071", engine.Male, "1904-02-29"},
	} {
		r, err := engine.ParseResident(c.number)
		if err != nil || r.Sex != c.sex || r.Born.String() != c.born || r.Number != strings.ToUpper(c.number) {
			t.Errorf("%s: %+v, %v", c.number, r, err)
		}
	}
	for name, bad := range map[string]string{"check digit": "110101190001010013", "date": "120101190002290021", "short": "1101011900010100", "letters": "11010119000101001Y", "fullwidth": "１１０１０１"} {
		if _, err := engine.ParseResident(bad); !errors.Is(err, engine.ErrIDNumber) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnyChangedDigitIsNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const good = "110101190001010014"
		at, digit := rapid.IntRange(0, 17).Draw(t, "at"), rapid.SampledFrom([]byte("0123456789")).Draw(t, "digit")
		b := []byte(good)
		if b[at] == digit {
			return
		}
		b[at] = digit
		if _, err := engine.ParseResident(string(b)); err == nil {
			t.Fatalf("%s passes", b)
		}
	})
}

func TestCreditCodes(t *testing.T) {
	for code, want := range map[string]bool{
		"91120000MYYYYYY1XC": true, "91120000MYYYYYY28C": true, "12120000MYYYY00C00": true, "12120000MYYYY00J8Y": true,
		"91350100M000100Y43": true, "91310115MA1H8R7C6D": false, "91310115MA1H8R7C67": true, "": false, "9135010OM000100Y43": false,
	} {
		if engine.CreditCodeMatches(code) != want {
			t.Errorf("%s: %v", code, !want)
		}
	}
}

func TestNames(t *testing.T) {
	long := "阿卜杜热合曼·" + strings.Repeat("买", 43)
	for in, want := range map[string]string{" 李小明 ": "李小明", "𠮷田": "𠮷田", "古丽•阿依": "古丽·阿依", long: long, "\U0002ebf0": "\U0002ebf0", "O'Neill-Sato, J.": "O'Neill-Sato, J."} {
		if got, err := engine.CleanName(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for name, bad := range map[string]string{"empty": " ", "too long": long + "长", "private use": "李\ue000", "right-to-left": "李\u202e明", "control": "李\x00明", "broken": "李\xff",
		"markup": "<script>", "a character that somebody could not type": "李？明", "a box": "李□明", "a mask": "李*"} {
		if got, err := engine.CleanName(bad); !errors.Is(err, engine.ErrName) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if engine.MaskName("𠮷小明") != "𠮷**" || engine.MaskID("110101190001010014") != "1101************14" {
		t.Error("masks show too much or too little")
	}
}

func TestLevels(t *testing.T) {
	if !engine.Level3.Above(engine.Level4) || engine.Level5.Above(engine.Level4) || engine.Level4.Above(engine.Level4) {
		t.Error("levels are in the wrong order")
	}
	for _, s := range []string{"5", "五级", "初级工", "五级/初级工"} {
		if l, err := engine.ParseLevel(s); err != nil || l != engine.Level5 {
			t.Errorf("%s: %v, %v", s, l, err)
		}
	}
	for _, s := range []string{"", "2", "一级", "技师", "五"} {
		if _, err := engine.ParseLevel(s); !errors.Is(err, engine.ErrLevel) {
			t.Errorf("%q passes as a level", s)
		}
	}
}

func TestPoints(t *testing.T) {
	for s, want := range map[string]engine.Points{"0": 0, "60": 6000, "60.5": 6050, "59.99": 5999, "100": 10000} {
		if got, err := engine.ParsePoints(s); err != nil || got != want {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", ".", "60.", "60.123", "-1", "6e1", "９０", "1000000000"} {
		if _, err := engine.ParsePoints(s); !errors.Is(err, engine.ErrPoints) {
			t.Errorf("%q passes as points", s)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p := engine.Points(rapid.Int32Range(0, 99999999).Draw(t, "p"))
		if got, err := engine.ParsePoints(p.String()); err != nil || got != p {
			t.Fatalf("%d wrote %s and read %d, %v", p, p, got, err)
		}
	})
}

var sealing = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

func TestSealNeedsTwoPersons(t *testing.T) {
	s := engine.NewSeal("s1", engine.Theory, []engine.SealedScore{{Candidate: "b", Standing: engine.Scored, Points: 6000}, {Candidate: "a", Standing: engine.Absent}}, "leader", sealing)
	if err := s.Complete(); !errors.Is(err, engine.ErrNotSealed) {
		t.Fatalf("one signature completes: %v", err)
	}
	supervisor := authz.Principal{Person: "supervisor"}
	for _, who := range []authz.Principal{{Person: "leader"}, {}, supervisor.Also("leader")} {
		if err := s.Countersign(who, sealing); !errors.Is(err, engine.ErrSealWitness) {
			t.Fatalf("%+v may witness: %v", who, err)
		}
	}
	if err := s.Countersign(supervisor.Also("another"), sealing); err != nil {
		t.Fatal(err)
	}
	if err := s.Countersign(supervisor, sealing); !errors.Is(err, engine.ErrUnchanged) {
		t.Fatalf("twice by the same person: %v", err)
	}
	if err := s.Countersign(authz.Principal{Person: "another"}, sealing); !errors.Is(err, engine.ErrSealed) {
		t.Fatalf("a second witness: %v", err)
	}
	if err := s.Complete(); err != nil {
		t.Fatal(err)
	}
	s.Scores[1].Points++
	if err := s.Complete(); !errors.Is(err, engine.ErrSealBroken) {
		t.Fatalf("a changed score: %v", err)
	}
}

func TestModify(t *testing.T) {
	type doc struct{ n int }
	stale, writes := 3, 0
	load := func(context.Context) (*doc, error) { return &doc{n: 7}, nil }
	save := func(_ context.Context, _ *doc) error {
		if stale--; stale >= 0 {
			return engine.ErrStale
		}
		writes++
		return nil
	}
	got, err := engine.Modify(t.Context(), load, save, func(d *doc) error { d.n++; return nil })
	if err != nil || got.n != 8 || writes != 1 {
		t.Fatalf("%+v, %v after %d writes", got, err, writes)
	}
	stale = 100
	if _, err := engine.Modify(t.Context(), load, save, func(*doc) error { return nil }); !errors.Is(err, engine.ErrStale) {
		t.Fatalf("it never gives up: %v", err)
	}
	writes = 0
	if _, err := engine.Modify(t.Context(), load, save, func(*doc) error { return engine.ErrUnchanged }); err != nil || writes != 0 {
		t.Fatalf("nothing to change: %v, %d writes", err, writes)
	}
}

// An address is kept as people write it, on one line; what no printer shows is refused, and so is a letter in place of an address.
func TestAddresses(t *testing.T) {
	most := strings.Repeat("路", engine.MaxAddress)
	for in, want := range map[string]string{"": "", " \u3000": "", " 样例市\n春风路  7号\t": "样例市 春风路 7号", most: most} {
		if got, err := engine.CleanAddress(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{most + "1", "春风路\u202e7号", "春风路\x007号", "春风路\xff7号", "春风路\ue0007号"} {
		if got, err := engine.CleanAddress(in); !errors.Is(err, engine.ErrAddress) {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for in, want := range map[string]string{"": "", "无": "****", "天津": "天****", "天津市河西区友谊路1号": "天津市****"} {
		if got := engine.MaskAddress(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
