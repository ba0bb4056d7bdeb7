package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// Concurrent is the part of Documents that many clients at once see.
func Concurrent(t *testing.T, open func(testing.TB) docs.Store) {
	run(t, open, map[string]func(*testing.T, docs.Store){
		"counter":             testCounter,
		"one creates":         testOneCreates,
		"resent at once":      testResentAtOnce,
		"reads while written": testReadsWhileWritten,
	})
}

// together runs n copies of f at once and waits for them. f reports with t.Error, never t.Fatal.
func together(n int, f func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { f(i) })
	}
	all.Wait()
}

// testCounter: many clients count on one document; every acknowledged step is in the sum.
func testCounter(t *testing.T, s docs.Store) {
	const writers, steps = 32, 10
	put(t, s, docs.Write{Key: thing("sum"), Op: "0", Body: []byte("0")})
	var acknowledged atomic.Int64
	together(writers, func(i int) {
		for step := range steps {
			if err := addOne(s, fmt.Sprint(i, "/", step)); err != nil {
				t.Error(err)
				return
			}
			acknowledged.Add(1)
		}
	})
	got := get(t, s, thing("sum"))
	if want := acknowledged.Load(); string(got.Body) != fmt.Sprint(want) || got.Revision != want+1 {
		t.Fatalf("%d steps acknowledged, the sum is %s at revision %d", want, got.Body, got.Revision)
	}
}

func addOne(s docs.Store, op string) error {
	for try := 0; ; try++ {
		d, err := s.Get(context.Background(), thing("sum"))
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(string(d.Body))
		if err != nil {
			return err
		}
		_, err = s.Put(context.Background(), docs.Write{Key: d.Key, Op: fmt.Sprint(op, "/", try), IfRevision: d.Revision, Body: fmt.Append(nil, n+1)})
		if !errors.Is(err, docs.ErrConflict) {
			return err
		}
	}
}

func testOneCreates(t *testing.T, s docs.Store) {
	for round := range 10 {
		var winner atomic.Int64
		var won atomic.Int32
		together(16, func(i int) {
			_, err := s.Put(context.Background(), docs.Write{Key: thing(fmt.Sprint(round)), Op: fmt.Sprint(i), Body: fmt.Append(nil, i)})
			if err == nil {
				won.Add(1)
				winner.Store(int64(i))
			} else if !errors.Is(err, docs.ErrConflict) {
				t.Error(err)
			}
		})
		if won.Load() != 1 {
			t.Fatalf("%d clients created one document", won.Load())
		}
		if got := get(t, s, thing(fmt.Sprint(round))); string(got.Body) != fmt.Sprint(winner.Load()) {
			t.Fatalf("client %d won, the document is of %s", winner.Load(), got.Body)
		}
	}
}

// testResentAtOnce: the same write, sent many times at once, happens once and every sender hears so.
func testResentAtOnce(t *testing.T, s docs.Store) {
	for round := range int64(10) {
		together(16, func(int) {
			got, err := s.Put(context.Background(), docs.Write{Key: thing("a"), Op: fmt.Sprint(round), IfRevision: round})
			if err != nil || got != round+1 {
				t.Errorf("round %d: %d, %v", round, got, err)
			}
		})
	}
}

// testReadsWhileWritten: a read never falls behind an acknowledgement and sees body, index and revision of one write.
func testReadsWhileWritten(t *testing.T, s docs.Store) {
	const rounds = 60
	var acknowledged [4]atomic.Int64
	key := func(i int) docs.Key { return thing(fmt.Sprint("k", i)) }
	together(8, func(i int) {
		doc := i % len(acknowledged)
		for n := range int64(rounds) {
			if i < len(acknowledged) {
				w := docs.Write{Key: key(doc), Op: fmt.Sprint(n), IfRevision: n, Body: fmt.Append(nil, n+1), Index: map[string]string{"n": fmt.Sprint(n + 1)}}
				if _, err := s.Put(context.Background(), w); err != nil {
					t.Error(err)
					return
				}
				acknowledged[doc].Store(n + 1)
			} else if err := readBack(s, key(doc), acknowledged[doc].Load()); err != nil {
				t.Error(err)
				return
			}
		}
	})
}

func readBack(s docs.Store, k docs.Key, atLeast int64) error {
	d, err := s.Get(context.Background(), k)
	if errors.Is(err, docs.ErrNotFound) && atLeast == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	want := fmt.Sprint(d.Revision)
	if d.Revision < atLeast || string(d.Body) != want || d.Index["n"] != want {
		return fmt.Errorf("revision %d (acknowledged %d), body %s, index %s", d.Revision, atLeast, d.Body, d.Index["n"])
	}
	return nil
}
