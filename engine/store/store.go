// Package store keeps every aggregate: repositories for the domain's ports over one document layer. Each room's
// repositories are one file here; the adapters below know none of them.
package store

import (
	"maps"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/vault"
	"github.com/skillcert/skillcert/questionbank"
)

// Store hands out the repositories.
type Store struct {
	docs  docs.Store
	ids   *ids.Source
	vault *vault.Vault

	sessions docs.Recent[sitting.Session]
	images   docs.Recent[questionbank.Image]

	certificates docs.Recent[certs.Certificate]
}

// checkedLately is how many certificates are remembered, 3 KB each: employers check the same ones for a while.
const checkedLately = 4096

// New returns repositories over d; source names writes. What is personal they always seal; under a key that is a secret
// once they are Guarded.
func New(d docs.Store, source *ids.Source) *Store {
	return &Store{docs: d, ids: source, vault: vault.Unguarded(ids.Random()), certificates: docs.Recent[certs.Certificate]{Most: checkedLately}}
}

// Guarded makes the repositories seal what is personal by v, and search by its blind indexes. It is set before use.
func (s *Store) Guarded(v *vault.Vault) *Store {
	s.vault = v
	return s
}

// Schema declares the kinds and indexes of every repository, for the adapters.
func Schema() docs.Schema {
	all := docs.Schema{}
	for _, part := range []docs.Schema{accountsSchema(), questionbankSchema(), certsSchema(), recognitionSchema(), translogSchema(), peopleSchema(),
		registrationSchema(), separationSchema(), sittingSchema(), practicalSchema(), controlSchema(), resultSchema(),
		theorySchema(), statisticsSchema(), sealsSchema(), jobsSchema(), correctionsSchema(), activitiesSchema(), houseSchema(), archiveSchema(),
		accreditationSchema(), trainingSchema()} {
		maps.Copy(all, part)
	}
	return all
}
