package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func certsSchema() docs.Schema {
	return docs.Schema{"certificate": {"token"}, "certificate-claim": nil, "certificate-file": nil}
}

// Ledger is the repository of certificates.
func (s *Store) Ledger() certs.Ledger {
	return ledger{docs.Table[certs.Certificate]{Store: s.docs, IDs: s.ids, Kind: "certificate", Schema: 1,
		ID: func(c *certs.Certificate) string { return string(c.Number) }, Revision: func(c *certs.Certificate) *int64 { return &c.Revision },
		Index:  func(c *certs.Certificate) map[string]string { return map[string]string{"token": c.Token} },
		Absent: certs.ErrCertificate, Exists: certs.ErrNumberTaken}}
}

type ledger struct{ t docs.Table[certs.Certificate] }

func (r ledger) Certificate(ctx context.Context, n certs.Number) (*certs.Certificate, error) {
	return r.t.Get(ctx, string(n))
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

// errFileKept says that a document is there already; callers of PutFile never see it.
var errFileKept = errs.New(errs.Conflict, "certificate.file_kept", "证书文件已存在")

// Files is the repository of sealed documents.
func (s *Store) Files() certs.Files {
	return fileTable{docs.Table[certs.File]{Store: s.docs, IDs: s.ids, Kind: "certificate-file", Schema: 1,
		ID:     func(f *certs.File) string { return fileID(f.Number, f.Version) },
		Absent: certs.ErrFile, Exists: errFileKept}}
}

func fileID(n certs.Number, version int) string { return fmt.Sprintf("%s-%d", n, version) }

type fileTable struct{ t docs.Table[certs.File] }

func (r fileTable) File(ctx context.Context, n certs.Number, version int) (*certs.File, error) {
	return r.t.Get(ctx, fileID(n, version))
}

func (r fileTable) PutFile(ctx context.Context, f *certs.File) error {
	if err := r.t.Create(ctx, f); !errors.Is(err, errFileKept) {
		return err
	}
	return nil
}
