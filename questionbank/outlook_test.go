package questionbank_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
)

// measured is the bank with a gauge that says for whom it measured.
func (h *house) measured(short error) *questionbank.Bank {
	p := h.ports
	p.Gauge = func(s *questionbank.Snapshot, b questionbank.Blueprint, province string) (questionbank.Margins, error) {
		return questionbank.Margins{Stock: []questionbank.Margin{{Constraint: s.Release.ID + "/" + b.ID + "/" + province}}}, nil
	}
	return h.proving(p, short)
}

func margin(name string) questionbank.Margins {
	return questionbank.Margins{Stock: []questionbank.Margin{{Constraint: name}}}
}

func TestOutlook(t *testing.T) {
	h := stocked(t)
	done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
	done(h.PublishRelease(ctx, keeper, "2026.1+120000", "2026.1", "12", false))(t)
	done(h.PublishBlueprint(ctx, keeper, blueprint()))(t)
	none := blueprint()
	none.ID, none.Release, none.SupplementCap = "B0", "2026.1", 0
	done(h.PublishBlueprint(ctx, keeper, none))(t)

	got := done(h.measured(nil).Outlook(ctx, author, "B1", "2026.1+120000"))(t)
	if want := []questionbank.Outlook{{Margins: margin("2026.1+120000/B1/")}, {Province: "12", Margins: margin("2026.1+120000/B1/12")}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	got = done(h.measured(nil).Outlook(ctx, author, "B0", "2026.1"))(t)
	if want := []questionbank.Outlook{{Margins: margin("2026.1/B0/")}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	// The national release has no supplement that the policy would allow: the blueprint itself is refused there.
	got = done(h.measured(nil).Outlook(ctx, author, "B1", "2026.1"))(t)
	if len(got) != 1 || !errors.Is(got[0].Short, questionbank.ErrBlueprintInput) || got[0].Margins.Stock != nil {
		t.Errorf("%+v", got)
	}
	short := errors.New("short")
	got = done(h.measured(short).Outlook(ctx, author, "B1", "2026.1+120000"))(t)
	if len(got) != 2 || got[0].Short != short || got[1].Short != short || got[1].Margins.Stock != nil {
		t.Errorf("%+v", got)
	}
	if got = done(h.Outlook(ctx, author, "B1", "2026.1+120000"))(t); got[1].Short != nil || got[1].Margins.Stock != nil {
		t.Errorf("without a gauge: %+v", got)
	}

	_, err := h.Outlook(ctx, person("x", authz.Marker, "12"), "B1", "2026.1")
	wantError(t, "role", err, authz.ErrForbidden)
	_, err = h.Outlook(ctx, author, "B9", "2026.1")
	wantError(t, "blueprint", err, questionbank.ErrBlueprint)
	_, err = h.Outlook(ctx, author, "B1", "2026.9")
	wantError(t, "release", err, questionbank.ErrRelease)
	gone, leave := context.WithCancel(ctx)
	leave()
	_, err = h.Outlook(gone, author, "B1", "2026.1")
	wantError(t, "nobody waits for it", err, context.Canceled)
	done(h.WithdrawRelease(ctx, keeper, "2026.1", "泄题"))(t)
	_, err = h.Outlook(ctx, author, "B1", "2026.1+120000")
	wantError(t, "withdrawn", err, questionbank.ErrWithdrawn)
}

func TestBlueprintsArePreviewed(t *testing.T) {
	h := stocked(t)
	done(h.PublishRelease(ctx, keeper, "2026.1", "", "", true))(t)
	done(h.PublishRelease(ctx, keeper, "2026.1+120000", "2026.1", "12", true))(t)
	preview := func(b *questionbank.Bank, by authz.Principal, bp questionbank.Blueprint) (*questionbank.Blueprint, []questionbank.Outlook, error) {
		t.Helper()
		got, all, err := b.PreviewBlueprint(ctx, by, bp)
		if _, kept := h.Blueprint(ctx, "B1"); !errors.Is(kept, questionbank.ErrBlueprint) {
			t.Error("a preview was kept")
		}
		return got, all, err
	}
	got, all, err := preview(h.Bank, keeper, blueprint())
	if err != nil || !got.Sample || got.Trail != nil || len(all) != 2 || all[1].Short != nil {
		t.Errorf("%+v, %+v, %v", got, all, err)
	}
	short := errors.New("short")
	if _, all, err = preview(h.measured(short), keeper, blueprint()); err != nil || all[1].Province != "12" || all[1].Short != short {
		t.Errorf("%+v, %v", all, err)
	}
	_, _, err = preview(h.Bank, author, blueprint())
	wantError(t, "role", err, authz.ErrForbidden)
	wrong := blueprint()
	wrong.Ranges["B"]++
	_, _, err = preview(h.Bank, keeper, wrong)
	wantError(t, "ranges one off", err, questionbank.ErrBlueprintInput)
	wrong.Release = "2026.9"
	_, _, err = preview(h.Bank, keeper, wrong)
	wantError(t, "release", err, questionbank.ErrRelease)

	done(h.PublishBlueprint(ctx, keeper, blueprint()))(t)
	if _, _, err = h.PreviewBlueprint(ctx, keeper, blueprint()); err != nil {
		t.Errorf("the same again: %v", err)
	}
	other := blueprint()
	other.SupplementCap = 0
	_, _, err = h.PreviewBlueprint(ctx, keeper, other)
	wantError(t, "another under the same id", err, questionbank.ErrBlueprintExists)
}
