package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
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
	a := newAccount{settings: settings{Listen: defaultListen, Label: "skillcert"}}
	create := &cobra.Command{Use: "create --data DIR --login NAME --name NAME --role ROLE", Short: "Make a sign-in", Args: cobra.NoArgs,
		Long: "The password is read from SKILLCERT_PASSWORD or from the first line of standard input: at least ten characters.\nRoles: " + roleNames(),
		RunE: func(cmd *cobra.Command, _ []string) error { return createAccount(cmd.Context(), con, a) }}
	a.flags(create, con)
	create.Flags().StringVar(&a.Login, "login", "", "name to sign in with")
	create.Flags().StringVar(&a.Name, "name", "", "name of the person")
	create.Flags().StringVar(&a.idNumber, "id-number", "", "resident identity number of the person")
	create.Flags().StringSliceVar(&a.roles, "role", nil, "role, may be given again")
	create.Flags().StringVar(&a.org, "org", "", "id of the body acted for")
	create.Flags().StringVar(&a.Province, "province", "", "two digits of GB/T 2260, for authorities")
	cmd.AddCommand(create)
	return cmd
}

func roleNames() string {
	var names []string
	for _, r := range staffRoles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// staffRoles are the roles that an account may hold: the public, candidates and the engine have none.
func staffRoles() []authz.Role {
	return slices.DeleteFunc(authz.Roles(), func(r authz.Role) bool {
		return r == authz.Public || r == authz.Candidate || r == authz.Engine
	})
}

// operator acts for who holds the machine: there is nobody else yet when the first account is made.
func operator() authz.Principal {
	return authz.Principal{Account: "operator:console", Name: "系统管理员", Roles: []authz.Role{authz.Operator}}
}

func createAccount(ctx context.Context, con console, a newAccount) error {
	for _, name := range a.roles {
		role := authz.Role(name)
		if !slices.Contains(staffRoles(), role) {
			return fmt.Errorf("no role %q; there are: %s", name, roleNames())
		}
		a.Roles = append(a.Roles, role)
	}
	if a.Password = con.getenv("SKILLCERT_PASSWORD"); a.Password == "" {
		line, err := bufio.NewReader(con.in).ReadString('\n')
		if a.Password = strings.TrimRight(line, "\r\n"); a.Password == "" && err != nil {
			return errors.New("no password: set SKILLCERT_PASSWORD or write it to standard input")
		}
	}
	h, err := open(ctx, a.settings, clock.System{}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return errors.Join(h.createAccount(ctx, con, a), h.Close())
}

func (h *house) createAccount(ctx context.Context, con console, a newAccount) error {
	by := operator()
	person, err := h.Registry.Register(ctx, by, engine.Person{Name: a.Name, IDType: engine.ResidentCard, IDNumber: a.idNumber})
	if err != nil {
		return err
	}
	a.Person, a.Org = person.ID, engine.OrgID(a.org)
	made, err := h.Gate.Create(ctx, by, a.New)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(con.out, "%s 已建立\n", made.Login)
	return err
}
