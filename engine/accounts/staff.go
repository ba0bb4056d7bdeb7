package accounts

import (
	"context"
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// New is what a new account is made of.
type New struct {
	Login, Password, Name string
	Person                engine.PersonID
	Roles                 []authz.Role
	Org                   engine.OrgID   // of a body that exists; the gate knows no bodies, so the caller has looked
	OrgKind               engine.OrgKind // what that body is
	Province              string
}

// StaffRoles are the roles that an account may hold: the public, applicants, candidates and the engine have none.
func StaffRoles() []authz.Role {
	return slices.DeleteFunc(authz.Roles(), func(r authz.Role) bool {
		return r == authz.Public || r == authz.Applicant || r == authz.Candidate || r == authz.Engine
	})
}

// BodyRoles are the roles that do the work of one body. Without a body they could do nothing.
func BodyRoles() []authz.Role {
	return []authz.Role{authz.Invigilator, authz.Examiner, authz.Leader, authz.Marker, authz.ExamOffice, authz.Supervisor, authz.Registrar, authz.Custodian, authz.Employer, authz.Trainer}
}

// Check reports what is missing of n or does not go together.
//
// An authority's account does no body's work, for authorities watch over every body; and nobody is both authorities,
// for a supplement needs the consent of two. An author may well be a reviewer: that nobody reviews an item of their
// own is looked at item by item, as the same person may also come with two accounts. An employer's account belongs to an
// employer: a body that examines checks certificates by its own register.
func (n New) Check() error {
	holds := func(roles ...authz.Role) bool {
		return slices.ContainsFunc(roles, func(r authz.Role) bool { return slices.Contains(n.Roles, r) })
	}
	authority, worker := holds(authz.Medical, authz.Labour), holds(BodyRoles()...)
	foreign := slices.ContainsFunc(n.Roles, func(r authz.Role) bool { return !slices.Contains(StaffRoles(), r) })
	var c errs.Check
	login := cleanLogin(n.Login)
	c.That(login != "" && len(login) <= 64, "login", "form", "登录名为1至64个字符")
	checkPassword(&c, n.Password)
	c.That(len(n.Roles) > 0, "roles", "missing", "至少一个角色")
	c.That(!foreign, "roles", "unknown", "没有这个角色")
	c.That(!holds(authz.Medical) || !holds(authz.Labour), "roles", "both_authorities", "同一账号不能兼任医疗保障局和人力资源和社会保障局")
	c.That(!authority || !worker, "roles", "authority_at_work", "主管部门的账号不能兼任机构的工作角色")
	c.That(!holds(authz.Employer) || len(n.Roles) == 1, "roles", "employer_alone", "用人单位的账号不能兼任其他角色")
	c.That(n.Org != "" || !worker, "org", "missing", "此角色须指明所属机构")
	c.That(!holds(authz.Trainer) || len(n.Roles) == 1, "roles", "trainer_alone", "培训机构的账号不能兼任其他角色")
	checkBody(&c, n.Roles, n.Org, n.OrgKind)
	c.That(n.Province != "" || !authority, "province", "missing", "主管部门须指明省份")
	c.That(n.Province == "" || engine.Province(n.Province) != "", "province", "unknown", "省份代码不存在")
	return c.Err(ErrInput)
}

// checkBody reports a body where the roles do not work. Who watches over the bodies that examine is employed by none of them, as
// an account with a body is.
func checkBody(c *errs.Check, roles []authz.Role, org engine.OrgID, kind engine.OrgKind) {
	authority := slices.Contains(roles, authz.Labour) || slices.Contains(roles, authz.Medical)
	c.That(org == "" || kind != engine.EvaluationBody || !authority, "org", "supervised", "主管部门的账号不能属于其监督的评价机构，请不填机构，只填省份")
	c.That(org == "" || kind == engine.Employer || !slices.Contains(roles, authz.Employer), "org", "kind", "用人单位的账号须属于用人单位")
	c.That(org == "" || kind == engine.TrainingBody || !slices.Contains(roles, authz.Trainer), "org", "kind", "培训机构的账号须属于培训机构")
}

func checkPassword(c *errs.Check, password string) {
	c.That(utf8.RuneCountInString(password) >= minPassword, "password", "short", "口令至少10个字符")
}

// Create makes an account. The password has at least ten characters. The employment that it shows is recorded second: where
// that was cut off, making the account again completes it, and so does Settle.
func (g *Gate) Create(ctx context.Context, by authz.Principal, n New) (*Account, error) {
	if err := by.Require(authz.AccountWrite); err != nil {
		return nil, err
	}
	n.Login = cleanLogin(n.Login)
	if err := n.Check(); err != nil {
		return nil, err
	}
	a := &Account{ID: accountID(n.Login), Login: n.Login, Password: hashPassword(n.Password, g.ids.Bytes(16), g.cost),
		Person: n.Person, Name: n.Name, Roles: n.Roles, Org: n.Org, Province: n.Province}
	now := g.clock.Now()
	a.Trail.Add(now, by.Account, "account.created", "")
	a.employ(now)
	switch err := g.accounts.CreateAccount(ctx, a); {
	case errors.Is(err, ErrExists):
		return g.again(ctx, by, a)
	case err != nil:
		return nil, err
	}
	return g.settled(ctx, by, a)
}

// again is Create for a login that is taken: what was cut off of making it is completed, anything else refused.
func (g *Gate) again(ctx context.Context, by authz.Principal, n *Account) (*Account, error) {
	old, err := g.accounts.Account(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	if !old.Owes() || old.Person != n.Person || old.Org != n.Org {
		return nil, ErrExists
	}
	return g.settled(ctx, by, old)
}

// Colleague is a member of a body's staff, as those who assign duties see them.
type Colleague struct {
	Person engine.PersonID
	Name   string
	Roles  []authz.Role
}

// Staff lists who has an account with by's own body, the disabled left out.
func (g *Gate) Staff(ctx context.Context, by authz.Principal) ([]Colleague, error) {
	if err := by.Require(authz.StaffAssign); err != nil {
		return nil, err
	}
	return g.staff(ctx, by)
}

// Examiners lists who examines for by's own body.
func (g *Gate) Examiners(ctx context.Context, by authz.Principal) ([]Colleague, error) {
	if err := by.Require(authz.CalibrationRead); err != nil {
		return nil, err
	}
	all, err := g.staff(ctx, by)
	return slices.DeleteFunc(all, func(c Colleague) bool { return !slices.Contains(c.Roles, authz.Examiner) }), err
}

func (g *Gate) staff(ctx context.Context, by authz.Principal) ([]Colleague, error) {
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Account, string, error) {
		return g.accounts.AccountsOf(ctx, engine.OrgID(by.Org), c)
	})
	var staff []Colleague
	for _, a := range all {
		if !a.Disabled && a.Person != "" {
			staff = append(staff, Colleague{Person: a.Person, Name: a.Name, Roles: a.Roles})
		}
	}
	return staff, err
}

