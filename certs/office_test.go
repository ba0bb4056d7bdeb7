package certs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/certstest"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
)

const (
	filing    = "S000012009999"
	sessionID = sitting.SessionID("session")
)

func noon() time.Time { return time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC) }

func day(s string) clock.Date {
	d, err := clock.ParseDate(s)
	if err != nil {
		return clock.Date{}
	}
	return d
}

func registrar() authz.Principal {
	return authz.Principal{Account: "zhengshu", Person: "zhuo", Name: "卓雅文", Roles: []authz.Role{authz.Registrar}, Org: "body"}
}

func supervisor() authz.Principal {
	return authz.Principal{Account: "dudao", Person: "du", Name: "杜明远", Roles: []authz.Role{authz.Supervisor}, Org: "body"}
}

// why is a cause that is good enough for anything.
func why(grounds string) certs.Cause {
	return certs.Cause{Grounds: grounds, Evidence: "申请表第1号"}
}

func holder(n int) authz.Principal {
	return authz.Principal{Account: "ticket", Person: fmt.Sprint("person", n), Roles: []authz.Role{authz.Candidate}}
}

// office is a body with one final session of candidates who all passed, on a store of its own.
type office struct {
	recognitions certs.Recognitions // nil: nobody is recognised without a sitting

	store *store.Store
	clock *clock.Manual
	ring  *keys.Ring
	ports certs.Ports
	log   *translog.Log
	*certs.Issuer
	verifier *certs.Verifier
	policy   engine.CertificatePolicy
	ties     []separation.Finding // what separation says of the session
	tied     sitting.SessionID    // which one that is; empty: any
}

func newOffice(t testing.TB, candidates int) *office {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	o := &office{store: store.New(db, ids.Seeded("office")), clock: clock.NewManual(noon())}
	o.ring, err = keys.Init(t.TempDir(), "技能等级认定", true, noon())
	check(t, err)
	o.log = certstest.Log(t, o.store.Translog(), o.clock)
	o.ports = o.store.Certificates()
	o.ports.Journal, o.ports.People, o.ports.Lists = certs.Logbook{Log: o.log}, o.registry(), "https://example.org/status/"
	o.Issuer = o.issuer(o.ports, o.press())
	o.verifier = certs.NewVerifier(o.ports, certs.Trusted{Roots: o.ring.Trust(), Log: o.log.Trust()}, o.clock, 0)
	o.body(t, "body", filing)
	o.session(t, sessionID, "body", result.Final)
	for n := range candidates {
		o.candidate(t, n, 8000, 6000)
	}
	return o
}

// issuer is one more process on the same store.
func (o *office) issuer(p certs.Ports, press certs.Sealer) *certs.Issuer {
	seats := sitting.NewSittings(sitting.Ports{Plans: o.store.Plans(), Sessions: o.store.Sessions(), Seats: o.store.Seats(), Proceedings: o.store.Proceedings()}, o.registry(), nil, nil, nil,
		engine.Policy{}, o.clock, ids.Random())
	board := result.NewBoard(result.Ports{Results: o.store.Results(), Publications: o.store.Publications(), Seals: o.store.Seals(),
		Checks: o.store.Checks(), Cases: o.store.Cases(), Objections: o.store.Objections()},
		seats, o.registry(), engine.Policy{}, o.clock)
	from := certs.Sources{Board: board, People: o.registry(), Sittings: ties{seats, o}, Recognitions: o.recognitions}
	return certs.NewIssuer(p, from, press, o.policy, o.clock, ids.Random())
}

// ties are sessions of which separation says what the office was told to.
type ties struct {
	*sitting.Sittings
	o *office
}

func (s ties) Separated(_ context.Context, n *sitting.Session, candidates []engine.PersonID) (found []separation.Finding, err error) {
	if s.o.tied != "" && s.o.tied != n.ID {
		return nil, nil
	}
	for _, f := range s.o.ties {
		if f.Candidate == "" || slices.Contains(candidates, f.Candidate) {
			found = append(found, f)
		}
	}
	return found, nil
}

func (o *office) registry() *people.Registry {
	return people.NewRegistry(o.store.People(), o.store.Organisations(), []byte("key"), o.clock)
}

