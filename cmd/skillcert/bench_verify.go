package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/engine/clock"
)

// How checks are measured.
const (
	verifyRounds = 5  // of checks and empty requests in turn
	verifyMisses = 20 // one after the other
	verifyFiles  = 300
	verifyPath   = "/api/v1/verification"
)

// verifyResult is what a bench of checks shows. Only these fields are printed as JSON.
type verifyResult struct {
	Bench        string  `json:"bench"`
	Certificates int     `json:"certificates"`
	PerS         float64 `json:"per_s"` // checks by number and name
	EmptyPerS    float64 `json:"empty_per_s"`
	Ratio        float64 `json:"ratio"`
	FirstPerS    float64 `json:"first_per_s"` // the same of certificates that the server has not looked at before
	TokenPerS    float64 `json:"token_per_s"`
	NumberCPU    float64 `json:"number_cpu_us"` // loader included
	EmptyCPU     float64 `json:"empty_cpu_us"`
	Miss         float64 `json:"miss_ms"`
	PDFVerify    float64 `json:"pdf_verify_ms"` // the strict verifier alone
	PDFUpload    float64 `json:"pdf_upload_ms"` // with everything around it, over HTTP
	Errors       int     `json:"errors"`
	RSS          int     `json:"rss_mb"`

	numbers, empties []float64
	first            error
}

func benchVerifyCommand(con console) *cobra.Command {
	o := &officeOptions{certificates: 1000}
	asking := askOptions{seconds: 10, connections: 16}
	cmd := officeCommand(con, o, load{use: "verify", short: "Measure public checks of certificates",
		long: "Checks by number and name, all of certificates that are there, each of any of them and of all once before, take turns with\n" +
			"requests to a route of the same server that does nothing: per_s and empty_per_s are the medians of the rounds. Then checks by\n" +
			"token, checks of what nobody was given, which take a set time, the strict verifier alone, and uploads of files."})
	cmd.Flags().IntVar(&asking.seconds, "seconds", asking.seconds, "how long checks by number and empty requests take together")
	cmd.Flags().IntVar(&asking.connections, "connections", asking.connections, "over how many connections they come")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return benchVerify(cmd.Context(), con, *o, asking) }
	return cmd
}

type askOptions struct{ seconds, connections int }

func benchVerify(ctx context.Context, con console, o officeOptions, a askOptions) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	if a.seconds < 1 || a.connections < 1 {
		return errors.New("--seconds and --connections take 1 and more")
	}
	h, err := buildOffice(ctx, o)
	if err != nil {
		return err
	}
	defer func() {
		if failed := h.close(); err == nil {
			err = failed
		}
	}()
	asked, err := h.issued(ctx)
	if err != nil {
		return err
	}
	if err := h.open(ctx); err != nil {
		return err
	}
	r := &verifyResult{Bench: "verify", Certificates: o.certificates}
	memory := watchMemory()
	err = h.ask(ctx, r, asked, o, a)
	if r.RSS = memory(); err != nil {
		return err
	}
	return r.print(con.out, o, a)
}

// askedAbout is what is known of a certificate to whoever checks it.
type askedAbout struct {
	number, name, token string
	pdf                 []byte
}

// issued issues for the session and returns what is asked about, with files of some.
func (h *certOffice) issued(ctx context.Context) (all []askedAbout, err error) {
	if h.house, err = open(ctx, h.settings, clock.System{}, slog.New(slog.DiscardHandler)); err != nil {
		return nil, err
	}
	made, err := h.Issuer.IssueSession(ctx, h.registrar, officeSession, nil)
	for _, c := range made {
		one := askedAbout{number: string(c.Number), name: c.Name, token: c.Token}
		if len(all) < verifyFiles && err == nil {
			var f *certs.File
			if f, err = h.store.Files().File(ctx, c.Number, c.Version); err == nil {
				one.pdf = f.PDF
			}
		}
		all = append(all, one)
	}
	return all, errors.Join(err, h.Close())
}

