package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store/docs"
)

// renewPage is how many documents are held at once while they are sealed anew; sealed certificates are the largest.
const renewPage = 64

type renewer func(context.Context, engine.Cursor) (docs.Renewed, string, error)

// sealed are the kinds that are sealed, those with names, numbers, telephones, photos or words about somebody in them. Left in
// clear are those that know people by their ids only: seats, attempts, sheets, results, ties, claims to numbers.
func (s *Store) sealed() map[string]renewer {
	return map[string]renewer{
		"person":            s.persons().Renew, // moves photos of the first form into albums
		"person-photo":      s.albums().Renew,
		"person-pair":       s.pairs().Renew, // what people wrote about who is who
		"reading":           s.readings().Renew,
		"account":           s.Accounts().(accountTable).t.Renew,
		"login":             s.Logins().(loginTable).t.Renew,
		"application":       s.Applications().(applicationTable).t.Renew,
		"session":           s.Sessions().(sessionTable).t.Renew, // names on duty, and findings with the names of candidates
		"proceedings":       s.Proceedings().(lineTable).t.Renew, // what happened to whom, in words
		"certificate":       s.ledger().t.Renew,                  // names and masked numbers as printed
		"certificate-file":  s.files("certificate-file").t.Renew, // the printed page with its photo
		"certificate-card":  s.files("certificate-card").t.Renew,
		"certificate-hold":  s.Holds().(holdTable).t.Renew,    // reasons in words
		"certificate-batch": s.Batches().(batchTable).t.Renew, // why somebody has none
		"certificate-award": s.Awards().(awardTable).t.Renew,
		"recognition":       s.Recognitions().(recognitionTable).t.Renew, // words about people, and who objected
		"certificate-share": s.Shares().(shareTable).t.Renew,             // for whom the holder made a link

		"accreditation-call":   s.Calls().(callTable).t.Renew,             // who objected
		"accreditation-part":   s.MaterialFiles().(materialParts).t.Renew, // leases, certificates, lists of staff
		"archive-filing":       s.Filings().(filingTable).t.Renew,
		"class":                s.Classes().(classTable).t.Renew,
		"control":              s.Controls().(controlTable).t.Renew,               // what somebody did, step by step
		"control-marking":      s.ControlMarkings().(controlMarkingTable).t.Renew, // notes of examiners
		"enrolment":            s.Enrolments().(enrolmentTable).t.Renew,
		"training-needs":       s.NeedLists().(needTable).t.Renew,   // names, telephones, addresses, documents
		"training-listing":     s.Listings().(listingTable).t.Renew, // whom to call
		"registration-opening": s.Openings().(openingTable).t.Renew, // whom to ask
		"registration-request": s.Requests().(requestTable).t.Renew,
		"roster-import":        s.RosterImports().(importTable).t.Renew, // who was refused, and why
		"score-check":          s.Checks().(checkTable).t.Renew,         // words of candidates
		"misconduct":           s.Cases().(caseTable).t.Renew,
		"objection":            s.Objections().(objectionTable).t.Renew, // who objects, and how to reach them
	}
}

// indexed are kinds in clear whose indexes are not those of the first program that wrote them, each with the form of its
// index: ties are found by kind, results by candidate.
func (s *Store) indexed() map[string]renewer {
	return map[string]renewer{"tie 2": s.Ties().(tieTable).t.Renew, "result 2": s.Results().(resultTable).t.Renew}
}

// SealedKinds lists in byte order the kinds whose documents are sealed.
func SealedKinds() []string { return slices.Sorted(maps.Keys(New(nil, nil).sealed())) }

// guard is the one document that says under which keys the data are sealed.
type guard struct {
	ID    string   `json:"id"`
	Marks []string `json:"marks"`          // of the data keys, the oldest first
	State string   `json:"state,omitzero"` // that everything was brought to last

	Revision int64 `json:"-"`
}

// Refusals of keys that are not those of the data.
var (
	ErrVaultMissing = errs.New(errs.Conflict, "vault.missing", "数据已用更新的密钥加密，但 keys 目录中没有它：请从原来的主机复制完整的 keys 目录")
	ErrVaultOther   = errs.New(errs.Conflict, "vault.other", "keys 目录中的加密密钥不是这个数据库所用的：请先把原来的 keys 目录复制过来")
)

func (s *Store) guards() docs.Table[guard] {
	return docs.Table[guard]{Store: s.docs, IDs: s.ids, Kind: "house", Schema: 1, ID: func(g *guard) string { return g.ID },
		Revision: func(g *guard) *int64 { return &g.Revision }, Absent: errNoHouse, Exists: errHouseSet}
}

// guarded returns the guard, and makes it for data that have none.
func (s *Store) guarded(ctx context.Context) (*guard, error) {
	t := s.guards()
	g, err := t.Get(ctx, "vault")
	if !errors.Is(err, errNoHouse) {
		return g, err
	}
	g = &guard{ID: "vault", Marks: s.vault.Marks()}
	if err = t.Create(ctx, g); errors.Is(err, errHouseSet) {
		return t.Get(ctx, "vault")
	}
	return g, err
}

// CompareVault compares the data keys with those that the data were sealed with, and notes those that are new.
// ErrVaultMissing: the data know a newer one; ErrVaultOther: they know others.
func (s *Store) CompareVault(ctx context.Context) error {
	_, err := engine.Modify(ctx, s.guarded, s.guards().Update, func(g *guard) error {
		own := s.vault.Marks()
		n := min(len(own), len(g.Marks))
		switch {
		case !slices.Equal(own[:n], g.Marks[:n]):
			return ErrVaultOther
		case len(own) < len(g.Marks):
			return ErrVaultMissing
		case len(own) == len(g.Marks):
			return engine.ErrUnchanged
		}
		g.Marks = own
		return nil
	})
	return err
}

// Renew seals everything that is not sealed under the newest key, whatever program wrote it, and writes the indexes that it
// lacks. Nothing is read when that was done before. Cut off, it goes on where it is called again. What the store's file
// still held of the clear text is then taken out of it, where the store can.
func (s *Store) Renew(ctx context.Context) (done docs.Renewed, err error) {
	g, err := s.guarded(ctx)
	if err != nil || g.State == s.state() {
		return done, err
	}
	kinds := s.sealed()
	maps.Copy(kinds, s.indexed())
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		if err := s.renewKind(ctx, kinds[kind], &done); err != nil {
			return done, fmt.Errorf("renew %s: %w", kind, err)
		}
	}
	if f, can := s.docs.(docs.Scrubber); can {
		if err := f.Scrub(ctx); err != nil {
			return done, fmt.Errorf("remove what was replaced from the file: %w", err)
		}
	}
	_, err = engine.Modify(ctx, s.guarded, s.guards().Update, func(g *guard) error { g.State = s.state(); return nil })
	return done, err
}

func (s *Store) renewKind(ctx context.Context, renew renewer, done *docs.Renewed) error {
	for c := (engine.Cursor{Limit: renewPage}); ; {
		some, next, err := renew(ctx, c)
		done.Add(some)
		if c.After = next; err != nil || next == "" {
			return err
		}
	}
}

// state names the newest key with the kinds and indexes that there are, so that a program which knows more renews again.
func (s *Store) state() string {
	marks, schema := s.vault.Marks(), Schema()
	parts := []string{"renewed", marks[len(marks)-1]}
	for _, kind := range SealedKinds() {
		parts = append(append(parts, kind), schema[kind]...)
	}
	parts = append(parts, slices.Sorted(maps.Keys(s.indexed()))...)
	return ids.Derive(parts...)
}
