package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/certs/translog/audit"
	"github.com/skillcert/skillcert/certs/translog/witness"
	"github.com/skillcert/skillcert/engine/clock"
)

// logLeaves logs the leaves from first on in a house, and publishes as the server's worker does.
func logLeaves(t *testing.T, s settings, first, n int) translog.Checkpoint {
	t.Helper()
	s.Listen, s.Label = defaultListen, "skillcert"
	h, err := open(t.Context(), s, clock.System{}, slog.New(slog.DiscardHandler))
	noError(t, err)
	var batch []translog.Entry
	for i := first; i < first+n; i++ {
		leaf := translog.Leaf{Event: translog.Issued, Commitment: [32]byte{byte(i), byte(i >> 8)}}
		batch = append(batch, translog.Entry{ID: fmt.Sprint(i), Data: leaf.Bytes()})
	}
	_, err = h.Translog.Append(t.Context(), batch)
	noError(t, errors.Join(err, h.publishOnce(t.Context())))
	c, err := h.Translog.Latest(t.Context())
	noError(t, errors.Join(err, h.Close()))
	return c
}

// verifierKey is the key of a house's log.
func verifierKey(t *testing.T, dir string) string {
	t.Helper()
	var key string
	noError(t, inHouse(t.Context(), settings{Data: dir, Listen: defaultListen, Label: "skillcert"}, func(h *house) error {
		_, vkey, err := h.keys.LogSigner(h.Translog.Origin())
		key = vkey
		return err
	}))
	return key
}

// TestLogIsMirroredAndAudited: a stranger with a mirror, the key and an earlier checkpoint sees the log grow, and sees what
// was done to it.
func TestLogIsMirroredAndAudited(t *testing.T) {
	dir, mirror := inhabited(t), filepath.Join(t.TempDir(), "mirror")
	logLeaves(t, settings{Data: dir}, 0, 300)
	key, saved := verifierKey(t, dir), filepath.Join(t.TempDir(), "checkpoint")
	must(t, "log", "export", "--data", dir, "--out", mirror)
	out := must(t, "log", "audit", mirror, "--key", key, "--save", saved)
	if !strings.Contains(out, "完整 whole") || !strings.Contains(out, "发证 issued: 300") || strings.Contains(out, "未核对") {
		t.Errorf("%s", out)
	}
	logLeaves(t, settings{Data: dir}, 300, 100)
	must(t, "log", "export", "--data", dir, "--out", mirror)
	var r audit.Report
	noError(t, json.Unmarshal([]byte(must(t, "log", "audit", mirror, "--key", key, "--since", saved, "--json")), &r))
	if !r.Whole || r.Size != 400 || *r.Since != 300 || *r.Growth != 100 || r.Events[translog.Issued] != 400 {
		t.Errorf("%+v", r)
	}
	if out := must(t, "log", "audit", mirror); !strings.Contains(out, "签名未核对") {
		t.Errorf("without a key: %s", out)
	}
	file := filepath.Join(t.TempDir(), "log.vkey")
	noError(t, os.WriteFile(file, []byte(key+"\n"), 0o600))
	if out := must(t, "log", "audit", mirror, "--key", file); strings.Contains(out, "未核对") {
		t.Errorf("the key in a file: %s", out)
	}
	wantAudit(t, exitNotWhole, "tile/entries/000", func() { flip(t, filepath.Join(mirror, "tile", "entries", "000"), 40) }, mirror, "--key", key)
	wantAudit(t, exitNotWhole, "missing", func() { noError(t, os.Remove(filepath.Join(mirror, "tile", "entries", "000"))) }, mirror, "--key", key)

	other := inhabited(t)
	logLeaves(t, settings{Data: other}, 5000, 500)
	elsewhere := filepath.Join(t.TempDir(), "mirror")
	must(t, "log", "export", "--data", other, "--out", elsewhere)
	nothing := func() {}
	wantAudit(t, exitNotWhole, "checkpoint", nothing, elsewhere, "--key", key)
	said, _ := command(t, "log", "audit", elsewhere, "--key", key)
	if strings.Contains(said, "no --key") || strings.Contains(said, "entries") {
		t.Errorf("a checkpoint that was not accepted tells: %s", said)
	}
	wantAudit(t, exitNotWhole, "rewritten", nothing, elsewhere, "--since", saved)
	wantAudit(t, exitUnchecked, "", nothing, t.TempDir(), "--key", key)
	wantAudit(t, exitUnchecked, "", nothing, elsewhere, "--key", "nonsense")
	wantAudit(t, exitUnchecked, "", nothing, elsewhere, "--since", filepath.Join(t.TempDir(), "none"))
	wantAudit(t, exitUnchecked, "", nothing, "http://127.0.0.1:1/log")
	wantAudit(t, exitUnchecked, "", nothing)
	wantAudit(t, exitUnchecked, "", nothing, elsewhere, "--wrong")
}

func flip(t *testing.T, name string, at int) {
	t.Helper()
	b, err := os.ReadFile(name)
	noError(t, err)
	b[at] ^= 1
	noError(t, os.WriteFile(name, b, 0o644))
}

// wantAudit does something to a mirror and audits it.
func wantAudit(t *testing.T, want exitCode, word string, do func(), args ...string) {
	t.Helper()
	do()
	out, err := command(t, append([]string{"log", "audit"}, args...)...)
	var code exitCode
	if !errors.As(err, &code) || code != want || !strings.Contains(out, word) {
		t.Errorf("audit %v: %v\n%s", args, err, out)
	}
}

