package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/theory"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
)

// builtHall sets up a session of n released candidates in a directory of the test's, as the benchmarks do. Nobody serves it.
func builtHall(t *testing.T, n int) *examHall {
	t.Helper()
	return builtHallOver(t, settings{Data: t.TempDir()}, n)
}

// builtHallOver is builtHall over the store that the settings name.
func builtHallOver(t *testing.T, s settings, n int) *examHall {
	t.Helper()
	o := loadOptions{settings: s, candidates: n}
	noError(t, o.check())
	clean, err := o.prepare()
	noError(t, err)
	h := &examHall{benchHouse: benchHouse{settings: o.settings, clean: clean}}
	noError(t, h.build(t.Context(), n))
	t.Cleanup(func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// program is the server in a process of its own.
type program struct {
	cmd     *exec.Cmd
	address string
	took    time.Duration // from its start to its first answer
	log     *logLines
	ended   chan error
}

// logLines keeps what a program says.
type logLines struct {
	mu  sync.Mutex
	all []string
}

func (l *logLines) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, line)
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.all[max(0, len(l.all)-20):], "\n")
}

// serveIn starts "skillcert serve" on the directory and waits until it answers.
func serveIn(t *testing.T, dir string) *program {
	t.Helper()
	return serveOver(t, settings{Data: dir, Database: defaultDatabase})
}

// serveOver is serveIn over the store that the settings name.
func serveOver(t *testing.T, s settings) *program {
	t.Helper()
	watch := clock.Start()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "serve", "--data", s.Data, "--mongo", s.Mongo, "--database", s.Database,
		"--listen", "127.0.0.1:0", "--base-url", s.Base)
	cmd.Env = append(os.Environ(), "SKILLCERT_TEST_AS_PROGRAM=1")
	stderr, err := cmd.StderrPipe()
	noError(t, err)
	noError(t, cmd.Start())
	p := &program{cmd: cmd, log: &logLines{}, ended: make(chan error, 1)}
	said := make(chan string, 1)
	go func() {
		defer close(said)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			p.log.add(lines.Text())
			if a := servingAt(lines.Bytes()); a != "" {
				said <- a
			}
		}
		p.ended <- cmd.Wait()
	}()
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // ended already, or nobody needs it any more
	if p.address = <-said; p.address == "" {
		t.Fatalf("the program does not serve:\n%s", p.log)
	}
	res, err := http.Get("http://" + p.address + "/healthz")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("the program does not answer: %v, %v\n%s", res, err, p.log)
	}
	noError(t, res.Body.Close())
	p.took = watch.Elapsed()
	return p
}

// servingAt reads the address out of the line that says it.
func servingAt(line []byte) string {
	var l struct{ Msg, Address string }
	if json.Unmarshal(line, &l) != nil || l.Msg != "serving" {
		return ""
	}
	return l.Address
}

// kill ends the program with no warning.
func (p *program) kill(t *testing.T) {
	t.Helper()
	noError(t, p.cmd.Process.Kill())
	if err := <-p.ended; err == nil {
		t.Fatalf("the program had ended by itself:\n%s", p.log)
	}
}

// stop lets the program end in order.
func (p *program) stop(t *testing.T) {
	t.Helper()
	noError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	if err := <-p.ended; err != nil {
		t.Fatalf("%v\n%s", err, p.log)
	}
}

// server is one that runs in this process: as many as a test likes may share a directory, each with its own memory.
type server struct {
	*house
	address string
	stop    func() // before the end of the test
}

// serveHere serves the hall by a clock, until the test ends.
func (h *examHall) serveHere(t *testing.T, c clock.Clock) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	noError(t, err)
	s := h.settings
	s.Listen = l.Addr().String()
	made, err := open(t.Context(), s, c, slog.New(slog.DiscardHandler))
	noError(t, err)
	return serveUntilEnd(t, made, l)
}

func serveUntilEnd(t *testing.T, made *house, l net.Listener) *server {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- made.serve(ctx, l, slog.New(slog.DiscardHandler)) }()
	end := sync.OnceFunc(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(end)
	return &server{house: made, address: l.Addr().String(), stop: end}
}

// goTo lets everybody's next request go to another address.
func (c crowd) goTo(address string) {
	for _, s := range c {
		s.hangUp()
		s.address = address
	}
}

// begin signs everybody in and opens their papers.
func (c crowd) begin(t *testing.T) {
	t.Helper()
	c.each(func(s *sitter) {
		if err := s.start(t.Context()); err != nil {
			t.Errorf("candidate %s: %v", s.ticket, err)
		}
	})
	if t.Failed() {
		t.FailNow()
	}
}

// clockTold is what a candidate's page is told of its time.
type clockTold struct {
	Now, Closes time.Time
	Paused      bool
	State       string
}

func (s *sitter) told(t *testing.T) (c clockTold) {
	t.Helper()
	noError(t, newClient("http://"+s.address).as(s.token).call(t.Context(), http.MethodGet, s.path()+"/clock", nil, &c))
	return c
}

