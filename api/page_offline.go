package api

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs/keys"
)

// CheckKey is a public key by which codes or status lists are checked.
type CheckKey struct {
	ID      string    `json:"id"`  // the first 8 bytes of the SHA-256 of its SubjectPublicKeyInfo, in hexadecimal digits
	Use     string    `json:"use"` // "offline" or "status"
	Name    string    `json:"name"`
	From    time.Time `json:"from"`  // not before
	To      time.Time `json:"until"` // not after
	Revoked bool      `json:"revoked,omitempty"`
	Demo    bool      `json:"demo,omitempty"` // a demonstration's: what it signs has no effect
	JWK     jwk       `json:"key"`
}

// jwk is a P-256 key (RFC 7518 §6.2).
type jwk struct {
	Type  string `json:"kty"`
	Curve string `json:"crv"`
	X     string `json:"x"`
	Y     string `json:"y"`
}

// checkKeys are the keys for checks without a network, in the order of their names. One that was revoked is marked, and nothing
// that it signed is to be believed, for nothing on paper tells when; a key that is not here at all is a stranger's.
func (s *Server) checkKeys() ([]byte, error) {
	if s.Keys == nil {
		return nil, errNoPage
	}
	now := s.clock.Now()
	return s.checks.get(now, func() ([]byte, error) { return checkKeysAt(s.Keys, now) })
}

func checkKeysAt(ring SealKeys, now time.Time) ([]byte, error) {
	all, err := ring.List(now)
	if err != nil {
		return nil, err
	}
	found := []CheckKey{}
	for _, l := range all {
		public, ok := l.Cert.PublicKey.(*ecdsa.PublicKey)
		useful := keys.ForOffline(l.Cert) == nil || keys.ForStatus(l.Cert) == nil
		if !ok || !useful || public.Curve != elliptic.P256() {
			continue
		}
		raw, err := public.Bytes()
		if err != nil {
			return nil, err
		}
		at := func(from int) string { return base64.RawURLEncoding.EncodeToString(raw[from : from+32]) }
		found = append(found, CheckKey{ID: l.KeyID, Use: string(l.Use), Name: l.Cert.Subject.CommonName, From: l.Cert.NotBefore.UTC(), To: l.Cert.NotAfter.UTC(),
			Revoked: l.State == keys.StateRevoked, Demo: keys.Marked(l.Cert.Subject.CommonName), JWK: jwk{Type: "EC", Curve: "P-256", X: at(1), Y: at(33)}})
	}
	return json.Marshal(found)
}

// offlineKeys publishes them. The page of the check keeps the list that it was loaded with.
func (s *Server) offlineKeys(c *fiber.Ctx) error {
	b, err := s.checkKeys()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(b)
}

// offlineCheckPage is the same for everybody and says in its address in which language and size it is, for browsers keep
// it: see check/worker.js. It carries the digest of the keys, so that no other list takes their place.
func (s *Server) offlineCheckPage(c *fiber.Ctx) error {
	b, err := s.checkKeys()
	if err != nil {
		return err
	}
	last, err := s.lastList(c.UserContext())
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	v := web.OfflineCheckView{Keys: hex.EncodeToString(sum[:]), Lists: last, English: c.Query("lang") == "en", Elder: c.Query("elder") == "on"}
	p := web.Page{Lang: "zh", Elder: v.Elder, Here: s.here(c), Now: s.clock.Now(), Demo: s.cfg.Demo, Body: v}
	if v.English {
		p.Lang = "en"
	}
	return s.render(c, "offline-check", p)
}
