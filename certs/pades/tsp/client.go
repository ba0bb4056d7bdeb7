package tsp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"time"
)

// Config says where time stamps come from.
type Config struct {
	URL     string
	Roots   *x509.CertPool // that the authority's certificate must lead to
	Policy  asn1.ObjectIdentifier
	Timeout time.Duration // for one answer; zero means 10 s
	Random  io.Reader     // of the nonces
	HTTP    *http.Client  // nil means one of our own
}

// defaultTimeout is how long an answer may take.
const defaultTimeout = 10 * time.Second

// Client asks one authority over HTTP (RFC 3161 §3.4). Safe for concurrent use.
type Client struct{ Config }

// NewClient returns a client; the address must be http or https, and roots and randomness given.
func NewClient(c Config) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || c.Roots == nil || c.Random == nil {
		return nil, ErrAnswer.With("时间戳服务的设置不完整")
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return &Client{c}, nil
}

type request struct {
	Version int
	Imprint imprint
	Policy  asn1.ObjectIdentifier `asn1:"optional"`
	Nonce   *big.Int
	Certs   bool
}

type response struct {
	Status struct {
		Status int
		Text   []string       `asn1:"optional,utf8"`
		Fail   asn1.BitString `asn1:"optional"`
	}
	Token asn1.RawValue `asn1:"optional"`
}

// Stamp returns a token over message, in DER, that was checked in every way: ErrAnswer with what was wrong otherwise.
func (c *Client) Stamp(ctx context.Context, message []byte) ([]byte, error) {
	nonce, asked, err := c.request(message)
	if err != nil {
		return nil, err
	}
	answer, err := c.post(ctx, asked)
	if err != nil {
		return nil, err
	}
	var r response
	if !whole(answer, &r) {
		return nil, ErrAnswer.With("应答的结构不正确")
	}
	if r.Status.Status != 0 && r.Status.Status != 1 {
		return nil, ErrAnswer.With("状态 %d", r.Status.Status)
	}
	if err := c.accept(r.Token.FullBytes, message, nonce); err != nil {
		return nil, err
	}
	return r.Token.FullBytes, nil
}

func (c *Client) request(message []byte) (*big.Int, []byte, error) {
	raw := make([]byte, 16)
	if _, err := io.ReadFull(c.Random, raw); err != nil {
		return nil, nil, fmt.Errorf("time stamp nonce: %w", err)
	}
	nonce := new(big.Int).SetBytes(raw)
	sum := sha256.Sum256(message)
	algorithm := pkix.AlgorithmIdentifier{Algorithm: oidSHA256(), Parameters: asn1.NullRawValue}
	asked, err := asn1.Marshal(request{1, imprint{algorithm, sum[:]}, c.Policy, nonce, true})
	if err != nil {
		return nil, nil, fmt.Errorf("time stamp request: %w", err)
	}
	return nonce, asked, nil
}

func (c *Client) post(ctx context.Context, asked []byte) (answer []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(asked))
	if err != nil {
		return nil, fmt.Errorf("time stamp: %w", err)
	}
	r.Header.Set("Content-Type", "application/timestamp-query")
	got, err := c.HTTP.Do(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	defer func() { err = errors.Join(err, got.Body.Close()) }()
	if kind := got.Header.Get("Content-Type"); got.StatusCode != http.StatusOK || kind != "application/timestamp-reply" {
		return nil, ErrAnswer.With("HTTP %d %.60q", got.StatusCode, kind)
	}
	answer, err = io.ReadAll(io.LimitReader(got.Body, MaxToken+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrAnswer, err)
	case len(answer) > MaxToken:
		return nil, ErrAnswer.With("应答过长")
	}
	return answer, nil
}

// accept checks a fresh token as a verifier would, and that it answers this very request.
func (c *Client) accept(der, message []byte, nonce *big.Int) error {
	t, err := Parse(der)
	if err == nil {
		err = errors.Join(t.Check(message), t.Trusted(c.Roots))
	}
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrAnswer, err)
	case t.Nonce == nil || t.Nonce.Cmp(nonce) != 0:
		return ErrAnswer.With("随机数不符")
	}
	return nil
}
