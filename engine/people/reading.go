package people

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// Reading is one look at personal data in clear: who, whose, what, and what for. It is written before anything is shown and
// never changed.
type Reading struct {
	ID      string          `json:"id"` // in the order of At
	At      time.Time       `json:"at"`
	Account string          `json:"account"`
	Name    string          `json:"name"` // of who read
	Org     engine.OrgID    `json:"org"`  // for which they read, empty for none
	Person  engine.PersonID `json:"person,omitempty"`
	Export  string          `json:"export,omitempty"` // what was handed out of many at once; then Person is empty
	Count   int             `json:"count"`            // persons in it
	Fields  []Detail        `json:"fields"`
	Purpose string          `json:"purpose"`
}

// Detail is one thing of a person that is shown masked.
type Detail string

// The details that can be read in clear.
const (
	DetailNumber Detail = "id_number"
	DetailPhone  Detail = "phone"

	DetailAddress Detail = "address"
)

// Refusals about readings.
var (
	ErrReading     = errs.New(errs.NotFound, "reading.not_found", "没有此查阅记录")
	ErrReadingKept = errs.New(errs.Conflict, "reading.exists", "此查阅记录已存在")
	ErrPurpose     = errs.New(errs.Invalid, "reading.purpose", "查看完整信息前，请选择要看的内容并写明用途")
)

// Readings keeps readings, written once. Safe for concurrent use; must pass storetest.Readings.
//   - Absent: ErrReading. An ID already taken: RecordReading returns ErrReadingKept and keeps the first.
//   - RecordReading returns nil when the reading is durable.
//   - ReadingsOf lists those of one person, ReadingsBy those by one account, in the byte order of IDs.
type Readings interface {
	Reading(ctx context.Context, id string) (*Reading, error)
	RecordReading(ctx context.Context, r *Reading) error
	ReadingsOf(ctx context.Context, id engine.PersonID, c engine.Cursor) (rows []*Reading, next string, err error)
	ReadingsBy(ctx context.Context, account string, c engine.Cursor) (rows []*Reading, next string, err error)
}

// Counter (查阅台) is where personal data are handed out in clear, each time with a reading.
type Counter struct {
	registry *Registry
	readings Readings
	ids      *ids.Source
}

// NewCounter returns a Counter over r's persons.
func NewCounter(r *Registry, readings Readings, source *ids.Source) *Counter {
	return &Counter{registry: r, readings: readings, ids: source}
}

// Shown is what a reading showed; what was not asked for is empty.
type Shown struct {
	Number, Phone, Address string
}

// Show returns details of a person in clear. The reading is recorded first: when that fails nothing is shown. A person
// whom by's body has nothing to do with is ErrNotOurs, a purpose that says nothing ErrPurpose.
func (c *Counter) Show(ctx context.Context, by authz.Principal, id engine.PersonID, purpose string, fields ...Detail) (Shown, error) {
	if err := by.Require(authz.PersonClear); err != nil {
		return Shown{}, err
	}
	p, err := c.registry.people.Person(ctx, id)
	if err != nil {
		return Shown{}, err
	}
	if err := c.registry.mayKnow(ctx, by, p); err != nil {
		return Shown{}, err
	}
	if err := c.record(ctx, by, Reading{Person: id, Count: 1, Fields: fields, Purpose: purpose}); err != nil {
		return Shown{}, err
	}
	var s Shown
	if slices.Contains(fields, DetailNumber) {
		s.Number = p.IDNumber
	}
	if slices.Contains(fields, DetailPhone) {
		s.Phone = p.Phone
	}
	if slices.Contains(fields, DetailAddress) {
		s.Address = p.Address
	}
	return s, nil
}

// Export records that a file with details of count persons is about to be handed out. It asks for no role: the room that
// makes the file has. Nothing is handed out when it fails.
func (c *Counter) Export(ctx context.Context, by authz.Principal, what, purpose string, count int, fields ...Detail) error {
	return c.record(ctx, by, Reading{Export: what, Count: count, Fields: fields, Purpose: purpose})
}

// maxPurpose bounds a purpose in characters; minPurpose keeps a full stop from being one.
const minPurpose, maxPurpose = 2, 200

func (c *Counter) record(ctx context.Context, by authz.Principal, r Reading) error {
	r.Purpose = strings.TrimSpace(r.Purpose)
	n := utf8.RuneCountInString(r.Purpose)
	var k errs.Check
	k.That(n >= minPurpose && n <= maxPurpose && utf8.ValidString(r.Purpose), "purpose", "form", fmt.Sprintf("请写明用途，%d至%d个字", minPurpose, maxPurpose))
	k.That(len(r.Fields) > 0, "fields", "missing", "请选择要看的内容")
	k.That(!slices.ContainsFunc(r.Fields, func(d Detail) bool { return !slices.Contains([]Detail{DetailNumber, DetailPhone, DetailAddress}, d) }),
		"fields", "unknown", "只能查看证件号码、手机号码和通讯地址")
	if err := k.Err(ErrPurpose); err != nil {
		return err
	}
	r.At, r.Account, r.Name, r.Org = c.registry.clock.Now(), by.Account, by.Name, engine.OrgID(by.Org)
	r.ID = fmt.Sprintf("%014d-%s", r.At.UnixMilli(), c.ids.New())
	if err := c.readings.RecordReading(ctx, &r); err != nil {
		return fmt.Errorf("record the reading: %w", err)
	}
	return nil
}

// ReadingsOf lists who read a person in clear, oldest first. Authorities see all; who watches over a body sees the readings
// of its own people, and those of the operator, who belongs to none.
func (c *Counter) ReadingsOf(ctx context.Context, by authz.Principal, id engine.PersonID, at engine.Cursor) ([]*Reading, string, error) {
	if err := by.Require(authz.AuditRead); err != nil {
		return nil, "", err
	}
	rows, next, err := c.readings.ReadingsOf(ctx, id, at)
	return watched(by, rows), next, err
}

// ReadingsBy lists what an account read in clear, oldest first, within the same bounds.
func (c *Counter) ReadingsBy(ctx context.Context, by authz.Principal, account string, at engine.Cursor) ([]*Reading, string, error) {
	if err := by.Require(authz.AuditRead); err != nil {
		return nil, "", err
	}
	rows, next, err := c.readings.ReadingsBy(ctx, account, at)
	return watched(by, rows), next, err
}

func watched(by authz.Principal, rows []*Reading) []*Reading {
	return slices.DeleteFunc(rows, func(r *Reading) bool { return r.Org != "" && !by.ActsFor(string(r.Org)) })
}
