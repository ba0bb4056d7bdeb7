package training_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/engine/training"
	"github.com/skillcert/skillcert/fixtures/policy"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

var (
	jilin = authz.Principal{Account: "jilin", Roles: []authz.Role{authz.Labour}, Province: "22"}
	march = training.Publication{Source: "津人社公示〔2026〕1号", On: clock.Date{Year: 2026, Month: 3, Day: 2}}
	june  = training.Publication{Source: "津人社公示〔2026〕2号", On: clock.Date{Year: 2026, Month: 6, Day: 1}}
)

// openLists has an empty list; it is 1 June 2026.
func openLists(t *testing.T) *training.Lists {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	pol, err := policy.Sample()
	must(t, err)
	return training.NewLists(store.New(db, ids.Seeded("lists")).Listings(), pol, clock.NewManual(time.Date(2026, 6, 1, 1, 0, 0, 0, time.UTC)))
}

// list is a workbook with the columns of an annex, and the example row that its sample has.
func list(t *testing.T, a training.Annex, rows ...string) training.File {
	t.Helper()
	cells := [][]string{training.ListExample(a)}
	for _, r := range rows {
		cells = append(cells, strings.Split(r, "|"))
	}
	data, err := table.WriteXLSX(training.ListColumns(a), cells)
	must(t, err)
	return training.File{Name: "名单.xlsx", Data: data}
}

const (
	school  = "1|河西区|津慈职业培训学校|民办培训机构|91120000MYYYYYY28C|长期照护师、养老护理员|初级/中级|某路1号|某某、022-00000000"
	college = "2|南开区|津护职业学院|职业院校|91350100M000100Y43|长期照护师|初级、中级、高级|某路2号|某某、022-00000001"
	course  = "1|河西区|照护师初级第一期|线下|长期照护师|初级|120|其他培训|2026年9月|津慈职业培训学校|某路1号|某某、022-00000000"
	second  = "2|河西区|照护师中级第一期|线上+线下|长期照护师|中级|80|定向岗前培训|2026年10月|津慈职业培训学校|某路1号|某某、022-00000000"
)

func listSteps(p *training.ListPlan) (all []training.ListStep) {
	for _, l := range p.Lines {
		all = append(all, l.Step)
	}
	return all
}

// 人社局导入机构目录（附件6）和项目目录（附件5）：预览说的和导入做的一样，预览不改名单；再导入一次没有变化；公众看到机构、课程、分等级学时。
func TestTheAuthorityImportsBothLists(t *testing.T) {
	lists := openLists(t)
	bodies, projects := list(t, training.BodyList, school, college), list(t, training.ProjectList, course, second)
	early, err := lists.TakeList(ctx, labour, training.ProjectList, march, projects, true)
	must(t, err)
	if got := early.Lines[0]; got.Step != training.ListRefuse || got.Code != training.ErrListing.Code || !strings.Contains(got.Msg, "津慈职业培训学校") {
		t.Errorf("a project of a body that is not listed: %+v", got)
	}
	for _, file := range []struct {
		annex training.Annex
		file  training.File
	}{{training.BodyList, bodies}, {training.ProjectList, projects}} {
		preview, err := lists.TakeList(ctx, labour, file.annex, march, file.file, false)
		must(t, err)
		done, err := lists.TakeList(ctx, labour, file.annex, march, file.file, true)
		must(t, err)
		again, err := lists.TakeList(ctx, labour, file.annex, march, file.file, true)
		must(t, err)
		if !slices.Equal(listSteps(preview), listSteps(done)) || done.New() != 2 || again.New() != 0 || again.Count(training.ListKnown) != 2 {
			t.Errorf("annex %d: %v, then %v, again %v", file.annex, listSteps(preview), listSteps(done), listSteps(again))
		}
	}
	all, err := lists.Public(ctx, "12")
	must(t, err)
	if len(all) != 2 || len(all[1].Projects) != 2 || !slices.Equal(all[1].Body.Levels, []engine.Level{engine.Level5, engine.Level4}) || len(all[1].Body.Occupations) != 2 {
		t.Fatalf("%d bodies: %+v", len(all), all[1])
	}
	if least, most := all[1].HoursOf(engine.Level5); least != 120 || most != 120 {
		t.Errorf("%d to %d hours", least, most)
	}
	if other, err := lists.Public(ctx, "22"); err != nil || len(other) != 0 {
		t.Errorf("Jilin has %d bodies of Tianjin, %v", len(other), err)
	}
	for a, want := range map[training.Annex]int{training.BodyList: 2, training.ProjectList: 2} {
		data, err := training.WriteList(a, all)
		must(t, err)
		rows, flaws, err := training.ReadList(a, "x", data)
		must(t, err)
		plan, err := lists.TakeList(ctx, labour, a, march, training.File{Name: "x", Data: data}, false)
		must(t, err)
		if len(rows) != want || len(flaws.Broken) != 0 || plan.New() != 0 {
			t.Errorf("annex %d written and read: %d rows, %v, %v", a, len(rows), flaws.Broken, listSteps(plan))
		}
	}
}

