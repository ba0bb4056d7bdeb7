package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/store"
)

func makeCertificate(number string) *certs.Certificate {
	first := certs.Edition{Version: 1, Kind: translog.Issued, Name: "张𠮷", IDType: engine.ResidentCard, IDMasked: "1101************14",
		Occupation: engine.LongTermCare(), Level: engine.Level4, Issued: clock.Date{Year: 2026, Month: 3, Day: 2}, OrgName: "评价中心",
		Photo: "p", Made: morning, By: "b", Salt: "s", Slot: certs.Slot{List: 1, Index: 7}, List: "l", Leaf: 12, Sealed: morning, Digest: "d", Told: true, Route: certs.RouteDirect}
	second := first
	second.Version, second.Kind, second.Remark, second.Grounds, second.Evidence = 2, translog.Reissued, "补发", "遗失", "申请表"
	return &certs.Certificate{Number: certs.Number(number), Result: "r", Session: "s", Holder: "p", Org: "o", Filing: "S000012009999",
		Token: "token-" + number, Way: certs.RouteContest, Demo: true, Edition: second, Earlier: []certs.Edition{first}, State: certs.Valid, Changed: morning, Reason: "理由",
		Motion: &certs.Motion{At: morning, By: "a", Person: "p", Name: "名", Grounds: "理由", Evidence: "依据"},
		Rulings: []certs.Ruling{{Event: translog.Voided, Edition: 3, At: morning, By: []string{"a"}, Grounds: "理由", Salt: "s", Settled: true, Leaf: 3,
			Slot: certs.Slot{List: 1, Index: 9}, Told: true}},
		Trail: trail()}
}

// Ledger is the contract of certs.Ledger.
func Ledger(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[certs.Certificate] {
		r := s.Ledger()
		return Repository[certs.Certificate]{
			Get: func(ctx context.Context, id string) (*certs.Certificate, error) {
				return r.Certificate(ctx, certs.Number(id))
			},
			Create: r.CreateCertificate, Update: r.UpdateCertificate, Absent: certs.ErrCertificate, Exists: certs.ErrNumberTaken,
			Make: makeCertificate, Revision: func(c *certs.Certificate) *int64 { return &c.Revision },
			Change: func(c *certs.Certificate) {
				c.State = certs.Revoked
				c.Trail.Add(morning, "b", "certificate.revoked", "")
			}}
	})
	t.Run("looked at", func(t *testing.T) { ledgerLooks(t, open(t).Ledger()) })
	t.Run("token", func(t *testing.T) { ledgerTokens(t, open(t).Ledger()) })
	t.Run("numbers", func(t *testing.T) { ledgerNumbers(t, open(t).Ledger()) })
	t.Run("unfinished", func(t *testing.T) { ledgerUnfinished(t, open(t).Ledger()) })
	t.Run("one takes a number", func(t *testing.T) {
		r := open(t).Ledger()
		OneCreates(t, certs.ErrNumberTaken, func(n int) error {
			c := makeCertificate("S000012009999264000001")
			c.Result = result.ID(fmt.Sprint(n))
			return r.CreateCertificate(context.Background(), c)
		})
	})
}

func ledgerLooks(t *testing.T, r certs.Ledger) {
	ctx := context.Background()
	_, err := r.LookAtCertificate(ctx, "a")
	wantError(t, err, certs.ErrCertificate)
	mustDo(t, r.CreateCertificate(ctx, makeCertificate("a")))
	before, err := r.LookAtCertificate(ctx, "a")
	mustDo(t, err)
	mine, err := r.Certificate(ctx, "a")
	mustDo(t, err)
	mine.Name, mine.State = "改名", certs.Revoked
	again, err := r.LookAtCertificate(ctx, "a")
	mustDo(t, err)
	if want := makeCertificate("a"); again.Name != want.Name || again.State != want.State {
		t.Fatalf("what is somebody's own changed %+v", again)
	}
	mustDo(t, r.UpdateCertificate(ctx, mine))
	after, err := r.LookAtCertificate(ctx, "a")
	mustDo(t, err)
	if after.State != certs.Revoked || after.Name != mine.Name || before.State == certs.Revoked {
		t.Fatalf("changed, it is %+v, and what was looked at before %+v", after, before)
	}
}

