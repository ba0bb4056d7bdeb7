package api_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine/ids"
)

// told is certs.Pages that tells what a test wants it to.
type told struct {
	certs.Readout
	fault error
}

func (told) Attached(context.Context, []byte, string) ([]byte, error) { return nil, nil }

func (r told) Compare(context.Context, []byte, [][]byte, []certs.Field) (certs.Readout, error) {
	return r.Readout, r.fault
}

// TestWhatAnAlteredPageShows: an edited level stands beside the recorded one, on the page and to programs; a page that
// nobody can read is never one without differences; the standing is altered whatever is read.
func TestWhatAnAlteredPageShows(t *testing.T) {
	w := newWorld(t)
	cert := w.issued()
	altered := append(bytes.Clone(w.pdfOf(cert.Number)), '\n')
	level := func(found string, state certs.PageState) []certs.Shown {
		return []certs.Shown{{Key: "name", Found: rareName, Recorded: rareName, State: certs.PageSame}, {Key: "level", Found: found, Recorded: "五级/初级工", State: state}}
	}
	const unreadable, same, differs = "文字读不出来，请用眼睛对照", "页面上读到的文字与登记的相同", "文件页面上印的与登记的不一样"
	for _, c := range []struct {
		name    string
		told    told
		with    []string
		without []string
	}{
		{"another level", told{Readout: certs.Readout{Readable: true, Fields: level("三级/高级工", certs.PageDiffers), Added: []string{"Level <3>"}, Photo: true}},
			[]string{differs, "三级/高级工", "五级/初级工", "不同", "Level &lt;3&gt;", "文件中的照片不是登记的那一张"}, []string{unreadable, same}},
		{"the level gone", told{Readout: certs.Readout{Readable: true, Fields: level("", certs.PageGone), Drawing: true, Moved: true}},
			[]string{differs, "没有读到", "没有了", "二维码、印章或线条", "只对照了文字"}, []string{unreadable, same}},
		{"nothing", told{Readout: certs.Readout{Readable: true, Fields: level("五级/初级工", certs.PageSame)}}, []string{same, "相同", "不要使用这个文件"}, []string{differs}},
		{"a scan", told{}, []string{unreadable, "读不出来不等于没有改动", "与文件页面上的照片对照"}, []string{same, differs, "是同一张"}},
		{"a broken reader", told{fault: errors.New("/no/such/place")}, []string{unreadable}, []string{same, differs, "/no/such/place"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var noted bytes.Buffer
			w.read(c.told, slog.New(slog.NewTextHandler(&noted, nil)))
			page := w.browser()
			page.visit("/verify")
			page.upload("/verify/file", "a.pdf", altered)
			if same, other := strings.Index(page.last, `class="page-same`), strings.Index(page.last, `class="page-differs`); same >= 0 && same < other {
				t.Error("what is the same stands before what differs")
			}
			page.shows(c.name, append(c.with, "answer-altered"), append(c.without, "answer-valid")...)
			a := answerOf(t, w.program("").uploadJSON("/api/v1/verification/file", "a.pdf", altered, nil))
			if p := a.Pages; a.Standing != certs.StandingAltered || p == nil || p.Readable != c.told.Readable || len(p.Fields) != len(c.told.Fields) ||
				len(p.Fields) > 0 && (p.Fields[1] != api.PageField{Field: "level", Found: c.told.Fields[1].Found, Recorded: "五级/初级工", State: c.told.Fields[1].State}) {
				t.Errorf("to programs: %s, %+v", a.Standing, p)
			}
			if got := bytes.Contains(noted.Bytes(), []byte("pages of a file were not read")); got != (c.told.fault != nil) {
				t.Errorf("the log: %s", noted.Bytes())
			}
			page.visit("/verify")
			page.upload("/verify/file", "a.pdf", w.pdfOf(cert.Number))
			page.shows("the file itself", []string{"answer-valid"}, `class="clash"`)
		})
	}
}

// read has files read by p from now on.
func (w *world) read(p certs.Pages, log *slog.Logger) {
	w.Helper()
	ports, sv := w.certs, w.Services
	ports.Pages = p
	sv.Verifier = certs.NewVerifier(ports, certs.Trusted{Roots: w.seals.Trust(), Log: w.Translog.Trust()}, w.clock, 0)
	server, err := api.New(sv, generous, w.ring, w.clock, ids.Random(), log)
	check(w, err)
	w.server = server
	w.serve()
}
