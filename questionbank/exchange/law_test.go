package exchange_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// picture is a small image that differs by n.
func picture(t interface{ Fatal(...any) }, n int) questionbank.Image {
	m := image.NewGray(image.Rect(0, 0, 4+n, 3))
	m.SetGray(1, 1, color.Gray{Y: uint8(40 * n)})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	i, err := questionbank.NewImage(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// shelf gives the images that the items of a test show.
type shelf map[string]questionbank.Image

func (s shelf) image(digest string) (*questionbank.Image, error) {
	i, ok := s[digest]
	if !ok {
		return nil, questionbank.ErrImage
	}
	return &i, nil
}

func aShelf(t interface{ Fatal(...any) }) shelf {
	s := shelf{}
	for n := range 3 {
		i := picture(t, n)
		s[i.Digest] = i
	}
	return s
}

// aFragment is text with everything in it that some format gives a meaning, or markup with images.
func aFragment(t *rapid.T, name string, pictures shelf) string {
	words := rapid.SampledFrom([]string{"照护前应核对", "a < b & c > d", `"引"'号'`, "=1+1", "~%50%", "{}", "#", "####", "::", "[html]x", "//", `\n\\`, "\\",
		"#N/A", "$CATEGORY: x", "ANSWER: A", "A. 一", "两行\n文字", "制\t表", "1E+12", "]]>", "<!--", "&amp;", "x  y", "𠮷㐀", "（　　）", "%20", "->", "TRUE", "_x0041_",
		",", ";", "\u200b零宽", "ﬁ", "①"})
	text := strings.TrimSpace(strings.Join(rapid.SliceOfN(words, 1, 4).Draw(t, name), ""))
	if text == "" {
		text = "题"
	}
	plain := richtext.Escape(text)
	var digests []string
	for d := range pictures {
		digests = append(digests, d)
	}
	slices.Sort(digests)
	img := `<img src="image:` + rapid.SampledFrom(digests).Draw(t, name+" image") + `" alt="图 &amp; &lt;一&gt; &quot;二&quot;"/>`
	switch rapid.IntRange(0, 6).Draw(t, name+" form") {
	case 0:
		return "<p>" + plain + "</p><p><strong>重</strong><br/>" + plain + "</p>"
	case 1:
		return plain + "<sub>2</sub><u>线</u>" + img
	case 2:
		return "<ul><li>" + plain + "</li><li><em>乙</em>" + img + "</li></ul>"
	}
	return plain
}

// aRichItem is a valid item whose texts hold anything.
func aRichItem(t *rapid.T, n int, pictures shelf) questionbank.ItemVersion {
	v := anItem(t, n)
	v.Code = fmt.Sprintf("Q%d%s", n, rapid.SampledFrom([]string{"", "+x", ".y", "_z"}).Draw(t, "code"))
	v.Stem = fmt.Sprint(n) + aFragment(t, "stem", pictures)
	if strings.HasSuffix(v.Stem, "p>") || strings.HasSuffix(v.Stem, "ul>") {
		v.Stem = strings.TrimPrefix(v.Stem, fmt.Sprint(n))
	}
	if rapid.Bool().Draw(t, "explained") {
		v.Explanation = aFragment(t, "explanation", pictures)
	}
	for i := range v.Options {
		if v.Type != questionbank.Judgement {
			v.Options[i] = aFragment(t, fmt.Sprint("option", i), pictures)
		}
	}
	v.Source = rapid.SampledFrom([]string{"", "教材《照护》[第3版]：第5页 \\ <a> & \"b\"", "两行\n出处"}).Draw(t, "source")
	v.Enemy = rapid.SampledFrom([]string{"", "E1", "组:甲]"}).Draw(t, "enemy")
	v.Sample = rapid.Bool().Draw(t, "sample")
	return v
}

// held is what a format holds of an item, by the losses that were named.
func held(v questionbank.ItemVersion, losses []exchange.Loss, out questionbank.ItemVersion) questionbank.ItemVersion {
	for _, l := range losses {
		if l.Item != v.Code {
			continue
		}
		switch l.Field {
		case "stem":
			v.Stem = out.Stem
		case "explanation":
			v.Explanation = out.Explanation
		case "options":
			v.Options = out.Options
		case "province":
			v.Province = ""
		case "seconds":
			v.Seconds = 0
		case "enemy":
			v.Enemy = out.Enemy
		case "source":
			v.Source = out.Source
		case "sample":
			v.Sample = false
		}
	}
	return v
}

// TestWhatIsWrittenIsReadAgain: read∘write gives back every item but for what the writer named, in every format.
func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		format := rapid.SampledFrom(exchange.Formats()).Draw(t, "format")
		pictures := aShelf(t)
		level := rapid.SampledFrom(engine.Levels()).Draw(t, "one level")
		var in []questionbank.ItemVersion
		for n := range rapid.IntRange(1, 3).Draw(t, "items") {
			v := aRichItem(t, n, pictures)
			if v.Level = level; v.Validate() == nil {
				in = append(in, v)
			}
		}
		readAgain(t, format, in, pictures)
	})
}

func readAgain(t *rapid.T, format string, in []questionbank.ItemVersion, pictures shelf) {
	if len(in) == 0 {
		return
	}
	var file bytes.Buffer
	losses, err := exchange.Write(&file, format, in, exchange.Keep{Image: pictures.image})
	if err != nil {
		t.Fatal(err)
	}
	left := slices.DeleteFunc(slices.Clone(in), func(v questionbank.ItemVersion) bool {
		return slices.ContainsFunc(losses, func(l exchange.Loss) bool { return l.Item == v.Code && l.Whole })
	})
	batch, err := exchange.Read("题", file.Bytes(), exchange.Options{Level: in[0].Level})
	if len(left) == 0 && err != nil {
		return // an empty package is refused
	}
	if err != nil || len(batch.Problems) > 0 || len(batch.Dropped) > 0 || len(batch.Drafts) != len(left) {
		t.Fatalf("%d of %d items, %v, dropped %v, %v\n%.3000s", len(batch.Drafts), len(left), batch.Problems, batch.Dropped, err, file.String())
	}
	for n, v := range left {
		out := batch.Drafts[n]
		if want := held(v, losses, out.ItemVersion); out.Digest() != want.Digest() {
			t.Fatalf("%+v\nbecame\n%+v\n%v", want, out.ItemVersion, losses)
		}
		if strings.HasPrefix(format, "qti") || format == "moodle" {
			for _, d := range record.ImagesOf(v) {
				if !slices.ContainsFunc(out.Images, func(i questionbank.Image) bool { return i.Digest == d }) {
					t.Fatalf("%s lost its image %s", v.Code, d)
				}
			}
		}
	}
}
