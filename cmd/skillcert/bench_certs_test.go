package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// certBenches are benches of few certificates, which show that everything is measured, not how fast it is.
func certBenches() map[string][]string {
	return map[string][]string{
		"issue":  {"--certificates", "70"},
		"verify": {"--certificates", "20", "--seconds", "1", "--connections", "2"},

		"separation": {"--people", "600", "--ties", "6000", "--batch", "60"},
	}
}

func TestCertificateBenchesPrintWhatTheyMeasured(t *testing.T) {
	for name, want := range map[string][]string{
		"issue": {"alloc_kb", "allocs", "bad", "bench", "bytes", "bytes_max", "certificates", "doubled", "issue_cpu_ms", "issued_per_s", "log_entries",
			"lost", "p50_ms", "p95_ms", "p99_ms", "per_s_core", "raw_sign_ms", "render_ms", "rss_end_mb", "rss_mb", "rss_middle_mb", "rss_start_mb",
			"seal_above_raw_ms", "seal_ms", "verified"},
		"verify": {"bench", "certificates", "empty_cpu_us", "empty_per_s", "errors", "first_per_s", "miss_ms", "number_cpu_us", "pdf_upload_ms",
			"pdf_verify_ms", "per_s", "ratio", "rss_mb", "token_per_s"},
		"separation": {"bench", "candidates", "cpu_seconds", "extra", "findings", "missed", "people", "rss_mb", "seconds", "staff", "ties"},
	} {
		t.Run(name, func(t *testing.T) {
			out := must(t, append([]string{"bench", name, "--json"}, certBenches()[name]...)...)
			var got map[string]any
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatalf("%s: %v", out, err)
			}
			if !slices.Equal(slices.Sorted(maps.Keys(got)), want) {
				t.Errorf("fields %v", slices.Sorted(maps.Keys(got)))
			}
			for field, v := range got {
				n, _ := v.(float64)
				switch field {
				case "bench":
					if v != name {
						t.Errorf("%s: %v", field, v)
					}
				case "lost", "doubled", "bad", "errors", "missed", "extra":
					if n != 0 {
						t.Errorf("%s: %v", field, v)
					}
				default:
					if n <= 0 {
						t.Errorf("%s: %v", field, v)
					}
				}
			}
		})
	}
}

func TestCertificateBenchesTellTheirConditions(t *testing.T) {
	out := must(t, append([]string{"bench", "issue"}, certBenches()["issue"]...)...)
	for _, say := range []string{"机器 machine", "70 certificates in one batch", "a second and core", "0 lost, 0 doubled, 0 bad; 70 files verified again",
		"log of 70 leaves audited whole"} {
		if !strings.Contains(out, say) {
			t.Errorf("%q is missing:\n%s", say, out)
		}
	}
}

func TestCertificateBenchesRefuseWhatTheyCannotMeasure(t *testing.T) {
	for name := range certBenches() {
		for _, args := range [][]string{{"--certificates", "0"}, {"--certificates", "200001"}, {"more"}} {
			if out, err := command(t, append([]string{"bench", name}, args...)...); err == nil {
				t.Errorf("%s %v:\n%s", name, args, out)
			}
		}
	}
	if out, err := command(t, "bench", "verify", "--seconds", "0"); err == nil {
		t.Error(out)
	}
}

// TestWrongIssuesAreFound tells an account of one certificate more than there is.
func TestWrongIssuesAreFound(t *testing.T) {
	o := officeOptions{certificates: 2}
	noError(t, o.check())
	h, err := buildOffice(t.Context(), o)
	noError(t, err)
	about, err := h.issued(t.Context())
	noError(t, err)
	if len(about) != 2 {
		t.Fatalf("%d issued", len(about))
	}
	inside, err := h.reopen(t.Context())
	noError(t, err)
	right, err := inside.account(t.Context(), 2, 1)
	if err != nil || right.wrong() != 0 || right.verified != 2 {
		t.Errorf("%+v, %v", right, err)
	}
	wrong, err := inside.account(t.Context(), 3, 1)
	if err != nil || wrong.lost != 1 || wrong.bad != 1 || wrong.first == nil { // a result without a certificate, a leaf that is not there
		t.Errorf("%+v, %v", wrong, err)
	}
	noError(t, inside.Close())
	noError(t, h.close())
}
