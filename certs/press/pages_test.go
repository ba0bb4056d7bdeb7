package press_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/pdf/readout"
	"github.com/skillcert/skillcert/certs/press"
	"github.com/skillcert/skillcert/engine"
)

var _ certs.Pages = (*press.Pages)(nil)

// newPages reads by a sandbox that an earlier run of tests made, where there is one: making it takes seconds, and minutes
// where races are looked for.
func newPages() *press.Pages {
	kept, err := os.UserCacheDir()
	if err != nil {
		kept = os.TempDir()
	}
	return press.NewPages(readout.New(filepath.Join(kept, "skillcert-readout")))
}

// TestPages: every field that the press prints is found where it prints it, on both documents, and a page with another
// level, with the credential of the recorded one and no seal, is told from it in the level alone.
func TestPages(t *testing.T) {
	p, _ := newPress(t, true)
	pages, c := newPages(), certificate()
	c.Version, c.Kind, c.Remark = 2, "corrected", "更正"
	as := func(k certs.Kind, level engine.Level) []byte {
		d := draft(t, c, photo(t), noon())
		edition := *d.Edition
		edition.Level = level
		d.Kind, d.Edition = k, &edition
		out, err := p.Page(d)
		check(t, err)
		return out
	}
	recorded := [][]byte{as(certs.KindCertificate, engine.Level4), as(certs.KindCard, engine.Level4)}
	for _, k := range []certs.Kind{certs.KindCertificate, certs.KindCard} {
		forged := as(k, engine.Level3)
		credential, err := pages.Attached(t.Context(), forged, certs.CredentialName)
		check(t, err)
		if s, ok := certs.ParseCredential(credential); !ok || s.Level != engine.Level4 {
			t.Fatalf("%s: attached is %s", k, credential)
		}
		r, err := pages.Compare(t.Context(), forged, recorded, c.Credential(&c.Edition).Fields())
		check(t, err)
		if !r.Readable || r.Moved || len(r.Fields) != len(c.Credential(&c.Edition).Fields())-1 || r.Photo {
			t.Errorf("%s: %+v", k, r)
		}
		for _, f := range r.Fields {
			want := certs.PageSame
			if f.Key == "level" {
				want = certs.PageDiffers
			}
			if f.State != want || f.Recorded == "" || f.Key == "level" && f.Found != "三级/高级工 Level 3, Advanced" {
				t.Errorf("%s: %+v", k, f)
			}
		}
	}
	if r, err := pages.Compare(t.Context(), []byte("证书"), recorded, nil); err != nil || r.Readable {
		t.Errorf("no PDF: %+v, %v", r, err)
	}
	if got, err := pages.Attached(t.Context(), []byte("证书"), certs.CredentialName); err != nil || got != nil {
		t.Errorf("no PDF: %s, %v", got, err)
	}
}
