package standin

import (
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

func (c *collection) insert(docs []bson.D) (bson.D, *refusal) {
	for i, d := range docs {
		id, err := idOf(d)
		if err != nil {
			return nil, err
		}
		if _, taken := c.documents[id]; taken {
			dup := bson.D{{Key: "index", Value: int32(i)}, {Key: "code", Value: int32(11000)},
				{Key: "errmsg", Value: "E11000 duplicate key error, _id: " + id}}
			return counted(i, bson.E{Key: "writeErrors", Value: bson.A{dup}}), nil
		}
		c.documents[id] = d
	}
	return counted(len(docs)), nil
}

// update replaces whole documents; there are no update operators here.
func (c *collection) update(updates []bson.D) (bson.D, *refusal) {
	n := 0
	for _, u := range updates {
		with, ok := part(u, "u")
		if !ok || len(with) == 0 || strings.HasPrefix(with[0].Key, "$") {
			return nil, bad("only whole documents are replaced")
		}
		q, _ := part(u, "q")
		found, err := c.matching(q)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			id, err := idOf(found[0])
			if err != nil {
				return nil, err
			}
			c.documents[id] = withID(with, id)
			n++
		}
	}
	return counted(n, bson.E{Key: "nModified", Value: int32(n)}), nil
}

func withID(d bson.D, id string) bson.D {
	if _, ok := lookup(d, "_id"); ok {
		return d
	}
	return append(bson.D{{Key: "_id", Value: id}}, d...)
}

func (c *collection) remove(deletes []bson.D) (bson.D, *refusal) {
	n := 0
	for _, d := range deletes {
		q, _ := part(d, "q")
		found, err := c.matching(q)
		if err != nil {
			return nil, err
		}
		if limit, _ := lookup(d, "limit"); equal(limit, int64(1)) {
			found = found[:min(1, len(found))]
		}
		for _, f := range found {
			id, err := idOf(f)
			if err != nil {
				return nil, err
			}
			delete(c.documents, id)
			n++
		}
	}
	return counted(n), nil
}

// matching returns the documents that q matches, in no order.
func (c *collection) matching(q bson.D) ([]bson.D, *refusal) {
	if v, ok := lookup(q, "_id"); ok {
		if id, ok := v.(string); ok {
			d, ok := c.documents[id]
			if !ok {
				return nil, nil
			}
			return keep([]bson.D{d}, q)
		}
	}
	all := make([]bson.D, 0, len(c.documents))
	for _, d := range c.documents {
		all = append(all, d)
	}
	return keep(all, q)
}

func keep(docs []bson.D, q bson.D) ([]bson.D, *refusal) {
	kept := docs[:0]
	for _, d := range docs {
		ok, err := match(d, q)
		if err != nil {
			return nil, err
		}
		if ok {
			kept = append(kept, d)
		}
	}
	return kept, nil
}

// The first answer to a find holds at most firstRows documents, as a real server's does, and every answer about
// batchBytes.
const (
	firstRows  = 101
	batchBytes = 8 << 20
)

func (b *database) find(r *request) (bson.D, *refusal) {
	if level, _ := lookup(r.body, "readConcern.level"); level != "majority" {
		return nil, bad("find with read concern %v instead of majority", level)
	}
	c := b.collection(r)
	q, _ := part(r.body, "filter")
	if len(q) == 0 || !c.indexes[q[0].Key] {
		return nil, &refusal{code: 291, name: "NoQueryExecutionPlans", msg: "no index serves this query"}
	}
	found, err := c.matching(q)
	if err != nil {
		return nil, err
	}
	order, _ := part(r.body, "sort")
	slices.SortFunc(found, func(x, y bson.D) int { return compareBy(order, x, y) })
	if limit, ok := number(r.get("limit")); ok && limit > 0 {
		found = found[:min(int(limit), len(found))]
	}
	projection, _ := part(r.body, "projection")
	for i, d := range found {
		found[i] = project(d, projection)
	}
	b.lastCursor++
	return b.batch("firstBatch", b.lastCursor, found, firstRows, r.text("$db")+"."+r.text("find")), nil
}

func (b *database) getMore(r *request) (bson.D, *refusal) {
	id, _ := number(r.get("getMore"))
	rest, ok := b.cursors[id]
	if !ok {
		return nil, &refusal{code: 43, name: "CursorNotFound", msg: "cursor not found"}
	}
	return b.batch("nextBatch", id, rest, len(rest), r.text("$db")+"."+r.text("collection")), nil
}

// batch answers with the first of rows and keeps the others under id, which it tells the client only if there are any.
func (b *database) batch(name string, id int64, rows []bson.D, most int, namespace string) bson.D {
	var batch bson.A
	for size := 0; len(batch) < min(most, len(rows)) && size < batchBytes; {
		d := rows[len(batch)]
		batch = append(batch, d)
		body, _ := lookup(d, "b")
		bin, _ := body.(bson.Binary)
		size += len(bin.Data)
	}
	delete(b.cursors, id)
	if rest := rows[len(batch):]; len(rest) > 0 {
		b.cursors[id] = rest
	} else {
		id = 0
	}
	if batch == nil {
		batch = bson.A{}
	}
	cursor := bson.D{{Key: name, Value: batch}, {Key: "id", Value: id}, {Key: "ns", Value: namespace}}
	return okay(bson.E{Key: "cursor", Value: cursor})
}

func counted(n int, more ...bson.E) bson.D {
	return okay(append([]bson.E{{Key: "n", Value: int32(n)}}, more...)...)
}

func idOf(d bson.D) (string, *refusal) {
	v, _ := lookup(d, "_id")
	id, ok := v.(string)
	if !ok {
		return "", bad("_id is not text")
	}
	return id, nil
}
