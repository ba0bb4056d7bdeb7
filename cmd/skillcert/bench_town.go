package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// town is people with schools, employers and relatives, made from a seed. A third of the ties are training, a third
// work, the rest kin, addresses and telephones; bodies own each other here and there, some of them in circles.
type town struct {
	days         []clock.Date // of theory and of practice
	people       []engine.PersonID
	bodies       []engine.OrgID
	classes      []string
	staff        []engine.PersonID
	candidates   []engine.PersonID
	invigilators int
	body         engine.OrgID
	ties         []*separation.Tie
	dice         *rand.Rand
	seed         uint64
}

// portray puts the photo of somebody who is about to be created where photos are kept, and marks them with it.
func portray(ctx context.Context, albums people.Albums, p *engine.Person, photo []byte) error {
	p.Photo = engine.MarkPhoto(photo, 1)
	return albums.CreateAlbum(ctx, &people.Album{Person: p.ID, Prints: []people.Print{{PhotoMark: p.Photo, JPEG: photo}}})
}

// Sizes of what stands between people.
const (
	townClass = 40 // people in a class
	townBody  = 60 // people for every body
	townGap   = 14 // days from theory to practice
)

func newTown(o separationOptions, day clock.Date) *town {
	t := &town{days: []clock.Date{day, day.AddDays(townGap)}, body: "body-0", seed: o.seed, dice: rand.New(rand.NewChaCha8(seedOf(o.seed)))}
	for i := range o.people {
		t.people = append(t.people, engine.PersonID(fmt.Sprintf("p%07d", i)))
	}
	for i := range max(3, o.people/townBody) {
		t.bodies = append(t.bodies, engine.OrgID(fmt.Sprint("body-", i)))
	}
	for i := range max(2, o.ties/3/townClass) {
		t.classes = append(t.classes, fmt.Sprint("班", i))
	}
	t.candidates = t.people[len(t.people)-o.batch:]
	t.invigilators = (o.batch + 14) / 15
	t.staff = t.people[:min(3+t.invigilators+3*((o.batch+24)/25), len(t.people)-o.batch)]
	for i, c := range t.classes {
		t.add(separation.Trains, separation.OrgNode(t.bodies[1+i%(len(t.bodies)-1)]), separation.ClassNode(c))
		t.add(separation.Teaches, t.somebody(), separation.ClassNode(c))
	}
	for i := range t.bodies[2:] {
		if t.dice.IntN(4) == 0 {
			t.add(separation.Owns, separation.OrgNode(t.bodies[1+i]), t.somebodyElse())
		}
	}
	for len(t.ties) < o.ties {
		t.relate()
	}
	return t
}

func seedOf(n uint64) (seed [32]byte) {
	binary.BigEndian.PutUint64(seed[:], n)
	return seed
}

// relate adds one tie between people, or to what they belong to.
func (t *town) relate() {
	me := t.somebody()
	switch k := t.dice.IntN(12); {
	case k < 4:
		t.add(separation.Attends, me, separation.ClassNode(t.classes[t.dice.IntN(len(t.classes))]))
	case k < 8:
		t.add(separation.Employs, t.somebodyElse(), me)
	case k == 8:
		t.add(separation.Kin, me, t.somebody())
	case k == 9:
		t.add(separation.Located, me, separation.AddressNode(fmt.Sprint(t.dice.IntN(len(t.people)/2))))
	case k == 10:
		t.add(separation.Reached, me, separation.ContactNode(fmt.Sprint(t.dice.IntN(len(t.people)))))
	default:
		t.add(separation.Mentors, me, t.somebody())
	}
}

func (t *town) somebody() separation.Node {
	return separation.PersonNode(t.people[t.dice.IntN(len(t.people))])
}

// somebodyElse is a body, never that of the sitting.
func (t *town) somebodyElse() separation.Node {
	return separation.OrgNode(t.bodies[1+t.dice.IntN(len(t.bodies)-1)])
}

// add makes a tie of the last years, most of which still count.
func (t *town) add(k separation.Kind, from, to separation.Node) {
	if from == to {
		return
	}
	tie := &separation.Tie{ID: fmt.Sprintf("tie%08d", len(t.ties)), Kind: k, From: from, To: to, Source: "基准测试",
		Since: t.days[0].AddMonths(-t.dice.IntN(72))}
	if t.dice.IntN(3) > 0 {
		tie.Until = tie.Since.AddMonths(1 + t.dice.IntN(24))
	}
	if k == separation.Owns {
		tie.Percent = 10 * t.dice.IntN(11)
	}
	t.ties = append(t.ties, tie)
}

// settlers bounds the writes under way: enough for the store to make many durable in one go.
const settlers = 256

