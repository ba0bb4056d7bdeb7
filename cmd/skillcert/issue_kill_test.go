package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/store/mongo/standin"
)

// What the server goes through in TestIssueKilled.
var issueKills = flag.Int("issue-kills", 10, "how often the server is killed while it issues")

const (
	issuedAKill = 70                     // certificates of a life at most, about, so that each kill meets a batch under way
	killWithin  = 400 * time.Millisecond // after the first certificate of a life: numbers, log and seals of a page take about as long
)

// TestIssueKilled kills a server with SIGKILL while its worker issues a batch, each time at another moment, and lets the next
// one go on. In the end every result has one certificate, serials have no gaps, every file is valid, the log holds one leaf
// for each and is whole, and what anybody was told of a certificate before a kill is still so.
func TestIssueKilled(t *testing.T) {
	killIssuing(t, settings{Data: t.TempDir()}, *issueKills)
}

// TestIssueKilledOverMongo is the same over the other store.
func TestIssueKilledOverMongo(t *testing.T) {
	server, err := standin.Start()
	noError(t, err)
	t.Cleanup(server.Close)
	killIssuing(t, settings{Data: t.TempDir(), Mongo: server.URI()}, 3)
}

func killIssuing(t *testing.T, s settings, kills int) {
	t.Helper()
	k := newIssueKilling(t, s, (kills+1)*issuedAKill)
	for n := range kills {
		k.life(n)
		k.letGo()
	}
	k.toTheEnd()
	k.account()
	t.Logf("%d kills; %d certificates were shown as valid before one", kills, len(k.told))
	if len(k.told) == 0 {
		t.Error("nobody was ever told of a certificate: that proves little")
	}
}

// issueKilling is the course of the test.
type issueKilling struct {
	t      *testing.T
	h      *certOffice
	token  string // of the registrar
	random *rand.Rand
	told   map[certs.Number]api.Certificate // what the server said of certificates that were valid, before it was killed
}

func newIssueKilling(t *testing.T, s settings, n int) *issueKilling {
	t.Helper()
	o := officeOptions{loadOptions: loadOptions{settings: s}, certificates: n}
	noError(t, o.check())
	h, err := buildOffice(t.Context(), o)
	noError(t, err)
	t.Cleanup(func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	k := &issueKilling{t: t, h: h, random: rand.New(rand.NewPCG(5, 26)), told: map[certs.Number]api.Certificate{}}
	k.inside(func(ctx context.Context, inside *house) error {
		_, err := inside.Issuer.Start(ctx, h.registrar, officeSession)
		return err
	})
	return k
}

// inside opens the house while nobody serves it.
func (k *issueKilling) inside(do func(context.Context, *house) error) {
	k.t.Helper()
	made, err := open(k.t.Context(), k.h.settings, clock.System{}, slog.New(slog.DiscardHandler))
	noError(k.t, err)
	if err := errors.Join(do(k.t.Context(), made), made.Close()); err != nil {
		k.t.Fatal(err)
	}
}

// life lets a server issue until it is killed, at a random moment after the first number that it gives, or when it has given
// its share. Every other life is let finish a certificate before.
func (k *issueKilling) life(n int) {
	k.t.Helper()
	p := serveOver(k.t, k.h.settings)
	registrar := k.registrar(p)
	before := k.serial(registrar)
	now := before
	for now == before {
		now = k.serial(registrar)
	}
	watch, wait := clock.Start(), time.Duration(k.random.Int64N(int64(killWithin)))
	for watch.Elapsed() < wait && now < (n+1)*issuedAKill {
		now = k.serial(registrar)
	}
	for k.hear(registrar) == 0 && n%2 == 1 && now < (n+1)*issuedAKill {
		now = k.serial(registrar)
	}
	p.kill(k.t)
}

// registrar signs in once: keys, and so tokens, outlive every kill.
func (k *issueKilling) registrar(p *program) *client {
	k.t.Helper()
	if k.token == "" {
		k.token = staffIn(k.t, p.address, "zhengshu").token
	}
	return newClient("http://" + p.address).as(k.token)
}

// serial is the highest that the register shows.
func (k *issueKilling) serial(registrar *client) int {
	k.t.Helper()
	var top api.CertificatePage
	noError(k.t, registrar.call(k.t.Context(), http.MethodGet, "/api/v1/certificates", nil, &top))
	if len(top.Certificates) == 0 {
		return 0
	}
	return top.Certificates[0].Number.Serial()
}

// hear notes what the server shows of the latest certificates, and returns how many it had not heard of.
func (k *issueKilling) hear(registrar *client) int {
	k.t.Helper()
	var page api.CertificatePage
	noError(k.t, registrar.call(k.t.Context(), http.MethodGet, "/api/v1/certificates?state=valid", nil, &page))
	before := len(k.told)
	for _, c := range page.Certificates {
		k.told[c.Number] = c
	}
	return len(k.told) - before
}

// letGo lets the time be over for which a worker that says nothing keeps a batch, and asks that the batch goes on.
func (k *issueKilling) letGo() {
	k.t.Helper()
	k.inside(func(ctx context.Context, inside *house) error {
		b, err := inside.store.Batches().Batch(ctx, officeSession)
		if err != nil {
			return err
		}
		if !b.Waits() {
			k.t.Errorf("the batch had ended before the kill: %+v", b)
		}
		b.Held = time.Time{}
		return inside.store.Batches().UpdateBatch(ctx, b)
	})
}

// toTheEnd lets a last server do what is left.
func (k *issueKilling) toTheEnd() {
	k.t.Helper()
	p := serveOver(k.t, k.h.settings)
	registrar := k.registrar(p)
	for k.valid(registrar) < k.h.n {
		if pause(k.t.Context(), 200*time.Millisecond); k.t.Context().Err() != nil {
			k.t.Fatalf("%v\n%s", k.t.Context().Err(), p.log)
		}
	}
	p.stop(k.t)
}

// valid is how many certificates the register shows as valid.
func (k *issueKilling) valid(registrar *client) (n int) {
	k.t.Helper()
	all, err := engine.All(k.t.Context(), func(ctx context.Context, c engine.Cursor) ([]api.Certificate, string, error) {
		var page api.CertificatePage
		err := registrar.call(ctx, http.MethodGet, "/api/v1/certificates?state=valid&cursor="+url.QueryEscape(c.After), nil, &page)
		return page.Certificates, page.Next, err
	})
	noError(k.t, err)
	return len(all)
}

// account looks at everything that was issued.
func (k *issueKilling) account() {
	k.t.Helper()
	k.inside(func(ctx context.Context, inside *house) error {
		a, err := inside.account(ctx, k.h.n, 1)
		if err != nil {
			return err
		}
		if a.wrong() > 0 || a.verified != k.h.n || a.leaves != int64(k.h.n) {
			k.t.Errorf("%+v", a)
		}
		for n, told := range k.told {
			c, err := inside.store.Ledger().Certificate(ctx, n)
			if err != nil || c.Name != told.Name || c.Digest != told.Digest || c.Version != told.Version || c.State != told.State {
				k.t.Errorf("%s was told to be %+v and is %+v, %v", n, told, c, err)
			}
		}
		b, err := inside.store.Batches().Batch(ctx, officeSession)
		if err != nil || b.Waits() || b.Progress.Failed > 0 {
			k.t.Errorf("the batch: %+v, %v", b, err)
		}
		return nil
	})
}
