package store_test

import (
	"testing"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
)

// A certificate from before there were editions has one, which was issued and stands in no status list.
func TestCertificateOfEarlierForm(t *testing.T) {
	onBoth(t, func(t *testing.T, db docs.Store) {
		putOld(t, db, docs.Write{Key: docs.Key{Kind: "certificate", ID: "S000012009999264000001"}, Body: frozen(t, "certificate-1.json"),
			Index: map[string]string{"token": "0123456789abcdefghjkmnpqrs"}})
		ledger := store.New(db, ids.Random()).Ledger()
		c, err := ledger.Certificate(ctx, "S000012009999264000001")
		if err != nil {
			t.Fatal(err)
		}
		e := c.EditionOf(1)
		if c.State != certs.Valid || e == nil || e.Kind != translog.Issued || e.Name != "李一·买买提" || e.Digest == "" || !e.Slot.IsZero() || c.Open() {
			t.Errorf("%+v", c)
		}
		if err := ledger.UpdateCertificate(ctx, c); err != nil {
			t.Error(err)
		}
	})
}
