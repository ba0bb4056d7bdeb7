package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/storetest"
	"github.com/skillcert/skillcert/engine/vault"
)

// BenchmarkReadCertificates is a page of a hundred certificates, none of them remembered, read from the embedded store and
// decoded, sealed and as they stood before there were seals.
func BenchmarkReadCertificates(b *testing.B) {
	for _, sealed := range []bool{false, true} {
		b.Run(fmt.Sprintf("sealed=%v", sealed), func(b *testing.B) {
			const many = 100
			db := storetest.OpenSQLite(b)
			s := store.New(db, ids.Random())
			for i := range many {
				c := &certs.Certificate{Number: certs.Number(fmt.Sprintf("S000012009999264%06d", i)), Holder: "somebody", Token: fmt.Sprint(i)}
				c.Name, c.IDMasked = secretName, engine.MaskID(secretNumber)
				c.Trail.Add(somebody().Trail[0].At, "registrar", "certificate.issued", strings.Repeat("依据", 400)) // 3 KB, as in life
				if err := s.Ledger().CreateCertificate(ctx, c); err != nil {
					b.Fatal(err)
				}
				if !sealed {
					lay(b, db, docs.Key{Kind: "certificate", ID: string(c.Number)})
				}
			}
			b.ResetTimer()
			for b.Loop() {
				if rows, _, err := s.Ledger().Numbers(ctx, "S", false, engine.Cursor{}); err != nil || len(rows) != many {
					b.Fatal(len(rows), err)
				}
			}
		})
	}
}

// lay writes a document as it stood before there were seals.
func lay(b *testing.B, db docs.Store, k docs.Key) {
	b.Helper()
	d, err := db.Get(ctx, k)
	if err == nil {
		d.Body, err = vault.Unguarded(ids.Random()).Open(k.Kind, k.ID, d.Body)
	}
	if err == nil {
		_, err = db.Put(ctx, docs.Write{Key: k, Op: "clear", IfRevision: d.Revision, Body: d.Body, Index: d.Index})
	}
	if err != nil {
		b.Fatal(err)
	}
}
