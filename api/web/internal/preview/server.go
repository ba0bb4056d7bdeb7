package preview

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// policy is the content security policy the pages are made for: nothing inline, nothing from elsewhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 80"><rect width="60" height="80" fill="#dbe5e8"/>` +
	`<circle cx="30" cy="30" r="14" fill="#90a4ad"/><path d="M6 80c0-22 12-30 24-30s24 8 24 30" fill="#90a4ad"/></svg>`

// Server answers like the product, but with invented content.
type Server struct {
	Attempt *Attempt
	pages   *web.Pages
	clock   clock.Clock
	mux     *http.ServeMux
}

// New makes a preview on a clock; Shanghai is the zone.
func New(c clock.Clock) (*Server, error) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return nil, err
	}
	pages, err := web.New(zone)
	if err != nil {
		return nil, err
	}
	s := &Server{pages: pages, clock: c, mux: http.NewServeMux(), Attempt: NewAttempt(c)}
	s.mux.HandleFunc("GET /static/", s.static)
	s.mux.HandleFunc("GET /fonts/rare.css", rareCSS)
	s.mux.HandleFunc("GET /preferences", preferences)
	s.mux.HandleFunc("GET "+portrait, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		fmt.Fprint(w, head)
	})
	s.mux.HandleFunc("GET "+figure, draw)
	s.mux.HandleFunc("GET /exam/paper/images/{digest}", draw)
	s.mux.HandleFunc("GET /p/{sample}", s.sample)
	s.mux.HandleFunc("GET /p/hall", s.hall)
	s.mux.HandleFunc("GET /api/v1/sessions/s1/rooms/{room}/progress", s.progress)
	s.mux.HandleFunc("GET /api/v1/sessions/s1/progress", s.progress)
	s.mux.HandleFunc("GET /exam/paper", s.exam)
	s.mux.HandleFunc("GET /exam/receipt", func(w http.ResponseWriter, r *http.Request) { s.page(w, r, "receipt") })
	s.Attempt.routes(s.mux)
	s.mux.HandleFunc("GET /offline-keys.json", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, []string{}) })
	s.mux.HandleFunc("GET /status/{list}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "no list") })
	s.mux.HandleFunc("GET "+web.CheckScope, func(w http.ResponseWriter, r *http.Request) { s.page(w, r, "offline-check") })
	return s, nil
}

// figure is the address of a picture that an item shows.
const figure = "/p/figure.png"

// draw makes that picture: bars on a light ground.
func draw(w http.ResponseWriter, _ *http.Request) {
	m := image.NewGray(image.Rect(0, 0, 480, 200))
	for x := range 480 {
		for y := range 200 {
			shade := color.Gray{Y: 235}
			if x%80 > 24 && x%80 < 60 && y > 180-(x/80+1)*24 && y < 180 {
				shade.Y = 90
			}
			m.SetGray(x, y, shade)
		}
	}
	w.Header().Set("Content-Type", "image/png")
	_ = png.Encode(w, m) // the browser may have gone
}

// ServeHTTP sets the headers of the product around every answer.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	s.mux.ServeHTTP(w, r)
}

func (s *Server) static(w http.ResponseWriter, r *http.Request) {
	body, kind, ok := s.pages.Static(strings.TrimPrefix(r.URL.Path, "/static/"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	if strings.HasSuffix(r.URL.Path, "/"+web.ExamWorker) {
		w.Header().Set("Service-Worker-Allowed", "/exam")
	}
	if strings.HasSuffix(r.URL.Path, "/"+web.CheckWorker) {
		w.Header().Set("Service-Worker-Allowed", web.CheckScope)
	}
	w.Write(body)
}

func rareCSS(w http.ResponseWriter, r *http.Request) {
	css, err := web.RareCSS(r.URL.Query().Get("u"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	fmt.Fprint(w, css)
}

func preferences(w http.ResponseWriter, r *http.Request) {
	for _, name := range []string{"lang", "elder"} {
		if v := r.URL.Query().Get(name); v != "" {
			http.SetCookie(w, &http.Cookie{Name: name, Value: v, Path: "/", SameSite: http.SameSiteLaxMode})
		}
	}
	http.Redirect(w, r, web.LocalPath(r.URL.Query().Get("back")), http.StatusSeeOther)
}

// sample shows the page behind /p/{sample}; ?lang= and ?elder= win over the cookies.
func (s *Server) sample(w http.ResponseWriter, r *http.Request) { s.page(w, r, r.PathValue("sample")) }

func (s *Server) exam(w http.ResponseWriter, r *http.Request) { s.page(w, r, "exam") }

func (s *Server) page(w http.ResponseWriter, r *http.Request, name string) {
	for _, sample := range Samples(s.clock.Now()) {
		if sample.Name == name {
			s.render(w, r, sample)
			return
		}
	}
	http.NotFound(w, r)
}

func (s *Server) render(w http.ResponseWriter, r *http.Request, sample Sample) {
	view := web.Page{Lang: choice(r, "lang"), Elder: choice(r, "elder") == "on", CSRF: "preview", Here: r.URL.RequestURI(),
		Now: s.clock.Now(), User: sample.User, Demo: true, Said: sample.Said, Body: sample.Body}
	if key := r.URL.Query().Get("said"); key != "" { // as after an action
		view.Said = &web.Notice{Key: key}
	}
	tag := web.ETag(view)
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	var b bytes.Buffer
	if err := s.pages.Render(&b, sample.Page, view); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(b.Bytes())
}

func choice(r *http.Request, name string) string {
	if v := r.URL.Query().Get(name); v != "" {
		return v
	}
	if c, err := r.Cookie(name); err == nil {
		if v, err := url.QueryUnescape(c.Value); err == nil {
			return v
		}
	}
	return ""
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		return // the browser has gone
	}
}

// staff is a person signed in, with the menu of their role.
func staff(name string, role authz.Role, here string) *web.User {
	by := authz.Principal{Roles: []authz.Role{role}}
	u := &web.User{Name: name, Role: role, Home: "/desk", Nav: web.Menu(by.Can, here)}
	if strings.HasPrefix(here, "/bank") {
		u.Sub = web.BankMenu(by.Can, here)
	}
	return u
}
