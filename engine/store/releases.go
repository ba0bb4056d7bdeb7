package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/questionbank"
)

// Releases is the repository of releases. The items of a release lie in parts that are named by their content: writing
// one twice is harmless, and releases that hold the same items share it. Documents of the first form hold their items
// themselves.
func (s *Store) Releases() questionbank.Releases {
	return releaseTable{
		t: docs.Table[questionbank.Release]{Store: s.docs, IDs: s.ids, Kind: "release", Schema: 2, Upgrade: countItems,
			ID: func(r *questionbank.Release) string { return r.ID }, Revision: func(r *questionbank.Release) *int64 { return &r.Revision },
			Absent: questionbank.ErrRelease, Exists: questionbank.ErrReleaseExists},
		parts: docs.Table[releasePart]{Store: s.docs, IDs: s.ids, Kind: "release-part", Schema: 1,
			ID: func(p *releasePart) string { return p.digest }, Absent: questionbank.ErrReleaseBroken, Exists: errPartKept},
	}
}

// countItems lifts the first form, which had no count.
func countItems(_ int, body []byte) ([]byte, error) {
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(body, &whole); err != nil {
		return nil, err
	}
	var items []json.RawMessage
	if err := json.Unmarshal(whole["items"], &items); err != nil {
		return nil, fmt.Errorf("items: %w", err)
	}
	whole["count"] = json.RawMessage(fmt.Sprint(len(items)))
	return json.Marshal(whole)
}

// releasePart is a piece of the items of a release.
type releasePart struct {
	Items  []questionbank.ItemRef `json:"items"`
	digest string                 // of the items, in hex
}

func newPart(items []questionbank.ItemRef) (*releasePart, error) {
	raw, err := json.Marshal(items)
	if err != nil {
		return nil, fmt.Errorf("encode items: %w", err)
	}
	sum := sha256.Sum256(raw)
	return &releasePart{Items: items, digest: hex.EncodeToString(sum[:])}, nil
}

// errPartKept says that a part is there already; nobody outside sees it.
var errPartKept = errors.New("the part is kept")

// partsAtOnce is how many parts are read or written at the same time.
const partsAtOnce = 8

type releaseTable struct {
	t     docs.Table[questionbank.Release]
	parts docs.Table[releasePart]
}

func (r releaseTable) Release(ctx context.Context, id string) (*questionbank.Release, error) {
	v, err := r.t.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	return head(v), nil
}

// head is a release without its items.
func head(v *questionbank.Release) *questionbank.Release {
	v.Items = nil
	return v
}

func (r releaseTable) CreateRelease(ctx context.Context, v *questionbank.Release) error {
	return r.put(ctx, v, r.t.Create)
}

func (r releaseTable) UpdateRelease(ctx context.Context, v *questionbank.Release) error {
	return r.put(ctx, v, r.t.Update)
}

// put writes the parts before the release that names them. Parts of a release that then is refused stay behind, which
// costs their space and nothing else.
func (r releaseTable) put(ctx context.Context, v *questionbank.Release, write func(context.Context, *questionbank.Release) error) error {
	kept := *v
	switch {
	case v.Items != nil:
		parts, err := r.putParts(ctx, v.Items)
		if err != nil {
			return err
		}
		kept.Items, kept.Parts, kept.Count = nil, parts, len(v.Items)
	case len(v.Parts) == 0: // of the first form, or empty
		old, err := r.t.Get(ctx, v.ID)
		if err != nil && !errors.Is(err, questionbank.ErrRelease) {
			return err
		}
		if err == nil {
			kept.Items = old.Items
		}
	}
	if err := write(ctx, &kept); err != nil {
		return err
	}
	v.Parts, v.Count, v.Revision = kept.Parts, kept.Count, kept.Revision
	return nil
}

func (r releaseTable) putParts(ctx context.Context, items []questionbank.ItemRef) ([]string, error) {
	var names []string
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(partsAtOnce)
	for piece := range slices.Chunk(items, questionbank.PartItems) {
		p, err := newPart(piece)
		if err != nil {
			return nil, errors.Join(err, g.Wait())
		}
		names = append(names, p.digest)
		g.Go(func() error {
			if err := r.parts.Create(ctx, p); !errors.Is(err, errPartKept) {
				return err
			}
			return nil
		})
	}
	return names, g.Wait()
}

func (r releaseTable) ReleaseItems(ctx context.Context, v *questionbank.Release) ([]questionbank.ItemRef, error) {
	if len(v.Parts) == 0 {
		old, err := r.t.Get(ctx, v.ID)
		if err != nil {
			return nil, err
		}
		return old.Items, nil
	}
	pieces := make([][]questionbank.ItemRef, len(v.Parts))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(partsAtOnce)
	for n, name := range v.Parts {
		g.Go(func() error {
			p, err := r.parts.Get(ctx, name)
			if err == nil {
				pieces[n] = p.Items
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, fmt.Errorf("items of release %s: %w", v.ID, err)
	}
	return slices.Concat(pieces...), nil
}

func (r releaseTable) ReleaseList(ctx context.Context, c engine.Cursor) ([]*questionbank.Release, string, error) {
	rows, next, err := r.t.Every(ctx, c)
	for _, v := range rows {
		head(v)
	}
	return rows, next, err
}
