package certs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// sealWorkers is how many documents are made at once; a document takes milliseconds of one core.
const sealWorkers = 4

// finish carries out what is decided on the certificates: log, seal, keep, complete. Each comes back as it stands then,
// or with what failed; one that fails keeps no other back. A certificate with nothing to do comes back as it is.
func (i *Issuer) finish(ctx context.Context, by authz.Principal, all []*Certificate) (done []*Certificate, failed []error) {
	done, failed = make([]*Certificate, len(all)), make([]error, len(all))
	proofs, err := i.enter(ctx, all)
	var sealing errgroup.Group
	sealing.SetLimit(sealWorkers)
	for n, c := range all {
		switch e := c.making(); {
		case e == nil:
			done[n] = c
		case err != nil:
			failed[n] = fmt.Errorf("log certificate %s: %w", c.Number, err)
		default:
			sealing.Go(func() error {
				done[n], failed[n] = i.seal(ctx, by, c, proofs[n])
				return nil
			})
		}
	}
	_ = sealing.Wait() // no function returns an error
	return done, failed
}

// enter puts the editions that are being made into the log and answers their proofs, under one checkpoint for all.
func (i *Issuer) enter(ctx context.Context, all []*Certificate) ([]LogProof, error) {
	var leaves []Leaf
	var whose []int
	for n, c := range all {
		e := c.making()
		if e == nil {
			continue
		}
		leaf, err := c.Credential(e).leaf()
		if err != nil {
			return nil, err
		}
		leaves, whose = append(leaves, leaf), append(whose, n)
	}
	if len(leaves) == 0 {
		return nil, nil
	}
	indices, err := i.ports.Journal.Append(ctx, leaves)
	if err != nil {
		return nil, err
	}
	found, err := i.ports.Journal.Prove(ctx, indices)
	if err != nil {
		return nil, err
	}
	proofs := make([]LogProof, len(all))
	for k, n := range whose {
		proofs[n] = found[k]
	}
	return proofs, nil
}

// seal makes the document of the edition that is being made, and completes the record.
func (i *Issuer) seal(ctx context.Context, by authz.Principal, c *Certificate, proof LogProof) (*Certificate, error) {
	made := *c.making()
	f, err := i.document(ctx, c, &made, proof)
	if err != nil {
		return nil, fmt.Errorf("seal certificate %s: %w", c.Number, err)
	}
	made.Leaf, made.Digest = proof.Index, digestOf(f.PDF)
	now := i.clock.Now()
	c, err = engine.Modify(ctx, once(c, i.load(c.Number)), i.ports.Ledger.UpdateCertificate,
		func(c *Certificate) error { return c.complete(&made, by.Account, now) })
	if err != nil {
		return nil, fmt.Errorf("complete certificate %s: %w", f.Number, err)
	}
	return i.announce(ctx, c)
}

// once loads v the first time and really loads after that: what was just read or written is most likely still so.
func once[T any](v *T, load func(context.Context) (*T, error)) func(context.Context) (*T, error) {
	return func(ctx context.Context) (*T, error) {
		if v != nil {
			first := *v
			v = nil
			return &first, nil
		}
		return load(ctx)
	}
}

// document returns the one document of an edition, and makes it when there is none. No two seals are alike, so what the
// store kept is the document, not what was just made.
func (i *Issuer) document(ctx context.Context, c *Certificate, e *Edition, proof LogProof) (*File, error) {
	f, err := i.kept(ctx, c, e)
	if !errors.Is(err, ErrFile) {
		return f, err
	}
	draft, err := i.drafted(ctx, c, e, KindCertificate)
	if err != nil {
		return nil, err
	}
	credential := c.Credential(e)
	credential.Log = &proof
	if draft.Credential, err = credential.Encode(); err != nil {
		return nil, err
	}
	pdf, err := i.press.Seal(*draft)
	if err != nil {
		return nil, err
	}
	f = &File{Number: c.Number, Version: e.Version, PDF: pdf}
	if err = i.ports.Files.PutFile(ctx, f); errors.Is(err, ErrFileKept) {
		return i.kept(ctx, c, e)
	}
	return f, err
}

// kept is the document of an edition that the store has, ErrFile when there is none. Whose it is stands in it: a file of
// the same name that states something else is ErrCredential.
func (i *Issuer) kept(ctx context.Context, c *Certificate, e *Edition) (*File, error) {
	f, err := i.ports.Files.File(ctx, c.Number, e.Version)
	if err != nil {
		return nil, err
	}
	if _, err := c.credentialIn(e, f.PDF); err != nil {
		return nil, fmt.Errorf("document of certificate %s, edition %d: %w", c.Number, e.Version, err)
	}
	return f, nil
}

// announce lets the status lists say what became of the editions of c that they do not tell of yet.
func (i *Issuer) announce(ctx context.Context, c *Certificate) (*Certificate, error) {
	state, due := c.State, c.untold()
	for _, e := range due {
		if err := i.tell(ctx, e.Slot, e.Code); err != nil {
			return nil, fmt.Errorf("status of certificate %s: %w", c.Number, err)
		}
	}
	if len(due) == 0 {
		return c, nil
	}
	return engine.Modify(ctx, once(c, i.load(c.Number)), i.ports.Ledger.UpdateCertificate, func(c *Certificate) error {
		if c.State != state {
			return engine.ErrUnchanged // there is something else to tell now, and it will be
		}
		c.told(due)
		return nil
	})
}

func (i *Issuer) load(n Number) func(context.Context) (*Certificate, error) {
	return func(ctx context.Context) (*Certificate, error) { return i.ports.Ledger.Certificate(ctx, n) }
}

func digestOf(pdf []byte) string {
	sum := sha256.Sum256(pdf)
	return hex.EncodeToString(sum[:])
}
