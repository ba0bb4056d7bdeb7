package separation_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/separation"
)

// org is a body by the name that everybody calls it.
func org(name string) separation.Node { return separation.OrgNode(engine.OrgID(name)) }

// share is a tie of ownership of so many percent, 0 when nobody knows.
func share(from, to separation.Node, percent int) separation.Tie {
	t := tie(separation.Owns, from, to, "", "")
	t.Percent = percent
	return t
}

// school has class run by 津慈培训 and attended by a; what is between it and the examiner is up to each case.
func (w *world) school(between ...separation.Tie) {
	w.t.Helper()
	w.record(append(between, tie(separation.Trains, body, class, "2026-03-01", "2026-06-30"), tie(separation.Attends, person("a"), class, "2026-03-01", "2026-06-30"))...)
}

// TestBodiesBehindBodies: what one body may not do, another with the same people behind it may not either.
// 评价机构背后是同一批人的培训机构，等同于评价机构自己：经控股、法定代表人连到的机构办的培训，同样不得评价。
func TestBodiesBehindBodies(t *testing.T) {
	const rule = "a trained-by-employer"
	works := tie(separation.Employs, org("甲"), person("x"), "", "")
	for name, c := range map[string]struct {
		between []separation.Tie
		want    []string
	}{
		"考评员的单位并入了培训机构":  {[]separation.Tie{works, tie(separation.Merged, org("甲"), body, "2025-01-01", "")}, []string{rule}},
		"培训机构并入了考评员的单位":  {[]separation.Tie{works, tie(separation.Merged, body, org("甲"), "2025-01-01", "")}, []string{rule}},
		"明年才合并":          {[]separation.Tie{works, tie(separation.Merged, org("甲"), body, "2027-01-01", "")}, nil},
		"控股一半":           {[]separation.Tie{works, share(org("甲"), body, 50)}, []string{rule}},
		"参股不到一半":         {[]separation.Tie{works, share(org("甲"), body, 49)}, nil},
		"出资比例没有人写明":      {[]separation.Tie{works, share(org("甲"), body, 0)}, []string{rule}},
		"经两家公司控股":        {[]separation.Tie{works, share(org("甲"), org("乙"), 60), share(org("乙"), org("丙"), 60), share(org("丙"), body, 60)}, []string{rule}},
		"经三家公司控股，超出三层":   {[]separation.Tie{works, share(org("甲"), org("乙"), 60), share(org("乙"), org("丙"), 60), share(org("丙"), org("丁"), 60), share(org("丁"), body, 60)}, nil},
		"互相持股成环":         {[]separation.Tie{works, share(org("甲"), org("乙"), 60), share(org("乙"), org("甲"), 60), share(org("乙"), body, 60), share(body, org("甲"), 60)}, []string{rule}},
		"互相持股成环，与培训机构无关": {[]separation.Tie{works, share(org("甲"), org("乙"), 60), share(org("乙"), org("丙"), 60), share(org("丙"), org("甲"), 60)}, nil},
		"考评员是培训机构的法人代表":  {[]separation.Tie{tie(separation.Represents, person("x"), body, "", "")}, []string{rule}},
		"考评员自己控股培训机构":    {[]separation.Tie{share(person("x"), body, 51)}, []string{rule}},
		"两家机构同一个法人代表":    {[]separation.Tie{works, tie(separation.Represents, person("c"), org("甲"), "", ""), tie(separation.Represents, person("c"), body, "", "")}, []string{rule}},
		"离职已满三年":         {[]separation.Tie{tie(separation.Employs, body, person("x"), "2020-01-01", "2023-11-23")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			w.school(c.between...)
			if got := w.found(authz.Examiner, "a", "b"); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// TestTheBodyItself: an evaluation body does not evaluate whom it, or a body it controls, has trained; and nobody's
// duty is looked at for that.
// 评价机构不得评价自己（或所控制的机构）培训过的学员，派谁当考评员都一样。
func TestTheBodyItself(t *testing.T) {
	of := separation.Subject{Body: "津衡评价"}
	for name, c := range map[string]struct {
		between []separation.Tie
		want    string
	}{
		"与培训机构无关":  {nil, ""},
		"自己就是培训机构": {[]separation.Tie{tie(separation.Trains, org("津衡评价"), class, "2026-03-01", "")}, "评价机构津衡评价 → 开办 → 护理2603班 → 学员甘a"},
		"控股培训机构":   {[]separation.Tie{share(org("津衡评价"), body, 80)}, "评价机构津衡评价 → 出资80% → 津慈培训 → 开办 → 护理2603班 → 学员甘a"},
		"被培训机构控股":  {[]separation.Tie{share(body, org("津衡评价"), 80)}, "评价机构津衡评价 → 出资方80% → 津慈培训"},
		"与培训机构同一法人代表": {[]separation.Tie{tie(separation.Represents, person("c"), org("津衡评价"), "", ""), tie(separation.Represents, person("c"), body, "", "")},
			"评价机构津衡评价 → 法定代表人甘c → 任法定代表人 → 津慈培训 → 开办 → 护理2603班 → 学员甘a"},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			w.school(c.between...)
			found, err := w.judge.On(day).Findings(ctx, []separation.Subject{of}, []engine.PersonID{"a", "b"})
			if err != nil || (c.want == "") != (len(found) == 0) {
				t.Fatalf("%v, %v", found, err)
			}
			for _, f := range found {
				if f.Rule != "body-trained" || f.Soft || f.Body != of.Body || f.Staff != "" || f.Candidate != "a" || !strings.HasPrefix(f.String(), c.want) {
					t.Errorf("%+v", f)
				}
			}
		})
	}
	w := open(t)
	w.school(share(org("津衡评价"), body, 80))
	if got := w.found(authz.Examiner, "a"); got != nil {
		t.Errorf("somebody who has nothing to do with it: %v", got)
	}
}

// TestSharedContact: the same telephone number, however it is written, is found, said without showing it, and may be waived.
// 考评员与考生留同一个电话或地址，不论怎样书写都会查出；说明里不显示号码和地址，可经两人豁免。
func TestSharedContact(t *testing.T) {
	for name, c := range map[string]struct {
		kind      separation.Kind
		one, same string
		other     string
		label     string // of the tie
		says      string
	}{
		"telephone": {separation.Reached, "contact:138 0013 8000", "contact:0086 138-0013-8000", "contact:13800138001", "138****8000", "考评员甘x → 联系电话 → 138****8000 → 同一电话的甘a"},
		"address":   {separation.Located, "address:天津市 河西区友谊路１号 2-301", "address:天津市河西区友谊路1号2301", "address:天津市河西区友谊路1号2302", "天津市****2301", "考评员甘x → 同一住址 → 甘a"},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			w.record(tie(c.kind, person("x"), separation.Node(c.one), "", ""), tie(c.kind, person("a"), separation.Node(c.same), "", ""),
				tie(c.kind, person("b"), separation.Node(c.other), "", ""))
			found, err := w.of("x", authz.Examiner, []engine.PersonID{"a", "b"}, day)
			if err != nil || len(found) != 1 || !found[0].Soft || found[0].Candidate != "a" || !strings.HasPrefix(found[0].String(), c.says+"，") {
				t.Fatalf("%+v, %v", found, err)
			}
			rows, _, err := w.judge.TiesOf(ctx, office, separation.Node(c.same), engine.Cursor{})
			if err != nil || len(rows) != 2 {
				t.Fatalf("looked up by what people write: %d, %v", len(rows), err)
			}
			for _, r := range rows {
				if r.Label != c.label {
					t.Errorf("the tie is called %s", r.Label)
				}
				if strings.Contains(string(r.To), "1380") || strings.Contains(string(r.To), "友谊路") {
					t.Errorf("kept in clear: %s", r.To)
				}
			}
		})
	}
	w := open(t)
	for _, n := range []separation.Node{"contact:", "contact: - ", "address:，"} {
		kind := separation.Located
		if strings.HasPrefix(string(n), "contact") {
			kind = separation.Reached
		}
		if _, err := w.judge.Record(ctx, office, tie(kind, person("a"), n, "", "")); !errors.Is(err, separation.ErrTie) {
			t.Errorf("%q: %v", n, err)
		}
	}
}

