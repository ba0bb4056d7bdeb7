package questionbank_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// TestPreview: it is what publishing then gives, and leaves nothing behind.
func TestPreview(t *testing.T) {
	h := stocked(t)
	national := done(h.PreviewRelease(ctx, keeper, "2026.1", "", ""))(t)
	if national.Against != "" || len(national.Change.Added) != 3 || len(national.Change.Tables) != 1 || national.Problems != nil ||
		national.Feasible != nil || national.Release.Sample {
		t.Errorf("%+v", national)
	}
	_, err := h.Release(ctx, keeper, "2026.1")
	wantError(t, "a preview records nothing", err, questionbank.ErrRelease)
	if i := done(h.ports.Items.Item(ctx, "N1"))(t); i.State != questionbank.Reviewed {
		t.Errorf("a preview led N1 to %s", i.State)
	}
	published := done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
	if fmt.Sprint(published.Items) != fmt.Sprint(national.Release.Items) {
		t.Errorf("published %v, previewed %v", published.Items, national.Release.Items)
	}
	done(h.PublishRelease(ctx, keeper, "2026.1+120000", "2026.1", "12", false))(t)
	done(h.PublishBlueprint(ctx, keeper, blueprint()))(t)

	h.lead(t, "N4", questionbank.Reviewed)
	done(h.Suspend(ctx, keeper, "N1", "有误"))(t)
	next := done(h.PreviewRelease(ctx, keeper, "2026.2", "", ""))(t)
	if next.Against != "2026.1" || len(next.Change.Added) != 1 || len(next.Change.Removed) != 1 || next.Feasible != nil {
		t.Errorf("%+v", next)
	}
	done(h.PublishRelease(ctx, keeper, "2026.9", "", "", false))(t)
	h.lead(t, "P3", questionbank.Reviewed)
	for _, role := range []authz.Role{authz.Medical, authz.Labour} {
		done(h.Consent(ctx, person(string(role), role, "12"), "P3", 1))(t)
	}
	for _, role := range []authz.Role{authz.Medical, authz.Labour} {
		done(h.File(ctx, keeper, "P3", 1, role, "备2026-1"))(t)
	}
	short := fmt.Errorf("prove: %w", questionbank.ErrBlueprintInput.WithFields(errs.Field{Name: "A-A", Code: "short", Msg: "缺题"}))
	tianjin := done(h.proving(h.ports, short).PreviewRelease(ctx, keeper, "2026.9+120000", "2026.9", "12"))(t)
	report := questionbank.ErrBlueprintInput.Msg + "\nA-A：缺题"
	if got, want := fmt.Sprint(tianjin.Against, tianjin.Feasible), "2026.1+120000[{B1  false "+report+"} {B1 12 false "+report+"}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if len(tianjin.Change.Added) != 2 || tianjin.Change.Added[1].Code != "P3" || len(tianjin.Release.Items) != 6 {
		t.Errorf("%+v", tianjin.Change)
	}
	if fine := done(h.PreviewRelease(ctx, keeper, "2026.9+120000", "2026.9", "12"))(t); !fine.Feasible[1].OK || fine.Feasible[1].Report != "" {
		t.Errorf("%+v", fine.Feasible)
	}
}

func TestPreviewNamesProblems(t *testing.T) {
	h := stocked(t)
	v := single("S1", "")
	v.Sample = true
	h.imported(t, v)
	h.lead(t, "S1", questionbank.Reviewed)
	table := elementTable()
	table.Points[0].Code = "A-A-002"
	must(t, h.ImportTable(ctx, keeper, table))
	p := done(h.PreviewRelease(ctx, keeper, "2026.1", "", ""))(t)
	var got []string
	for _, f := range p.Problems {
		got = append(got, f.Name+" "+f.Code)
	}
	if strings.Join(got, ", ") != "N1 point, N2 point, N3 point, S1 point" || !p.Release.Sample {
		t.Errorf("%v, sample %t", got, p.Release.Sample)
	}
	empty := done(furnished(t).PreviewRelease(ctx, keeper, "2026.1", "", ""))(t)
	if len(empty.Problems) != 1 || empty.Problems[0].Code != "none" {
		t.Errorf("nothing to publish: %+v", empty.Problems)
	}
	must(t, h.ImportTable(ctx, keeper, elementTable()))
	done(h.PublishRelease(ctx, keeper, "2026.1", "", "", true))(t)
	for name, s := range map[string]struct {
		by                 authz.Principal
		id, base, province string
		want               error
	}{
		"role":             {author, "2026.2", "", "", authz.ErrForbidden},
		"taken":            {keeper, "2026.1", "", "", questionbank.ErrReleaseExists},
		"no id":            {keeper, "", "", "", questionbank.ErrReleaseInput},
		"no base":          {keeper, "2026.2", "", "12", questionbank.ErrReleaseInput},
		"unknown base":     {keeper, "2025.9+120000", "2025.9", "12", questionbank.ErrRelease},
		"unknown province": {keeper, "2026.2", "2026.1", "99", questionbank.ErrReleaseInput},
	} {
		_, err := h.PreviewRelease(ctx, s.by, s.id, s.base, s.province)
		wantError(t, name, err, s.want)
	}
}
