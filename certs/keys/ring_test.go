package keys_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
)

var body = keys.Body{Name: "津门照护技能评价中心", Filing: "S000012009999"}

func noon() time.Time { return time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC) }

func initRing(t *testing.T, dir string) *keys.Ring {
	t.Helper()
	r, err := keys.Init(dir, "技能等级认定", false, noon())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sealerOf(t *testing.T, r *keys.Ring, b keys.Body, year int) *pades.Sealer {
	t.Helper()
	s, err := r.Sealer(b, year, noon())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// report seals a page and returns what verifies under the ring's trust.
func report(t *testing.T, r *keys.Ring, s *pades.Sealer, at time.Time) (*pades.Report, error) {
	t.Helper()
	page, err := os.ReadFile("../pades/testdata/plain.pdf")
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := s.Seal(pades.Input{PDF: page}, at)
	if err != nil {
		t.Fatal(err)
	}
	return pades.Verify(pdf, r.Trust(), pades.Options{})
}

func TestChainHoldsFromSealToRoot(t *testing.T) {
	r := initRing(t, t.TempDir())
	got, err := report(t, r, sealerOf(t, r, body, 2026), noon())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Chain) != 3 || string(got.Chain[2].Raw) == string(got.Chain[1].Raw) {
		t.Fatalf("a chain of %d", len(got.Chain))
	}
	s := got.Signer.Subject
	if s.CommonName != "津门照护技能评价中心 证书专用章 2026" || s.OrganizationalUnit[0] != body.Filing || s.SerialNumber != "S000012009999-2026" {
		t.Errorf("the seal is named %s", s)
	}
	if root := got.Chain[2]; !root.NotAfter.After(noon().AddDate(19, 11, 0)) || got.Chain[1].NotAfter.After(root.NotAfter) {
		t.Error("the root does not outlive what it vouches for")
	}
}

func TestOneBodyHasOneSealAYear(t *testing.T) {
	dir := t.TempDir()
	r := initRing(t, dir)
	serials := map[string]string{}
	again, err := keys.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		ring *keys.Ring
		body keys.Body
		year int
	}{
		"seal":         {r, body, 2026},
		"again":        {r, body, 2026},
		"reopened":     {again, body, 2026},
		"renamed":      {again, keys.Body{Name: "新名称", Filing: body.Filing}, 2026},
		"other year":   {r, body, 2027},
		"other filing": {r, keys.Body{Name: body.Name, Filing: "S000012009998"}, 2026},
	} {
		got, err := report(t, r, sealerOf(t, c.ring, c.body, c.year), time.Date(c.year, 6, 1, 0, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		serials[name] = got.Serial()
	}
	for _, same := range []string{"again", "reopened", "renamed"} {
		if serials[same] != serials["seal"] {
			t.Errorf("%s: another seal", same)
		}
	}
	if serials["other year"] == serials["seal"] || serials["other filing"] == serials["seal"] {
		t.Error("one seal serves two years or two bodies")
	}
}

// TestYearTurnsInChina: the seal of a year holds from its first to its last second in China, 16:00 UTC the day before.
func TestYearTurnsInChina(t *testing.T) {
	r := initRing(t, t.TempDir())
	turn := time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		at   time.Time
		year int
	}{{turn.Add(-time.Millisecond), 2026}, {turn, 2027}, {turn.AddDate(1, 0, 0).Add(-time.Second), 2027}, {turn.AddDate(1, 0, 0), 2028}} {
		if got := keys.Year(c.at); got != c.year {
			t.Errorf("%v lies in %d", c.at, got)
		}
		for _, year := range []int{2026, 2027} {
			s := sealerOf(t, r, body, year)
			if s.Holds(c.at) != (year == c.year) {
				t.Errorf("the seal of %d says %v of %v", year, s.Holds(c.at), c.at)
			}
			_, err := report(t, r, s, c.at)
			if want := map[bool]error{true: nil, false: pades.ErrExpired}[year == c.year]; !errors.Is(err, want) {
				t.Errorf("sealed at %v with the seal of %d: %v", c.at, year, err)
			}
		}
	}
}

func TestSealNeedsAnAuthorityInForce(t *testing.T) {
	for name, c := range map[string]struct {
		year int
		now  time.Time
		want error
	}{
		"year before":       {2025, noon(), keys.ErrPeriod},
		"first year":        {2026, noon(), nil},
		"last year":         {2036, noon().AddDate(10, 0, -1), nil},
		"year after":        {2037, noon(), keys.ErrPeriod},
		"authority expired": {2036, noon().AddDate(10, 0, 1), keys.ErrPeriod},
	} {
		if _, err := initRing(t, t.TempDir()).Sealer(body, c.year, c.now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIdentityIsChecked(t *testing.T) {
	r := initRing(t, t.TempDir())
	for name, b := range map[string]keys.Body{
		"no name": {"", body.Filing}, "blank name": {" ", body.Filing}, "no filing": {body.Name, ""}, "short filing": {body.Name, "S00001200999"},
		"path": {body.Name, "../../etc/pas"}, "small letters": {body.Name, "s000012009999"}, "not ASCII": {body.Name, "S00001200９"},
	} {
		if _, err := r.Sealer(b, 2026, noon()); !errors.Is(err, keys.ErrIdentity) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := keys.Init(t.TempDir(), "", false, noon()); !errors.Is(err, keys.ErrIdentity) {
		t.Errorf("no label: %v", err)
	}
}

func TestDemoKeysSaySo(t *testing.T) {
	for _, label := range []string{"技能等级认定", keys.Mark + " 技能等级认定"} {
		r, err := keys.Init(t.TempDir(), label, true, noon())
		if err != nil {
			t.Fatal(err)
		}
		got, err := report(t, r, sealerOf(t, r, body, 2026), noon())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range got.Chain {
			if strings.Count(c.Subject.CommonName, "DEMO") != 1 || !strings.HasPrefix(c.Subject.CommonName, keys.Mark) {
				t.Errorf("%s does not say once that it is a demo", c.Subject)
			}
		}
		if !r.Demo() {
			t.Error("the ring does not know that it is a demo")
		}
	}
	if initRing(t, t.TempDir()).Demo() {
		t.Error("keys in earnest call themselves a demo")
	}
}

func TestKeysAreNeverReplaced(t *testing.T) {
	dir := t.TempDir()
	first := initRing(t, dir)
	second, err := keys.Init(dir, "另一名称", true, noon().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.RootPEM(), second.RootPEM()) || second.Demo() {
		t.Error("a second Init made other keys")
	}
	if err := os.WriteFile(first.RootPath(), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	third, err := keys.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if public, err := os.ReadFile(third.RootPath()); err != nil || !bytes.Equal(public, first.RootPEM()) {
		t.Errorf("root.pem was not restored: %v", err)
	}
}

// TestManyStartAtOnce: processes that open one directory at the same time end up with the same keys.
func TestManyStartAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	const processes = 8
	roots, serials := make([]string, processes), make([]string, processes)
	var all sync.WaitGroup
	for i := range processes {
		all.Go(func() {
			r, err := keys.Init(dir, "技能等级认定", false, noon())
			if err != nil {
				t.Error(err)
				return
			}
			s, err := r.Sealer(body, 2026, noon())
			if err != nil {
				t.Error(err)
				return
			}
			got, err := report(t, r, s, noon())
			if err != nil {
				t.Error(err)
				return
			}
			roots[i], serials[i] = string(r.RootPEM()), got.Serial()
		})
	}
	all.Wait()
	for i := range processes {
		if roots[i] != roots[0] || serials[i] != serials[0] {
			t.Fatal("two processes hold different keys")
		}
	}
	files(t, dir, "issuing.crl-000001.pem", "issuing.key.pem", "issuing.pem", "log.key.pem", "root.crl-000001.pem", "root.key.pem", "root.pem",
		"seal-S000012009999-2026.key.pem", "seal-S000012009999-2026.pem")
}

// files checks that a directory holds just these files, secrets for the owner alone.
func files(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o600)
		if !strings.HasSuffix(e.Name(), ".key.pem") {
			mode = 0o644
		}
		if info.Mode() != mode {
			t.Errorf("%s has mode %v", e.Name(), info.Mode())
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("files %v, want %v", got, want)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("directory: %v, %v", info.Mode(), err)
	}
}
