package theory_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

func (c *custody) enrolSeen(i int) {
	c.t.Helper()
	k, err := c.codes[i].Custodian(c.sitting(), "")
	must(c.t, err)
	_, err = c.exams.EnrolSeen(ctx, c.keepers[i], c.id, k.Sign, k.Box)
	must(c.t, err)
}

func (c *custody) see(i int) error {
	_, err := c.exams.Seen(ctx, c.keepers[i], c.id)
	return err
}

func (c *custody) build() string {
	c.t.Helper()
	c.equal()
	x, err := protocol.Decode(c.transcript(supervisor))
	must(c.t, err)
	return x.Engine.Build
}

// Whose code the house saw stands in the record, and in the transcript if it was before the freeze.
func TestCodesThatTheHouseSaw(t *testing.T) {
	c := appointed(t, 3)
	wantErr(t, c.see(0), theory.ErrDrawStep) // there is no code yet
	c.enrolSeen(0)
	must(t, c.enrol(1))
	must(t, c.enrol(2))
	for _, i := range []int{0, 1, 2} {
		must(t, c.commit(i))
	}
	must(t, c.freeze())
	must(t, c.observe())
	must(t, c.see(1))
	before := c.record().Revision
	must(t, c.see(1))
	must(t, c.see(0))
	d := c.record()
	if !d.Custodians[0].Seen || !d.Custodians[1].Seen || d.Custodians[2].Seen || d.Revision != before {
		t.Fatalf("seen %+v", d.Custodians)
	}
	if n := countOf(d.Trail, "draw.code-seen"); n != 2 {
		t.Fatalf("%d entries in the trail", n)
	}
	for i := range c.keepers {
		must(t, c.open(i))
	}
	must(t, c.tryDraw())
	if got := c.build(); got != "skillcert; saw codes 1" {
		t.Fatalf("transcript of %q", got)
	}
}

func countOf(trail engine.Trail, action string) (n int) {
	for _, e := range trail {
		if e.Action == action {
			n++
		}
	}
	return n
}

// A code seen between keys and freeze is named as well, neighbours together.
func TestCodesSeenBeforeTheFreeze(t *testing.T) {
	c := appointed(t, 2)
	for i := range c.keepers {
		must(t, c.enrol(i))
	}
	for _, i := range []int{2, 0, 1} {
		must(t, c.see(i))
		must(t, c.commit(i))
	}
	must(t, c.freeze())
	must(t, c.observe())
	for i := range c.keepers {
		must(t, c.open(i))
	}
	must(t, c.tryDraw())
	if got := c.build(); got != "skillcert; saw codes 1-3" {
		t.Fatalf("transcript of %q", got)
	}
}

// Nobody but a custodian of the draw says so, and new codes after a draw was put aside are unseen again.
func TestSeenOfOthersAndAnew(t *testing.T) {
	c := appointed(t, 2)
	c.enrolSeen(0)
	_, err := c.exams.Seen(ctx, keeperOf("甲", 9), c.id)
	wantErr(t, err, sitting.ErrSession)
	_, err = c.exams.Seen(ctx, office, c.id)
	wantErr(t, err, authz.ErrForbidden)
	for _, by := range []authz.Principal{office, deputy} {
		_, err = c.exams.Redraw(ctx, by, c.id, "换人")
		must(t, err)
	}
	d := c.record()
	if len(d.Aside) != 1 || slices.ContainsFunc(d.Custodians, func(k theory.Custodian) bool { return k.Seen }) || strings.Contains(d.Engine.Build, "saw") {
		t.Fatalf("after %q: %+v", d.Engine.Build, d.Custodians)
	}
	if countOf(d.Trail, "draw.code-seen") != 1 {
		t.Fatal("the trail has forgotten it")
	}
}

// What was proposed before the draw went on may be proposed again with the same reason.
func TestAStaleProposalIsMadeAnew(t *testing.T) {
	w := emptyWorld(t)
	w.seat(2)
	p := w.ports()
	p.Draws = unfinished{p.Draws}
	_, err := w.over(p).Draw(ctx, office, w.id)
	wantErr(t, err, errKilled)
	_, err = w.exams.Redraw(ctx, office, w.id, "不能完成")
	must(t, err)
	first := w.draw() // it could after all
	for _, by := range []authz.Principal{office, deputy} {
		_, err = w.exams.Redraw(ctx, by, w.id, "不能完成")
		must(t, err)
	}
	if d := w.draw(); d.Root == first.Root || len(d.Aside) != 0 {
		t.Fatalf("not drawn again: %+v", d.Aside)
	}
}
