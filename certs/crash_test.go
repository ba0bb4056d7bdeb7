package certs_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/result"
)

// outage lets left-1 calls through and fails the next one: before it did anything, or after, when only the reply is
// lost. Later calls go through again. It stands between an issuer and everything it uses.
type outage struct {
	left  atomic.Int64
	after bool
}

func newOutage(at int, after bool) *outage {
	f := &outage{after: after}
	f.left.Store(int64(at))
	return f
}

// struck reports whether the call came that failed.
func (f *outage) struck() bool { return f.left.Load() <= 0 }

func through[T any](f *outage, do func() (T, error)) (T, error) {
	if f.left.Add(-1) != 0 {
		return do()
	}
	var none T
	if f.after {
		_, _ = do()
	}
	return none, errBroken
}

func (f *outage) do(do func() error) error {
	_, err := through(f, func() (struct{}, error) { return struct{}{}, do() })
	return err
}

type faultyLedger struct {
	certs.Ledger
	f *outage
}

func (l faultyLedger) Certificate(ctx context.Context, n certs.Number) (*certs.Certificate, error) {
	return through(l.f, func() (*certs.Certificate, error) { return l.Ledger.Certificate(ctx, n) })
}
func (l faultyLedger) LookAtCertificate(ctx context.Context, n certs.Number) (*certs.Certificate, error) {
	return through(l.f, func() (*certs.Certificate, error) { return l.Ledger.LookAtCertificate(ctx, n) })
}
func (l faultyLedger) CreateCertificate(ctx context.Context, c *certs.Certificate) error {
	return l.f.do(func() error { return l.Ledger.CreateCertificate(ctx, c) })
}
func (l faultyLedger) UpdateCertificate(ctx context.Context, c *certs.Certificate) error {
	return l.f.do(func() error { return l.Ledger.UpdateCertificate(ctx, c) })
}
func (l faultyLedger) ByToken(ctx context.Context, token string) (*certs.Certificate, error) {
	return through(l.f, func() (*certs.Certificate, error) { return l.Ledger.ByToken(ctx, token) })
}
func (l faultyLedger) Numbers(ctx context.Context, prefix string, desc bool, c engine.Cursor) (rows []*certs.Certificate, next string, err error) {
	rows, err = through(l.f, func() ([]*certs.Certificate, error) {
		rows, next, err = l.Ledger.Numbers(ctx, prefix, desc, c)
		return rows, err
	})
	return rows, next, err
}

type faultyClaims struct {
	certs.Claims
	f *outage
}

func (l faultyClaims) Claim(ctx context.Context, r result.ID) (*certs.Claim, error) {
	return through(l.f, func() (*certs.Claim, error) { return l.Claims.Claim(ctx, r) })
}
func (l faultyClaims) CreateClaim(ctx context.Context, c *certs.Claim) error {
	return l.f.do(func() error { return l.Claims.CreateClaim(ctx, c) })
}
func (l faultyClaims) UpdateClaim(ctx context.Context, c *certs.Claim) error {
	return l.f.do(func() error { return l.Claims.UpdateClaim(ctx, c) })
}

type faultyAssigned struct {
	certs.Assignments
	f *outage
}

func (l faultyAssigned) Assignment(ctx context.Context, n certs.Number) (*certs.Assignment, error) {
	return through(l.f, func() (*certs.Assignment, error) { return l.Assignments.Assignment(ctx, n) })
}
func (l faultyAssigned) CreateAssignment(ctx context.Context, a *certs.Assignment) error {
	return l.f.do(func() error { return l.Assignments.CreateAssignment(ctx, a) })
}
func (l faultyAssigned) UpdateAssignment(ctx context.Context, a *certs.Assignment) error {
	return l.f.do(func() error { return l.Assignments.UpdateAssignment(ctx, a) })
}

type faultyFiles struct {
	certs.Files
	f *outage
}

func (l faultyFiles) File(ctx context.Context, n certs.Number, version int) (*certs.File, error) {
	return through(l.f, func() (*certs.File, error) { return l.Files.File(ctx, n, version) })
}
func (l faultyFiles) PutFile(ctx context.Context, f *certs.File) error {
	return l.f.do(func() error { return l.Files.PutFile(ctx, f) })
}

type faultyPeople struct {
	certs.People
	f *outage
}

func (l faultyPeople) Named(ctx context.Context, id engine.PersonID) (*engine.Person, error) {
	return through(l.f, func() (*engine.Person, error) { return l.People.Named(ctx, id) })
}

func (l faultyPeople) Photo(ctx context.Context, p *engine.Person) ([]byte, error) {
	return through(l.f, func() ([]byte, error) { return l.People.Photo(ctx, p) })
}

type faultyPress struct {
	certs.Sealer
	f *outage
}

func (p faultyPress) Seal(d certs.Draft) ([]byte, error) {
	return through(p.f, func() ([]byte, error) { return p.Sealer.Seal(d) })
}

type faultySlots struct {
	certs.Slots
	f *outage
}

func (l faultySlots) Slot(ctx context.Context, s certs.Slot) (*certs.SlotEntry, error) {
	return through(l.f, func() (*certs.SlotEntry, error) { return l.Slots.Slot(ctx, s) })
}
func (l faultySlots) CreateSlot(ctx context.Context, e *certs.SlotEntry) error {
	return l.f.do(func() error { return l.Slots.CreateSlot(ctx, e) })
}
func (l faultySlots) UpdateSlot(ctx context.Context, e *certs.SlotEntry) error {
	return l.f.do(func() error { return l.Slots.UpdateSlot(ctx, e) })
}
func (l faultySlots) LastList(ctx context.Context) (int, error) {
	return through(l.f, func() (int, error) { return l.Slots.LastList(ctx) })
}

