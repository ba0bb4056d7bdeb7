package archive

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
)

// Ports are what a Desk keeps its filings in, and the documents that no service gives out whole.
type Ports struct {
	Filings     Filings
	Seals       engine.Seals
	Attempts    theory.Attempts
	Log         theory.Log
	Assessments practical.Assessments
	Sheets      practical.Sheets
}

// Rooms are where the rest is gathered from.
type Rooms struct {
	People   *people.Registry
	Counter  *people.Counter // where it is on record that documents were read in clear
	Desk     *registration.Desk
	Sittings *sitting.Sittings
	Exams    *theory.Exams
	Bank     *questionbank.Bank
	Board    *result.Board
	Issuer   *certs.Issuer
}

// Press prints. Safe for concurrent use; the same value gives the same bytes.
type Press interface {
	Print(s *sitting.Sheet) ([]byte, error)
	Report(r *Report, zone *time.Location) ([]byte, error)
}

// Keys sign for a body; keys.Ring does.
type Keys interface {
	Sealer(b keys.Body, year int, now time.Time) (*pades.Sealer, error)
}

// Journal is the transparency log; translog.Log is one.
type Journal interface {
	Append(ctx context.Context, entries []translog.Entry) ([]int64, error)
}

// Means are what an archive is made with.
type Means struct {
	Press   Press
	Keys    Keys
	Journal Journal // nil: the archive is not logged
	Program string  // version, as the manifest states it
}

// Desk reports on sessions and files them.
type Desk struct {
	ports  Ports
	rooms  Rooms
	means  Means
	policy engine.Policy
	clock  clock.Clock
}

// NewDesk returns a Desk.
func NewDesk(p Ports, r Rooms, m Means, pol engine.Policy, c clock.Clock) *Desk {
	return &Desk{ports: p, rooms: r, means: m, policy: pol, clock: c}
}

// MaxReason bounds a reason in characters.
const MaxReason = 200

func reasonOf(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" || utf8.RuneCountInString(text) > MaxReason {
		return "", ErrReason.With("不超过%d个字", MaxReason)
	}
	return text, nil
}

func signatureOf(by authz.Principal, now time.Time) (Signature, error) {
	if by.Person == "" {
		return Signature{}, ErrNobody
	}
	return Signature{Person: engine.PersonID(by.Person), Name: by.Name, Account: by.Account, At: now}, nil
}

// final is the session of by's body, once its results are final.
func (d *Desk) final(ctx context.Context, by authz.Principal, id sitting.SessionID) (*sitting.Session, error) {
	n, err := d.rooms.Sittings.Session(ctx, by, id)
	if err != nil {
		return nil, err
	}
	p, err := d.publication(ctx, id)
	if err != nil {
		return nil, err
	}
	if p == nil || p.Stage != result.Final {
		return nil, ErrNotFinal
	}
	return n, nil
}

