package assembly_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

var stressed = flag.Int("stressed", 300, "how many stressed cases are put to the exact solver")

// tally counts questions by how they were answered.
type tally map[string]int

func (n tally) String() string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(n)) {
		fmt.Fprintf(&b, "\n%8d %s", n[k], k)
	}
	return b.String()
}

// The numbers that should be none, and are not yet.
const (
	undecided   = "undecided, without a form"
	missed      = "undecided, though a form exists"
	forTheTable = "refused for the joint table: with another one a form exists"
)

// TestStressed puts stressed slots to the draw and to an exact solver. What the draw gives is a form; what it refuses has
// none, and the report proves it.
func TestStressed(t *testing.T) {
	const chunk = 20
	all, lock := tally{}, sync.Mutex{}
	t.Run("cases", func(t *testing.T) {
		for first := 0; first < *stressed; first += chunk {
			t.Run(fmt.Sprint(first), func(t *testing.T) {
				t.Parallel()
				n := tally{}
				for i := first; i < min(first+chunk, *stressed); i++ {
					stressCase(uint64(i)).ask(t, n, fmt.Sprintf("case %d", i))
				}
				lock.Lock()
				defer lock.Unlock()
				for k, v := range n {
					all[k] += v
				}
			})
		}
	})
	t.Logf("%d stressed cases:%s", *stressed, all)
	open := map[string]int{undecided: 0, missed: 0, forTheTable: 80} // of a thousand slots
	for name, most := range open {
		if all[name]*1000 > all["slots"]*most {
			t.Errorf("%d of %d slots: %s", all[name], all["slots"], name)
		}
	}
}

