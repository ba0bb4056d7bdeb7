package certs_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine/errs"
)

// readers say what they are told, and note what they were asked.
type readers struct {
	attached []byte
	fault    error
	opened   int
	compared [][]byte
	fields   []certs.Field
}

func (r *readers) Attached(_ context.Context, _ []byte, name string) ([]byte, error) {
	if r.opened++; name != certs.CredentialName {
		return nil, errors.New(name)
	}
	return r.attached, r.fault
}

func (r *readers) Compare(_ context.Context, _ []byte, recorded [][]byte, fields []certs.Field) (certs.Readout, error) {
	r.compared, r.fields = recorded, fields
	return certs.Readout{Readable: true, Fields: []certs.Shown{{Key: "level", Found: "三级", Recorded: "四级", State: certs.PageDiffers}}}, r.fault
}

// TestAlteredPagesAreRead: the pages of a file are read when it was ours and is not any more, and change no standing.
func TestAlteredPagesAreRead(t *testing.T) {
	o := newOffice(t, 2)
	c := o.issue(t, 0)
	pdf := o.file(t, c.Number)
	card, err := o.Card(t.Context(), holder(0), c.Number)
	check(t, err)
	text, err := c.Credential(&c.Edition).Encode()
	check(t, err)
	wrong := *c
	wrong.Token = o.issue(t, 1).Token
	guessed, err := wrong.Credential(&wrong.Edition).Encode()
	check(t, err)
	anew := []byte("%PDF-1.7\nwritten anew, everything in it compressed")
	broken := errors.New("the sandbox does not open")
	for name, f := range map[string]struct {
		pdf, attached []byte
		fault         error
		want          certs.Standing
		read          bool
	}{
		"whole":                           {pdf: pdf, want: certs.StandingValid},
		"byte appended":                   {pdf: append(bytes.Clone(pdf), '\n'), want: certs.StandingAltered, read: true},
		"written anew":                    {pdf: anew, attached: text, want: certs.StandingAltered, read: true},
		"written anew, nothing attached":  {pdf: anew, want: certs.StandingUnknown},
		"with a guessed token":            {pdf: anew, attached: guessed, want: certs.StandingUnknown},
		"the reader broken":               {pdf: append(bytes.Clone(pdf), '\n'), fault: broken, want: certs.StandingAltered},
		"the reader broken, written anew": {pdf: anew, attached: text, fault: broken, want: certs.StandingUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			r := &readers{attached: f.attached, fault: f.fault}
			ports := o.ports
			ports.Pages = r
			a, err := certs.NewVerifier(ports, o.trusted(), o.clock, 0).ByFile(t.Context(), f.pdf)
			check(t, err)
			if a.Standing != f.want || (a.Readout != nil && a.Readout.Readable) != f.read {
				t.Fatalf("%s, %+v", a.Standing, a.Readout)
			}
			if f.want == certs.StandingValid && r.opened > 0 {
				t.Error("a file that is ours was opened")
			}
			if a.Readout == nil {
				return
			}
			if len(r.compared) != 2 || !bytes.Equal(r.compared[0], pdf) || !bytes.Equal(r.compared[1], card.PDF) {
				t.Errorf("compared with %d documents", len(r.compared))
			}
			if !errors.Is(a.Readout.Fault, f.fault) || asJSON(t, r.fields) != asJSON(t, c.Credential(&c.Edition).Fields()) {
				t.Errorf("%v, %+v", a.Readout.Fault, r.fields)
			}
		})
	}
}

// While the reader has others in line nobody is told that a file is unknown.
func TestABusyReaderSaysNothingOfAFile(t *testing.T) {
	o := newOffice(t, 1)
	busy := errs.New(errs.Unavailable, "readout.busy", "正在读取别的文件，请稍后再试")
	ports := o.ports
	ports.Pages = &readers{fault: busy}
	_, err := certs.NewVerifier(ports, o.trusted(), o.clock, 0).ByFile(t.Context(), []byte("%PDF-1.7\nwritten anew, everything in it compressed"))
	if !errors.Is(err, busy) {
		t.Errorf("%v", err)
	}
}

func TestReadoutIsTheSameOnlyWhenAllIs(t *testing.T) {
	same := certs.Readout{Readable: true, Fields: []certs.Shown{{Key: "level", State: certs.PageSame}}}
	if !same.Same() {
		t.Error("nothing differs, and yet")
	}
	for name, edit := range map[string]func(*certs.Readout){
		"unreadable": func(r *certs.Readout) { *r = certs.Readout{} }, "moved": func(r *certs.Readout) { r.Moved = true },
		"a field gone": func(r *certs.Readout) { r.Fields = []certs.Shown{{State: certs.PageGone}} },
		"text added":   func(r *certs.Readout) { r.Added = []string{"三级"} }, "text missing": func(r *certs.Readout) { r.Missing = []string{"演示"} },
		"photo": func(r *certs.Readout) { r.Photo = true }, "drawing": func(r *certs.Readout) { r.Drawing = true },
	} {
		r := same
		if edit(&r); r.Same() {
			t.Errorf("%s: called the same", name)
		}
	}
}
