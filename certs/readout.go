package certs

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/engine/errs"
)

// Pages reads what the pages of an untrusted file show to people. It vouches for nothing, and no standing depends on it.
//   - Attached answers the attachment of a name; nil when there is none.
//   - Compare puts the pages of a file beside the recorded document that they resemble most, and tells of the fields as both
//     print them. A file whose text cannot be read is a Readout that is not Readable.
//
// An error is never about the file. Safe for concurrent use.
type Pages interface {
	Attached(ctx context.Context, pdf []byte, name string) ([]byte, error)
	Compare(ctx context.Context, pdf []byte, recorded [][]byte, fields []Field) (Readout, error)
}

// PageState is what a page shows where a recorded value stands.
type PageState string

// The states. Unclear is a value whose words do not tell: it has characters that cannot be read, or reads as recorded and
// looks otherwise.
const (
	PageSame    PageState = "same"
	PageDiffers PageState = "differs"
	PageGone    PageState = "gone"
	PageUnclear PageState = "unclear"
)

// Shown is a field as a page prints it beside the recorded page. Found is empty where nothing can be read.
type Shown struct {
	Key, Found, Recorded string
	State                PageState
}

// Readout is what the pages of a file show, for people to compare. Everything is empty where the text cannot be read.
type Readout struct {
	Readable bool
	Moved    bool     // the page is laid out otherwise than the recorded one: only words were compared
	Fields   []Shown  // that the recorded document prints, in the paper's order
	Added    []string // text that the recorded pages do not have
	Missing  []string // text of the recorded pages, besides the fields
	Photo    bool     // the photo looks otherwise
	Drawing  bool     // so does something else: codes, seal, lines
	Fault    error    // that kept the pages from being read and is not the file's, for the log
}

// Same reports whether nothing was found that differs.
func (r *Readout) Same() bool {
	for _, f := range r.Fields {
		if f.State != PageSame {
			return false
		}
	}
	return r.Readable && !r.Moved && len(r.Added) == 0 && len(r.Missing) == 0 && !r.Photo && !r.Drawing
}

// readout reads an altered file of an edition. It is nil where there is nobody to read or nothing to compare with.
func (v *Verifier) readout(ctx context.Context, pdf []byte, c *Certificate, e *Edition) (*Readout, error) {
	if v.ports.Pages == nil || v.ports.Files == nil {
		return nil, nil
	}
	var recorded [][]byte
	for _, files := range []Files{v.ports.Files, v.ports.Cards} {
		if files == nil {
			continue
		}
		f, err := files.File(ctx, c.Number, e.Version)
		switch {
		case errors.Is(err, ErrFile):
		case err != nil:
			return nil, err
		default:
			recorded = append(recorded, f.PDF)
		}
	}
	if len(recorded) == 0 {
		return nil, nil
	}
	r, err := v.ports.Pages.Compare(ctx, pdf, recorded, c.Credential(e).Fields())
	if err != nil {
		return &Readout{Fault: err}, nil
	}
	return &r, nil
}

// claimed looks up a file whose credential nobody finds who only looks at its bytes: a program wrote it anew.
func (v *Verifier) claimed(ctx context.Context, pdf []byte) (f found, err error) {
	if v.ports.Pages == nil {
		return f, nil
	}
	if f.text, err = v.ports.Pages.Attached(ctx, pdf, CredentialName); errs.KindOf(err) == errs.Unavailable {
		return f, err // asked again later it may be ours
	} else if err != nil {
		return f, nil // then nothing connects it with us
	}
	f.cert, f.says, err = v.recorded(ctx, f.text)
	return f, err
}
