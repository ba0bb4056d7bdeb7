package protocol

import (
	"crypto"
	"crypto/ed25519"
	"slices"
)

// Resume goes on with a sitting from the transcript that was written last. What is in it is derived again, so that a
// record which was changed in the meantime is refused: the error is the first *Difference. secrets are those of all
// custodians once forms are drawn, else nil.
func Resume(t *Transcript, key Key, signer crypto.Signer, secrets []Secret) (*Sitting, error) {
	a := &audit{t: t, secrets: secrets}
	if t.Key != key.commitment() || t.Salts != key.salt() {
		return nil, ErrTerms.With("密钥不是这一场次的")
	}
	if err := a.entries(); err != nil {
		return nil, err
	}
	public, ok := signer.Public().(ed25519.PublicKey)
	if !ok || !slices.Equal(public, ed25519.PublicKey(a.course.terms.Operator)) {
		return nil, ErrTerms.With("组卷方的签名密钥与约定的公钥不符")
	}
	if err := a.derive(); err != nil {
		return nil, err
	}
	s := &Sitting{t: *t, course: a.course, signer: signer, halls: a.halls}
	s.t.Log = slices.Clone(t.Log)
	return s, nil
}

// derive brings the halls to where the log stands.
func (a *audit) derive() error {
	if err := a.seal(); err != nil {
		return err
	}
	if a.course.roots == nil {
		return nil
	}
	for _, step := range []func() error{a.roots, a.order, a.opened} {
		if err := step(); err != nil {
			return err
		}
	}
	if len(a.course.heads) == 0 {
		return nil
	}
	for _, step := range []func() error{a.draws, a.blueprints, a.events} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// opened reports whether the secrets are those committed to, as soon as they are needed.
func (a *audit) opened() error {
	if len(a.course.heads) == 0 {
		return nil
	}
	if len(a.secrets) != len(a.course.commitments) {
		return ErrTooFew.With("有 %d 方的份额，需要 %d 方", len(a.secrets), len(a.course.commitments))
	}
	for i, s := range a.secrets {
		if err := a.course.terms.Reveals(a.course.commitments[i], s); err != nil {
			return err
		}
	}
	return nil
}
