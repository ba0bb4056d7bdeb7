// Package mongo keeps documents in MongoDB, for those who outgrow one machine: one collection a kind, one document a
// document, no transactions. Majority writes, majority reads from the primary, retryable writes.
//
// It runs on a replica set or a sharded cluster of MongoDB 4.4 or later. While a primary is being replaced, a read
// may for some seconds still come from the old one; a Put never builds on such a read unnoticed, because it replaces
// a document only at the revision it has read.
package mongo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/skillcert/skillcert/engine/store/docs"
)

const (
	selection = 5 * time.Second  // how long to look for a primary
	patience  = 10 * time.Second // how long one command may take, retries included, when its context sets no deadline
)

// format is the number of the document layout, kept in formatKind. A database with a higher one is refused.
const (
	format     = 1
	formatKind = "_skillcert"
)

// Store is a docs.Store in one database.
type Store struct {
	client *driver.Client
	db     *driver.Database
}

var _ docs.Loader = (*Store)(nil)

// record is a document as MongoDB holds it.
type record struct {
	ID       string            `bson:"_id"`
	Revision int64             `bson:"v"`
	Ops      docs.Ring         `bson:"ops,omitempty"`
	Index    map[string]string `bson:"ix,omitempty"`
	Body     []byte            `bson:"b"`
}

func (r *record) doc(kind string) docs.Doc {
	return docs.Doc{Key: docs.Key{Kind: kind, ID: r.ID}, Revision: r.Revision, Body: r.Body, Index: r.Index}
}

// Open connects to the servers at uri and makes the indexes of schema that are missing in database.
func Open(ctx context.Context, uri, database string, schema docs.Schema) (*Store, error) {
	client, err := driver.Connect(options.Client().SetServerSelectionTimeout(selection).SetTimeout(patience).
		SetAppName("skillcert").ApplyURI(uri).SetRetryWrites(true).SetRetryReads(true).
		SetWriteConcern(writeconcern.Majority()).SetReadConcern(readconcern.Majority()).SetReadPreference(readpref.Primary()))
	if err != nil {
		return nil, fmt.Errorf("open mongodb: %w", err)
	}
	s := &Store{client: client, db: client.Database(database)}
	if err := s.prepare(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("open mongodb database %s: %w", database, err), s.Close())
	}
	return s, nil
}

func (s *Store) prepare(ctx context.Context, schema docs.Schema) error {
	if err := s.checkFormat(ctx); err != nil {
		return err
	}
	for kind, names := range schema {
		for _, name := range names {
			model := driver.IndexModel{Keys: bson.D{{Key: field(name), Value: 1}, {Key: "_id", Value: 1}}}
			if _, err := s.db.Collection(kind).Indexes().CreateOne(ctx, model); err != nil {
				return fmt.Errorf("index %s of %s: %w", name, kind, readError(err))
			}
		}
	}
	return nil
}

// checkFormat writes the format into a new database and refuses one that this program may not understand.
func (s *Store) checkFormat(ctx context.Context) error {
	c := s.db.Collection(formatKind)
	var have record
	err := c.FindOne(ctx, byID(formatKind)).Decode(&have)
	if errors.Is(err, driver.ErrNoDocuments) {
		_, err = c.InsertOne(ctx, record{ID: formatKind, Revision: format})
		if driver.IsDuplicateKeyError(err) { // another process opens the same new database
			return nil
		}
		return readError(err)
	}
	if err != nil {
		return readError(err)
	}
	if have.Revision > format {
		return fmt.Errorf("the database has format %d, this program knows %d", have.Revision, format)
	}
	return nil
}

// Close ends the connections; later calls are refused as ErrUnavailable.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), selection)
	defer cancel()
	if err := s.client.Disconnect(ctx); err != nil && !errors.Is(err, driver.ErrClientDisconnected) {
		return fmt.Errorf("close mongodb: %w", err)
	}
	return nil
}

// Drop removes the database with everything in it, for tests and for the check of a user's own cluster.
func (s *Store) Drop(ctx context.Context) error {
	if err := s.db.Drop(ctx); err != nil {
		return fmt.Errorf("drop mongodb database %s: %w", s.db.Name(), readError(err))
	}
	return nil
}

// Get implements docs.Store.
func (s *Store) Get(ctx context.Context, k docs.Key) (docs.Doc, error) {
	if !k.Valid() {
		return docs.Doc{}, docs.ErrNotFound
	}
	var r record
	err := reading(ctx, func(ctx context.Context) error {
		err := s.db.Collection(k.Kind).FindOne(ctx, byID(k.ID), options.FindOne().SetProjection(noOps())).Decode(&r)
		if errors.Is(err, driver.ErrNoDocuments) {
			r = record{} // revision 0: there is none
			return nil
		}
		return err
	})
	if err == nil && r.Revision == 0 {
		err = docs.ErrNotFound
	}
	if err != nil {
		return docs.Doc{}, err
	}
	return r.doc(k.Kind), nil
}

// noOps leaves out what only Put needs, onlyOps what it does not.
func noOps() bson.D   { return bson.D{{Key: "ops", Value: 0}} }
func onlyOps() bson.D { return bson.D{{Key: "v", Value: 1}, {Key: "ops", Value: 1}} }

func byID(id string) bson.D { return bson.D{{Key: "_id", Value: id}} }

func field(index string) string { return "ix." + index }
