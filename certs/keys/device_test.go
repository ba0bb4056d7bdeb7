//go:build cgo

package keys_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/certs/keys"
)

const pin = "246810"

// token makes a SoftHSM token for the test and returns the path of the module.
func token(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	conf := filepath.Join(dir, "softhsm2.conf")
	check(t, os.WriteFile(conf, fmt.Appendf(nil, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", dir), 0o600))
	t.Setenv("SOFTHSM2_CONF", conf)
	out, err := exec.Command("softhsm2-util", "--init-token", "--free", "--label", "skillcert", "--so-pin", "13579135", "--pin", pin).CombinedOutput()
	if err != nil {
		t.Fatalf("softhsm2-util (package softhsm2): %v\n%s", err, out)
	}
	for _, d := range []string{"/usr/lib/softhsm", "/usr/lib/x86_64-linux-gnu/softhsm", "/usr/lib/aarch64-linux-gnu/softhsm"} {
		m := filepath.Join(d, "libsofthsm2.so")
		if _, err := os.Stat(m); err == nil {
			return m
		}
	}
	t.Fatal("the module libsofthsm2.so is missing")
	return ""
}

// configure writes pkcs11.json, with a further field, into a new directory.
func configure(t *testing.T, module, more string) string {
	t.Helper()
	dir := t.TempDir()
	settings := fmt.Appendf(nil, `{"module":%q,"token":"skillcert","label":"test",%s}`, module, more)
	check(t, os.WriteFile(filepath.Join(dir, "pkcs11.json"), settings, 0o600))
	return dir
}

// TestKeysInAToken: root, authority and seals live in the device; the files hold labels; everything verifies as ever, for
// both algorithms.
func TestKeysInAToken(t *testing.T) {
	module := token(t)
	t.Setenv("TOKEN_PIN", pin)
	for _, a := range []keys.Algorithm{keys.P256, keys.RSA3072} {
		dir := configure(t, module, `"pin_env":"TOKEN_PIN"`)
		r, err := keys.Make(dir, keys.Options{Label: "技能等级认定", Algorithm: a}, noon())
		check(t, err)
		if _, err := report(t, r, sealerOf(t, r, body, 2026), noon()); err != nil {
			t.Errorf("%s: %v", a, err)
		}
		for _, name := range secrets() {
			content := string(read(t, filepath.Join(dir, name)))
			if strings.Contains(content, "PRIVATE KEY") || !strings.Contains(content, "PKCS11 KEY LABEL") {
				t.Errorf("%s: %s holds its secret", a, name)
			}
		}
		check(t, r.Close())
		again, err := keys.Load(dir)
		check(t, err)
		if _, err := report(t, again, sealerOf(t, again, body, 2026), noon()); err != nil {
			t.Errorf("%s, reopened: %v", a, err)
		}
		check(t, again.Close())
		check(t, os.Remove(filepath.Join(dir, "pkcs11.json")))
		if _, err := keys.Load(dir); !errors.Is(err, keys.ErrDevice) {
			t.Errorf("%s, without its device: %v", a, err)
		}
	}
}

// TestDeviceSettingsThatAreRefused before any key is made.
func TestDeviceSettingsThatAreRefused(t *testing.T) {
	module := token(t)
	t.Setenv("TOKEN_PIN", pin)
	for name, settings := range map[string]string{
		"no JSON": "x", "unknown field": `{"pin":"1"}`, "no module": `{"token":"skillcert","label":"x","pin_env":"TOKEN_PIN"}`,
		"no PIN":        fmt.Sprintf(`{"module":%q,"token":"skillcert","label":"x"}`, module),
		"two PINs":      fmt.Sprintf(`{"module":%q,"token":"skillcert","label":"x","pin_env":"TOKEN_PIN","pin_file":"pin"}`, module),
		"unset PIN":     fmt.Sprintf(`{"module":%q,"token":"skillcert","label":"x","pin_env":"NO_SUCH_PIN"}`, module),
		"other token":   fmt.Sprintf(`{"module":%q,"token":"other","label":"x","pin_env":"TOKEN_PIN"}`, module),
		"wrong PIN":     fmt.Sprintf(`{"module":%q,"token":"skillcert","label":"x","pin_env":"PATH"}`, module),
		"absent module": `{"module":"/nowhere.so","token":"skillcert","label":"x","pin_env":"TOKEN_PIN"}`,
	} {
		dir := t.TempDir()
		check(t, os.WriteFile(filepath.Join(dir, "pkcs11.json"), []byte(settings), 0o600))
		if _, err := keys.Init(dir, "x", false, noon()); !errors.Is(err, keys.ErrDevice) {
			t.Errorf("%s: %v", name, err)
		}
		if files, err := filepath.Glob(filepath.Join(dir, "*.pem")); err != nil || len(files) != 0 {
			t.Errorf("%s: made %v", name, files)
		}
	}
}

// TestPINInAFile that only the owner may read.
func TestPINInAFile(t *testing.T) {
	dir := configure(t, token(t), `"pin_file":"pin"`)
	if _, err := keys.Init(dir, "x", false, noon()); !errors.Is(err, keys.ErrAbsent) {
		t.Errorf("no file: %v", err)
	}
	check(t, os.WriteFile(filepath.Join(dir, "pin"), []byte(pin+"\n"), 0o644))
	if _, err := keys.Init(dir, "x", false, noon()); !errors.Is(err, keys.ErrExposed) {
		t.Errorf("for all to read: %v", err)
	}
	check(t, os.Chmod(filepath.Join(dir, "pin"), 0o600))
	r, err := keys.Init(dir, "x", false, noon())
	check(t, err)
	check(t, r.Close())
}
