package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// share runs draw share and reads what it prints.
func share(t *testing.T, into any, args ...string) error {
	t.Helper()
	var out, errs bytes.Buffer
	err := run(context.Background(), append([]string{"draw", "share"}, args...), func(string) string { return "" }, strings.NewReader(""), &out, &errs)
	if err == nil {
		if err := json.Unmarshal(out.Bytes(), into); err != nil {
			t.Fatalf("%v: %v in %s", args, err, out.String())
		}
	}
	return err
}

// A custodian's whole side of a draw by files: keys, commitment, part of another's secret; nothing opens too early.
func TestDrawShare(t *testing.T) {
	dir := t.TempDir()
	code := func(i int) string { return filepath.Join(dir, fmt.Sprintf("code-%d", i)) }
	seed := sha256.Sum256([]byte("operator"))
	operator := ed25519.NewKeyFromSeed(seed[:])
	terms := protocol.Terms{Sitting: "s1", Threshold: 2, Quorum: 2, Beacon: protocol.Announcement{Kind: protocol.Witnessed, Text: "摇号"},
		Operator: protocol.Hex(operator.Public().(ed25519.PublicKey))}
	for i := range 3 {
		var keys api.DrawKeys
		noError(t, share(t, &keys, "new", "--session", "s1", "--code", code(i)))
		k := protocol.Custodian{Name: fmt.Sprint("保管人", i)}
		noError(t, k.Sign.UnmarshalText([]byte(keys.Sign)))
		noError(t, k.Box.UnmarshalText([]byte(keys.Box)))
		terms.Custodians = append(terms.Custodians, k)
	}
	if err := share(t, nil, "new", "--session", "s1", "--code", code(0)); err == nil {
		t.Fatal("a code was overwritten")
	}
	if info, err := os.Stat(code(0)); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("others may read the code: %v", err)
	}
	sitting, err := protocol.Open(time.UnixMilli(1), terms, protocol.Key{1}, protocol.Engine{Algorithm: protocol.Algorithm, Build: "test"}, operator)
	noError(t, err)
	record := filepath.Join(dir, "record.json")
	write := func() {
		var r api.DrawRecord
		b, err := json.Marshal(sitting.Log())
		noError(t, err)
		noError(t, json.Unmarshal(b, &r.Log))
		b, err = json.Marshal(r)
		noError(t, err)
		noError(t, os.WriteFile(record, b, 0o600))
	}
	for i := range 3 {
		write()
		var c protocol.Commitment
		noError(t, share(t, &c, "commit", "--code", code(i), "--record", record))
		noError(t, sitting.Commit(time.UnixMilli(2), c))
	}
	write()
	var parts []protocol.Share
	for i := range 2 {
		var part protocol.Share
		noError(t, share(t, &part, "part", "--of", "3", "--code", code(i), "--record", record))
		parts = append(parts, part)
	}
	c := sitting.Log()[3].Event.(protocol.Commitment)
	if _, err := terms.Recover(c, parts); err != nil {
		t.Fatal(err)
	}
	if err := share(t, nil, "open", "--code", code(0), "--record", record); err == nil {
		t.Fatal("a secret was opened before the random value")
	}
	if err := share(t, nil, "sign", "--code", code(0), "--record", record); err == nil {
		t.Fatal("a redraw was signed that nobody proposed")
	}
	noError(t, os.WriteFile(code(0), []byte(hex.EncodeToString(make([]byte, 31))), 0o600))
	if err := share(t, nil, "commit", "--code", code(0), "--record", record); err == nil {
		t.Fatal("half a code was taken")
	}
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
