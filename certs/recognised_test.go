package certs_test

import (
	"context"
	"testing"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/recognition"
	"github.com/skillcert/skillcert/engine/separation"
)

// desk is direct recognition with one case whose publicity is over; refuses is what came to light since.
type desk struct {
	c       *recognition.Case
	refuses error
	handed  int
}

func (d *desk) Granted(context.Context, recognition.ID) (*recognition.Case, error) {
	return d.c, d.refuses
}
func (d *desk) FinalOf(_ context.Context, org engine.OrgID) ([]*recognition.Case, error) {
	if org != d.c.Org {
		return nil, nil
	}
	return []*recognition.Case{d.c}, nil
}
func (d *desk) Case(_ context.Context, by authz.Principal, id recognition.ID) (*recognition.Case, error) {
	if id != d.c.ID || !by.ActsFor(string(d.c.Org)) {
		return nil, recognition.ErrCase
	}
	return d.c, nil
}
func (d *desk) HandedOver(context.Context, authz.Principal, recognition.ID) error {
	d.handed++
	return nil
}

// 直接认定的证书登记着取得方式：查验的人看到的是直接认定，不是考试；证书不属于任何场次，也没有任何分数。
func TestARecognitionIsIssuedAsOne(t *testing.T) {
	o := newOffice(t, 1)
	d := &desk{c: &recognition.Case{ID: recognition.Of("body", "person0", engine.Level5), Org: "body", Person: "person0", Level: engine.Level5, State: recognition.Final}}
	o.recognitions = d
	o.Issuer = o.issuer(o.ports, o.press())
	d.refuses = separation.ErrSeparated
	_, err := o.IssueRecognition(t.Context(), registrar(), d.c.ID)
	wantError(t, err, separation.ErrSeparated)
	d.refuses = nil
	_, err = o.IssueRecognition(t.Context(), supervisor(), d.c.ID)
	wantError(t, err, authz.ErrForbidden)
	abroad := registrar()
	abroad.Org = "other"
	_, err = o.IssueRecognition(t.Context(), abroad, d.c.ID)
	wantError(t, err, recognition.ErrCase)
	c, err := o.IssueRecognition(t.Context(), registrar(), d.c.ID)
	check(t, err)
	d.refuses = separation.ErrSeparated // what comes to light after the issue takes nothing back by itself
	again, err := o.IssueRecognition(t.Context(), registrar(), d.c.ID)
	if err != nil || asJSON(t, again) != asJSON(t, c) {
		t.Errorf("issued again as %s, %v", asJSON(t, again), err)
	}
	if c.Way != certs.RouteDirect || c.Route() != certs.RouteDirect || c.Session != "" || c.RecognitionID() != d.c.ID || c.AwardID() != "" || c.Level != engine.Level5 {
		t.Errorf("issued as %s", asJSON(t, c))
	}
	a, err := o.verifier.ByFile(t.Context(), o.file(t, c.Number))
	if err != nil || a.Standing != certs.StandingValid || a.Certificate.Route() != certs.RouteDirect {
		t.Errorf("the document: %+v, %v", a, err)
	}
	if s := c.Credential(&c.Edition); s.Route != certs.RouteDirect || s.Format != 2 || s.Route.Chinese() != "直接认定（未经考试）" {
		t.Errorf("the sealed file says %+v", s)
	}
	if exam := o.issue(t, 0); exam.Route() != certs.RouteExam || exam.Credential(&exam.Edition).Route != "" || exam.Credential(&exam.Edition).Format != 1 {
		t.Errorf("a sitting's certificate says %s", asJSON(t, exam))
	}
	handed, err := o.HandOverAwards(t.Context(), registrar(), certs.Days{})
	if err != nil || len(handed) != 1 || handed[0].Certificate.Number != c.Number || d.handed != 1 {
		t.Errorf("handed over %v, %d noted, %v", handed, d.handed, err)
	}
}

// 电子凭证写明取得途径以前发的直接认定证书，补发、更正后的凭证都要写明是直接认定，不能像考试取得的。
func TestAReissueSaysHowTheCertificateWasEarned(t *testing.T) {
	o := newOffice(t, 1)
	d := &desk{c: &recognition.Case{ID: recognition.Of("body", "person0", engine.Level5), Org: "body", Person: "person0", Level: engine.Level5, State: recognition.Final}}
	o.recognitions = d
	o.Issuer = o.issuer(o.ports, o.press())
	c, err := o.IssueRecognition(t.Context(), registrar(), d.c.ID)
	check(t, err)
	stored, err := o.ports.Ledger.Certificate(t.Context(), c.Number)
	check(t, err)
	stored.Edition.Route = ""
	check(t, o.ports.Ledger.UpdateCertificate(t.Context(), stored))
	again, err := o.Reissue(t.Context(), registrar(), c.Number, c.Version, why("遗失"))
	check(t, err)
	if s := again.Credential(&again.Edition); again.Edition.Route != certs.RouteDirect || s.Route != certs.RouteDirect {
		t.Errorf("edition %q, credential %q", again.Edition.Route, s.Route)
	}
}
