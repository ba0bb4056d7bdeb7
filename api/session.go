package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/auth"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/ids"
)

// Cookies. The access token and the refresh secret are out of reach of scripts; visitor only binds forms to a browser.
const (
	cookieAccess  = "sc_access"
	cookieRefresh = "sc_refresh"
	cookieVisitor = "sc_visitor"
)

// csrfHeader carries the form token of scripts; forms carry csrfField.
const (
	csrfHeader = "X-CSRF-Token"
	csrfField  = "csrf"
)

// Keys of values kept with a request.
type localKey string

const (
	localCaller   localKey = "caller"
	localLogin    localKey = "login"
	localBearer   localKey = "bearer"
	localTrace    localKey = "trace"
	localStandsOn localKey = "stands-on" // the page of a refused form, where its address does not say it
	localCheck    localKey = "check"
	localMissed   localKey = "missed"
)

func caller(c *fiber.Ctx) authz.Principal {
	p, ok := c.Locals(localCaller).(authz.Principal)
	if !ok {
		return authz.Anonymous()
	}
	return p
}

func loginOf(c *fiber.Ctx) string { s, _ := c.Locals(localLogin).(string); return s }

// authenticate finds out who asks: a bearer token for programs, cookies for pages. A page's expired access token is
// renewed on the way, so that nobody is signed out by the clock in the middle of an exam.
func (s *Server) authenticate(c *fiber.Ctx) error {
	if h := c.Get(fiber.HeaderAuthorization); h != "" {
		token, ok := strings.CutPrefix(h, "Bearer ")
		if !ok {
			return auth.ErrToken
		}
		c.Locals(localBearer, true)
		return s.admit(c, token)
	}
	token := c.Cookies(cookieAccess)
	if token == "" && c.Cookies(cookieRefresh) == "" {
		return c.Next()
	}
	login, err := s.tokens.Login(token)
	if err == nil {
		return s.admitLogin(c, login)
	}
	return s.renew(c, login)
}

// admit lets the holder of token in. Whatever is wrong with it, the request ends here: a bad token is no anonymous visit.
func (s *Server) admit(c *fiber.Ctx, token string) error {
	login, err := s.tokens.Login(token)
	if err != nil {
		return err
	}
	return s.admitLogin(c, login)
}

func (s *Server) admitLogin(c *fiber.Ctx, access string) error {
	l, err := s.Gate.Login(c.UserContext(), access)
	if err != nil {
		return s.signedOut(c, err)
	}
	s.remember(c, l)
	return c.Next()
}

func (s *Server) remember(c *fiber.Ctx, l *accounts.Login) {
	by := l.Principal
	by.Login = machineOf(c, l.ID)
	c.Locals(localCaller, by)
	c.Locals(localLogin, l.ID)
}

// renew exchanges the refresh secret for a new access token and the next secret. expired is what the old access token
// said, "" without one.
func (s *Server) renew(c *fiber.Ctx, expired string) error {
	id, secret, ok := strings.Cut(c.Cookies(cookieRefresh), ".")
	if !ok || expired != "" && !strings.HasPrefix(expired, id+".") {
		return s.signedOut(c, accounts.ErrLoginEnded)
	}
	l, fresh, err := s.Gate.Refresh(c.UserContext(), id, secret)
	if err != nil {
		return s.signedOut(c, err)
	}
	s.setRefresh(c, l, fresh)
	if _, err := s.setAccess(c, l); err != nil {
		return err
	}
	s.remember(c, l)
	return c.Next()
}

// signedOut clears cookies that are worth nothing any more. Pages go on as the public; programs and the API are told.
func (s *Server) signedOut(c *fiber.Ctx, err error) error {
	if !errors.Is(err, accounts.ErrLoginEnded) {
		return err
	}
	s.forget(c)
	if isAPI(c) {
		return err
	}
	return c.Next()
}

// machineOf tells the computers of a hall apart: by the browser that the sign-in page marked, so that signing in once more
// on the same one is no change of machine; a program without the mark is known by its sign-in.
func machineOf(c *fiber.Ctx, login string) string {
	mark := c.Cookies(cookieVisitor)
	if c.Locals(localBearer) == true || len(mark) < 20 || len(mark) > 64 {
		return login
	}
	return ids.Derive("machine", mark)
}

func (s *Server) setAccess(c *fiber.Ctx, l *accounts.Login) (string, error) {
	token, expires, err := s.tokens.Issue(l.Access())
	if err != nil {
		return "", err
	}
	c.Cookie(s.cookie(cookieAccess, token, expires))
	return token, nil
}

func (s *Server) setRefresh(c *fiber.Ctx, l *accounts.Login, secret string) {
	c.Cookie(s.cookie(cookieRefresh, l.ID+"."+secret, l.Expires))
}

func (s *Server) forget(c *fiber.Ctx) {
	c.Cookie(s.cookie(cookieAccess, "", time.Unix(1, 0)))
	c.Cookie(s.cookie(cookieRefresh, "", time.Unix(1, 0)))
}

// cookie is out of reach of scripts and of other sites. It is Secure unless the server is told that it runs on plain
// HTTP: on loopback, or behind nothing at all in a hall without a network.
//
// The life of a cookie is given as MaxAge: the browser's clock may be wrong, and the demo's clock is moved.
func (s *Server) cookie(name, value string, expires time.Time) *fiber.Cookie {
	c := &fiber.Cookie{Name: name, Value: value, Path: "/", HTTPOnly: true, Secure: s.cfg.Secure, SameSite: fiber.CookieSameSiteLaxMode}
	if c.MaxAge = int(expires.Sub(s.clock.Now()).Seconds()); c.MaxAge <= 0 {
		c.Expires = time.Unix(1, 0)
	}
	return c
}

// csrfToken is the token that forms of this browser carry: an HMAC over the login, or over the visitor's cookie for
// those not signed in. Nothing is stored, so any server process can check it.
//
// Fiber's own csrf middleware keeps tokens in a per-process memory, which many stateless processes cannot share.
func (s *Server) csrfToken(c *fiber.Ctx) string {
	bound := loginOf(c)
	if bound == "" {
		bound = s.visitor(c)
	}
	m := hmac.New(sha256.New, s.csrfKey)
	m.Write([]byte(bound))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

func (s *Server) visitor(c *fiber.Ctx) string {
	if v := c.Cookies(cookieVisitor); len(v) >= 20 && len(v) <= 64 {
		return v
	}
	v, ok := c.Locals(cookieVisitor).(string)
	if !ok {
		v = s.ids.New()
		c.Locals(cookieVisitor, v)
		c.Cookie(s.cookie(cookieVisitor, v, s.clock.Now().Add(24*time.Hour)))
	}
	return v
}

// protect refuses a change that another site made the browser send. Programs with a bearer token have no ambient
// authority to abuse and are let through.
func (s *Server) protect(c *fiber.Ctx) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return c.Next()
	}
	if c.Locals(localBearer) == true {
		return c.Next()
	}
	if site := c.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return errCSRF
	}
	if isAPI(c) && c.Cookies(cookieAccess) == "" && c.Cookies(cookieRefresh) == "" {
		return c.Next()
	}
	given := c.Get(csrfHeader)
	if given == "" {
		given = field(c, csrfField)
	}
	if !hmac.Equal([]byte(given), []byte(s.csrfToken(c))) {
		return errCSRF
	}
	return c.Next()
}
