package certs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

func TestList(t *testing.T) {
	o := newOffice(t, 12)
	o.body(t, "other", "Y000112000001")
	o.session(t, "elsewhere", "other", "final")
	for n := range 12 {
		o.issue(t, n)
	}
	all := o.ledger(t)
	o.revoke(t, all[4].Number, "理由")
	check(t, o.ports.Ledger.CreateCertificate(t.Context(), &certs.Certificate{Number: "Y000112000001264000001", Edition: certs.Edition{Name: all[3].Name}, Org: "other", Token: "other", State: certs.Valid}))
	unbound, other := registrar(), registrar()
	unbound.Org, other.Org = "", "other"
	bureau := authz.Principal{Account: "renshe", Roles: []authz.Role{authz.Labour}, Org: "bureau"}
	for name, c := range map[string]struct {
		by    authz.Principal
		q     string
		state certs.State
		want  string
	}{
		"all":                {registrar(), "", "", "12 11 10 9 8 7 6 5 4 3 2 1"},
		"valid":              {registrar(), "", certs.Valid, "12 11 10 9 8 7 6 4 3 2 1"},
		"revoked":            {registrar(), "", certs.Revoked, "5"},
		"none reserved":      {registrar(), "", certs.Reserved, ""},
		"by number":          {registrar(), "s 0000 12009999264000 01", "", "12 11 10"},
		"by one number":      {registrar(), string(all[6].Number), "", "7"},
		"by longer number":   {registrar(), string(all[6].Number) + "0", "", ""},
		"by name":            {registrar(), " " + all[3].Name + " ", "", "4"},
		"by part of a name":  {registrar(), "买买提", certs.Revoked, "5"},
		"by nobody's name":   {registrar(), "王", "", ""},
		"bound to no body":   {unbound, all[3].Name, "", ""},
		"of the other body":  {other, "", "", "1"},
		"by an authority":    {bureau, all[3].Name, "", "1 4"},
		"number of no level": {registrar(), "S0000120099992649", "", ""},
	} {
		for _, limit := range []int{1, 3, 0} {
			if got := o.list(t, c.by, c.q, c.state, limit); got != c.want {
				t.Errorf("%s, pages of %d: %s, want %s", name, limit, got, c.want)
			}
		}
	}
	_, _, err := o.List(t.Context(), holder(0), "", "", engine.Cursor{})
	wantError(t, err, authz.ErrForbidden)
}

// list returns the serials of a whole list.
func (o *office) list(t *testing.T, by authz.Principal, q string, s certs.State, limit int) string {
	t.Helper()
	var serials []string
	for c := (engine.Cursor{Limit: limit}); ; {
		rows, next, err := o.List(t.Context(), by, q, s, c)
		check(t, err)
		if limit > 0 && len(rows) > limit {
			t.Fatalf("%d rows on a page of %d", len(rows), limit)
		}
		for _, r := range rows {
			serials = append(serials, fmt.Sprint(r.Number.Serial()))
		}
		if c.After = next; next == "" {
			return strings.Join(serials, " ")
		}
	}
}

func TestFilesGoToTheirReaders(t *testing.T) {
	o := newOffice(t, 2)
	c := o.issue(t, 0)
	other, unnamed := registrar(), holder(0)
	other.Org, unnamed.Person = "other", ""
	for name, r := range map[string]struct {
		by   authz.Principal
		n    certs.Number
		want error
	}{
		"registrar": {registrar(), c.Number, nil}, "holder": {holder(0), c.Number, nil}, "other candidate": {holder(1), c.Number, certs.ErrCertificate},
		"candidate without a name": {unnamed, c.Number, certs.ErrCertificate}, "registrar of another body": {other, c.Number, certs.ErrCertificate},
		"public": {authz.Anonymous(), c.Number, authz.ErrUnauthenticated}, "author": {authz.Principal{Roles: []authz.Role{authz.Author}}, c.Number, authz.ErrForbidden},
		"no such number": {registrar(), "S000012009999264000002", certs.ErrCertificate}, "no number": {registrar(), "*", certs.ErrCertificate},
	} {
		f, err := o.File(t.Context(), r.by, r.n)
		if wantError(t, err, r.want); err == nil && len(f.PDF) == 0 {
			t.Errorf("%s: an empty file", name)
		}
	}
	broken := o.issuer(o.ports, choosy{o.press(), []string{o.person(t, 1).Name}})
	_, err := broken.Issue(t.Context(), registrar(), resultOf(1))
	wantError(t, err, errBroken)
	_, err = o.File(t.Context(), registrar(), "S000012009999264000002")
	wantError(t, err, certs.ErrFile)
}

func TestOfCandidate(t *testing.T) {
	o := newOffice(t, 3)
	c := o.issue(t, 0)
	broken := o.issuer(o.ports, choosy{o.press(), []string{o.person(t, 1).Name}})
	_, err := broken.Issue(t.Context(), registrar(), resultOf(1))
	wantError(t, err, errBroken)
	for name, r := range map[string]struct {
		by   authz.Principal
		of   int
		want certs.Number
	}{"own": {holder(0), 0, c.Number}, "another's": {holder(1), 0, ""}, "not yet sealed": {holder(1), 1, ""}, "none": {holder(2), 2, ""}} {
		got, err := o.OfCandidate(t.Context(), r.by, resultOf(r.of))
		if check(t, err); r.want == "" != (got == nil) || got != nil && got.Number != r.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	_, err = o.OfCandidate(t.Context(), registrar(), resultOf(0))
	wantError(t, err, authz.ErrForbidden)
}
