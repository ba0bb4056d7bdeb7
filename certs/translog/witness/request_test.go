package witness_test

import (
	"bytes"
	"testing"

	"github.com/skillcert/skillcert/certs/translog/witness"
)

func FuzzReadRequest(f *testing.F) {
	f.Add([]byte("old 5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\norigin\n5\n"))
	f.Add([]byte("old 0\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if again, err := witness.Reread(b); err == nil && !bytes.Equal(again, b) {
			t.Errorf("%q was read as %q", b, again)
		}
	})
}
