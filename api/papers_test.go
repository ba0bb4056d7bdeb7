package api_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// plainPress prints what it is told as text: how papers look is tested with package paper. It fails at what it must not
// be given, and at the ticket that a test names.
type plainPress struct{ jam *atomic.Value }

func (p plainPress) Print(w api.Print) ([]byte, error) {
	if jam, _ := p.jam.Load().(string); jam != "" && w.Ticket == jam {
		return nil, errors.New("the press is jammed")
	}
	for _, line := range w.Form.Items {
		if v, ok := w.Item(line.Code); !ok || v.Version != line.Version {
			return nil, fmt.Errorf("%s is not in the release", line.Code)
		}
	}
	return fmt.Appendf(nil, "%s|%s|%s|%v|%d|%s|%s", w.Kind, w.Ticket, w.Sitting, w.Large, w.Minutes, w.Blueprint.ID, w.Form.Digest()), nil
}

// unpacked are the files of a packed one, by name.
func (w *world) unpacked(r reply) map[string]string {
	w.Helper()
	if r.status != 200 || r.header.Get("Content-Type") != "application/zip" || r.header.Get("Cache-Control") != "private, no-store, no-transform" {
		w.Fatalf("%d %v %.200s", r.status, r.header, r.body)
	}
	z, err := zip.NewReader(bytes.NewReader(r.body), int64(len(r.body)))
	check(w, err)
	files := map[string]string{}
	for _, f := range z.File {
		in, err := f.Open()
		check(w, err)
		b, err := io.ReadAll(in)
		check(w, err)
		files[f.Name] = string(b)
	}
	return files
}

func TestPapersOfARoom(t *testing.T) {
	w := newWorld(t)
	room := w.seats[0].Room
	at := "/sessions/" + string(w.session.ID) + "/papers/" + string(room)
	office := w.as("kaowu")
	files := w.unpacked(office.send("GET", v1+at+"?kind=questions&large=1", nil))
	seats := 0
	for _, s := range w.seats {
		if s.Room != room {
			continue
		}
		seats++
		file := files[fmt.Sprintf("seat-%03d-questions-large.pdf", s.No)]
		if !strings.HasPrefix(file, "questions|"+string(s.Ticket)+"|") || !strings.Contains(file, fmt.Sprintf("　%d号|true|", s.No)) {
			t.Errorf("seat %d: %q", s.No, file)
		}
	}
	if len(files) != seats {
		t.Errorf("%d files for %d seats", len(files), seats)
	}
	again := office.send("GET", v1+at+"?kind=questions&large=1", nil)
	if first := office.send("GET", v1+at+"?kind=questions&large=1", nil); !bytes.Equal(first.body, again.body) {
		t.Error("the same papers, other bytes")
	}
	desk := w.desk("kaowu")
	desk.sees("/sessions/"+string(w.session.ID)+"/draw", "印制试卷", at+".zip?from=1&amp;kind=sheet&amp;large=1")
	for query, want := range map[string]string{"kind=sheet": "-sheet", "kind=sheet&large=1": "-sheet-large"} {
		r := desk.raw("GET", at+".zip?from=1&"+query, "", nil)
		if name := r.header.Get("Content-Disposition"); !strings.Contains(name, string(room)+want+`-1.zip"`) {
			t.Errorf("%s is called %s", query, name)
		}
		for name := range w.unpacked(r) {
			if !strings.HasSuffix(name, want+".pdf") {
				t.Errorf("%s has %s", query, name)
			}
		}
	}
	d, err := store.New(w.db, ids.Random()).Draws().Draw(t.Context(), w.session.ID)
	check(t, err)
	if last := d.Trail[len(d.Trail)-1]; last.Action != "draw.printed" || !strings.HasPrefix(last.Note, string(room)+" sheet ") {
		t.Errorf("on record: %+v", last)
	}
}

func TestPapersAreKeptFrom(t *testing.T) {
	w := newWorld(t)
	path := v1 + "/sessions/" + string(w.session.ID) + "/papers/" + string(w.seats[0].Room)
	_, err := w.Gate.Create(t.Context(), operator(), accounts.New{Login: "kaowu-other", Password: demo.Password, Name: "别处考务", Roles: []authz.Role{authz.ExamOffice}, Org: "other"})
	check(t, err)
	w.undrawn()
	office, marker := w.as("kaowu"), w.as("yuejuan")
	w.as("kaowu-other").refused("GET", path+"?kind=questions", nil, 404, "session.not_found")
	office.refused("GET", v1+"/sessions/other/papers/"+string(w.seats[0].Room)+"?kind=questions", nil, 404, "draw.not_found")
	office.refused("GET", path+"?kind=book", nil, 422, "papers.kind")
	office.refused("GET", path+"?kind=sheet&from=1000", nil, 404, "papers.none")
	office.refused("GET", path+"?kind=key", nil, 403, "authz.forbidden")
	marker.refused("GET", path+"?kind=questions", nil, 403, "authz.forbidden")
	marker.refused("GET", path+"?kind=key", nil, 409, "papers.sealed")
	over := w.session.Theory.Closes.Add(w.Sittings.Grace())
	w.clock.Set(over.Add(-time.Millisecond))
	w.as("yuejuan").refused("GET", path+"?kind=key", nil, 409, "papers.sealed")
	w.clock.Set(over)
	for name := range w.unpacked(w.as("yuejuan").send("GET", path+"?kind=key", nil)) {
		if !strings.HasSuffix(name, "-key.pdf") {
			t.Errorf("the marker gets %s", name)
		}
	}
	for _, login := range []string{"kaowu", "jiankao1", "dudao", "tiku"} {
		w.as(login).refused("GET", path+"?kind=key", nil, 403, "authz.forbidden")
	}
	w.desk("yuejuan").sees("/sessions/"+string(w.session.ID)+"/seals/theory", "标准答案", "?kind=key&amp;from=1")
}

// What fails before the answer begins is a problem; what fails later breaks it off.
func TestAPressThatJams(t *testing.T) {
	w := newWorld(t)
	room := w.seats[0].Room
	path := v1 + "/sessions/" + string(w.session.ID) + "/papers/" + string(room) + "?kind=questions"
	first, last := w.edges(room)
	office := w.as("kaowu")
	w.jam.Store(string(first))
	if r := office.send("GET", path, nil); r.status != 500 || strings.Contains(string(r.body), "jammed") {
		t.Errorf("%d %s", r.status, r.body)
	}
	w.jam.Store(string(last))
	req, err := http.NewRequestWithContext(t.Context(), "GET", w.base+path, nil)
	check(t, err)
	req.Header.Set("Authorization", "Bearer "+office.token)
	resp, err := office.http.Do(req)
	if err == nil { // the connection may end before anything is sent
		_, err = io.ReadAll(resp.Body)
		check(t, resp.Body.Close())
	}
	if err == nil {
		t.Error("half a file looks whole")
	}
	w.jam.Store("")
	w.unpacked(office.send("GET", path, nil))
}

// edges are the tickets of the first and the last seat of a room.
func (w *world) edges(room sitting.RoomID) (first, last sitting.Ticket) {
	low, high := 0, 0
	for _, s := range w.seats {
		if s.Room != room {
			continue
		}
		if low == 0 || s.No < low {
			low, first = s.No, s.Ticket
		}
		if s.No > high {
			high, last = s.No, s.Ticket
		}
	}
	return first, last
}
