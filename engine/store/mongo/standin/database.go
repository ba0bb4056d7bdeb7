package standin

import (
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// database holds what the server was told. Its owner serialises calls.
type database struct {
	collections map[string]*collection // by database.collection
	sessions    map[string]retryable   // the last retryable write of each session
	cursors     map[int64][]bson.D     // rows not fetched yet
	lastCursor  int64
}

type collection struct {
	documents map[string]bson.D // by _id, which is always text here
	indexes   map[string]bool   // by their first field
}

// retryable is the answer to a write that a driver may send again after a lost connection.
type retryable struct {
	number int64
	answer bson.D
}

func newDatabase() database {
	return database{collections: map[string]*collection{}, sessions: map[string]retryable{}, cursors: map[int64][]bson.D{}}
}

func (b *database) collection(r *request) *collection {
	name := r.text("$db") + "." + r.text(r.name())
	c := b.collections[name]
	if c == nil {
		c = &collection{documents: map[string]bson.D{}, indexes: map[string]bool{"_id": true}}
		b.collections[name] = c
	}
	return c
}

func (b *database) execute(r *request) bson.D {
	answer, err := b.command(r)
	if err != nil {
		return err.answer()
	}
	return answer
}

func (b *database) command(r *request) (bson.D, *refusal) {
	switch r.name() {
	case "insert", "update", "delete":
		return b.write(r)
	case "find":
		return b.find(r)
	case "getMore":
		return b.getMore(r)
	case "createIndexes":
		return b.createIndexes(r)
	case "drop", "dropDatabase":
		return b.drop(r), nil
	case "killCursors":
		b.cursors = map[int64][]bson.D{}
		return okay(), nil
	}
	return nil, &refusal{code: 59, name: "CommandNotFound", msg: "no such command: '" + r.name() + "'"}
}

// write executes a write once: sent again with the same number in the same session it answers as before.
func (b *database) write(r *request) (bson.D, *refusal) {
	if w, _ := lookup(r.body, "writeConcern.w"); w != "majority" {
		return nil, bad("%s with write concern %v instead of majority", r.name(), w)
	}
	sent, isRetryable := number(r.get("txnNumber"))
	session := fmt.Sprint(r.get("lsid"))
	if last, ok := b.sessions[session]; ok && isRetryable && last.number == sent {
		return last.answer, nil
	}
	answer, err := b.writeOnce(r)
	if err == nil && isRetryable {
		if _, failed := lookup(answer, "writeErrors"); !failed {
			b.sessions[session] = retryable{sent, answer}
		}
	}
	return answer, err
}

func (b *database) writeOnce(r *request) (bson.D, *refusal) {
	c := b.collection(r)
	switch r.name() {
	case "insert":
		return c.insert(r.documents("documents"))
	case "update":
		return c.update(r.documents("updates"))
	}
	return c.remove(r.documents("deletes"))
}

func (b *database) createIndexes(r *request) (bson.D, *refusal) {
	c := b.collection(r)
	for _, ix := range r.documents("indexes") {
		key, _ := lookup(ix, "key")
		keys, ok := key.(bson.D)
		if !ok || len(keys) == 0 {
			return nil, bad("index without keys")
		}
		c.indexes[keys[0].Key] = true
	}
	return okay(), nil
}

func (b *database) drop(r *request) bson.D {
	prefix := r.text("$db") + "."
	for name := range b.collections {
		if r.name() == "dropDatabase" && strings.HasPrefix(name, prefix) || name == prefix+r.text("drop") {
			delete(b.collections, name)
		}
	}
	return okay()
}