// ask measures everything in its order.
func (h *certOffice) ask(ctx context.Context, r *verifyResult, about []askedAbout, o officeOptions, a askOptions) error {
	all := make(crowd, a.connections)
	for i := range all {
		all[i] = &sitter{wire: wire{address: h.address}, random: uint64(i+1) * 0x9E3779B97F4A7C15}
	}
	defer all.hangUp()
	q := newQuestions(h.address, about)
	stop, err := o.watchCPU()
	if err != nil {
		return err
	}
	round := time.Duration(a.seconds) * time.Second / (2 * verifyRounds)
	r.inTurns(ctx, all, q, round)
	r.TokenPerS = rounded(all.closedLoop(ctx, round, q.asking(q.tokens, standsValid)), 1)
	if err := stop(); err != nil {
		return err
	}
	all[0].misses(r)
	if r.Errors, r.first = all.errors(); r.first != nil {
		return r.first
	}
	return errors.Join(h.timeFiles(r, about), h.timeUploads(ctx, r, about), ctx.Err())
}

// questions are requests, ready to be sent.
type questions struct{ numbers, tokens, empty [][]byte }

func newQuestions(address string, about []askedAbout) *questions {
	q := &questions{}
	for _, c := range about {
		number := numberQuestion(c.number, c.name)
		q.numbers = append(q.numbers, postQuestion(address, verifyPath, number))
		q.empty = append(q.empty, postQuestion(address, idlePath, number))
		q.tokens = append(q.tokens, []byte("GET "+verifyPath+"/"+c.token+" HTTP/1.1\r\nHost: "+address+"\r\n\r\n"))
	}
	return q
}

func numberQuestion(number, name string) string {
	return `{"number":"` + number + `","name":"` + name + `"}`
}

func postQuestion(address, path, body string) []byte {
	return []byte("POST " + path + " HTTP/1.1\r\nHost: " + address + "\r\nContent-Type: application/json\r\nContent-Length: " +
		strconv.Itoa(len(body)) + "\r\n\r\n" + body)
}

var (
	standsValid   = []byte(`"standing":"valid"`)
	standsUnknown = []byte(`"standing":"unknown"`)
)

// asking asks one of the questions, any, and looks at the answer.
func (q *questions) asking(all [][]byte, want []byte) func(*sitter) error {
	return func(s *sitter) error { return s.asked(all[s.next(len(all))], want) }
}

func (s *sitter) asked(question, want []byte) error {
	answer, err := s.do(context.Background(), question)
	if err == nil && !bytes.Contains(answer, want) {
		err = fmt.Errorf("answered %s", answer)
	}
	return err
}

// inTurns measures checks by number and empty requests in rounds, and notes the medians.
func (r *verifyResult) inTurns(ctx context.Context, all crowd, q *questions, round time.Duration) {
	var checking, idling time.Duration
	runtime.GC() // what issuing left behind is none of the checks
	all.closedLoop(ctx, round, q.asking(q.empty, nil))
	r.FirstPerS = rounded(q.once(all), 1)
	all.closedLoop(ctx, round, q.asking(q.numbers, standsValid))
	for range verifyRounds {
		watch := startCPU()
		r.numbers = append(r.numbers, all.closedLoop(ctx, round, q.asking(q.numbers, standsValid)))
		checking += watch.elapsed()
		watch = startCPU()
		r.empties = append(r.empties, all.closedLoop(ctx, round, q.asking(q.empty, nil)))
		idling += watch.elapsed()
	}
	r.NumberCPU, r.EmptyCPU = perRequest(checking, r.numbers, round), perRequest(idling, r.empties, round)
	slices.Sort(r.numbers)
	slices.Sort(r.empties)
	r.PerS, r.EmptyPerS = rounded(r.numbers[verifyRounds/2], 1), rounded(r.empties[verifyRounds/2], 1)
	r.Ratio = rounded(r.PerS/max(r.EmptyPerS, 1), 4)
}

