package api_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
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

// TestWhatIsWrongIsToldInEnglish: with an input, with a file, with what was looked at in it, and to programs by its name; each
// says what to do now.
func TestWhatIsWrongIsToldInEnglish(t *testing.T) {
	w := newWorld(t)
	c := w.browser()
	c.visit("/preferences?lang=en&back=/verify")
	c.press("/verify", "number", "", "name", "")
	c.shows("nothing typed", []string{"Certificate number: Give the certificate number", "Name: Give the name"}, "请填写", "Choose the original PDF")
	for name, f := range map[string]struct {
		data string
		says []string
	}{
		"nothing":       {"", []string{"File: The file is empty", "Choose the original PDF"}},
		"text":          {"hello", []string{"This is not a PDF file", "Choose the original PDF"}},
		"no seal":       {"%PDF-1.7 hello", []string{"Electronic seal: failed", "The file carries no seal"}},
		"20 MB and one": {strings.Repeat("x", 20<<20+1), []string{"The file is larger than 20 MB", "Choose the original PDF"}},
		"22 MB":         {strings.Repeat("x", 22<<20), []string{"The file is larger than 20 MB", "choose the PDF that the holder downloads here"}},
	} {
		c.visit("/verify")
		c.upload("/verify/file", "a.pdf", []byte(f.data))
		c.shows(name, f.says, "请选择", "文件")
	}
	for body, named := range map[string]string{`{"number":"x","nam":"y"}`: `"name":"nam","code":"unknown"`, `{"number":1}`: `"name":"number","code":"type"`,
		`{"number"`: `"name":"body","code":"json"`} {
		r := w.program("").send("POST", "/api/v1/verification", body)
		if r.status != http.StatusUnprocessableEntity || !strings.Contains(string(r.body), named) {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
}

// TestARefusedDecisionLeadsToItsForm: what is wrong stands at the head of the page and beside its input, where the page opens.
func TestARefusedDecisionLeadsToItsForm(t *testing.T) {
	w := newWorld(t)
	page, c := "/certificates/"+string(w.issued().Number), w.desk("zhengshu")
	c.visit(page)
	c.press(page+"/motion", "grounds", "举报", "evidence", "")
	c.shows("no evidence", []string{"依据：请写明依据", `href="#do-motion"`, `id="do-motion" open`, `value="举报"`, `aria-invalid="true" autofocus`, `id="motion-evidence-bad"`},
		"请写明理由", `id="motion-grounds-bad"`)
	if head := strings.Index(c.last, `role="alert"`); head < 0 || head > strings.Index(c.last, `id="h-printed"`) {
		t.Error("what is wrong does not stand at the head of the page")
	}
	c.visit("/preferences?lang=en&back=" + page)
	c.press(page+"/motion", "grounds", strings.Repeat("x", 3000), "evidence", "单")
	c.shows("too long", []string{"Grounds: At most 200 characters"}, "Write down why", "依据：")
	office := w.desk("kaowu")
	office.visit("/preferences?lang=en&back=" + page)
	office.upload(page+"/holder", "a.png", []byte("not a photo"))
	office.shows("the holder", []string{"Reason: Write down why", "Photo: The photo must be a JPG file", `id="h-reason-bad"`, `id="h-file-bad"`}, "请写明", "照片应为")
}
