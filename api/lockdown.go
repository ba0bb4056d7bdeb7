package api

import (
	"context"
	"html/template"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/seb"
	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

var errLockdown = errs.New(errs.Forbidden, "exam.lockdown",
	"本场考试须在锁定浏览器（Safe Exam Browser）中进行。请下载本场的配置文件，用它打开锁定浏览器，再用准考证登录")

// What the lockdown browser shows of its keys: in headers of its own, or read by our pages through its JavaScript API
// and sent by them, the latter also in fields of the form that begins the paper.
const (
	headerConfigHash  = "X-SafeExamBrowser-ConfigKeyHash"
	headerBrowserHash = "X-SafeExamBrowser-RequestHash"
	headerConfigKey   = "X-Exam-Seb-Config-Key"
	headerBrowserKey  = "X-Exam-Seb-Browser-Key"
	headerPage        = "X-Exam-Seb-Config-Url"
)

// lockdownPages are the pages of ours that read keys. The last is where the waiting room stands after a refusal.
func lockdownPages() []string { return []string{"/exam", "/exam/paper", "/exam/start"} }

// unlocked are the candidate's routes that need no lockdown browser: before the paper, after it, and what reaches no
// question. Every other route of a candidate does, those to come as well.
var unlocked = map[string]bool{
	"GET /exam": true, "GET /exam/receipt": true, "GET /exam/draw-receipt.json": true,
	"GET /api/v1/attempts/:id": true, "GET /api/v1/attempts/:id/clock": true, "GET /api/v1/attempts/:id/draw-receipt": true,
}

// silent are the routes that a browser asks for without any script of ours, so that one with the JavaScript API alone
// can show nothing at them. They are open to a browser that says it is one; the frame of the exam page holds no
// question, and pictures come only to those whose paper was opened with a proof.
var silent = map[string]bool{"GET /exam/paper": true, "GET /exam/paper/images/:digest": true}

// lockRule is what a session asks of browsers.
type lockRule struct {
	sitting.Lockdown
	session sitting.SessionID
	config  seb.Key // of the session's own file
	read    time.Time
}

// ruleFor is how long a rule that was read serves again: the office's change reaches running pages within it.
const ruleFor = 2 * time.Second

// lockRules spares the store a session at every answer of every candidate. The zero value remembers nothing.
type lockRules struct {
	mu    sync.Mutex
	seats map[sitting.Ticket]sitting.SessionID // a ticket never changes its session
	rules map[sitting.SessionID]*lockRule
}

// maxRemembered bounds either memory; a full one is begun again.
const maxRemembered = 1 << 16

// fresh returns what is remembered for a ticket. Of many that find a rule old, one is told to read it again.
func (l *lockRules) fresh(t sitting.Ticket, now time.Time) *lockRule {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.freshOf(l.seats[t], now)
}

// placed remembers the session of a ticket that was not known, and returns what is remembered for it. Who comes with a
// known ticket is the one that was told to read the rule again.
func (l *lockRules) placed(t sitting.Ticket, id sitting.SessionID, now time.Time) *lockRule {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.seats[t]; known {
		return nil
	}
	r := l.freshOf(id, now)
	if r != nil {
		l.seats[t] = id
	}
	return r
}

func (l *lockRules) freshOf(id sitting.SessionID, now time.Time) *lockRule {
	r := l.rules[id]
	if r == nil {
		return nil
	}
	if age := now.Sub(r.read); age < 0 || age >= ruleFor {
		again := *r
		again.read = now
		l.rules[r.session] = &again
		return nil
	}
	return r
}

func (l *lockRules) keep(t sitting.Ticket, r *lockRule) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seats == nil || len(l.seats) >= maxRemembered {
		l.seats = map[sitting.Ticket]sitting.SessionID{}
	}
	if l.rules == nil || len(l.rules) >= maxRemembered {
		l.rules = map[sitting.SessionID]*lockRule{}
	}
	l.seats[t], l.rules[r.session] = r.session, r
}

// forget makes the next request read the rule of a session again.
func (l *lockRules) forget(id sitting.SessionID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.rules, id)
}

