package api

import (
	"crypto/subtle"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/skillcert/skillcert/engine/clock"
)

type metrics struct {
	registry *prometheus.Registry
	seconds  *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "skillcert_http_request_seconds", Help: "Time to answer, by route and status.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}}, []string{"method", "route", "status"})}
	m.registry.MustRegister(m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// watchClock shows how far the machine's clock is from the server's time: other than 0 it wants setting right.
func (s *Server) watchClock() {
	s.metrics.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "skillcert_clock_away_seconds",
		Help: "How far the machine's clock was set from the time that exams go by."}, func() float64 { return s.clockAway().Seconds() }))
}

// observe measures every request and serves /healthz and /metrics, which know no accounts.
func (s *Server) observe() {
	s.app.Use(func(c *fiber.Ctx) error {
		watch := clock.Start()
		err := c.Next()
		if err != nil { // answer now, so that the status is known
			if err = s.fail(c, err); err != nil {
				return err
			}
		}
		s.metrics.seconds.WithLabelValues(c.Method(), routeOf(c), strconv.Itoa(c.Response().StatusCode())).Observe(watch.Elapsed().Seconds())
		return nil
	})
	s.watchClock()
	s.app.Get("/healthz", s.health)
	s.app.Get("/metrics", s.guardMetrics, adaptor.HTTPHandler(promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{})))
}

// health answers 200 while the store answers, 503 otherwise. A clock that was set stops nothing, but is said.
func (s *Server) health(c *fiber.Ctx) error {
	if err := s.Alive(c.UserContext()); err != nil {
		return c.Status(fiber.StatusServiceUnavailable).JSON(fiber.Map{"status": "store unavailable", "version": s.cfg.Version})
	}
	answer := fiber.Map{"status": "ok", "version": s.cfg.Version}
	if away := s.clockAway(); away != 0 {
		answer["clock_away"] = away.String()
	}
	return c.JSON(answer)
}

// guardMetrics lets in who holds the token, or, where none is set, a peer on this machine. Where a proxy is set a peer
// on this machine may be anybody: whether it forwards is not always written in the request.
func (s *Server) guardMetrics(c *fiber.Ctx) error {
	if want := s.cfg.MetricsToken; want != "" {
		given, _ := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
		if subtle.ConstantTimeCompare([]byte(given), []byte(want)) == 1 {
			return c.Next()
		}
		return errNoPage
	}
	behind := s.cfg.ProxyHeader != "" || len(s.cfg.Proxies) > 0
	if behind || !peer(c).IsLoopback() || c.Get(fiber.HeaderXForwardedFor) != "" || c.Get(fiber.HeaderForwarded) != "" {
		return errNoPage
	}
	return c.Next()
}
