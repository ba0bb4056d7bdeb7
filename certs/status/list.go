package status

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skillcert/skillcert/certs/vcjwt"
)

// List is a status list that is to be written.
type List struct {
	ID      string       // its address, whose last segment is Number (see NumberOf)
	Number  int          // as the offline codes name it
	Issuer  string       // address of the body that answers for it
	From    time.Time    // when it was made, whole seconds
	Until   time.Time    // after this it is no answer any more
	Entries map[int]Code // what is not here is Valid
	CRLs    [][]byte     // revocation lists of the seals' authorities (RFC 5280, DER), for who checks files without a network
}

// Places of the credential's parts that never vary.
const (
	contextV2 = "https://www.w3.org/ns/credentials/v2"
	// A list that carries revocation lists has this context as well, which defines terms of the issuer's own.
	contextUndefined = "https://www.w3.org/ns/credentials/undefined-terms/v2"
	anyVC            = "VerifiableCredential"
	listVC           = "BitstringStatusListCredential"
	listType         = "BitstringStatusList"
)

// credential is the BitstringStatusListCredential (Bitstring Status List v1.0 §2.2).
type credential struct {
	Context []string `json:"@context"`
	ID      string   `json:"id"`
	Type    []string `json:"type"`
	Issuer  string   `json:"issuer"`
	From    string   `json:"validFrom"`
	Until   string   `json:"validUntil"`
	Subject subject  `json:"credentialSubject"`
	CRLs    [][]byte `json:"revocationLists,omitempty"` // base64
}

// maxCRLs bounds the revocation lists of a list: one an authority, and its successors.
const maxCRLs = 8

// contexts are those of a list with or without revocation lists.
func (c *credential) contexts() []string {
	if len(c.CRLs) == 0 {
		return []string{contextV2}
	}
	return []string{contextV2, contextUndefined}
}

type subject struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Purpose string `json:"statusPurpose"`
	List    string `json:"encodedList"`
}

// Build writes and signs a list; chain is the signer's certificate and its issuers without the root. The result is
// served as vcjwt.MediaType. ErrBuild for a list that contradicts itself.
func Build(l List, signer crypto.Signer, chain []*x509.Certificate) ([]byte, error) {
	payload, err := l.payload()
	if err != nil {
		return nil, err
	}
	return vcjwt.Sign(payload, signer, chain)
}

func (l List) payload() ([]byte, error) {
	if n, err := NumberOf(l.ID); err != nil || n != l.Number {
		return nil, ErrBuild.With("列表编号 %d 与地址“%s”不符", l.Number, l.ID)
	}
	from, until := l.From.UTC().Truncate(time.Second), l.Until.UTC().Truncate(time.Second)
	if !from.Before(until) || l.Issuer == "" {
		return nil, ErrBuild.With("缺少有效期或签发者")
	}
	b := newBits()
	for i, c := range l.Entries {
		if i < 0 || i >= Entries || c >= codes {
			return nil, ErrBuild.With("第 %d 项为 %d", i, c)
		}
		b.set(i, c)
	}
	text, err := b.encode()
	if err != nil {
		return nil, err
	}
	if len(l.CRLs) > maxCRLs {
		return nil, ErrBuild.With("%d 份撤销列表", len(l.CRLs))
	}
	c := credential{CRLs: l.CRLs}
	return marshal(credential{Context: c.contexts(), CRLs: l.CRLs, ID: l.ID, Type: []string{anyVC, listVC}, Issuer: l.Issuer,
		From: from.Format(time.RFC3339), Until: until.Format(time.RFC3339),
		Subject: subject{ID: l.ID + "#list", Type: listType, Purpose: purpose, List: text}})
}

func marshal(c credential) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		return nil, fmt.Errorf("write status list: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
