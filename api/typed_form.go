package api

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

// The fields of the forms that are read strictly, and which of them may come more than once.
var (
	planFields    = regexp.MustCompile(`^(name|year|level)$`)
	sessionFields = regexp.MustCompile(`^(name|site|blueprint|(theory|practical)-(opens|closes)|spread|rooms|do|` +
		`room\.[1-9]\d?\.(name|component|capacity|columns|reserve|machines|hall|parts|part))$`)
	amendFields = regexp.MustCompile(`^((theory|practical)-(opens|closes)|spread|site|reason|seen|rooms|do|` +
		`room\.[1-9]\d?\.(id|name|component|capacity|columns|reserve|machines|hall|parts|part))$`)
	severalTimes = "level"
)

// typedForm is a form that was read strictly, with what is wrong with it so far.
type typedForm struct {
	values map[string][]string
	wrong  []errs.Field
}

// readForm reads a form whose fields are known: one that is not, or one that comes twice, is refused as in JSON.
func readForm(c *fiber.Ctx, known *regexp.Regexp) (*typedForm, error) {
	return readFormMany(c, known, severalTimes)
}

// readFormMany is readForm where the field several may come more than once.
func readFormMany(c *fiber.Ctx, known *regexp.Regexp, several string) (*typedForm, error) {
	f := &typedForm{values: map[string][]string{}}
	var err error
	c.Request().PostArgs().VisitAll(func(k, v []byte) {
		switch name := string(k); {
		case name == "csrf":
		case !known.MatchString(name) || len(f.values[name]) > 0 && name != several:
			err = errBody.WithFields(errs.Field{Name: name, Code: "unknown", Msg: "没有这一项，或填了两次"})
		case strings.HasSuffix(name, ".machines"): // whose first line may be empty
			f.values[name] = []string{string(v)}
		default:
			f.values[name] = append(f.values[name], strings.TrimSpace(string(v)))
		}
	})
	return f, err
}

func (f *typedForm) text(name string) string {
	if v := f.values[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// must notes what is wrong with a field.
func (f *typedForm) must(ok bool, name, code, msg string) {
	if !ok {
		f.wrong = append(f.wrong, errs.Field{Name: name, Code: code, Msg: msg})
	}
}

// wrongly is what was noted, nil for nothing.
func (f *typedForm) wrongly(as *errs.Error) error {
	if len(f.wrong) == 0 {
		return nil
	}
	return as.WithFields(f.wrong...)
}

// also notes the fields that a room finds fault with and of which nothing is noted yet, so that all is told at once. What is no
// fault of fields it returns. A filing's fields are named as its forms name them.
func (f *typedForm) also(err error) error {
	var e *errs.Error
	if err == nil || !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	noted := len(f.wrong)
	for _, w := range e.Fields {
		w.Name = strings.TrimPrefix(w.Name, "filing.")
		if !slices.ContainsFunc(f.wrong[:noted], func(n errs.Field) bool { return n.Name == w.Name }) {
			f.wrong = append(f.wrong, w)
		}
	}
	return nil
}

// whole is what was noted and what the room finds, nil for nothing.
func (f *typedForm) whole(as *errs.Error, found error) error {
	if err := f.also(found); err != nil {
		return err
	}
	return f.wrongly(as)
}

// number reads a whole number that is not negative; nothing typed is 0. What is none is noted of the field at.
func (f *typedForm) number(name, at, what string) int {
	return f.count(f.text(name), errs.Field{Name: at, Code: "number", Msg: what})
}

// count is number of a text; as says of what it is, and how it is noted.
func (f *typedForm) count(text string, as errs.Field) int {
	if text == "" {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 31)
	f.must(err == nil, as.Name, as.Code, as.Msg+"请只写数字，不要写汉字、单位和符号")
	return int(n)
}

func (f *typedForm) levels(name string) (all []engine.Level) {
	for _, v := range f.values[name] {
		n, err := strconv.ParseUint(v, 10, 8)
		f.must(err == nil, "levels", "unknown", "等级不正确或重复")
		all = append(all, engine.Level(n))
	}
	return all
}

// window reads the fields of a beginning and an end as the browser's own control writes them, in the policy's zone.
func (f *typedForm) window(name string, zone *time.Location) (w clock.Window) {
	for part, into := range map[string]*time.Time{"opens": &w.Opens, "closes": &w.Closes} {
		t, err := time.ParseInLocation(asTyped, f.text(name+"-"+part), zone)
		if err != nil {
			t, err = time.ParseInLocation("2006-01-02 15:04", f.text(name+"-"+part), zone)
		}
		if err != nil && !slices.ContainsFunc(f.wrong, func(w errs.Field) bool { return w.Name == name }) {
			f.must(false, name, "form", "请填写开始和结束的日期和时间")
		}
		*into = t
	}
	return w
}

// session is what was typed, as it is shown again.
func (f *typedForm) session() web.SessionTyped {
	t := web.SessionTyped{Name: f.text("name"), Site: f.text("site"), Blueprint: f.text("blueprint"), Spread: f.text("spread"),
		TheoryOpens: f.text("theory-opens"), TheoryCloses: f.text("theory-closes"),
		PracticalOpens: f.text("practical-opens"), PracticalCloses: f.text("practical-closes"), Reason: f.text("reason")}
	count, _ := strconv.Atoi(f.text("rooms")) // no number is no room, and the service asks for some
	f.must(count <= maxRooms, "rooms", "form", fmt.Sprintf("考场不超过%d个", maxRooms))
	for no := 1; no <= min(count, maxRooms); no++ {
		of := func(name string) string { return f.text(fmt.Sprintf("room.%d.%s", no, name)) }
		t.Rooms = append(t.Rooms, web.RoomTyped{ID: of("id"), Name: of("name"), Component: of("component"), Capacity: of("capacity"),
			Columns: of("columns"), Reserve: of("reserve"), Machines: of("machines"), Hall: of("hall"), Parts: of("parts"), Part: of("part")})
	}
	return t
}

// rooms reads the rooms; there are those that the session has. What is no number is noted of the room.
func (f *typedForm) rooms(typed []web.RoomTyped, there []sitting.Room) (all []sitting.Room) {
	names := roomIDs(typed, there)
	for i, r := range typed {
		at := fmt.Sprintf("rooms.%d", i+1)
		known := slices.ContainsFunc(there, func(t sitting.Room) bool { return string(t.ID) == r.ID })
		f.must(known || r.ID == "", at, "id", "本场次没有这个考场")
		count := func(text, code, what string) int { return f.count(text, errs.Field{Name: at, Code: code, Msg: what}) }
		all = append(all, sitting.Room{ID: names[i], Name: r.Name, Component: engine.Component(r.Component),
			Capacity: count(r.Capacity, "capacity", "座位数"),
			Columns:  count(r.Columns, "columns", "每排座位数"), Reserve: count(r.Reserve, "reserve", "备用座位数"), Machines: machineNames(r.Machines),
			Hall: r.Hall, Parts: count(r.Parts, "part", "共用场次数"), Part: count(r.Part, "part", "第几个场次")})
	}
	return all
}

// machineNames are the names by seat, one a line; an empty line between is a seat whose computer has none.
func machineNames(text string) []string {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r", ""), "\n ")
	if text == "" {
		return nil
	}
	return each(strings.Split(text, "\n"), strings.TrimSpace)
}
