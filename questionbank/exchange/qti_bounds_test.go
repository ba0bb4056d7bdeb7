package exchange_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/qti"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// album is n items, each showing one of the images.
func album(n int, images []questionbank.Image) (items []questionbank.ItemVersion) {
	for i := range n {
		stem := fmt.Sprintf("看图%d", i)
		if len(images) > 0 {
			stem += richtext.Picture(images[i%len(images)].Digest, "图")
		}
		items = append(items, questionbank.ItemVersion{Code: fmt.Sprintf("Q-%04d", i), Level: engine.Level5, Type: questionbank.Single, Stem: stem,
			Options: []string{"甲", "乙"}, Key: []int{0}, Point: "A-A-A-001", Difficulty: 3})
	}
	return items
}

func kept(images []questionbank.Image) exchange.Keep {
	return exchange.Keep{Image: func(digest string) (*questionbank.Image, error) {
		for _, i := range images {
			if i.Digest == digest {
				return &i, nil
			}
		}
		return nil, questionbank.ErrImage
	}}
}

// A package that Read would refuse is not written; what is written, Read takes whole.
func TestPackagesStayWithinTheBounds(t *testing.T) {
	noise := rand.NewChaCha8([32]byte{7})
	picture := func(n, side, size int) questionbank.Image {
		i := questionbank.Image{Digest: fmt.Sprintf("%064x", n), Type: "image/png", Width: side, Height: side, Bytes: make([]byte, size)}
		_, _ = noise.Read(i.Bytes)
		return i
	}
	var heavy, wide []questionbank.Image
	for n := range 30 {
		heavy, wide = append(heavy, picture(n, 4, 1<<20)), append(wide, picture(n, 4000, 9))
	}
	long := album(1, nil)
	long[0].Explanation = strings.Repeat("长", 2<<20)
	for name, s := range map[string]struct {
		items  []questionbank.ItemVersion
		images []questionbank.Image
	}{"bytes": {album(30, heavy), heavy}, "pixels": {album(30, wide), wide}, "one item": {long, nil}} {
		var out bytes.Buffer
		if _, err := exchange.Write(&out, qti.V21, s.items, kept(s.images)); !errors.Is(err, qti.ErrTooMany) || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes written", name, err, out.Len())
		}
	}
}

// One image that many items show is one file.
func TestAnImageOfManyItems(t *testing.T) {
	data := append(heavyPNG(t, 1, 0), make([]byte, 1000<<10)...)
	i, err := questionbank.NewImage(data)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = rand.NewChaCha8([32]byte{7}).Read(i.Bytes[len(i.Bytes)-1000<<10:]) // no bomb
	if i, err = questionbank.NewImage(i.Bytes); err != nil {
		t.Fatal(err)
	}
	all := []questionbank.Image{i}
	var out bytes.Buffer
	if _, err := exchange.Write(&out, qti.V21, album(300, all), kept(all)); err != nil {
		t.Fatal(err)
	}
	if b := readFile(t, out.Bytes(), given); len(b.Drafts) != 300 {
		t.Errorf("%d of 300 items came back: %v", len(b.Drafts), b.Problems[:1])
	}
}
