package protocol

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
)

// Secret is what one custodian contributes to the seed. The nonce hides a share that is guessable.
type Secret struct {
	Share Hash `json:"share"`
	Nonce Hash `json:"nonce"`
}

// NewSecret draws a secret from chance, the custodian's own source of randomness.
func NewSecret(chance io.Reader) (s Secret, err error) {
	if _, err = io.ReadFull(chance, s.Share[:]); err == nil {
		_, err = io.ReadFull(chance, s.Nonce[:])
	}
	return s, err
}

// Commitment binds a custodian to a secret and, where the terms have a threshold, gives each of the others a part of it.
type Commitment struct {
	Custodian  int           `json:"custodian"`
	Commitment Hash          `json:"commitment"`
	Shares     []SealedShare `json:"shares,omitempty"` // one for each other custodian, in their order
}

// SealedShare is a share that only its holder can open. The digest lets everybody tell a true share from a false one.
type SealedShare struct {
	Holder int  `json:"holder"`
	Digest Hash `json:"digest"`
	Sealed Hex  `json:"sealed"` // X25519 public key made for this share, then AES-256-GCM
}

// Share is a part of the secret of Custodian, as Holder opened it.
type Share struct {
	Custodian int `json:"custodian"`
	Holder    int `json:"holder"`
	Bytes     Hex `json:"bytes"`
}

// secretBytes is the length of what is shared: share and nonce.
const secretBytes = 2 * sha256.Size

func (t Terms) commitmentOf(custodian int, s Secret) Hash {
	return newRecord("commitment").text(t.Sitting).number(custodian).hash(s.Share).hash(s.Nonce).sum()
}

// Commit binds custodian, by number, to s. chance hides the shares of the others.
func (t Terms) Commit(custodian int, s Secret, chance io.Reader) (Commitment, error) {
	if _, err := t.custodian(custodian); err != nil {
		return Commitment{}, err
	}
	c := Commitment{Custodian: custodian, Commitment: t.commitmentOf(custodian, s)}
	if t.Threshold == 0 {
		return c, nil
	}
	parts, err := deal(slices.Concat(s.Share[:], s.Nonce[:]), t.Threshold, len(t.Custodians), chance)
	if err != nil {
		return Commitment{}, err
	}
	for i, part := range parts {
		holder := i + 1
		if holder == custodian {
			continue
		}
		sealed, err := t.seal(custodian, holder, part, chance)
		if err != nil {
			return Commitment{}, err
		}
		c.Shares = append(c.Shares, SealedShare{Holder: holder, Digest: t.shareDigest(custodian, holder, part), Sealed: sealed})
	}
	return c, nil
}

func (t Terms) shareDigest(custodian, holder int, part []byte) Hash {
	return newRecord("share").text(t.Sitting).number(custodian).number(holder).bytes(part).sum()
}

// check reports whether c has the form that the terms ask for.
func (t Terms) check(c Commitment) error {
	if _, err := t.custodian(c.Custodian); err != nil {
		return err
	}
	want := 0
	if t.Threshold > 0 {
		want = len(t.Custodians) - 1
	}
	if len(c.Shares) != want || c.Commitment.IsZero() {
		return ErrCommitment.With("第 %d 号保管人的承诺不完整", c.Custodian)
	}
	holder := 0
	for _, s := range c.Shares {
		if holder++; holder == c.Custodian {
			holder++
		}
		if s.Holder != holder || len(s.Sealed) != boxKey+secretBytes+boxTag {
			return ErrCommitment.With("第 %d 号保管人分存给第 %d 号的份额不正确", c.Custodian, holder)
		}
	}
	return nil
}

// Reveals reports whether s is what c binds to: nil or ErrCommitment.
func (t Terms) Reveals(c Commitment, s Secret) error {
	if t.commitmentOf(c.Custodian, s) != c.Commitment {
		return ErrCommitment.With("第 %d 号保管人", c.Custodian)
	}
	return nil
}