// refusedAs reports whether the server answered with a refusal.
func refusedAs(err error, want error) bool {
	var e *errs.Error
	return errors.Is(err, errStatus) && errors.As(want, &e) && strings.Contains(err.Error(), `"`+e.Code+`"`)
}

// brokeOff reports whether a request ended because there is no server any more, rather than by an answer.
func brokeOff(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// holds compares a stored log with what its candidate was told: every acknowledged response stands there at its place, as
// it was sent, and no other, but for one that is on its way still; at the end there is the Close with the receipt, if the
// candidate has one.
func (s *sitter) holds(t *testing.T, h *house) {
	t.Helper()
	id := theory.AttemptID(s.attempt)
	whole, err := entriesOf(t.Context(), h, id)
	noError(t, err)
	log := slices.DeleteFunc(slices.Clone(whole), func(e *theory.Entry) bool { return e.Kind == theory.Take && e.Window == s.window })
	all := s.kept
	if s.waiting && len(log) > len(all) {
		all = append(slices.Clone(all), s.begun)
	}
	ends := 0
	if s.receipt != "" {
		ends = 1
	}
	if len(log) != len(all)+ends {
		t.Errorf("candidate %s: %d acknowledged, %d in the log", s.ticket, len(s.kept), len(log)-ends)
	}
	for i, m := range all {
		if i < len(log) && (log[i].Kind != theory.Response || log[i].Question != int(m.question)+1 || !slices.Equal(log[i].Chosen, []int{int(m.chosen)})) {
			t.Errorf("candidate %s: entry %d of the log is %+v, not %+v", s.ticket, i+1, log[i], m)
		}
	}
	if ends == 1 && theory.Receipt(id, whole) != s.receipt {
		t.Errorf("candidate %s: receipt %s, the log gives %s", s.ticket, s.receipt, theory.Receipt(id, whole))
	}
}

// hold asks that of everybody in a house that is opened for it.
func (c crowd) hold(t *testing.T, h *examHall) {
	t.Helper()
	again, err := h.reopen(t.Context())
	noError(t, err)
	for _, s := range c {
		s.holds(t, again)
	}
	noError(t, again.Close())
}

// staffIn signs one of the staff in over HTTP.
func staffIn(t *testing.T, address, login string) *client {
	t.Helper()
	c := newClient("http://" + address)
	var got struct {
		Token string `json:"access_token"`
	}
	noError(t, c.call(t.Context(), http.MethodPost, "/api/v1/sign-in", map[string]string{"login": login, "password": fixtures.Password}, &got))
	return c.as(got.Token)
}

// room is the address of the room's JSON routes.
func (h *examHall) room() string { return "/api/v1/sessions/" + string(h.session.ID) + "/rooms/t1/" }

// console asks the console for the line of a ticket, again and again, until the line is as wanted. What a page has unsaved it
// says when it asks for news, which is every ten seconds when there are none.
func (h *examHall) console(t *testing.T, invigilator *client, ticket string, want func(web.SeatProgress) bool) {
	t.Helper()
	for watch := clock.Start(); ; time.Sleep(100 * time.Millisecond) {
		var p web.RoomProgress
		noError(t, invigilator.call(t.Context(), http.MethodGet, h.room()+"progress", nil, &p))
		at := slices.IndexFunc(p.Seats, func(s web.SeatProgress) bool { return s.Key == ticket })
		switch {
		case at >= 0 && want(p.Seats[at]):
			return
		case at < 0 || watch.Elapsed() > patient:
			t.Fatalf("of %s the console says %+v", ticket, p)
		}
	}
}

// relay is the cable between a hall and its server. Its address stays when the server comes back at another one, and it
// can be pulled out.
type relay struct {
	net.Listener
	to    atomic.Pointer[string] // nil or empty while it is pulled out
	mu    sync.Mutex
	conns []net.Conn
}

func newRelay(t *testing.T) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	noError(t, err)
	r := &relay{Listener: l}
	go r.accept()
	t.Cleanup(func() {
		_ = l.Close() // nobody waits for what it says
		r.lead("")
	})
	return r
}

// lead sends what comes from now on to an address, nowhere when it is empty. What is open breaks.
func (r *relay) lead(address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.to.Store(&address)
	for _, c := range r.conns {
		_ = c.Close() // one side or the other did so already
	}
	r.conns = nil
}

func (r *relay) accept() {
	for {
		near, err := r.Accept()
		if err != nil {
			return
		}
		to := r.to.Load()
		if to == nil || *to == "" {
			_ = near.Close()
			continue
		}
		far, err := net.Dial("tcp", *to)
		if err != nil {
			_ = near.Close()
			continue
		}
		r.keep(to, near, far)
		go join(near, far)
		go join(far, near)
	}
}

// keep notes what is open, unless the cable was led elsewhere in the meantime.
func (r *relay) keep(to *string, near, far net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.conns = append(r.conns, near, far); r.to.Load() != to {
		_, _ = near.Close(), far.Close()
	}
}

// join carries what from says to to, and closes both when one of them ends.
func join(to, from net.Conn) {
	_, _ = io.Copy(to, from) // however it ends, both ends are told
	_, _ = to.Close(), from.Close()
}
