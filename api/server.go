// Package api is the door: JSON for programs, pages for people, one error table, one route table. A handler decodes,
// calls one service and renders; it holds no rule.
package api

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"

	"github.com/skillcert/skillcert/api/auth"
	"github.com/skillcert/skillcert/api/seb"
	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
)

// Config is how the server listens. Its zero value serves plain HTTP with the default limits.
type Config struct {
	Secure       bool     // cookies only over HTTPS, HSTS: set it behind TLS
	ProxyHeader  string   // list to which every trusted proxy adds its peer's address, X-Forwarded-For; empty: the peer counts
	Proxies      []string // addresses or networks of the trusted proxies
	MetricsToken string   // bearer token for /metrics; empty: loopback peers only, and nobody where a proxy is set
	Limits       Limits
	ReadTime     time.Duration // for a request to arrive, and more for what has arrived; zero: readTime
	Patience     time.Duration // for the services to do what a request asks; zero: patience
	Version      string
	Demo         bool   // pages say 演示
	Idle         string // path of a route that does nothing, to measure the others against; empty: there is none
	Base         string // public address of the house, as the files of the lockdown browser carry it; empty: http://localhost
}

// Limits bound what one address may ask for in a minute. A hall of candidates shares one address.
type Limits struct {
	SignIn int // per address, default 600
	Name   int // per login name or ticket, default 10
	Verify int // per address, default 60
	Number int // checks of one certificate number per address, default 20
	Misses int // of those that find nothing, whoever asks, default 200
	Upload int // per address, default 20
	Bulk   int // rosters of certificates per account, default 2
	Share  int // links to a certificate per account, default 10
	Tie    int // ties entered by document number per account, default 30
	Font   int // per address, default 600
	List   int // public lists of results per address, default 120
}

func (l Limits) withDefaults() Limits {
	pick := func(n, d int) int {
		if n > 0 {
			return n
		}
		return d
	}
	return Limits{SignIn: pick(l.SignIn, 600), Name: pick(l.Name, 10), Verify: pick(l.Verify, 60), Number: pick(l.Number, 20), Misses: pick(l.Misses, 200), Upload: pick(l.Upload, 20), Bulk: pick(l.Bulk, 2), Share: pick(l.Share, 10), Tie: pick(l.Tie, 30),
		Font: pick(l.Font, 600), List: pick(l.List, 120)}
}

// bodyLimit bounds every request, unless its route takes a larger file; JSON is held to jsonLimit besides.
const (
	bodyLimit = fileLimit + formLimit
	jsonLimit = 64 << 10
	fileLimit = 20 << 20
	formLimit = 1 << 20 // of what stands around a file
)

// patience bounds the work for one request where the configuration says nothing; writing the answer has answering more.
const (
	patience  = 50 * time.Second
	answering = 10 * time.Second
)

// Server answers HTTP.
type Server struct {
	Services
	app     *fiber.App
	cfg     Config
	tokens  *auth.Tokens
	csrfKey []byte
	saidKey []byte
	pages   *web.Pages
	zone    *time.Location
	clock   clock.Clock
	ids     *ids.Source
	log     *slog.Logger
	metrics *metrics
	limits  map[limit][]fiber.Handler
	large   map[string]large
	proxies proxies
	fonts   fontCache
	noted   noted
	checks  kept // the keys by which checks are made without a network
	bundle  kept // what was certified, and the revocation lists
	counted counted
	records records
	openapi []byte
	running running
	base    seb.Base
	locks   lockRules
	halls   halls
	stands  map[string]string // the page of every form
}

// New builds the server: middleware, routes, documentation.
func New(sv Services, cfg Config, ring *auth.Ring, c clock.Clock, source *ids.Source, log *slog.Logger) (*Server, error) {
	cfg.Limits = cfg.Limits.withDefaults()
	if cfg.ReadTime == 0 {
		cfg.ReadTime = readTime
	}
	if cfg.Patience == 0 {
		cfg.Patience = patience
	}
	trusted, err := readProxies(cfg.ProxyHeader, cfg.Proxies)
	if err != nil {
		return nil, err
	}
	zone := sv.Policy.Location()
	base, err := seb.ReadBase(cmp.Or(cfg.Base, "http://localhost"))
	if err != nil {
		return nil, err
	}
	pages, err := web.New(zone)
	if err != nil {
		return nil, err
	}
	s := &Server{Services: sv, cfg: cfg, tokens: auth.NewTokens(ring, c), csrfKey: ring.Secret("csrf"), saidKey: ring.Secret("said"),
		pages: pages, zone: zone, clock: c, ids: source, log: log, metrics: newMetrics(), proxies: trusted, base: base}
	s.running.serving, s.running.end = context.WithCancel(context.Background())
	s.limits = s.limiters()
	s.app = fiber.New(fiber.Config{
		AppName: "skillcert", DisableStartupMessage: true, ErrorHandler: s.fail, Immutable: true, BodyLimit: bodyLimit,
		ReadTimeout: cfg.ReadTime, WriteTimeout: cfg.Patience + answering, IdleTimeout: 120 * time.Second,
		EnableTrustedProxyCheck: true, // and none is trusted: address reads the header
		StrictRouting:           true, CaseSensitive: true,
	})
	s.stands = standing(s.pageRoutes())
	s.large, s.app.Server().HeaderReceived = largeRoutes(s.routes()), s.bodyOf
	s.app.Use(s.begin, recover.New(), s.headers, unpacked)
	s.observe()
	s.serveIdle()
	s.serveStatic()
	s.serveRoutes(true)
	s.app.Use(s.authenticate, s.protect)
	s.serveRoutes(false)
	s.openapi, err = s.describe()
	s.app.Use(func(*fiber.Ctx) error { return errNoPage })
	return s, err
}

