package api_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
)

// named is a server that takes two passwords for one name in a minute.
func named(t *testing.T) *world {
	return newWorldWith(t, api.Config{Limits: api.Limits{SignIn: 1000, Name: 2}})
}

// attempt is one way to try a name: how it is sent, and whether it is the third for that name.
type attempt struct {
	name  string
	try   func() reply
	third bool
}

func countAll(t *testing.T, all []attempt) {
	t.Helper()
	for _, a := range all {
		if got := a.try(); (got.status == http.StatusTooManyRequests) != a.third {
			t.Errorf("%s: %d %s", a.name, got.status, text(got.body))
		}
	}
}

// TestOneAccountHasOneCounter tries the tricks by which one name might look like several.
func TestOneAccountHasOneCounter(t *testing.T) {
	w := named(t)
	c, page := w.program(""), w.browser()
	page.visit("/login")
	send := func(media, body string) func() reply {
		return func() reply { return c.raw("POST", "/api/v1/sign-in", media, newBody(body)) }
	}
	form := func(path string, fields ...string) func() reply {
		return func() reply { return page.post(path, append(fields, "password", "wrong wrong")...) }
	}
	const wrong = `,"password":"wrong wrong"}`
	countAll(t, []attempt{
		{"the first", send("application/json", `{"login":"kaowu"`+wrong), false},
		{"the second", form("/login", "account", "kaowu"), false},
		{"capitals and blanks", send("application/json", `{"login":"  KAOWU\t"`+wrong), true},
		{"the media type in capitals", send("Application/JSON; charset=UTF-8", `{"login":"kaowu"`+wrong), true},
		{"a field named twice", send("application/json", `{"login":"x","login":"kaowu"`+wrong), true},
		{"a field in capitals", send("application/json", `{"LOGIN":"kaowu"`+wrong), true},
		{"escaped", send("application/json", `{"login":"kaow\u0075"`+wrong), true},
		{"with a ticket beside it", form("/login", "account", "kaowu", "ticket", "1"), true},
		{"with another ticket", form("/login", "account", "kaowu", "ticket", "2"), true},
		{"another name in the address", form("/login?account=other", "account", "kaowu"), true},
		{"in a form of parts", func() reply { return page.parts("/login?account=other", "account", "kaowu", "password", "wrong wrong") }, true},
		{"another name", form("/login", "account", "tiku"), false},
		{"another name, this one in the address", form("/login?account=kaowu", "account", "tiku"), false},
	})
}

// TestTheAddressNamesNobody: a name that stands in the address is not tried at all.
func TestTheAddressNamesNobody(t *testing.T) {
	w := newWorld(t)
	page := w.browser()
	page.visit("/login")
	if r := page.post("/login?account=kaowu&password=demo-%E7%85%A7%E6%8A%A4-2026"); r.status != http.StatusUnauthorized {
		t.Errorf("signed in by an address: %d", r.status)
	}
}

func TestOneTicketHasOneCounter(t *testing.T) {
	w := named(t)
	c, page := w.program(""), w.browser()
	page.visit("/exam/login")
	number := string(w.seats[0].Ticket)
	send := func(media, ticket string) func() reply {
		return func() reply {
			b, err := json.Marshal(api.ExamSignIn{Ticket: ticket, IDTail: "000000", Code: "000000"})
			check(t, err)
			return c.raw("POST", "/api/v1/exam/sign-in", media, bytes.NewReader(b))
		}
	}
	form := func(path string, fields ...string) func() reply {
		return func() reply { return page.post(path, append(fields, "id_tail", "000000", "code", "000000")...) }
	}
	wide := strings.Map(func(r rune) rune { return r - '0' + '０' }, number)
	countAll(t, []attempt{
		{"the first", form("/exam/login", "ticket", number), false},
		{"the second, in groups", form("/exam/login", "ticket", number[:4]+" "+number[4:8]+"\u3000"+number[8:]), false},
		{"in wide digits", form("/exam/login", "ticket", wide), true},
		{"with an account beside it", form("/exam/login", "ticket", number, "account", "x"), true},
		{"another one in the address", form("/exam/login?ticket=1", "ticket", number), true},
		{"as JSON", send("application/json", number), true},
		{"as JSON, its type in capitals", send("APPLICATION/json", " "+number+"\n"), true},
		{"another ticket", form("/exam/login", "ticket", string(w.seats[1].Ticket)), false},
		{"a very long one", form("/exam/login", "ticket", strings.Repeat("7", 1<<20)), false},
		{"a very long one of JSON", send("application/json", strings.Repeat("7", 60<<10)), false},
	})
}

// TestStaffAndCandidatesAreCountedApart: an account that is called like a ticket does not lock the candidate out.
func TestStaffAndCandidatesAreCountedApart(t *testing.T) {
	w := named(t)
	page := w.browser()
	page.visit("/login")
	for range 3 {
		page.post("/login", "account", string(w.seats[0].Ticket), "password", "wrong wrong")
	}
	w.chair(0)
}

// parts sends a form as multipart/form-data.
func (c *client) parts(path string, fields ...string) reply {
	c.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	check(c, m.WriteField("csrf", c.csrf))
	for i := 0; i+1 < len(fields); i += 2 {
		check(c, m.WriteField(fields[i], fields[i+1]))
	}
	check(c, m.Close())
	return c.raw("POST", path, m.FormDataContentType(), &b)
}

// TestPackedBodiesAreRefused: a small pack may hold a body without bounds.
func TestPackedBodiesAreRefused(t *testing.T) {
	w := newWorld(t)
	c := w.program("")
	for _, packing := range []string{"gzip", "br", "deflate", "identity"} {
		r := c.raw("POST", "/api/v1/sign-in", "application/json", newBody("{}"), "Content-Encoding", packing)
		if r.status != http.StatusUnprocessableEntity || r.problem().Code != "request.media_type" {
			t.Errorf("%s: %d %s", packing, r.status, r.body)
		}
		checkHeaders(t, packing, r.header)
	}
}

// 公示名单谁都能看，同一地址每分钟看的次数有限。
func TestPublicListsAreLimited(t *testing.T) {
	w := newWorldWith(t, api.Config{Limits: api.Limits{List: 2}})
	c := w.program("")
	for i, want := range []int{http.StatusNotFound, http.StatusNotFound, http.StatusTooManyRequests} { // nothing is public yet
		if r := c.send("GET", "/publicity/"+string(w.session.ID), nil); r.status != want {
			t.Errorf("view %d: %d, want %d", i, r.status, want)
		}
	}
}
