package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine/clock"
)

// wire is one computer of the hall: a kept TCP connection that speaks just enough HTTP/1.1 to cost the machine, which
// the server shares, as little as may be.
type wire struct {
	address string
	conn    net.Conn
	buf     []byte // what was read
	forget  func() bool
}

// wireBuffer holds the answers that come often.
const wireBuffer = 2 << 10

var (
	errStatus = errors.New("answer")
	headEnd   = []byte("\r\n\r\n")
	lengthOf  = []byte("Content-Length: ")
)

func (w *wire) dial(ctx context.Context) (err error) {
	if w.conn != nil {
		return nil
	}
	if w.conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", w.address); err != nil {
		w.conn = nil
		return err
	}
	conn := w.conn
	w.forget = context.AfterFunc(ctx, func() { _ = conn.Close() })
	if w.buf == nil {
		w.buf = make([]byte, wireBuffer)
	}
	return nil
}

// hangUp closes the connection; the next request opens another.
func (w *wire) hangUp() {
	if w.conn != nil {
		w.forget()
		_ = w.conn.Close() // there is nobody to tell
		w.conn = nil
	}
}

// do sends a request and returns the body of its answer, which is good until the next one. An answer other than 2xx is
// an error, and the connection stays.
func (w *wire) do(ctx context.Context, request []byte) ([]byte, error) {
	if err := w.dial(ctx); err != nil {
		return nil, err
	}
	if _, err := w.conn.Write(request); err != nil {
		w.hangUp()
		return nil, err
	}
	status, body, err := w.read()
	if err != nil {
		w.hangUp()
		return nil, err
	}
	if status/100 != 2 {
		return nil, fmt.Errorf("%w %d: %.200s", errStatus, status, body)
	}
	return body, nil
}

// read takes in one answer.
func (w *wire) read() (status int, body []byte, err error) {
	n, end := 0, -1
	for end < 0 {
		if n == len(w.buf) {
			w.buf = append(w.buf, make([]byte, len(w.buf))...)
		}
		got, err := w.conn.Read(w.buf[n:])
		if err != nil {
			return 0, nil, err
		}
		end = bytes.Index(w.buf[max(0, n-3):n+got], headEnd)
		if end >= 0 {
			end += max(0, n-3) + len(headEnd)
		}
		n += got
	}
	status, length, err := readHead(w.buf[:end])
	if err != nil {
		return 0, nil, err
	}
	body = w.buf[end:n]
	if end+length > len(w.buf) {
		body = make([]byte, n-end, length) // a paper or a picture, which this connection asks for once
		copy(body, w.buf[end:n])
	}
	for at := len(body); at < length; {
		body = body[:length]
		got, err := w.conn.Read(body[at:])
		if err != nil {
			return 0, nil, err
		}
		at += got
	}
	return status, body[:length], nil
}

// readHead returns the status of an answer and the length of its body.
func readHead(head []byte) (status, length int, err error) {
	if len(head) < 12 {
		return 0, 0, fmt.Errorf("no answer of HTTP: %q", head)
	}
	if status, err = strconv.Atoi(string(head[9:12])); err != nil {
		return 0, 0, fmt.Errorf("no answer of HTTP: %q", head)
	}
	at := bytes.Index(head, lengthOf)
	if at < 0 {
		return status, 0, nil // 204
	}
	for _, c := range head[at+len(lengthOf):] {
		if c < '0' || c > '9' {
			break
		}
		length = length*10 + int(c-'0')
	}
	return status, length, nil
}

// action is something that candidates wait for.
type action int

const (
	signingIn action = iota
	openingPaper
	fetchingImage
	starting // all three, from the first connection to the last picture
	saving
	handingIn
	watching
	actionCount
)

func (a action) String() string {
	return [actionCount]string{"登录 sign in", "打开试卷 open form", "取图片 fetch image", "全部开考步骤 whole start", "保存作答 save", "交卷 hand in", "监考刷新 console"}[a]
}

