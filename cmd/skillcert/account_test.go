package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/clock"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
)

// told runs the program with a password on its standard input.
func told(t *testing.T, password string, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, func(string) string { return "" }, strings.NewReader(password+"\n"), &out, &out)
	return out.String(), err
}

// inside opens the house over dir as a command does.
func inside(t *testing.T, dir string, do func(ctx context.Context, h *house)) {
	t.Helper()
	h, err := open(t.Context(), settings{Data: dir, Listen: defaultListen, Label: "skillcert", Cost: accounts.Cost{KiB: 64, Passes: 1, Threads: 1}},
		clock.System{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	do(t.Context(), h)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}

const secret = "十个字符的口令正好够"

func TestAccountCommands(t *testing.T) {
	dir := t.TempDir()
	create := func(login string, more ...string) (string, error) {
		number := fixtures.IDNumber(clock.Date{Year: 1980, Month: 1, Day: 1}, len(login), engine.Female)
		return told(t, secret, append([]string{"account", "create", "--data", dir, "--login", login, "--name", "卓雅文", "--id-number", number}, more...)...)
	}
	for name, c := range map[string]struct {
		more []string
		says []string
	}{
		"a body is missing":         {[]string{"--role", "exam-office"}, []string{"org missing", "此角色须指明所属机构"}},
		"everything is missing":     {[]string{"--role", "medical,labour,registrar"}, []string{"  org: ", "  province: ", "  roles: "}},
		"a body that is not filed":  {[]string{"--role", "exam-office", "--org", "nowhere"}, []string{"--org nowhere", "no body is filed yet"}},
		"a province that is none":   {[]string{"--role", "labour", "--province", "66"}, []string{"  province: "}},
		"a role that is none":       {[]string{"--role", "candidate"}, []string{"there are: invigilator"}},
		"a number that checks not":  {[]string{"--role", "author", "--id-number", "110101190001010013"}, []string{"身份证"}},
		"a data directory is wrong": {[]string{"--role", "author", "--data", ""}, []string{"data missing"}},
	} {
		_, err := create("a", c.more...)
		for _, says := range c.says {
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v does not say %q", name, err, says)
			}
		}
	}
	inside(t, dir, func(ctx context.Context, h *house) {
		if _, err := h.Registry.FileOrganisation(ctx, operator(), fixtures.EvaluationBody(clock.Date{Year: 2026, Month: 1, Day: 1})); err != nil {
			t.Fatal(err)
		}
	})
	if _, err := create("a", "--role", "exam-office", "--org", "nowhere"); err == nil || !strings.Contains(err.Error(), "there are: tj-jinheng") {
		t.Errorf("a body that is not filed: %v", err)
	}
	if _, err := create("hr", "--role", "employer", "--org", "tj-jinheng"); err == nil || !strings.Contains(err.Error(), "用人单位的账号须属于用人单位") {
		t.Errorf("an employer's account of a body that examines: %v", err)
	}
	if out, err := create("Kaowu", "--role", "exam-office", "--org", "tj-jinheng"); err != nil || !strings.Contains(out, "kaowu") {
		t.Fatalf("%s, %v", out, err)
	}
	checkAccountChanges(t, dir)
}

func checkAccountChanges(t *testing.T, dir string) {
	t.Helper()
	change := func(password string, words ...string) {
		t.Helper()
		if out, err := told(t, password, append([]string{"account", words[0], "--data", dir, "--login", "kaowu"}, words[1:]...)...); err != nil {
			t.Fatalf("%v: %s, %v", words, out, err)
		}
	}
	signsIn := func(password string, want error) (id string) {
		t.Helper()
		inside(t, dir, func(ctx context.Context, h *house) {
			l, _, err := h.Gate.SignIn(ctx, "kaowu", password)
			if !errors.Is(err, want) {
				t.Fatalf("sign in: %v, want %v", err, want)
			}
			if err == nil {
				id = l.Access()
			}
		})
		return id
	}
	ended := func(id string) {
		t.Helper()
		inside(t, dir, func(ctx context.Context, h *house) {
			if _, err := h.Gate.Login(ctx, id); !errors.Is(err, accounts.ErrLoginEnded) {
				t.Errorf("the login goes on: %v", err)
			}
		})
	}
	id := signsIn(secret, nil)
	change("", "disable")
	ended(id)
	signsIn(secret, accounts.ErrCredentials)
	change("", "enable")
	id = signsIn(secret, nil)
	change("另一个口令也有十个字", "password")
	ended(id)
	signsIn(secret, accounts.ErrCredentials)
	signsIn("另一个口令也有十个字", nil)
	for name, args := range map[string][]string{
		"nobody's account":     {"account", "disable", "--data", dir, "--login", "nobody"},
		"a short password":     {"account", "password", "--data", dir, "--login", "kaowu"},
		"no such directory":    {"account", "disable", "--data", dir + "x", "--login", "kaowu"},
		"no directory at all":  {"account", "enable", "--login", "kaowu"},
		"keys of no directory": {"keys", "list"},
		"keys of another":      {"keys", "rotate", "--data", dir + "x"},
	} {
		if out, err := told(t, "short", args...); err == nil {
			t.Errorf("%s: %s", name, out)
		}
	}
}
