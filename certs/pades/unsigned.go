package pades

import (
	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// stampID is id-aa-signatureTimeStampToken (RFC 3161 appendix A) in DER: 1.2.840.113549.1.9.16.2.14.
func stampID() []byte {
	return []byte{0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x0e}
}

// secondID names the attribute of a second seal: 1.2.156.10197.6.1.4.2.2 in DER, the SM2 signedData of GM/T 0010. No
// attribute type is registered for such a thing, so it is named for what its value is. An identifier of our own under
// 2.25 would not do: readers written in Go cannot hold its numbers and would call the whole signature malformed.
func secondID() []byte {
	return []byte{0x06, 0x0a, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x06, 0x01, 0x04, 0x02, 0x02}
}

// unsignedAttribute is an attribute with one value that is in DER already.
func unsignedAttribute(id, value []byte) ([]byte, error) {
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(id)
			b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { b.AddBytes(value) })
		})
	})
}
