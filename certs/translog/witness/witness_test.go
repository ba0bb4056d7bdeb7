package witness_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/certs/translog/witness"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

const origin = "cert.example/log"

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a log, a witness with its state in memory, and the way between them.
type world struct {
	testing.TB
	log    *translog.Log
	signer note.Signer
	trust  translog.Trust
	clock  *clock.Manual
	state  *memory
	server *httptest.Server
	client *witness.Client
	logged int
}

// memory is a State that fails when it is told to, before or after it kept what it was given.
type memory struct {
	mu     sync.Mutex
	text   []byte
	before error
	after  error
}

func (m *memory) Load() ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.text, nil
}

func (m *memory) Save(text []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.before != nil {
		return m.before
	}
	m.text = text
	return m.after
}

func newWorld(t testing.TB) *world {
	w := &world{TB: t, clock: clock.NewManual(time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)), state: &memory{}}
	secret, public, err := note.GenerateKey(nil, origin)
	noError(t, err)
	w.signer, err = note.NewSigner(secret)
	noError(t, err)
	_, key, err := ed25519.GenerateKey(nil)
	noError(t, err)
	cosigner, err := translog.NewCosigner("witness.example/w1", key, w.clock)
	noError(t, err)
	w.trust, err = translog.ReadTrust([]string{public}, []string{cosigner.VerifierKey()})
	noError(t, err)
	w.log = w.another()
	handler, err := witness.New(translog.Trust{Log: w.trust.Log}, cosigner, w.state)
	noError(t, err)
	w.server = httptest.NewServer(handler)
	t.Cleanup(w.server.Close)
	w.client = witness.NewClient(w.server.Client(), w.server.URL+"/", w.trust.Witnesses[0])
	return w
}

// another is a log with the same key, which may tell another history.
func (w *world) another() *translog.Log {
	l, err := translog.New(store.New(storetest.OpenSQLite(w), ids.Random()).Translog(), w.signer, w.trust, w.clock)
	noError(w, err)
	return l
}

// grow logs so many entries more, which no other log has, and publishes.
func (w *world) grow(l *translog.Log, n int) translog.Checkpoint {
	w.Helper()
	var batch []translog.Entry
	for range n {
		w.logged++
		leaf := translog.Leaf{Event: translog.Issued, Commitment: [32]byte{byte(w.logged), byte(w.logged >> 8)}}
		batch = append(batch, translog.Entry{ID: fmt.Sprint(w.logged), Data: leaf.Bytes()})
	}
	_, err := l.Append(w.Context(), batch)
	noError(w, err)
	c, err := l.Publish(w.Context())
	noError(w, err)
	return c
}

// TestLogIsWitnessed: a log asks at every step, from whatever the witness remembers, and keeps what it is given.
func TestLogIsWitnessed(t *testing.T) {
	w := newWorld(t)
	for _, n := range []int{1, 5, 250, 300, 1} {
		c := w.grow(w.log, n)
		client := w.client
		if n == 300 { // another process of the log, which does not know what the witness has
			client = witness.NewClient(w.server.Client(), w.server.URL, w.trust.Witnesses[0])
		}
		signed, err := client.Ask(t.Context(), w.log, c)
		noError(t, err)
		noError(t, w.log.AddCosignature(t.Context(), signed))
		got, err := w.log.Latest(t.Context())
		if err != nil || len(got.Cosigned) != 1 || got.Cosigned[0].Witness != "witness.example/w1" || !got.Cosigned[0].At.Equal(w.clock.Now()) {
			t.Fatalf("%v, %v", got.Cosigned, err)
		}
		kept, err := w.trust.Open(w.state.text)
		if err != nil || kept.Size != c.Size {
			t.Fatalf("the witness keeps %d, %v", kept.Size, err)
		}
		_, err = client.Ask(t.Context(), w.log, got) // asking twice is harmless
		noError(t, err)
	}
}

