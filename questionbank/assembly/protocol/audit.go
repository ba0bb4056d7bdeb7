package protocol

import (
	"errors"
	"fmt"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/merkle"
)

// Report is what an audit found. Equal is true only if everything was derived again and nothing differs.
type Report struct {
	Sitting string        `json:"sitting"`
	Equal   bool          `json:"equal"`
	First   *Difference   `json:"first,omitempty"` // the first difference; what comes after it was not looked at
	Root    Hash          `json:"root"`            // over the forms of the last attempt
	Drawn   int           `json:"attempts"`
	Levels  []LevelReport `json:"levels,omitempty"`
	Notes   []string      `json:"notes,omitempty"` // what this audit cannot know, and what a reader should look at
}

// LevelReport counts what was derived again for one level.
type LevelReport struct {
	Level    engine.Level `json:"level"`
	Cards    int          `json:"cards"`
	Forms    int          `json:"forms"`
	Reserves int          `json:"reserves"`
	Changed  int          `json:"changed"` // items replaced since the draw
	Extra    int          `json:"extra"`
}

// Difference is one place where a transcript is not what it must be.
type Difference struct {
	Where   string `json:"where"` // the root, the log entry, or the level, slot and item
	Derived string `json:"derived,omitempty"`
	Found   string `json:"found,omitempty"`
}

func (d *Difference) String() string {
	s := d.Where
	if d.Derived != "" || d.Found != "" {
		s += fmt.Sprintf("：导出 %s，记录 %s", d.Derived, d.Found)
	}
	return s
}

// Error makes a difference the end of an audit.
func (d *Difference) Error() string { return d.String() }

func differs(where string, derived, found any) error {
	return &Difference{Where: where, Derived: fmt.Sprint(derived), Found: fmt.Sprint(found)}
}

// Audit derives a sitting again from its transcript and compares: the chain and the order of the log, every commitment,
// the public random value as it was recorded, the roots, the seed, all forms of all attempts, what happened since, and
// the seal. It stops at the first difference. The error is not nil only when t is none that Decode gave.
func Audit(t *Transcript) (Report, error) {
	if t.digest.IsZero() {
		return Report{}, ErrTranscript.With("没有读入文件")
	}
	a := &audit{t: t}
	for _, step := range []func() error{a.log, a.roots, a.order, a.draws, a.blueprints, a.events, a.seal} {
		err := step()
		if err == nil {
			continue
		}
		var d *Difference
		if !errors.As(err, &d) {
			d = &Difference{Where: err.Error()}
		}
		a.report.First = d
		return a.report, nil
	}
	a.report.Equal = true
	return a.report, nil
}

type audit struct {
	t       *Transcript
	course  course
	secrets []Secret
	halls   []*hall
	report  Report
}

// entries reads the log from its beginning: every entry chained, in its time, and sound by itself.
func (a *audit) entries() error {
	for _, e := range a.t.Log {
		if err := a.course.admit(e); err != nil {
			return &Difference{Where: fmt.Sprintf("log entry %d (%s)：%v", e.No, e.Event.kind(), err)}
		}
	}
	return nil
}

// log reads the log and asks that a draw stands and is revealed.
func (a *audit) log() error {
	if err := a.entries(); err != nil {
		return err
	}
	a.secrets = a.course.secrets
	a.report.Sitting, a.report.Drawn = a.course.terms.Sitting, len(a.course.heads)
	if !a.course.revealed() {
		return &Difference{Where: fmt.Sprintf("log：%d of %d custodians have revealed", len(a.course.secrets), len(a.course.terms.Custodians))}
	}
	if a.course.again || len(a.course.heads) == 0 {
		return &Difference{Where: "log：no draw stands"}
	}
	a.report.Root = a.course.heads[len(a.course.heads)-1].Root
	a.note()
	return nil
}

// note says what a derivation does not prove.
func (a *audit) note() {
	c := &a.course
	n := func(format string, args ...any) {
		a.report.Notes = append(a.report.Notes, fmt.Sprintf(format, args...))
	}
	switch c.terms.Beacon.Kind {
	case Witnessed:
		n("公开随机数以日志中的见证人为凭 the public random value rests on the witnesses named in the log")
	case NoBeacon:
		n("没有公开随机数：冻结之前知道全部份额的人可以挑选试卷 " +
			"no public randomness: whoever knew all secrets before the roots were fixed could have chosen the forms")
	}
	for _, custodian := range c.shared {
		n("第 %[1]d 号保管人的份额由他人恢复 the secret of custodian %[1]d was recovered from the shares of others", custodian)
	}
	for _, e := range a.t.Log {
		if r, ok := e.Event.(Redraw); ok {
			n("第 %[1]d 次重新组卷 attempt %[1]d replaced the one before: %[2]s", r.Attempt, r.Reason)
		}
	}
	n("组卷程序 program that drew: %s", a.t.Engine.Build)
	if a.t.Engine.Vectors != Vectors() {
		n("组卷程序所称的测试向量与本程序不同 that program names other test vectors than this one: %s", a.t.Engine.Vectors)
	}
	n("请与开考前公布的组卷方公钥核对 compare the operator's key with the one published before the sitting: %x", []byte(c.terms.Operator))
}