// TestHouseIsWitnessed: a house asks its witness whenever it publishes, and shows what it was given; the witness that is
// away stops nothing, and the house that moved keeps the name of its log.
func TestHouseIsWitnessed(t *testing.T) {
	dir := inhabited(t)
	first := logLeaves(t, settings{Data: dir, Base: "https://cert.example"}, 0, 3)
	if first.Origin != "cert.example/log" {
		t.Fatalf("the log is called %s", first.Origin)
	}
	key := verifierKey(t, dir)
	keyFile, state := filepath.Join(t.TempDir(), "witness.key"), filepath.Join(t.TempDir(), "state")
	cosigner, err := witnessKey(keyFile, "witness.example/w1")
	noError(t, err)
	if again, err := witnessKey(keyFile, ""); err != nil || again.VerifierKey() != cosigner.VerifierKey() {
		t.Fatalf("the key was not kept: %v", err)
	}
	trust, err := translog.ReadTrust([]string{key}, nil)
	noError(t, err)
	file, _, err := witness.OpenFile(state)
	noError(t, err)
	t.Cleanup(func() { noError(t, file.Close()) })
	handler, err := witness.New(trust, cosigner, file)
	noError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	moved := settings{Data: dir, Base: "https://elsewhere.example", Witnesses: []string{server.URL + "=" + cosigner.VerifierKey()}}
	c := logLeaves(t, moved, 3, 4)
	if c.Origin != "cert.example/log" || len(c.Cosigned) != 1 || c.Cosigned[0].Witness != "witness.example/w1" {
		t.Fatalf("%s %v", c.Origin, c.Cosigned)
	}
	mirror := filepath.Join(t.TempDir(), "mirror")
	must(t, "log", "export", "--data", dir, "--out", mirror)
	if out := must(t, "log", "audit", mirror, "--key", key, "--witness", cosigner.VerifierKey()); !strings.Contains(out, "见证 cosigned: witness.example/w1") {
		t.Errorf("%s", out)
	}
	absent, err := witnessKey(filepath.Join(t.TempDir(), "absent.key"), "witness.example/absent")
	noError(t, err)
	saved := filepath.Join(t.TempDir(), "checkpoint")
	wantAudit(t, exitUnchecked, "no cosignature by: witness.example/absent", func() {}, mirror, "--key", key, "--witness", cosigner.VerifierKey(),
		"--witness", absent.VerifierKey(), "--save", saved)
	if _, err := os.Stat(saved); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a checkpoint was kept that a witness did not sign: %v", err)
	}
	server.Close()
	wantGoesOn(t, moved)
}

// wantGoesOn: without its witness the house publishes, says what failed, and does not ask again at once.
func wantGoesOn(t *testing.T, s settings) {
	t.Helper()
	s.Listen, s.Label = defaultListen, "skillcert"
	h, err := open(t.Context(), s, clock.System{}, slog.New(slog.DiscardHandler))
	noError(t, err)
	_, err = h.Translog.Append(t.Context(), []translog.Entry{{ID: "last", Data: translog.Leaf{Event: translog.Revoked}.Bytes()}})
	noError(t, err)
	if err := h.publishOnce(t.Context()); err == nil || !strings.Contains(err.Error(), "witness.example/w1") {
		t.Errorf("nothing is said: %v", err)
	}
	noError(t, h.publishOnce(t.Context()))
	c, err := h.Translog.Latest(t.Context())
	if err != nil || c.Size != 8 {
		t.Errorf("%d entries are published, %v", c.Size, err)
	}
	noError(t, h.Close())
}

func TestWitnessCommand(t *testing.T) {
	dir := inhabited(t)
	logLeaves(t, settings{Data: dir}, 0, 3)
	key, place := verifierKey(t, dir), t.TempDir()
	args := []string{"log", "witness", "--listen", "127.0.0.1:0", "--log", key, "--state", filepath.Join(place, "state"), "--key", filepath.Join(place, "key")}
	for _, bad := range [][]string{args[:4], append(args[:8:8], "--key", filepath.Join(place, "other")), append(args[:4:4], "--log", "x", "--state", "s", "--key", "k")} {
		if _, err := command(t, bad...); err == nil {
			t.Errorf("%v was started", bad)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop() // it starts, says who it is, and stops in order
	var out, said strings.Builder
	noError(t, run(ctx, append(args, "--name", "witness.example/w1"), func(string) string { return "" }, strings.NewReader(""), &out, &said))
	if !strings.Contains(out.String(), "witness.example/w1+") || !strings.Contains(said.String(), "new state") {
		t.Errorf("%s%s", &out, &said)
	}
}

func TestWitnessesOfTheSettings(t *testing.T) {
	good, err := witnessKey(filepath.Join(t.TempDir(), "key"), "witness.example/w1")
	noError(t, err)
	for _, bad := range []string{"", "https://w.example", "https://w.example=", "=" + good.VerifierKey(), "ftp://w.example=" + good.VerifierKey(),
		"https://w.example=" + good.VerifierKey()[1:], "https://=" + good.VerifierKey()} {
		s := settings{Data: t.TempDir(), Listen: defaultListen, Label: "skillcert", Witnesses: []string{bad}}
		if h, err := open(t.Context(), s, clock.System{}, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%q is taken", bad)
			noError(t, h.Close())
		}
	}
}
