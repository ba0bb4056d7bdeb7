// Package record is the one neutral form that every file format of items is read into and written from.
package record

import (
	"fmt"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
)

// Place is where in a file something stands: a sheet and row of a table, a line of a text, an element of a package's
// file.
type Place struct {
	File    string `json:"file,omitempty"`    // sheet, or file within a package
	Row     int    `json:"row,omitempty"`     // row of a table or line of a text, from 1; 0 for the file as a whole
	Element string `json:"element,omitempty"` // of markup
	Item    string `json:"item,omitempty"`    // code of the item, where it is known
}

// String is how a person is told of the place.
func (p Place) String() string {
	s := p.File
	if p.Row > 0 {
		s += fmt.Sprintf(" 第 %d 行", p.Row)
	}
	if p.Element != "" {
		s += " <" + p.Element + ">"
	}
	if p.Item != "" {
		s += "（" + p.Item + "）"
	}
	return s
}

// Draft is one item as a file has it, with the images that came along and the place where it stands. Author, time and
// version are not exchanged: whoever imports is the author of a new version.
type Draft struct {
	questionbank.ItemVersion
	Images []questionbank.Image `json:"-"`
	At     Place                `json:"at"`
}

// Problem is an item, or a part of one, that was put aside (隔离).
type Problem struct {
	Place
	Field string `json:"field,omitempty"` // column or part of the item
	Found string `json:"found,omitempty"`
	Want  string `json:"want"` // what should stand there; of CodeContent the rule that is broken, a whole sentence
	Code  string `json:"code"`
}

// String is the sentence shown to the person who sent the file.
func (p Problem) String() string {
	s := p.Place.String()
	if p.Field != "" {
		s += "“" + p.Field + "”"
	}
	if p.Found != "" {
		s += "为“" + p.Found + "”，"
	}
	if p.Code == CodeContent {
		return strings.TrimSuffix(s, "，") + "：" + p.Want
	}
	return s + "应为" + p.Want
}

// Dropped is something of a file that the bank has no place for and that was left out of an item that is otherwise
// taken, or a question of a kind that the bank does not have.
type Dropped struct {
	Place
	What string `json:"what"`
	Why  string `json:"why,omitempty"`
}

// Loss is what a format cannot hold of an item that was written into it. Whole says that the item was left out.
type Loss struct {
	Item  string `json:"item"`
	Field string `json:"field"`
	What  string `json:"what"`
	Whole bool   `json:"whole,omitempty"`
}

// Batch is what one file holds.
type Batch struct {
	Name     string    `json:"name"`
	Format   string    `json:"format"`
	Encoding string    `json:"encoding,omitempty"`
	Drafts   []Draft   `json:"-"`
	Problems []Problem `json:"problems"`
	Dropped  []Dropped `json:"dropped"`
}

// Options say of every item of a file what the file itself does not say. Nothing is assumed without them: an item that
// then lacks its point or difficulty is put aside.
type Options struct {
	Level      engine.Level // where a file gives one too, both must agree
	Province   string
	Point      string
	Difficulty int
	Seconds    int
	Source     string
	Prefix     string // of the codes of items that have none; empty is "X-"
}

// Codes of the problems that are found in every format.
const (
	CodeMissing  = "item.missing"     // the file does not say it, and neither do the options
	CodeContent  = "item.content"     // refused by the rules of the bank
	CodeRepeated = "item.repeated"    // a code that an earlier item of the file has
	CodeLevel    = "item.level"       // another level than that of the import
	CodeMedia    = "item.media"       // an image or other medium that the bank cannot show
	CodeKind     = "item.unsupported" // an item built in a way that the bank does not have
	CodeKey      = "item.key"         // no certain key
)

// Keep passes on what a writer needs besides the items.
type Keep struct {
	Image  func(digest string) (*questionbank.Image, error) // nil where no item has an image
	Tables map[engine.Level]*questionbank.ElementTable      // names of ranges and points, where the format has a place for them
}
