package api

import (
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
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

// Issue names the session whose certificates are issued.
type Issue struct {
	Session sitting.SessionID `json:"session"`
}

// Revocation takes a certificate back.
type Revocation struct {
	Reason string `json:"reason"`
}

// Verification asks about a certificate by what is printed on it.
type Verification struct {
	Number string `json:"number"`
	Name   string `json:"name"`
}

// Answer is what a check found. Every case in which nothing can be said looks alike: standing unknown and no more.
type Answer struct {
	Standing    certs.Standing    `json:"standing"`
	By          string            `json:"by"`
	Checked     Instant           `json:"checked"`
	Certificate *Printed          `json:"certificate,omitempty"`
	Checks      []Check           `json:"checks"`
	Differences map[string]string `json:"differences,omitempty" jsonschema:"description=Fields of the file that differ from the record"`
}

// Printed is what must stand on the paper.
type Printed struct {
	Number     certs.Number `json:"number"`
	Name       string       `json:"name"`
	IDType     string       `json:"id_type"`
	IDNumber   string       `json:"id_number" jsonschema:"description=Masked as printed"`
	Occupation string       `json:"occupation"`
	WorkType   string       `json:"work_type"`
	Level      engine.Level `json:"level"`
	Org        string       `json:"org"`
	Filing     string       `json:"filing"`
	Issued     Day          `json:"issued"`
	Since      Instant      `json:"since"`
	Reason     string       `json:"reason,omitempty"`
	Demo       bool         `json:"demo" jsonschema:"description=Issued under a demonstration key: of no legal effect"`
}

// Check is one thing that was looked at.
type Check struct {
	Key    string `json:"key"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
}

func viewAnswer(a certs.Answer) Answer {
	v := Answer{Standing: a.Standing, By: a.By, Checked: Instant(a.Checked), Differences: a.Differences,
		Checks: each(a.Checks, func(k certs.Check) Check { return Check{Key: k.Key, OK: k.OK, Detail: k.Detail} })}
	if c := a.Certificate; c != nil {
		v.Certificate = &Printed{Number: c.Number, Name: c.Name, IDType: idTypeName(c.IDType), IDNumber: c.IDMasked, Occupation: c.Occupation.Name,
			WorkType: c.Occupation.WorkType, Level: c.Level, Org: c.OrgName, Filing: c.Filing, Issued: Day(c.Issued),
			Since: Instant(c.Changed), Reason: c.Reason, Demo: c.Demo}
	}
	return v
}

// idTypeName is the document's name as it is printed.
func idTypeName(t engine.IDType) string {
	if t == engine.ResidentCard {
		return "居民身份证"
	}
	return "其他证件"
}
