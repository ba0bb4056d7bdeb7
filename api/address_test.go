package api_test

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine/ids"
)

const forwarded = "X-Forwarded-For"

func TestWhoseRequestItIs(t *testing.T) {
	trusted := []string{"10.0.0.1", "192.168.0.0/16", "2001:db8:1::/48", "::ffff:172.16.0.0/108"}
	for name, c := range map[string]struct {
		header, peer string
		entries      []string
		want         string
	}{
		"no header is set":                  {"", "10.0.0.1", []string{"1.2.3.4"}, "10.0.0.1"},
		"the peer is no proxy":              {forwarded, "10.0.0.2", []string{"1.2.3.4"}, "10.0.0.2"},
		"one proxy":                         {forwarded, "10.0.0.1", []string{"1.2.3.4"}, "1.2.3.4"},
		"a spoofed entry before it":         {forwarded, "10.0.0.1", []string{"9.9.9.9", "1.2.3.4"}, "1.2.3.4"},
		"a spoofed proxy before it":         {forwarded, "10.0.0.1", []string{"9.9.9.9", "10.0.0.1", "1.2.3.4"}, "1.2.3.4"},
		"two proxies":                       {forwarded, "10.0.0.1", []string{"9.9.9.9", "1.2.3.4", "192.168.7.7"}, "1.2.3.4"},
		"the network's first":               {forwarded, "192.168.0.0", []string{"1.2.3.4"}, "1.2.3.4"},
		"the network's last":                {forwarded, "192.168.255.255", []string{"1.2.3.4"}, "1.2.3.4"},
		"just below the network":            {forwarded, "192.167.255.255", []string{"1.2.3.4"}, "192.167.255.255"},
		"just above the network":            {forwarded, "192.169.0.0", []string{"1.2.3.4"}, "192.169.0.0"},
		"a mapped network":                  {forwarded, "172.16.0.9", []string{"1.2.3.4"}, "1.2.3.4"},
		"a mapped peer":                     {forwarded, "::ffff:10.0.0.1", []string{"1.2.3.4"}, "1.2.3.4"},
		"a mapped entry":                    {forwarded, "10.0.0.1", []string{"::ffff:1.2.3.4"}, "1.2.3.4"},
		"only proxies":                      {forwarded, "10.0.0.1", []string{"192.168.1.1", "10.0.0.1"}, "10.0.0.1"},
		"nothing in the header":             {forwarded, "10.0.0.1", nil, "10.0.0.1"},
		"no address":                        {forwarded, "10.0.0.1", []string{"unknown"}, "10.0.0.1"},
		"no address, and a spoof before":    {forwarded, "10.0.0.1", []string{"9.9.9.9", "unknown"}, "10.0.0.1"},
		"no address beyond a proxy":         {forwarded, "10.0.0.1", []string{"9.9.9.9", "_x", "192.168.1.1"}, "10.0.0.1"},
		"no address before the client's":    {forwarded, "10.0.0.1", []string{"<script>", "1.2.3.4"}, "1.2.3.4"},
		"with a port":                       {forwarded, "10.0.0.1", []string{"1.2.3.4:5678"}, "1.2.3.4"},
		"IPv6":                              {forwarded, "2001:db8:1::7", []string{"9.9.9.9", "2001:db8:2::1"}, "2001:db8:2::1"},
		"IPv6, written in full":             {forwarded, "10.0.0.1", []string{"2001:0DB8:0002:0:0:0:0:1"}, "2001:db8:2::1"},
		"IPv6 in brackets":                  {forwarded, "10.0.0.1", []string{"[2001:db8:2::1]"}, "2001:db8:2::1"},
		"IPv6 with a port":                  {forwarded, "10.0.0.1", []string{"[2001:db8:2::1]:443"}, "2001:db8:2::1"},
		"IPv6 with a zone":                  {forwarded, "10.0.0.1", []string{"fe80::1%eth0"}, "fe80::1"},
		"a bracket that does not close":     {forwarded, "10.0.0.1", []string{"[2001:db8:2::1"}, "10.0.0.1"},
		"IPv6 proxy behind another of IPv4": {forwarded, "10.0.0.1", []string{"1.2.3.4", "2001:db8:1:ffff::1"}, "1.2.3.4"},
	} {
		if got, err := api.ClientOf(c.header, trusted, c.peer, c.entries...); err != nil || got != c.want {
			t.Errorf("%s: %s, %v; want %s", name, got, err, c.want)
		}
	}
}

