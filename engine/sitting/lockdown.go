package sitting

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Lockdown says in which browsers a session's theory paper may be sat. What a browser has to show is the door's affair.
type Lockdown struct {
	Required    bool     `json:"required,omitempty"`     // only in the lockdown browser with the session's own settings
	BrowserKeys []string `json:"browser_keys,omitempty"` // and only in builds that have one of these keys; none: in any build
}

// maxBrowserKeys bounds the builds of one session: each version and platform has its own key.
const maxBrowserKeys = 50

// Refusals about the lockdown.
var (
	ErrLockdown     = errs.New(errs.Invalid, "session.lockdown", "锁定浏览器的设置不正确")
	ErrLockdownLate = errs.New(errs.Conflict, "session.lockdown_late", "理论考试已结束，锁定浏览器的设置不能再改")
)

// Relock is the last change of a session's lockdown that was made while people sat, as its line in the proceedings says it.
type Relock struct {
	No      int      `json:"no"` // of such changes, from 1
	Kind    LineKind `json:"kind"`
	Reason  string   `json:"reason"`
	Account string   `json:"account"`
	Name    string   `json:"name"`
}

// SetLockdown says in which browsers the theory paper of a session may be sat. It may be changed until nobody can answer
// any more, for when a browser fails on the day itself it has to be possible to sit without it. From the opening on it
// takes a reason, for it cuts off whoever sits in another browser: the session says it first, the proceedings after that,
// and the same command again completes what was cut off. Setting the same again is harmless.
func (s *Sittings) SetLockdown(ctx context.Context, by authz.Principal, id SessionID, l Lockdown, reason string) (*Session, error) {
	if err := by.Require(authz.PlanWrite); err != nil {
		return nil, err
	}
	n, err := s.own(ctx, by, id)
	if err != nil {
		return nil, err
	}
	now, l, reason := s.clock.Now(), l.plain(), strings.TrimSpace(reason)
	over, err := s.Over(ctx, n, now)
	if err != nil {
		return nil, err
	}
	n, err = s.change(ctx, by, id, func(n *Session) error {
		changes := !n.Lockdown.equal(l)
		if over && changes {
			return ErrLockdownLate
		}
		if err := l.check(reason, changes && !now.Before(n.Theory.Opens)); err != nil {
			return err
		}
		// The change before this one is about to lose its place. It is told once, however often this runs.
		if err := s.tellRelock(ctx, n); err != nil {
			return err
		}
		return n.lock(now, by, l, reason)
	})
	if err != nil {
		return nil, err
	}
	return n, s.tellRelock(ctx, n)
}

func (n *Session) lock(now time.Time, by authz.Principal, l Lockdown, reason string) error {
	if n.Lockdown.equal(l) {
		return engine.ErrUnchanged
	}
	if !now.Before(n.Theory.Opens) {
		n.Relocked = Relock{No: n.Relocked.No + 1, Kind: n.Lockdown.change(l), Reason: reason, Account: by.Account, Name: by.Name}
	}
	n.Lockdown = l
	n.Trail.Add(now, by.Account, "session.lockdown",
		strings.TrimSpace(fmt.Sprintf("required %t, browser keys %s %s", l.Required, strings.Join(l.BrowserKeys, " "), reason)))
	return nil
}

// change is what the proceedings call the step from one setting to another.
func (l Lockdown) change(to Lockdown) LineKind {
	switch {
	case l.Required == to.Required:
		return LockdownKeys
	case to.Required:
		return LockdownOn
	}
	return LockdownOff
}

// tellRelock writes the last change into the proceedings, once. Nobody's order can have such a key: it has a space.
func (s *Sittings) tellRelock(ctx context.Context, n *Session) error {
	r := n.Relocked
	if r.No == 0 {
		return nil
	}
	_, err := s.append(ctx, n, Line{Session: n.ID, Kind: r.Kind, Key: fmt.Sprintf("lockdown %d", r.No), Text: r.Reason,
		Account: r.Account, Name: r.Name, Role: authz.ExamOffice})
	return err
}

// plain brings keys to lower case, in which browsers compute with them.
func (l Lockdown) plain() Lockdown {
	var keys []string
	for _, k := range l.BrowserKeys {
		keys = append(keys, strings.ToLower(strings.TrimSpace(k)))
	}
	return Lockdown{Required: l.Required, BrowserKeys: keys}
}

func (l Lockdown) check(reason string, needed bool) error {
	var c errs.Check
	for i, k := range l.BrowserKeys {
		raw, err := hex.DecodeString(k)
		c.That(err == nil && len(raw) == 32, "browser_keys", "form", fmt.Sprintf("第%d个浏览器密钥不是64位十六进制数", i+1))
		c.That(!slices.Contains(l.BrowserKeys[:i], k), "browser_keys", "twice", fmt.Sprintf("第%d个浏览器密钥重复", i+1))
	}
	c.That(len(l.BrowserKeys) <= maxBrowserKeys, "browser_keys", "many", fmt.Sprintf("浏览器密钥不超过%d个", maxBrowserKeys))
	c.That(l.Required || len(l.BrowserKeys) == 0, "browser_keys", "without", "未要求锁定浏览器时不填浏览器密钥")
	long := utf8.RuneCountInString(reason) > maxReason
	c.That(!long && (reason != "" || !needed), "reason", "form", fmt.Sprintf("须写明原因，不超过%d字", maxReason))
	return c.Err(ErrLockdown)
}

func (l Lockdown) equal(o Lockdown) bool {
	return l.Required == o.Required && slices.Equal(l.BrowserKeys, o.BrowserKeys)
}
