package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// share runs draw share and reads what it prints.
func share(t *testing.T, into any, args ...string) error {
	t.Helper()
	var out, errs bytes.Buffer
	err := run(context.Background(), append([]string{"draw", "share"}, args...), func(string) string { return "" }, strings.NewReader(""), &out, &errs)
	if err == nil {
		if err := json.Unmarshal(out.Bytes(), into); err != nil {
			t.Fatalf("%v: %v in %s", args, err, out.String())
		}
	}
	return err
}

// sharedDraw is a draw of three custodians who keep their codes in files, with the operator's side beside it.
type sharedDraw struct {
	*testing.T
	dir      string
	terms    protocol.Terms
	operator ed25519.PrivateKey
	*protocol.Sitting
}

func newSharedDraw(t *testing.T) *sharedDraw {
	t.Helper()
	w := &sharedDraw{T: t, dir: t.TempDir()}
	seed := sha256.Sum256([]byte("operator"))
	w.operator = ed25519.NewKeyFromSeed(seed[:])
	w.terms = protocol.Terms{Sitting: "s1", Threshold: 2, Quorum: 2, Beacon: protocol.Announcement{Kind: protocol.Witnessed, Text: "摇号"},
		Operator: protocol.Hex(w.operator.Public().(ed25519.PublicKey))}
	for i := range 3 {
		var keys api.DrawKeys
		noError(t, share(t, &keys, "new", "--session", "s1", "--code", w.code(i)))
		k := protocol.Custodian{Name: fmt.Sprint("保管人", i)}
		noError(t, k.Sign.UnmarshalText([]byte(keys.Sign)))
		noError(t, k.Box.UnmarshalText([]byte(keys.Box)))
		w.terms.Custodians = append(w.terms.Custodians, k)
	}
	w.Sitting = w.opened()
	return w
}

func (w *sharedDraw) opened() *protocol.Sitting {
	w.Helper()
	s, err := protocol.Open(time.UnixMilli(1), w.terms, protocol.Key{1}, protocol.Engine{Algorithm: protocol.Algorithm, Build: "test"}, w.operator)
	noError(w.T, err)
	return s
}

func (w *sharedDraw) code(i int) string { return filepath.Join(w.dir, fmt.Sprintf("code-%d", i)) }

// write puts a log into the record that a server answers with.
func (w *sharedDraw) write(log []protocol.Entry, p *api.DrawProposal) {
	w.Helper()
	r := api.DrawRecord{Redraw: p}
	b, err := json.Marshal(log)
	noError(w.T, err)
	noError(w.T, json.Unmarshal(b, &r.Log))
	b, err = json.Marshal(r)
	noError(w.T, err)
	noError(w.T, os.WriteFile(filepath.Join(w.dir, "record.json"), b, 0o600))
}

func (w *sharedDraw) step(i int, into any, args ...string) error {
	w.Helper()
	return share(w.T, into, append(args, "--code", w.code(i), "--record", filepath.Join(w.dir, "record.json"))...)
}

// refuses expects that a step prints nothing and names a reason.
func (w *sharedDraw) refuses(i int, reason string, args ...string) {
	w.Helper()
	if err := w.step(i, &json.RawMessage{}, args...); err == nil || !strings.Contains(err.Error(), reason) {
		w.Fatalf("%v: %v, want %s", args, err, reason)
	}
}

func (w *sharedDraw) commit(into *protocol.Sitting) {
	w.Helper()
	for i := range 3 {
		w.write(into.Log(), nil)
		var c protocol.Commitment
		noError(w.T, w.step(i, &c, "commit"))
		noError(w.T, into.Commit(time.UnixMilli(2), c))
	}
	w.write(into.Log(), nil)
}

func (w *sharedDraw) observe(into *protocol.Sitting, at int64) {
	w.Helper()
	_, err := into.Fix(time.UnixMilli(at), protocol.Plan{Bank: &protocol.Bank{}})
	noError(w.T, err)
	noError(w.T, into.Observe(time.UnixMilli(at+1), protocol.Beacon{Text: "07 11", Witnesses: []string{"甲", "乙"}}))
	w.write(into.Log(), nil)
}

