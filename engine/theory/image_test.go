package theory_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
)

// picture is a small image of the n-th item.
func picture(n int) []byte {
	m := image.NewGray(image.Rect(0, 0, 4, 4))
	m.Set(n%4, n/4%4, color.White)
	m.Set(0, 0, color.Gray{Y: uint8(n)})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return nil
	}
	return b.Bytes()
}

func (w *world) digest(n int) string {
	w.t.Helper()
	i, err := questionbank.NewImage(picture(n))
	must(w.t, err)
	return i.Digest
}

// TestPicturesOfTheOwnPaper: a candidate gets the pictures of their own form and no other, while the paper is open.
func TestPicturesOfTheOwnPaper(t *testing.T) {
	w := newWorld(t, 2)
	by, id := w.sitter(0)
	get := func(n int) error {
		got, err := w.exams.Image(ctx, by, id, w.digest(n))
		if err == nil && !bytes.Equal(got.Bytes, picture(n)) {
			t.Errorf("item %d shows another picture", n)
		}
		return err
	}
	if err := get(0); !errors.Is(err, theory.ErrAttemptClosed) {
		t.Fatalf("before the paper is opened: %v", err)
	}
	shown := map[string]bool{}
	for _, it := range w.open(0).Attempt.Form.Items {
		shown[it.Code] = true
	}
	for n := range 2 * questions {
		switch err := get(n); {
		case shown[codeOf(n)] && err != nil:
			t.Errorf("the picture of %s on the paper: %v", codeOf(n), err)
		case !shown[codeOf(n)] && !errors.Is(err, questionbank.ErrImage):
			t.Errorf("the picture of %s, on no page of the paper: %v", codeOf(n), err)
		}
	}
	other, _ := w.sitter(1)
	if _, err := w.exams.Image(ctx, other, id, w.digest(0)); !errors.Is(err, theory.ErrAttempt) {
		t.Errorf("by another candidate: %v", err)
	}
	if _, err := w.exams.Image(ctx, by, id, "../x"); !errors.Is(err, questionbank.ErrImage) {
		t.Errorf("a name that is no digest: %v", err)
	}
	for _, at := range []time.Duration{-time.Millisecond, 0} {
		w.clock.Set(closes.Add(at))
		if err := get(first(shown)); (err == nil) != (at < 0) {
			t.Errorf("%v from the end: %v", at, err)
		}
	}
}

// first is the place in the bank of an item that the paper shows.
func first(shown map[string]bool) int {
	for n := range 2 * questions {
		if shown[codeOf(n)] {
			return n
		}
	}
	return -1
}
