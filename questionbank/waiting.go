package questionbank

import (
	"context"
	"slices"

	"github.com/skillcert/skillcert/engine/authz"
)

// Waiting is how many items wait for somebody, by what they may do about them.
type Waiting struct {
	Returned int // of their own, sent back and not edited since
	Review   int // drafts that they may pass or send back
	Consent  int // supplement items of their province without the word of their authority

	Corrections int // proposals about wrong keys that lack their half
}

// Waiting counts what waits for by.
func (b *Bank) Waiting(ctx context.Context, by authz.Principal) (w Waiting, err error) {
	edits, reviews := by.Can(authz.BankEdit), by.Can(authz.BankReview)
	if edits || reviews {
		err = through(ctx, b.by(Facet{ByState, string(Draft)}), func(i *Item) error {
			own := i.wroteBy(by)
			_, returned := i.Returned()
			switch {
			case edits && own && returned:
				w.Returned++
			case reviews && !own && !returned:
				w.Review++
			}
			return nil
		})
	}
	if err == nil && by.Can(authz.BankCorrect) {
		w.Corrections, err = b.correctionsFor(ctx, by)
	}
	if err != nil || by.Province == "" || !by.Can(authz.BankMedical) && !by.Can(authz.BankLabour) {
		return w, err
	}
	authority, err := authorityOf(by)
	if err != nil {
		return w, err
	}
	err = through(ctx, b.by(Facet{ByProvince, by.Province}), func(i *Item) error {
		if i.State == Reviewed && i.consentOf(authority) == nil {
			w.Consent++
		}
		return nil
	})
	return w, err
}

// wroteBy reports whether by wrote any version, under whichever document where by is whole.
func (i *Item) wroteBy(by authz.Principal) bool {
	return slices.ContainsFunc(i.Versions, func(v ItemVersion) bool { return by.Is(string(v.Author)) })
}
