package similar

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"
)

// nearQuestions finds near matches of the documents from first on among all before them.
func nearQuestions(docs []document, first int) []Found {
	out := make([]Found, len(docs)-first)
	if len(out) == 0 {
		return out
	}
	x := newIndex(docs, first)
	const share = 256 // documents that one worker takes at a time
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			seen := make([]int32, len(docs))
			for from := range next {
				for n := from; n < min(from+share, len(docs)); n++ {
					out[n-first] = x.near(n, seen)
				}
			}
		})
	}
	for from := first; from < len(docs); from += share {
		next <- from
	}
	close(next)
	workers.Wait()
	return out
}

// index finds documents by the rarest of their pieces.
type index struct {
	first int
	sets  [][]uint32 // of each document, its pieces by rank, rarest first
	kinds []kind     // of each document
	start []int32    // of each rank, where its documents begin in posts
	posts []post     // documents, ascending within a rank
}

// kind is what tells at a glance that two documents are not to be compared. It is small, so that those of all
// documents stay at hand.
type kind struct {
	scope    int32
	size     int16 // number of pieces
	province int16 // 0 for national
}

// post is a document with a piece, and where among its pieces that stands.
type post struct {
	doc int32
	at  int32
}

func newIndex(docs []document, first int) *index {
	x := &index{first: first, sets: ranked(docs), kinds: kindsOf(docs)}
	highest := uint32(0)
	for n, s := range x.sets {
		x.kinds[n].size = int16(min(len(s), math.MaxInt16))
		for _, r := range s[:prefix(len(s))] {
			highest = max(highest, r)
		}
	}
	x.start = make([]int32, int(highest)+2)
	for _, s := range x.sets {
		for _, r := range s[:prefix(len(s))] {
			x.start[r+1]++
		}
	}
	for n := 1; n < len(x.start); n++ {
		x.start[n] += x.start[n-1]
	}
	x.posts = make([]post, x.start[len(x.start)-1])
	next := slices.Clone(x.start)
	for n, s := range x.sets {
		for at, r := range s[:prefix(len(s))] {
			x.posts[next[r]] = post{int32(n), int32(at)}
			next[r]++
		}
	}
	return x
}

// kindsOf numbers scopes and provinces.
func kindsOf(docs []document) []kind {
	scopes, provinces := map[digest]int32{}, map[string]int16{"": 0}
	all := make([]kind, len(docs))
	for n, d := range docs {
		scope, known := scopes[d.scope]
		if !known {
			scope = int32(len(scopes))
			scopes[d.scope] = scope
		}
		province, known := provinces[d.item.Province]
		if !known {
			province = int16(min(len(provinces), math.MaxInt16))
			provinces[d.item.Province] = province
		}
		all[n] = kind{scope: scope, province: province}
	}
	return all
}

// comparable reports whether two documents can be near: they may meet, and neither is too long for the other.
func (k kind) comparable(o kind) bool {
	return k.scope == o.scope && (k.province == o.province || k.province == 0 || o.province == 0) &&
		int(k.size)*1000 >= int(o.size)*Threshold && int(o.size)*1000 >= int(k.size)*Threshold
}

// needed is the least that two sets share when their overlap is at least Threshold: of a and b pieces, that many.
func needed(a, b int) int { return ((a+b)*Threshold + 1000 + Threshold - 1) / (1000 + Threshold) }

// prefix is how many of the rarest of n pieces two near sets cannot all differ in.
func prefix(n int) int { return n - (n*Threshold+999)/1000 + min(n, 1) }

// ranked replaces pieces by their rank: the rarer, the lower. The pieces of docs are given up on the way.
func ranked(docs []document) [][]uint32 {
	count := map[uint64]uint32{}
	for _, d := range docs {
		for _, p := range d.pieces {
			count[p]++
		}
	}
	order := make([]uint64, 0, len(count))
	for p := range count {
		order = append(order, p)
	}
	slices.SortFunc(order, func(a, b uint64) int { return cmp.Or(cmp.Compare(count[a], count[b]), cmp.Compare(a, b)) })
	for rank, p := range order {
		count[p] = uint32(rank)
	}
	sets := make([][]uint32, len(docs))
	for n := range docs {
		set := make([]uint32, len(docs[n].pieces))
		for i, p := range docs[n].pieces {
			set[i] = count[p]
		}
		slices.Sort(set)
		sets[n], docs[n].pieces = set, nil
	}
	return sets
}

// near looks for the document n among those before it. seen remembers which were looked at for it.
func (x *index) near(n int, seen []int32) (f Found) {
	set, own, scans, checks := x.sets[n], x.kinds[n], 0, 0
	for at, r := range set[:prefix(len(set))] {
		for _, p := range x.posts[x.start[r]:x.start[r+1]] {
			if int(p.doc) >= n {
				break
			}
			if scans++; scans > maxScans || checks > maxChecks || len(f.Matches) == maxMatches {
				f.Cut = true
				return f.sorted()
			}
			if seen[p.doc] == int32(n) || !own.comparable(x.kinds[p.doc]) {
				continue
			}
			seen[p.doc] = int32(n) // a pair is first met at the rarest piece it shares, so what follows is all that it can share
			other, least := x.sets[p.doc], needed(len(set), int(x.kinds[p.doc].size))
			if 1+min(len(set)-at-1, int(x.kinds[p.doc].size)-int(p.at)-1) < least {
				continue
			}
			checks++
			if shared := common(set[at:], other[p.at:], least); shared > 0 {
				f.Matches = append(f.Matches, match(Near, int(p.doc), x.first, shared*1000/(len(set)+len(other)-shared)))
			}
		}
	}
	return f.sorted()
}

// sorted puts the nearest first.
func (f Found) sorted() Found {
	slices.SortStableFunc(f.Matches, func(a, b Match) int { return b.Score - a.Score })
	return f
}

// common counts what two ascending sets share; 0 as soon as it must be less than least.
func common(a, b []uint32, least int) (n int) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if n+min(len(a)-i, len(b)-j) < least {
			return 0
		}
		switch {
		case a[i] == b[j]:
			n, i, j = n+1, i+1, j+1
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	if n < least {
		return 0
	}
	return n
}
