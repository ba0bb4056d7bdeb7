package accounts_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// A role that works for a body needs one, an authority needs its province, and some roles do not go together.
func TestBindings(t *testing.T) {
	w, ctx := open(t), context.Background()
	roles := func(r ...authz.Role) []authz.Role { return r }
	cases := map[string]struct {
		n     accounts.New
		field string // at fault, "" for none
	}{
		"medical":                     {accounts.New{Roles: roles(authz.Medical), Province: "12"}, ""},
		"medical of nowhere":          {accounts.New{Roles: roles(authz.Medical), Org: "o"}, "province"},
		"labour":                      {accounts.New{Roles: roles(authz.Labour), Province: "12"}, ""},
		"labour of a body it watches": {accounts.New{Roles: roles(authz.Labour), Province: "12", Org: "o", OrgKind: engine.EvaluationBody}, "org"},
		"medical of such a body":      {accounts.New{Roles: roles(authz.Medical), Province: "12", Org: "o", OrgKind: engine.EvaluationBody}, "org"},
		"labour of no province":       {accounts.New{Roles: roles(authz.Labour), Province: "66"}, "province"},
		"both authorities":            {accounts.New{Roles: roles(authz.Medical, authz.Labour), Province: "12"}, "roles"},
		"an authority at work":        {accounts.New{Roles: roles(authz.Labour, authz.ExamOffice), Province: "12", Org: "o"}, "roles"},
		"author":                      {accounts.New{Roles: roles(authz.Author)}, ""},
		"author and reviewer":         {accounts.New{Roles: roles(authz.Author, authz.Reviewer)}, ""},
		"bank keeper":                 {accounts.New{Roles: roles(authz.BankKeeper)}, ""},
		"operator":                    {accounts.New{Roles: roles(authz.Operator)}, ""},
		"operator and office of none": {accounts.New{Roles: roles(authz.Operator, authz.ExamOffice)}, "org"},
		"author of no province":       {accounts.New{Roles: roles(authz.Author), Province: "1"}, "province"},
		"an employer and an author":   {accounts.New{Roles: roles(authz.Employer, authz.Author), Org: "o", OrgKind: engine.Employer}, "roles"},
		"an employer elsewhere":       {accounts.New{Roles: roles(authz.Employer), Org: "o", OrgKind: engine.EvaluationBody}, "org"},
		"an employer, kind unknown":   {accounts.New{Roles: roles(authz.Employer), Org: "o"}, "org"},
		"a trainer and an examiner":   {accounts.New{Roles: roles(authz.Trainer, authz.Examiner), Org: "o", OrgKind: engine.TrainingBody}, "roles"},
		"a trainer elsewhere":         {accounts.New{Roles: roles(authz.Trainer), Org: "o", OrgKind: engine.EvaluationBody}, "org"},
		"the public":                  {accounts.New{Roles: roles(authz.Public)}, "roles"},
		"a candidate":                 {accounts.New{Roles: roles(authz.Candidate), Org: "o"}, "roles"},
		"the engine":                  {accounts.New{Roles: roles(authz.Operator, authz.Engine)}, "roles"},
		"an unknown role":             {accounts.New{Roles: roles("root")}, "roles"},
	}
	for _, r := range accounts.BodyRoles() {
		kind := engine.Employer
		if r == authz.Trainer {
			kind = engine.TrainingBody
		}
		cases[string(r)] = struct {
			n     accounts.New
			field string
		}{accounts.New{Roles: roles(r), Org: "o", OrgKind: kind}, ""}
		cases[string(r)+" of no body"] = struct {
			n     accounts.New
			field string
		}{accounts.New{Roles: roles(r), Province: "12"}, "org"}
	}
	for name, c := range cases {
		c.n.Login, c.n.Password = name, password
		_, err := w.Create(ctx, operator, c.n)
		var e *errs.Error
		switch {
		case c.field == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.field != "" && (!errors.Is(err, accounts.ErrInput) || !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Name != c.field):
			t.Errorf("%s: %v, want %s named", name, err, c.field)
		}
	}
}

// Every role of staff works for a body, or is an authority, or is bound to none on purpose.
func TestEveryRoleIsSomewhere(t *testing.T) {
	elsewhere := []authz.Role{authz.Medical, authz.Labour, authz.Author, authz.Reviewer, authz.BankKeeper, authz.Operator}
	for _, r := range accounts.StaffRoles() {
		if slices.Contains(accounts.BodyRoles(), r) == slices.Contains(elsewhere, r) {
			t.Errorf("%s is bound to nothing, or twice", r)
		}
	}
}

