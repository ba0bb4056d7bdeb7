package exchange_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"runtime"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
)

// quiz is a Moodle file of one question whose stem shows the images called so and has those files beside it.
func quiz(shown []string, files map[string][]byte) []byte {
	var b strings.Builder
	b.WriteString(`<quiz><question type="multichoice"><name><text>M-1</text></name><questiontext format="html"><text><![CDATA[看图`)
	for _, name := range shown {
		b.WriteString(`<img src="@@PLUGINFILE@@/` + name + `" alt="图">`)
	}
	b.WriteString(`]]></text>`)
	for name, data := range files {
		b.WriteString(`<file name="` + name + `" path="/" encoding="base64">` + base64.StdEncoding.EncodeToString(data) + `</file>`)
	}
	b.WriteString(`</questiontext><single>true</single><answer fraction="100"><text>甲</text></answer><answer fraction="0"><text>乙</text></answer></question></quiz>`)
	return []byte(b.String())
}

// heavyPNG is a picture of some size, another one for each n.
func heavyPNG(t testing.TB, n, more int) []byte {
	t.Helper()
	var b bytes.Buffer
	p := image.NewGray(image.Rect(0, 0, 4, 4))
	sum := sha256.Sum256([]byte{byte(n)})
	copy(p.Pix, sum[:])
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return append(b.Bytes(), make([]byte, more)...)
}

// A file that a text shows many times is decoded once.
func TestAnImageShownOften(t *testing.T) {
	shown := strings.Split(strings.Repeat("a.png ", 300)+"a.png", " ")
	data := quiz(shown, map[string][]byte{"a.png": heavyPNG(t, 1, 700<<10)})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b := readFile(t, data, given)
	runtime.ReadMemStats(&after)
	if len(b.Drafts) != 0 || len(b.Problems) == 0 {
		t.Fatalf("an item that shows 301 images was taken: %+v", b)
	}
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 100 {
		t.Errorf("one image of 0.7 MB took %d MB", took)
	}
}

func TestMoreImagesThanAnItemHasRoomFor(t *testing.T) {
	for n, want := range map[int]int{questionbank.MaxItemImages: 1, questionbank.MaxItemImages + 1: 0, 40: 0} {
		files := map[string][]byte{}
		var shown []string
		for i := range n {
			name := fmt.Sprintf("%d.png", i)
			shown, files[name] = append(shown, name), heavyPNG(t, i, 0)
		}
		b := readFile(t, quiz(shown, files), given)
		if len(b.Drafts) != want {
			t.Errorf("%d images: %d drafts, %v", n, len(b.Drafts), b.Problems)
		}
		said := false
		for _, p := range b.Problems {
			said = said || p.Field == "images" && p.Code == record.CodeContent
		}
		if said != (want == 0) {
			t.Errorf("%d images: %v", n, b.Problems)
		}
	}
}
