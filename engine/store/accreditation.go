package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accreditation"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func accreditationSchema() docs.Schema {
	return docs.Schema{"accreditation-call": nil, "accreditation-part": nil}
}

// Calls is the repository of calls for evaluation bodies.
func (s *Store) Calls() accreditation.Calls {
	return callTable{docs.Table[accreditation.Call]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "accreditation-call", Schema: 1,
		ID: func(c *accreditation.Call) string { return string(c.ID) }, Revision: func(c *accreditation.Call) *int64 { return &c.Revision },
		Absent: accreditation.ErrCall, Exists: accreditation.ErrCallExists}}
}

type callTable struct {
	t docs.Table[accreditation.Call]
}

func (r callTable) Call(ctx context.Context, id accreditation.CallID) (*accreditation.Call, error) {
	return r.t.Get(ctx, string(id))
}
func (r callTable) CreateCall(ctx context.Context, c *accreditation.Call) error {
	return r.t.Create(ctx, c)
}
func (r callTable) UpdateCall(ctx context.Context, c *accreditation.Call) error {
	return r.t.Update(ctx, c)
}
func (r callTable) CallList(ctx context.Context, c engine.Cursor) ([]*accreditation.Call, string, error) {
	return r.t.Every(ctx, c)
}

// MaterialFiles keeps what bodies hand in, in pieces that every store takes, under the digest of the whole.
func (s *Store) MaterialFiles() accreditation.Files {
	return materialParts{docs.Table[materialPart]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "accreditation-part", Schema: 1,
		ID: func(p *materialPart) string { return p.id }, Absent: accreditation.ErrNoFile, Exists: errMaterialKept}}
}

var errMaterialKept = errs.New(errs.Conflict, "accreditation.kept", "材料已保存")

type materialPart struct {
	Bytes []byte `json:"bytes"`
	id    string
}

type materialParts struct{ t docs.Table[materialPart] }

func (r materialParts) PutMaterial(ctx context.Context, digest string, data []byte) error {
	for n := 0; n*partBytes < len(data); n++ {
		p := &materialPart{Bytes: data[n*partBytes : min(len(data), (n+1)*partBytes)], id: materialPartID(digest, n)}
		if err := r.t.Create(ctx, p); err != nil && !errors.Is(err, errMaterialKept) {
			return err
		}
	}
	return nil
}

func (r materialParts) Material(ctx context.Context, digest string, size int) ([]byte, error) {
	data := make([]byte, 0, min(max(size, 0), accreditation.MaxFile))
	for n := 0; len(data) < size; n++ {
		p, err := r.t.Get(ctx, materialPartID(digest, n))
		if err != nil {
			return nil, err
		}
		if len(p.Bytes) == 0 {
			return nil, accreditation.ErrNoFile
		}
		data = append(data, p.Bytes...)
	}
	return data, nil
}

func materialPartID(digest string, n int) string { return fmt.Sprintf("%s/%02d", digest, n) }
