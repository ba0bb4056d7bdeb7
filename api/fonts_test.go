package api_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/skillcert/skillcert/api"
)

func TestFontsAreCutOnce(t *testing.T) {
	var f api.FontCache
	cuts := 0
	get := func(points string, size int) {
		t.Helper()
		font, err := f.Get(points, func() ([]byte, error) { cuts++; return make([]byte, size), nil })
		if err != nil || len(font) != size {
			t.Fatalf("%s: %d bytes, %v", points, len(font), err)
		}
	}
	cut := func(what string, want int) {
		t.Helper()
		if cuts != want {
			t.Errorf("%s: %d cuts, want %d", what, cuts, want)
		}
		cuts = 0
	}
	get("first", 10)
	get("first", 10)
	cut("the same twice", 1)
	for i := range api.FontsKept - 1 {
		get(fmt.Sprint(i), 10)
	}
	cut("others", api.FontsKept-1)
	get("first", 10)
	cut("as many as are kept", 0)
	get("one more", 10)
	get("first", 10)
	cut("one more than are kept", 2)
	get("half", api.FontBytes/2)
	get("other half", api.FontBytes/2)
	get("half", api.FontBytes/2)
	cut("as large as may be kept", 2)
	get("a byte", 1)
	get("half", api.FontBytes/2)
	cut("a byte more than may be kept", 2)
	get("too large", api.FontBytes+1)
	get("too large", api.FontBytes+1)
	cut("larger than all that may be kept", 2)
}

func TestAFontThatCannotBeCutIsNotKept(t *testing.T) {
	var f api.FontCache
	fault := errors.New("no font")
	if _, err := f.Get("x", func() ([]byte, error) { return nil, fault }); !errors.Is(err, fault) {
		t.Errorf("%v", err)
	}
	if font, err := f.Get("x", func() ([]byte, error) { return []byte("x"), nil }); err != nil || string(font) != "x" {
		t.Errorf("%q, %v", font, err)
	}
}

func TestFontsAreLimited(t *testing.T) {
	w := newWorldWith(t, api.Config{Limits: api.Limits{Font: 2}})
	c := w.program("")
	for i, want := range []int{http.StatusOK, http.StatusOK, http.StatusTooManyRequests} {
		if r := c.send("GET", fmt.Sprintf("/fonts/rare/%x.ttf", 0x20000+i), nil); r.status != want {
			t.Errorf("font %d: %d, want %d", i, r.status, want)
		}
	}
}
