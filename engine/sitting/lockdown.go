package sitting

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

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

// SetLockdown says in which browsers the theory paper of a session may be sat. It may be changed until the theory
// window is over, for when a browser fails on the day itself it has to be possible to sit without it. Setting the same
// again is harmless.
func (s *Sittings) SetLockdown(ctx context.Context, by authz.Principal, id SessionID, l Lockdown) (*Session, error) {
	if err := by.Require(authz.PlanWrite); err != nil {
		return nil, err
	}
	l, err := l.checked()
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	return s.change(ctx, by, id, func(n *Session) error { return n.lock(now, by, l) })
}

func (n *Session) lock(now time.Time, by authz.Principal, l Lockdown) error {
	switch {
	case n.Lockdown.equal(l):
		return engine.ErrUnchanged
	case !now.Before(n.Theory.Closes):
		return ErrLockdownLate
	}
	n.Lockdown = l
	n.Trail.Add(now, by.Account, "session.lockdown", fmt.Sprintf("required %t, browser keys %s", l.Required, strings.Join(l.BrowserKeys, " ")))
	return nil
}

// checked brings keys to lower case, in which browsers compute with them.
func (l Lockdown) checked() (Lockdown, error) {
	var c errs.Check
	keys := make([]string, len(l.BrowserKeys))
	for i, k := range l.BrowserKeys {
		keys[i] = strings.ToLower(strings.TrimSpace(k))
		raw, err := hex.DecodeString(keys[i])
		c.That(err == nil && len(raw) == 32, "browser_keys", "form", fmt.Sprintf("第%d个浏览器密钥不是64位十六进制数", i+1))
		c.That(!slices.Contains(keys[:i], keys[i]), "browser_keys", "twice", fmt.Sprintf("第%d个浏览器密钥重复", i+1))
	}
	c.That(len(keys) <= maxBrowserKeys, "browser_keys", "many", fmt.Sprintf("浏览器密钥不超过%d个", maxBrowserKeys))
	c.That(l.Required || len(keys) == 0, "browser_keys", "without", "未要求锁定浏览器时不填浏览器密钥")
	if err := c.Err(ErrLockdown); err != nil {
		return Lockdown{}, err
	}
	if len(keys) == 0 {
		keys = nil
	}
	return Lockdown{Required: l.Required, BrowserKeys: keys}, nil
}

func (l Lockdown) equal(o Lockdown) bool {
	return l.Required == o.Required && slices.Equal(l.BrowserKeys, o.BrowserKeys)
}
