package certs_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/certstest"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// TestCard: a card is made once, says what the certificate says, and is told from a card that we did not make.
func TestCard(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	card, err := o.Card(t.Context(), holder(0), c.Number)
	check(t, err)
	again, err := o.Card(t.Context(), registrar(), c.Number)
	if err != nil || string(again.PDF) != string(card.PDF) {
		t.Errorf("a second card was made, %v", err)
	}
	if main := o.file(t, c.Number); string(main) == string(card.PDF) || string(pades.Peek(main)) != string(pades.Peek(card.PDF)) {
		t.Error("the card is the certificate, or says otherwise")
	}
	o.standing(t, card.PDF, certs.StandingValid)
	o.standing(t, o.forge(t, o.ring, c), certs.StandingAltered)
	_, err = o.Card(t.Context(), holder(1), c.Number)
	wantError(t, err, certs.ErrCertificate)
	o.clock.Advance(time.Hour)
	_, err = o.Reissue(t.Context(), registrar(), c.Number, 1, why("遗失"))
	check(t, err)
	o.standing(t, card.PDF, certs.StandingSuperseded)
	second, err := o.Card(t.Context(), holder(0), c.Number)
	check(t, err)
	o.standing(t, second.PDF, certs.StandingValid)
	o.revoke(t, c.Number, "举报属实")
	o.standing(t, second.PDF, certs.StandingRevoked)
	_, err = o.Card(t.Context(), holder(0), c.Number)
	wantError(t, err, certs.ErrCardRevoked)
}

// otherFiles answers a file of its own for every certificate.
type otherFiles struct {
	certs.Files
	pdf []byte
}

func (f otherFiles) File(_ context.Context, n certs.Number, version int) (*certs.File, error) {
	return &certs.File{Number: n, Version: version, PDF: f.pdf}, nil
}

