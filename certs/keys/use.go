package keys

import (
	"crypto/x509"
	"fmt"
	"slices"
)

// Use is what a key signs.
type Use string

// The uses. A certificate serves one of them and no other.
const (
	UseSeal       Use = "seal"      // documents, in the name of one body for one year
	UseStatus     Use = "status"    // status lists
	UseOffline    Use = "offline"   // codes that are checked without a network
	UseSecondSeal Use = "sm2-seal"  // documents, in SM2 beside the seal
	useAuthority  Use = "authority" // certificates and revocation lists
)

// policyArc opens our object identifiers: a UUID of our own under 2.25 (ITU-T X.667 §7). Behind it: 2 the policy of
// status lists, 3 the policy of offline codes. The standard library reads policies of that size, and no purposes.
const policyArc = "2.25.105074472833381897293101228983456051335"

// policy is the certificate policy that tells the uses apart. The key purpose cannot: the standard library reads no
// purpose under our arc, so both bear id-kp-jwt (RFC 9509), which keeps other programs from taking them for a seal, a
// mailbox or a server.
func (u Use) policy() (x509.OID, error) {
	n := map[Use]int{UseStatus: 2, UseOffline: 3}[u]
	if n == 0 {
		return x509.OID{}, ErrUse.With("%s", u)
	}
	return x509.ParseOID(fmt.Sprintf("%s.%d", policyArc, n))
}

func (u Use) title() string {
	if u == UseStatus {
		return "状态清单 Status list"
	}
	return "离线核验 Offline check"
}

// ForStatus answers nil when a certificate was made to sign status lists, ErrPurpose otherwise.
func ForStatus(c *x509.Certificate) error { return madeFor(c, UseStatus) }

// ForOffline answers nil when a certificate was made to sign offline codes, ErrPurpose otherwise.
func ForOffline(c *x509.Certificate) error { return madeFor(c, UseOffline) }

func madeFor(c *x509.Certificate, u Use) error {
	policy, err := u.policy()
	if err != nil {
		return err
	}
	named := len(c.Policies) == 1 && c.Policies[0].Equal(policy)
	alone := len(c.ExtKeyUsage) == 0 && len(c.UnknownExtKeyUsage) == 1 && c.UnknownExtKeyUsage[0].Equal(jwtSigning())
	if c.IsCA || !named || !alone || c.KeyUsage != x509.KeyUsageDigitalSignature {
		return ErrPurpose
	}
	return nil
}

// useOf tells what a certificate was made for, "" when nothing of ours.
func useOf(c *x509.Certificate) Use {
	switch {
	case c.IsCA:
		return useAuthority
	case ForStatus(c) == nil:
		return UseStatus
	case ForOffline(c) == nil:
		return UseOffline
	case !slices.ContainsFunc(c.UnknownExtKeyUsage, documentSigning().Equal):
		return ""
	case algorithmOf(c.PublicKey) == SM2:
		return UseSecondSeal
	}
	return UseSeal
}
