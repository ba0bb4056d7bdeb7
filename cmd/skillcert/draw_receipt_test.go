package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// satDraw is a sitting after which there are receipts: one item of C000's form was withdrawn, one latecomer came, C001 did
// not.
type satDraw struct {
	*testing.T
	*play
	short []protocol.Entry // the log as it was public before
	gone  string           // numbers of the questions of C000 that were replaced
}

func newSatDraw(t *testing.T, h *house, name string) *satDraw {
	t.Helper()
	r, err := h.readRoster(t.Context(), "roster.csv", []byte(mixed()), "2026.1", []string{"2026.1+120000-L5", "2026.1-L4"})
	noError(t, err)
	d := drawing{settings: settings{Data: h.settings.Data}, sitting: name}
	p, err := d.prepare(h, r, protocol.Hash{7}, nil)
	noError(t, err)
	now := h.clock.Now
	p.sitting, err = protocol.Open(now(), p.terms, p.key, protocol.Engine{Algorithm: protocol.Algorithm, Build: "test"}, p.signer)
	noError(t, err)
	c, err := p.terms.Commit(1, p.secret, nil)
	noError(t, err)
	noError(t, p.sitting.Commit(now(), c))
	_, err = p.sitting.Fix(now(), protocol.Plan{Bank: p.bank, Blueprints: r.blueprints, Slots: p.slots})
	noError(t, err)
	noError(t, p.sitting.Observe(now(), protocol.Beacon{}))
	_, err = p.sitting.Draw(now(), []protocol.Secret{p.secret})
	noError(t, err)
	s := &satDraw{T: t, play: p, short: p.sitting.Log()}

	gone, err := p.sitting.Form(engine.Level5, s.slot("C000"), p.bank.Items)
	noError(t, err)
	w, err := p.sitting.Withdraw(now(), engine.Level5, p.key.Handle(gone.Items[2].Code, gone.Items[2].Version), "题干有误")
	noError(t, err)
	var questions []string
	for _, x := range w.Changes {
		if x.Slot == gone.Slot {
			questions = append(questions, strconv.Itoa(x.Place+1))
		}
	}
	s.gone = strings.Join(questions, "、")
	_, err = p.sitting.Late(now(), protocol.Late{Level: engine.Level4, Site: "北京", Candidate: protocol.Pseudonym(p.key.PseudonymSalt("B-late"), "B-late")})
	noError(t, err)
	noError(t, p.sitting.Absent(now(), protocol.Absence{Level: engine.Level5, Slot: s.slot("C001")}))
	noError(t, p.sitting.Reveal(now(), protocol.Reveal{Custodian: 1, Secret: p.secret}))
	p.file, err = p.sitting.Transcript()
	noError(t, err)
	return s
}

func (s *satDraw) level(candidate string) engine.Level {
	if candidate[0] == 'B' {
		return engine.Level4
	}
	return engine.Level5
}

func (s *satDraw) slot(candidate string) int {
	name := protocol.Pseudonym(s.key.PseudonymSalt(candidate), candidate)
	return slices.IndexFunc(s.sitting.Slots(s.level(candidate)), func(x protocol.Slot) bool { return x.Candidate == name })
}

func (s *satDraw) receipt(candidate string) []byte {
	s.Helper()
	r, err := s.sitting.Receipt(s.level(candidate), s.slot(candidate), candidate, s.key.PseudonymSalt(candidate))
	noError(s.T, err)
	file, err := r.File()
	noError(s.T, err)
	return file
}

// public is what a server answers everybody with.
func (s *satDraw) public(log []protocol.Entry) []byte {
	s.Helper()
	b, err := json.Marshal(map[string]any{"session": s.terms.Sitting, "frozen": log[2].Hash, "log": log})
	noError(s.T, err)
	return b
}