// TestConflictingDeclarationsAreKept: one body says that the share is 60, another 10, and a third person contests both.
// All of it stands, and the graver one weighs.
// 一家说持股六成，一家说一成，第三人都不认：三种说法都留着，按较重的判断。
func TestConflictingDeclarationsAreKept(t *testing.T) {
	w := open(t)
	w.school(tie(separation.Employs, org("甲"), person("x"), "", ""), share(org("甲"), body, 60), share(org("甲"), body, 10))
	rows, _, err := w.judge.TiesOf(ctx, office, org("甲"), engine.Cursor{})
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d ties, %v", len(rows), err)
	}
	at := slices.IndexFunc(rows, func(r *separation.Tie) bool { return r.Percent == 60 })
	if _, err := w.judge.Contest(ctx, office, rows[at].ID, " "); !errors.Is(err, separation.ErrTie) {
		t.Errorf("nothing said: %v", err)
	}
	elsewhere := authz.Principal{Roles: office.Roles, Org: "elsewhere"}
	if _, err := w.judge.Contest(ctx, elsewhere, rows[at].ID, "已经转让"); !errors.Is(err, separation.ErrNoTie) {
		t.Errorf("another body: %v", err)
	}
	got, err := w.judge.Contest(ctx, office, rows[at].ID, "机构称股权已经转让")
	if err != nil || !got.Contested || got.Trail[0].Note != "机构称股权已经转让" {
		t.Fatalf("%+v, %v", got, err)
	}
	found, err := w.of("x", authz.Examiner, []engine.PersonID{"a"}, day)
	if err != nil || len(found) != 1 || !found[0].Contested || !slices.Contains(found[0].Ties, got.ID) {
		t.Fatalf("%+v, %v", found, err)
	}
	if _, err := w.judge.Void(ctx, supervisor, got.ID, "工商登记已核对"); err != nil {
		t.Fatal(err)
	}
	if got := w.found(authz.Examiner, "a"); got != nil {
		t.Errorf("with the smaller share alone: %v", got)
	}
}

