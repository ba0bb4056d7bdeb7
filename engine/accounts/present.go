package accounts

import (
	"context"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
)

// presence is how long a login that was read serves again. A hall of candidates asks with every response that it saves,
// and its logins do not change between two of them. What this process changes it knows at once; what another one
// ended is noticed after this long.
const presence = 2 * time.Second

// sitterPresence is the same for candidates: nobody but they themselves ends their sign-in, and who may write is settled
// by the log of their attempt, not by it.
const sitterPresence = 15 * time.Second

func (l *Login) presence() time.Duration {
	if l != nil && l.Principal.Has(authz.Candidate) {
		return sitterPresence
	}
	return presence
}

// mostPresent bounds the logins remembered of one generation; there are two. Each takes some 700 bytes.
const mostPresent = 1 << 14

// present is the logins that were read in the last moment. What it gives out is shared: nobody changes it.
type present struct {
	mu       sync.RWMutex
	now, old map[string]seenLogin
}

// seenLogin is a login as it was at a moment, or, with none, the moment at which it was changed.
type seenLogin struct {
	login *Login
	read  time.Time
}

func (p *present) get(id string, now time.Time) *Login {
	p.mu.RLock()
	defer p.mu.RUnlock()
	s, ok := p.now[id]
	if !ok {
		s, ok = p.old[id]
	}
	if age := now.Sub(s.read); !ok || age < 0 || age >= s.login.presence() {
		return nil
	}
	return s.login
}

// put remembers a login that was read, or changed, at a moment. What was read before a change, or in the same millisecond,
// comes too late.
func (p *present) put(id string, s seenLogin) {
	p.mu.Lock()
	defer p.mu.Unlock()
	have, known := p.now[id]
	if !known {
		have, known = p.old[id]
	}
	if known && s.login != nil && have.login == nil && !s.read.After(have.read) {
		return
	}
	if p.now == nil || len(p.now) >= mostPresent {
		p.old, p.now = p.now, make(map[string]seenLogin, 64)
	}
	p.now[id] = s
}

// login reads a login, or gives out the one that was read a moment ago.
func (g *Gate) login(ctx context.Context, id string, now time.Time) (*Login, error) {
	if l := g.present.get(id, now); l != nil {
		return l, nil
	}
	l, err := g.logins.Login(ctx, id)
	if err == nil {
		g.present.put(id, seenLogin{l, now})
	}
	return l, err
}

// updateLogin writes a login. Whether that was done or not, what was remembered of it is worth nothing any more.
func (g *Gate) updateLogin(ctx context.Context, l *Login) error {
	err := g.logins.UpdateLogin(ctx, l)
	g.present.put(l.ID, seenLogin{nil, g.clock.Now()})
	return err
}
