package vcjwt_test

import (
	"encoding/asn1"
	"math/big"
	"testing"
)

// fixed turns a DER signature into r and s of 32 bytes each.
func fixed(t *testing.T, der []byte) []byte {
	t.Helper()
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &pair); err != nil {
		t.Fatal(err)
	}
	return append(pair.R.FillBytes(make([]byte, 32)), pair.S.FillBytes(make([]byte, 32))...)
}