func ledgerTokens(t *testing.T, r certs.Ledger) {
	ctx := context.Background()
	_, err := r.ByToken(ctx, "token-a")
	wantError(t, err, certs.ErrCertificate)
	for _, n := range []string{"a", "ab"} { // one token is the beginning of the other
		mustDo(t, r.CreateCertificate(ctx, makeCertificate(n)))
	}
	for _, n := range []string{"a", "ab"} {
		c, err := r.ByToken(ctx, "token-"+n)
		mustDo(t, err)
		if string(c.Number) != n {
			t.Fatalf("token-%s led to %s", n, c.Number)
		}
		mustDo(t, r.UpdateCertificate(ctx, c)) // what ByToken gives can be written back
	}
	for _, token := range []string{"token-", "token-abc", ""} {
		_, err := r.ByToken(ctx, token)
		wantError(t, err, certs.ErrCertificate)
	}
}

func ledgerNumbers(t *testing.T, r certs.Ledger) {
	number := func(c *certs.Certificate) string { return string(c.Number) }
	under := func(prefix string, desc bool) func(context.Context, engine.Cursor) ([]*certs.Certificate, string, error) {
		return func(ctx context.Context, c engine.Cursor) ([]*certs.Certificate, string, error) {
			return r.Numbers(ctx, prefix, desc, c)
		}
	}
	WantList(t, nil, number, under("", false))
	all := []string{"S000012009999254000009", "S000012009999264000001", "S000012009999264000010", "S000012009999265000001", "Y000100000001264000002"}
	for _, n := range []int{3, 0, 4, 2, 1} {
		mustDo(t, r.CreateCertificate(context.Background(), makeCertificate(all[n])))
	}
	WantList(t, all, number, under("", false))
	WantList(t, all[1:3], number, under("S000012009999264", false))
	WantList(t, []string{all[2], all[1]}, number, under("S000012009999264", true))
	WantList(t, []string{all[4], all[3], all[2], all[1], all[0]}, number, under("", true))
	WantList(t, nil, number, under("S000012009998", true))
}

func ledgerUnfinished(t *testing.T, r certs.Ledger) {
	ctx := context.Background()
	number := func(c *certs.Certificate) string { return string(c.Number) }
	WantList(t, nil, number, r.Unfinished)
	for _, n := range []string{"c", "a", "b"} {
		c := makeCertificate(n)
		if n != "b" {
			c.State = certs.Reserved
		}
		mustDo(t, r.CreateCertificate(ctx, c))
	}
	WantList(t, []string{"a", "c"}, number, r.Unfinished)
	c, err := r.Certificate(ctx, "a")
	mustDo(t, err)
	c.State = certs.Valid
	mustDo(t, r.UpdateCertificate(ctx, c))
	WantList(t, []string{"c"}, number, r.Unfinished)
}

func makeClaim(id string) *certs.Claim {
	return &certs.Claim{Result: result.ID(id), Number: "S000012009999264000001", At: morning, Given: clock.Date{Year: 2026, Month: 3, Day: 2}, Begun: true, Trail: trail()}
}

// Claims is the contract of certs.Claims.
func Claims(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[certs.Claim] {
		r := s.Claims()
		return Repository[certs.Claim]{
			Get:    func(ctx context.Context, id string) (*certs.Claim, error) { return r.Claim(ctx, result.ID(id)) },
			Create: r.CreateClaim, Update: r.UpdateClaim, Absent: certs.ErrClaim, Exists: certs.ErrClaimed,
			Make: makeClaim, Revision: func(c *certs.Claim) *int64 { return &c.Revision },
			Change: func(c *certs.Claim) { c.Number += "1" }}
	})
	t.Run("one claims", func(t *testing.T) {
		r := open(t).Claims()
		OneCreates(t, certs.ErrClaimed, func(int) error { return r.CreateClaim(context.Background(), makeClaim("a")) })
	})
}