// once asks about every certificate once, and returns how many answers came a second.
func (q *questions) once(all crowd) float64 {
	var next atomic.Int64
	watch := clock.Start()
	all.each(func(s *sitter) {
		for {
			at := int(next.Add(1)) - 1
			if at >= len(q.numbers) {
				return
			}
			if err := s.asked(q.numbers[at], standsValid); err != nil {
				s.failed(err)
			}
		}
	})
	return float64(len(q.numbers)) / watch.Elapsed().Seconds()
}

// perRequest is in microseconds.
func perRequest(cpu time.Duration, rates []float64, round time.Duration) float64 {
	n := 0.0
	for _, r := range rates {
		n += r * round.Seconds()
	}
	return rounded(float64(cpu.Microseconds())/max(1, n), 1)
}

// misses asks about what nobody was given, one after the other.
func (s *sitter) misses(r *verifyResult) {
	nobody := postQuestion(s.address, verifyPath, numberQuestion("S000012009999265900001", "无名氏"))
	var times []time.Duration
	for range verifyMisses {
		waited, err := took(func() error { return s.asked(nobody, standsUnknown) })
		if err != nil {
			s.failed(err)
		}
		times = append(times, waited)
	}
	r.Miss = median(times)
}

// timeFiles lets the strict verifier look at files, with nothing around it.
func (h *certOffice) timeFiles(r *verifyResult, about []askedAbout) error {
	trust, now := h.keys.Trust(), h.clock.Now()
	var times []time.Duration
	for _, c := range about[:min(len(about), verifyFiles)] {
		looking, err := took(func() error { _, err := pades.Verify(c.pdf, trust, pades.Options{Now: now}); return err })
		if err != nil {
			return fmt.Errorf("file of %s: %w", c.number, err)
		}
		times = append(times, looking)
	}
	r.PDFVerify = median(times)
	return nil
}

func (h *certOffice) timeUploads(ctx context.Context, r *verifyResult, about []askedAbout) error {
	c := newClient("http://" + h.address)
	defer c.http.CloseIdleConnections()
	var times []time.Duration
	for _, one := range about[:min(len(about), verifyFiles)] {
		var got standing
		waited, err := took(func() error { return c.upload(ctx, verifyPath+"/file", "certificate.pdf", one.pdf, &got) })
		if err != nil || got.Standing != string(certs.StandingValid) {
			return fmt.Errorf("upload of %s: %q, %w", one.number, got.Standing, err)
		}
		times = append(times, waited)
	}
	r.PDFUpload = median(times)
	return nil
}

func (r *verifyResult) print(out io.Writer, o officeOptions, a askOptions) error {
	if o.asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	var b strings.Builder
	_, _ = fmt.Fprint(&b, "核验测试 verify benchmark\n")
	line := func(name, format string, args ...any) {
		_, _ = fmt.Fprintf(&b, "  %s"+format+"\n", append([]any{padded(name)}, args...)...)
	}
	line("机器 machine", "%s; the loader runs in the same process", thisMachine())
	line("条件 conditions", "%d certificates, %d connections, HTTP/1.1; %d rounds in turn, %d s together; %s", r.Certificates, a.connections, verifyRounds,
		a.seconds, o.storeName())
	line("编号与姓名 by number", "%.0f checks a second; empty handler %.0f requests a second; ratio %.3f", r.PerS, r.EmptyPerS, r.Ratio)
	line("", "by round %.0f; empty %.0f; first checks of a certificate %.0f a second", r.numbers, r.empties, r.FirstPerS)
	line("", "CPU time, loader included: %.1f µs a check, %.1f µs an empty request", r.NumberCPU, r.EmptyCPU)
	line("二维码 by token", "%.0f checks a second", r.TokenPerS)
	line("查无 unknown", "%.1f ms, of which %v are a pause that every such answer takes", r.Miss, unknownAfter)
	line("文件 files", "strict verifier %.3f ms; upload over HTTP %.3f ms (medians)", r.PDFVerify, r.PDFUpload)
	line("错误 errors", "%d", r.Errors)
	line("内存 memory", "%d MB resident at most, loader included", r.RSS)
	_, err := io.WriteString(out, b.String())
	return err
}
