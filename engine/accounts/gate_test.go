package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
)

const password = "照护员的长口令十个字"

var (
	operator = authz.Principal{Account: "op", Person: "op", Roles: []authz.Role{authz.Operator}}
	cheap    = accounts.Cost{KiB: 64, Passes: 1, Threads: 1}
)

// tickets is a list of admission tickets; what a sitting makes of its seats is tested there.
type tickets map[string]accounts.Ticket

func (t tickets) Ticket(_ context.Context, number string) (accounts.Ticket, error) {
	if found, ok := t[number]; ok {
		return found, nil
	}
	return accounts.Ticket{}, accounts.ErrCredentials
}

type world struct {
	*accounts.Gate
	logins accounts.Logins
	people accounts.Accounts
	clock  *clock.Manual
}

func open(t *testing.T) *world {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	s := store.New(db, ids.Seeded("store"))
	c := clock.NewManual(time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC))
	seats := tickets{
		"26120000010007": {Number: "26120000010007", Session: "s", Attempt: "a7", Code: "480213", Person: "p7", Name: "钟离雪",
			IDNumber: "11010519491231002X", Org: "o"},
		"26120000010008": {Number: "26120000010008", Attempt: "a8", Person: "p8", IDNumber: "11010519491231002X"}, // no code yet
		"26120000010009": {Number: "26120000010009", Attempt: "a9", Code: "480213", Person: "p9", IDNumber: "H12"},
		"26120000010010": {Number: "26120000010010", Attempt: "a10", Code: "480213", Person: "p7", IDNumber: "11010519491231002X", Voided: true, Ends: c.Now().Add(time.Millisecond)},
		"26120000010011": {Number: "26120000010011", Attempt: "a11", Person: "p7", IDNumber: "11010519491231002X", Voided: true, Ends: c.Now().Add(time.Millisecond)}, // no code yet
		"26120000010012": {Number: "26120000010012", Code: "480213", Person: "p7", IDNumber: "11010519491231002X", Voided: true, Noticed: true, Ends: c.Now().Add(time.Hour)},
		"26120000010013": {Number: "26120000010013", Code: "480213", Person: "p7", IDNumber: "11010519491231002X", Voided: true, Ends: c.Now()},
	}
	return &world{accounts.NewGate(s.Accounts(), s.Logins(), seats, c, ids.Seeded("gate"), cheap), s.Logins(), s.Accounts(), c}
}

// over is a gate of the same house whose logins are kept by l.
func (w *world) over(l accounts.Logins) *accounts.Gate {
	return accounts.NewGate(w.people, l, tickets{}, w.clock, ids.Seeded("another gate"), cheap)
}

