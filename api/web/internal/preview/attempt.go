package preview

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine/clock"
)

// Entry is one change of an answer, as the exam page sends it.
type Entry struct {
	Seq      int    `json:"seq"`
	Item     int    `json:"item"`
	Chosen   []int  `json:"chosen"`
	Flag     bool   `json:"flag"`
	Kind     string `json:"kind"`
	Window   string `json:"window"`
	ClientAt string `json:"client_at"`
}

// Attempt is an attempt kept in memory that follows the save protocol. Down and SignedOut play outages.
type Attempt struct {
	mu        sync.Mutex
	clock     clock.Clock
	log       []Entry
	closes    time.Time
	submitted bool
	down      bool
	signedOut bool
	loseReply bool
	paused    bool
	seat      int
	elsewhere bool
	voided    bool
}

// NewAttempt is an attempt that has ninety minutes to run.
func NewAttempt(c clock.Clock) *Attempt {
	return &Attempt{clock: c, closes: c.Now().Add(90 * time.Minute), seat: 7}
}

// Set changes how the attempt answers: unreachable, signed out, or storing without its reply arriving.
func (a *Attempt) Set(down, signedOut, loseReply bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.down, a.signedOut, a.loseReply = down, signedOut, loseReply
}

// Order pauses the exam or lets it go on, and gives the candidate a seat.
func (a *Attempt) Order(paused bool, seat int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.paused, a.seat = paused, seat
}

// Void cancels the candidate's qualification.
func (a *Attempt) Void() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.voided = true
}

// Elsewhere has another computer hold the paper, until an invigilator lets the candidate go on at this one.
func (a *Attempt) Elsewhere(yes bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.elsewhere = yes
}

// CloseIn moves the end of the exam.
func (a *Attempt) CloseIn(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closes = a.clock.Now().Add(d)
}

// Log returns what is stored.
func (a *Attempt) Log() []Entry {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.log)
}

// Append stores an entry as if another computer had sent it.
func (a *Attempt) Append(e Entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e.Seq = len(a.log) + 1
	a.log = append(a.log, e)
}

// Submitted reports whether the attempt was handed in.
func (a *Attempt) Submitted() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.submitted
}

// handedIn is the attempt of the receipts that are shown.
const handedIn = "handed-in"

// onHold is the attempt of who waits for the release after the opening.
const onHold = "on-hold"

func (a *Attempt) routes(mux *http.ServeMux) {
	const base = "/api/v1/attempts/{id}/"
	mux.HandleFunc("POST "+base+"paper", a.guard(a.paper))
	mux.HandleFunc("GET "+base+"clock", a.guard(a.tell))
	mux.HandleFunc("GET /api/v1/attempts/"+handedIn+"/clock", func(w http.ResponseWriter, _ *http.Request) {
		now := stamp(a.clock.Now())
		reply(w, http.StatusOK, map[string]any{"now": now, "closes": now, "state": "submitted"})
	})
	mux.HandleFunc("GET /api/v1/attempts/"+onHold+"/clock", func(w http.ResponseWriter, _ *http.Request) {
		now := a.clock.Now()
		reply(w, http.StatusOK, map[string]any{"now": stamp(now), "opens": stamp(now.Add(-time.Minute)), "closes": stamp(now.Add(time.Hour)), "state": "scheduled", "checked_in": false})
	})
	mux.HandleFunc("POST "+base+"pulse", a.hold(a.guard(a.tell)))
	mux.HandleFunc("POST "+base+"activities", a.guard(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	mux.HandleFunc("POST "+base+"responses", a.guard(a.respond))
	mux.HandleFunc("POST "+base+"submission", a.guard(a.submit))
}

// guard plays the outages and holds the lock around one request.
func (a *Attempt) guard(next func(http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		defer a.mu.Unlock()
		switch {
		case a.down:
			hangUp(w)
		case a.signedOut:
			reply(w, http.StatusUnauthorized, map[string]any{"code": "authz.unauthenticated"})
		case r.Method == http.MethodPost && r.Header.Get("X-CSRF-Token") != "preview":
			reply(w, http.StatusForbidden, map[string]any{"code": "request.csrf"})
		default:
			next(w, r)
		}
	}
}

// held is how long the page's question for news waits, outside the lock.
const held = 500 * time.Millisecond

func (a *Attempt) hold(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(held):
			next(w, r)
		case <-r.Context().Done():
		}
	}
}

