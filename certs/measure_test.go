package certs_test

import (
	"errors"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
)

// 评价机构被暂停的，不签发新证书，成绩仍然有效；解除之日起可以签发。已发的证书照常补发。限期整改不影响发证。
func TestASuspendedBodyIssuesNothing(t *testing.T) {
	o := newOffice(t, 2)
	old := o.issue(t, 0)
	body, err := o.store.Organisations().Organisation(t.Context(), "body")
	check(t, err)
	body.Suspensions = []engine.Suspension{{No: 1, Measure: engine.Rectification, From: day("2026-01-01")},
		{No: 2, Measure: engine.Suspended, From: day("2026-03-02"), To: day("2026-03-05"), Document: "津人社监〔2026〕3号"}}
	check(t, o.store.Organisations().UpdateOrganisation(t.Context(), body))
	for range 3 {
		if _, err := o.Issue(t.Context(), registrar(), resultOf(1)); !errors.Is(err, engine.ErrSuspended) {
			t.Fatalf("issued on %s: %v", o.clock.Now(), err)
		}
		o.clock.Advance(24 * time.Hour)
	}
	if _, err := o.Reissue(t.Context(), registrar(), old.Number, 1, why("遗失")); err != nil {
		t.Errorf("a lost certificate: %v", err)
	}
	o.issue(t, 1)
}
