package questionbank

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// ItemType is the form of an item (题型).
type ItemType string

// The item types.
const (
	Single    ItemType = "single"    // 单选
	Multiple  ItemType = "multiple"  // 多选
	Judgement ItemType = "judgement" // 判断: its options are always 正确 and 错误, in this order
)

// ItemTypes lists the types in the order in which a form shows them.
func ItemTypes() []ItemType { return []ItemType{Single, Multiple, Judgement} }

// ItemVersion is one wording of an item. It never changes: an edit makes the next version, and a form keeps the version
// that it showed.
type ItemVersion struct {
	Code        string       `json:"code"`
	Version     int          `json:"version"` // from 1
	Level       engine.Level `json:"level"`
	Type        ItemType     `json:"type"`
	Province    string       `json:"province,omitempty"` // two digits of GB/T 2260 for a supplement, empty for the national bank
	Stem        string       `json:"stem"`               // stem, options and explanation are fragments of rich text
	Options     []string     `json:"options"`            // (questionbank/richtext)
	Key         []int        `json:"key"`                // indexes into Options, ascending
	Point       string       `json:"point"`              // code of the assessment point (鉴定点), A-A-B-002
	Difficulty  int          `json:"difficulty"`         // 1 easy to 5 hard
	Seconds     int          `json:"seconds"`            // expected answering time
	Explanation string       `json:"explanation,omitempty"`
	Source      string       `json:"source,omitempty"`
	Enemy       string       `json:"enemy,omitempty"` // group of items that must not meet in one form (相斥组)
	Sample      bool         `json:"sample,omitempty"`

	Author engine.PersonID `json:"author"`
	Reason string          `json:"reason,omitempty"` // of the edit
	At     time.Time       `json:"at"`
}

// Digest is the hex SHA-256 of everything in the version: a leaf of a release's digest.
func (v ItemVersion) Digest() string {
	b, err := json.Marshal(v)
	if err != nil {
		return "" // no value of this type fails to encode
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// State is where an item stands.
type State string

// The states, in the order of an item's life. A refusal leads back to draft, with its reason in the trail.
const (
	Draft     State = "draft"     // 草稿
	Reviewed  State = "reviewed"  // 已审题
	Consented State = "consented" // both authorities of the province consent; supplements only
	Filed     State = "filed"     // both national filing numbers are recorded; supplements only
	Admitted  State = "admitted"  // in a published release
	Suspended State = "suspended"
	Retired   State = "retired"
)

// Consent is one authority's word on the current version of a supplement item.
type Consent struct {
	Authority authz.Role      `json:"authority"` // Medical or Labour
	By        engine.PersonID `json:"by"`
	At        time.Time       `json:"at"`
}

// NationalFiling is the number under which a national authority has the item on file.
type NationalFiling struct {
	Authority authz.Role `json:"authority"` // Medical: 国家医保局; Labour: 人社部
	Number    string     `json:"number"`
	At        time.Time  `json:"at"`
}

// Admission says which version of an item a release took in.
type Admission struct {
	Release string    `json:"release"`
	Version int       `json:"version"`
	At      time.Time `json:"at"`

	Reviewer   engine.PersonID   `json:"reviewer,omitempty"`   // of the version; not noted in records from before
	Consenters []engine.PersonID `json:"consenters,omitempty"` // to a supplement
}

// Item is an item with all its versions. Reviewer, consents and filings speak of the newest version: an edit and a
// refusal drop them. Admissions are history and stay.
type Item struct {
	Code       string           `json:"code"`
	State      State            `json:"state"`
	Versions   []ItemVersion    `json:"versions"` // oldest first, at least one
	Reviewer   engine.PersonID  `json:"reviewer,omitempty"`
	Consents   []Consent        `json:"consents,omitempty"`
	Filings    []NationalFiling `json:"filings,omitempty"`
	Admissions []Admission      `json:"admissions,omitempty"` // oldest first, one for each release
	Suspender  engine.PersonID  `json:"suspender,omitempty"`  // while it is suspended

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"` // kept by the store, one more at every write
}

// Current is the newest version.
func (i *Item) Current() ItemVersion { return i.Versions[len(i.Versions)-1] }
