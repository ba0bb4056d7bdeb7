package auth

import (
	"errors"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Life is how long an access token is worth something: short, so that who holds a copy must come back for another.
const Life = 15 * time.Minute

// leeway is how far the clocks of two server processes may be apart: a token of the one is good at the other from
// that much before its issue until that much after its end.
const leeway = 30 * time.Second

const (
	issuer   = "skillcert"
	audience = "skillcert-api"
)

// Refusals of tokens.
var (
	ErrToken   = errs.New(errs.Unauthenticated, "token.invalid", "登录凭证无效，请重新登录")
	ErrExpired = errs.New(errs.Unauthenticated, "token.expired", "登录凭证已过期，请重新登录")
)

// Tokens signs and reads access tokens: a JWT (EdDSA, RFC 8037) that names the login and nothing personal.
type Tokens struct {
	ring   *Ring
	clock  clock.Clock
	parser *jwt.Parser
	seen   seen
}

// NewTokens returns Tokens over ring.
func NewTokens(ring *Ring, c clock.Clock) *Tokens {
	return &Tokens{ring: ring, clock: c, parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
		jwt.WithIssuer(issuer), jwt.WithAudience(audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithStrictDecoding(), jwt.WithLeeway(leeway),
		jwt.WithTimeFunc(c.Now))}
}

// Issue signs a token for the login: accounts.Login.Access.
func (t *Tokens) Issue(login string) (token string, expires time.Time, err error) {
	now := t.clock.Now()
	expires = now.Add(Life)
	j := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.RegisteredClaims{Issuer: issuer, Audience: jwt.ClaimStrings{audience},
		Subject: login, IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(expires)})
	key := t.ring.signing()
	j.Header["kid"] = key.ID
	token, err = j.SignedString(key.private)
	return token, expires, err
}

// Login returns the login that the token names. An expired token answers ErrExpired with the login, so that a page
// can be refreshed; every other fault is ErrToken.
func (t *Tokens) Login(token string) (string, error) {
	if v, ok := t.seen.get(token); ok && v.holds(t.clock.Now()) && t.ring.has(v.kid) {
		return v.login, nil
	}
	var claims jwt.RegisteredClaims
	parsed, err := t.parser.ParseWithClaims(token, &claims, t.key)
	switch {
	case err == nil && claims.Subject != "":
		t.remember(token, parsed, claims)
		return claims.Subject, nil
	case errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return claims.Subject, ErrExpired
	}
	return "", ErrToken
}

// remember keeps a token that was found good; one without a time of issue, which is none of ours, is read every time.
func (t *Tokens) remember(token string, j *jwt.Token, claims jwt.RegisteredClaims) {
	if kid, ok := j.Header["kid"].(string); ok && claims.IssuedAt != nil {
		t.seen.put(token, verified{login: claims.Subject, kid: kid, issued: claims.IssuedAt.Time, expires: claims.ExpiresAt.Time})
	}
}

func (t *Tokens) key(j *jwt.Token) (any, error) {
	kid, _ := j.Header["kid"].(string)
	key, ok := t.ring.verifying(kid)
	if !ok {
		return nil, ErrToken
	}
	return key, nil
}