// TestAnotherHistoryIsRefused: a log that shows the witness a fork, or less than before, gets no signature.
func TestAnotherHistoryIsRefused(t *testing.T) {
	w := newWorld(t)
	first := w.grow(w.log, 10)
	_, err := w.client.Ask(t.Context(), w.log, first)
	noError(t, err)
	for name, c := range map[string]struct {
		n    int
		want error
	}{"as long": {10, witness.ErrConflict}, "longer": {300, witness.ErrConflict}, "shorter": {3, witness.ErrAhead}} {
		fork := w.another()
		forked := w.grow(fork, c.n)
		fresh := witness.NewClient(w.server.Client(), w.server.URL, w.trust.Witnesses[0])
		for _, client := range []*witness.Client{w.client, fresh} {
			if _, err := client.Ask(t.Context(), fork, forked); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	kept, err := w.trust.Open(w.state.text)
	if err != nil || kept.Root != first.Root {
		t.Errorf("the witness keeps %s, %v", kept.Root, err)
	}
}

func (w *world) post(body []byte) (status int, kind, text string) {
	w.Helper()
	r, err := w.server.Client().Post(w.server.URL+"/add-checkpoint", "text/plain", bytes.NewReader(body))
	noError(w, err)
	b, err := io.ReadAll(r.Body)
	noError(w, errors.Join(err, r.Body.Close()))
	return r.StatusCode, r.Header.Get("Content-Type"), string(b)
}

// TestStatuses are those of the protocol, for each thing that may be wrong.
func TestStatuses(t *testing.T) {
	w := newWorld(t)
	c := w.grow(w.log, 5)
	_, err := w.client.Ask(t.Context(), w.log, c)
	noError(t, err)
	next := w.grow(w.log, 5)
	proof := ""
	hashes, err := w.log.ProveConsistency(t.Context(), 5, 10)
	noError(t, err)
	for _, h := range hashes {
		proof += h.String() + "\n"
	}
	stranger := newWorld(t)
	strange := string(stranger.grow(stranger.log, 10).Note)
	good := string(next.Note)
	for name, tt := range map[string]struct {
		body string
		want int
		text string
	}{
		"empty":                  {"", 400, ""},
		"no old":                 {"\n\n" + good, 400, ""},
		"leading zero":           {"old 05\n" + proof + "\n" + good, 400, ""},
		"negative":               {"old -5\n" + proof + "\n" + good, 400, ""},
		"no empty line":          {"old 5\n" + proof + good, 400, ""},
		"bad hash":               {"old 5\nAAAA\n\n" + good, 400, ""},
		"too many hashes":        {"old 5\n" + strings.Repeat(hashes[0].String()+"\n", 64) + "\n" + good, 400, ""},
		"too long":               {"old 5\n\n" + good + strings.Repeat("a", 64<<10), 400, ""},
		"old above the new":      {"old 11\n\n" + good, 400, ""},
		"another log":            {"old 5\n\n" + strings.Replace(good, origin, "other.example/log", 1), 404, ""},
		"signed by a stranger":   {"old 5\n\n" + strange, 403, ""},
		"changed":                {"old 5\n\n" + strings.Replace(good, "\n10\n", "\n12\n", 1), 403, ""},
		"from the beginning":     {"old 0\n\n" + good, 409, "5\n"},
		"from elsewhere":         {"old 6\n" + proof + "\n" + good, 409, "5\n"},
		"no proof":               {"old 5\n\n" + good, 422, ""},
		"another proof":          {"old 5\n" + strings.Repeat(hashes[0].String()+"\n", len(hashes)) + "\n" + good, 422, ""},
		"proof with a hash more": {"old 5\n" + proof + hashes[0].String() + "\n\n" + good, 422, ""},
	} {
		status, kind, text := w.post([]byte(tt.body))
		if status != tt.want || text != tt.text || (status == 409) != (kind == "text/x.tlog.size") {
			t.Errorf("%s: %d %s %q, want %d %q", name, status, kind, text, tt.want, tt.text)
		}
	}
	status, _, line := w.post([]byte("old 5\n" + proof + "\n" + good))
	if status != 200 || !strings.HasPrefix(line, "— witness.example/w1 ") || strings.Count(line, "\n") != 1 {
		t.Errorf("the good one: %d %q", status, line)
	}
	for path, want := range map[string]int{"/add-checkpoint": 405, "/": 404, "/other": 404} {
		r, err := w.server.Client().Get(w.server.URL + path)
		noError(t, err)
		noError(t, r.Body.Close())
		if r.StatusCode != want {
			t.Errorf("GET %s: %d", path, r.StatusCode)
		}
	}
}

// TestSignsOnlyWhatItKept: while the state cannot be kept nothing is signed; a state that was kept after all is gone on from.
func TestSignsOnlyWhatItKept(t *testing.T) {
	w := newWorld(t)
	c := w.grow(w.log, 5)
	full := errors.New("the disk is full")
	for _, m := range []func(){func() { w.state.before = full }, func() { w.state.before, w.state.after = nil, full }} {
		m()
		if _, err := w.client.Ask(t.Context(), w.log, c); !errors.Is(err, witness.ErrRefused) {
			t.Fatalf("%v", err)
		}
	}
	w.state.after = nil
	_, err := w.client.Ask(t.Context(), w.log, c)
	noError(t, err)
}

// TestManyAtOnce: of requests that start from the same checkpoint one advances the witness, and no two that it signed are
// inconsistent.
func TestManyAtOnce(t *testing.T) {
	w := newWorld(t)
	logs := []*translog.Log{w.another(), w.another(), w.another(), w.another()}
	var points []translog.Checkpoint
	for _, l := range logs {
		points = append(points, w.grow(l, 7))
	}
	var mu sync.Mutex
	signed := 0
	var all sync.WaitGroup
	for i, l := range logs {
		all.Go(func() {
			c := witness.NewClient(w.server.Client(), w.server.URL, w.trust.Witnesses[0])
			if _, err := c.Ask(t.Context(), l, points[i]); err == nil {
				mu.Lock()
				signed++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if signed != 1 {
		t.Errorf("%d histories were signed", signed)
	}
}

// TestAnswersThatAreNotTaken: the log believes no answer that is not the witness's signature on its own checkpoint.
func TestAnswersThatAreNotTaken(t *testing.T) {
	w := newWorld(t)
	c := w.grow(w.log, 5)
	other := newWorld(t)
	o := other.grow(other.log, 5)
	signed, err := other.client.Ask(t.Context(), other.log, o)
	noError(t, err)
	foreign := string(signed[bytes.LastIndex(signed, []byte("— ")):])
	for name, tt := range map[string]struct {
		status int
		kind   string
		text   string
		want   error
	}{
		"nothing":               {200, "text/plain", "", witness.ErrRefused},
		"another key":           {200, "text/plain", foreign, witness.ErrRefused},
		"no signature":          {200, "text/plain", "hello\n", witness.ErrRefused},
		"very long":             {200, "text/plain", strings.Repeat(foreign, 1000), witness.ErrRefused},
		"error":                 {500, "text/plain", "", witness.ErrRefused},
		"size of no form":       {409, "text/x.tlog.size", "05\n", witness.ErrRefused},
		"size as another type":  {409, "text/plain", "3\n", witness.ErrRefused},
		"larger":                {409, "text/x.tlog.size", "6\n", witness.ErrAhead},
		"the same again":        {409, "text/x.tlog.size", "0\n", witness.ErrConflict},
		"never content":         {409, "text/x.tlog.size", "3\n", witness.ErrConflict},
		"proof does not please": {422, "text/plain", "", witness.ErrConflict},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Content-Type", tt.kind)
			out.WriteHeader(tt.status)
			_, _ = io.WriteString(out, tt.text)
		}))
		client := witness.NewClient(s.Client(), s.URL, w.trust.Witnesses[0])
		if _, err := client.Ask(t.Context(), w.log, c); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
		s.Close()
		if _, err := client.Ask(t.Context(), w.log, c); err == nil {
			t.Errorf("%s: a witness that is gone signed", name)
		}
	}
}

// TestStateFile: the state outlives the witness, one witness at a time has it, and one that has gone is no new beginning.
func TestStateFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "state")
	f, made, err := witness.OpenFile(name)
	if err != nil || !made {
		t.Fatalf("made %v, %v", made, err)
	}
	if _, _, err := witness.OpenFile(name); !errors.Is(err, witness.ErrInUse) {
		t.Errorf("a second witness: %v", err)
	}
	noError(t, f.Save([]byte("first")))
	noError(t, f.Save([]byte("second")))
	noError(t, f.Close())
	f, made, err = witness.OpenFile(name)
	if err != nil || made {
		t.Fatalf("made %v, %v", made, err)
	}
	if b, err := f.Load(); err != nil || string(b) != "second" {
		t.Errorf("%q, %v", b, err)
	}
	w := newWorld(t)
	_, key, err := ed25519.GenerateKey(nil)
	noError(t, err)
	cosigner, err := translog.NewCosigner("w", key, w.clock)
	noError(t, err)
	if _, err := witness.New(w.trust, cosigner, f); !errors.Is(err, translog.ErrCheckpoint) {
		t.Errorf("over the state of something else: %v", err)
	}
	noError(t, os.Remove(name))
	if _, err := f.Load(); err == nil {
		t.Error("a state that has gone was loaded")
	}
	noError(t, f.Close())
}