func TestWrongProxiesAreAllReported(t *testing.T) {
	w := newWorld(t)
	cfg := generous
	cfg.Proxies = []string{"10.0.0.1", "proxy.example", "10.0.0.0/33", " 10.0.0.0/8 ", ""}
	_, err := api.New(w.Services, cfg, w.ring, w.clock, ids.Random(), slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err == nil {
		t.Fatal("a name was taken for an address")
	}
	for _, want := range []string{`"proxy.example"`, `"10.0.0.0/33"`, `""`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
	if strings.Contains(err.Error(), "10.0.0.1") || strings.Contains(err.Error(), "/8") {
		t.Errorf("good entries are called wrong: %v", err)
	}
}

// TestTheAddressLimitHoldsBehindAProxy: whatever a client writes into the header, the proxy's own entry counts.
func TestTheAddressLimitHoldsBehindAProxy(t *testing.T) {
	w := newWorldWith(t, api.Config{ProxyHeader: forwarded, Proxies: []string{"127.0.0.0/8"}, Limits: api.Limits{Verify: 2}})
	ask := func(lines ...string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.base+"/api/v1/verification/x", nil)
		check(t, err)
		for _, l := range lines {
			req.Header.Add(forwarded, l)
		}
		resp, err := http.DefaultClient.Do(req)
		check(t, err)
		check(t, resp.Body.Close())
		return resp.StatusCode
	}
	for _, first := range []string{"1.1.1.1, 5.5.5.5", "2.2.2.2,5.5.5.5:99"} {
		if got := ask(first); got != http.StatusOK {
			t.Fatalf("within the limit: %d", got)
		}
	}
	for _, lines := range [][]string{{"3.3.3.3, 5.5.5.5"}, {"4.4.4.4", "5.5.5.5"}, {"5.5.5.5, 127.0.0.1"}, {"garbage, ::1, 5.5.5.5, "}} {
		if got := ask(lines...); got != http.StatusTooManyRequests {
			t.Errorf("%q: %d", lines, got)
		}
	}
	if got := ask("5.5.5.6"); got != http.StatusOK {
		t.Errorf("the neighbour: %d", got)
	}
	ask("2001:db8::1")
	ask("[2001:db8::2]:443")
	if got := ask("2001:db8::ffff"); got != http.StatusTooManyRequests {
		t.Errorf("another address of the same /64: %d", got)
	}
	if got := ask("2001:db8:0:1::1"); got != http.StatusOK {
		t.Errorf("the next /64: %d", got)
	}
}

// TestWithoutAProxyTheHeaderIsOnlyText: nobody chooses their own address.
func TestWithoutAProxyTheHeaderIsOnlyText(t *testing.T) {
	for name, cfg := range map[string]api.Config{"none": {}, "another": {ProxyHeader: forwarded, Proxies: []string{"10.0.0.1"}},
		"no header": {Proxies: []string{"127.0.0.1"}}} {
		cfg.Limits = api.Limits{Verify: 1}
		w := newWorldWith(t, cfg)
		c := w.program("")
		c.raw("GET", "/api/v1/verification/x", "", nil, forwarded, "1.1.1.1")
		if r := c.raw("GET", "/api/v1/verification/x", "", nil, forwarded, "2.2.2.2"); r.status != http.StatusTooManyRequests {
			t.Errorf("%s: %d", name, r.status)
		}
	}
}
