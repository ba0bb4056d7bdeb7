package keys_test

import (
	"encoding/pem"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/pades/tsp/tsatest"
)

// TestSettingsMakeSealsStamped: with tsa.json in the directory every seal carries a stamp that holds.
func TestSettingsMakeSealsStamped(t *testing.T) {
	a := tsatest.New(t, noon())
	s := httptest.NewServer(a)
	defer s.Close()
	dir := t.TempDir()
	root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw})
	check(t, os.WriteFile(filepath.Join(dir, "tsa-root.pem"), root, 0o600))
	check(t, os.WriteFile(filepath.Join(dir, "tsa.json"), fmt.Appendf(nil, `{"url":%q,"roots":"tsa-root.pem","evidence":"tsa-root.pem"}`, s.URL), 0o600))
	r := initRing(t, dir)
	pdf, err := sealerOf(t, r, body, 2026).Seal(pades.Input{PDF: read(t, "../pades/testdata/plain.pdf")}, noon())
	check(t, err)
	got, err := pades.Verify(pdf, r.Trust(), pades.Options{Stampers: r.StampRoots()})
	if err != nil || !got.Stamped.Equal(noon()) {
		t.Errorf("%v, %+v", err, got)
	}
	if certs, err := r.Published(); err != nil || len(certs) != 2 {
		t.Errorf("published: %s, %v", names(certs), err)
	}
	if initRing(t, t.TempDir()).StampRoots() != nil {
		t.Error("roots without an authority")
	}
}

func TestStampSettingsThatAreRefused(t *testing.T) {
	a := tsatest.New(t, noon())
	for name, settings := range map[string]string{
		"no JSON": "x", "unknown field": `{"uri":"https://tsa.example"}`, "no roots": `{"url":"https://tsa.example"}`,
		"no address": `{"roots":"tsa-root.pem"}`, "a file": `{"url":"file:///x","roots":"tsa-root.pem"}`,
		"absent roots": `{"url":"https://tsa.example","roots":"none.pem"}`, "roots elsewhere": `{"url":"https://tsa.example","roots":"../tsa-root.pem"}`,
		"a secret": `{"url":"https://tsa.example","roots":"tsa-root.pem","evidence":"secret.pem"}`,
		"too slow": `{"url":"https://tsa.example","roots":"tsa-root.pem","timeout_seconds":121}`,
		"empty":    `{"url":"https://tsa.example","roots":"empty.pem"}`,
	} {
		dir := t.TempDir()
		check(t, os.WriteFile(filepath.Join(dir, "tsa-root.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw}), 0o600))
		check(t, os.WriteFile(filepath.Join(dir, "secret.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}), 0o600))
		check(t, os.WriteFile(filepath.Join(dir, "empty.pem"), nil, 0o600))
		check(t, os.WriteFile(filepath.Join(dir, "tsa.json"), []byte(settings), 0o600))
		if _, err := keys.Init(dir, "x", false, noon()); !errors.Is(err, keys.ErrStamper) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
