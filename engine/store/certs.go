package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func certsSchema() docs.Schema {
	return docs.Schema{"certificate": {"token", "open", motionIndex}, "certificate-claim": nil, "certificate-file": nil, "certificate-slot": {"marked"},
		"certificate-hold": nil, "certificate-batch": {"open"}, "certificate-share": {"number"}, "certificate-award": {"org"},
		"certificate-card": nil, "certificate-layout": nil, "certificate-list": nil, "certificate-assignment": nil}
}

// Certificates are the repositories of certificates and of what is done with them.
func (s *Store) Certificates() certs.Ports {
	return certs.Ports{Ledger: s.Ledger(), Claims: s.Claims(), Assigned: s.Assignments(), Files: s.Files(), Cards: s.Cards(), Layouts: s.Layouts(), Slots: s.Slots(), Addresses: s.Addresses(),
		Holds: s.Holds(), Batches: s.Batches(), Awards: s.Awards(), Shares: s.Shares(), Motions: s.Motions()}
}

// Ledger is the repository of certificates.
func (s *Store) Ledger() certs.Ledger { return s.ledger() }

func (s *Store) ledger() ledger {
	return ledger{docs.Table[certs.Certificate]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "certificate", Schema: 2, Upgrade: upgradeCertificate,
		ID: func(c *certs.Certificate) string { return string(c.Number) }, Revision: func(c *certs.Certificate) *int64 { return &c.Revision },
		Index: func(c *certs.Certificate) map[string]string {
			return map[string]string{"token": c.Token, "open": openWord(c.Open()), motionIndex: openWord(c.Motion != nil)}
		},
		Absent: certs.ErrCertificate, Exists: certs.ErrNumberTaken, Recent: &s.certificates}}
}

// openWord is the value of the index by which workers find what they have something to do with.
func openWord(open bool) string {
	if open {
		return "yes"
	}
	return "no"
}

// upgradeCertificate lifts certificates from before there were editions: the one document they had is the first.
func upgradeCertificate(_ int, body []byte) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, err
	}
	fields["kind"] = json.RawMessage(`"issued"`)
	if string(fields["state"]) == `"superseded"` {
		fields["state"] = json.RawMessage(`"valid"`)
	}
	return json.Marshal(fields)
}

type ledger struct{ t docs.Table[certs.Certificate] }

func (r ledger) Certificate(ctx context.Context, n certs.Number) (*certs.Certificate, error) {
	return r.t.Get(ctx, string(n))
}
func (r ledger) LookAtCertificate(ctx context.Context, n certs.Number) (*certs.Certificate, error) {
	return r.t.Look(ctx, string(n))
}
func (r ledger) CreateCertificate(ctx context.Context, c *certs.Certificate) error {
	return r.t.Create(ctx, c)
}
func (r ledger) UpdateCertificate(ctx context.Context, c *certs.Certificate) error {
	return r.t.Update(ctx, c)
}

func (r ledger) ByToken(ctx context.Context, token string) (*certs.Certificate, error) {
	rows, _, err := r.t.List(ctx, "token", token, engine.Cursor{Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, certs.ErrCertificate
	}
	return rows[0], nil
}

func (r ledger) Numbers(ctx context.Context, prefix string, desc bool, c engine.Cursor) ([]*certs.Certificate, string, error) {
	return r.t.Walk(ctx, docs.Range{Desc: desc, After: c.After, Limit: c.Rows()}.Prefix(prefix))
}

func (r ledger) Unfinished(ctx context.Context, c engine.Cursor) ([]*certs.Certificate, string, error) {
	return r.t.List(ctx, "open", openWord(true), c)
}

// Claims is the repository of claims to numbers.
func (s *Store) Claims() certs.Claims {
	return claimTable{docs.Table[certs.Claim]{Store: s.docs, IDs: s.ids, Kind: "certificate-claim", Schema: 1,
		ID: func(c *certs.Claim) string { return string(c.Result) }, Revision: func(c *certs.Claim) *int64 { return &c.Revision },
		Absent: certs.ErrClaim, Exists: certs.ErrClaimed}}
}

type claimTable struct{ t docs.Table[certs.Claim] }

func (r claimTable) Claim(ctx context.Context, id result.ID) (*certs.Claim, error) {
	return r.t.Get(ctx, string(id))
}
func (r claimTable) CreateClaim(ctx context.Context, c *certs.Claim) error { return r.t.Create(ctx, c) }
func (r claimTable) UpdateClaim(ctx context.Context, c *certs.Claim) error { return r.t.Update(ctx, c) }

// Assignments is the repository of whose the numbers of the authority are.
func (s *Store) Assignments() certs.Assignments {
	return assignmentTable{docs.Table[certs.Assignment]{Store: s.docs, IDs: s.ids, Kind: "certificate-assignment", Schema: 1,
		ID: func(a *certs.Assignment) string { return string(a.Number) }, Revision: func(a *certs.Assignment) *int64 { return &a.Revision },
		Absent: certs.ErrUnassigned, Exists: certs.ErrGivenTaken}}
}

type assignmentTable struct{ t docs.Table[certs.Assignment] }

func (r assignmentTable) Assignment(ctx context.Context, n certs.Number) (*certs.Assignment, error) {
	return r.t.Get(ctx, string(n))
}
func (r assignmentTable) CreateAssignment(ctx context.Context, a *certs.Assignment) error {
	return r.t.Create(ctx, a)
}
func (r assignmentTable) UpdateAssignment(ctx context.Context, a *certs.Assignment) error {
	return r.t.Update(ctx, a)
}

// Files is the repository of sealed documents.
func (s *Store) Files() certs.Files { return s.files("certificate-file") }

// Cards is the repository of pocket cards.
func (s *Store) Cards() certs.Files { return s.files("certificate-card") }

func (s *Store) files(kind string) fileTable {
	return fileTable{docs.Table[certs.File]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: kind, Schema: 1,
		ID:     func(f *certs.File) string { return fileID(f.Number, f.Version) },
		Absent: certs.ErrFile, Exists: certs.ErrFileKept}}
}

func fileID(n certs.Number, version int) string { return fmt.Sprintf("%s-%d", n, version) }

type fileTable struct{ t docs.Table[certs.File] }

func (r fileTable) File(ctx context.Context, n certs.Number, version int) (*certs.File, error) {
	return r.t.Get(ctx, fileID(n, version))
}

func (r fileTable) PutFile(ctx context.Context, f *certs.File) error {
	return r.t.Create(ctx, f)
}
