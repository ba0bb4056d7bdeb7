package api_test

import (
	"bytes"
	"encoding/json"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// client is somebody at the server: a program with a token, or a browser with cookies.
type client struct {
	*world
	http  *http.Client
	token string
	csrf  string // of the page looked at last
	last  string // its text
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) problem() api.Problem {
	var p api.Problem
	_ = json.Unmarshal(r.body, &p) // what is no problem has no code
	return p
}

// browser keeps cookies and follows no redirect.
func (w *world) browser() *client {
	w.Helper()
	jar, err := cookiejar.New(nil)
	check(w, err)
	return &client{world: w, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// program holds a token; "" is nobody.
func (w *world) program(token string) *client {
	return &client{world: w, token: token, http: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as signs a member of staff in.
func (w *world) as(login string) *client {
	w.Helper()
	return w.program(w.token("/api/v1/sign-in", api.SignIn{Login: login, Password: demo.Password}))
}

// candidate signs in with the ticket of a seat.
func (w *world) candidate(seat int) *client {
	w.Helper()
	return w.program(w.token("/api/v1/exam/sign-in", w.ticket(seat)))
}

func (w *world) ticket(seat int) api.ExamSignIn {
	w.Helper()
	p, err := w.Registry.Named(w.Context(), w.seats[seat].Candidate)
	check(w, err)
	return api.ExamSignIn{Ticket: string(w.seats[seat].Ticket), IDTail: p.IDNumber[12:], Code: w.session.Code}
}

func (w *world) token(path string, body any) string {
	w.Helper()
	r := w.program("").send("POST", path, body)
	var t struct {
		AccessToken string `json:"access_token"`
	}
	check(w, json.Unmarshal(r.body, &t))
	if r.status != http.StatusOK || t.AccessToken == "" {
		w.Fatalf("sign in: %d %s", r.status, r.body)
	}
	return t.AccessToken
}

// send sends JSON; body is encoded unless it is text already, nil for none.
func (c *client) send(method, path string, body any) reply {
	c.Helper()
	switch b := body.(type) {
	case nil:
		return c.raw(method, path, "", nil)
	case string:
		return c.raw(method, path, "application/json", strings.NewReader(b))
	}
	b, err := json.Marshal(body)
	check(c, err)
	return c.raw(method, path, "application/json", bytes.NewReader(b))
}

func (c *client) raw(method, path, media string, body io.Reader, headers ...string) reply {
	c.Helper()
	req, err := http.NewRequestWithContext(c.Context(), method, c.base+path, body)
	check(c, err)
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.http.Do(req)
	check(c, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	check(c, err)
	return reply{resp.StatusCode, resp.Header, b}
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// visit looks at a page, following redirects as a browser does.
func (c *client) visit(path string) reply {
	c.Helper()
	for range 4 {
		r := c.raw("GET", path, "", nil)
		if r.status == http.StatusSeeOther {
			path = r.header.Get("Location")
			continue
		}
		c.last = string(r.body)
		if m := csrfField.FindStringSubmatch(c.last); m != nil {
			c.csrf = m[1]
		}
		return r
	}
	c.Fatalf("%s redirects for ever", path)
	return reply{}
}

// post sends a form with the token of the page looked at last; fields are names and values in turn.
func (c *client) post(path string, fields ...string) reply {
	c.Helper()
	v := url.Values{"csrf": {c.csrf}}
	for i := 0; i+1 < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	r := c.raw("POST", path, "application/x-www-form-urlencoded", strings.NewReader(v.Encode()))
	c.last = string(r.body)
	return r
}

// press is post by a form that stands on the page looked at last, as its reader would.
func (c *client) press(path string, fields ...string) reply {
	c.Helper()
	if !strings.Contains(c.last, `action="`+html.EscapeString(path)+`"`) {
		c.Fatalf("no form to %s on the page:\n%s", path, c.last)
	}
	return c.post(path, fields...)
}

// script calls the API as the scripts of the page looked at last do, and reads the answer of what must be done.
func (c *client) script(method, path string, body, into any) {
	c.Helper()
	b, err := json.Marshal(body)
	check(c, err)
	r := c.raw(method, path, "application/json", bytes.NewReader(b), "X-CSRF-Token", c.csrf)
	if r.status != http.StatusOK {
		c.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
	}
	if into != nil {
		check(c, json.Unmarshal(r.body, into))
	}
}

// upload sends a file in a form.
func (c *client) upload(path, name string, data []byte) reply {
	c.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	check(c, m.WriteField("csrf", c.csrf))
	f, err := m.CreateFormFile("file", name)
	check(c, err)
	_, err = f.Write(data)
	check(c, err)
	check(c, m.Close())
	r := c.raw("POST", path, m.FormDataContentType(), &b)
	c.last = string(r.body)
	return r
}

// desk is a browser of a member of staff, signed in by the page.
func (w *world) desk(login string) *client {
	w.Helper()
	c := w.browser()
	c.visit("/login")
	if r := c.post("/login", "account", login, "password", demo.Password); r.status != http.StatusSeeOther || r.header.Get("Location") != "/desk" {
		w.Fatalf("sign in %s: %d %s", login, r.status, r.body)
	}
	return c
}

// chair is a browser of a candidate, signed in by the page.
func (w *world) chair(seat int) *client {
	w.Helper()
	c, t := w.browser(), w.ticket(seat)
	c.visit("/exam/login")
	if r := c.post("/exam/login", "ticket", t.Ticket, "id_tail", t.IDTail, "code", t.Code); r.status != http.StatusSeeOther || r.header.Get("Location") != "/exam" {
		w.Fatalf("sign in seat %d: %d %s", seat, r.status, r.body)
	}
	return c
}

func newBody(s string) io.Reader { return strings.NewReader(s) }
