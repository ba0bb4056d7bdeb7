package accounts

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/ids"
)

// A login goes on by refresh secrets that replace one another. Each follows from the one before by an HMAC under the
// login's own key, so that asking again with the same secret, because the reply was lost, is answered the same; the
// store holds hashes only. A secret is a core and a seal over it: by the seal a login knows what it once gave out,
// however long ago, and tells it from a guess.
const (
	coreBytes = 32
	sealBytes = 16
)

// crossing is how long the secret before the present one may still come after the present one is known to have
// arrived: requests of one page cross, and one that is slow to arrive must not sign anybody out. The server waits
// half of it for a slow request.
const crossing = time.Minute

var secretForm = base64.RawURLEncoding

func (l *Login) mac(use string, core []byte) []byte {
	m := hmac.New(sha256.New, l.Key)
	_, _ = m.Write(append([]byte(use+"\x00"), core...)) // never fails
	return m.Sum(nil)
}

func (l *Login) secret(core []byte) string {
	return secretForm.EncodeToString(append(append([]byte(nil), core...), l.mac("seal", core)[:sealBytes]...))
}

// core returns the core of a secret that this login gave out at any time.
func (l *Login) core(secret string) (core []byte, ok bool) {
	b, err := secretForm.DecodeString(secret)
	if err != nil || len(b) != coreBytes+sealBytes {
		return nil, false
	}
	core = b[:coreBytes]
	return core, hmac.Equal(b[coreBytes:], l.mac("seal", core)[:sealBytes])
}

func digest(secret string) string {
	h := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(h[:])
}

// refresh goes on with l by secret and returns the one that follows it. Repeating changes nothing: the error is
// engine.ErrUnchanged then. errCopied says that two hold copies of one secret: one came with a secret that the other
// is known to have replaced.
func (l *Login) refresh(secret string, now time.Time) (next string, err error) {
	core, ok := l.core(secret)
	if !ok {
		return "", ErrLoginEnded
	}
	next = l.secret(l.mac("next", core))
	switch given := digest(secret); {
	case same(given, l.Refresh):
		l.Previous, l.Refresh, l.Rotated = given, digest(next), now
		l.Turn, l.Arrived = l.Turn+1, time.Time{}
		return next, nil
	case same(given, l.Previous) && (l.Arrived.IsZero() || now.Sub(l.Arrived) <= crossing):
		return next, engine.ErrUnchanged
	}
	return "", errCopied
}

var errCopied = errors.New("refresh secret used by two")

// Access is what an access token says of l: the login and the turn it was given out in.
func (l *Login) Access() string { return l.ID + "." + strconv.Itoa(l.Turn) }

// Login returns the login when it holds now. access is Login.Access of its token; the ID alone will do too, but shows
// of no turn that its reply arrived. A login that ended is refused within presence: at once where this process ended it.
func (g *Gate) Login(ctx context.Context, access string) (*Login, error) {
	id, turn, _ := strings.Cut(access, ".")
	if !ids.Valid(id) {
		return nil, ErrLoginEnded
	}
	now := g.clock.Now()
	l, err := g.login(ctx, id, now)
	if err != nil {
		return nil, err
	}
	if err := l.Live(now); err != nil {
		return nil, err
	}
	if l.Turn > 0 && l.Arrived.IsZero() && turn == strconv.Itoa(l.Turn) {
		arrived := *l
		arrived.Arrived = now
		_ = g.updateLogin(ctx, &arrived) // only makes a copy noticed sooner; the next request says it again
	}
	return l, nil
}

// Refresh goes on with a login and returns the secret to go on with next time. The secret before the present one is
// answered like the first time until somebody has come with what the reply brought: whatever replies are lost, who
// holds the last secret that arrived goes on, after an outage of any length. After that only requests that crossed are.
//
// Any secret older than that has been copied and the login is ended. So when a thief and the owner both go on with a
// copy of one secret, the second to refresh ends the login for both; unless it follows the first within a minute each
// time, which cannot be told from two requests of one page.
func (g *Gate) Refresh(ctx context.Context, id, secret string) (*Login, string, error) {
	if !ids.Valid(id) {
		return nil, "", ErrLoginEnded
	}
	now := g.clock.Now()
	var next string
	var refusal error
	l, err := engine.Modify(ctx, func(ctx context.Context) (*Login, error) { return g.logins.Login(ctx, id) }, g.updateLogin,
		func(l *Login) (err error) {
			if refusal = l.Live(now); refusal != nil {
				return refusal
			}
			if next, err = l.refresh(secret, now); errors.Is(err, errCopied) {
				refusal = ErrLoginEnded
				return l.end(now, "engine:gate", err.Error())
			}
			return err
		})
	if err = errors.Join(err, refusal); err != nil {
		return nil, "", err
	}
	return l, next, nil
}