// OpenShare is the part of c that holder was given, opened with the holder's private key. ErrShare when it does not
// open or is not what c says it is: then the custodian dealt it falsely.
func (t Terms) OpenShare(c Commitment, holder int, key *ecdh.PrivateKey) (Share, error) {
	for _, s := range c.Shares {
		if s.Holder != holder {
			continue
		}
		part, err := t.unseal(c.Custodian, holder, s.Sealed, key)
		if err != nil || t.shareDigest(c.Custodian, holder, part) != s.Digest {
			return Share{}, ErrShare.With("第 %d 号保管人分存给第 %d 号的份额不能打开", c.Custodian, holder)
		}
		return Share{Custodian: c.Custodian, Holder: holder, Bytes: part}, nil
	}
	return Share{}, ErrShare.With("第 %d 号保管人没有分存给第 %d 号", c.Custodian, holder)
}

// Recover puts the secret of a custodian who withholds it together from the shares of others. A share that is not the
// one dealt is ErrShare and names its holder, fewer than the threshold are ErrTooFew, and a secret that is not what c
// binds to is ErrCommitment: then the custodian dealt shares of something else.
func (t Terms) Recover(c Commitment, shares []Share) (Secret, error) {
	given := map[int][]byte{}
	for _, s := range shares {
		n := slices.IndexFunc(c.Shares, func(have SealedShare) bool { return have.Holder == s.Holder })
		if n < 0 || s.Custodian != c.Custodian || len(s.Bytes) != secretBytes ||
			t.shareDigest(c.Custodian, s.Holder, s.Bytes) != c.Shares[n].Digest {
			return Secret{}, ErrShare.With("第 %d 号交出的第 %d 号保管人的份额", s.Holder, s.Custodian)
		}
		given[s.Holder] = s.Bytes
	}
	if t.Threshold == 0 || len(given) < t.Threshold {
		return Secret{}, ErrTooFew.With("第 %d 号保管人：有 %d 份，需要 %d 份", c.Custodian, len(given), t.Threshold)
	}
	whole := join(given, t.Threshold)
	s := Secret{Share: Hash(whole[:sha256.Size]), Nonce: Hash(whole[sha256.Size:])}
	return s, t.Reveals(c, s)
}

const (
	boxKey = 32 // bytes of an X25519 public key
	boxTag = 16 // bytes that AES-GCM adds
)

// seal encrypts a share to its holder under a key that is made for it alone, so that the GCM nonce can be zero.
func (t Terms) seal(custodian, holder int, part []byte, chance io.Reader) (Hex, error) {
	var raw [boxKey]byte
	if _, err := io.ReadFull(chance, raw[:]); err != nil {
		return nil, err
	}
	once, err := ecdh.X25519().NewPrivateKey(raw[:])
	if err != nil {
		return nil, err
	}
	to, err := ecdh.X25519().NewPublicKey(t.Custodians[holder-1].Box)
	if err != nil {
		return nil, err
	}
	shared, err := once.ECDH(to)
	if err != nil {
		return nil, err
	}
	box, err := t.box(custodian, holder, shared, once.PublicKey().Bytes())
	if err != nil {
		return nil, err
	}
	return box.Seal(once.PublicKey().Bytes(), make([]byte, box.NonceSize()), part, nil), nil
}

func (t Terms) unseal(custodian, holder int, sealed []byte, key *ecdh.PrivateKey) ([]byte, error) {
	if len(sealed) < boxKey {
		return nil, ErrShare
	}
	once, err := ecdh.X25519().NewPublicKey(sealed[:boxKey])
	if err != nil {
		return nil, err
	}
	shared, err := key.ECDH(once)
	if err != nil {
		return nil, err
	}
	box, err := t.box(custodian, holder, shared, once.Bytes())
	if err != nil {
		return nil, err
	}
	return box.Open(nil, make([]byte, box.NonceSize()), sealed[boxKey:], nil)
}

// box is the cipher for one share: its key is bound to the sitting, to both custodians and to both public keys.
func (t Terms) box(custodian, holder int, shared, once []byte) (cipher.AEAD, error) {
	if holder < 1 || holder > len(t.Custodians) {
		return nil, ErrShare
	}
	salt := slices.Concat(once, t.Custodians[holder-1].Box)
	info := newRecord("box").text(t.Sitting).number(custodian).number(holder)
	key, err := hkdf.Key(sha256.New, shared, salt, string(info), sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("protocol: key of a share: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
