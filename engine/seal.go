package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Standing is how a candidate ended one component.
type Standing string

// The standings.
const (
	Scored Standing = "scored"
	Absent Standing = "absent" // 缺考
	Voided Standing = "voided" // 违纪取消
	Due    Standing = "due"    // 待考: not taken in this session, and no earlier pass stands for it; in no seal
)

// SealedScore is one candidate's outcome in one component of one session.
type SealedScore struct {
	Candidate PersonID `json:"candidate"`
	Standing  Standing `json:"standing"`
	Points    Points   `json:"points"` // out of 100; zero unless Scored
}

// Seal closes one component of one session (封存): its leader fixes the scores, a quality supervisor witnesses them.
// Scores never change afterwards, and nobody outside the component reads them before both components are sealed.
type Seal struct {
	Session   string        `json:"session"`
	Component Component     `json:"component"`
	Scores    []SealedScore `json:"scores"` // by candidate, in byte order
	Digest    string        `json:"digest"` // hex SHA-256 of session, component and scores, and of what a correction says
	Leader    PersonID      `json:"leader"`
	SealedAt  time.Time     `json:"sealed_at"`
	Witness   PersonID      `json:"witness,omitempty"`
	Witnessed time.Time     `json:"witnessed"`

	No       int    `json:"no,omitempty"`       // 0 for the first seal; corrections count from 1, see Correct
	Replaces string `json:"replaces,omitempty"` // digest of the seal that this one corrects
	Reason   string `json:"reason,omitempty"`   // why
	Matter   string `json:"matter,omitempty"`   // the score check that found it

	Trail    Trail `json:"trail"`
	Revision int64 `json:"-"`
}

// Refusals of sealing.
var (
	ErrSealed      = errs.New(errs.Conflict, "seal.sealed", "该科目成绩已封存")
	ErrNotSealed   = errs.New(errs.Conflict, "seal.not_sealed", "该科目成绩尚未封存")
	ErrSealWitness = errs.New(errs.Forbidden, "seal.witness", "封存人与见证人不能是同一人")
	ErrSealBroken  = errs.New(errs.Conflict, "seal.broken", "封存的成绩与其摘要不符")
	ErrNoSeal      = errs.New(errs.NotFound, "seal.not_found", "该科目没有封存记录")
)

// Seals keeps seals, one for a component of a session, and those that correct it under their numbers. Safe for concurrent
// use; must pass storetest.Seals.
//   - Absent: ErrNoSeal. Already there: CreateSeal returns ErrSealed.
//   - Correction returns the seal that has the number, from 1.
//   - UpdateSeal writes only at the seal's Revision, otherwise ErrStale.
type Seals interface {
	Seal(ctx context.Context, session string, c Component) (*Seal, error)
	Correction(ctx context.Context, session string, c Component, no int) (*Seal, error)
	CreateSeal(ctx context.Context, s *Seal) error
	UpdateSeal(ctx context.Context, s *Seal) error
}

// NewSeal fixes scores at now. The supervisor's half is still missing.
func NewSeal(session string, c Component, scores []SealedScore, leader PersonID, now time.Time) *Seal {
	sorted := slices.Clone(scores)
	slices.SortFunc(sorted, func(a, b SealedScore) int { return strings.Compare(string(a.Candidate), string(b.Candidate)) })
	s := &Seal{Session: session, Component: c, Scores: sorted, Leader: leader, SealedAt: now}
	s.Digest = s.digest()
	return s
}

func (s *Seal) digest() string {
	b, err := json.Marshal(struct {
		Session   string
		Component Component
		Scores    []SealedScore
		Replaces  string `json:",omitempty"`
		Reason    string `json:",omitempty"`
		Matter    string `json:",omitempty"`
	}{s.Session, s.Component, s.Scores, s.Replaces, s.Reason, s.Matter})
	if err != nil {
		return "" // no value of these types fails to encode
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// Countersign adds the supervisor's half, who is another human than the leader: by is whole, as people.Registry.Whole makes it.
// Doing it twice by the same person is harmless.
func (s *Seal) Countersign(by authz.Principal, now time.Time) error {
	switch {
	case by.Person != "" && string(s.Witness) == by.Person:
		return ErrUnchanged
	case s.Witness != "":
		return ErrSealed
	case by.Person == "" || by.Is(string(s.Leader)):
		return ErrSealWitness
	case s.Digest != s.digest():
		return ErrSealBroken
	}
	s.Witness, s.Witnessed = PersonID(by.Person), now
	return nil
}

// Complete returns nil when both persons have signed and the scores are those that were signed.
func (s *Seal) Complete() error {
	switch {
	case s == nil || s.Witness == "":
		return ErrNotSealed
	case s.Digest != s.digest():
		return ErrSealBroken
	}
	return nil
}

// Score returns the candidate's sealed score; ok is false when the candidate was not in the component.
func (s *Seal) Score(c PersonID) (score SealedScore, ok bool) {
	for _, sc := range s.Scores {
		if sc.Candidate == c {
			return sc, true
		}
	}
	return SealedScore{}, false
}

// WithoutScores is a seal as those see it who may not see points: who signed, when, and the digest; nil stays nil.
func (s *Seal) WithoutScores() *Seal {
	if s == nil {
		return nil
	}
	shown := *s
	shown.Scores = nil
	return &shown
}