// hangUp breaks the connection without an answer.
func hangUp(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			conn.Close()
		}
	}
}

func (a *Attempt) closed() bool { return a.submitted || !a.clock.Now().Before(a.closes) }

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (a *Attempt) paper(w http.ResponseWriter, _ *http.Request) {
	if a.elsewhere {
		reply(w, http.StatusConflict, map[string]any{"code": "attempt.machine"})
		return
	}
	type row struct {
		No      int      `json:"no"`
		Type    string   `json:"type"`
		Stem    string   `json:"stem"`
		Options []string `json:"options"`
		Chosen  []int    `json:"chosen"`
		Flag    bool     `json:"flag"`
		HTML    string   `json:"stem_html,omitempty"`
		Rich    []string `json:"options_html,omitempty"`
	}
	var rows []row
	for i, q := range Questions() {
		rows = append(rows, row{No: i + 1, Type: q.Type, Stem: q.Stem, Options: q.Options, Chosen: []int{}, HTML: q.HTML, Rich: q.Rich})
	}
	for _, e := range a.log {
		rows[e.Item].Chosen, rows[e.Item].Flag = e.Chosen, e.Flag
	}
	reply(w, http.StatusOK, map[string]any{"attempt": "preview", "name": LongName, "ticket": "26120000010007", "seat": "7",
		"title": "样题", "sample": true, "level": 3, "now": stamp(a.clock.Now()), "closes": stamp(a.closes),
		"paused": a.paused, "seq": len(a.log), "questions": rows})
}

func (a *Attempt) tell(w http.ResponseWriter, _ *http.Request) {
	state := "in-progress"
	if a.closed() {
		state = "submitted"
	}
	if a.voided {
		state = "voided"
	}
	reply(w, http.StatusOK, map[string]any{"now": stamp(a.clock.Now()), "closes": stamp(a.closes), "state": state, "paused": a.paused, "seat": a.seat,
		"checked_in": true})
}

func (a *Attempt) respond(w http.ResponseWriter, r *http.Request) {
	var e Entry
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil || e.Item < 0 || e.Item >= len(Questions()) {
		reply(w, http.StatusBadRequest, map[string]any{"code": "request.body"})
		return
	}
	highest := len(a.log)
	switch {
	case a.closed():
		reply(w, http.StatusConflict, map[string]any{"code": "attempt.closed"})
		return
	case e.Seq > highest+1:
		reply(w, http.StatusConflict, map[string]any{"code": "attempt.gap", "highest": highest})
		return
	case e.Seq <= highest && !same(a.log[e.Seq-1], e):
		reply(w, http.StatusConflict, map[string]any{"code": "attempt.sequence", "highest": highest})
		return
	case e.Seq == highest+1:
		a.log = append(a.log, e)
	}
	if a.loseReply {
		hangUp(w) // stored, but the reply is lost
		return
	}
	reply(w, http.StatusOK, map[string]any{"seq": len(a.log), "now": stamp(a.clock.Now()), "closes": stamp(a.closes), "closed": false})
}

func same(a, b Entry) bool {
	return a.Item == b.Item && a.Flag == b.Flag && a.Kind == b.Kind && slices.Equal(a.Chosen, b.Chosen)
}

func (a *Attempt) submit(w http.ResponseWriter, _ *http.Request) {
	a.submitted = true
	answers := map[int]bool{}
	for _, e := range a.log {
		answers[e.Item] = len(e.Chosen) > 0
	}
	n := 0
	for _, yes := range answers {
		if yes {
			n++
		}
	}
	reply(w, http.StatusOK, map[string]any{"code": "7K4M-Q2XP", "answered": n, "unanswered": len(Questions()) - n, "at": stamp(a.clock.Now())})
}
