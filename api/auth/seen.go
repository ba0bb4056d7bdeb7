package auth

import (
	"sync"
	"time"
)

// mostSeen bounds the tokens remembered of one generation; there are two. Each takes some 500 bytes.
const mostSeen = 1 << 14

// seen remembers tokens whose signature was checked. A hall sends the same few thousand with every request, and one
// check of a signature costs more than everything else about a saved response. Only the checks that never change are
// remembered: whether the key is still there and whether the token holds now is asked every time.
//
// Tokens are looked up by themselves. The hash of the map is seeded, so that the time of a look-up tells a guesser nothing
// about the tokens in it.
type seen struct {
	mu       sync.RWMutex
	now, old map[string]verified
}

// verified is what a token says that was signed by the key that it names.
type verified struct {
	login, kid      string
	issued, expires time.Time
}

// holds reports whether the token is good at t, as the parser judges it.
func (v verified) holds(t time.Time) bool {
	return t.Before(v.expires.Add(leeway)) && !t.Before(v.issued.Add(-leeway))
}

func (s *seen) get(token string) (verified, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if v, ok := s.now[token]; ok {
		return v, true
	}
	v, ok := s.old[token]
	return v, ok
}

// put remembers a token. When a generation is full, the one before it is forgotten.
func (s *seen) put(token string, v verified) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil || len(s.now) >= mostSeen {
		s.old, s.now = s.now, make(map[string]verified, 64)
	}
	s.now[token] = v
}
