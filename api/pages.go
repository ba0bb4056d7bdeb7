package api

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Cookies of pages: the reader's two choices, and what the last action did.
const (
	cookieLang  = "lang"
	cookieElder = "elder"
	cookieSaid  = "sc_said"
)

// saidFor is how long a notice waits for the page that shows it.
const saidFor = time.Minute

// page is what every page is given beside its own view.
func (s *Server) page(c *fiber.Ctx, body any) web.Page {
	return web.Page{Lang: c.Cookies(cookieLang), Elder: c.Cookies(cookieElder) == "on", CSRF: s.csrfToken(c), Here: s.here(c),
		Now: s.clock.Now(), User: userOf(c), Demo: s.cfg.Demo, Body: body}
}

// show answers the page called name with its view.
func (s *Server) show(c *fiber.Ctx, name string, body any) error {
	p := s.page(c, body)
	if c.Method() == fiber.MethodGet {
		p.Said = s.takeSaid(c)
	}
	return s.render(c, name, p)
}

func (s *Server) render(c *fiber.Ctx, name string, p web.Page) error {
	var b bytes.Buffer
	if err := s.pages.Render(&b, name, p); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Send(b.Bytes())
}

// here is where the two switches of a page lead back to: the page itself or, where a form answered, the page that the form
// stands on. Whoever cannot read a refusal reaches for the large type just then.
func (s *Server) here(c *fiber.Ctx) string {
	if c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead {
		return web.LocalPath(c.OriginalURL())
	}
	if at, ok := c.Locals(localStandsOn).(string); ok {
		return web.LocalPath(at)
	}
	var at strings.Builder
	for _, part := range strings.Split(strings.Trim(s.stands[c.Route().Path], "/"), "/") {
		if name, isParam := strings.CutPrefix(part, ":"); isParam {
			part = c.Params(name)
		}
		at.WriteString("/" + part)
	}
	return web.LocalPath(at.String())
}

// standing maps the address of every form to that of the page it stands on, both as patterns: the one that its route names,
// or the nearest page above it. A file that is sent is no page, and no form stands below one.
func standing(routes []route) map[string]string {
	pages, stands := map[string]bool{}, map[string]string{}
	for _, r := range routes {
		pages[r.Path] = pages[r.Path] || r.Method == fiber.MethodGet
	}
	for _, r := range routes {
		if r.Method == fiber.MethodGet {
			continue
		}
		at := cmp.Or(r.StandsOn, r.Path)
		for len(at) > 1 && !pages[at] {
			at = at[:strings.LastIndexByte(at, '/')]
		}
		stands[r.Path] = cmp.Or(at, "/")
	}
	return stands
}

func userOf(c *fiber.Ctx) *web.User {
	by := caller(c)
	if by.Account == "" {
		return nil
	}
	u := &web.User{Name: by.Name, Home: "/desk"}
	if len(by.Roles) > 0 {
		u.Role = by.Roles[0]
	}
	if by.Can(authz.AttemptSit) {
		u.Home = "/exam"
		return u
	}
	if by.Can(authz.RequestOwn) {
		u.Home = "/apply/mine"
		return u
	}
	u.Nav = web.Menu(by.Can, c.Path())
	if c.Path() == "/bank" || strings.HasPrefix(c.Path(), "/bank/") {
		u.Sub = web.BankMenu(by.Can, c.Path())
	}
	return u
}

// again renders a page once more with what was refused on it.
type again func(*fiber.Ctx, *web.Problem) error

// first is a page that nothing was refused on yet.
func (a again) first(c *fiber.Ctx) error { return a(c, nil) }

// refuse answers a refused form: the page it belongs to, with the problem and what was typed. What is no fault of the
// form has no place there and is answered by the error page.
func (s *Server) refuse(c *fiber.Ctx, err error, page again) error {
	p := problem(err)
	switch p.kind {
	case errs.Internal, errs.Unavailable, errs.TooMany:
		return err
	}
	if page(c, p.onPage()) != nil {
		return err // the page cannot be shown to this reader either
	}
	c.Status(p.Status)
	return nil
}

func (p Problem) onPage() *web.Problem {
	v := &web.Problem{Code: p.Code, Detail: p.Title}
	for _, f := range p.Fields {
		v.Fields = append(v.Fields, web.FieldProblem{Name: f.Name, Code: f.Code, Detail: f.Msg})
	}
	return v
}

// errorPage answers what no form is to blame for.
func (s *Server) errorPage(c *fiber.Ctx, p Problem) error {
	c.Status(p.Status)
	view := web.ErrorView{Status: p.Status, Kind: p.kind.String(), Problem: *p.onPage(), Ref: p.Trace,
		Reading: c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead}
	if err := s.show(c, "error", view); err != nil {
		c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
		return c.SendString(p.Title + " (" + p.Code + " " + p.Trace + ")")
	}
	return nil
}

// done answers a form that did its work: on to another page, which says so once.
func (s *Server) done(c *fiber.Ctx, to, key string, args ...any) error {
	b, err := json.Marshal(web.Notice{Key: key, Args: args})
	if err != nil {
		return err
	}
	text := base64.RawURLEncoding.EncodeToString(b)
	c.Cookie(s.cookie(cookieSaid, text+"."+s.saidMAC(c, text), s.clock.Now().Add(saidFor)))
	return c.Redirect(to, fiber.StatusSeeOther)
}

// takeSaid reads the notice of the last action and forgets it. Only this server writes one, for one login.
func (s *Server) takeSaid(c *fiber.Ctx) *web.Notice {
	text, mac, _ := strings.Cut(c.Cookies(cookieSaid), ".")
	if text == "" {
		return nil
	}
	c.Cookie(s.cookie(cookieSaid, "", time.Unix(1, 0)))
	if !hmac.Equal([]byte(mac), []byte(s.saidMAC(c, text))) {
		return nil
	}
	n, err := readNotice(text)
	if err != nil {
		return nil
	}
	return n
}

func (s *Server) saidMAC(c *fiber.Ctx, text string) string {
	m := hmac.New(sha256.New, s.saidKey)
	m.Write([]byte(loginOf(c) + "\x00" + text))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:16])
}

// readNotice reads what done wrote. Its numbers are whole ones, for the words print them with %d.
func readNotice(text string) (*web.Notice, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	n := &web.Notice{}
	if err := json.Unmarshal(b, n); err != nil {
		return nil, err
	}
	for i, a := range n.Args {
		if f, ok := a.(float64); ok {
			n.Args[i] = int(f)
		}
	}
	return n, nil
}

// preferences keeps the reader's two choices and leads back.
func (s *Server) preferences(c *fiber.Ctx) error {
	for name, values := range map[string][2]string{cookieLang: {"zh", "en"}, cookieElder: {"on", "off"}} {
		if v := c.Query(name); v == values[0] || v == values[1] {
			c.Cookie(s.cookie(name, v, s.clock.Now().AddDate(1, 0, 0)))
		}
	}
	return c.Redirect(web.LocalPath(c.Query("back")), fiber.StatusSeeOther)
}

// absent turns one refusal into nothing: some things are simply not there yet.
func absent[T any](v *T, err, refusal error) (*T, error) {
	if errors.Is(err, refusal) {
		return nil, nil
	}
	return v, err
}
