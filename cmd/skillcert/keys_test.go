package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades/tsp/tsatest"
	"github.com/skillcert/skillcert/engine/clock"
)

// keyLines are the lines of `keys list` that begin with a use.
func keyLines(t *testing.T, dir, use string) []string {
	t.Helper()
	var found []string
	for line := range strings.Lines(must(t, "keys", "list", "--data", dir)) {
		if fields := strings.Fields(line); fields[0] == use {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}

func TestTokenKeys(t *testing.T) {
	dir := t.TempDir()
	inside(t, dir, func(context.Context, *house) {})
	before := keyLines(t, dir, "tokens")
	if len(before) != 1 || !strings.HasSuffix(before[0], "signs") {
		t.Fatalf("at first: %q", before)
	}
	said := must(t, "keys", "rotate", "--data", dir, "--use", "tokens")
	after := keyLines(t, dir, "tokens")
	if len(after) != 2 || after[0] != strings.Replace(before[0], "signs", "verifies", 1) || !strings.HasSuffix(after[1], "signs") {
		t.Fatalf("after %s\nbefore: %q\nnow: %q", said, before, after)
	}
	if name := strings.Fields(after[1])[1]; !strings.HasPrefix(said, name) {
		t.Errorf("said %q, made %s", said, name)
	}
}

// TestRootsListIsWatched: a directory without the root's secret whose list is missing gets a warning, until the secret
// was there once.
func TestRootsListIsWatched(t *testing.T) {
	dir := t.TempDir()
	must(t, "keys", "init", "--data", dir, "--label", "技能等级认定")
	secret := filepath.Join(dir, keyRoom, "root.key.pem")
	away := filepath.Join(t.TempDir(), "root.key.pem")
	noError(t, os.Rename(secret, away))
	if said := must(t, "keys", "list", "--data", dir); strings.Contains(said, "WARNING") {
		t.Errorf("at once: %s", said)
	}
	noError(t, os.Remove(filepath.Join(dir, keyRoom, "root.crl-000001.pem"))) // as a directory of before has it
	if said := must(t, "keys", "list", "--data", dir); !strings.Contains(said, "never signed") || !strings.Contains(said, "WARNING") {
		t.Errorf("no list: %s", said)
	}
	noError(t, os.Rename(away, secret))
	must(t, "keys", "list", "--data", dir)
	noError(t, os.Remove(secret))
	if said := must(t, "keys", "list", "--data", dir); strings.Contains(said, "WARNING") {
		t.Errorf("signed: %s", said)
	}
}

// TestStampersAreTrusted by the server that has its seals stamped.
func TestStampersAreTrusted(t *testing.T) {
	dir := t.TempDir()
	inside(t, dir, func(_ context.Context, h *house) {
		if h.trusted().Stampers != nil {
			t.Error("somebody is trusted with stamps whom nothing names")
		}
	})
	a := tsatest.New(t, clock.System{}.Now())
	noError(t, os.WriteFile(filepath.Join(dir, keyRoom, "tsa-root.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw}), 0o600))
	noError(t, os.WriteFile(filepath.Join(dir, keyRoom, "tsa.json"), []byte(`{"url":"https://tsa.example","roots":"tsa-root.pem"}`), 0o600))
	inside(t, dir, func(_ context.Context, h *house) {
		want := x509.NewCertPool()
		want.AddCert(a.Root)
		if !h.trusted().Stampers.Equal(want) {
			t.Error("the authority of the seals is not trusted")
		}
	})
}

// TestSealKeys walks a ring through its life on the command line: made, listed, rotated ahead of time, revoked, exported.
func TestSealKeys(t *testing.T) {
	dir := t.TempDir()
	now := clock.System{}.Now()
	must(t, "keys", "init", "--data", dir, "--label", "技能等级认定", "--sm2")
	r, err := keys.Load(filepath.Join(dir, keyRoom))
	noError(t, err)
	s, err := r.Sealer(keys.Body{Name: "津门照护技能评价中心", Filing: "S000012009999"}, keys.Year(now), now)
	noError(t, err)
	serial := s.Certificate().SerialNumber.Text(16)
	if lines := keyLines(t, dir, "seal"); len(lines) != 1 || !strings.Contains(lines[0], "signs") || !strings.Contains(lines[0], serial) {
		t.Fatalf("seals: %q", lines)
	}
	if lines := keyLines(t, dir, "crl"); len(lines) != 1 || !strings.Contains(lines[0], now.AddDate(0, 0, 400).UTC().Format(time.DateOnly)) {
		t.Errorf("the root's list: %q", lines)
	}
	for _, use := range []string{"seal", "sm2-seal", "status", "offline"} {
		said := must(t, "keys", "rotate", "--data", dir, "--use", use, "--body", "S000012009999", "--name", "津门照护技能评价中心",
			"--from", now.AddDate(0, 0, 2).Format("2006-01-02"))
		if !strings.Contains(said, "waits") {
			t.Errorf("%s: rotated ahead: %s", use, said)
		}
	}
	if lines := keyLines(t, dir, "offline"); len(lines) != 2 || !strings.Contains(lines[0], "signs") || !strings.Contains(lines[1], "waits") {
		t.Errorf("rotated before the first key: %q", lines)
	}
	said := must(t, "keys", "revoke", "--data", dir, "--serial", serial, "--reason", "key-compromise", "--since", "2026-01-01")
	if !strings.Contains(said, "revoked") || !strings.Contains(said, "since 2025-12-31T16:00:00Z") {
		t.Errorf("revoked: %s", said)
	}
	file := filepath.Join(dir, "bundle.pem")
	must(t, "keys", "export", "--data", dir, "--out", file, "--origin", "log.example.org/1")
	bundle, err := os.ReadFile(file)
	noError(t, err)
	text, root := string(bundle), string(r.RootPEM())
	if !strings.HasPrefix(text, "log log.example.org/1+") || strings.Contains(text, strings.TrimSpace(root)) || strings.Contains(text, "PRIVATE") {
		t.Errorf("bundle:\n%s", text)
	}
	certs, lists := blocks(t, bundle)
	if certs < 7 || lists != 2 {
		t.Errorf("%d certificates and %d lists in the bundle", certs, lists)
	}
}

func blocks(t *testing.T, bundle []byte) (certs, lists int) {
	t.Helper()
	for block, rest := pem.Decode(bundle); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "X509 CRL" {
			_, err := x509.ParseRevocationList(block.Bytes)
			noError(t, err)
			lists++
			continue
		}
		certs++
	}
	return certs, lists
}

func TestKeyCommandsThatAreRefused(t *testing.T) {
	dir := t.TempDir()
	must(t, "keys", "init", "--data", dir, "--label", "技能等级认定")
	yesterday := clock.System{}.Now().In(chinaTime()).AddDate(0, 0, -1).Format(time.DateOnly)
	for name, c := range map[string]struct {
		args []string
		says string // in the second language, with the flag and its choices
	}{
		"no data":          {[]string{"list"}, "--data DIR"},
		"no label":         {[]string{"init", "--data", filepath.Join(dir, "x")}, "give with --label"},
		"other algorithm":  {[]string{"init", "--data", filepath.Join(dir, "x"), "--label", "x", "--algorithm", "p384"}, "--algorithm takes p256 or rsa3072"},
		"no use":           {[]string{"rotate", "--data", dir}, "with --use which key: tokens, seal, status, offline, sm2-seal"},
		"other use":        {[]string{"rotate", "--data", dir, "--use", "root"}, "--use takes tokens, seal, status"},
		"no body":          {[]string{"rotate", "--data", dir, "--use", "seal"}, "give with --body"},
		"half a body":      {[]string{"rotate", "--data", dir, "--use", "seal", "--body", "S0000", "--name", "x"}, "--body, 13 characters"},
		"never sealed":     {[]string{"rotate", "--data", dir, "--use", "seal", "--body", "S000012009999"}, "give its name with --name"},
		"no second seals":  {[]string{"rotate", "--data", dir, "--use", "sm2-seal", "--body", "S000012009999", "--name", "x"}, "keys init --sm2 sets them"},
		"no date":          {[]string{"rotate", "--data", dir, "--use", "status", "--from", "tomorrow"}, "is no date"},
		"from yesterday":   {[]string{"rotate", "--data", dir, "--use", "status", "--from", yesterday}, "today at the earliest"},
		"tokens to come":   {[]string{"rotate", "--data", dir, "--use", "tokens", "--from", "2999-01-01"}, "takes no --from"},
		"nobody's serial":  {[]string{"revoke", "--data", dir, "--serial", "1234", "--reason", "key-compromise"}, "has this --serial"},
		"no number":        {[]string{"revoke", "--data", dir, "--serial", "x", "--reason", "key-compromise"}, "has this --serial"},
		"no serial":        {[]string{"revoke", "--data", dir, "--reason", "key-compromise"}, "give with --serial"},
		"no reason":        {[]string{"revoke", "--data", dir, "--serial", "1234"}, "with --reason why: affiliation-changed, ca-compromise"},
		"other reason":     {[]string{"revoke", "--data", dir, "--serial", "1234", "--reason", "why"}, "--reason takes affiliation-changed"},
		"origin of spaces": {[]string{"export", "--data", dir, "--origin", "a b"}, ""},
		"nowhere":          {[]string{"list", "--data", dir + "x"}, "no such key in the key directory"},
		"no such command":  {[]string{"lst"}, "there is no command keys lst"},
	} {
		if out, err := told(t, "", append([]string{"keys"}, c.args...)...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	if out, err := told(t, "", "bench", "lst"); err == nil {
		t.Errorf("no such bench: %s", out)
	}
}

// TestKeysOfAHouseAreKept: who makes keys where some are hears under which name they go on.
func TestKeysOfAHouseAreKept(t *testing.T) {
	dir := t.TempDir()
	if said := must(t, "keys", "init", "--data", dir, "--label", "甲"); strings.Contains(said, "kept") {
		t.Errorf("the first time: %s", said)
	}
	said := must(t, "keys", "init", "--data", dir, "--label", "乙")
	if !strings.Contains(said, "名称仍是“甲”") || strings.Contains(said, "乙") {
		t.Errorf("under another name: %s", said)
	}
	today := clock.System{}.Now().In(chinaTime()).Format(time.DateOnly)
	if said := must(t, "keys", "rotate", "--data", dir, "--use", "status", "--from", today); !strings.Contains(said, "signs") {
		t.Errorf("from today: %s", said)
	}
}

// TestKeysHelpSaysWhatProves: of a compromised key, as the README does.
func TestKeysHelpSaysWhatProves(t *testing.T) {
	if said := must(t, "keys", "revoke", "--help"); !strings.Contains(said, "proof of the log does not count") || strings.Contains(said, "or the log proves") {
		t.Error(said)
	}
}