func TestDisable(t *testing.T) {
	w, ctx := open(t), context.Background()
	first, secret := w.signedIn(t)
	second, _, err := w.SignIn(ctx, "gan.tang", password)
	wantErr(t, err, nil)
	sitter, _, err := w.Admit(ctx, "26120000010007", "31002X", "480213")
	wantErr(t, err, nil)
	for name, by := range map[string]authz.Principal{"its own": first.Principal, "another": {Roles: []authz.Role{authz.ExamOffice}, Org: "o"}} {
		for what, err := range map[string]error{"disable": w.Disable(ctx, by, "gan.tang"), "enable": w.Enable(ctx, by, "gan.tang"),
			"password": w.SetPassword(ctx, by, "gan.tang", password+"一")} {
			if !errors.Is(err, authz.ErrForbidden) {
				t.Errorf("%s by %s: %v", what, name, err)
			}
		}
	}
	for range 2 { // the second time changes nothing
		wantErr(t, w.Disable(ctx, operator, " GAN.tang "), nil)
		for _, l := range []*accounts.Login{first, second} {
			_, err = w.Login(ctx, l.Access())
			wantErr(t, err, accounts.ErrLoginEnded)
		}
		_, _, err = w.Refresh(ctx, first.ID, secret)
		wantErr(t, err, accounts.ErrLoginEnded)
		_, _, err = w.SignIn(ctx, "gan.tang", password)
		wantErr(t, err, accounts.ErrCredentials)
	}
	_, err = w.Login(ctx, sitter.Access())
	wantErr(t, err, nil)
	for range 2 {
		wantErr(t, w.Enable(ctx, operator, "gan.tang"), nil)
	}
	_, err = w.Login(ctx, first.Access())
	wantErr(t, err, accounts.ErrLoginEnded)
	third, _, err := w.SignIn(ctx, "gan.tang", password)
	wantErr(t, err, nil)
	wantErr(t, w.Enable(ctx, operator, "gan.tang"), nil)
	_, err = w.Login(ctx, third.Access())
	wantErr(t, err, nil)
	a, err := w.people.Account(ctx, first.Principal.Account)
	wantErr(t, err, nil)
	var trail []string
	for _, e := range a.Trail {
		trail = append(trail, e.Action)
	}
	if !slices.Equal(trail, []string{"account.created", "account.disabled", "account.enabled"}) {
		t.Errorf("trail %v", trail)
	}
	wantErr(t, w.Disable(ctx, operator, "nobody"), accounts.ErrNoAccount)
}

func TestSetPassword(t *testing.T) {
	w, ctx := open(t), context.Background()
	l, _ := w.signedIn(t)
	wantErr(t, w.SetPassword(ctx, operator, "gan.tang", "九个字符的口令太短"), accounts.ErrInput)
	_, err := w.Login(ctx, l.Access())
	wantErr(t, err, nil)
	wantErr(t, w.SetPassword(ctx, operator, "gan.tang", "十个字符的口令正好够"), nil)
	_, err = w.Login(ctx, l.Access())
	wantErr(t, err, accounts.ErrLoginEnded)
	_, _, err = w.SignIn(ctx, "gan.tang", password)
	wantErr(t, err, accounts.ErrCredentials)
	_, _, err = w.SignIn(ctx, "gan.tang", "十个字符的口令正好够")
	wantErr(t, err, nil)
	wantErr(t, w.SetPassword(ctx, operator, "nobody", password), accounts.ErrNoAccount)
}

// racing disables the account, or gives it another password, while a login of it is being opened.
type racing struct {
	accounts.Logins
	before, after func()
}

func (r *racing) CreateLogin(ctx context.Context, l *accounts.Login) error {
	r.before()
	err := r.Logins.CreateLogin(ctx, l)
	r.after()
	return err
}

func TestSigningInWhileTheAccountChanges(t *testing.T) {
	nothing := func() {}
	for name, change := range map[string]func(w *world) error{
		"disabled":         func(w *world) error { return w.Disable(context.Background(), operator, "gan.tang") },
		"another password": func(w *world) error { return w.SetPassword(context.Background(), operator, "gan.tang", password+"一") },
	} {
		for _, late := range []bool{false, true} {
			w := open(t)
			w.staff(t)
			r := &racing{Logins: w.logins, before: nothing, after: nothing}
			act := func() { wantErr(t, change(w), nil) }
			if r.before = act; late {
				r.before, r.after = nothing, act
			}
			_, secret, err := w.over(r).SignIn(context.Background(), "gan.tang", password)
			if !errors.Is(err, accounts.ErrCredentials) || secret != "" {
				t.Errorf("%s, after the login was written: %v: %v", name, late, err)
			}
		}
	}
}