type faultyAddresses struct {
	certs.Addresses
	f *outage
}

func (l faultyAddresses) ListAddress(ctx context.Context, list int) (*certs.ListAddress, error) {
	return through(l.f, func() (*certs.ListAddress, error) { return l.Addresses.ListAddress(ctx, list) })
}
func (l faultyAddresses) OpenList(ctx context.Context, a *certs.ListAddress) error {
	return l.f.do(func() error { return l.Addresses.OpenList(ctx, a) })
}

type faultyJournal struct {
	certs.Journal
	f *outage
}

func (l faultyJournal) Append(ctx context.Context, leaves []certs.Leaf) ([]int64, error) {
	return through(l.f, func() ([]int64, error) { return l.Journal.Append(ctx, leaves) })
}
func (l faultyJournal) Prove(ctx context.Context, indices []int64) ([]certs.LogProof, error) {
	return through(l.f, func() ([]certs.LogProof, error) { return l.Journal.Prove(ctx, indices) })
}

// failing is a process that meets an outage.
func (o *office) failing(f *outage) *certs.Issuer {
	p := o.ports
	p.Ledger, p.Claims, p.Files = faultyLedger{p.Ledger, f}, faultyClaims{p.Claims, f}, faultyFiles{p.Files, f}
	p.Assigned = faultyAssigned{p.Assigned, f}
	p.Slots, p.Addresses, p.Journal = faultySlots{p.Slots, f}, faultyAddresses{p.Addresses, f}, faultyJournal{p.Journal, f}
	return o.issuer(p, faultyPress{o.press(), f})
}

// TestIssueSurvivesEveryOutage breaks each call of an issue in turn, in both ways, and issues again: one number, one
// certificate, one document. In between, somebody else may be issued a certificate.
func TestIssueSurvivesEveryOutage(t *testing.T) {
	for _, between := range []bool{false, true} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("between %v, after %v", between, after), func(t *testing.T) {
				broken := 0
				for at := 1; ; at++ {
					if !survives(t, newOutage(at, after), between) {
						break
					}
					broken++
				}
				if broken < 14 { // claim twice, list, claim, slots twice, address twice, certificate, leaf, proof, file, seal, file, certificate
					t.Errorf("only %d calls were broken", broken)
				}
			})
		}
	}
}

// survives reports whether the outage struck at all.
func survives(t *testing.T, f *outage, between bool) (struck bool) {
	t.Helper()
	o := newOffice(t, 2)
	_, err := o.failing(f).Issue(t.Context(), registrar(), resultOf(0))
	if struck = f.struck(); struck {
		wantError(t, err, errBroken)
	} else {
		check(t, err)
	}
	want := 1
	if between {
		o.issue(t, 1)
		want++
	}
	c := o.issue(t, 0)
	o.contiguous(t, want)
	a, err := o.verifier.ByFile(t.Context(), o.file(t, c.Number))
	if err != nil || a.Standing != certs.StandingValid || a.Certificate.Result != resultOf(0) {
		t.Fatalf("the document: %+v, %v", a, err)
	}
	return struck
}

// TestAnyHistoryOfOutages: processes that come and go, with an outage each, never give a result two numbers or leave
// a number without a certificate.
func TestAnyHistoryOfOutages(t *testing.T) {
	const results = 4
	o, from := newOffice(t, 0), 0
	rapid.Check(t, func(rt *rapid.T) {
		for n := range results {
			o.candidate(t, from+n, 6000, 6000)
		}
		for range rapid.IntRange(1, 6).Draw(rt, "attempts") {
			f := newOutage(rapid.IntRange(1, 15).Draw(rt, "at"), rapid.Bool().Draw(rt, "after"))
			n := from + rapid.IntRange(0, results-1).Draw(rt, "result")
			if _, err := o.failing(f).Issue(t.Context(), registrar(), resultOf(n)); err != nil && !f.struck() {
				rt.Fatal(err)
			}
		}
		for n := range results {
			o.issue(t, from+n)
		}
		from += results
		o.contiguous(t, from)
	})
}

// TestManyIssueAtOnce: eight clerks in two processes issue the same twenty results.
func TestManyIssueAtOnce(t *testing.T) {
	const clerks, results = 8, 20
	o := newOffice(t, results)
	processes := []*certs.Issuer{o.Issuer, o.issuer(o.ports, o.press())}
	var numbers [clerks][results]certs.Number
	var all sync.WaitGroup
	for k := range clerks {
		all.Go(func() {
			for i := range results {
				n := (i + k*5) % results
				c, err := processes[k%2].Issue(t.Context(), registrar(), resultOf(n))
				if err != nil || c.State != certs.Valid {
					t.Errorf("clerk %d, result %d: %v", k, n, err)
					return
				}
				numbers[k][n] = c.Number
			}
		})
	}
	all.Wait()
	for k := range clerks {
		if numbers[k] != numbers[0] {
			t.Fatalf("clerk %d was given other numbers than the first", k)
		}
	}
	o.contiguous(t, results)
}

// TestSessionIssuedTwiceAtOnce: two processes issue one session together.
func TestSessionIssuedTwiceAtOnce(t *testing.T) {
	o := newOffice(t, 20)
	var all sync.WaitGroup
	for _, p := range []*certs.Issuer{o.Issuer, o.issuer(o.ports, o.press())} {
		all.Go(func() {
			issued, err := p.IssueSession(t.Context(), registrar(), sessionID, nil)
			if err != nil || len(issued) != 20 {
				t.Errorf("%d issued, %v", len(issued), err)
			}
		})
	}
	all.Wait()
	o.contiguous(t, 20)
}
