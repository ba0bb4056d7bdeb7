package protocol_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// A code gives the same keys, secret and commitment every time, and others for another sitting.
func TestCode(t *testing.T) {
	x := terms(t, 3, 2)
	codes := make([]protocol.Code, 3)
	for i := range codes {
		var err error
		if codes[i], err = protocol.NewCode(chance("code " + names[i])); err != nil {
			t.Fatal(err)
		}
		if x.Custodians[i], err = codes[i].Custodian(x.Sitting, names[i]); err != nil {
			t.Fatal(err)
		}
		if err := x.Custodians[i].Check(); err != nil {
			t.Fatal(err)
		}
	}
	once, err := codes[0].Commit(x, 1)
	if err != nil {
		t.Fatal(err)
	}
	again, err := codes[0].Commit(x, 1)
	if err != nil || !reflect.DeepEqual(once, again) || x.Accepts(once) != nil {
		t.Fatalf("%+v, then %+v, %v", once, again, err)
	}
	secret, err := codes[0].Secret(x.Sitting)
	if err != nil || x.Reveals(once, secret) != nil {
		t.Fatal("the secret is not the one committed to")
	}
	var parts []protocol.Share
	for holder := 2; holder <= 3; holder++ {
		key, err := codes[holder-1].Box(x.Sitting)
		if err != nil {
			t.Fatal(err)
		}
		part, err := x.OpenShare(once, holder, key)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part)
	}
	if joined, err := x.Recover(once, parts); err != nil || joined != secret {
		t.Fatalf("recovered %v, %v", joined == secret, err)
	}
	other, err := codes[0].Secret("another sitting")
	if err != nil || other.Share == secret.Share || other.Nonce == secret.Nonce {
		t.Fatal("two sittings share a secret")
	}
	read, err := protocol.ParseCode(" " + strings.ToUpper(codes[0].Text()) + "\n")
	if err != nil || read != codes[0] {
		t.Fatalf("read back as another code: %v", err)
	}
	for _, s := range []string{"", "0", strings.Repeat("0", 64), strings.Repeat("g", 64), codes[0].Text() + "00"} {
		if _, err := protocol.ParseCode(s); !errors.Is(err, protocol.ErrCode) {
			t.Errorf("%q: %v", s, err)
		}
	}
}
