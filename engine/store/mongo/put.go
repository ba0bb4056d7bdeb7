package mongo

import (
	"context"
	"errors"
	"fmt"

	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// putTries bounds how often Put looks again at a document that somebody else is writing.
const putTries = 4

// Put implements docs.Store. A create inserts at once. A replacement needs the memory of recent writes that the
// document holds: Put reads it and replaces the whole document on condition that its revision is still the one read.
// (Adding to that memory in the server would save the read, but not every server cuts it to length.)
func (s *Store) Put(ctx context.Context, w docs.Write) (int64, error) {
	if err := w.Check(); err != nil {
		return 0, err
	}
	return s.put(ctx, w, 1)
}

// Load implements docs.Loader.
func (s *Store) Load(ctx context.Context, d docs.Doc) error {
	w, err := d.Loading()
	if err != nil {
		return err
	}
	_, err = s.put(ctx, w, d.Revision)
	return err
}

// put carries w out; what it creates gets revision first.
func (s *Store) put(ctx context.Context, w docs.Write, first int64) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("%w: %w", docs.ErrUnavailable, err)
	}
	sent := false
	if w.IfRevision == 0 {
		if created, err := s.insert(ctx, w, first); err != nil {
			return 0, err
		} else if created {
			return first, nil
		}
		sent = true
	}
	for range putTries {
		current, ring, err := s.stored(ctx, w.Key)
		if err != nil {
			return 0, lookError(err, sent)
		}
		revision, done, err := ring.Decide(w, current)
		if done || err != nil {
			return revision, err
		}
		if current > 0 { // an insert that met a document which this read does not show yet only looks again
			if replaced, err := s.replace(ctx, w, revision, ring); err != nil {
				return 0, err
			} else if replaced {
				return revision, nil
			}
		}
		sent = true
	}
	return 0, fmt.Errorf("%w: the document does not settle", docs.ErrUnknown)
}

// insert creates the document; false without an error means that the ID is taken.
func (s *Store) insert(ctx context.Context, w docs.Write, first int64) (bool, error) {
	_, err := s.db.Collection(w.Kind).InsertOne(ctx, newRecord(w, first, nil))
	if driver.IsDuplicateKeyError(err) && !halfDone(err) {
		return false, nil
	}
	return err == nil, writeError(err)
}

// replace writes revision over the one before; false without an error means that it was not there.
func (s *Store) replace(ctx context.Context, w docs.Write, revision int64, ring docs.Ring) (bool, error) {
	at := append(byID(w.ID), eq("v", revision-1))
	got, err := s.db.Collection(w.Kind).ReplaceOne(ctx, at, newRecord(w, revision, ring))
	if err != nil {
		return false, writeError(err)
	}
	return got.MatchedCount == 1, nil
}

// stored returns what is known of the document at k, revision 0 when absent.
func (s *Store) stored(ctx context.Context, k docs.Key) (int64, docs.Ring, error) {
	var r record
	err := s.db.Collection(k.Kind).FindOne(ctx, byID(k.ID), options.FindOne().SetProjection(onlyOps())).Decode(&r)
	if errors.Is(err, driver.ErrNoDocuments) {
		return 0, nil, nil
	}
	return r.Revision, r.Ops, err
}

func newRecord(w docs.Write, revision int64, ring docs.Ring) record {
	body := w.Body
	if body == nil {
		body = []byte{}
	}
	return record{ID: w.ID, Revision: revision, Ops: ring.Add(w.Op), Index: w.Index, Body: body}
}
