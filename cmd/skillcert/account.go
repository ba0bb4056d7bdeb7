package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// newAccount is what account create is told on its command line; the password comes from the environment or from the
// first line of standard input, never from the command line.
type newAccount struct {
	settings
	accounts.New
	roles    []string
	org      string
	idNumber string
}

func accountCommand(con console) *cobra.Command {
	cmd := &cobra.Command{Use: "account", Short: "Manage sign-ins of staff"}
	cmd.AddCommand(accountCreateCommand(con),
		accountChangeCommand(con, "disable", "Keep an account out and end its logins at once", "已停用，其登录均已结束", func(ctx context.Context, h *house, login string) error {
			return h.Gate.Disable(ctx, operator(), login)
		}),
		accountChangeCommand(con, "enable", "Let a disabled account sign in again", "已启用", func(ctx context.Context, h *house, login string) error {
			return h.Gate.Enable(ctx, operator(), login)
		}),
		accountPasswordCommand(con))
	return cmd
}

const passwordHelp = "The password is read from SKILLCERT_PASSWORD or from the first line of standard input: at least ten characters."

func accountCreateCommand(con console) *cobra.Command {
	a := newAccount{settings: settings{Listen: defaultListen, Label: "skillcert"}}
	create := &cobra.Command{Use: "create --data DIR --login NAME --name NAME --role ROLE", Short: "Make a sign-in", Args: cobra.NoArgs,
		Long: passwordHelp + "\nRoles: " + roleNames(accounts.StaffRoles()) + "\nWith --org: " + roleNames(accounts.BodyRoles()) +
			"\nWith --province: " + roleNames([]authz.Role{authz.Medical, authz.Labour}),
		RunE: func(cmd *cobra.Command, _ []string) error { return createAccount(cmd.Context(), con, a) }}
	a.flags(create, con)
	create.Flags().StringVar(&a.Login, "login", "", "name to sign in with")
	create.Flags().StringVar(&a.Name, "name", "", "name of the person")
	create.Flags().StringVar(&a.idNumber, "id-number", "", "resident identity number of the person")
	create.Flags().StringSliceVar(&a.roles, "role", nil, "role, may be given again")
	create.Flags().StringVar(&a.org, "org", "", "id of the body acted for, which is filed already")
	create.Flags().StringVar(&a.Province, "province", "", "two digits of GB/T 2260, for authorities")
	return create
}

// accountChangeCommand is a command that does something to one account.
func accountChangeCommand(con console, name, short, done string, change func(ctx context.Context, h *house, login string) error) *cobra.Command {
	s := settings{Listen: defaultListen, Label: "skillcert"}
	var login string
	cmd := &cobra.Command{Use: name + " --data DIR --login NAME", Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return inHouse(cmd.Context(), s, func(h *house) error {
				if err := change(cmd.Context(), h, login); err != nil {
					return fmt.Errorf("%q: %w", login, explain(err))
				}
				_, err := fmt.Fprintln(con.out, login, done)
				return err
			})
		}}
	s.flags(cmd, con)
	cmd.Flags().StringVar(&login, "login", "", "name that the account signs in with")
	return cmd
}

func accountPasswordCommand(con console) *cobra.Command {
	cmd := accountChangeCommand(con, "password", "Give an account another password and end its logins", "已更换口令，其登录均已结束",
		func(ctx context.Context, h *house, login string) error {
			password, err := readPassword(con)
			if err != nil {
				return err
			}
			return h.Gate.SetPassword(ctx, operator(), login, password)
		})
	cmd.Long = passwordHelp
	return cmd
}

// inHouse does something with the services over a data directory that exists.
func inHouse(ctx context.Context, s settings, do func(h *house) error) error {
	if info, err := os.Stat(s.Data); s.Data != "" && (err != nil || !info.IsDir()) {
		return fmt.Errorf("no data directory %s", s.Data)
	}
	h, err := open(ctx, s, clock.System{}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return errors.Join(do(h), h.Close())
}

func roleNames(roles []authz.Role) string {
	var names []string
	for _, r := range roles {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// operator acts for who holds the machine: there is nobody else yet when the first account is made.
func operator() authz.Principal {
	return authz.Principal{Account: "operator:console", Name: "系统管理员", Roles: []authz.Role{authz.Operator}}
}

func createAccount(ctx context.Context, con console, a newAccount) error {
	for _, name := range a.roles {
		role := authz.Role(name)
		if !slices.Contains(accounts.StaffRoles(), role) {
			return fmt.Errorf("no role %q; there are: %s", name, roleNames(accounts.StaffRoles()))
		}
		a.Roles = append(a.Roles, role)
	}
	var err error
	if a.Password, err = readPassword(con); err != nil {
		return err
	}
	h, err := open(ctx, a.settings, clock.System{}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return errors.Join(h.createAccount(ctx, con, a), h.Close())
}

func readPassword(con console) (string, error) {
	if password := con.getenv("SKILLCERT_PASSWORD"); password != "" {
		return password, nil
	}
	line, err := bufio.NewReader(con.in).ReadString('\n')
	password := strings.TrimRight(line, "\r\n")
	if password == "" && err != nil {
		return "", errors.New("no password: set SKILLCERT_PASSWORD or write it to standard input")
	}
	return password, nil
}

func (h *house) createAccount(ctx context.Context, con console, a newAccount) error {
	by := operator()
	if a.Org = engine.OrgID(a.org); a.Org != "" {
		body, err := h.filed(ctx, a.Org)
		if err != nil {
			return err
		}
		a.OrgKind = body.Kind
	}
	if err := a.Check(); err != nil {
		return explain(err) // before a person is registered for nothing
	}
	person, err := h.Registry.Register(ctx, by, engine.Person{Name: a.Name, IDType: engine.ResidentCard, IDNumber: a.idNumber})
	if err != nil {
		return explain(err)
	}
	a.Person = person.ID
	made, err := h.Gate.Create(ctx, by, a.New)
	if err != nil {
		return explain(err)
	}
	_, err = fmt.Fprintf(con.out, "%s 已建立\n", made.Login)
	return err
}

// namedBodies is how many bodies are named to somebody who gave the id of none.
const namedBodies = 20

// filed finds a body, or refuses one that nobody filed and says which there are.
func (h *house) filed(ctx context.Context, id engine.OrgID) (*engine.Organisation, error) {
	body, err := h.Registry.Organisation(ctx, id)
	if !errors.Is(err, engine.ErrOrg) {
		return body, err
	}
	bodies, _, err := h.Registry.Organisations(ctx, operator(), engine.Cursor{Limit: namedBodies})
	if err != nil {
		return nil, err
	}
	if len(bodies) == 0 {
		return nil, fmt.Errorf("--org %s: %w; no body is filed yet: POST /api/v1/organisations as operator or labour", id, engine.ErrOrg)
	}
	var names []string
	for _, b := range bodies {
		names = append(names, fmt.Sprintf("%s (%s)", b.ID, b.Name))
	}
	return nil, fmt.Errorf("--org %s: %w; there are: %s", id, engine.ErrOrg, strings.Join(names, ", "))
}

// explain says of every field at fault what is wrong with it, one a line; an error without fields it leaves as it is.
func explain(err error) error {
	var e *errs.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	var lines strings.Builder
	for _, f := range e.Fields {
		fmt.Fprintf(&lines, "\n  %s: %s", f.Name, f.Msg)
	}
	return fmt.Errorf("%w%s", err, lines.String())
}