func (w *world) staff(t *testing.T) *accounts.Account {
	t.Helper()
	a, err := w.Create(context.Background(), operator, accounts.New{Login: "  Gan.Tang ", Password: password, Name: "甘棠", Person: "p1",
		Roles: []authz.Role{authz.Examiner}, Org: "o", Province: "12"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func wantErr(t *testing.T, got, want error) {
	t.Helper()
	if want == nil && got != nil || !errors.Is(got, want) {
		t.Fatalf("error %v, want %v", got, want)
	}
}

func TestCreate(t *testing.T) {
	w, ctx := open(t), context.Background()
	if a := w.staff(t); a.Login != "gan.tang" || strings.Contains(a.Password, password) || !strings.HasPrefix(a.Password, "$argon2id$") {
		t.Fatalf("made %+v", a)
	}
	roles := []authz.Role{authz.Marker}
	for name, c := range map[string]struct {
		by   authz.Principal
		n    accounts.New
		want error
	}{
		"same name":            {operator, accounts.New{Login: "GAN.TANG", Password: password, Roles: roles}, accounts.ErrExists},
		"nine characters":      {operator, accounts.New{Login: "a", Password: strings.Repeat("长", 9), Roles: roles}, accounts.ErrInput},
		"ten characters":       {operator, accounts.New{Login: "b", Password: strings.Repeat("长", 10), Roles: roles}, nil},
		"no name":              {operator, accounts.New{Login: " ", Password: password, Roles: roles}, accounts.ErrInput},
		"name of 64":           {operator, accounts.New{Login: strings.Repeat("c", 64), Password: password, Roles: roles}, nil},
		"name of 65":           {operator, accounts.New{Login: strings.Repeat("c", 65), Password: password, Roles: roles}, accounts.ErrInput},
		"no role":              {operator, accounts.New{Login: "d", Password: password}, accounts.ErrInput},
		"without the right":    {authz.Principal{Roles: roles}, accounts.New{Login: "e", Password: password, Roles: roles}, authz.ErrForbidden},
		"by nobody signed in":  {authz.Anonymous(), accounts.New{Login: "f", Password: password, Roles: roles}, authz.ErrUnauthenticated},
		"everything at a time": {operator, accounts.New{}, accounts.ErrInput},
	} {
		t.Run(name, func(t *testing.T) {
			c.n.Org = "o"
			_, err := w.Create(ctx, c.by, c.n)
			wantErr(t, err, c.want)
			var e *errs.Error
			if name == "everything at a time" && (!errors.As(err, &e) || len(e.Fields) != 3) {
				t.Fatalf("%v does not name three fields", err)
			}
		})
	}
}

func TestSignIn(t *testing.T) {
	w, ctx := open(t), context.Background()
	w.staff(t)
	for name, c := range map[string]struct {
		login, password string
		want            error
	}{
		"right":             {"gan.tang", password, nil},
		"as people type it": {" GAN.tang\t", password, nil},
		"wrong password":    {"gan.tang", password + " ", accounts.ErrCredentials},
		"no password":       {"gan.tang", "", accounts.ErrCredentials},
		"wrong name":        {"nobody", password, accounts.ErrCredentials},
		"no name":           {"", password, accounts.ErrCredentials},
	} {
		t.Run(name, func(t *testing.T) {
			l, secret, err := w.SignIn(ctx, c.login, c.password)
			wantErr(t, err, c.want)
			if c.want != nil {
				return
			}
			p := l.Principal
			if p.Person != "p1" || !p.Has(authz.Examiner) || p.Org != "o" || p.Province != "12" || p.Attempt != "" {
				t.Fatalf("signed in as %+v", p)
			}
			if secret == "" || strings.Contains(l.Refresh, secret) {
				t.Fatal("the secret is missing, or kept as it is")
			}
		})
	}
}

func TestAdmit(t *testing.T) {
	w, ctx := open(t), context.Background()
	for name, c := range map[string]struct {
		number, tail, code string
		want               error
	}{
		"right":             {"26120000010007", "31002X", "480213", nil},
		"as people type it": {" 26120000010007 ", " 31002x", "480213 ", nil},
		"unknown ticket":    {"26120000010006", "31002X", "480213", accounts.ErrCredentials},
		"wrong tail":        {"26120000010007", "310021", "480213", accounts.ErrCredentials},
		"short tail":        {"26120000010007", "1002X", "480213", accounts.ErrCredentials},
		"no tail":           {"26120000010007", "", "480213", accounts.ErrCredentials},
		"wrong code":        {"26120000010007", "31002X", "480214", accounts.ErrCredentials},
		"no code":           {"26120000010007", "31002X", "", accounts.ErrCredentials},
		"code not set":      {"26120000010008", "31002X", "", accounts.ErrCredentials},
		"short document":    {"26120000010009", "H12", "480213", accounts.ErrCredentials},
		"voided":            {"26120000010010", "31002X", "480213", accounts.ErrCancelled},
		"voided, no tail":   {"26120000010010", "", "480213", accounts.ErrCredentials},
		"voided, bad tail":  {"26120000010010", "310021", "480213", accounts.ErrCredentials},
		"voided, no code":   {"26120000010010", "31002X", "", accounts.ErrCredentials},
		"voided, bad code":  {"26120000010010", "31002X", "480214", accounts.ErrCredentials},
		"voided, code none": {"26120000010011", "31002X", "", accounts.ErrCredentials},
	} {
		t.Run(name, func(t *testing.T) {
			l, secret, err := w.Admit(ctx, c.number, c.tail, c.code)
			wantErr(t, err, c.want)
			if c.want != nil {
				if l != nil || secret != "" {
					t.Fatal("a login was opened all the same")
				}
				return
			}
			want := authz.Principal{Account: "ticket:26120000010007", Person: "p7", Name: "钟离雪", Roles: []authz.Role{authz.Candidate}, Org: "o", Attempt: "a7"}
			if fmt.Sprintf("%#v", l.Principal) != fmt.Sprintf("%#v", want) || secret == "" {
				t.Fatalf("admitted %+v", l.Principal)
			}
		})
	}
}

// TestWhoWasTakenOutIsHeard: a candidate who was taken out signs in again once they were notified of the case, or once the session
// is over, and by the same three proofs as anybody.
// 被取消资格的考生，在告知之后或考试结束之后，可以登录陈述申辩、查看成绩、申请复核。
func TestWhoWasTakenOutIsHeard(t *testing.T) {
	w, ctx := open(t), context.Background()
	for what, number := range map[string]string{"notified": "26120000010012", "after the session": "26120000010013"} {
		l, _, err := w.Admit(ctx, number, "31002X", "480213")
		if err != nil || l.Principal.Account != "ticket:"+number || l.Principal.Person != "p7" {
			t.Errorf("%s: %+v, %v", what, l, err)
		}
		_, _, err = w.Admit(ctx, number, "31002X", "480214")
		wantErr(t, err, accounts.ErrCredentials)
	}
}

// A login holds until the instant before its end.
func TestStay(t *testing.T) {
	w, ctx := open(t), context.Background()
	w.staff(t)
	start := w.clock.Now()
	staff, _, err := w.SignIn(ctx, "gan.tang", password)
	wantErr(t, err, nil)
	sitter, _, err := w.Admit(ctx, "26120000010007", "31002X", "480213")
	wantErr(t, err, nil)
	for _, c := range []struct {
		id    string
		after time.Duration
		want  error
	}{
		{sitter.ID, accounts.CandidateStay - time.Millisecond, nil},
		{sitter.ID, accounts.CandidateStay, accounts.ErrLoginEnded},
		{staff.ID, accounts.StaffStay - time.Millisecond, nil},
		{staff.ID, accounts.StaffStay, accounts.ErrLoginEnded},
		{staff.ID, accounts.StaffStay + time.Millisecond, accounts.ErrLoginEnded},
	} {
		w.clock.Set(start.Add(c.after))
		_, err := w.Login(ctx, c.id)
		wantErr(t, err, c.want)
	}
	for _, id := range []string{"", "nonsense", ids.Derive("nobody")} {
		_, err := w.Login(ctx, id)
		wantErr(t, err, accounts.ErrLoginEnded)
		_, _, err = w.Refresh(ctx, id, "x")
		wantErr(t, err, accounts.ErrLoginEnded)
	}
}

func (w *world) signedIn(t *testing.T) (l *accounts.Login, secret string) {
	t.Helper()
	w.staff(t)
	l, secret, err := w.SignIn(context.Background(), "gan.tang", password)
	wantErr(t, err, nil)
	return l, secret
}

func TestSignOut(t *testing.T) {
	w, ctx := open(t), context.Background()
	l, secret := w.signedIn(t)
	own := l.Principal
	wantErr(t, w.SignOut(ctx, authz.Principal{Account: "other", Roles: []authz.Role{authz.Examiner}}, l.ID), authz.ErrForbidden)
	wantErr(t, w.SignOut(ctx, authz.Anonymous(), l.ID), authz.ErrUnauthenticated)
	if _, err := w.Login(ctx, l.ID); err != nil {
		t.Fatalf("ended by somebody else: %v", err)
	}
	wantErr(t, w.SignOut(ctx, own, l.ID), nil)
	wantErr(t, w.SignOut(ctx, own, l.ID), nil)
	ended, err := w.logins.Login(ctx, l.ID)
	wantErr(t, err, nil)
	if len(ended.Trail) != 2 {
		t.Fatalf("signed out twice, trail %+v", ended.Trail)
	}
	_, err = w.Login(ctx, l.ID)
	wantErr(t, err, accounts.ErrLoginEnded)
	_, _, err = w.Refresh(ctx, l.ID, secret)
	wantErr(t, err, accounts.ErrLoginEnded)
	wantErr(t, w.SignOut(ctx, own, ids.Derive("nobody")), accounts.ErrLoginEnded)

	second, _, err := w.SignIn(ctx, "gan.tang", password)
	wantErr(t, err, nil)
	wantErr(t, w.SignOut(ctx, operator, second.ID), nil)
	_, err = w.Login(ctx, second.ID)
	wantErr(t, err, accounts.ErrLoginEnded)
}

// What is logged of an account and a login names neither the person nor the hash.
func TestAccountsKeepQuiet(t *testing.T) {
	a := accounts.Account{ID: "id", Name: "甘棠", Password: "$argon2id$", Person: engine.PersonID("p1")}
	if got := a.LogValue().String(); got != "id" {
		t.Fatalf("logged as %q", got)
	}
}