// Disable keeps an account out: it signs in no more, and the logins it has end at once. Doing it again is harmless, and
// completes what was cut off.
func (g *Gate) Disable(ctx context.Context, by authz.Principal, login string) error {
	a, err := g.change(ctx, by, login, "account.disabled", func(a *Account) bool {
		done := !a.Disabled
		a.Disabled = true
		return done
	})
	if err != nil {
		return err
	}
	ended := g.endAll(ctx, by, a.ID, "account disabled")
	_, err = g.settled(ctx, by, a)
	return errors.Join(ended, err)
}

// Enable lets a disabled account sign in again. Its old logins stay ended. Doing it again is harmless.
func (g *Gate) Enable(ctx context.Context, by authz.Principal, login string) error {
	a, err := g.change(ctx, by, login, "account.enabled", func(a *Account) bool {
		done := a.Disabled
		a.Disabled = false
		return done
	})
	if err == nil {
		_, err = g.settled(ctx, by, a)
	}
	return err
}

// SetPassword gives an account another password. Its logins end: whoever knew the old one may have opened them.
func (g *Gate) SetPassword(ctx context.Context, by authz.Principal, login, password string) error {
	if err := by.Require(authz.AccountWrite); err != nil {
		return err
	}
	var c errs.Check
	checkPassword(&c, password)
	if err := c.Err(ErrInput); err != nil {
		return err
	}
	hash := hashPassword(password, g.ids.Bytes(16), g.cost)
	a, err := g.change(ctx, by, login, "account.password", func(a *Account) bool {
		a.Password = hash
		return true
	})
	if err != nil {
		return err
	}
	return g.endAll(ctx, by, a.ID, "password changed")
}

// change edits an account; edit reports whether anything changed.
func (g *Gate) change(ctx context.Context, by authz.Principal, login, action string, edit func(*Account) bool) (*Account, error) {
	return g.edit(ctx, by, login, action, func(a *Account) error {
		if !edit(a) {
			return engine.ErrUnchanged
		}
		return nil
	})
}

// edit changes an account and, with it, the stay that it shows.
func (g *Gate) edit(ctx context.Context, by authz.Principal, login, action string, change func(*Account) error) (*Account, error) {
	if err := by.Require(authz.AccountWrite); err != nil {
		return nil, err
	}
	now, id := g.clock.Now(), accountID(cleanLogin(login))
	return engine.Modify(ctx, func(ctx context.Context) (*Account, error) { return g.accounts.Account(ctx, id) }, g.accounts.UpdateAccount,
		func(a *Account) error {
			a.employ(now) // as it was, before anything changes
			before := len(a.Employments)
			if err := change(a); err != nil {
				return err
			}
			if a.employ(now); len(a.Employments) > max(before, maxEmployments) {
				return ErrEmployments
			}
			a.Trail.Add(now, by.Account, action, "")
			return nil
		})
}

// endAll ends the logins of an account.
func (g *Gate) endAll(ctx context.Context, by authz.Principal, account, why string) error {
	return g.endThose(ctx, by, account, why, func(*Login) bool { return true })
}

// endThose ends some of them.
func (g *Gate) endThose(ctx context.Context, by authz.Principal, account, why string, which func(*Login) bool) error {
	now := g.clock.Now()
	all, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Login, string, error) {
		return g.logins.LoginsOf(ctx, account, c)
	})
	if err != nil {
		return err
	}
	for _, l := range all {
		if l.Live(now) != nil || !which(l) {
			continue
		}
		_, err := engine.Modify(ctx, func(ctx context.Context) (*Login, error) { return g.logins.Login(ctx, l.ID) }, g.updateLogin,
			func(l *Login) error { return l.end(now, by.Account, why) })
		if err != nil {
			return err
		}
	}
	return nil
}
