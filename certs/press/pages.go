package press

import (
	"context"
	"errors"
	"slices"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/certs/pdf/readout"
	"github.com/skillcert/skillcert/engine/clock"
)

// Pages is certs.Pages: it knows how the press prints what a credential states.
type Pages struct{ reader *readout.Reader }

// NewPages returns Pages that read by r.
func NewPages(r *readout.Reader) *Pages { return &Pages{r} }

// Attached is certs.Pages.
func (p *Pages) Attached(ctx context.Context, file []byte, name string) ([]byte, error) {
	content, err := p.reader.Attached(ctx, file, name)
	if errors.Is(err, readout.ErrUnreadable) {
		return nil, nil
	}
	return content, err
}

// Compare is certs.Pages.
func (p *Pages) Compare(ctx context.Context, file []byte, recorded [][]byte, fields []certs.Field) (certs.Readout, error) {
	read, err := p.reader.Read(ctx, file)
	if errors.Is(err, readout.ErrUnreadable) || errors.Is(err, readout.ErrBusy) {
		return certs.Readout{}, nil
	}
	if err != nil {
		return certs.Readout{}, err
	}
	ours, err := p.likest(ctx, read, recorded)
	if err != nil {
		return certs.Readout{}, err
	}
	return readoutOf(readout.Compare(read, ours, printed(fields))), nil
}

// likest is the first of the recorded documents whose pages have the size of the file's, otherwise the first.
func (p *Pages) likest(ctx context.Context, file *readout.File, recorded [][]byte) (first *readout.File, err error) {
	for n, pdf := range recorded {
		f, err := p.reader.Read(ctx, pdf)
		if err != nil {
			return nil, err
		}
		if readout.Alike(file, f) {
			return f, nil
		}
		if n == 0 {
			first = f
		}
	}
	return first, nil
}

// printed are fields as Press prints them. The filing number has no place of its own: it begins the certificate's.
func printed(fields []certs.Field) (all []readout.Field) {
	for _, f := range fields {
		switch f.Key {
		case "filing":
			continue
		case "issued_on":
			if d, err := clock.ParseDate(f.Value); err == nil {
				f.Value = pdf.DateText(d)
			}
		}
		all = append(all, readout.Field{Key: f.Key, Text: f.Value}, readout.Field{Key: f.Key, Text: f.English})
	}
	return all
}

func readoutOf(r readout.Report) certs.Readout {
	added, missing := onlyIn(r.Added, r.Missing), onlyIn(r.Missing, r.Added)
	moved := r.Moved || len(added) < len(r.Added) // the same words at another place
	out := certs.Readout{Readable: r.Readable, Moved: moved, Added: added, Missing: missing, Photo: r.Photo, Drawing: r.Drawing}
	for _, row := range r.Rows {
		out.Fields = append(out.Fields, certs.Shown{Key: row.Key, Found: row.Found, Recorded: row.Recorded, State: certs.PageState(row.State)})
	}
	return out
}

// onlyIn are the texts that others does not have: what both have says to nobody what was changed.
func onlyIn(texts, others []string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(t string) bool { return slices.Contains(others, t) })
}
