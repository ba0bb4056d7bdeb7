package protocol_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// slotOf is the slot of a candidate, extra ones included, -1 for none.
func (p *play) slotOf(l engine.Level, candidate string) int {
	name := protocol.Pseudonym(key.PseudonymSalt(candidate), candidate)
	return slices.IndexFunc(p.Slots(l), func(s protocol.Slot) bool { return s.Candidate == name })
}

func (p *play) receipt(l engine.Level, candidate string) (protocol.Receipt, error) {
	return p.Receipt(l, p.slotOf(l, candidate), candidate, key.PseudonymSalt(candidate))
}

// upTo is the log as far as its last draw, as it is public while the papers are sealed.
func upTo(log []protocol.Entry) []protocol.Entry {
	n := 0
	for i, e := range log {
		if _, ok := e.Event.(protocol.Head); ok {
			n = i + 1
		}
	}
	return log[:n]
}

// TestReceiptsAgainstTheLog: after a redraw, latecomers and a withdrawal everybody's receipt holds, and with what the log
// replaced it shows the form that they have.
func TestReceiptsAgainstTheLog(t *testing.T) {
	p := story(t)
	p.reveal()
	log, replaced := p.Log(), 0
	check := func(l engine.Level, who string, late bool) {
		t.Helper()
		r, err := p.receipt(l, who)
		p.must(err)
		file, err := r.File()
		p.must(err)
		if r, err = protocol.ReadReceipt(file); err != nil {
			t.Fatalf("%s: %v", who, err)
		}
		got, err := r.Check(log, math.MaxInt64)
		if err != nil || got.Late != late || !got.Whole || !slices.Equal(got.Operator, p.terms.Operator) || got.Frozen.IsZero() {
			t.Fatalf("%s: %+v, %v", who, got, err)
		}
		f, err := p.Form(l, r.Slot, p.bank.Items)
		p.must(err)
		if !r.Sat(key, f, got.Replaced) {
			t.Errorf("%s: the receipt shows another form", who)
		}
		if len(got.Replaced) > 0 && r.Sat(key, f, got.Replaced[:len(got.Replaced)-1]) {
			t.Errorf("%s: what was replaced last does not matter", who)
		}
		f.Items[0].Options[0], f.Items[0].Options[1] = f.Items[0].Options[1], f.Items[0].Options[0]
		if r.Sat(key, f, got.Replaced) {
			t.Errorf("%s: the order of options does not matter", who)
		}
		replaced += len(got.Replaced)
		short, err := r.Check(upTo(log), math.MaxInt64)
		if late != errors.Is(err, protocol.ErrReceipt) || !late && (err != nil || short.Whole || len(short.Replaced) > 0) {
			t.Errorf("%s, of the log as it was public: %+v, %v", who, short, err)
		}
	}
	for _, s := range seats() {
		check(s.Level, s.Candidate, false)
	}
	check(engine.Level5, "张迟", true)
	check(engine.Level5, "李晚", true)
	if replaced == 0 {
		t.Error("nothing was replaced")
	}
	if _, err := p.receipt(engine.Level5, "王补"); !errors.Is(err, protocol.ErrSlot) {
		t.Errorf("a form that was made after the draw: %v", err)
	}
}

// TestAnAbsenceIsTold to the candidate whose form it is and to nobody else.
func TestAnAbsenceIsTold(t *testing.T) {
	p := story(t)
	p.reveal()
	away := 0
	for _, s := range seats() {
		r, err := p.receipt(s.Level, s.Candidate)
		p.must(err)
		got, err := r.Check(p.Log(), math.MaxInt64)
		p.must(err)
		if got.Absent != (s.Level == engine.Level5 && r.Slot == seated(p, engine.Level5, false)) {
			t.Errorf("%s: absent %t", s.Candidate, got.Absent)
		}
		if got.Absent {
			away++
		}
	}
	if away != 1 {
		t.Errorf("%d absent", away)
	}
}

// TestOneByteOfAReceipt: no byte of the file can be another one.
func TestOneByteOfAReceipt(t *testing.T) {
	p := story(t)
	p.reveal()
	for _, who := range []string{seats()[0].Candidate, "李晚"} {
		r, err := p.receipt(engine.Level5, who)
		p.must(err)
		file, err := r.File()
		p.must(err)
		for at := range file {
			changed := slices.Clone(file)
			changed[at] ^= 1
			x, err := protocol.ReadReceipt(changed)
			if err == nil {
				_, err = x.Check(p.Log(), math.MaxInt64)
			}
			if !errors.Is(err, protocol.ErrReceipt) {
				t.Fatalf("%s, byte %d, %q: %v", who, at, file[max(0, at-20):at+1], err)
			}
		}
		for name, wrong := range map[string][]byte{"nothing": nil, "half": file[:len(file)/2], "no newline": file[:len(file)-1], "more": append(slices.Clone(file), '\n'),
			"two": append(slices.Clone(file), file...)} {
			if _, err := protocol.ReadReceipt(wrong); !errors.Is(err, protocol.ErrReceipt) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestReceiptsOfSomethingElse: another sitting, a draw that was given up, another's reserve form, a log that is none.
func TestReceiptsOfSomethingElse(t *testing.T) {
	p := story(t)
	who := seats()[0].Candidate
	r, err := p.receipt(engine.Level5, who)
	p.must(err)
	late, err := p.receipt(engine.Level5, "张迟")
	p.must(err)
	refused := func(name, want string, r protocol.Receipt, log []protocol.Entry) {
		t.Helper()
		if _, err := r.Check(log, math.MaxInt64); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := terms(t, 5, 3)
	other.Sitting = "另一场"
	refused("another sitting", "凭据是场次", r, drawn(t, other).Log())
	refused("the same terms, other forms", "不是日志中最后成立的一次", r, drawn(t, terms(t, 5, 3)).Log())
	refused("no draw yet", "不是日志中最后成立的一次", r, fixed(t, terms(t, 5, 3)).Log())
	first := upTo(p.Log())
	refused("before the redraw", "不是日志中最后成立的一次", r, first[:len(first)-2])
	given := late
	given.Candidate, given.Salt = "李晚", key.PseudonymSalt("李晚")
	refused("another's reserve", "座位不是该考生的", given, p.Log())
	refused("a reserve that the log does not give out", "备用试卷", late, first)
	refused("no log", "不是日志中最后成立的一次", protocol.Receipt{}, nil)
	broken := slices.Clone(p.Log())
	broken[len(broken)-1].Hash[0] ^= 1
	refused("a log with another hash", "摘要", r, broken)
}

// TestAReceiptOfADrawGivenUp: while a redraw is decided no draw stands.
func TestAReceiptOfADrawGivenUp(t *testing.T) {
	p := drawn(t, terms(t, 1, 0))
	s := seats()[0]
	r, err := p.receipt(s.Level, s.Candidate)
	p.must(err)
	if _, err := r.Check(p.Log(), math.MaxInt64); err != nil {
		t.Fatal(err)
	}
	p.must(p.Redraw(p.now(), agreed(p.terms, 1, r.Head.Root, 1)))
	if _, err := r.Check(p.Log(), math.MaxInt64); !errors.Is(err, protocol.ErrReceipt) {
		t.Fatalf("given up: %v", err)
	}
}
