package archive

import (
	"context"
	"fmt"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
)

// FilingID names a filing: its session and its number within the session.
type FilingID string

// FilingOf is the n-th filing of a session, from 1.
func FilingOf(s sitting.SessionID, n int) FilingID { return FilingID(fmt.Sprintf("%s-%d", s, n)) }

// FilingState is how far a filing is.
type FilingState string

// The states: asked → approved → made, or asked → refused. One that is approved and not made within ApprovalHolds is
// lapsed, which is derived and not stored.
const (
	Asked    FilingState = "asked"
	Refused  FilingState = "refused"
	Approved FilingState = "approved"
	Made     FilingState = "made"   // an archive was made to its end at least once
	Lapsed   FilingState = "lapsed" // approved, and nobody came for it in time
)

// ApprovalHolds is how long an approval lets the archive be fetched. No regulation says; it is long enough for a weekend.
const ApprovalHolds = 72 * time.Hour

// Filing (归档申请) is the record of one archive of one session: who asked for it and why, who approved, and every time that
// it was given out. The archive itself is not kept here.
type Filing struct {
	ID       FilingID          `json:"id"`
	Session  sitting.SessionID `json:"session"`
	Name     string            `json:"name"` // of the session
	Org      engine.OrgID      `json:"org"`
	Number   int               `json:"number"`
	Reason   string            `json:"reason"`
	State    FilingState       `json:"state"`
	Asked    Signature         `json:"asked"`
	Decided  Signature         `json:"decided"`            // approved or refused
	Refusal  string            `json:"refusal,omitempty"`  // why it was refused
	Earlier  *Earlier          `json:"earlier,omitempty"`  // the archive that was made before this one was asked for
	Began    time.Time         `json:"began,omitzero"`     // of the first making; all of the same filing carry it
	Manifest string            `json:"manifest,omitempty"` // hex SHA-256, once made
	Signed   []byte            `json:"signed,omitempty"`   // CMS over the manifest, once made
	Leaf     int64             `json:"leaf,omitempty"`     // index in the transparency log
	Logged   bool              `json:"logged,omitempty"`
	Files    int               `json:"files,omitempty"`
	Size     int64             `json:"size,omitempty"` // bytes of the files
	Volumes  []VolumeInfo      `json:"volumes,omitempty"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Filings keeps filings. Safe for concurrent use; must pass storetest.Filings.
//   - Absent: ErrFiling. An ID already taken: CreateFiling returns ErrTaken.
//   - UpdateFiling writes only at its Revision, otherwise engine.ErrStale.
//   - FilingsOf lists one session's by number; FilingsFor a body's in the byte order of IDs.
type Filings interface {
	Filing(ctx context.Context, id FilingID) (*Filing, error)
	CreateFiling(ctx context.Context, f *Filing) error
	UpdateFiling(ctx context.Context, f *Filing) error
	FilingsOf(ctx context.Context, s sitting.SessionID, c engine.Cursor) (rows []*Filing, next string, err error)
	FilingsFor(ctx context.Context, org engine.OrgID, c engine.Cursor) (rows []*Filing, next string, err error)
}

// The events of a filing's trail.
const (
	eventAsked    = "archive.asked"
	eventApproved = "archive.approved"
	eventRefused  = "archive.refused"
	eventBegun    = "archive.begun"   // a making began; nothing was given out before
	eventMade     = "archive.made"    // it came to its end, and the rest is given out
	eventDiffers  = "archive.differs" // it came out otherwise than the one before and was broken off
)

// StateAt is the state at an instant.
func (f *Filing) StateAt(now time.Time) FilingState {
	if f.State == Approved && !now.Before(f.Decided.At.Add(ApprovalHolds)) {
		return Lapsed
	}
	return f.State
}

// Fetchable reports whether the archive may be fetched at an instant.
func (f *Filing) Fetchable(now time.Time) bool {
	return (f.State == Approved || f.State == Made) && now.Before(f.Decided.At.Add(ApprovalHolds))
}

// approve is the part of the second person, whose whole principal tells them from who asked. Approving twice by the same person
// is harmless.
func (f *Filing) approve(by Signature, whole authz.Principal) error {
	switch {
	case f.State == Approved && f.Decided.Person == by.Person:
		return engine.ErrUnchanged
	case f.State != Asked:
		return ErrDecided
	case whole.Is(string(f.Asked.Person)):
		return ErrOnePerson
	}
	f.State, f.Decided = Approved, by
	return nil
}

// refuse ends it with a reason.
func (f *Filing) refuse(by Signature, why string) error {
	switch {
	case f.State == Refused && f.Decided.Person == by.Person && f.Refusal == why:
		return engine.ErrUnchanged
	case f.State != Asked:
		return ErrDecided
	case why == "":
		return ErrReason.With("退回须写明理由")
	}
	f.State, f.Decided, f.Refusal = Refused, by, why
	return nil
}

// begin notes that somebody fetches the archive, before anything is given out.
func (f *Filing) begin(by authz.Principal, now time.Time) error {
	switch {
	case f.Asked.Person != engine.PersonID(by.Person):
		return ErrAsker
	case !f.Fetchable(now):
		return ErrApproval
	}
	if f.Began.IsZero() {
		f.Began = now
	}
	f.Trail.AddBy(now, by, eventBegun, "")
	return nil
}

// made is the outcome of one making.
type made struct {
	manifest string
	signed   []byte
	leaf     int64
	logged   bool
	files    int
	size     int64
	volumes  []VolumeInfo
}

// finish notes that a making came to its end; one that differs from the first is ErrChanged.
func (f *Filing) finish(by authz.Principal, now time.Time, m made) error {
	if f.Manifest != "" && f.Manifest != m.manifest {
		return ErrChanged
	}
	if f.Manifest == "" {
		f.State, f.Manifest, f.Signed, f.Leaf, f.Logged = Made, m.manifest, m.signed, m.leaf, m.logged
		f.Files, f.Size, f.Volumes = m.files, m.size, m.volumes
	}
	f.Trail.AddBy(now, by, eventMade, f.Manifest)
	return nil
}

// Fetched are the times that the archive was begun to be given out, oldest first.
func (f *Filing) Fetched() (all []engine.Event) {
	for _, e := range f.Trail {
		if e.Action == eventBegun {
			all = append(all, e)
		}
	}
	return all
}

// Kept is a volume of an archive and until when it is kept.
type Kept struct {
	Filing *Filing
	VolumeInfo
	Due bool // the last day has passed: it may be put forward for destruction
}

// kept are the volumes of an archive that was made, by the periods that apply today: one that became longer counts, one
// that became shorter does not.
func (f *Filing) kept(p engine.Policy, today clock.Date) (all []Kept) {
	filed := clock.DateOf(f.Began, p.Location())
	for _, v := range f.Volumes {
		now := p.Keeps(int(v.Volume))
		if until := now.Until(filed); v.Until.IsZero() == until.IsZero() && v.Until.Before(until) || !v.Until.IsZero() && until.IsZero() {
			v.Retention, v.Until = now, until
		}
		all = append(all, Kept{Filing: f, VolumeInfo: v, Due: !v.Until.IsZero() && v.Until.Before(today)})
	}
	return all
}
