package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/mongo/standin"
	"github.com/skillcert/skillcert/engine/theory"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// command runs the program as its user does, in this process.
func command(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	err = run(t.Context(), args, func(string) string { return "" }, strings.NewReader(""), &stdout, &stderr)
	if stderr.Len() > 0 {
		t.Logf("stderr of %v:\n%s", args, stderr.String())
	}
	return stdout.String(), err
}

func must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := command(t, args...)
	if err != nil {
		t.Fatalf("skillcert %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func readReport(t *testing.T, dir string) report {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r report
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDemoTellsTheWholeStory(t *testing.T) {
	out := t.TempDir()
	must(t, "demo", "--once", "--out", out)
	r := readReport(t, out)
	checkReport(t, r)
	for _, c := range r.Certificates {
		checkSeal(t, filepath.Join(out, c.File))
	}
	checkVerify(t, out, r)
}

// TestDemoLeavesSomethingToTry: somebody who is done has a receipt to look at, a session of tomorrow can be drawn from the
// beginning by two of the exam office, and both are said.
func TestDemoLeavesSomethingToTry(t *testing.T) {
	d := tell(t)
	done := d.finished()
	var signedIn struct {
		Token string `json:"access_token"`
	}
	noError(t, d.http.call(t.Context(), http.MethodPost, "/api/v1/exam/sign-in", map[string]string{"ticket": done.Ticket, "id_tail": done.IDTail, "code": done.Code}, &signedIn))
	var r protocol.Receipt
	path := "/api/v1/attempts/" + string(theory.AttemptOf(sitting.Ticket(done.Ticket))) + "/draw-receipt"
	noError(t, d.http.as(signedIn.Token).call(t.Context(), http.MethodGet, path, nil, &r))
	if r.Candidate != done.Ticket {
		t.Errorf("the receipt of %s is %s's", done.Ticket, r.Candidate)
	}
	if _, err := d.Exams.Drawn(t.Context(), d.staff["kaowu2"], d.undrawn.ID); !errors.Is(err, theory.ErrDraw) {
		t.Errorf("drawn: %v", err)
	}
	if len(d.undrawn.seats) != guests || !d.undrawn.Theory.Opens.After(d.clock.Now().Add(12*time.Hour)) {
		t.Errorf("%d seats, opens %s", len(d.undrawn.seats), d.undrawn.Theory.Opens)
	}
	if _, err := d.keepDraw(t.Context(), d.staff["kaowu"], d.undrawn.ID); err != nil {
		t.Errorf("drawing it: %v", err)
	}
	d.asksTheDraws(t)
	var said bytes.Buffer
	d.teller = newTeller(&said)
	d.welcome()
	for _, want := range []string{"准考证 " + done.Ticket + "  证件后六位 " + done.IDTail + "  场次口令 " + done.Code, "/sessions/" + string(d.undrawn.ID) + "/draw（kaowu，", "  kaowu2 "} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("no %q in\n%s", want, &said)
		}
	}
}

// TestDemoGoesOnAfterChangesByHand: a candidate and a member of staff have another name by now, and one of the staff another
// password. A story that was told is not told again; one that was stopped before its end finds everybody by their numbers.
func TestDemoGoesOnAfterChangesByHand(t *testing.T) {
	data, out := t.TempDir(), t.TempDir()
	args := []string{"demo", "--once", "--data", data, "--out", out, "--candidates", "30"}
	must(t, args...)
	before := readReport(t, out)
	changeByHand(t, data, before.Results[0].Candidate)
	for _, c := range []struct{ name, says, not string }{
		{"told", "故事在这份数据上已经讲完", "组卷"}, {"stopped before its end", "签章", "该证件号码已登记"},
	} {
		said := must(t, args...)
		r := readReport(t, out)
		if !strings.Contains(said, c.says) || strings.Contains(said, c.not) || len(r.Results) != len(before.Results) || len(r.Certificates) != len(before.Certificates) {
			t.Errorf("%s: %d results, %d certificates of %d\n%s", c.name, len(r.Results), len(r.Certificates), len(before.Certificates), said)
		}
		noError(t, os.Remove(filepath.Join(data, toldFile)))
	}
	if r := readReport(t, out); r.Results[0].Candidate != "何晓红" {
		t.Errorf("told of %s", r.Results[0].Candidate)
	}
}

