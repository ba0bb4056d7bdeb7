package accounts_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/accounts"
)

// presence is how late another process may notice that a login ended.
const presence = 2 * time.Second

// What a gate ends is over there at once, and at every other gate of the house after a moment.
func TestSignOutIsNoticed(t *testing.T) {
	w, ctx := open(t), context.Background()
	other := w.over(w.logins)
	l, _ := w.signedIn(t)
	for _, g := range []*accounts.Gate{w.Gate, other} {
		_, err := g.Login(ctx, l.Access())
		wantErr(t, err, nil)
	}
	w.clock.Advance(time.Millisecond)
	wantErr(t, w.SignOut(ctx, l.Principal, l.ID), nil)
	_, err := w.Login(ctx, l.Access())
	wantErr(t, err, accounts.ErrLoginEnded)
	w.clock.Advance(presence - time.Millisecond)
	_, err = other.Login(ctx, l.Access())
	wantErr(t, err, accounts.ErrLoginEnded)
}

// A login that is remembered ends when its time is over, and is read again when the clock was set back.
func TestRememberedLoginsEnd(t *testing.T) {
	w, ctx := open(t), context.Background()
	other := w.over(w.logins)
	l, _ := w.signedIn(t)
	w.clock.Set(l.Expires.Add(-time.Millisecond))
	_, err := other.Login(ctx, l.ID)
	wantErr(t, err, nil)
	w.clock.Advance(time.Millisecond)
	_, err = other.Login(ctx, l.ID)
	wantErr(t, err, accounts.ErrLoginEnded)
	w.clock.Set(l.Started)
	wantErr(t, w.SignOut(ctx, l.Principal, l.ID), nil)
	_, err = other.Login(ctx, l.ID)
	wantErr(t, err, accounts.ErrLoginEnded)
}

// late keeps a reader waiting between what it read and what it does with it.
type late struct {
	accounts.Logins
	read, goOn chan struct{}
	begun      atomic.Bool
}

func (l *late) Login(ctx context.Context, id string) (*accounts.Login, error) {
	got, err := l.Logins.Login(ctx, id)
	if l.begun.CompareAndSwap(false, true) {
		close(l.read)
		<-l.goOn
	}
	return got, err
}

// Who read a login before it ended does not make it live on here.
func TestALateReaderRemembersNothing(t *testing.T) {
	w, ctx := open(t), context.Background()
	l, _ := w.signedIn(t)
	slow := &late{Logins: w.logins, read: make(chan struct{}), goOn: make(chan struct{})}
	g := w.over(slow)
	asked := make(chan error)
	go func() {
		_, err := g.Login(ctx, l.ID)
		asked <- err
	}()
	<-slow.read
	wantErr(t, g.SignOut(ctx, l.Principal, l.ID), nil)
	close(slow.goOn)
	wantErr(t, <-asked, nil) // it began before
	_, err := g.Login(ctx, l.ID)
	wantErr(t, err, accounts.ErrLoginEnded)
}
