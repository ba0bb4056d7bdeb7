package api

import (
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
)

// Certificate is one certificate of the register.
type Certificate struct {
	Number  certs.Number `json:"number"`
	Name    string       `json:"name"`
	Level   engine.Level `json:"level"`
	Issued  Day          `json:"issued"`
	State   certs.State  `json:"state"`
	Reason  string       `json:"reason,omitempty"`
	Version int          `json:"version"`
	Digest  string       `json:"digest,omitempty"`
}

func viewCertificate(c *certs.Certificate) Certificate {
	return Certificate{Number: c.Number, Name: c.Name, Level: c.Level, Issued: Day(c.Issued), State: c.State, Reason: c.Reason,
		Version: c.Version, Digest: c.Digest}
}

// CertificatePage is a part of the register; Next is the cursor of the part after it.
type CertificatePage struct {
	Certificates []Certificate `json:"certificates"`
	Next         string        `json:"next,omitempty"`
}

// Cause is why something is decided about a certificate, and what shows it.
type Cause struct {
	Grounds  string `json:"grounds" jsonschema:"description=Shown to whoever checks the certificate"`
	Evidence string `json:"evidence" jsonschema:"description=Number of the application or report it rests on; seen by staff only"`
}

func (d Cause) cause() certs.Cause { return certs.Cause{Grounds: d.Grounds, Evidence: d.Evidence} }

// Revocation is the second person's word on a motion, the one that the person read.
type Revocation struct {
	Seen string `json:"seen" jsonschema:"description=Mark of the motion"`
}

// Dismissal ends a motion, the one that the person read, and says why nothing is revoked.
type Dismissal struct {
	Seen   string `json:"seen" jsonschema:"description=Mark of the motion"`
	Reason string `json:"reason"`
}