// roots computes every root again.
func (a *audit) roots() error {
	got, err := a.t.roots()
	if err != nil {
		return err
	}
	want := *a.course.roots
	if got.National != want.National {
		return differs("bank root, national items", got.National, want.National)
	}
	for i, p := range got.Provinces {
		if i < len(want.Provinces) && p != want.Provinces[i] {
			return differs("bank root, items of province "+p.Province, p, want.Provinces[i])
		}
	}
	if len(got.Provinces) != len(want.Provinces) {
		return differs("bank root, number of provinces", len(got.Provinces), len(want.Provinces))
	}
	for _, r := range []struct {
		name      string
		got, want Hash
	}{{"bank root", got.Bank, want.Bank}, {"plan root", got.Plan, want.Plan}, {"roster root", got.Roster, want.Roster},
		{"usage root", got.Usage, want.Usage}, {"engine root", got.Engine, want.Engine}} {
		if r.got != r.want {
			return differs(r.name, r.got, r.want)
		}
	}
	return nil
}

// order looks at what the roots bind: that parts, cards and slots stand in their order, and the joint tables.
func (a *audit) order() error {
	last := -1
	for i := range a.t.Parts {
		p := &a.t.Parts[i]
		at := slices.Index(engine.Levels(), p.Level)
		if at <= last {
			return &Difference{Where: fmt.Sprintf("level %d stands out of order", p.Level)}
		}
		last = at
		h, err := newHall(p, a.t.Salts)
		if err != nil {
			return &Difference{Where: fmt.Sprintf("level %d cannot be drawn：%v", p.Level, err)}
		}
		if joint := h.plan.Table(); !slices.EqualFunc(joint, p.Joint, slices.Equal) {
			return differs(fmt.Sprintf("level %d, joint table", p.Level), joint, p.Joint)
		}
		if err := canonicalOrder(p); err != nil {
			return err
		}
		a.halls = append(a.halls, h)
	}
	return nil
}

// canonicalOrder reports slots that stand out of order, are there twice, or are fewer or more reserves than the rule has.
func canonicalOrder(p *Part) error {
	for no, s := range assembly.Order(p.slots()) {
		if was := p.Slots[no]; s.Room != was.Room || s.Province != was.Province || s.Seat != was.Seat {
			return differs(fmt.Sprintf("level %d, slot %d stands out of order", p.Level, no), place{p.Level, s.Province, s.Room, s.Seat},
				place{p.Level, was.Province, was.Room, was.Seat})
		}
	}
	seats, spare := map[group]int{}, map[group]int{}
	taken, sits := map[place]bool{}, map[Hash]bool{}
	for no, s := range p.Slots {
		at, g := place{p.Level, s.Province, s.Room, s.Seat}, group{p.Level, s.Province, s.Site}
		if taken[at] || !s.Reserve && sits[s.Candidate] {
			return &Difference{Where: fmt.Sprintf("level %d, slot %d is there twice", p.Level, no)}
		}
		taken[at], sits[s.Candidate] = true, true
		if s.Reserve {
			spare[g]++
		} else {
			seats[g]++
		}
	}
	for g, n := range seats {
		if spare[g] != reserves(n) {
			return differs(fmt.Sprintf("level %d, reserve slots of site %s, province %s", p.Level, g.site, g.province), reserves(n), spare[g])
		}
	}
	if len(spare) != len(seats) {
		return &Difference{Where: fmt.Sprintf("level %d: reserve slots of a site without seats", p.Level)}
	}
	return nil
}

// draws derives the forms of every attempt again.
func (a *audit) draws() error {
	for attempt, head := range a.course.heads {
		seed, err := a.course.seed(a.secrets, attempt)
		if err != nil {
			return err
		}
		if err := drawAll(a.halls, seed); err != nil {
			return &Difference{Where: fmt.Sprintf("attempt %d cannot be derived：%v", attempt, err)}
		}
		forms := make([][]Form, len(a.halls))
		for i, h := range a.halls {
			forms[i] = h.publics()
			if attempt == len(a.course.heads)-1 {
				if err := h.same(forms[i]); err != nil {
					return err
				}
			}
		}
		leaves := a.t.formLeaves(attempt, forms)
		if root := merkle.Root(leaves); root != head.Root || len(leaves) != head.Forms {
			return differs(fmt.Sprintf("form root of attempt %d", attempt), root, head.Root)
		}
	}
	return nil
}

