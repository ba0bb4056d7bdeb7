package similar

import (
	"crypto/sha256"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/width"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// size is how many characters a piece has. Three of 21 bits fit one word, so pieces are compared as they are.
const size = 3

type digest [16]byte

// document is an item as it is compared.
type document struct {
	question digest // level, images, stem and options
	key      digest // the right options by their texts
	scope    digest // level and images
	item     *questionbank.ItemVersion
	pieces   []uint64 // sorted, each once
}

// readAll reads bank and batch, as many at a time as there are processors.
func readAll(bank, batch []questionbank.ItemVersion) []document {
	docs := make([]document, len(bank)+len(batch))
	var workers sync.WaitGroup
	n := runtime.GOMAXPROCS(0)
	for w := range n {
		workers.Go(func() {
			for i := w; i < len(docs); i += n {
				if i < len(bank) {
					docs[i] = read(&bank[i])
				} else {
					docs[i] = read(&batch[i-len(bank)])
				}
			}
		})
	}
	workers.Wait()
	return docs
}

// right lists the texts of the right options.
func right(v *questionbank.ItemVersion) (all []string) {
	for _, k := range v.Key {
		if k >= 0 && k < len(v.Options) {
			all = append(all, v.Options[k])
		}
	}
	return all
}

func read(v *questionbank.ItemVersion) document {
	stem := Normal(richtext.Plain(v.Stem))
	options := make([]string, len(v.Options))
	for n, o := range v.Options {
		options[n] = Normal(richtext.Plain(o))
	}
	keys := right(v)
	for n, o := range keys {
		keys[n] = Normal(richtext.Plain(o))
	}
	slices.Sort(keys)
	scope := fmt.Sprintf("%d %s", v.Level, strings.Join(images(v), " "))
	d := document{scope: sum(scope), key: sum(fmt.Sprintf("%q", keys)), item: v}
	d.pieces = pieces(d.pieces, stem)
	if v.Type != questionbank.Judgement {
		for _, o := range options {
			d.pieces = pieces(d.pieces, o)
		}
	}
	slices.Sort(d.pieces)
	d.pieces = slices.Clip(slices.Compact(d.pieces))
	slices.Sort(options)
	d.question = sum(fmt.Sprintf("%s\n%q\n%q", scope, stem, options))
	return d
}

func sum(s string) (d digest) {
	h := sha256.Sum256([]byte(s))
	copy(d[:], h[:])
	return d
}

func images(v *questionbank.ItemVersion) (all []string) {
	for _, f := range append([]string{v.Stem}, v.Options...) {
		if strings.Contains(f, "<img ") {
			all = append(all, richtext.Images(f)...)
		}
	}
	slices.Sort(all)
	return all
}

// pieces appends the pieces of a text. One shorter than a piece is a piece by itself.
func pieces(to []uint64, s string) []uint64 {
	var piece uint64
	n := 0
	for _, r := range s {
		piece = (piece<<21 | uint64(r)) & (1<<63 - 1)
		if n++; n >= size {
			to = append(to, piece)
		}
	}
	if n > 0 && n < size {
		to = append(to, piece)
	}
	return to
}

// silent are marks that vary without a meaning wherever they stand; questionbank.ItemVersion.Wording passes over the
// same ones, so that whatever it takes for the same is the same here. weak ones have a meaning within a number: 3.5,
// 7:30. Signs such as + - % < > always have one.
const (
	silent = "()_。?!“”‘’\"'"
	weak   = ",.:/，、；;《》〈〉【】[]{}…—·`~|\\"
)

// normal visits the characters of s that count.
func normal(s string, visit func(rune)) {
	var last, held rune
	for _, r := range width.Fold.String(strings.ToLower(s)) {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), strings.ContainsRune(silent, r):
			continue
		case strings.ContainsRune(weak, r):
			if held = 0; unicode.IsDigit(last) && strings.ContainsRune(",.:/", r) {
				held = r
			}
			last = 0
			continue
		}
		if held != 0 && unicode.IsDigit(r) {
			visit(held)
		}
		held, last = 0, r
		visit(r)
	}
}