// Ask puts an archive of a session forward for approval. While one is asked for or may be fetched there is no other:
// ErrOpen.
func (d *Desk) Ask(ctx context.Context, by authz.Principal, id sitting.SessionID, reason string) (*Filing, error) {
	if err := by.Require(authz.ArchiveAsk); err != nil {
		return nil, err
	}
	n, err := d.final(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if reason, err = reasonOf(reason); err != nil {
		return nil, err
	}
	now := d.clock.Now()
	asked, err := signatureOf(by, now)
	if err != nil {
		return nil, err
	}
	earlier, err := d.filingsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	f := &Filing{ID: FilingOf(id, len(earlier)+1), Session: id, Name: n.Name, Org: n.Org, Number: len(earlier) + 1, Reason: reason, State: Asked, Asked: asked}
	for _, e := range earlier {
		if e.State == Asked || e.State == Approved && e.Fetchable(now) {
			return nil, ErrOpen
		}
		if e.State == Made {
			f.Earlier = &Earlier{Number: e.Number, Manifest: e.Manifest, Made: e.Began}
		}
	}
	f.Trail.AddBy(now, by, eventAsked, reason)
	if err := d.ports.Filings.CreateFiling(ctx, f); err != nil {
		return nil, err
	}
	return f, nil
}

// Approve is the quality supervisor's consent. It takes another person than the one who asked.
func (d *Desk) Approve(ctx context.Context, by authz.Principal, id FilingID) (*Filing, error) {
	if err := by.Require(authz.ArchiveGrant); err != nil {
		return nil, err
	}
	whole, err := d.rooms.People.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	return d.decide(ctx, by, id, eventApproved, "", func(f *Filing, s Signature) error { return f.approve(s, whole) })
}

// Refuse sends a request back, with the reason.
func (d *Desk) Refuse(ctx context.Context, by authz.Principal, id FilingID, reason string) (*Filing, error) {
	reason = strings.TrimSpace(reason)
	if utf8.RuneCountInString(reason) > MaxReason {
		return nil, ErrReason.With("不超过%d个字", MaxReason)
	}
	return d.decide(ctx, by, id, eventRefused, reason, func(f *Filing, s Signature) error { return f.refuse(s, reason) })
}

func (d *Desk) decide(ctx context.Context, by authz.Principal, id FilingID, event, note string, step func(*Filing, Signature) error) (*Filing, error) {
	if err := by.Require(authz.ArchiveGrant); err != nil {
		return nil, err
	}
	now := d.clock.Now()
	signed, err := signatureOf(by, now)
	if err != nil {
		return nil, err
	}
	return d.change(ctx, by, id, func(f *Filing) error {
		if err := step(f, signed); err != nil {
			return err
		}
		f.Trail.AddBy(now, by, event, note)
		return nil
	})
}

// change changes a filing of the acting person's body; others do not learn that it exists.
func (d *Desk) change(ctx context.Context, by authz.Principal, id FilingID, step func(*Filing) error) (*Filing, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*Filing, error) { return d.ports.Filings.Filing(ctx, id) }, d.ports.Filings.UpdateFiling,
		func(f *Filing) error {
			if !by.ActsFor(string(f.Org)) {
				return ErrFiling
			}
			return step(f)
		})
}

// Filings lists the filings of a session by number, to those who may see that there are archives.
func (d *Desk) Filings(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]*Filing, error) {
	if err := by.Require(authz.ArchiveRead); err != nil {
		return nil, err
	}
	if _, err := d.rooms.Sittings.Session(ctx, by, id); err != nil {
		return nil, err
	}
	return d.filingsOf(ctx, id)
}

func (d *Desk) filingsOf(ctx context.Context, id sitting.SessionID) ([]*Filing, error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Filing, string, error) {
		return d.ports.Filings.FilingsOf(ctx, id, c)
	})
}

// Retained lists the volumes of all archives of by's body with the last day of each, what is due first. It only lists:
// destroying what was given out is not done here.
func (d *Desk) Retained(ctx context.Context, by authz.Principal) ([]Kept, error) {
	if err := by.Require(authz.ArchiveRead); err != nil {
		return nil, err
	}
	if by.Org == "" {
		return nil, authz.ErrForbidden.With("账号没有所属机构")
	}
	filings, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Filing, string, error) {
		return d.ports.Filings.FilingsFor(ctx, engine.OrgID(by.Org), c)
	})
	if err != nil {
		return nil, err
	}
	var all []Kept
	today := clock.DateOf(d.clock.Now(), d.policy.Location())
	for _, f := range filings {
		if f.State == Made {
			all = append(all, f.kept(d.policy, today)...)
		}
	}
	slices.SortStableFunc(all, soonest)
	return all, nil
}

// soonest puts what ends sooner first and what has no end last.
func soonest(a, b Kept) int {
	switch {
	case a.Until == b.Until:
		return strings.Compare(string(a.Filing.ID), string(b.Filing.ID))
	case a.Until.IsZero():
		return 1
	case b.Until.IsZero(), a.Until.Before(b.Until):
		return -1
	}
	return 1
}