// receiptChecked runs draw receipt over two files and gives back what it says anywhere.
func receiptChecked(t *testing.T, receipt, log []byte, more ...string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	noError(t, os.WriteFile(filepath.Join(dir, "receipt.json"), receipt, 0o600))
	noError(t, os.WriteFile(filepath.Join(dir, "log.json"), log, 0o600))
	return told(t, "", append([]string{"draw", "receipt", filepath.Join(dir, "receipt.json"), "--log", filepath.Join(dir, "log.json")}, more...)...)
}

func TestDrawReceipt(t *testing.T) {
	inside(t, stocked(t), func(_ context.Context, h *house) {
		s, other := newSatDraw(t, h, "一场"), newSatDraw(t, h, "另一场")
		t.Run("genuine", s.genuine)
		t.Run("changed", s.changed)
		t.Run("something else", func(t *testing.T) { s.somethingElse(t, other) })
	})
}

func (s *satDraw) genuine(t *testing.T) {
	says := func(candidate string, log []byte, want ...string) {
		t.Helper()
		out, err := receiptChecked(t, s.receipt(candidate), log)
		for _, w := range append(want, "真实 genuine: 场次 sitting 一场", "考生 candidate: "+candidate, "10 题 items", s.short[2].Hash.String()) {
			if err != nil || !strings.Contains(out, w) {
				t.Errorf("%s: %q is not in:\n%s%v", candidate, w, out, err)
			}
		}
	}
	short, whole := s.public(s.short), s.public(s.sitting.Log())
	says("C000", short, "考场 room 重庆 1，1 号 no. 1", "the log stops before the reveal")
	for _, log := range [][]byte{whole, s.file} {
		says("C000", log, "替换 replaced: 第 "+s.gone+" 题 question", "日志第 5 条 log entry 5：题干有误")
		says("C001", log, "the log has the candidate as absent")
		says("B000", log, "四级 level 4", "替换 replaced: 无 none")
		says("B-late", log, "latecomer with reserve form")
	}
	out, err := receiptChecked(t, s.receipt("C000"), s.file, "--json")
	noError(t, err)
	var f receiptFound
	noError(t, json.Unmarshal([]byte(out), &f))
	if !f.Genuine || !f.Whole || f.Candidate != "C000" || f.Items != 10 || len(f.Replaced) != strings.Count(s.gone, "、")+1 || len(f.Operator) != 64 {
		t.Errorf("as JSON: %s", out)
	}
}

// notGenuine expects the exit status of a receipt that is not genuine, with a plain reason and nothing said to be found.
func notGenuine(t *testing.T, name, want string, receipt, log []byte) {
	t.Helper()
	out, err := receiptChecked(t, receipt, log)
	var code exitCode
	if !errors.As(err, &code) || code != 1 || !strings.HasPrefix(out, "不真实 not genuine: ") || !strings.Contains(out, want) || strings.Count(out, "\n") != 1 {
		t.Errorf("%s: %v\n%s", name, err, out)
	}
}