// lockRule is what the session of a ticket asks of browsers.
func (s *Server) lockRule(ctx context.Context, t sitting.Ticket) (*lockRule, error) {
	now := s.clock.Now()
	if r := s.locks.fresh(t, now); r != nil {
		return r, nil
	}
	seat, err := s.Sittings.SeatOf(ctx, t)
	if err != nil {
		return nil, err
	}
	if r := s.locks.placed(t, seat.Session, now); r != nil {
		return r, nil
	}
	n, err := s.Sittings.Get(ctx, seat.Session)
	if err != nil {
		return nil, err
	}
	r := &lockRule{Lockdown: n.Lockdown, session: n.ID, config: s.lockdownSettings(n.ID).ConfigKey(), read: clock.Instant(now)}
	s.locks.keep(t, r)
	return r, nil
}

// lockdownSettings are those of a session's file. Each session has its own address to start at, so that the file of
// one proves nothing for another.
func (s *Server) lockdownSettings(id sitting.SessionID) seb.Dict {
	return seb.Exam{Base: s.base, Start: "/exam/login?session=" + string(id), Quit: "/exam/quit"}.Settings()
}

// lock refuses a route to a candidate whose session asks for the lockdown browser, unless the browser proves itself.
func (s *Server) lock(r route) func(*fiber.Ctx) error {
	at := r.Method + " " + r.Path
	if r.Action != authz.AttemptSit || unlocked[at] {
		return func(*fiber.Ctx) error { return nil }
	}
	return func(c *fiber.Ctx) error {
		ticket := ticketOf(caller(c))
		if ticket == "" {
			return nil
		}
		rule, err := s.lockRule(c.UserContext(), ticket)
		switch {
		case err != nil:
			return err
		case !rule.Required, s.proven(c, rule):
			return nil
		case silent[at] && c.Get(headerConfigHash) == "" && saysLockdown(c):
			return nil
		}
		return errLockdown
	}
}

// saysLockdown reports whether the browser calls itself a lockdown browser, which proves nothing.
func saysLockdown(c *fiber.Ctx) bool { return strings.Contains(c.Get(fiber.HeaderUserAgent), "SEB") }

// proven reports whether the request shows the key of the session's file and, where the session names builds, that of
// one of them.
func (s *Server) proven(c *fiber.Ctx, r *lockRule) bool {
	page := shown(c, headerPage, "seb_page")
	config := seb.Proof{Asked: c.OriginalURL(), Header: c.Get(headerConfigHash), Claimed: page, Field: shown(c, headerConfigKey, "seb_config")}
	if !s.base.Proves(config, lockdownPages(), r.config) {
		return false
	}
	if len(r.BrowserKeys) == 0 {
		return true
	}
	build := seb.Proof{Asked: c.OriginalURL(), Header: c.Get(headerBrowserHash), Claimed: page, Field: shown(c, headerBrowserKey, "seb_browser")}
	return s.base.Proves(build, lockdownPages(), each(r.BrowserKeys, func(k string) seb.Key { return seb.Key(k) })...)
}

// shown reads what a page of ours read from the browser.
func shown(c *fiber.Ctx, header, name string) string {
	if v := c.Get(header); v != "" || isAPI(c) || c.Method() != fiber.MethodPost {
		return v
	}
	return field(c, name)
}

// lockedOut answers errLockdown: on a page by the waiting room, which says what to do.
func (s *Server) lockedOut(c *fiber.Ctx, err error) error {
	if isAPI(c) {
		return err
	}
	return s.refuse(c, err, s.waitingRoom)
}

// lockdownFile is the address of a session's file.
func lockdownFile(id sitting.SessionID) string { return "/sessions/" + string(id) + "/exam.seb" }

// lockdownHow is how to open a session in the lockdown browser; nil where it is not asked for. One that is open already
// is told only when it was refused: it runs other settings than those of the session.
func (s *Server) lockdownHow(c *fiber.Ctx, n *sitting.Session, p *web.Problem) *web.Lockdown {
	refused := p != nil && p.Code == errLockdown.Code
	if !n.Lockdown.Required || !refused && (saysLockdown(c) || c.Get(headerConfigHash) != "") {
		return nil
	}
	return s.lockdownLinks(n.ID)
}

func (s *Server) lockdownLinks(id sitting.SessionID) *web.Lockdown {
	// the scheme is ours, and an id is letters and digits
	return &web.Lockdown{File: lockdownFile(id), Open: template.URL(s.base.Open(lockdownFile(id)))}
}

