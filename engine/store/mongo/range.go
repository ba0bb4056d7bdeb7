package mongo

import (
	"context"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// Range implements docs.Store. A page is not a snapshot: a document that moves while it is read may be seen at both
// places or at neither.
func (s *Store) Range(ctx context.Context, r docs.Range) (docs.Page, error) {
	span, err := r.Span()
	if err != nil {
		return docs.Page{}, err
	}
	var found []record
	err = reading(ctx, func(ctx context.Context) error {
		cursor, err := s.db.Collection(span.Kind).Find(ctx, filter(span), options.Find().SetSort(order(span)).
			SetLimit(int64(span.Limit)+1).SetProjection(noOps()))
		if err != nil {
			return err
		}
		found = nil
		return cursor.All(ctx, &found)
	})
	if err != nil {
		return docs.Page{}, err
	}
	rows := make([]docs.Doc, len(found))
	for i := range found {
		rows[i] = found[i].doc(span.Kind)
	}
	return span.Page(rows), nil
}

var _ docs.Gatherer = (*Store)(nil)

// Gather implements docs.Gatherer.
func (s *Store) Gather(ctx context.Context, kind string, ids []string) ([]docs.Doc, error) {
	in := bson.A{}
	for _, id := range ids {
		if (docs.Key{Kind: kind, ID: id}).Valid() {
			in = append(in, id)
		}
	}
	if len(in) == 0 {
		return nil, nil
	}
	var found []record
	err := reading(ctx, func(ctx context.Context) error {
		cursor, err := s.db.Collection(kind).Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: in}}}}, options.Find().SetProjection(noOps()))
		if err != nil {
			return err
		}
		found = nil
		return cursor.All(ctx, &found)
	})
	if err != nil {
		return nil, err
	}
	rows := make([]docs.Doc, len(found))
	for i := range found {
		rows[i] = found[i].doc(kind)
	}
	return rows, nil
}

var _ docs.Counter = (*Store)(nil)

// Count implements docs.Counter by the ids that the index answers with, so that it reads with the same concern as everything else.
func (s *Store) Count(ctx context.Context, r docs.Range) (n int, err error) {
	span, err := r.Span()
	if err != nil {
		return 0, err
	}
	err = reading(ctx, func(ctx context.Context) error {
		cursor, err := s.db.Collection(span.Kind).Find(ctx, filter(span), options.Find().SetProjection(bson.D{{Key: "_id", Value: 1}}))
		if err != nil {
			return err
		}
		var found []struct {
			ID string `bson:"_id"`
		}
		if err := cursor.All(ctx, &found); err != nil {
			return err
		}
		n = len(found)
		return nil
	})
	return n, err
}

func order(s docs.Span) bson.D {
	way := 1
	if s.Desc {
		way = -1
	}
	if s.Index == "" {
		return bson.D{{Key: "_id", Value: way}}
	}
	return bson.D{{Key: field(s.Index), Value: way}, {Key: "_id", Value: way}}
}

// filter asks for the documents in [From, To). The bounds on the value alone, though implied by the choices below
// them, let the server use its index.
func filter(s docs.Span) bson.D {
	if s.Index == "" {
		return bson.D{{Key: "_id", Value: bson.D{atLeast(s.From.ID), less(s.To.ID)}}}
	}
	f := field(s.Index)
	bounds := bson.D{atLeast(s.From.Value)}
	var and bson.A
	if s.From.ID != "" {
		and = append(and, either(bson.D{{Key: f, Value: bson.D{{Key: "$gt", Value: s.From.Value}}}},
			bson.D{eq(f, s.From.Value), {Key: "_id", Value: bson.D{atLeast(s.From.ID)}}}))
	}
	if s.To.ID == "" {
		bounds = append(bounds, less(s.To.Value))
	} else {
		bounds = append(bounds, bson.E{Key: "$lte", Value: s.To.Value})
		and = append(and, either(bson.D{{Key: f, Value: bson.D{less(s.To.Value)}}},
			bson.D{eq(f, s.To.Value), {Key: "_id", Value: bson.D{less(s.To.ID)}}}))
	}
	q := bson.D{{Key: f, Value: bounds}}
	if and != nil {
		q = append(q, bson.E{Key: "$and", Value: and})
	}
	return q
}

func either(a, b bson.D) bson.D { return bson.D{{Key: "$or", Value: bson.A{a, b}}} }

func eq(field string, value any) bson.E { return bson.E{Key: field, Value: value} }

// atLeast and less write a bound without the NUL that ends some: what is stored is printable, so "at least a+NUL" is
// "greater than a" and "less than a+NUL" is "at most a".
func atLeast(s string) bson.E {
	if cut, ok := strings.CutSuffix(s, "\x00"); ok {
		return bson.E{Key: "$gt", Value: cut}
	}
	return bson.E{Key: "$gte", Value: s}
}

func less(s string) bson.E {
	if cut, ok := strings.CutSuffix(s, "\x00"); ok {
		return bson.E{Key: "$lte", Value: cut}
	}
	return bson.E{Key: "$lt", Value: s}
}
