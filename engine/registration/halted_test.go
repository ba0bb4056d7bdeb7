package registration_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/registration"
)

// order is a measure that halts a session; nil for none.
type order struct{ m *engine.Suspension }

func (o order) Halting(context.Context) (*engine.Suspension, error) { return o.m, nil }

// halt lets the session of the counter be halted by m from now on; nil ends it.
func (k *counter) halt(m *engine.Suspension) {
	t := k.halls.targets[hall]
	t.Orders = order{m}
	k.halls.targets[hall] = t
}

// 评价机构被暂停：不能开放报名，公众看不到本场次，考生不能报名，考务不能受理、不能导入名册；理由写明文号和起止日期。退回改正的照样可以改。恢复以后照常办理。
func TestASuspendedBodyTakesNoCandidates(t *testing.T) {
	k := openCounter(t)
	waiting, _ := k.apply(k.entry())
	returned, by := k.apply(k.entry())
	if _, err := k.intake.Return(ctx, office, returned.ID, []registration.Fault{{Field: "phone", Text: "打不通"}}); err != nil {
		t.Fatal(err)
	}
	k.halt(&engine.Suspension{Measure: engine.Suspended, From: date("2026-10-01"), To: date("2026-12-01"), Document: "津人社监〔2026〕3号"})
	refused := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, engine.ErrSuspended) || !strings.Contains(err.Error(), "2026-10-01") || !strings.Contains(err.Error(), "2026-11-30") {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := k.intake.Open(ctx, office, hall, k.terms())
	refused("opening", err)
	_, _, err = k.intake.Apply(ctx, authz.Anonymous(), hall, k.keys.New(), k.entry(), true)
	refused("applying", err)
	_, _, err = k.intake.Apply(ctx, authz.Anonymous(), hall, k.keys.New(), k.entry(), false)
	refused("a draft", err)
	_, err = k.accept(waiting)
	refused("accepting", err)
	_, err = k.desk.ImportRoster(ctx, office, []registration.Target{k.halls.targets[hall]}, "名册.csv", []byte("姓名,证件号码,认定等级,申报条件,申报材料\n"))
	refused("a roster", err)
	if all, err := k.intake.Offers(ctx); err != nil || len(all) != 0 {
		t.Errorf("offered: %+v, %v", all, err)
	}
	if _, offer, err := k.intake.Own(ctx, by); err != nil || offer.Halted == nil || offer.Now {
		t.Errorf("whoever applied does not read it: %+v, %v", offer, err)
	}
	if _, err := k.intake.Amend(ctx, by, registration.Entry{Stands: true, Row: returned.Row}, true); err != nil {
		t.Errorf("a correction: %v", err)
	}
	k.halt(nil)
	if all, err := k.intake.Offers(ctx); err != nil || len(all) != 1 || !all[0].Now {
		t.Errorf("not offered again: %+v, %v", all, err)
	}
	if _, err := k.accept(waiting); err != nil {
		t.Errorf("not accepted afterwards: %v", err)
	}
}
