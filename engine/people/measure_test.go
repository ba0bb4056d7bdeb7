package people_test

import (
	"errors"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
)

func on(day int) clock.Date { return clock.Date{Year: 2026, Month: 3, Day: day} }

func suspension() engine.Suspension {
	return engine.Suspension{Measure: engine.Suspended, From: on(2), Reason: "场地消防不合格", Document: "津人社监〔2026〕3号"}
}

// 只有本省人社局能对评价机构采取措施和解除；措施只增不删，履历里都有。
func TestMeasuresAreTheProvincesOwn(t *testing.T) {
	r := open(t)
	body := must[*engine.Organisation](t)(r.FileOrganisation(ctx, labour, filed("津衡")))
	for name, c := range map[string]struct {
		by   authz.Principal
		m    func(*engine.Suspension)
		want error
	}{
		"another province":  {authz.Principal{Account: "jl", Roles: []authz.Role{authz.Labour}, Province: "22"}, nil, authz.ErrForbidden},
		"medical authority": {authz.Principal{Account: "yb", Roles: []authz.Role{authz.Medical}, Province: "12"}, nil, authz.ErrForbidden},
		"the body itself":   {office, nil, authz.ErrForbidden},
		"operator":          {authz.Principal{Account: "op", Roles: []authz.Role{authz.Operator}}, nil, authz.ErrForbidden},
		"no reason":         {labour, func(m *engine.Suspension) { m.Reason = " " }, people.ErrMeasureInput},
		"no document":       {labour, func(m *engine.Suspension) { m.Document = "" }, people.ErrMeasureInput},
		"no beginning":      {labour, func(m *engine.Suspension) { m.From = clock.Date{} }, people.ErrMeasureInput},
		"ends as it begins": {labour, func(m *engine.Suspension) { m.To = m.From }, people.ErrMeasureInput},
		"no such measure":   {labour, func(m *engine.Suspension) { m.Measure = "warned" }, people.ErrMeasureInput},
	} {
		m := suspension()
		if c.m != nil {
			c.m(&m)
		}
		if _, err := r.Measure(ctx, c.by, body.ID, m); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.Measure(ctx, labour, "none", suspension()); !errors.Is(err, engine.ErrOrg) {
		t.Errorf("no body: %v", err)
	}
}

func TestMeasureAndLift(t *testing.T) {
	r := open(t)
	body := must[*engine.Organisation](t)(r.FileOrganisation(ctx, labour, filed("津衡")))
	for range 2 {
		body = must[*engine.Organisation](t)(r.Measure(ctx, labour, body.ID, suspension()))
	}
	if len(body.Suspensions) != 1 || body.Suspensions[0].No != 1 || body.Suspensions[0].By != "labour" || len(body.Trail) != 2 {
		t.Fatalf("%+v", body)
	}
	lift := engine.Lifting{On: on(10), Reason: "整改验收合格", Document: "津人社监〔2026〕9号"}
	for name, c := range map[string]struct {
		no   int
		l    engine.Lifting
		want error
	}{
		"no measure":       {2, lift, people.ErrMeasure},
		"before it began":  {1, engine.Lifting{On: on(1), Reason: "x", Document: "y"}, people.ErrMeasureInput},
		"without a reason": {1, engine.Lifting{On: on(10), Document: "y"}, people.ErrMeasureInput},
	} {
		if _, err := r.Lift(ctx, labour, body.ID, c.no, c.l); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range 2 {
		body = must[*engine.Organisation](t)(r.Lift(ctx, labour, body.ID, 1, lift))
	}
	if m := body.Suspensions[0]; m.Lifted == nil || m.Lifted.On != on(10) || m.Reason != "场地消防不合格" || len(body.Trail) != 3 {
		t.Fatalf("%+v", body)
	}
	if _, err := r.Lift(ctx, labour, body.ID, 1, engine.Lifting{On: on(12), Reason: "x", Document: "y"}); !errors.Is(err, people.ErrMeasureOver) {
		t.Errorf("lifted twice: %v", err)
	}
	again := filed("津衡")
	again.Filings[0].Capacity++
	if body = must[*engine.Organisation](t)(r.FileOrganisation(ctx, labour, again)); len(body.Suspensions) != 1 || body.Filings[0].Capacity != again.Filings[0].Capacity {
		t.Errorf("a renewed filing took the record away: %+v", body)
	}
	clean := filed("别处")
	clean.CreditCode, clean.Suspensions = "91120000MYYYYYY28C", []engine.Suspension{suspension()}
	if body = must[*engine.Organisation](t)(r.FileOrganisation(ctx, labour, clean)); len(body.Suspensions) != 0 {
		t.Errorf("a filing brought a measure along: %+v", body)
	}
	dir, err := r.Directory(ctx, engine.EvaluationBody, on(9))
	if err != nil || len(dir) != 2 {
		t.Fatalf("directory %v %v", dir, err)
	}
	for _, e := range dir {
		if e.Body.Name == "津衡" && (e.Measure == nil || e.Measure.No != 1) || !e.InForce {
			t.Errorf("%+v", e)
		}
	}
}

func filed(name string) engine.Organisation {
	return engine.Organisation{Kind: engine.EvaluationBody, Category: engine.SocialBody, Name: name, CreditCode: "91120000MYYYYYY1XC", Province: "12",
		Filings: []engine.Filing{{Number: "S000012009999", Occupation: "4-14-01-03", Levels: engine.Levels(), Capacity: 9, Region: "12",
			From: clock.Date{Year: 2026, Month: 1, Day: 1}, To: clock.Date{Year: 2029, Month: 1, Day: 1}}}}
}