// Assignments is the contract of certs.Assignments.
func Assignments(t *testing.T, open func(t *testing.T) *store.Store) {
	given := func(id string) *certs.Assignment {
		return &certs.Assignment{Number: certs.Number(id), Result: "r", Trail: trail()}
	}
	Aggregates(t, open, func(s *store.Store) Repository[certs.Assignment] {
		r := s.Assignments()
		return Repository[certs.Assignment]{
			Get: func(ctx context.Context, id string) (*certs.Assignment, error) {
				return r.Assignment(ctx, certs.Number(id))
			},
			Create: r.CreateAssignment, Update: r.UpdateAssignment, Absent: certs.ErrUnassigned, Exists: certs.ErrGivenTaken,
			Make: given, Revision: func(a *certs.Assignment) *int64 { return &a.Revision },
			Change: func(a *certs.Assignment) { a.Result += "1" }}
	})
	t.Run("one is given a number", func(t *testing.T) {
		r := open(t).Assignments()
		OneCreates(t, certs.ErrGivenTaken, func(int) error { return r.CreateAssignment(context.Background(), given("a")) })
	})
}

// Files is the contract of certs.Files.
func Files(t *testing.T, open func(t *testing.T) *store.Store) {
	ctx := context.Background()
	t.Run("kept once", func(t *testing.T) {
		r := open(t).Files()
		_, err := r.File(ctx, "a", 1)
		wantError(t, err, certs.ErrFile)
		for _, pdf := range []string{"%PDF-1.7 first\x00\xff", "%PDF-1.7 second"} {
			err := r.PutFile(ctx, &certs.File{Number: "a", Version: 1, PDF: []byte(pdf)})
			if pdf == "%PDF-1.7 second" {
				wantError(t, err, certs.ErrFileKept)
			} else {
				mustDo(t, err)
			}
			f, err := r.File(ctx, "a", 1)
			mustDo(t, err)
			if f.Number != "a" || f.Version != 1 || string(f.PDF) != "%PDF-1.7 first\x00\xff" {
				t.Fatalf("the file came back as %q", f.PDF)
			}
		}
		_, err = r.File(ctx, "a", 2)
		wantError(t, err, certs.ErrFile)
		_, err = r.File(ctx, "a-1", 1)
		wantError(t, err, certs.ErrFile)
	})
	t.Run("large", func(t *testing.T) {
		r := open(t).Files()
		mustDo(t, r.PutFile(ctx, &certs.File{Number: "a", Version: 1, PDF: make([]byte, 1<<20)}))
	})
	t.Run("all agree on the first", func(t *testing.T) { filesAgree(t, open(t).Files()) })
}

func filesAgree(t *testing.T, r certs.Files) {
	ctx := context.Background()
	var read [16]atomic.Value
	together(len(read), func(i int) {
		err := r.PutFile(ctx, &certs.File{Number: "a", Version: 1, PDF: fmt.Append(nil, i)})
		if errors.Is(err, certs.ErrFileKept) {
			err = nil
		}
		f, readErr := r.File(ctx, "a", 1)
		if err := errors.Join(err, readErr); err != nil {
			t.Error(err)
			return
		}
		read[i].Store(string(f.PDF))
	})
	for i := range read {
		if read[i].Load() != read[0].Load() {
			t.Fatalf("%v and %v were read", read[0].Load(), read[i].Load())
		}
	}
}

// Motions is the contract of certs.Motions.
func Motions(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("moved", func(t *testing.T) {
		s, ctx := open(t), context.Background()
		r, number := s.Ledger(), func(c *certs.Certificate) string { return string(c.Number) }
		WantList(t, nil, number, s.Motions().Moved)
		for _, n := range []string{"c", "a", "b"} {
			c := makeCertificate(n)
			if n == "b" {
				c.Motion = nil
			}
			mustDo(t, r.CreateCertificate(ctx, c))
		}
		WantList(t, []string{"a", "c"}, number, s.Motions().Moved)
		for n, motion := range map[string]*certs.Motion{"a": nil, "b": makeCertificate("b").Motion} {
			c, err := r.Certificate(ctx, certs.Number(n))
			mustDo(t, err)
			c.Motion = motion
			mustDo(t, r.UpdateCertificate(ctx, c))
		}
		WantList(t, []string{"b", "c"}, number, s.Motions().Moved)
	})
}
