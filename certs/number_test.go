package certs_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
)

func TestNumbers(t *testing.T) {
	const good = certs.Number("S000035001044254000012") // the worked example of domain facts §2.1
	for name, s := range map[string]string{
		"as printed": string(good), "small letter": "s000035001044254000012", "spaces": " S0000 350010 44254 000012\n",
		"wide space": "S000035001044　254000012", "full width": "Ｓ０００0３5001044254000012",
	} {
		n, err := certs.ParseNumber(s)
		if err != nil || n != good {
			t.Errorf("%s: %q, %v", name, n, err)
		}
	}
	if good.Filing() != "S000035001044" || good.Year() != 2025 || good.Level() != engine.Level4 || good.Serial() != 12 || good.Prefix() != "S000035001044254" {
		t.Errorf("%s reads as %s, %d, %s, %d", good, good.Filing(), good.Year(), good.Level(), good.Serial())
	}
	for name, s := range map[string]string{
		"empty": "", "21 characters": "S00003500104425400001", "23 characters": "S0000350010442540000123", "letter": "S00003500104425400001O",
		"other category": "X000035001044254000012", "二级": "S000035001044252000012", "level 6": "S000035001044256000012", "serial 0": "S000035001044254000000",
		"pilot": "RGW1201001002654000012", "senior": "AB12345678901234567890", "placeholders": "Y000123XXXXXX195000001", "hyphens": "S0000-35001044254000012",
		"other digits": "S00003500104425400001٣", "not UTF-8": "S00003500104425400001\xff",
	} {
		if n, err := certs.ParseNumber(s); !errors.Is(err, certs.ErrNumber) {
			t.Errorf("%s: %q, %v", name, n, err)
		}
	}
}

func TestNewNumberRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		filing string
		year   int
		level  engine.Level
		serial int
		want   error
	}{
		"short filing": {"S00001200999", 2026, 5, 1, certs.ErrNumber}, "filing with letters": {"S00001200999X", 2026, 5, 1, certs.ErrNumber},
		"no filing": {"", 2026, 5, 1, certs.ErrNumber}, "year 1999": {filing, 1999, 5, 1, certs.ErrNumber}, "year 2100": {filing, 2100, 5, 1, certs.ErrNumber},
		"二级": {filing, 2026, 2, 1, engine.ErrLevel}, "serial 0": {filing, 2026, 5, 0, certs.ErrSerials}, "serial 1000000": {filing, 2026, 5, certs.MaxSerial + 1, certs.ErrSerials},
		"first": {filing, 2000, 5, 1, nil}, "last": {filing, 2099, 3, certs.MaxSerial, nil},
	} {
		if n, err := certs.NewNumber(c.filing, c.year, c.level, c.serial); !errors.Is(err, c.want) {
			t.Errorf("%s: %q, %v", name, n, err)
		}
	}
}

func TestNumberSaysWhatItWasMadeOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[YS][0-9]{12}`).Draw(t, "filing")
		year := rapid.IntRange(2000, 2099).Draw(t, "year")
		level := rapid.SampledFrom(engine.Levels()).Draw(t, "level")
		serial := rapid.IntRange(1, certs.MaxSerial).Draw(t, "serial")
		n, err := certs.NewNumber(body, year, level, serial)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := certs.ParseNumber(string(n)); err != nil || again != n {
			t.Fatalf("%s is read as %s, %v", n, again, err)
		}
		if n.Filing() != body || n.Year() != year || n.Level() != level || n.Serial() != serial || !strings.HasPrefix(string(n), n.Prefix()) {
			t.Fatalf("%s reads otherwise than %s, %d, %d, %d", n, body, year, level, serial)
		}
		next, err := n.Next()
		if serial == certs.MaxSerial {
			if !errors.Is(err, certs.ErrSerials) {
				t.Fatalf("after the last comes %s, %v", next, err)
			}
			return
		}
		if err != nil || next.Prefix() != n.Prefix() || next <= n || next.Serial() != serial+1 {
			t.Fatalf("after %s comes %s, %v", n, next, err)
		}
	})
}

// FuzzParseNumber: what is read is read again as itself, and is of the one form that is given out.
func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"S000035001044254000012", "ｓ 000035001044 254000012", "Y000100000001263999999", "", "ſ000035001044254000012"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := certs.ParseNumber(s)
		if err != nil {
			return
		}
		again, err := certs.NewNumber(n.Filing(), n.Year(), n.Level(), n.Serial())
		if err != nil || again != n || len(n) != 22 {
			t.Fatalf("%q is read as %s, made of its parts it is %s, %v", s, n, again, err)
		}
	})
}

func TestEvidence(t *testing.T) {
	for s, want := range map[string]certs.Shape{
		"S000035001044254000012": certs.Current, "Y000123000001191000001": certs.Current, "RGW12010010026500012": certs.Pilot, "rsn12010010019200012": certs.Pilot,
		"2612001003400012": certs.Qualification, "AB12345678901234567890": certs.Senior,
		"RXW1201001002650001": "", "RGX12010010026500012": "", "2612005003400012": "", "12345": "", "": "", "张三": "",
	} {
		number, shape, err := certs.ParseEvidence(s)
		if shape != want || (err == nil) != (want != "") || want != "" && number != strings.ToUpper(s) {
			t.Errorf("%q: %q of shape %q, %v", s, number, shape, err)
		}
	}
}