// TestCardSaysWhatIsRecorded: nothing but the credential of the record is sealed again, whatever the file holds.
func TestCardSaysWhatIsRecorded(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	better := *c
	better.Level = engine.Level3
	card := func(pdf []byte) (*certs.File, error) {
		p := o.ports
		p.Files = otherFiles{o.ports.Files, pdf}
		return o.issuer(p, o.press()).Card(t.Context(), holder(0), c.Number)
	}
	for name, f := range map[string]struct {
		pdf  []byte
		want error
	}{
		"another level":   {o.forge(t, o.ring, &better), certs.ErrCredential},
		"no credential":   {certstest.Page([]byte("{}")), certs.ErrCredential},
		"no file of ours": {append(o.file(t, c.Number), "%%EOF\n"...), pades.ErrDocument},
	} {
		if got, err := card(f.pdf); !errors.Is(err, f.want) || got != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := card(o.forge(t, o.ring, c)) // without the proof of the log it is still the same statement
	check(t, err)
}

// setting is a press with layouts that accept one text.
type setting struct {
	certstest.Stamp
	seen *[]string
}

var errLayout = errors.New("no layout")

func (s setting) Seal(d certs.Draft) ([]byte, error) {
	*s.seen = append(*s.seen, string(d.Kind)+" "+string(d.Layout))
	return s.Stamp.Seal(d)
}

func (s setting) Specimen(_ certs.Kind, source []byte, body string, _ time.Time) ([]byte, error) {
	if len(source) > 0 && string(source) != "good" {
		return nil, errLayout
	}
	return []byte(body), nil
}

func (s setting) BuiltIn(k certs.Kind) []byte { return []byte("built in " + k) }

func TestLayoutOfABody(t *testing.T) {
	o := newOffice(t, 2)
	var seen []string
	i := o.issuer(o.ports, setting{o.press(), &seen})
	for by, want := range map[string]error{"supervisor": authz.ErrForbidden, "registrar": errLayout} {
		p := map[string]authz.Principal{"supervisor": supervisor(), "registrar": registrar()}[by]
		if _, err := i.SetLayout(t.Context(), p, certs.KindCard, []byte("bad"), ""); !errors.Is(err, want) {
			t.Errorf("%s: %v", by, err)
		}
	}
	_, err := i.SetLayout(t.Context(), registrar(), "poster", nil, "试")
	wantError(t, err, certs.ErrKind)
	_, err = o.SetLayout(t.Context(), registrar(), certs.KindCard, nil, "试")
	wantError(t, err, certs.ErrNoSetter)
	source, decided, err := i.LayoutInUse(t.Context(), registrar(), certs.KindCard)
	if err != nil || decided != nil || string(source) != "built in card" {
		t.Errorf("%q, %v, %v", source, decided, err)
	}
	for range 2 {
		_, err = i.SetLayout(t.Context(), registrar(), certs.KindCard, []byte("good"), "")
		check(t, err)
	}
	if source, decided, err = i.LayoutInUse(t.Context(), registrar(), certs.KindCard); err != nil || string(decided.Source) != "good" || string(source) != "good" {
		t.Errorf("%q, %v, %v", source, decided, err)
	}
	c, err := i.Issue(t.Context(), registrar(), resultOf(0))
	check(t, err)
	_, err = i.Card(t.Context(), registrar(), c.Number)
	check(t, err)
	if want := []string{"certificate ", "card good"}; asJSON(t, seen) != asJSON(t, want) {
		t.Errorf("set as %q", seen)
	}
	_, err = i.SetLayout(t.Context(), registrar(), certs.KindCard, nil, " ")
	wantError(t, err, certs.ErrReason)
	back, err := i.SetLayout(t.Context(), registrar(), certs.KindCard, nil, "不再使用")
	if err != nil || len(back.Source) != 0 || back.Trail[len(back.Trail)-1].Note != "不再使用" {
		t.Errorf("back it is %s, %v", asJSON(t, back), err)
	}
	page, err := i.Specimen(t.Context(), registrar(), certs.KindCard, nil)
	if err != nil || string(page) != "津门照护技能评价中心" {
		t.Errorf("%q, %v", page, err)
	}
}

func TestShare(t *testing.T) {
	o := newOffice(t, 2)
	c := o.issue(t, 0)
	for days, want := range map[int]error{0: certs.ErrShareDays, 181: certs.ErrShareDays, 1: nil, 180: nil} {
		_, err := o.Share(t.Context(), holder(0), c.Number, days, "")
		wantError(t, err, want)
	}
	_, err := o.Share(t.Context(), holder(1), c.Number, 1, "")
	wantError(t, err, certs.ErrCertificate)
	_, err = o.Share(t.Context(), registrar(), c.Number, 1, "")
	wantError(t, err, authz.ErrForbidden)
	s, err := o.Share(t.Context(), holder(0), c.Number, 2, "养老院")
	check(t, err)
	ask := func(token string) certs.Standing {
		a, err := o.verifier.ByShare(t.Context(), token)
		check(t, err)
		return a.Standing
	}
	if ask(s.Token) != certs.StandingValid || ask(c.Token) != certs.StandingUnknown || ask("x") != certs.StandingUnknown {
		t.Error("the link does not answer, or another token does")
	}
	o.clock.Advance(48*time.Hour - time.Millisecond)
	if ask(s.Token) != certs.StandingValid {
		t.Error("the link ended early")
	}
	o.clock.Advance(time.Millisecond)
	if ask(s.Token) != certs.StandingUnknown {
		t.Error("the link did not end")
	}
	open, err := o.SharesOf(t.Context(), holder(0), c.Number)
	if err != nil || len(open) != 1 {
		t.Errorf("%d are open, %v", len(open), err)
	}
	wantError(t, o.Unshare(t.Context(), holder(1), c.Number, open[0].Token), certs.ErrCertificate)
	for range 2 {
		check(t, o.Unshare(t.Context(), holder(0), c.Number, open[0].Token))
	}
	if ask(open[0].Token) != certs.StandingUnknown {
		t.Error("the link shows something though it was ended")
	}
	for range 20 {
		_, err = o.Share(t.Context(), holder(0), c.Number, 3, "")
		check(t, err)
	}
	_, err = o.Share(t.Context(), holder(0), c.Number, 3, "")
	wantError(t, err, certs.ErrShareMany)
}

// TestLinksAreBounded: of a certificate there are never more than a hundred links, however fast they are made and ended.
func TestLinksAreBounded(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 30 {
				s, err := o.Share(t.Context(), holder(0), c.Number, 1, "")
				if err == nil {
					err = o.Unshare(t.Context(), holder(0), c.Number, s.Token)
				}
				if err != nil && !errors.Is(err, certs.ErrShareSpent) && !errors.Is(err, engine.ErrStale) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for made := true; made; { // those that were refused because others were faster
		s, err := o.Share(t.Context(), holder(0), c.Number, 1, "")
		if made = err == nil; made {
			check(t, o.Unshare(t.Context(), holder(0), c.Number, s.Token))
		} else {
			wantError(t, err, certs.ErrShareSpent)
		}
	}
	rows, _, err := o.ports.Shares.SharesOf(t.Context(), c.Number, engine.Cursor{Limit: 200})
	if err != nil || len(rows) != 100 {
		t.Errorf("%d links, %v", len(rows), err)
	}
}

// TestLinksOfARevokedCertificate: those that were given out show that it is revoked and can be ended; none is made any more.
func TestLinksOfARevokedCertificate(t *testing.T) {
	o := newOffice(t, 1)
	c := o.issue(t, 0)
	s, err := o.Share(t.Context(), holder(0), c.Number, 9, "")
	check(t, err)
	o.revoke(t, c.Number, "举报属实")
	_, err = o.Share(t.Context(), holder(0), c.Number, 9, "")
	wantError(t, err, certs.ErrState)
	open, err := o.SharesOf(t.Context(), holder(0), c.Number)
	if a, failed := o.verifier.ByShare(t.Context(), s.Token); err != nil || failed != nil || len(open) != 1 || a.Standing != certs.StandingRevoked {
		t.Errorf("%d links are open, which say %s; %v, %v", len(open), a.Standing, err, failed)
	}
	check(t, o.Unshare(t.Context(), holder(0), c.Number, s.Token))
	if a, err := o.verifier.ByShare(t.Context(), s.Token); err != nil || a.Standing != certs.StandingUnknown {
		t.Errorf("ended: %s, %v", a.Standing, err)
	}
}

// TestListsKeepTheirAddress: when the house moves, what was issued before is found in the lists of today, and new
// certificates join the list that is open.
func TestListsKeepTheirAddress(t *testing.T) {
	o := newOffice(t, 2)
	before := o.issue(t, 0)
	moved := o.ports
	moved.Lists = "https://elsewhere.example/status/"
	after, err := o.issuer(moved, o.press()).Issue(t.Context(), registrar(), resultOf(1))
	check(t, err)
	o.revoke(t, before.Number, "举报属实")
	l, err := certs.NewStatusLists(moved, o.ring, "https://elsewhere.example", o.clock).List(t.Context(), 1)
	check(t, err)
	opened, err := status.Open(l.JWS, o.ring.Trust(), o.clock.Now(), status.Options{Usage: keys.ForStatus, ID: "https://example.org/status/1"})
	check(t, err)
	for c, want := range map[*certs.Certificate]status.Code{before: status.Revoked, after: status.Valid} {
		if got, err := opened.Code(c.Slot.Index); err != nil || got != want || c.List != opened.ID {
			t.Errorf("%s of %s is %s, %v", c.Number, c.List, got, err)
		}
	}
	other := o.ports
	other.Lists = "https://third.example/status/"
	other.Slots = fullSlots{o.ports.Slots}
	renewed, err := o.issuer(other, o.press()).Reissue(t.Context(), registrar(), after.Number, 1, why("遗失"))
	if err != nil || renewed.List != "https://third.example/status/2" || renewed.Slot.List != 2 {
		t.Errorf("a new list is opened at %s, %v", renewed.List, err)
	}
}

// fullSlots has no room left in the first list.
type fullSlots struct{ certs.Slots }

func (s fullSlots) CreateSlot(ctx context.Context, e *certs.SlotEntry) error {
	if e.Slot.List == 1 {
		return certs.ErrSlotTaken
	}
	return s.Slots.CreateSlot(ctx, e)
}

// TestStatusLists reads the lists as a stranger does.
func TestStatusLists(t *testing.T) {
	o := newOffice(t, 2)
	lists := certs.NewStatusLists(o.ports, o.ring, "https://example.org", o.clock)
	_, err := lists.List(t.Context(), 1)
	wantError(t, err, certs.ErrSlot)
	good, bad := o.issue(t, 0), o.issue(t, 1)
	code := func(c *certs.Certificate) status.Code {
		t.Helper()
		l, err := lists.List(t.Context(), 1)
		check(t, err)
		opened, err := status.Open(l.JWS, o.ring.Trust(), o.clock.Now(), status.Options{Usage: keys.ForStatus, ID: "https://example.org/status/1"})
		check(t, err)
		got, err := opened.Code(c.Slot.Index)
		check(t, err)
		return got
	}
	if code(good) != status.Valid || code(bad) != status.Valid {
		t.Error("what was just issued is not valid")
	}
	o.revoke(t, bad.Number, "举报属实")
	o.clock.Advance(certs.ListRefresh - time.Second)
	if code(bad) != status.Valid { // the list that was made before, still young enough
		t.Error("a list was made anew before its time")
	}
	o.clock.Advance(time.Second)
	if code(good) != status.Valid || code(bad) != status.Revoked {
		t.Error("the list does not tell of the revocation")
	}
	l, err := lists.List(t.Context(), 1)
	check(t, err)
	_, err = status.Open(l.JWS, o.ring.Trust(), o.clock.Now().Add(certs.ListValidity+time.Second), status.Options{Usage: keys.ForStatus})
	wantError(t, err, status.ErrStale)
	for _, n := range []int{0, -1, 2} {
		_, err = lists.List(t.Context(), n)
		wantError(t, err, certs.ErrSlot)
	}
}
