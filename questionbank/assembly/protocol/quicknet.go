package protocol

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/cloudflare/circl/sign/bls"
)

// Facts of drand quicknet, as its nodes publish them as chain information of chain 52db9ba7…c84e971: when round 1 was
// due, how far rounds are apart, and the key of its signatures. Those are compressed points of the group G1 of
// BLS12-381 over the SHA-256 of the round's number (scheme bls-unchained-g1-rfc9380), and a round's value is the
// SHA-256 of its signature.
const (
	quicknetGenesis   = 1_692_803_367_000 // ms since 1970
	quicknetPeriod    = 3_000             // ms
	quicknetSignature = 48
	quicknetKey       = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510" +
		"d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)

// roundDue is the instant at which a quicknet round is published, ms since 1970.
func roundDue(round int) int64 { return quicknetGenesis + int64(round-1)*quicknetPeriod }

// RoundDue is when a round of drand quicknet is published.
func RoundDue(round int) time.Time { return time.UnixMilli(roundDue(round)).UTC() }

// RoundFrom is the first round of drand quicknet that is published at t or later.
func RoundFrom(t time.Time) int {
	late := t.UnixMilli() - quicknetGenesis
	return max(1, 1+int((late+quicknetPeriod-1)/quicknetPeriod))
}

// quicknetValue is the random value of a round. ErrBeacon when the signature is not the network's.
func quicknetValue(round int, signature []byte) (Hash, error) {
	if len(signature) != quicknetSignature {
		return Hash{}, ErrBeacon.With("drand 轮次的签名应为 %d 字节", quicknetSignature)
	}
	raw, err := hex.DecodeString(quicknetKey)
	if err != nil {
		return Hash{}, err
	}
	var key bls.PublicKey[bls.KeyG2SigG1]
	if err := key.UnmarshalBinary(raw); err != nil {
		return Hash{}, err
	}
	message := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(round)))
	if !bls.Verify(&key, message[:], signature) {
		return Hash{}, ErrBeacon.With("签名不是 drand 第 %d 轮的", round)
	}
	return sha256.Sum256(signature), nil
}