// serveRoutes adds the routes that are common to everybody, or the others, which come after the question who asks.
func (s *Server) serveRoutes(common bool) {
	for _, r := range s.routes() {
		if r.Common != common {
			continue
		}
		s.app.Add(r.Method, r.Path, s.chain(r)...)
		if r.Method == fiber.MethodGet {
			s.app.Head(r.Path, s.chain(r)...)
		}
	}
}

// begin gives the request a name for the help desk and a context for the services. That context is not fasthttp's,
// which ends for every request under way as soon as the server is told to stop.
func (s *Server) begin(c *fiber.Ctx) error {
	c.Locals(localTrace, s.ids.New()[:10])
	ctx, cancel := context.WithTimeout(context.Background(), s.cfg.Patience)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}

func traceOf(c *fiber.Ctx) string { t, _ := c.Locals(localTrace).(string); return t }

func routeOf(c *fiber.Ctx) string {
	if r := c.Route(); r != nil {
		return r.Path
	}
	return ""
}

func isAPI(c *fiber.Ctx) bool { return strings.HasPrefix(c.Path(), "/api/") }

// unpacked refuses a packed body: nothing of ours packs what it sends, and a small pack may hold a body without bounds.
func unpacked(c *fiber.Ctx) error {
	if c.Get(fiber.HeaderContentEncoding) != "" {
		return errMediaType
	}
	return c.Next()
}

// policy lets no script, style, picture or font come from anywhere but here.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// headers is middleware around setHeaders.
func (s *Server) headers(c *fiber.Ctx) error {
	s.setHeaders(c)
	return c.Next()
}

// setHeaders sets what every answer carries. Nothing is kept by a browser or a proxy unless its route says otherwise:
// the computers of a hall are shared. (Fiber's helmet cannot be used where an answer is made outside the chain.)
func (s *Server) setHeaders(c *fiber.Ctx) {
	for _, h := range [][2]string{
		{fiber.HeaderContentSecurityPolicy, policy}, {fiber.HeaderXFrameOptions, "DENY"}, {fiber.HeaderXContentTypeOptions, "nosniff"},
		{fiber.HeaderReferrerPolicy, "same-origin"}, {fiber.HeaderPermissionsPolicy, "camera=(self), microphone=(), geolocation=()"},
		{"Cross-Origin-Embedder-Policy", "require-corp"}, {"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"}, {"Origin-Agent-Cluster", "?1"}, {"X-Permitted-Cross-Domain-Policies", "none"},
		{"X-DNS-Prefetch-Control", "off"}, {"X-Download-Options", "noopen"}, {fiber.HeaderXXSSProtection, "0"},
		{fiber.HeaderCacheControl, "no-store"},
	} {
		c.Set(h[0], h[1])
	}
	if s.cfg.Secure {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000; includeSubDomains")
	}
}

// running is the listener in use and whether the server was told to stop. Fiber forgets a Shutdown that comes before it
// listens, so Shutdown closes the listener too.
type running struct {
	sync.Mutex
	listener net.Listener
	stopped  bool
	serving  context.Context // ends when the server is told to stop
	end      context.CancelFunc
}

// Serve answers on l until Shutdown, which may also come first.
func (s *Server) Serve(l net.Listener) error {
	s.running.Lock()
	s.running.listener = l
	stopped := s.running.stopped
	s.running.Unlock()
	if stopped {
		return l.Close()
	}
	return s.app.Listener(listener{l})
}

// Shutdown stops taking requests and waits for those under way, until ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	s.running.Lock()
	l := s.running.listener
	s.running.stopped = true
	s.running.end()
	s.running.Unlock()
	err := unlessClosed(s.app.ShutdownWithContext(ctx))
	if l != nil {
		err = errors.Join(err, unlessClosed(l.Close()))
	}
	return err
}

// hold is a while for a request that only waits for news. It ends early when the server is told to stop.
func (s *Server) hold(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(s.running.serving, d)
}

// unlessClosed forgives closing what is closed already.
func unlessClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// App is the Fiber application, for tests that send requests without a network.
func (s *Server) App() *fiber.App { return s.app }
