package offline_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"
	"rsc.io/qr"

	"github.com/skillcert/skillcert/certs/offline"
	"github.com/skillcert/skillcert/certs/vcjwt/vctest"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

func sample() offline.Claims {
	return offline.Claims{Number: "S000035001044264000012", Name: "欧阳小雨", Level: 4, OccupationCode: "4-04-05-05", WorkType: "数据标注员",
		Issued: clock.Date{Year: 2026, Month: time.November, Day: 26}, Edition: 1, IDTail: "123X",
		Photo: []byte{1, 2, 3, 4, 5, 6, 7, 8}, StatusList: 7, StatusIndex: 94567, Org: "示例职业技能评价中心"}
}

func encode(t testing.TB, c offline.Claims) string {
	t.Helper()
	text, err := offline.Encode(c, vctest.NewKey(t, "离线"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func keys(t testing.TB) map[offline.KeyID]*x509.Certificate {
	t.Helper()
	a := vctest.New(t, "甲", time.Date(2026, 11, 26, 4, 0, 0, 0, time.UTC))
	_, chain := a.Leaf(t, "离线", vctest.Purpose(3))
	id, err := offline.KeyIDOf(chain[0].PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return map[offline.KeyID]*x509.Certificate{id: chain[0]}
}

func TestACodeIsReadAsWritten(t *testing.T) {
	got, cert, err := offline.Verify(encode(t, sample()), keys(t))
	if err != nil || !reflect.DeepEqual(got.Claims, sample()) || cert == nil {
		t.Fatalf("%+v, %v", got, err)
	}
}

// drawText has characters of one to four bytes that claims may hold.
func drawText(rt *rapid.T, label string, least, most int) string {
	return rapid.StringOfN(rapid.RuneFrom([]rune{'A', '9', '-', '·', '张', '𠮷', '𮯠', '·'}, unicode.Han), least, most, 190).Draw(rt, label)
}

func drawClaims(rt *rapid.T) offline.Claims {
	day := clock.Date{Year: 2000, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 400_000).Draw(rt, "day"))
	return offline.Claims{Number: "S0000350010442640000" + rapid.StringMatching(`[0-9]{2}`).Draw(rt, "number"),
		Name: drawText(rt, "name", 1, 40), Level: rapid.IntRange(1, 5).Draw(rt, "level"), OccupationCode: "4-04-05-05",
		WorkType: drawText(rt, "work type", 0, 20), Issued: day, Edition: rapid.IntRange(1, 999).Draw(rt, "edition"),
		IDTail: rapid.StringMatching(`([0-9]{3}[0-9X])?`).Draw(rt, "tail"), Photo: rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(rt, "photo"),
		StatusList:  rapid.IntRange(0, 999_999_999).Draw(rt, "list"),
		StatusIndex: rapid.IntRange(0, 131_071).Draw(rt, "index"), Org: drawText(rt, "org", 1, 20)}
}

func TestDecodingUndoesEncoding(t *testing.T) {
	trusted := keys(t)
	rapid.Check(t, func(rt *rapid.T) {
		want := drawClaims(rt)
		text := encode(t, want)
		got, _, err := offline.Verify(text, trusted)
		if err != nil || !reflect.DeepEqual(got.Claims, want) {
			rt.Fatalf("%+v, %v", got, err)
		}
		for _, r := range text {
			if !strings.ContainsRune("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", r) {
				rt.Fatalf("%q is not in the alphanumeric mode of QR codes", r)
			}
		}
	})
}

func TestEveryChangedCharacterIsRefused(t *testing.T) {
	text, trusted := encode(t, sample()), keys(t)
	for i := range text {
		for _, d := range []byte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:a\n") {
			bad := []byte(text)
			if bad[i] == d {
				continue
			}
			bad[i] = d
			if _, _, err := offline.Verify(string(bad), trusted); err == nil {
				t.Fatalf("character %d may be %q", i, d)
			}
		}
	}
	for _, bad := range []string{text + "0", text + "000", text[:len(text)-1], text[:len(text)-3], " " + text, text + " ",
		strings.ToLower(text), "", "SKC1:"} {
		if _, _, err := offline.Verify(bad, trusted); !errors.Is(err, offline.ErrCode) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// version is that of the smallest QR code with error correction M.
func version(t *testing.T, text string) int {
	t.Helper()
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	return (code.Size - 17) / 4
}

func TestCodesAreSmallEnoughToPrint(t *testing.T) {
	long := sample()
	long.Name = strings.Repeat("买", 20) + "·" + strings.Repeat("提", 19)
	rare := sample()
	rare.Name = strings.Repeat("𠮷", 40)
	for _, c := range []struct {
		name   string
		claims offline.Claims
		most   int
	}{{"four characters", sample(), 12}, {"forty characters", long, 20}, {"forty rare characters", rare, 20}} {
		text := encode(t, c.claims)
		got := version(t, text)
		t.Logf("%s: %d characters, version %d", c.name, len(text), got)
		if got > c.most {
			t.Errorf("%s: version %d, more than %d", c.name, got, c.most)
		}
	}
}

func TestClaimsThatNoCodeHolds(t *testing.T) {
	for name, change := range map[string]func(*offline.Claims){
		"no number":             func(c *offline.Claims) { c.Number = "" },
		"no name":               func(c *offline.Claims) { c.Name = "" },
		"name too long":         func(c *offline.Claims) { c.Name = strings.Repeat("A", 201) },
		"bidi in the name":      func(c *offline.Claims) { c.Name = "张\u202e三" },
		"private use":           func(c *offline.Claims) { c.Name = "张\ue000" },
		"line break":            func(c *offline.Claims) { c.Org = "甲\n乙" },
		"broken UTF-8":          func(c *offline.Claims) { c.WorkType = "\xff" },
		"level 0":               func(c *offline.Claims) { c.Level = 0 },
		"level 6":               func(c *offline.Claims) { c.Level = 6 },
		"level 257":             func(c *offline.Claims) { c.Level = 257 },
		"no date":               func(c *offline.Claims) { c.Issued = clock.Date{} },
		"30 February":           func(c *offline.Claims) { c.Issued = clock.Date{Year: 2026, Month: 2, Day: 30} },
		"edition 0":             func(c *offline.Claims) { c.Edition = 0 },
		"edition 1000":          func(c *offline.Claims) { c.Edition = 1000 },
		"a tail too long":       func(c *offline.Claims) { c.IDTail = strings.Repeat("1", 17) },
		"a short photo digest":  func(c *offline.Claims) { c.Photo = c.Photo[:7] },
		"a place off the list":  func(c *offline.Claims) { c.StatusIndex = 131_072 },
		"a negative place":      func(c *offline.Claims) { c.StatusIndex = -1 },
		"a list beyond numbers": func(c *offline.Claims) { c.StatusList = 1_000_000_000 },
	} {
		c := sample()
		change(&c)
		if _, err := offline.Encode(c, vctest.NewKey(t, "离线")); !errors.Is(err, offline.ErrClaims) || errs.KindOf(err) != errs.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, change := range map[string]func(*offline.Claims){
		"name of 200 bytes": func(c *offline.Claims) { c.Name = strings.Repeat("A", 200) },
		"no work type":      func(c *offline.Claims) { c.WorkType = "" },
		"no tail":           func(c *offline.Claims) { c.IDTail = "" },
		"the last place":    func(c *offline.Claims) { c.StatusIndex = 131_071 },
		"edition 999":       func(c *offline.Claims) { c.Edition = 999 },
		"29 February 2028":  func(c *offline.Claims) { c.Issued = clock.Date{Year: 2028, Month: 2, Day: 29} },
	} {
		c := sample()
		change(&c)
		if got, _, err := offline.Verify(encode(t, c), keys(t)); err != nil || !reflect.DeepEqual(got.Claims, c) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeysAreNamedAndKept(t *testing.T) {
	code, err := offline.Decode(encode(t, sample()))
	if err != nil {
		t.Fatal(err)
	}
	if err = code.Verify(vctest.NewKey(t, "离线").Public()); err != nil {
		t.Fatal(err)
	}
	if err = code.Verify(vctest.NewKey(t, "别人").Public()); !errors.Is(err, offline.ErrKey) {
		t.Fatal(err)
	}
	if _, _, err = offline.Verify(encode(t, sample()), nil); !errors.Is(err, offline.ErrKey) {
		t.Fatal(err)
	}
	wide, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = offline.Encode(sample(), wide); !errors.Is(err, offline.ErrSigner) {
		t.Fatal(err)
	}
	wrong := keys(t)
	for id := range wrong { // a key under the name of another
		a := vctest.New(t, "甲", time.Date(2026, 11, 26, 4, 0, 0, 0, time.UTC))
		_, chain := a.Leaf(t, "别人", vctest.Purpose(3))
		wrong[id] = chain[0]
	}
	if _, _, err = offline.Verify(encode(t, sample()), wrong); !errors.Is(err, offline.ErrKey) {
		t.Fatal(err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encode(f, sample()))
	f.Add("SKC1:00")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := offline.Decode(text)
		if err != nil {
			if !errors.Is(err, offline.ErrCode) {
				t.Fatal(err)
			}
			return
		}
		if _, err = offline.Encode(c.Claims, vctest.NewKey(t, "离线")); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	key := vctest.NewKey(b, "离线")
	for b.Loop() {
		if _, err := offline.Encode(sample(), key); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	text, trusted := encode(b, sample()), keys(b)
	for b.Loop() {
		if _, _, err := offline.Verify(text, trusted); err != nil {
			b.Fatal(err)
		}
	}
}