// notRead expects the exit status of files that cannot be checked, and that one of them is named. That is no verdict.
func notRead(t *testing.T, name, which, want string, receipt, log []byte) {
	t.Helper()
	for _, more := range [][]string{nil, {"--json"}} {
		out, err := receiptChecked(t, receipt, log, more...)
		var code exitCode
		if !errors.As(err, &code) || code != exitUnreadable || !strings.HasPrefix(out, which) || !strings.Contains(out, want) ||
			strings.Contains(out, "不符：文件") || strings.Contains(out, "genuine") || strings.Count(out, "\n") != 1 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

const (
	noReceipt = "凭据文件不能读取 the receipt cannot be read: "
	noLog     = "日志文件不能读取 the log cannot be read: "
)

func (s *satDraw) changed(t *testing.T) {
	receipt, log := s.receipt("C000"), s.public(s.short)
	flip := func(b []byte, at int) []byte {
		b = slices.Clone(b)
		b[at] ^= 1
		return b
	}
	for at := 0; at < len(receipt); at += 41 {
		if _, err := protocol.ReadReceipt(flip(receipt, at)); err != nil {
			notRead(t, "a byte of the receipt", noReceipt, "", flip(receipt, at), log)
		} else {
			notGenuine(t, "a byte of the receipt", "", flip(receipt, at), log)
		}
	}
	for at := 0; at < len(log); at += 41 {
		notRead(t, "a byte of the log", noLog, "", receipt, flip(log, at))
	}
	notRead(t, "half a receipt", noReceipt, "文件不完整", receipt[:len(receipt)/2], log)
	notRead(t, "a blank in a receipt", noReceipt, "可能被改动过", bytes.Replace(receipt, []byte(`,"`), []byte(`, "`), 1), log)
	notRead(t, "half a log", noLog, "内容不完整", receipt, log[:len(log)/2])
	notRead(t, "half a transcript", noLog, "组卷记录不能读取", receipt, s.file[:len(s.file)/2])
	notRead(t, "a log and more", noLog, "还有别的内容", receipt, append(slices.Clone(log), log...))
	notRead(t, "no receipt", noReceipt, "文件不完整", nil, log)
	notRead(t, "no log", noLog, "内容不完整", receipt, nil)
	notGenuine(t, "a handle", "试卷不在试卷根之下", s.edited(func(r *protocol.Receipt) { r.Items[0].Handle = r.Items[1].Handle }), log)
	notGenuine(t, "an order of options", "试卷不在试卷根之下", s.edited(func(r *protocol.Receipt) {
		r.Items[0].Options = r.Items[0].Options[1:] + r.Items[0].Options[:1]
	}), log)
	notGenuine(t, "a seat", "座位不在公布的名册中", s.edited(func(r *protocol.Receipt) { r.Seat.Seat++ }), log)
	notGenuine(t, "a slot", "座位不在公布的名册中", s.edited(func(r *protocol.Receipt) { r.Slot++ }), log)
}

// edited is the receipt of C000 with something else in it, written as a receipt is.
func (s *satDraw) edited(edit func(*protocol.Receipt)) []byte {
	s.Helper()
	r, err := protocol.ReadReceipt(s.receipt("C000"))
	noError(s.T, err)
	edit(&r)
	file, err := r.File()
	noError(s.T, err)
	return file
}

func (s *satDraw) somethingElse(t *testing.T, other *satDraw) {
	receipt, log := s.receipt("C000"), s.public(s.short)
	notGenuine(t, "another sitting's log", "凭据是场次 一场 的，日志是场次 另一场 的", receipt, other.public(other.short))
	notGenuine(t, "another sitting's transcript", "凭据是场次 一场 的", receipt, other.file)
	notRead(t, "a log with another's head", noLog, "与日志的内容不符", receipt, bytes.Replace(log, []byte(`"session":"一场"`), []byte(`"session":"另一场"`), 1))
	notGenuine(t, "the log of the freeze", "不是日志中最后成立的一次", receipt, s.public(s.short[:4]))
	notGenuine(t, "a latecomer's, of the log before", "备用试卷", s.receipt("B-late"), log)
	notRead(t, "the log for the receipt", noReceipt, "不是试卷凭据", log, log)
	notRead(t, "the receipt for the log", noLog, "不是公开日志或组卷记录", receipt, receipt)
	out, err := receiptChecked(t, receipt, other.public(other.short), "--json")
	var f receiptFound
	var code exitCode
	if json.Unmarshal([]byte(out), &f) != nil || f.Genuine || f.Reason == "" || !errors.As(err, &code) || code != exitDifferent {
		t.Errorf("as JSON: %v %s", err, out)
	}
	if _, err := command(t, "draw", "receipt", filepath.Join(t.TempDir(), "none"), "--log", "none"); !errors.As(err, &code) || code != exitUnreadable {
		t.Errorf("no file: %v", err)
	}
	for name, args := range map[string][]string{"without --log": {"none"}, "without a receipt": {"--log", "none"}, "two receipts": {"none", "none", "--log", "none"}} {
		if _, err := command(t, append([]string{"draw", "receipt"}, args...)...); !errors.As(err, &code) || code != exitUnreadable {
			t.Errorf("%s: %v", name, err)
		}
	}
}
