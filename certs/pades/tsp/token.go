package tsp

import (
	"bytes"
	"crypto"
	_ "crypto/sha1" // the first edition of signing-certificate names certificates by it
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"
)

// Bounds of a token.
const (
	MaxToken = 32 << 10 // bytes
	maxCerts = 8
)

func oid(n ...int) asn1.ObjectIdentifier { return n }

func oidSignedData() asn1.ObjectIdentifier      { return oid(1, 2, 840, 113549, 1, 7, 2) }
func oidTSTInfo() asn1.ObjectIdentifier         { return oid(1, 2, 840, 113549, 1, 9, 16, 1, 4) }
func oidContentType() asn1.ObjectIdentifier     { return oid(1, 2, 840, 113549, 1, 9, 3) }
func oidMessageDigest() asn1.ObjectIdentifier   { return oid(1, 2, 840, 113549, 1, 9, 4) }
func oidSigningCert() asn1.ObjectIdentifier     { return oid(1, 2, 840, 113549, 1, 9, 16, 2, 12) }
func oidSigningCertV2() asn1.ObjectIdentifier   { return oid(1, 2, 840, 113549, 1, 9, 16, 2, 47) }
func oidSHA256() asn1.ObjectIdentifier          { return oid(2, 16, 840, 1, 101, 3, 4, 2, 1) }
func oidExtKeyUsage() asn1.ObjectIdentifier     { return oid(2, 5, 29, 37) }
func oidRSA() asn1.ObjectIdentifier             { return oid(1, 2, 840, 113549, 1, 1, 1) }
func oidECDSA(last int) asn1.ObjectIdentifier   { return oid(1, 2, 840, 10045, 4, 3, last) }
func oidRSAWith(last int) asn1.ObjectIdentifier { return oid(1, 2, 840, 113549, 1, 1, last) }

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"explicit,tag:0"`
}

type signedData struct {
	Version int
	Digests []pkix.AlgorithmIdentifier `asn1:"set"`
	Content struct {
		Type  asn1.ObjectIdentifier
		Bytes []byte `asn1:"explicit,tag:0"`
	}
	Certs   asn1.RawValue `asn1:"optional,tag:0"`
	CRLs    asn1.RawValue `asn1:"optional,tag:1"`
	Signers []signerInfo  `asn1:"set"`
}

type signerInfo struct {
	Version int
	Signer  struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	Digest     pkix.AlgorithmIdentifier
	Attributes asn1.RawValue `asn1:"tag:0"`
	Algorithm  pkix.AlgorithmIdentifier
	Signature  []byte
	Unsigned   asn1.RawValue `asn1:"optional,tag:1"`
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

type imprint struct {
	Algorithm pkix.AlgorithmIdentifier
	Digest    []byte
}

type tstInfo struct {
	Version  int
	Policy   asn1.ObjectIdentifier
	Imprint  imprint
	Serial   *big.Int
	Time     time.Time `asn1:"generalized"`
	Accuracy struct {
		Seconds int `asn1:"optional"`
		Millis  int `asn1:"optional,tag:0"`
		Micros  int `asn1:"optional,tag:1"`
	} `asn1:"optional"`
	Ordering   bool             `asn1:"optional,default:false"`
	Nonce      *big.Int         `asn1:"optional"`
	TSA        asn1.RawValue    `asn1:"optional,explicit,tag:0"`
	Extensions []pkix.Extension `asn1:"optional,tag:1"`
}

// Token is a time stamp taken apart; Check says whether it holds.
type Token struct {
	Time   time.Time
	Nonce  *big.Int // nil when none
	Signer *x509.Certificate

	info     tstInfo
	content  []byte
	signedBy signerInfo
	certs    []*x509.Certificate
}

// Parse takes a TimeStampToken in DER apart: one signer, one content, its certificates inside. ErrToken otherwise.
func Parse(der []byte) (*Token, error) {
	var outer contentInfo
	var signed signedData
	if len(der) > MaxToken || !whole(der, &outer) || !outer.Type.Equal(oidSignedData()) || !whole(outer.Content.Bytes, &signed) {
		return nil, ErrToken
	}
	if signed.Version != 3 || !signed.Content.Type.Equal(oidTSTInfo()) || len(signed.Signers) != 1 || !exact(outer.Content.Bytes, &signed) {
		return nil, ErrToken
	}
	t := &Token{content: signed.Content.Bytes, signedBy: signed.Signers[0]}
	if !whole(t.content, &t.info) || t.info.Version != 1 || t.signedBy.Version != 1 {
		return nil, ErrToken
	}
	for _, e := range t.info.Extensions {
		if e.Critical { // none is known here
			return nil, ErrToken
		}
	}
	t.Time, t.Nonce = t.info.Time.UTC(), t.info.Nonce
	return t, t.readCertificates(signed.Certs.Bytes)
}

// whole decodes all of b into v.
func whole(b []byte, v any) bool {
	rest, err := asn1.Unmarshal(b, v)
	return err == nil && len(rest) == 0
}

// exact closes what a token's own signature leaves open: one way to write it down, no digest but the signer's, nothing
// that nobody signed but the certificates.
func exact(der []byte, s *signedData) bool {
	again, err := asn1.Marshal(*s)
	by := s.Signers[0]
	return err == nil && bytes.Equal(again, der) && len(s.Digests) == 1 && s.Digests[0].Algorithm.Equal(by.Digest.Algorithm) &&
		len(s.CRLs.FullBytes) == 0 && len(by.Unsigned.FullBytes) == 0 && constructed(s.Certs) && constructed(by.Attributes)
}

func constructed(v asn1.RawValue) bool { return v.IsCompound && v.Tag == 0 }

// readCertificates reads the certificates and finds the signer's.
func (t *Token) readCertificates(b []byte) error {
	certs, err := x509.ParseCertificates(b)
	if err != nil || len(certs) == 0 || len(certs) > maxCerts {
		return ErrToken
	}
	t.certs = certs
	for _, c := range certs {
		if c.SerialNumber.Cmp(t.signedBy.Signer.Serial) == 0 && bytes.Equal(c.RawIssuer, t.signedBy.Signer.Issuer.FullBytes) {
			t.Signer = c
		}
	}
	if t.Signer == nil {
		return ErrToken
	}
	return nil
}

// Check asks that the token covers message and that its signature holds, without asking who signed.
func (t *Token) Check(message []byte) error {
	digest := crypto.SHA256.New()
	digest.Write(message)
	if !t.info.Imprint.Algorithm.Algorithm.Equal(oidSHA256()) || !bytes.Equal(t.info.Imprint.Digest, digest.Sum(nil)) {
		return ErrImprint
	}
	if err := purpose(t.Signer); err != nil {
		return err
	}
	hash, ok := hashOf(t.signedBy.Digest.Algorithm)
	if !ok {
		return ErrToken
	}
	if err := t.checkAttributes(hash); err != nil {
		return err
	}
	return t.checkSignature(hash)
}

// purpose asks for timeStamping as the one, critical purpose (RFC 3161 §2.3).
func purpose(c *x509.Certificate) error {
	if len(c.ExtKeyUsage) != 1 || c.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping || len(c.UnknownExtKeyUsage) != 0 || c.IsCA {
		return ErrPurpose
	}
	if c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return ErrPurpose
	}
	for _, e := range c.Extensions {
		if e.Id.Equal(oidExtKeyUsage()) && e.Critical {
			return nil
		}
	}
	return ErrPurpose
}

// hashOf knows the digests a token may be made with.
func hashOf(id asn1.ObjectIdentifier) (crypto.Hash, bool) {
	for i, h := range []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		if id.Equal(oid(2, 16, 840, 1, 101, 3, 4, 2, i+1)) {
			return h, true
		}
	}
	return 0, false
}

// checkAttributes asks for content-type, message-digest and one signing-certificate, each once.
func (t *Token) checkAttributes(hash crypto.Hash) error {
	values := map[string][]byte{}
	for rest := t.signedBy.Attributes.Bytes; len(rest) > 0; {
		var a attribute
		var err error
		if rest, err = asn1.Unmarshal(rest, &a); err != nil || len(a.Values) != 1 || values[a.Type.String()] != nil {
			return ErrToken
		}
		values[a.Type.String()] = a.Values[0].FullBytes
	}
	var kind asn1.ObjectIdentifier
	var digest []byte
	if !whole(values[oidContentType().String()], &kind) || !kind.Equal(oidTSTInfo()) || !whole(values[oidMessageDigest().String()], &digest) {
		return ErrToken
	}
	h := hash.New()
	h.Write(t.content)
	if !bytes.Equal(h.Sum(nil), digest) {
		return ErrSignature
	}
	return t.checkNamed(values)
}

// checkNamed asks that signing-certificate, in its first edition (RFC 2634) or second (RFC 5035), names the signer.
func (t *Token) checkNamed(values map[string][]byte) error {
	if v2 := values[oidSigningCertV2().String()]; v2 != nil {
		return t.named(v2, crypto.SHA256)
	}
	if v1 := values[oidSigningCert().String()]; v1 != nil {
		return t.named(v1, crypto.SHA1)
	}
	return ErrToken
}

func (t *Token) named(value []byte, hash crypto.Hash) error {
	var s struct {
		Certs    []asn1.RawValue
		Policies asn1.RawValue `asn1:"optional"`
	}
	if !whole(value, &s) || len(s.Certs) == 0 {
		return ErrToken
	}
	rest := s.Certs[0].Bytes // the first names the signer (RFC 5035 §3)
	if hash == crypto.SHA256 {
		var algorithm pkix.AlgorithmIdentifier
		if after, err := asn1.Unmarshal(rest, &algorithm); err == nil {
			var ok bool
			if hash, ok = hashOf(algorithm.Algorithm); !ok {
				return ErrToken
			}
			rest = after
		}
	}
	var sum []byte
	if _, err := asn1.Unmarshal(rest, &sum); err != nil {
		return ErrToken
	}
	h := hash.New()
	h.Write(t.Signer.Raw)
	if !bytes.Equal(h.Sum(nil), sum) {
		return ErrSignature
	}
	return nil
}

// checkSignature checks the signature over the attributes, as the SET that was signed (RFC 5652 §5.4).
func (t *Token) checkSignature(hash crypto.Hash) error {
	algorithm, ok := signatureAlgorithm(t.signedBy.Algorithm.Algorithm, hash)
	if !ok {
		return ErrToken
	}
	signed := bytes.Clone(t.signedBy.Attributes.FullBytes)
	signed[0] = 0x31
	if t.Signer.CheckSignature(algorithm, signed, t.signedBy.Signature) != nil {
		return ErrSignature
	}
	return nil
}

func signatureAlgorithm(id asn1.ObjectIdentifier, hash crypto.Hash) (x509.SignatureAlgorithm, bool) {
	i := map[crypto.Hash]int{crypto.SHA256: 0, crypto.SHA384: 1, crypto.SHA512: 2}[hash]
	switch {
	case id.Equal(oidRSA()), id.Equal(oidRSAWith(11 + i)):
		return []x509.SignatureAlgorithm{x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA}[i], true
	case id.Equal(oidECDSA(2 + i)):
		return []x509.SignatureAlgorithm{x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512}[i], true
	}
	return 0, false
}

// Trusted asks that the signer's certificate leads to one of the roots at the time that the token states.
func (t *Token) Trusted(roots *x509.CertPool) error {
	between := x509.NewCertPool()
	for _, c := range t.certs {
		between.AddCert(c)
	}
	_, err := t.Signer.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: t.Time,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	if err != nil {
		return ErrUntrusted
	}
	return nil
}
