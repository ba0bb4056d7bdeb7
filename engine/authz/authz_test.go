package authz_test

import (
	"testing"

	"github.com/skillcert/skillcert/engine/authz"
)

// Who is bound to a body acts for it alone; a role that watches over all bodies, or belongs to none, says so.
func TestActsFor(t *testing.T) {
	for _, role := range authz.Roles() {
		watches := role == authz.Medical || role == authz.Labour
		free := role == authz.Operator || role == authz.Engine
		for _, c := range []struct {
			org, of string
			want    bool
		}{
			{"a", "a", true},
			{"a", "b", watches},
			{"a", "", watches},
			{"", "a", watches || free},
			{"", "", watches || free},
		} {
			p := authz.Principal{Roles: []authz.Role{role}, Org: c.org}
			if got := p.ActsFor(c.of); got != c.want {
				t.Errorf("%s of %q acts for %q: %v", role, c.org, c.of, got)
			}
		}
	}
	if (authz.Principal{}).ActsFor("") || authz.Anonymous().ActsFor("") {
		t.Error("nobody acts for something")
	}
}

// An authority decides in its own province, and in none when it was bound to none.
func TestActsIn(t *testing.T) {
	for _, role := range authz.Roles() {
		free := role == authz.Operator || role == authz.Engine
		for _, c := range []struct {
			own, of string
			want    bool
		}{{"12", "12", true}, {"12", "50", false}, {"12", "", false}, {"", "12", free}, {"", "", free}} {
			p := authz.Principal{Roles: []authz.Role{role}, Province: c.own}
			if got := p.ActsIn(c.of); got != c.want {
				t.Errorf("%s of %q decides in %q: %v", role, c.own, c.of, got)
			}
		}
	}
}