// ask draws the slots one after another, as a sitting does, and looks at every answer.
func (s *stress) ask(t *testing.T, n tally, name string) {
	var err error
	s.ix = s.bank.index(t)
	if s.plan, err = assembly.NewPlan(s.ix, s.bp, assembly.Forms(s.bp.Forms, s.slots)); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	d, err := assembly.NewDrawer(s.plan, seed(byte(len(s.slots))))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var drawn []assembly.Drawn
	for _, slot := range s.slots {
		name, q := fmt.Sprintf("%s, slot %d", name, slot.No), s.question(slot, drawn)
		got, err := d.Draw(slot)
		q.judge(t, n, name, err)
		if slot.No == 0 {
			s.prove(t, n, name, err)
		}
		if err != nil {
			continue
		}
		drawn = append(drawn, got)
		if err := assembly.Check(s.ix, s.bp, slot, got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if bad := q.faults(q.form(got)); bad != "" {
			t.Errorf("%s: %s", name, bad)
		}
	}
}

// judge compares an answer with that of the solver and verifies the proof of a refusal. The draw is held to the joint table
// of its plan; where the solver finds a form only without it, nothing may be said that would be true of every table.
func (q *question) judge(t *testing.T, n tally, name string, answer error) {
	n["slots"]++
	form := q.solve(t, false)
	another := q.table != nil && form != nil && answer != nil
	if another {
		form = q.solve(t, true)
		another = form == nil
	}
	var short *assembly.Shortage
	switch {
	case answer == nil && form != nil:
		n["drawn, and a form exists"]++
	case answer == nil:
		t.Errorf("%s: drawn, and the solver proves that there is no form", name)
	case errors.Is(answer, assembly.ErrUndecided) && form != nil:
		n[missed]++
		t.Logf("%s: %s", name, missed)
	case errors.Is(answer, assembly.ErrUndecided):
		n[undecided]++
		t.Logf("%s: %s", name, undecided)
	case !errors.As(answer, &short):
		t.Errorf("%s: %v", name, answer)
	case form != nil:
		t.Errorf("%s: missed %v: %v", name, form, answer)
	default:
		n["refused, "+q.proof(t, name, short)]++
		if another {
			n[forTheTable]++
			if slices.ContainsFunc(short.Cuts, anyTable) {
				t.Errorf("%s: with another table there is a form: %v", name, answer)
			}
		}
	}
}

// anyTable reports whether a cut would hold for every joint table.
func anyTable(c assembly.Cut) bool {
	return !slices.ContainsFunc(slices.Concat(c.Cells, c.Taken), func(cell string) bool {
		letter, _, both := strings.Cut(cell, "/")
		return both && letter != "*"
	})
}

// prove compares the proof of a blueprint with the first slot, and tries the relaxations that it offers.
func (s *stress) prove(t *testing.T, n tally, name string, answer error) {
	slot := s.slots[0]
	err := assembly.Prove(s.plan, slot.Province, slot.Excluded)
	if errors.Is(err, assembly.ErrUndecided) || errors.Is(answer, assembly.ErrUndecided) {
		return
	}
	if (err == nil) != (answer == nil) {
		t.Errorf("%s: proved %v, drawn %v", name, err, answer)
	}
	var short *assembly.Shortage
	if !errors.As(err, &short) {
		return
	}
	for _, r := range short.Relaxations {
		x := *s
		x.bp.Counts, x.bp.Ranges = maps.Clone(s.bp.Counts), maps.Clone(s.bp.Ranges)
		x.bp.Difficulties, x.bp.Importance = maps.Clone(s.bp.Difficulties), maps.Clone(s.bp.Importance)
		for _, c := range append([]assembly.Change{r.Change}, r.Also...) {
			x.change(c.Constraint, c.To-c.From)
		}
		if n["relaxations"]++; x.question(slot, nil).solve(t, false) == nil {
			t.Errorf("%s: no form after %+v", name, r)
		}
	}
}

// question is what a slot asks, in raw items: whether some of usable are a form. It shares nothing with the draw.
type question struct {
	bp           questionbank.Blueprint
	importance   map[string]string // of points
	table        [][]int           // the plan's joint table, nil if difficulty is free
	ix           *assembly.Index
	usable       []assembly.Card
	seen, capped []assembly.Card // what would be usable otherwise
	rivals       []rival
}

// rival is an earlier form, with how much of it may be shared.
type rival struct {
	handles map[string]bool
	most    int
}

// question asks for the form of a slot when these are drawn already.
func (s *stress) question(slot assembly.Slot, drawn []assembly.Drawn) *question {
	q := &question{bp: s.bp, importance: map[string]string{}, table: s.plan.Table(), ix: s.ix}
	for _, pt := range s.bank.table.Points {
		q.importance[pt.Code] = pt.Importance
	}
	uses := map[string]int{}
	for i, d := range drawn {
		r := rival{map[string]bool{}, math.MaxInt}
		for _, at := range d.Cards {
			h := s.ix.Card(at).Handle
			uses[h]++
			r.handles[h] = true
		}
		if s.bp.Overlap.Any != nil {
			r.most = *s.bp.Overlap.Any
		}
		if s.bp.Overlap.Neighbour != nil && i == len(drawn)-1 && d.Slot == slot.No-1 && s.slots[d.Slot].Province == slot.Province {
			r.most = min(r.most, *s.bp.Overlap.Neighbour)
		}
		if r.most < math.MaxInt {
			q.rivals = append(q.rivals, r)
		}
	}
	forms := assembly.Forms(s.bp.Forms, s.slots)
	for i := range int32(s.ix.Len()) {
		c := s.ix.Card(i)
		if c.Province != "" && (c.Province != slot.Province || s.bp.SupplementCap == 0) || q.scope(c) == "" {
			continue
		}
		of := len(s.slots)
		if c.Province != "" {
			of = forms[c.Province]
		}
		switch most := (of*s.bp.Exposure.Share + 999) / 1000; {
		case slices.Contains(slot.Excluded, c.Handle):
			q.seen = append(q.seen, c)
		case s.bp.Exposure.Share > 0 && uses[c.Handle] >= most:
			q.capped = append(q.capped, c)
		default:
			q.usable = append(q.usable, c)
		}
	}
	return q
}

// form is a drawn form in cards.
func (q *question) form(d assembly.Drawn) (cards []assembly.Card) {
	for _, at := range d.Cards {
		cards = append(cards, q.ix.Card(at))
	}
	return cards
}

// scope is the innermost range of the blueprint that holds a card, "" for none.
func (q *question) scope(c assembly.Card) (innermost string) {
	for code := range q.bp.Ranges {
		if questionbank.Within(c.Point, code) && len(code) > len(innermost) {
			innermost = code
		}
	}
	return innermost
}

// quota is that of a range less those of the ranges inside it; they are never nested deeper in these cases.
func (q *question) quota(scope string) int {
	n := q.bp.Ranges[scope]
	for code, inner := range q.bp.Ranges {
		if code != scope && questionbank.Within(code, scope) {
			n -= inner
		}
	}
	return n
}

// row is a sum over the items of a form with its bounds.
type row struct {
	name        string
	least, most int
	weight      func(assembly.Card) int
}

func only(in func(assembly.Card) bool) func(assembly.Card) int {
	return func(c assembly.Card) int {
		if in(c) {
			return 1
		}
		return 0
	}
}

// core is what the first layer of a report looks at; without the joint table difficulties are counted by themselves.
func (q *question) core(joint bool) (rows []row) {
	exactly := func(name string, n int, in func(assembly.Card) bool) {
		rows = append(rows, row{name, n, n, only(in)})
	}
	for i, t := range questionbank.ItemTypes() {
		if q.table == nil || !joint {
			exactly(string(t), q.bp.Counts[t], func(c assembly.Card) bool { return c.Type == t })
			continue
		}
		for g := 1; g <= 5; g++ {
			exactly(fmt.Sprint(t, g), q.table[i][g-1], func(c assembly.Card) bool { return c.Type == t && c.Difficulty == g })
		}
	}
	for g := 1; g <= 5 && q.table != nil && !joint; g++ {
		exactly(fmt.Sprint(g), q.bp.Difficulties[g], func(c assembly.Card) bool { return c.Difficulty == g })
	}
	for _, code := range slices.Sorted(maps.Keys(q.bp.Ranges)) {
		exactly(code, q.bp.Ranges[code], func(c assembly.Card) bool { return questionbank.Within(c.Point, code) })
	}
	for _, point := range distinct(q.usable, func(c assembly.Card) string { return c.Point }) {
		rows = append(rows, row{point, 0, max(q.bp.MaxPerPoint, 1), only(func(c assembly.Card) bool { return c.Point == point })})
	}
	return rows
}

func distinct(cards []assembly.Card, name func(assembly.Card) string) (names []string) {
	for _, c := range cards {
		if s := name(c); s != "" {
			names = append(names, s)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// enemies are sums over groups: of all items, or inside each bucket as flows see them.
func (q *question) enemies(name func(assembly.Card) string) (rows []row) {
	for _, group := range distinct(q.usable, name) {
		rows = append(rows, row{group, 0, 1, only(func(c assembly.Card) bool { return name(c) == group })})
	}
	return rows
}

func enemy(c assembly.Card) string { return c.Enemy }

// inBucket is the enemy group of a card inside its bucket.
func (q *question) inBucket(c assembly.Card) string {
	if c.Enemy == "" {
		return ""
	}
	if q.table == nil {
		c.Difficulty = 0
	}
	return fmt.Sprint(c.Enemy, c.Province, c.Point, c.Type, c.Difficulty)
}

// sides are the side constraints, named as slacks name them; both ends of an importance are one sum here.
func (q *question) sides() (rows []row) {
	for _, class := range slices.Sorted(maps.Keys(q.bp.Importance)) {
		b := q.bp.Importance[class]
		rows = append(rows, row{"importance." + class, b.Min, upTo(b), q.toll("importance." + class + ".max")})
	}
	rows = append(rows, row{"supplement", 0, q.bp.SupplementCap, q.toll("supplement_cap")})
	rows = append(rows, row{"seconds", q.bp.Seconds.Min, upTo(q.bp.Seconds), q.toll("seconds.max")})
	for i, r := range q.rivals {
		rows = append(rows, row{fmt.Sprint("rival ", i), 0, r.most, only(func(c assembly.Card) bool { return r.handles[c.Handle] })})
	}
	return rows
}

func upTo(b questionbank.Bounds) int {
	if b.Max == 0 {
		return math.MaxInt32
	}
	return b.Max
}

// all is every demand on a form.
func (q *question) all(joint bool) []row {
	return slices.Concat(q.core(joint), q.enemies(enemy), q.sides())
}

// faults names what a form breaks.
func (q *question) faults(form []assembly.Card) string {
	var names []string
	for _, r := range q.all(true) {
		if n := sum(form, r.weight); n < r.least || n > r.most {
			names = append(names, fmt.Sprintf("%s %d", r.name, n))
		}
	}
	for _, c := range form {
		if !slices.Contains(q.usable, c) {
			names = append(names, c.Handle)
		}
	}
	return strings.Join(names, ", ")
}

func sum(form []assembly.Card, weight func(assembly.Card) int) (n int) {
	for _, c := range form {
		n += weight(c)
	}
	return n
}

// solve asks the solver for a form: nil if it proves that there is none.
func (q *question) solve(t *testing.T, joint bool) []assembly.Card {
	rows := q.all(joint)
	said, lines := glpk(t, q.program("mip", rows, nil))
	switch {
	case strings.Contains(said, "NO FEASIBLE SOLUTION"), strings.Contains(said, "NO PRIMAL FEASIBLE SOLUTION"),
		strings.Contains(said, "NO INTEGER FEASIBLE SOLUTION"):
		return nil
	case !strings.Contains(said, "INTEGER OPTIMAL SOLUTION FOUND"):
		t.Fatalf("the solver says:\n%s", said)
	}
	form := []assembly.Card{}
	for _, f := range lines {
		if f[0] == "j" && f[2] == "1" {
			i, _ := strconv.Atoi(f[1])
			form = append(form, q.usable[i-1])
		}
	}
	for _, r := range rows {
		if n := sum(form, r.weight); n < r.least || n > r.most {
			t.Fatalf("the solver's form has %s %d", r.name, n)
		}
	}
	return form
}

// program writes sums, and what is to be made least, in the solver's own format: a column for every item, a row for every sum.
func (q *question) program(class string, rows []row, cost func(assembly.Card) int) string {
	var b strings.Builder
	entries := 0
	add := func(r int, weight func(assembly.Card) int) {
		for i, c := range q.usable {
			if w := weight(c); w != 0 {
				fmt.Fprintf(&b, "a %d %d %d\n", r, i+1, w)
				if r > 0 {
					entries++
				}
			}
		}
	}
	if cost != nil {
		add(0, cost)
	}
	for i, r := range rows {
		switch {
		case r.least == r.most:
			fmt.Fprintf(&b, "i %d s %d\n", i+1, r.least)
		case r.most >= math.MaxInt32:
			fmt.Fprintf(&b, "i %d l %d\n", i+1, r.least)
		default:
			fmt.Fprintf(&b, "i %d d %d %d\n", i+1, r.least, r.most)
		}
		add(i+1, r.weight)
	}
	for i := range q.usable {
		if class == "mip" {
			fmt.Fprintf(&b, "j %d b\n", i+1)
		} else {
			fmt.Fprintf(&b, "j %d d 0 1\n", i+1)
		}
	}
	return fmt.Sprintf("p %s min %d %d %d\n%se o f\n", class, len(rows), len(q.usable), entries, b.String())
}

// glpk runs the solver: what it says, and in fields what it writes of rows and columns.
func glpk(t *testing.T, program string) (said string, lines [][]string) {
	t.Helper()
	path, err := exec.LookPath("glpsol")
	if err != nil {
		t.Fatal("glpsol is missing: install glpk-utils")
	}
	cmd := exec.Command(path, "--glp", "/dev/stdin", "--write", "/dev/stdout", "--nopresol")
	cmd.Stdin = strings.NewReader(program)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("glpsol: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) > 2 && (f[0] == "i" || f[0] == "j") {
			lines = append(lines, f)
		}
	}
	return string(out), lines
}