// sitter is one simulated candidate.
type sitter struct {
	entrant
	wire
	window  string
	token   string
	options []uint8 // of each question
	seq     int     // of the last entry that was sent
	before  int     // entries of the log before the first response
	kept    []mark  // in the order of the log: what was acknowledged
	begun   mark    // what was sent with seq
	waiting bool    // begun is not acknowledged
	head    []byte  // of a save, up to its length
	idle    []byte  // the same of a request that does nothing
	out     []byte
	body    []byte
	random  uint64
	receipt string

	took   [actionCount][]time.Duration
	errors int
	first  error // of them

	news  wire // what the page holds open to hear of changes
	heard int  // answers of it
}

// mark is one response: the question and the option.
type mark struct{ question, chosen uint8 }

func (s *sitter) failed(err error) {
	if s.errors++; s.first == nil {
		s.first = err
	}
}

// next is a number below n, from a generator of the sitter's own.
func (s *sitter) next(n int) int {
	s.random ^= s.random << 13
	s.random ^= s.random >> 7
	s.random ^= s.random << 17
	return int(s.random>>11) % n
}

func (s *sitter) request(method, path, token, body string) []byte {
	r := method + " " + path + " HTTP/1.1\r\nHost: " + s.address + "\r\n"
	if token != "" {
		r += "Authorization: Bearer " + token + "\r\n"
	}
	if method == "POST" {
		r += "Content-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n"
	}
	return []byte(r + "\r\n" + body)
}

// start signs in, opens the form and fetches what it shows.
func (s *sitter) start(ctx context.Context) error {
	whole := clock.Start()
	if err := s.signIn(ctx); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	images, err := s.open(ctx)
	if err != nil {
		return fmt.Errorf("open the form: %w", err)
	}
	for _, path := range images {
		watch := clock.Start()
		if _, err := s.do(ctx, s.request("GET", path, s.token, "")); err != nil {
			return fmt.Errorf("fetch %s: %w", path, err)
		}
		s.took[fetchingImage] = append(s.took[fetchingImage], watch.Elapsed())
	}
	s.took[starting] = append(s.took[starting], whole.Elapsed())
	return nil
}

func (s *sitter) signIn(ctx context.Context) error {
	body, err := json.Marshal(map[string]string{"ticket": s.ticket, "id_tail": s.tail, "code": s.code})
	if err != nil {
		return err
	}
	watch := clock.Start()
	answer, err := s.do(ctx, s.request("POST", "/api/v1/exam/sign-in", "", string(body)))
	if err != nil {
		return err
	}
	s.took[signingIn] = append(s.took[signingIn], watch.Elapsed())
	var got struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		return err
	}
	s.token = got.Token
	s.head = []byte("POST " + s.path() + "/responses HTTP/1.1\r\nHost: " + s.address + "\r\nAuthorization: Bearer " + s.token +
		"\r\nContent-Type: application/json\r\nContent-Length: ")
	return nil
}

func (s *sitter) path() string { return "/api/v1/attempts/" + s.attempt }

// What the loader reads of a paper. Reading it as JSON would cost the machine more than making it.
var (
	paperImage   = regexp.MustCompile(`/exam/paper/images/[0-9a-f]{64}`)
	paperOptions = []byte(`"options":[`)
	paperSeq     = regexp.MustCompile(`"seq":(\d+),"questions"`)
)

// open returns the addresses of the pictures on the paper, each once.
func (s *sitter) open(ctx context.Context) (images []string, err error) {
	watch := clock.Start()
	paper, err := s.do(ctx, s.request("POST", s.path()+"/paper", s.token, `{"window":"`+s.window+`","take_over":false}`))
	if err != nil {
		return nil, err
	}
	s.took[openingPaper] = append(s.took[openingPaper], watch.Elapsed())
	stands := paperSeq.FindSubmatch(paper)
	if stands == nil {
		return nil, errors.New("a paper without the place of the next entry")
	}
	if s.seq, err = strconv.Atoi(string(stands[1])); err != nil {
		return nil, err
	}
	s.before = s.seq // that a window has the paper is an entry too
	s.options = s.options[:0]
	for rest := paper; ; {
		at := bytes.Index(rest, paperOptions)
		if at < 0 {
			break
		}
		rest = rest[at+len(paperOptions):]
		list, _, _ := bytes.Cut(rest, []byte(`]`))
		s.options = append(s.options, uint8(bytes.Count(list, []byte(`","`))+1))
	}
	if len(s.options) == 0 {
		return nil, errors.New("a paper without questions")
	}
	seen := map[string]bool{}
	for _, m := range paperImage.FindAll(paper, -1) {
		if address := string(m); !seen[address] {
			seen[address] = true
			images = append(images, address)
		}
	}
	return images, nil
}