// 一份名单里有错的行：每个有错的单元格都指出来，写明应填什么；没有错的行照常登记；同一机构写了两次的只登记一次。
func TestEveryFaultOfAListIsSaidAtOnce(t *testing.T) {
	lists := openLists(t)
	bad := "3||津X|培训公司|123|长期照护师|技师|某路3号|某某"
	plan, err := lists.TakeList(ctx, labour, training.BodyList, march, list(t, training.BodyList, school, bad, school), true)
	must(t, err)
	if want := []string{"B4", "D4", "E4", "G4"}; !slices.Equal(plan.Places, want) {
		t.Errorf("faults at %v, want %v", plan.Places, want)
	}
	if !slices.Equal(listSteps(plan), []training.ListStep{training.ListAdd, training.ListRefuse}) {
		t.Errorf("%+v", plan.Lines)
	}
	plan, err = lists.TakeList(ctx, labour, training.ProjectList, march, list(t, training.ProjectList, "1|河西区||面授|长期照护师|五级、四级|0|补贴培训||津慈职业培训学校|某路|某某"), false)
	must(t, err)
	if want := []string{"C3", "D3", "F3", "G3", "H3", "I3"}; !slices.Equal(plan.Places, want) || len(plan.Lines) != 0 {
		t.Errorf("faults at %v, want %v", plan.Places, want)
	}
	_, err = lists.TakeList(ctx, labour, training.BodyList, training.Publication{On: june.On.AddDays(1)}, list(t, training.BodyList, school), false)
	wantError(t, "no source, published tomorrow", err, training.ErrList)
	if all, _ := lists.Public(ctx, "12"); len(all) != 1 {
		t.Errorf("%d bodies", len(all))
	}
}

// 退出名单写明日期和原因，一直看得到；退出的机构再出现在导入的名单里不会自己回来，要单个重新登记；以后公示的内容才能覆盖以前的。
func TestWithdrawalIsKeptAndLaterPublicationsCount(t *testing.T) {
	lists := openLists(t)
	_, err := lists.TakeList(ctx, labour, training.BodyList, june, list(t, training.BodyList, school), true)
	must(t, err)
	all, err := lists.Public(ctx, "12")
	must(t, err)
	id, body := all[0].ID, all[0].Body
	older, err := lists.TakeList(ctx, labour, training.BodyList, march, list(t, training.BodyList, strings.Replace(school, "某路1号", "旧路9号", 1)), true)
	must(t, err)
	if older.Count(training.ListRefuse) != 1 {
		t.Errorf("an older publication: %v", listSteps(older))
	}
	_, err = lists.Withdraw(ctx, labour, id, 0, march.On, "停止办学")
	wantError(t, "before it was published", err, training.ErrList)
	_, err = lists.Withdraw(ctx, labour, id, 0, june.On, " ")
	wantError(t, "no reason", err, training.ErrList)
	for range 2 {
		got, err := lists.Withdraw(ctx, labour, id, 0, june.On, "停止办学")
		must(t, err)
		if w := got.Withdrawn(); w == nil || w.Reason != "停止办学" || w.On != june.On || len(got.Withdrawals) != 1 {
			t.Fatalf("%+v", got.Withdrawals)
		}
	}
	again, err := lists.TakeList(ctx, labour, training.BodyList, june, list(t, training.BodyList, school), true)
	must(t, err)
	if l := again.Lines[0]; l.Step != training.ListRefuse || !strings.Contains(l.Msg, "停止办学") {
		t.Errorf("an import brings it back: %+v", l)
	}
	back, err := lists.List(ctx, labour, body, june)
	must(t, err)
	if back.Withdrawn() != nil || len(back.Withdrawals) != 1 || back.Withdrawals[0].Relisted != june.On {
		t.Errorf("%+v", back.Withdrawals)
	}
}

// 名单由本省人社部门维护：外省的、没有登记省份的、培训机构自己的账号都不能改。
func TestOnlyTheProvincesAuthorityKeepsTheList(t *testing.T) {
	lists := openLists(t)
	_, err := lists.TakeList(ctx, labour, training.BodyList, march, list(t, training.BodyList, school), true)
	must(t, err)
	id := training.ListingID("12", "91120000MYYYYYY28C")
	body := training.ListedBody{}
	for who, want := range map[string]error{"jilin": training.ErrListing, "trainer": authz.ErrForbidden, "nowhere": authz.ErrForbidden, "anybody": authz.ErrUnauthenticated} {
		by := map[string]authz.Principal{"jilin": jilin, "trainer": trainer, "nowhere": {Account: "x", Roles: []authz.Role{authz.Labour}}, "anybody": authz.Anonymous()}[who]
		_, err := lists.Withdraw(ctx, by, id, 0, june.On, "停止办学")
		wantError(t, who+" withdraws", err, want)
		if who != "jilin" {
			_, err = lists.List(ctx, by, body, march)
			wantError(t, who+" lists", err, want)
			_, err = lists.TakeList(ctx, by, training.BodyList, march, training.File{}, true)
			wantError(t, who+" imports", err, want)
		}
		_, err = lists.Offer(ctx, by, id, training.Project{}, march)
		if who == "jilin" {
			want = training.ErrList // the empty project is refused first
		}
		wantError(t, who+" offers", err, want)
	}
}