// A custodian's whole side of a draw by files: keys, commitment, secret, part of another's secret, signature.
func TestDrawShare(t *testing.T) {
	w := newSharedDraw(t)
	if err := share(t, nil, "new", "--session", "s1", "--code", w.code(0)); err == nil {
		t.Fatal("a code was overwritten")
	}
	if info, err := os.Stat(w.code(0)); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("others may read the code: %v", err)
	}
	w.commit(w.Sitting)
	w.refuses(0, "场次尚未冻结", "open")
	w.refuses(0, "场次尚未冻结", "part", "--of", "3")
	w.observe(w.Sitting, 3)
	w.write(w.Log()[:5], nil)
	var k seen
	noError(t, w.step(0, &k, "note"))
	if k.Terms != w.Log()[0].Hash || k.Roots != w.Log()[4].Hash {
		t.Fatalf("kept %+v", k)
	}
	for _, args := range [][]string{{"open"}, {"part", "--of", "3"}, {"sign"}} {
		w.refuses(0, "公开随机数尚未记录", args...)
	}
	w.write(w.Log(), nil)
	var parts []protocol.Share
	for i := range 2 {
		var part protocol.Share
		noError(t, w.step(i, &part, "part", "--of", "3"))
		parts = append(parts, part)
	}
	third, err := w.terms.Recover(w.Log()[3].Event.(protocol.Commitment), parts)
	noError(t, err)
	secrets := make([]protocol.Secret, 3)
	for i := range secrets {
		noError(t, w.step(i, &secrets[i], "open"))
	}
	if secrets[2] != third {
		t.Fatal("the parts make another secret")
	}
	head, err := w.Draw(time.UnixMilli(5), secrets)
	noError(t, err)
	w.write(w.Log(), nil)
	w.refuses(0, "没有提出重新组卷", "sign")
	w.write(w.Log(), &api.DrawProposal{Attempt: 1, Reason: "破损", Before: protocol.Hash{7}.String()})
	w.refuses(0, "与日志中的最近一次组卷不符", "sign")
	w.write(w.Log(), &api.DrawProposal{Attempt: 1, Reason: "破损", Before: head.Root.String()})
	var s api.DrawSignature
	noError(t, w.step(0, &s, "sign"))
	var signature protocol.Hex
	noError(t, signature.UnmarshalText([]byte(s.Signature)))
	noError(t, w.terms.SignedRedraw(1, protocol.Redraw{Attempt: 1, Reason: "破损"}, head.Root, signature))
	noError(t, os.WriteFile(w.code(0), []byte(hex.EncodeToString(make([]byte, 31))), 0o600))
	w.refuses(0, "保管码", "commit")
}

// TestDrawShareAndAForgedLog: what a server makes up gets no secret, no part and no signature.
func TestDrawShareAndAForgedLog(t *testing.T) {
	w := newSharedDraw(t)
	w.commit(w.Sitting)
	w.observe(w.Sitting, 3)
	log := w.Log()
	forged := func(name string, log []protocol.Entry) {
		t.Helper()
		w.write(log, nil)
		for _, args := range [][]string{{"open"}, {"part", "--of", "3"}, {"sign"}} {
			if err := w.step(0, &json.RawMessage{}, args...); err == nil {
				t.Errorf("%s: %v", name, args)
			}
		}
	}
	changed := func(no int, event protocol.Event) []protocol.Entry {
		all := slices.Clone(log)
		all[no].Event = event
		return all
	}
	forged("terms and a made-up value", []protocol.Entry{log[0], {No: 1, At: 2, Event: protocol.Beacon{Text: "07", Witnesses: []string{"甲", "乙"}}}})
	forged("no roots", slices.Concat(log[:4], log[5:]))
	forged("no commitment", slices.Concat(log[:1], log[4:]))
	forged("other roots", changed(4, protocol.Roots{Bank: protocol.Hash{1}}))
	forged("another value", changed(5, protocol.Beacon{Text: "08", Witnesses: []string{"甲", "乙"}}))

	again := w.opened() // whole and sound, with the same terms, but fixed anew
	for _, e := range log[1:4] {
		noError(t, again.Commit(time.UnixMilli(e.At), e.Event.(protocol.Commitment)))
	}
	w.observe(again, 7)
	w.write(log, nil)
	noError(t, w.step(0, &protocol.Secret{}, "open"))
	forged("other roots than those seen", again.Log())

	w.terms.Beacon.Text = "另行摇号"
	w.write(w.opened().Log(), nil)
	w.refuses(0, "不是同一份", "commit")

	w.write(log, nil)
	noError(t, os.Remove(w.code(1)+seenSuffix))
	w.refuses(1, "没有承诺时留存", "open")

	early := w.opened()
	w.write(early.Log(), nil)
	noError(t, os.Remove(w.code(2)+seenSuffix))
	noError(t, w.step(2, &protocol.Commitment{}, "commit"))
	mine, err := w.terms.Commit(1, protocol.Secret{Share: protocol.Hash{1}}, strings.NewReader(strings.Repeat("x", 1<<12)))
	noError(t, err)
	noError(t, early.Commit(time.UnixMilli(2), mine))
	w.write(early.Log(), nil)
	noError(t, os.Remove(w.code(0)+seenSuffix))
	w.refuses(0, "不是由这一保管码作出的", "commit")
}

// TestDrawShareAndAnInstantToCome: what is dated after now was not recorded.
func TestDrawShareAndAnInstantToCome(t *testing.T) {
	w := newSharedDraw(t)
	w.commit(w.Sitting)
	w.observe(w.Sitting, time.Now().Add(time.Hour).UnixMilli())
	w.refuses(0, "时间还没有到", "open")
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