// changeByHand is what people do at a demo's pages.
func changeByHand(t *testing.T, data, candidate string) {
	t.Helper()
	inside(t, data, func(ctx context.Context, h *house) {
		done := 0
		all, err := h.Range(ctx, docs.Range{Kind: "person", Limit: 1000})
		noError(t, err)
		for _, d := range all.Docs {
			p, err := h.Registry.Named(ctx, engine.PersonID(d.ID))
			noError(t, err)
			name, wanted := map[string]string{candidate: "何晓红", "陆明远": "陆鸣远"}[p.Name]
			if !wanted {
				continue
			}
			_, err = h.Registry.Amend(ctx, operator(), p.ID, people.PersonChange{Name: name, Reason: "身份证核对"})
			noError(t, err)
			done++
		}
		if done != 2 {
			t.Fatalf("%d persons changed", done)
		}
		noError(t, errors.Join(h.Gate.SetPassword(ctx, operator(), "zhengshu", "another long password"), h.Gate.Disable(ctx, operator(), "dudao")))
	})
}

// TestDemoHasSecondPersons: what one registrar begins another confirms, and an employer checks rosters.
func TestDemoHasSecondPersons(t *testing.T) {
	offered := map[authz.Role]int{}
	for _, s := range (&demo{}).accounts() {
		offered[s.Roles[0]]++
	}
	for role, n := range map[authz.Role]int{authz.Registrar: 2, authz.Employer: 1, authz.ExamOffice: 2, authz.Examiner: 1} {
		if offered[role] != n {
			t.Errorf("%d sign-ins as %s", offered[role], role)
		}
	}
	if o := fixtures.Personnel().Body; o.Kind != engine.Employer || !engine.CreditCodeMatches(o.CreditCode) {
		t.Errorf("the employer is %+v", o)
	}
}

func TestDemoOnMongoDB(t *testing.T) {
	server, err := standin.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	for range 2 { // each in a database of its own, which is gone afterwards
		out := t.TempDir()
		must(t, "demo", "--once", "--out", out, "--mongo", server.URI())
		checkReport(t, readReport(t, out))
	}
	if left := server.Collections(); len(left) > 0 {
		t.Errorf("the demo left %v", left)
	}
}

// checkReport asks for what the demo promises: refusals by each rule, passes and failures at each level, and every
// kind of answer to a check.
func checkReport(t *testing.T, r report) {
	t.Helper()
	if r.Candidates != 60 {
		t.Errorf("%d candidates", r.Candidates)
	}
	rules := map[string]bool{}
	for _, x := range r.Refused {
		rules[x.Rule] = true
		if x.Who == "" || x.Reason == "" {
			t.Errorf("refusal without words: %+v", x)
		}
	}
	for _, rule := range []string{"age", "prior-level", "id-number", "repeated", "taught-class", "kin", "mentor", "shared-contact", "colleague", "trained-by-employer"} {
		if !rules[rule] {
			t.Errorf("nobody was refused by %s: %v", rule, rules)
		}
	}
	for _, l := range engine.Levels() {
		got := map[string]int{}
		for _, x := range r.Results {
			if x.Level == l {
				got[x.Outcome]++
			}
		}
		if got["pass"] == 0 || got["fail"] == 0 {
			t.Errorf("%s: %v", l, got)
		}
	}
	states := map[string]bool{}
	for _, c := range r.Verification {
		states[c.State] = true
	}
	for _, s := range []string{"valid", "altered", "revoked", "unknown"} {
		if !states[s] {
			t.Errorf("no check answered %s: %v", s, r.Verification)
		}
	}
	checkPairs(t, r)
}

// checkPairs: who passed has a certificate, once, and nobody else has.
func checkPairs(t *testing.T, r report) {
	t.Helper()
	issued := map[string]int{}
	numbers := map[string]bool{}
	for _, c := range r.Certificates {
		issued[c.Name]++
		if numbers[c.Number] || len(c.Number) != 22 {
			t.Errorf("number %q", c.Number)
		}
		numbers[c.Number] = true
	}
	rare := false
	for _, x := range r.Results {
		if want := map[bool]int{true: 1}[x.Outcome == "pass"]; issued[x.Candidate] != want {
			t.Errorf("%s: %s, %d certificates", x.Candidate, x.Outcome, issued[x.Candidate])
		}
		rare = rare || strings.Contains(x.Candidate, "𠮷") && x.Outcome == "pass"
	}
	if !rare {
		t.Error("the name with 𠮷 has no certificate")
	}
}

// checkSeal asks poppler, which knows nothing of us.
func checkSeal(t *testing.T, file string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "pdfsig", file).CombinedOutput()
	for _, want := range []string{"Signature is Valid", "Total document signed"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("pdfsig %s (%v): no %q in\n%s", filepath.Base(file), err, want, out)
		}
	}
}