func (o *office) body(t testing.TB, id engine.OrgID, number string) {
	t.Helper()
	check(t, o.store.Organisations().CreateOrganisation(t.Context(), &engine.Organisation{ID: id, Kind: engine.EvaluationBody,
		Name: "津门照护技能评价中心", Province: "12", Filings: []engine.Filing{{Number: number, Occupation: engine.LongTermCare().Code,
			Levels: []engine.Level{engine.Level5, engine.Level4}, From: day("2026-01-01"), To: day("2028-01-01")}}}))
}

func (o *office) session(t testing.TB, id sitting.SessionID, org engine.OrgID, stage result.Stage) {
	t.Helper()
	check(t, o.store.Sessions().CreateSession(t.Context(), &sitting.Session{ID: id, Org: org, Level: engine.Level4}))
	check(t, o.store.Publications().CreatePublication(t.Context(), &result.Publication{Session: id, Level: engine.Level4, Stage: stage}))
}

func ticket(n int) sitting.Ticket { return sitting.Ticket(fmt.Sprintf("2612000001%04d", n)) }
func resultOf(n int) result.ID    { return result.Of(ticket(n)) }

func (o *office) candidate(t testing.TB, n int, theory, practical engine.Points) {
	t.Helper()
	o.result(t, n, result.Result{Session: sessionID, Level: engine.Level4,
		Theory:    result.Component{Standing: engine.Scored, Points: theory, PassMark: 6000},
		Practical: result.Component{Standing: engine.Scored, Points: practical, PassMark: 6000}})
}

func (o *office) result(t testing.TB, n int, r result.Result) {
	t.Helper()
	p := &engine.Person{ID: engine.PersonID(fmt.Sprint("person", n)), Name: fmt.Sprintf("李%c·买买提", '一'+rune(n)), IDType: engine.ResidentCard,
		IDNumber: "110101190001010014"}
	if n > 0 {
		p.IDNumber = fmt.Sprintf("1101011900%08d", n) // told apart where numbers are matched
	}
	o.portray(t, p, []byte("photo"))
	check(t, o.store.People().CreatePerson(t.Context(), p))
	r.ID, r.Candidate, r.Ticket = resultOf(n), p.ID, ticket(n)
	check(t, o.store.Results().CreateResult(t.Context(), &r))
}

// portray puts a photo into p's album for the next write of p, and marks p with it.
func (o *office) portray(t testing.TB, p *engine.Person, photo []byte) {
	t.Helper()
	a, err := o.store.People().Album(t.Context(), p.ID)
	if errors.Is(err, people.ErrAlbum) {
		a, err = &people.Album{Person: p.ID}, nil
	}
	check(t, err)
	p.Photo, err = a.Take(p, photo, o.clock.Now())
	check(t, err)
	if a.Revision == 0 {
		check(t, o.store.People().CreateAlbum(t.Context(), a))
		return
	}
	check(t, o.store.People().UpdateAlbum(t.Context(), a))
}

// issue issues for candidate n, which must succeed.
func (o *office) issue(t testing.TB, n int) *certs.Certificate {
	t.Helper()
	c, err := o.Issue(t.Context(), registrar(), resultOf(n))
	check(t, err)
	return c
}

// file is the document of a certificate.
func (o *office) file(t testing.TB, n certs.Number) []byte {
	t.Helper()
	f, err := o.File(t.Context(), registrar(), n)
	check(t, err)
	return f.PDF
}

// ledger lists every certificate there is, in the order of numbers.
func (o *office) ledger(t testing.TB) []*certs.Certificate {
	t.Helper()
	all, err := engine.All(t.Context(), func(ctx context.Context, c engine.Cursor) ([]*certs.Certificate, string, error) {
		return o.store.Ledger().Numbers(ctx, "", false, c)
	})
	check(t, err)
	return all
}

// contiguous checks that the ledger holds want certificates with serials from 1, each valid and of a result of its own.
func (o *office) contiguous(t testing.TB, want int) {
	t.Helper()
	all, owners := o.ledger(t), map[result.ID]certs.Number{}
	for i, c := range all {
		if c.Number.Serial() != i+1 || c.State != certs.Valid || owners[c.Result] != "" || c.Digest == "" {
			t.Errorf("certificate %d is %s, %s, for the result of %q", i+1, c.Number, c.State, owners[c.Result])
		}
		owners[c.Result] = c.Number
	}
	if len(all) != want {
		t.Fatalf("%d certificates, want %d", len(all), want)
	}
}

// press seals the same page for everybody: what is printed is tested with the real press.
func (o *office) press() certstest.Stamp { return certstest.Stamp{Ring: o.ring} }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	check(t, err)
	return string(b)
}
