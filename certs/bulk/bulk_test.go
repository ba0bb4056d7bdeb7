package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/bulk"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// register knows the certificates N1 (valid), N2 (revoked) and N3 (superseded) of 张三.
type register struct{ fails error }

func (r register) ByNumber(_ context.Context, number, name string) (certs.Answer, error) {
	a := certs.Answer{Standing: certs.StandingUnknown, Checked: time.Date(2026, 11, 26, 4, 0, 0, 0, time.UTC)}
	standing, known := map[string]certs.Standing{"N1": certs.StandingValid, "N2": certs.StandingRevoked, "N3": certs.StandingSuperseded}[number]
	if known && name == "张三" {
		e := &certs.Edition{Level: 5, Issued: clock.Date{Year: 2026, Month: 11, Day: 1}, OrgName: "津沽中心"}
		a.Standing, a.Edition, a.Certificate = standing, e, &certs.Certificate{Edition: *e}
	}
	return a, r.fails
}

// trail counts what is noted.
type trail struct {
	rows  []int
	fails error
}

func (t *trail) NoteBulk(_ context.Context, _ authz.Principal, rows int) error {
	t.rows = append(t.rows, rows)
	return t.fails
}

func employer() authz.Principal {
	return authz.Principal{Account: "a", Roles: []authz.Role{authz.Employer}, Org: "o"}
}

func roster(t *testing.T, rows ...[]string) []byte {
	t.Helper()
	b, err := table.WriteXLSX(bulk.Columns(), rows)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestEveryRowComesBack: in its order, with its standing, whatever is wrong with others.
func TestEveryRowComesBack(t *testing.T) {
	noted := &trail{}
	d := bulk.NewDesk(register{}, noted, time.FixedZone("CST", 8*3600))
	r, err := d.Check(t.Context(), employer(), "a.xlsx", roster(t, []string{"张三", "N1"}, []string{"", "N1"}, []string{"张三", "N2"}, []string{"李四", "N1"},
		[]string{"张三", "N3"}, []string{"张三", ""}, []string{"=1+1", "N1"}))
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(noted.rows) != "[7]" || r.Rows != 7 || r.Bad != 2 || r.Standings[certs.StandingValid] != 1 {
		t.Errorf("%v, %+v", noted.rows, r.Standings)
	}
	back, err := table.Read("b.xlsx", r.XLSX, table.Options{Required: bulk.Columns()})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range back.Rows {
		got = append(got, strings.Join([]string{row.Get("姓名"), row.Get("查验结果"), row.Get("技能等级"), row.Get("查验时间")}, " "))
	}
	want := []string{"张三 有效 五级 2026-11-26 12:00", " 未查验  ", "张三 已撤销 五级 2026-11-26 12:00", "李四 无法核实  2026-11-26 12:00", "张三 已被替代 五级 2026-11-26 12:00",
		"张三 未查验  ", "=1+1 无法核实  2026-11-26 12:00"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", got)
	}
}

// TestANumberIsAskedWithFewNames: a roster guesses at nobody's name. However its number is written it is one number, and a
// name that was asked with before may come again.
func TestANumberIsAskedWithFewNames(t *testing.T) {
	numbers := []string{"S000012009999264000001", "s000012009999264000001", "S0000 1200 9999 2640 00001"}
	var rows [][]string
	for n, name := range []string{"赵一", "钱二", "孙三", "李四", " 钱二", "周五", "赵一"} {
		rows = append(rows, []string{name, numbers[n%len(numbers)]})
	}
	rows = append(rows, []string{"李四", "S000012009999264000002"})
	asked := &lookups{}
	r, err := bulk.NewDesk(asked, &trail{}, time.UTC).Check(t.Context(), employer(), "a.xlsx", roster(t, rows...))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(asked.names, " "); got != "赵一 钱二 孙三 钱二 赵一 李四" || r.Rows != len(rows) || r.Bad != 2 || r.Standings[certs.StandingUnknown] != 6 {
		t.Errorf("looked up %s, %+v", got, r)
	}
	back, err := table.Read("b.xlsx", r.XLSX, table.Options{Required: bulk.Columns()})
	if err != nil {
		t.Fatal(err)
	}
	for n, row := range back.Rows {
		refused := n == 3 || n == 5
		if (row.Get("查验结果") == "未查验") != refused || strings.Contains(row.Get("说明"), "最多用3个不同的姓名") != refused {
			t.Errorf("row %d: %s %s", n, row.Get("查验结果"), row.Get("说明"))
		}
	}
}

// lookups knows no certificate, and the names that it was asked for.
type lookups struct{ names []string }

func (l *lookups) ByNumber(_ context.Context, _, name string) (certs.Answer, error) {
	l.names = append(l.names, strings.TrimSpace(name))
	return certs.Answer{Standing: certs.StandingUnknown}, nil
}

// TestRostersThatAreRefused: none of them is noted or checked.
func TestRostersThatAreRefused(t *testing.T) {
	many := make([][]string, bulk.MaxRows+1)
	for i := range many {
		many[i] = []string{"张三", "N1"}
	}
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		by    authz.Principal
		file  []byte
		trail error
		reg   error
		want  error
		noted int
	}{
		"somebody else":  {authz.Principal{Roles: []authz.Role{authz.Registrar}}, roster(t, many[0]), nil, nil, authz.ErrForbidden, 0},
		"nobody":         {authz.Anonymous(), roster(t, many[0]), nil, nil, authz.ErrUnauthenticated, 0},
		"no rows":        {employer(), roster(t), nil, nil, bulk.ErrNoRows, 0},
		"a row too many": {employer(), roster(t, many...), nil, nil, bulk.ErrTooMany, 0},
		"no table":       {employer(), []byte("PK\x03\x04"), nil, nil, table.ErrBroken, 0},
		"too often":      {employer(), roster(t, many[0]), broken, nil, broken, 1},
		"a broken store": {employer(), roster(t, many[0]), nil, broken, broken, 1},
	} {
		noted := &trail{fails: c.trail}
		r, err := bulk.NewDesk(register{c.reg}, noted, time.UTC).Check(t.Context(), c.by, "a.xlsx", c.file)
		if !errors.Is(err, c.want) || r != nil || len(noted.rows) != c.noted {
			t.Errorf("%s: %v, %v, %v", name, r, err, noted.rows)
		}
	}
	all := bulk.NewDesk(register{}, &trail{}, time.UTC)
	if r, err := all.Check(t.Context(), employer(), "a.xlsx", roster(t, many[:bulk.MaxRows]...)); err != nil || r.Rows != bulk.MaxRows {
		t.Errorf("the most rows: %v, %v", r, err)
	}
}
