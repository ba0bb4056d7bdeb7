package questionbank_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

func picture(width, height int) image.Image {
	p := image.NewGray(image.Rect(0, 0, width, height))
	p.SetGray(width/2, height/2, color.Gray{Y: 200})
	return p
}

func asPNG(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, picture(width, height)))
	return b.Bytes()
}

// deep is a square PNG of 16 bits a channel.
func deep(t testing.TB, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray16(image.Rect(0, 0, side, side))))
	return b.Bytes()
}

// oversized is a small PNG that says of itself that it is width×height.
func oversized(t testing.TB, width, height uint32) []byte {
	data := asPNG(t, 1, 1)
	binary.BigEndian.PutUint32(data[16:], width)
	binary.BigEndian.PutUint32(data[20:], height)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

func TestImages(t *testing.T) {
	var photo, animation bytes.Buffer
	must(t, jpeg.Encode(&photo, picture(30, 20), nil))
	must(t, gif.Encode(&animation, picture(3, 2), nil))
	padded := func(n int) []byte { return append(asPNG(t, 3, 2), make([]byte, n-len(asPNG(t, 3, 2)))...) }
	for name, s := range map[string]struct {
		data []byte
		kind string // "" when refused
	}{
		"png":                   {asPNG(t, 30, 20), "image/png"},
		"jpeg":                  {photo.Bytes(), "image/jpeg"},
		"widest":                {asPNG(t, questionbank.MaxImageSide, 1), "image/png"},
		"highest":               {asPNG(t, 1, questionbank.MaxImageSide), "image/png"},
		"deep":                  {deep(t, 2000), "image/png"},
		"deep and large":        {deep(t, questionbank.MaxImageSide), ""},
		"too wide":              {asPNG(t, questionbank.MaxImageSide+1, 1), ""},
		"too high":              {asPNG(t, 1, questionbank.MaxImageSide+1), ""},
		"says it is huge":       {oversized(t, 60000, 60000), ""},
		"says it has no width":  {oversized(t, 0, 5), ""},
		"says more than it has": {oversized(t, 50, 50), ""},
		"largest":               {padded(questionbank.MaxImage), "image/png"},
		"too large":             {padded(questionbank.MaxImage + 1), ""},
		"gif":                   {animation.Bytes(), ""},
		"svg":                   {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>`), ""},
		"nothing":               {nil, ""},
		"cut png":               {asPNG(t, 30, 20)[:60], ""},
		"cut jpeg":              {photo.Bytes()[:photo.Len()/2], ""},
		"only a head":           {[]byte("\x89PNG\r\n\x1a\n"), ""},
	} {
		h := furnished(t)
		i, err := h.PutImage(ctx, author, s.data)
		if s.kind == "" {
			wantError(t, name, err, questionbank.ErrImageInput)
			continue
		}
		if err != nil || i.Type != s.kind {
			t.Errorf("%s: %s, %v", name, i.Type, err)
			continue
		}
		if again := done(h.PutImage(ctx, keeper, s.data))(t); again.Digest != i.Digest {
			t.Errorf("%s has two names", name)
		}
		if got := done(h.Image(ctx, i.Digest))(t); !bytes.Equal(got.Bytes, s.data) || got.Width != i.Width || got.Height != i.Height {
			t.Errorf("%s: %d bytes came back, %d×%d", name, len(got.Bytes), got.Width, got.Height)
		}
	}
	h := furnished(t)
	_, err := h.PutImage(ctx, reviewer, asPNG(t, 1, 1))
	wantError(t, "role", err, authz.ErrForbidden)
	for _, digest := range []string{"", "../x", strings.Repeat("0", 64)} {
		_, err := h.Image(ctx, digest)
		wantError(t, digest, err, questionbank.ErrImage)
	}
}

// TestRichItems: what is read counts, not how it is written; images must be there, be few and, alone, say what they show.
func TestRichItems(t *testing.T) {
	h := furnished(t)
	digest := done(h.PutImage(ctx, author, asPNG(t, 3, 2)))(t).Digest
	shows := func(alt string) string { return richtext.Picture(digest, alt) }
	gone := richtext.Picture(strings.Repeat("0", 64), "图")
	type version = questionbank.ItemVersion
	for n, s := range []struct {
		name   string
		change func(*version)
		want   string
	}{
		{"bold", func(v *version) { v.Stem = "应<strong>先</strong>做" }, ""},
		{"with an image", func(v *version) { v.Stem = "看图：" + shows("") }, ""},
		{"only an image", func(v *version) { v.Stem = shows("压疮") }, ""},
		{"only an image that says nothing", func(v *version) { v.Stem = shows("") }, "stem form"},
		{"images as options", func(v *version) { v.Options = []string{shows("甲"), shows("乙")} }, ""},
		{"images as options, one of them mute", func(v *version) { v.Options = []string{shows("甲"), shows("")} }, "options.1 form"},
		{"one option twice", func(v *version) { v.Options = []string{"甲", "<em>甲</em>"} }, "options.1 repeated"},
		{"eight images", func(v *version) { v.Stem, v.Explanation = "看"+strings.Repeat(shows(""), 7), shows("图") }, ""},
		{"nine images", func(v *version) { v.Stem, v.Explanation = "看"+strings.Repeat(shows(""), 8), shows("图") }, "images count"},
		{"an image that is not there", func(v *version) { v.Explanation = "见" + gone }, "images unknown"},
		{"longest reading", func(v *version) { v.Stem = "<strong>" + strings.Repeat("题", 4000) + "</strong>" }, ""},
		{"reading too long", func(v *version) { v.Stem = "<strong>" + strings.Repeat("题", 4001) + "</strong>" }, "stem form"},
		{"endless markup", func(v *version) { v.Stem = "题" + strings.Repeat("<br/>", 13108) }, "stem form"},
		{"entities", func(v *version) { v.Stem = "血压 &lt; 90" }, ""},
		{"a bare <", func(v *version) { v.Stem = "血压 < 90" }, "stem markup"},
		{"script", func(v *version) { v.Explanation = "<script>x</script>" }, "explanation markup"},
		{"unbalanced option", func(v *version) { v.Options[1] = "<em>离开" }, "options.1 markup"},
		{"private use inside markup", func(v *version) { v.Stem = "<em>题\ue000</em>" }, "stem form"},
		{"private use in an alt", func(v *version) { v.Stem = "看" + shows("图\uf8ff") }, "stem form"},
		{"control character", func(v *version) { v.Options[0] = "核\x01对" }, "options.0 form"},
		{"supplementary private use", func(v *version) { v.Explanation = "见\U000f0001" }, "explanation form"},
	} {
		v := single(fmt.Sprintf("R%02d", n), "")
		s.change(&v)
		_, err := h.ImportItems(ctx, author, []version{v})
		if s.want == "" {
			if err != nil {
				t.Errorf("%s: %v", s.name, err)
			}
			continue
		}
		if !errors.Is(err, questionbank.ErrItemInput) || !strings.Contains(fields(err), "items.0."+s.want) {
			t.Errorf("%s: %v, want %s", s.name, err, s.want)
		}
		wantError(t, s.name+", checked", h.CheckItems(ctx, author, []version{v}), questionbank.ErrItemInput)
		old := single(fmt.Sprintf("O%02d", n), "")
		h.imported(t, old)
		v.Code = old.Code
		_, err = h.Edit(ctx, author, v, "更正")
		wantError(t, s.name+", by an edit", err, questionbank.ErrItemInput)
	}
}

// TestFewImagesAreDecodedAtOnce: one more waits for its turn, or gives up with its request.
func TestFewImagesAreDecodedAtOnce(t *testing.T) {
	h := furnished(t)
	rooms := h.DecodeRooms()
	for range cap(rooms) {
		rooms <- struct{}{}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := h.PutImage(gone, author, asPNG(t, 3, 2)); !errors.Is(err, context.Canceled) {
		t.Errorf("no room: %v", err)
	}
	<-rooms
	done(h.PutImage(ctx, author, asPNG(t, 3, 2)))(t)
}
