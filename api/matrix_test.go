package api_test

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		check(t, os.MkdirAll("testdata", 0o755))
		check(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	check(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; look at it and run with -update:\n%s", path, got)
	}
}

// TestMatrix keeps who may do what in a file, so that a change of it is seen in review.
func TestMatrix(t *testing.T) {
	var b bytes.Buffer
	for _, r := range authz.Roles() {
		fmt.Fprintf(&b, "%s\n", r)
		for _, a := range authz.Actions() {
			if authz.Allowed(r, a) {
				fmt.Fprintf(&b, "  %s\n", a)
			}
		}
	}
	golden(t, "matrix.golden", b.Bytes())
}

// TestRoutes keeps every address with what opens its door.
func TestRoutes(t *testing.T) {
	w := newWorld(t)
	var b bytes.Buffer
	for _, json := range []bool{true, false} {
		for _, r := range w.server.Routes(json) {
			fmt.Fprintf(&b, "%-4s %-48s %v\n", r.Method, r.Path, r.Actions)
		}
	}
	golden(t, "routes.golden", b.Bytes())
}

func TestEveryKindHasAStatus(t *testing.T) {
	statuses := api.Statuses()
	for _, k := range errs.Kinds() {
		if statuses[k] < 400 {
			t.Errorf("%s has the status %d", k, statuses[k])
		}
	}
}

// everybody signs one client in for each role that can sign in, and one for the public.
func everybody(w *world) map[authz.Role]*client {
	all := map[authz.Role]*client{authz.Public: w.program(""), authz.Candidate: w.candidate(0)}
	for role, login := range loginOf {
		all[role] = w.as(login)
	}
	return all
}

// address fills the parameters of a route with something plain.
func address(path string) string {
	return strings.NewReplacer(":id", "nobody", ":room", "t1", ":code", "L5a-0001", ":number", "S000012009999265000001", ":version", "1", ":token", "nobody").Replace(path)
}

// TestDoors: a role without any of a route's actions is refused, at every route, whatever it sends.
func TestDoors(t *testing.T) {
	w := newWorld(t)
	people := everybody(w)
	for _, json := range []bool{true, false} {
		for _, r := range w.server.Routes(json) {
			for role, c := range people {
				if len(r.Actions) == 0 || mayAny(role, r.Actions) {
					continue
				}
				got := c.send(r.Method, address(r.Path), "{}")
				if want := refusal(role, json, r.Method); got.status != want {
					t.Errorf("%s %s as %s: %d, want %d", r.Method, r.Path, role, got.status, want)
				}
			}
		}
	}
}

func mayAny(r authz.Role, all []authz.Action) bool {
	for _, a := range all {
		if authz.Allowed(r, a) {
			return true
		}
	}
	return false
}

// refusal is how the door answers: the public is asked to sign in, where a page can ask; a form of somebody without a
// token carries no token of its page either.
func refusal(role authz.Role, json bool, method string) int {
	switch {
	case role != authz.Public:
		return http.StatusForbidden
	case json:
		return http.StatusUnauthorized
	case method == http.MethodGet:
		return http.StatusSeeOther
	}
	return http.StatusForbidden
}