// checkVerify runs the offline check on a good file, on a changed one and on none at all.
func checkVerify(t *testing.T, out string, r report) {
	t.Helper()
	file, root, lists := filepath.Join(out, r.Certificates[0].File), filepath.Join(out, "root.pem"), filepath.Join(out, "status")
	key, err := os.ReadFile(filepath.Join(out, "log.vkey"))
	if err != nil {
		t.Fatal(err)
	}
	var v verdict
	if err := json.Unmarshal([]byte(must(t, "verify", file, "--trust", root, "--status", lists, "--log-key", strings.TrimSpace(string(key)), "--json")), &v); err != nil {
		t.Fatal(err)
	}
	if v.Seal != "whole" || v.Standing != "valid" || string(v.Credential.Number) != r.Certificates[0].Number {
		t.Errorf("verdict %+v", v)
	}
	if said, err := command(t, "verify", file, "--trust", root); err != exitUnknown || !strings.Contains(said, "无法核实") {
		t.Errorf("without a status list: %v, %s", err, said)
	}
	revoked := filepath.Join(out, r.Certificates[len(r.Certificates)-1].File)
	if said, err := command(t, "verify", revoked, "--trust", root, "--status", lists); err != exitInvalid || !strings.Contains(said, "已撤销") {
		t.Errorf("a revoked one: %v, %s", err, said)
	}
	if said, err := command(t, "verify", file, "--trust", root, "--status", lists, "--max-age", "1ns"); err != exitUnknown || !strings.Contains(said, "status.stale") {
		t.Errorf("with an old status list: %v, %s", err, said)
	}
	checkCode(t, out, file, r.Certificates[0].Number)
	pdf, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pdf[len(pdf)/2] ^= 4
	changed := filepath.Join(t.TempDir(), "changed.pdf")
	if err := os.WriteFile(changed, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := command(t, "verify", changed, "--trust", root)
	if err != exitInvalid || !strings.Contains(said, "pdf.altered") {
		t.Errorf("changed file: %v, %s", err, said)
	}
	if _, err := command(t, "verify", filepath.Join(out, "absent.pdf"), "--trust", root); err != exitUnknown {
		t.Errorf("absent file: %v", err)
	}
}

// checkCode reads the offline code from the printed page, as a camera does, and checks it without the file.
func checkCode(t *testing.T, out, file, number string) {
	t.Helper()
	picture := filepath.Join(t.TempDir(), "page")
	if said, err := exec.Command("pdftoppm", "-r", "200", "-png", "-singlefile", file, picture).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v, %s", err, said)
	}
	said, err := exec.Command("zbarimg", "-q", "--raw", picture+".png").Output()
	if err != nil {
		t.Fatalf("zbarimg: %v, %s", err, said)
	}
	lines := strings.Split(string(said), "\n")
	at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "SKC1:") })
	if at < 0 {
		t.Fatalf("the page holds no offline code: %q", lines)
	}
	args := []string{"verify", lines[at], "--trust", filepath.Join(out, "root.pem"), "--keys", filepath.Join(out, "keys.pem")}
	if said, err := command(t, append(args, "--status", filepath.Join(out, "status"))...); err != nil || !strings.Contains(said, number) || !strings.Contains(said, "有效") {
		t.Errorf("code: %v, %s", err, said)
	}
	if said, err := command(t, args...); err != exitUnknown || !strings.Contains(said, number) {
		t.Errorf("code without a status list: %v, %s", err, said)
	}
	// A character behind the key's name: what is signed, or the signature.
	changed := []byte(lines[at])
	if last := len(changed) - 10; changed[last] == '0' {
		changed[last] = '1'
	} else {
		changed[last] = '0'
	}
	args[1] = string(changed)
	if said, err := command(t, args...); err != exitInvalid {
		t.Errorf("changed code: %v, %s", err, said)
	}
}

func TestWrongWords(t *testing.T) {
	for name, args := range map[string][]string{
		"no data directory": {"serve"}, "not an address": {"serve", "--data", t.TempDir(), "--listen", "here"},
		"not mongodb": {"serve", "--data", t.TempDir(), "--mongo", "postgres://x"}, "too few": {"demo", "--candidates", "1"},
		"no such command": {"sit"}, "no trust": {"verify", "x.pdf"}, "no such role": {"account", "create", "--data", t.TempDir(), "--role", "king"},
	} {
		t.Run(name, func(t *testing.T) {
			if out, err := command(t, args...); err == nil {
				t.Errorf("accepted:\n%s", out)
			}
		})
	}
}

// TestMain lets the test binary be the program, so that it can be killed, or stopped as main is.
func TestMain(m *testing.M) {
	if os.Getenv("SKILLCERT_TEST_AS_PROGRAM") != "" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
		stop()
		if err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}
