package store

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func houseSchema() docs.Schema { return docs.Schema{"house": nil} }

// KeyMarks name the secrets that processes over one store must share, by digests that tell nothing of them.
type KeyMarks struct {
	Persons string `json:"persons"` // by which persons are found
	Files   string `json:"files"`   // of hand-in files
}

// house is the one document that says what belongs to the data.
type house struct {
	ID    string   `json:"id"`
	Marks KeyMarks `json:"marks"`

	Revision int64 `json:"-"`
}

var (
	errNoHouse  = errs.New(errs.NotFound, "house.not_found", "尚未登记密钥标识")
	errHouseSet = errs.New(errs.Conflict, "house.exists", "密钥标识已登记")
)

// KeyMarks returns the marks of the secrets that the data were first served with; the first to ask sets its own.
func (s *Store) KeyMarks(ctx context.Context, own KeyMarks) (KeyMarks, error) {
	t := docs.Table[house]{Store: s.docs, IDs: s.ids, Kind: "house", Schema: 1, ID: func(h *house) string { return h.ID },
		Revision: func(h *house) *int64 { return &h.Revision }, Absent: errNoHouse, Exists: errHouseSet}
	h, err := t.Get(ctx, "keys")
	if errors.Is(err, errNoHouse) {
		if err = t.Create(ctx, &house{ID: "keys", Marks: own}); err == nil {
			return own, nil
		}
		if errors.Is(err, errHouseSet) {
			h, err = t.Get(ctx, "keys")
		}
	}
	if err != nil {
		return KeyMarks{}, err
	}
	return h.Marks, nil
}