// answer sends the next response, or the last one again where it was not acknowledged.
func (s *sitter) answer(ctx context.Context) error {
	if !s.waiting {
		question := s.next(len(s.options))
		s.seq++
		s.begun, s.waiting = mark{uint8(question), uint8(s.next(int(s.options[question])))}, true
	}
	b := append(s.body[:0], `{"seq":`...)
	b = strconv.AppendInt(b, int64(s.seq), 10)
	b = append(b, `,"item":`...)
	b = strconv.AppendInt(b, int64(s.begun.question), 10)
	b = append(b, `,"chosen":[`...)
	b = strconv.AppendInt(b, int64(s.begun.chosen), 10)
	b = append(b, `],"flag":false,"kind":"response","client_at":"`...)
	b = clock.System{}.Now().AppendFormat(b, "2006-01-02T15:04:05.000Z")
	s.body = append(append(append(b, `","window":"`...), s.window...), `"}`...)
	got, err := s.do(ctx, s.withBody(s.head))
	if err != nil {
		return err
	}
	if !acknowledges(got, s.seq) {
		return fmt.Errorf("entry %d was answered %s", s.seq, got)
	}
	s.kept, s.waiting = append(s.kept, s.begun), false
	return nil
}

// withBody puts the length and the body behind a head.
func (s *sitter) withBody(head []byte) []byte {
	s.out = strconv.AppendInt(append(s.out[:0], head...), int64(len(s.body)), 10)
	s.out = append(append(s.out, headEnd...), s.body...)
	return s.out
}

// acknowledges reports whether the answer names the entry and says that the attempt goes on.
func acknowledges(answer []byte, seq int) bool {
	var want [32]byte
	b := append(strconv.AppendInt(append(want[:0], `{"seq":`...), int64(seq), 10), ',')
	return bytes.HasPrefix(answer, b) && bytes.HasSuffix(answer, []byte(`"closed":false}`))
}

// handIn ends the attempt and keeps its receipt.
func (s *sitter) handIn(ctx context.Context) error {
	answer, err := s.do(ctx, s.request("POST", s.path()+"/submission", s.token, `{"window":"`+s.window+`"}`))
	if err != nil {
		return err
	}
	var got struct {
		Code string `json:"code"`
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		return err
	}
	s.receipt = got.Code
	return nil
}

// crowd is all candidates of a hall.
type crowd []*sitter

func (h *examHall) crowd() crowd {
	all := make(crowd, len(h.entrants))
	for i, e := range h.entrants {
		all[i] = &sitter{entrant: e, window: fmt.Sprintf("%024x", i), wire: wire{address: h.address}, news: wire{address: h.address},
			random: uint64(i+1) * 0x9E3779B97F4A7C15}
	}
	return all
}

// each lets every candidate do something at the same time, and waits for all.
func (c crowd) each(do func(*sitter)) {
	var all sync.WaitGroup
	for _, s := range c {
		all.Go(func() { do(s) })
	}
	all.Wait()
}

func (c crowd) hangUp() {
	for _, s := range c {
		s.hangUp()
		s.news.hangUp()
	}
}

// errors counts what failed, and returns the first of it.
func (c crowd) errors() (n int, first error) {
	for _, s := range c {
		if n += s.errors; first == nil {
			first = s.first
		}
	}
	return n, first
}

// arrive lets everybody start at a moment of their own within the spread.
func (c crowd) arrive(ctx context.Context, spread time.Duration) {
	c.each(func(s *sitter) {
		pause(ctx, time.Duration(s.next(int(spread)+1)))
		if ctx.Err() != nil {
			return
		}
		if err := s.start(ctx); err != nil {
			s.failed(err)
		}
	})
}

// pause waits, unless ctx ends before.
func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