// TestTiesInPages: whatever the size of a page, everything is listed once, kind by kind.
func TestTiesInPages(t *testing.T) {
	w := open(t)
	w.school(tie(separation.Attends, person("b"), class, "", ""), tie(separation.Teaches, person("x"), class, "", ""), tie(separation.Teaches, person("c"), class, "", ""))
	var want []string
	for _, limit := range []int{0, 1, 2, 3, 5} {
		var got []string
		for c := (engine.Cursor{Limit: limit}); ; {
			rows, next, err := w.judge.TiesOf(ctx, labour, class, c)
			if err != nil || limit > 0 && len(rows) > limit {
				t.Fatalf("%d rows of %d, %v", len(rows), limit, err)
			}
			for _, r := range rows {
				got = append(got, string(r.Kind)+" "+string(r.From))
			}
			if c.After = next; next == "" {
				break
			}
		}
		if want == nil {
			want = got
		}
		if len(got) != 5 || !slices.Equal(got, want) {
			t.Errorf("by %d: %v, want %v", limit, got, want)
		}
	}
	for _, cursor := range []string{"x", "-1 ", "99 ", "1"} {
		if _, _, err := w.judge.TiesOf(ctx, labour, class, engine.Cursor{After: cursor}); err != nil && !errors.Is(err, separation.ErrTie) {
			t.Errorf("%q: %v", cursor, err)
		}
	}
}

// TestPins: an address ties only where it leads to a door.
// 写到门牌号的地址才自动算作关系；只写城市、街道、小区的，写“无”“同上”的，很多人都一样，不算。
func TestPins(t *testing.T) {
	for address, want := range map[string]bool{
		"天津市河西区友谊路1号2-301": true, " 天津市 河西区友谊路１号 ": true, "河西区美满里3号楼2门501": true, "友谊路甲1号院": true,
		"蓟州区下营镇青山村三组": true, "和平区南京路88号A座": true, "静海区团泊新城春风小区12-3-402": true,
		"": false, "无": false, "同上": false, "天津市": false, "天津市河西区": false, "天津市河西区友谊路": false, "天津市河西区美满里": false,
		"300201": false, "300201天津市": false, "13800138000": false, "河西区3号": false, "一号楼": false, "———": false,
	} {
		if got := separation.Pins(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}

// TestAHomeAtABody: an examiner's home is where a body is, and a candidate lives at the body's address: the path says 同一地址 where one
// end is a body.
// 考评员所办的机构与考生登记同一地址：说明里是“同一地址”，不是“同一住址”。
func TestAHomeAtABody(t *testing.T) {
	w := open(t)
	now := clock.NewManual(time.Date(2026, 10, 2, 1, 0, 0, 0, time.UTC))
	w.judge = separation.NewJudge(w.store.Ties(), people.NewRegistry(w.store.People(), w.store.Organisations(), []byte("key"), now),
		engine.SeparationPolicy{Rules: []engine.SeparationRule{{ID: "at-the-body", Text: "与考评员所办机构同一地址", Roles: []authz.Role{authz.Examiner},
			Chain: []engine.Link{engine.OneTie("owns"), {Kinds: []string{"located"}, Least: 2, Most: 2}}}}}, now)
	place := separation.Node("address:样例市春风路7号")
	w.record(tie(separation.Owns, person("x"), body, "", ""), tie(separation.Located, body, place, "", ""), tie(separation.Located, person("a"), place, "", ""))
	found, err := w.of("x", authz.Examiner, []engine.PersonID{"a"}, day)
	if err != nil || len(found) != 1 || !strings.HasSuffix(strings.Join(found[0].Path, " → "), "津慈培训 → 同一地址 → 甘a") {
		t.Errorf("%v, %v", found, err)
	}
}