// same compares the forms that were derived with those of the transcript, item by item.
func (h *hall) same(derived []Form) error {
	p := h.part
	if len(derived) != len(p.Forms) {
		return differs(fmt.Sprintf("level %d, number of forms", p.Level), len(derived), len(p.Forms))
	}
	for no, f := range derived {
		found := p.Forms[no]
		if len(f.Cards) != len(found.Cards) {
			return differs(fmt.Sprintf("level %d, slot %d, number of items", p.Level, no), len(f.Cards), len(found.Cards))
		}
		for i, c := range f.Cards {
			at := fmt.Sprintf("level %d, slot %d, item %d", p.Level, no, i)
			if c != found.Cards[i] {
				return differs(at, p.Cards[c].Handle, p.named(found.Cards[i]))
			}
			if f.Options[i] != found.Options[i] {
				return differs(at+", order of options", f.Options[i], found.Options[i])
			}
		}
	}
	return nil
}

// named is the handle of the card at a place, if there is one.
func (p *Part) named(place int) string {
	if place < 0 || place >= len(p.Cards) {
		return fmt.Sprintf("place %d of %d", place, len(p.Cards))
	}
	return p.Cards[place].Handle
}

// blueprints looks at the derived forms with code that shares nothing with the draw.
func (a *audit) blueprints() error {
	for _, h := range a.halls {
		if err := assembly.CheckAll(h.ix, h.part.Blueprint, h.slots, h.forms); err != nil {
			return &Difference{Where: fmt.Sprintf("level %d, forms against the blueprint：%v", h.part.Level, err)}
		}
		r := LevelReport{Level: h.part.Level, Cards: len(h.part.Cards), Forms: len(h.forms)}
		for _, s := range h.part.Slots {
			if s.Reserve {
				r.Reserves++
			}
		}
		a.report.Levels = append(a.report.Levels, r)
	}
	return nil
}

// events applies what happened after the draw again and compares what came of it.
func (a *audit) events() error {
	for _, e := range a.t.Log {
		got, err := a.apply(e)
		if err != nil {
			return &Difference{Where: fmt.Sprintf("log entry %d (%s) cannot be applied：%v", e.No, e.Event.kind(), err)}
		}
		derived, err := canonical(got)
		if err != nil {
			return err
		}
		found, err := canonical(e.Event)
		if err != nil {
			return err
		}
		if string(derived) != string(found) {
			return a.changed(e, got)
		}
	}
	return nil
}

// apply is the event as it must be.
func (a *audit) apply(e Entry) (Event, error) {
	switch v := e.Event.(type) {
	case Late:
		h, i, err := a.hall(v.Level)
		if err != nil {
			return nil, err
		}
		if err := h.late(e.No, &v); err != nil {
			return nil, err
		}
		if r := &a.report.Levels[i]; v.Extra {
			r.Extra++
		} else {
			r.Changed += len(v.Changes)
		}
		return v, nil
	case Absence:
		h, _, err := a.hall(v.Level)
		if err != nil {
			return nil, err
		}
		return v, h.absent(v)
	case Withdrawal:
		h, i, err := a.hall(v.Level)
		if err != nil {
			return nil, err
		}
		err = h.withdraw(e.No, &v)
		a.report.Levels[i].Changed += len(v.Changes)
		return v, err
	}
	return e.Event, nil
}

func (a *audit) hall(l engine.Level) (*hall, int, error) {
	for i, h := range a.halls {
		if h.part.Level == l {
			return h, i, nil
		}
	}
	return nil, 0, ErrSlot.With("没有%d级的试卷", l)
}

// changed names the first change in which an event is not what it must be.
func (a *audit) changed(e Entry, got Event) error {
	at := fmt.Sprintf("log entry %d (%s)", e.No, e.Event.kind())
	derived, found := changesOf(got), changesOf(e.Event)
	for i := range min(len(derived), len(found)) {
		if d, f := derived[i], found[i]; d != f {
			return differs(fmt.Sprintf("%s, slot %d, item %d", at, d.Slot, d.Place), d.Handle+" "+d.Options, fmt.Sprintf("slot %d, item %d, %s %s", f.Slot, f.Place, f.Handle, f.Options))
		}
	}
	if len(derived) != len(found) {
		return differs(at+", number of changes", len(derived), len(found))
	}
	return differs(at, fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", e.Event))
}

func changesOf(e Event) []Change {
	switch v := e.(type) {
	case Late:
		return v.Changes
	case Withdrawal:
		return v.Changes
	}
	return nil
}

// seal looks at the operator's word for the whole file: whatever no root binds is bound here.
func (a *audit) seal() error {
	s := a.t.Seal
	if s.Digest != a.t.digest {
		return differs("seal, digest of the file", a.t.digest, s.Digest)
	}
	if !signedBy(a.course.terms.Operator, s.signed(), s.Signature) {
		return &Difference{Where: "seal, signature of the operator"}
	}
	return nil
}
