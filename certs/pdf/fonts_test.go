package pdf_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine/errs"
)

func TestCoversNamesWhatIsMissing(t *testing.T) {
	f := openFonts(t)
	for _, c := range []struct {
		text    string
		missing string // at the end of the message, empty for none
	}{
		{"王桂芳", ""},
		{"阿卜杜热合曼·买买提江·托合提", ""},
		{"𠮷永安 𪛖 䶮 㐀 龻 𫝀 𫠠 𬺰", ""}, // Extensions A to F
		{"S000012009999265000001 ABCxyz/-—（）", ""},
		{"", ""},
		{"张𰀀三", "U+30000"}, // Extension G
		{"李\u0007四", "U+0007"},
		{"王\u202e五", "U+202E"},     // turns the line round
		{"赵\ue123", "U+E123"},      // private use means nothing elsewhere
		{"孙\U000e0100", "U+E0100"}, // variation selector
		{"钱\u200b\u200b六𰀀", "U+200B、U+30000"},
		{"\xff", "U+FFFD"},
	} {
		err := f.Covers(c.text)
		if c.missing == "" {
			if err != nil {
				t.Errorf("%q: %v", c.text, err)
			}
			continue
		}
		if !errors.Is(err, pdf.ErrGlyph) || errs.KindOf(err) != errs.Invalid || !strings.HasSuffix(err.Error(), "："+c.missing) {
			t.Errorf("%q: %v, want %s", c.text, err, c.missing)
		}
	}
}

func TestCut(t *testing.T) {
	f := openFonts(t)
	cut, err := f.Cut([]rune("𠮷永安𪛖A安"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.Cut([]rune("A永𪛖安𠮷"))
	if err != nil || !slices.Equal(cut, again) {
		t.Error("order or repetition changes the font")
	}
	if len(cut) > 12<<10 {
		t.Errorf("%d bytes for five characters", len(cut))
	}
	if _, err := f.Cut([]rune{'安', 0x30000}); !errors.Is(err, pdf.ErrGlyph) {
		t.Errorf("a character that is not there: %v", err)
	}
	if _, err := f.Cut(make([]rune, pdf.MaxCut+1)); !errors.Is(err, pdf.ErrTooMany) {
		t.Errorf("too many: %v", err)
	}
	if _, err := f.Cut(nil); err != nil {
		t.Errorf("none: %v", err)
	}
}

// TestCutOfCut: a cut font opens again, has the same characters and no others, and cuts to the same outlines.
func TestCutOfCut(t *testing.T) {
	f := openFonts(t)
	pool := []rune("王桂芳阿卜杜热合曼·买买提江托合提ABCdef0123𠮷𪛖䶮㐀𬺰")
	rapid.Check(t, func(t *rapid.T) {
		runes := rapid.SliceOfDistinct(rapid.SampledFrom(pool), rapid.ID).Draw(t, "runes")
		cut, err := f.Cut(runes)
		if err != nil {
			t.Fatal(err)
		}
		small, err := pdf.OpenFonts(cut, cut, cut)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range pool {
			if has := small.Covers(string(r)) == nil; has != slices.Contains(runes, r) {
				t.Fatalf("%U: covered %v", r, has)
			}
		}
		if again, err := small.Cut(runes); err != nil || len(again) > len(cut)+64 {
			t.Fatalf("cut again: %d bytes of %d, %v", len(again), len(cut), err)
		}
	})
}

func TestOpenFontsRefuses(t *testing.T) {
	cut, err := openFonts(t).Cut([]rune("安𠮷"))
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"empty": nil, "text": []byte("not a font at all"), "collection": append([]byte("ttcf"), cut[4:]...), "CFF": append([]byte("OTTO"), cut[4:]...),
		"half": cut[:len(cut)/2], "directory only": cut[:12+16*10],
	} {
		if _, err := pdf.OpenFonts(bad, cut, cut); !errors.Is(err, pdf.ErrFont) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzOpenFonts: whatever the bytes, a font is refused or can be searched and cut; nothing panics or hangs.
func FuzzOpenFonts(f *testing.F) {
	fonts := openFonts(f)
	for _, s := range []string{"", "安", "A𠮷", "王桂芳·𪛖"} {
		cut, err := fonts.Cut([]rune(s))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(cut)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := pdf.OpenFonts(b, b, b)
		if err != nil {
			if !errors.Is(err, pdf.ErrFont) {
				t.Fatalf("refused without a reason: %v", err)
			}
			return
		}
		for r := rune(' '); r < 0x3000; r += 7 {
			if got.Covers(string(r)) == nil && unicode.IsControl(r) {
				t.Fatalf("%U is drawn", r)
			}
		}
		if _, err := got.Cut([]rune("安A𠮷王桂芳·𪛖")); err != nil && !errors.Is(err, pdf.ErrFont) && !errors.Is(err, pdf.ErrGlyph) {
			t.Fatal(err)
		}
		for _, r := range "安A𠮷" {
			if _, err := got.Cut([]rune{r}); err != nil && !errors.Is(err, pdf.ErrFont) && !errors.Is(err, pdf.ErrGlyph) {
				t.Fatal(err)
			}
		}
	})
}
