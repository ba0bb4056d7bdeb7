package vcjwt

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Trust says whose credentials are believed.
type Trust struct {
	Roots *x509.CertPool                // required
	At    time.Time                     // when the certificates must be valid
	Usage func(*x509.Certificate) error // whether the certificate may sign this sort of credential; required
}

// Opened is a credential whose signature holds.
type Opened struct {
	Payload []byte
	Signer  *x509.Certificate
	Chain   []*x509.Certificate // from the signer to the trusted root
	KeyID   string
}

// header is the protected header, its members in the byte order of their names.
type header struct {
	Algorithm string   `json:"alg"`
	Content   string   `json:"cty"`
	KeyID     string   `json:"kid"`
	Type      string   `json:"typ"`
	Chain     []string `json:"x5c"`
}

// Open reads what Sign made: ErrForm, ErrChain, ErrUsage or ErrSignature otherwise. A text with any bit changed is
// refused, in the base64url padding bits too.
func Open(text []byte, t Trust) (*Opened, error) {
	h, payload, err := split(text)
	if err != nil {
		return nil, err
	}
	chain, err := h.certificates()
	if err != nil {
		return nil, err
	}
	path, err := t.accepts(chain)
	if err != nil {
		return nil, err
	}
	jws, err := jose.ParseSignedCompact(string(text), []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return nil, ErrForm
	}
	verified, err := jws.Verify(chain[0].PublicKey)
	if err != nil || !bytes.Equal(verified, payload) {
		return nil, ErrSignature
	}
	return &Opened{Payload: payload, Signer: chain[0], Chain: path, KeyID: h.KeyID}, nil
}

// split decodes the parts of a compact JWS, of which each has one encoding.
func split(text []byte) (*header, []byte, error) {
	if len(text) > MaxSize {
		return nil, nil, ErrForm.With("超过 %d 字节", MaxSize)
	}
	parts := strings.Split(string(text), ".")
	if len(parts) != 3 {
		return nil, nil, ErrForm
	}
	var raw [3][]byte
	for i, p := range parts {
		b, err := base64.RawURLEncoding.Strict().DecodeString(p)
		if err != nil || base64.RawURLEncoding.EncodeToString(b) != p { // the decoder passes over line breaks
			return nil, nil, ErrForm
		}
		raw[i] = b
	}
	h, err := parseHeader(raw[0])
	if err != nil || len(raw[2]) != 2*fieldBytes {
		return nil, nil, ErrForm
	}
	return h, raw[1], nil
}

// parseHeader accepts the one text of a header, so nothing doubled, unknown or hidden stands in it.
func parseHeader(raw []byte) (*header, error) {
	var h header
	if err := json.Unmarshal(raw, &h); err != nil {
		return nil, ErrForm
	}
	again, err := json.Marshal(h)
	if err != nil || !bytes.Equal(again, raw) {
		return nil, ErrForm
	}
	if h.Algorithm != string(jose.ES256) || h.Type != typ || h.Content != cty || len(h.Chain) == 0 || len(h.Chain) > maxChain {
		return nil, ErrForm
	}
	return &h, nil
}

func (h *header) certificates() ([]*x509.Certificate, error) {
	chain := make([]*x509.Certificate, len(h.Chain))
	for i, text := range h.Chain {
		der, err := base64.StdEncoding.Strict().DecodeString(text)
		if err != nil {
			return nil, ErrForm
		}
		if chain[i], err = x509.ParseCertificate(der); err != nil {
			return nil, ErrForm
		}
	}
	public, ok := chain[0].PublicKey.(*ecdsa.PublicKey)
	if !ok || public.Curve != elliptic.P256() || h.KeyID != KeyID(chain[0]) {
		return nil, ErrForm
	}
	return chain, nil
}

// accepts gives the path that chain and one root are together, valid, in this order and with nothing to spare.
func (t Trust) accepts(chain []*x509.Certificate) ([]*x509.Certificate, error) {
	if t.Roots == nil || t.Usage == nil || t.At.IsZero() { // the library would take the system's roots and clock
		return nil, ErrChain
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	paths, err := chain[0].Verify(x509.VerifyOptions{
		Roots: t.Roots, Intermediates: between, CurrentTime: t.At, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	path := leads(paths, chain)
	if err != nil || path == nil {
		return nil, ErrChain
	}
	if err = t.Usage(chain[0]); err != nil {
		return nil, ErrUsage
	}
	return path, nil
}

// leads gives the path that chain is with a root behind it, nil for none.
func leads(paths [][]*x509.Certificate, chain []*x509.Certificate) []*x509.Certificate {
	for _, p := range paths {
		same := len(p) == len(chain)+1
		for i := 0; same && i < len(chain); i++ {
			same = p[i].Equal(chain[i])
		}
		if same {
			return p
		}
	}
	return nil
}