// Sizes of photos, in bytes: from the least that notices ask for to the usual most.
const (
	photoLeast = 30 << 10
	photoMost  = 150 << 10
)

// photoOf is a photo as large as photos are, made from the seed and the number of whose it is: noise behind the head of a JPEG,
// as random as what cameras leave. It is kept, not printed.
func (t *town) photoOf(i int) []byte {
	dice := rand.NewChaCha8(seedOf(t.seed<<32 | uint64(i)))
	photo := make([]byte, photoLeast+dice.Uint64()%(photoMost-photoLeast))
	_, _ = dice.Read(photo) // never fails
	copy(photo, []byte{0xFF, 0xD8, 0xFF, 0xE0})
	return photo
}

// photographed reports whether somebody has a photo: candidates and those on duty. Of the others, who stand between them, a
// house knows names only; with photos a town of a hundred thousand would fill a disk.
func (t *town) photographed(i int) bool {
	return i < len(t.staff) || i >= len(t.people)-len(t.candidates)
}

// settle writes everything into the store as it would stand there.
func (t *town) settle(ctx context.Context, h *house) error {
	people, ties := h.store.People(), h.store.Ties()
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(settlers)
	for i, id := range t.people {
		work.Go(func() error {
			p := &engine.Person{ID: id, Name: fmt.Sprintf("甲%07d", i)}
			if t.photographed(i) {
				if err := portray(ctx, people, p, t.photoOf(i)); err != nil {
					return err
				}
			}
			return people.CreatePerson(ctx, p)
		})
	}
	for _, tie := range t.ties {
		work.Go(func() error { return ties.RecordTie(ctx, tie) })
	}
	return work.Wait()
}

// plainly finds the same as the judge in the plainest way: day by day and rule by rule, from everybody on duty, over all
// ties at once.
func (t *town) plainly(n *sitting.Session, rules []engine.SeparationRule) map[string]bool {
	at := map[separation.Node][]*separation.Tie{}
	for _, tie := range t.ties {
		at[tie.From] = append(at[tie.From], tie)
		at[tie.To] = append(at[tie.To], tie)
	}
	found := map[string]bool{}
	for _, day := range t.days {
		for _, rule := range rules {
			plainWalk{t, at, rule, day}.from(n, found)
		}
	}
	return found
}

// plainWalk is the walk of one rule on one day.
type plainWalk struct {
	*town
	at   map[separation.Node][]*separation.Tie
	rule engine.SeparationRule
	day  clock.Date
}

// from adds the findings of everybody whom the rule is about.
func (p plainWalk) from(n *sitting.Session, found map[string]bool) {
	if p.rule.OfBody() {
		p.walk(separation.OrgNode(n.Org), separation.Finding{Rule: p.rule.ID, Body: n.Org}, found)
		return
	}
	for _, d := range n.Duties {
		if slices.Contains(p.rule.Roles, d.Role) {
			p.walk(separation.PersonNode(d.Person), separation.Finding{Rule: p.rule.ID, Role: d.Role, Staff: d.Person}, found)
		}
	}
}

// walk adds the findings from one node.
func (p plainWalk) walk(from separation.Node, f separation.Finding, found map[string]bool) {
	reached := map[separation.Node]bool{from: true}
	for _, l := range p.rule.Chain {
		if reached = p.link(l, reached); len(reached) == 0 {
			return
		}
	}
	for _, c := range p.candidates {
		if f.Candidate = c; reached[separation.PersonNode(c)] {
			found[f.Pair()] = true
		}
	}
}

// link is where a link leads to from the nodes.
func (p plainWalk) link(l engine.Link, from map[separation.Node]bool) map[separation.Node]bool {
	out := map[separation.Node]bool{}
	for i := 0; ; i++ {
		if i >= l.Least {
			for n := range from {
				out[n] = true
			}
		}
		if i == l.Most {
			return out
		}
		next := map[separation.Node]bool{}
		for n := range from {
			for _, tie := range p.at[n] {
				if slices.Contains(l.Kinds, string(tie.Kind)) && (tie.Percent == 0 || tie.Percent >= l.Percent) && p.weighs(tie) {
					next[farEnd(tie, n)] = true
				}
			}
		}
		from = next
	}
}

func farEnd(tie *separation.Tie, n separation.Node) separation.Node {
	if tie.From == n {
		return tie.To
	}
	return tie.From
}

// weighs reports whether a tie counts on the day.
func (p plainWalk) weighs(tie *separation.Tie) bool {
	if p.day.Before(tie.Since) {
		return false
	}
	return p.rule.Months == 0 || tie.Until.IsZero() || !tie.Until.Before(p.day.AddMonths(-p.rule.Months))
}
