package standin

import (
	"cmp"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// lookup returns the value at a dotted path.
func lookup(d bson.D, path string) (any, bool) {
	head, rest, deeper := strings.Cut(path, ".")
	for _, e := range d {
		if e.Key != head {
			continue
		}
		if !deeper {
			return e.Value, true
		}
		inner, ok := e.Value.(bson.D)
		if !ok {
			return nil, false
		}
		return lookup(inner, rest)
	}
	return nil, false
}

// part returns the document at a path.
func part(d bson.D, path string) (bson.D, bool) {
	v, _ := lookup(d, path)
	p, ok := v.(bson.D)
	return p, ok
}

func number(v any) (int64, bool) {
	switch n := v.(type) {
	case int32:
		return int64(n), true
	case int64:
		return n, true
	case float64:
		return int64(n), true
	}
	return 0, false
}

// compare orders two numbers or two texts; other pairs are not comparable, as types never match across here.
func compare(a, b any) (int, bool) {
	if x, ok := number(a); ok {
		y, ok := number(b)
		return cmp.Compare(x, y), ok
	}
	x, ok1 := a.(string)
	y, ok2 := b.(string)
	return strings.Compare(x, y), ok1 && ok2
}

func equal(a, b any) bool {
	c, ok := compare(a, b)
	return ok && c == 0
}

func match(d, q bson.D) (bool, *refusal) {
	for _, e := range q {
		ok, err := matchOne(d, e)
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

func matchOne(d bson.D, e bson.E) (bool, *refusal) {
	switch e.Key {
	case "$and", "$or":
		return matchList(d, e)
	}
	if strings.HasPrefix(e.Key, "$") {
		return false, bad("operator %s", e.Key)
	}
	value, ok := lookup(d, e.Key)
	bounds, isBounds := e.Value.(bson.D)
	if !isBounds {
		return ok && equal(value, e.Value), nil
	}
	for _, b := range bounds {
		within, err := matchBound(value, b)
		if err != nil {
			return false, err
		}
		ok = ok && within
	}
	return ok, nil
}

// matchList: $or needs one member that matches, $and needs all.
func matchList(d bson.D, e bson.E) (bool, *refusal) {
	members, _ := e.Value.(bson.A)
	for _, m := range members {
		q, isDoc := m.(bson.D)
		if !isDoc {
			return false, bad("%s of something else than documents", e.Key)
		}
		ok, err := match(d, q)
		if err != nil {
			return false, err
		}
		if ok == (e.Key == "$or") {
			return ok, nil
		}
	}
	return e.Key == "$and", nil
}

func matchBound(value any, b bson.E) (bool, *refusal) {
	if b.Key == "$in" {
		members, isList := b.Value.(bson.A)
		if !isList {
			return false, bad("$in of something else than a list")
		}
		return slices.ContainsFunc(members, func(m any) bool { return equal(value, m) }), nil
	}
	c, comparable := compare(value, b.Value)
	within, known := map[string]bool{"$gt": c > 0, "$gte": c >= 0, "$lt": c < 0, "$lte": c <= 0}[b.Key]
	if !known {
		return false, bad("operator %s", b.Key)
	}
	return comparable && within, nil
}

func compareBy(order, x, y bson.D) int {
	for _, by := range order {
		a, _ := lookup(x, by.Key)
		b, _ := lookup(y, by.Key)
		way, _ := number(by.Value)
		if c, _ := compare(a, b); c != 0 {
			return c * int(way)
		}
	}
	return 0
}

// project keeps the fields that spec names with 1, and _id; or, if it names one with 0, all but those.
func project(d, spec bson.D) bson.D {
	if len(spec) == 0 {
		return d
	}
	drop := equal(spec[0].Value, int64(0))
	var kept bson.D
	for _, e := range d {
		named := slices.ContainsFunc(spec, func(s bson.E) bool { return s.Key == e.Key })
		if named != drop || e.Key == "_id" {
			kept = append(kept, e)
		}
	}
	return kept
}
