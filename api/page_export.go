package api

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/export"
	"github.com/skillcert/skillcert/certs/keys"
	codes "github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/certs/vcjwt"
	"github.com/skillcert/skillcert/engine/errs"
)

// SealKeys are the keys of the house, as the pages about checking need them; *keys.Ring.
type SealKeys interface {
	Status(now time.Time) (crypto.Signer, []*x509.Certificate, error)
	List(now time.Time) ([]keys.Listed, error)
}

// exportProfiles are the profiles that holders are offered.
func (s *Server) exportProfiles() (names []string) {
	if s.Keys == nil {
		return nil
	}
	for _, p := range export.Profiles() {
		names = append(names, string(p))
	}
	return names
}

// exportOwn answers the candidate's own certificate as a credential for wallets and platforms. The name stands in it unless
// it is asked for without: then a salted hash does.
func (s *Server) exportOwn(c *fiber.Ctx) error {
	if s.Keys == nil {
		return errNoPage
	}
	profile := export.Profile(c.Params("profile"))
	cert, err := s.own(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	record, err := s.exported(c.UserContext(), cert)
	if err != nil {
		return err
	}
	signer, chain, err := s.Keys.Status(s.clock.Now())
	if err != nil {
		return err
	}
	o := export.Options{ID: "urn:uuid:" + uuid(s.ids.Bytes(16)), Issuer: s.public("/"), Achievement: s.public("/verify"),
		Named: c.Query("name") != "hidden", Salt: s.ids.Bytes(16)}
	jws, err := export.Signed(profile, record, o, signer, chain)
	if err != nil {
		return unlessOurs(err)
	}
	c.Set(fiber.HeaderContentType, vcjwt.MediaType)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", string(cert.Number)+"-"+string(profile)+".jwt"))
	return c.Send(jws)
}

// unlessOurs makes a fault of the record a fault of ours: its holder typed none of it.
func unlessOurs(err error) error {
	if errs.KindOf(err) == errs.Invalid {
		return fmt.Errorf("export: %v", err)
	}
	return err
}

// exported is a certificate as exports see it.
func (s *Server) exported(ctx context.Context, c *certs.Certificate) (r export.Record, err error) {
	r = export.Record{Number: string(c.Number), Name: c.Name, OccupationCode: c.Occupation.Code, OccupationName: c.Occupation.Name,
		WorkType: c.Occupation.WorkType, Level: int(c.Level), Issued: c.Issued, Body: c.OrgName, Issuer: c.OrgName, State: codes.Valid, Edition: c.Version,
		Route: string(c.Edition.Route), TokenDigest: certs.TokenDigest(c.Token)}
	switch c.State {
	case certs.Valid:
	case certs.Revoked:
		r.State = codes.Revoked
	default:
		r.State = codes.Void
	}
	if !c.Slot.IsZero() && s.Statuses != nil {
		r.Status = export.StatusPlace{Index: c.Slot.Index, Reference: s.public("/verify")}
		if r.Status.List, err = s.Statuses.Address(ctx, c.Slot.List); err != nil {
			return r, err
		}
	}
	return r, s.provenBy(ctx, &r, c)
}

// provenBy puts the proof of the log into a record, once a checkpoint covers the leaf. The leaf goes with it: its commitment is
// to the salted credential of the file, which nobody could compute from an export.
func (s *Server) provenBy(ctx context.Context, r *export.Record, c *certs.Certificate) error {
	if s.Translog == nil {
		return nil
	}
	at, err := s.latest(ctx, c.Leaf)
	if err != nil || c.Leaf >= at.Size {
		return err
	}
	p, err := s.Translog.Prove(ctx, c.Leaf, at.Size)
	if err != nil {
		return err
	}
	leaf := translog.Leaf{Event: c.Kind}
	if leaf.Commitment, err = c.Credential(&c.Edition).Commitment(); err == nil {
		r.Log = export.LogProof{Index: c.Leaf, Text: p.String() + "\n" + string(at.Note), Leaf: string(leaf.Bytes())}
	}
	return err
}

// uuid is a random UUID (RFC 9562, version 4) of 16 random bytes.
func uuid(b []byte) string {
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b)
	return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}
