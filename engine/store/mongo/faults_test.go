package mongo_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/mongo/standin"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

// TestAcknowledgedUnderFaults loses connections before and after execution and changes the primary, under many clients.
func TestAcknowledgedUnderFaults(t *testing.T) {
	for name, kinds := range map[string][]standin.Fault{
		"not stored":         {standin.DropBefore},
		"stored, reply lost": {standin.DropAfter},
		"mixed":              {standin.DropBefore, standin.DropAfter, standin.NotPrimary},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t)
			storetest.Acknowledged(t, fresh(server.URI()), func(on bool) {
				server.Fault(nil)
				if on {
					server.Fault(bursts(kinds))
				}
			})
		})
	}
}

// bursts chooses seeded faults that come in twos and threes, so that the driver's own retry often fails too.
func bursts(kinds []standin.Fault) func(string, int) standin.Fault {
	r := rand.New(rand.NewPCG(1, 2))
	left := 0
	return func(_ string, n int) standin.Fault {
		if left == 0 && n%80 == 0 {
			left = 2 + r.IntN(8)
		}
		if left == 0 {
			return standin.None
		}
		left--
		return kinds[r.IntN(len(kinds))]
	}
}

// script answers each command named as the next step says, the last one for ever, and lets others pass.
func script(command string, steps ...standin.Fault) func(string, int) standin.Fault {
	return func(name string, _ int) standin.Fault {
		if name != command {
			return standin.None
		}
		next := steps[0]
		if len(steps) > 1 {
			steps = steps[1:]
		}
		return next
	}
}

func write(id string, revision int64) docs.Write {
	return docs.Write{Key: docs.Key{Kind: "thing", ID: id}, Op: fmt.Sprint("op", revision), IfRevision: revision, Body: []byte("x")}
}

// TestOneFault: what one Put answers to each way in which it can go wrong, and what a resend answers. The driver
// itself tries again until the time is over.
func TestOneFault(t *testing.T) {
	const fine, b, a, p = standin.None, standin.DropBefore, standin.DropAfter, standin.NotPrimary
	for name, c := range map[string]struct {
		steps []standin.Fault
		want  error
	}{
		"lost before":               {[]standin.Fault{b, fine}, nil},
		"lost after":                {[]standin.Fault{a, fine}, nil},
		"new primary":               {[]standin.Fault{p, fine}, nil},
		"lost before, for ever":     {[]standin.Fault{b}, docs.ErrUnknown},
		"lost after, for ever":      {[]standin.Fault{a}, docs.ErrUnknown},
		"lost after, then before":   {[]standin.Fault{a, b}, docs.ErrUnknown},
		"lost after, never primary": {[]standin.Fault{a, p}, docs.ErrUnknown},
		"not by a majority":         {[]standin.Fault{standin.NoMajority}, docs.ErrUnknown},
		"disk full":                 {[]standin.Fault{standin.DiskFull}, docs.ErrFull},
	} {
		for command, revision := range map[string]int64{"insert": 0, "update": 1} {
			t.Run(name+" "+command, func(t *testing.T) {
				t.Parallel()
				oneFault(t, command, revision, c.steps, c.want)
			})
		}
	}
}

func oneFault(t *testing.T, command string, revision int64, steps []standin.Fault, want error) {
	server := start(t)
	s := fresh(server.URI())(t)
	if revision == 1 {
		mustPut(t, s, write("a", 0))
	}
	server.Fault(script(command, steps...))
	ctx, cancel := context.WithTimeout(context.Background(), 1200*time.Millisecond)
	defer cancel()
	_, err := s.Put(ctx, write("a", revision))
	if !errors.Is(err, want) {
		t.Fatalf("first: %v, want %v", err, want)
	}
	server.Fault(nil)
	mustPut(t, s, write("a", revision))   // the resend
	mustPut(t, s, write("a", revision+1)) // somebody writes on top
	mustPut(t, s, write("a", revision))   // and a late resend
	d, err := s.Get(context.Background(), docs.Key{Kind: "thing", ID: "a"})
	if err != nil || d.Revision != revision+2 {
		t.Fatalf("revision %d, %v", d.Revision, err)
	}
}

func mustPut(t *testing.T, s docs.Store, w docs.Write) {
	t.Helper()
	if got, err := s.Put(context.Background(), w); err != nil || got != w.IfRevision+1 {
		t.Fatalf("put %s at %d: %d, %v", w.ID, w.IfRevision, got, err)
	}
}

// TestReadFaults: a read that fails is never an answer; the driver reads again by itself while there is time.
func TestReadFaults(t *testing.T) {
	t.Parallel()
	server := start(t)
	s := fresh(server.URI())(t)
	mustPut(t, s, write("a", 0))
	k := docs.Key{Kind: "thing", ID: "a"}
	server.Fault(script("find", standin.DropBefore, standin.None))
	if _, err := s.Get(context.Background(), k); err != nil {
		t.Fatal(err)
	}
	server.Fault(script("find", standin.DropBefore))
	for name, read := range map[string]func(context.Context) error{
		"get": func(ctx context.Context) error { _, err := s.Get(ctx, k); return err },
		"range": func(ctx context.Context) error {
			_, err := s.Range(ctx, docs.Range{Kind: "thing", Limit: 1})
			return err
		},
		"put": func(ctx context.Context) error { _, err := s.Put(ctx, write("a", 1)); return err }, // cannot even read
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 700*time.Millisecond)
		if err := read(ctx); !errors.Is(err, docs.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
	server.Fault(nil)
	mustPut(t, s, write("a", 1))
}

// TestLostServer: while no server answers nothing is acknowledged; when it is back at its address, work goes on.
func TestLostServer(t *testing.T) {
	t.Parallel()
	server := start(t)
	s := fresh(server.URI())(t)
	mustPut(t, s, write("a", 0))
	server.Close()
	ctx := context.Background()
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := s.Put(ctx, write("a", 1)); !errors.Is(err, docs.ErrUnavailable) && !errors.Is(err, docs.ErrUnknown) {
			t.Errorf("replace: %v", err)
		}
	})
	all.Go(func() {
		if _, err := s.Put(ctx, write("b", 0)); !errors.Is(err, docs.ErrUnavailable) && !errors.Is(err, docs.ErrUnknown) {
			t.Errorf("create: %v", err)
		}
	})
	all.Go(func() {
		if _, err := s.Get(ctx, docs.Key{Kind: "thing", ID: "a"}); !errors.Is(err, docs.ErrUnavailable) {
			t.Errorf("get: %v", err)
		}
	})
	all.Go(func() { // a caller that does not want to wait long is answered, at the latest when its time is over
		short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		defer cancel()
		_, err := s.Get(short, docs.Key{Kind: "thing", ID: "a"})
		if !errors.Is(err, docs.ErrUnavailable) {
			t.Errorf("short get: %v", err)
		}
		if short.Err() == nil {
			t.Errorf("the short get ended before its time: %v", err)
		}
	})
	all.Wait()
	if err := server.Resume(); err != nil {
		t.Fatal(err)
	}
	mustPut(t, s, write("a", 1))
	mustPut(t, s, write("b", 0))
}

// TestNoServer: opening without a server fails within the time for finding one.
func TestNoServer(t *testing.T) {
	t.Parallel()
	server := start(t)
	server.Close()
	if _, err := openAt(server.URI()); !errors.Is(err, docs.ErrUnavailable) {
		t.Fatalf("open: %v", err)
	}
	if _, err := openAt("postgres://x"); err == nil {
		t.Fatal("opened something that is no address of MongoDB")
	}
}
