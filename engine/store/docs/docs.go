// Package docs is the document layer under every repository: get, put at a revision, range by index. Both adapters
// (engine/store/sqlite, engine/store/mongo) implement Store and pass storetest.Documents.
//
// Left out on purpose: transactions over several documents, queries by example, server-side update operators,
// deletes, TTL. Each is missing or unreliable on some server we run on, and no command needs them: one command
// changes one document.
package docs

import (
	"context"

	"github.com/skillcert/skillcert/engine/errs"
)

// Key names a document. Kind is a short lower-case word declared in the Schema; ID is printable ASCII, at most 200 bytes.
type Key struct{ Kind, ID string }

// Doc is a stored document. Body is opaque and comes back byte for byte.
type Doc struct {
	Key
	Revision int64 // 1 after the first write, one more at every write
	Body     []byte
	Index    map[string]string
}

// Write puts one document.
type Write struct {
	Key
	Op         string            // names this write: sending it again after ErrUnknown is harmless
	IfRevision int64             // 0: create, only if absent; n: replace, only if the stored revision is n
	Body       []byte            // at most MaxBody
	Index      map[string]string // by index name declared in the Schema; printable ASCII, at most 200 bytes a value
	Log        bool              // a line of a log: created, never indexed, one of very many; an adapter may file it later
}

// MaxBody bounds a document.
const MaxBody = 4 << 20

// Range asks for documents of one kind in the byte order of an index value and then of the ID; with Index "" in the
// order of the ID. Values lie in [From, To); an empty To has no upper end.
type Range struct {
	Kind, Index string
	From, To    string
	Desc        bool
	After       string // Page.Next of the page before
	Limit       int    // 1 to 1000
}

// Page is a part of a Range. Next is empty on the last page.
type Page struct {
	Docs []Doc
	Next string
}

// Equal makes r ask for exactly the documents whose index has value.
func (r Range) Equal(value string) Range { r.From, r.To = value, value+"\x00"; return r }

// Schema declares the kinds and the names of their indexes.
type Schema map[string][]string

// Store keeps documents. Safe for concurrent use; must pass storetest.Documents.
//   - Get: ErrNotFound when absent. A read sees every write that was acknowledged before it began.
//   - Put returns the new revision once the document is durable. A condition that does not hold is ErrConflict, and
//     nothing was written. A Put with the Op of an earlier successful Put of the same document answers as that one
//     did (at least the last 16 writes of a document are remembered).
//   - ErrUnknown: the write may or may not have happened; send the same Write again. ErrUnavailable and ErrFull:
//     it did not happen.
//   - Range never repeats or drops a document that was there during the whole walk.
type Store interface {
	Get(ctx context.Context, k Key) (Doc, error)
	Put(ctx context.Context, w Write) (revision int64, err error)
	Range(ctx context.Context, r Range) (Page, error)
	Close() error
}

// Answers of a Store.
var (
	ErrNotFound    = errs.New(errs.NotFound, "store.not_found", "记录不存在")
	ErrConflict    = errs.New(errs.Conflict, "store.conflict", "记录已存在或已被修改")
	ErrUnknown     = errs.New(errs.Unavailable, "store.unknown", "暂时无法确认是否已保存，请重试")
	ErrUnavailable = errs.New(errs.Unavailable, "store.unavailable", "数据库暂时不可用，内容未保存")
	ErrFull        = errs.New(errs.Unavailable, "store.full", "磁盘空间不足，内容未保存")
	ErrTooLarge    = errs.New(errs.TooLarge, "store.too_large", "内容过大，未保存")
)
