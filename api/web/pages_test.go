package web_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api/web"
)

func TestNamesParse(t *testing.T) {
	p, err := web.New(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range web.Names() {
		if err := p.Render(&bytes.Buffer{}, name, web.Page{Here: "/"}); err != nil {
			t.Error(err)
		}
	}
}
