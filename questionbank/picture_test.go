package questionbank_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// TestPicturesAreForReaders: who may not read the bank gets no picture, whatever digest they know.
func TestPicturesAreForReaders(t *testing.T) {
	h := furnished(t)
	digest := done(h.PutImage(ctx, author, asPNG(t, 3, 2)))(t).Digest
	done(h.Picture(ctx, reviewer, digest))(t)
	for _, by := range []authz.Principal{person("c", authz.Candidate, "")} {
		_, err := h.Picture(ctx, by, digest)
		wantError(t, by.Account, err, authz.ErrForbidden)
	}
}

// TestAnItemWithoutAPoint is told so once, in words that make sense without the point.
func TestAnItemWithoutAPoint(t *testing.T) {
	h := furnished(t)
	v := single("N1", "")
	v.Point = ""
	_, err := h.ImportItems(ctx, author, []questionbank.ItemVersion{v})
	var e *errs.Error
	if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Name != "items.0.point" || !strings.Contains(e.Fields[0].Msg, "缺少") {
		t.Errorf("%v, %v", err, fields(err))
	}
}
