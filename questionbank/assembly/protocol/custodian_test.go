package protocol_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// TestSharesGiveTheSecretBack: any t parts do, in whatever choice; t−1 parts say nothing that the secret agrees with.
func TestSharesGiveTheSecretBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, protocol.MaxCustodians).Draw(t, "n")
		k := rapid.IntRange(1, n).Draw(t, "threshold")
		secret := rapid.SliceOfN(rapid.Byte(), 1, 64).Draw(t, "secret")
		parts, err := protocol.Deal(secret, k, n, chance(string(secret)))
		if err != nil {
			t.Fatal(err)
		}
		order := rapid.Permutation(indexes(n)).Draw(t, "who")
		given := map[int][]byte{}
		for _, i := range order[:rapid.IntRange(k, n).Draw(t, "given")] {
			given[i+1] = parts[i]
		}
		if got := protocol.Join(given, k); !bytes.Equal(got, secret) {
			t.Fatalf("%x, want %x", got, secret)
		}
	})
}

func indexes(n int) (list []int) {
	for i := range n {
		list = append(list, i)
	}
	return list
}

// opened are the shares of custodian 1 that holders opened.
func opened(t *testing.T, x protocol.Terms, c protocol.Commitment, holders ...int) (shares []protocol.Share) {
	t.Helper()
	for _, h := range holders {
		s, err := x.OpenShare(c, h, box(t, names[h-1]))
		if err != nil {
			t.Fatal(err)
		}
		shares = append(shares, s)
	}
	return shares
}

func TestACustodianWithholds(t *testing.T) {
	x := terms(t, 5, 3)
	c, err := x.Commit(1, secret(t, 1), chance("shares"))
	if err != nil {
		t.Fatal(err)
	}
	for _, holders := range [][]int{{2, 3, 4}, {5, 3, 2}, {2, 3, 4, 5}} {
		if got, err := x.Recover(c, opened(t, x, c, holders...)); err != nil || got != secret(t, 1) {
			t.Errorf("shares of %v: %v", holders, err)
		}
	}
	if _, err := x.Recover(c, opened(t, x, c, 2, 4)); !errors.Is(err, protocol.ErrTooFew) {
		t.Errorf("one share less than the threshold: %v", err)
	}
	twice := opened(t, x, c, 2, 4, 4)
	if _, err := x.Recover(c, twice); !errors.Is(err, protocol.ErrTooFew) {
		t.Errorf("one share twice: %v", err)
	}
	wrong := opened(t, x, c, 2, 3, 4)
	wrong[1].Bytes = slices.Clone(wrong[1].Bytes)
	wrong[1].Bytes[40] ^= 1
	if _, err := x.Recover(c, wrong); !errors.Is(err, protocol.ErrShare) {
		t.Errorf("a false share: %v", err)
	}
	if _, err := x.OpenShare(c, 2, box(t, names[2])); !errors.Is(err, protocol.ErrShare) {
		t.Errorf("opened with the key of another: %v", err)
	}
	if _, err := x.OpenShare(c, 1, box(t, names[0])); !errors.Is(err, protocol.ErrShare) {
		t.Errorf("a share of one's own: %v", err)
	}
	if none, err := terms(t, 5, 0).Commit(1, secret(t, 1), nil); err != nil || none.Shares != nil {
		t.Errorf("without a threshold: %d shares, %v", len(none.Shares), err)
	}
}

// TestSharesOfSomethingElse: a custodian who deals shares of another secret is found out when they are joined.
func TestSharesOfSomethingElse(t *testing.T) {
	x := terms(t, 4, 2)
	c, err := x.Commit(1, secret(t, 2), chance("shares"))
	if err != nil {
		t.Fatal(err)
	}
	honest, err := x.Commit(1, secret(t, 1), chance("shares"))
	if err != nil {
		t.Fatal(err)
	}
	c.Commitment = honest.Commitment
	if _, err := x.Recover(c, opened(t, x, c, 3, 4)); !errors.Is(err, protocol.ErrCommitment) {
		t.Errorf("recovered: %v", err)
	}
	if err := x.Reveals(honest, secret(t, 2)); !errors.Is(err, protocol.ErrCommitment) {
		t.Errorf("revealed another secret: %v", err)
	}
}

func TestTerms(t *testing.T) {
	cases := map[string]struct {
		spoil func(*protocol.Terms)
		ok    bool
	}{
		"as they are":         {func(*protocol.Terms) {}, true},
		"no sitting":          {func(x *protocol.Terms) { x.Sitting = "" }, false},
		"line separator":      {func(x *protocol.Terms) { x.Sitting = "a\u2028b" }, false},
		"threshold one":       {func(x *protocol.Terms) { x.Threshold = 1 }, false},
		"threshold two":       {func(x *protocol.Terms) { x.Threshold = 2 }, true},
		"threshold of others": {func(x *protocol.Terms) { x.Threshold = 4 }, true},
		"threshold of all":    {func(x *protocol.Terms) { x.Threshold = 5 }, false},
		"quorum of half":      {func(x *protocol.Terms) { x.Quorum = 2 }, false},
		"quorum of more":      {func(x *protocol.Terms) { x.Quorum = 3 }, true},
		"quorum of too many":  {func(x *protocol.Terms) { x.Quorum = 6 }, false},
		"same name":           {func(x *protocol.Terms) { x.Custodians[1].Name = x.Custodians[0].Name }, false},
		"short key":           {func(x *protocol.Terms) { x.Custodians[1].Sign = x.Custodians[1].Sign[1:] }, false},
		"short box":           {func(x *protocol.Terms) { x.Custodians[1].Box = nil }, false},
		"no round":            {func(x *protocol.Terms) { x.Beacon = protocol.Announcement{Kind: protocol.Drand} }, false},
		"a round":             {func(x *protocol.Terms) { x.Beacon = protocol.Announcement{Kind: protocol.Drand, Round: 1} }, true},
		"unknown source":      {func(x *protocol.Terms) { x.Beacon.Kind = "dice" }, false},
	}
	for name, c := range cases {
		x := terms(t, 5, 3)
		c.spoil(&x)
		if err := x.Validate(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