// sebFile gives away the settings of a session that is sat in the lockdown browser.
func (s *Server) sebFile(c *fiber.Ctx) error {
	n, err := s.Sittings.Get(c.UserContext(), sessionParam(c))
	if err != nil {
		return err
	}
	if !n.Lockdown.Required {
		return errNoPage
	}
	b, err := s.lockdownSettings(n.ID).File()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/seb")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="exam.seb"`)
	return c.Send(b)
}

// quitExam is the address at which the lockdown browser ends. Another browser that comes here goes home.
func (s *Server) quitExam(c *fiber.Ctx) error { return c.Redirect("/", fiber.StatusSeeOther) }

// entryLockdown is how to open the session that the sign-in was opened for; nil without one. Nobody is told of one that is not
// sat in the lockdown browser.
func (s *Server) entryLockdown(c *fiber.Ctx) *web.Lockdown {
	id := c.Query("session")
	if id == "" || !plainParam(id) {
		return nil
	}
	n, err := s.Sittings.Get(c.UserContext(), sitting.SessionID(id))
	if err != nil {
		return nil // signing in does not depend on it
	}
	return s.lockdownHow(c, n, nil)
}

// LockdownEntry says in which browsers the theory paper of a session may be sat.
type LockdownEntry struct {
	Required    bool     `json:"required"`
	BrowserKeys []string `json:"browser_keys" jsonschema:"description=Browser Exam Keys of the builds that may be used; none: any build"`
	Reason      string   `json:"reason,omitempty" jsonschema:"description=Needed from the opening on; it stands in the proceedings"`
}

func (s *Server) putLockdown(c *fiber.Ctx) error {
	var in LockdownEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	n, err := s.setLockdown(c, sitting.Lockdown{Required: in.Required, BrowserKeys: in.BrowserKeys}, in.Reason)
	if err != nil {
		return err
	}
	return c.JSON(LockdownEntry{Required: n.Lockdown.Required, BrowserKeys: append([]string{}, n.Lockdown.BrowserKeys...)})
}

func (s *Server) setLockdown(c *fiber.Ctx, l sitting.Lockdown, reason string) (*sitting.Session, error) {
	n, err := s.Sittings.SetLockdown(c.UserContext(), caller(c), sessionParam(c), l, reason)
	if err == nil {
		s.locks.forget(n.ID)
	}
	return n, err
}

func (s *Server) lockdownForm(c *fiber.Ctx) error {
	typed := &web.LockdownTyped{Required: field(c, "required") == "on", Keys: field(c, "browser_keys"), Reason: field(c, "reason")}
	n, err := s.setLockdown(c, sitting.Lockdown{Required: typed.Required, BrowserKeys: strings.Fields(typed.Keys)}, typed.Reason)
	switch {
	case err != nil:
		return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
			typed.Problem = p
			return s.showSession(c, p.Alone(), typed)
		})
	case n.Lockdown.Required:
		return s.done(c, sessionHref(c), "lockdown-on")
	}
	return s.done(c, sessionHref(c), "lockdown-off")
}

// lockdownOffice is the form of the session's page, for those who may change it while it can be changed.
func (s *Server) lockdownOffice(ctx context.Context, by authz.Principal, l *look) (*web.LockdownForm, error) {
	n := l.session
	if !by.Can(authz.PlanWrite) {
		return nil, nil
	}
	over, err := s.Sittings.Over(ctx, n, l.now)
	if err != nil || over && !n.Lockdown.Required {
		return nil, err
	}
	v := &web.LockdownForm{Session: string(n.ID), Required: n.Lockdown.Required, Open: !over, Opened: !l.now.Before(n.Theory.Opens),
		Running: l.running(), Keys: strings.Join(n.Lockdown.BrowserKeys, "\n")}
	if n.Lockdown.Required {
		v.File, v.Address = lockdownFile(n.ID), s.base.Address(lockdownFile(n.ID))
	}
	return v, nil
}

// lockdownQuit is where the lockdown browser ends, for those who are in it.
func lockdownQuit(c *fiber.Ctx, n *sitting.Session) string {
	if n.Lockdown.Required && (saysLockdown(c) || c.Get(headerConfigHash) != "") {
		return "/exam/quit"
	}
	return ""
}
