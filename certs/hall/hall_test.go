package hall_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/hall"
	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/fixtures/fonts"
)

var open = sync.OnceValues(func() (*pdf.Fonts, error) { return pdf.OpenFiles(fonts.New()) })

func printer(t testing.TB) *hall.Printer {
	t.Helper()
	f, err := open()
	if err != nil {
		t.Fatal(err)
	}
	return hall.New(f)
}

// opens is nine o'clock in the sheet's zone.
var opens = time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)

func portrait(t testing.TB, w, h int) []byte {
	t.Helper()
	im := image.NewGray(image.Rect(0, 0, w, h))
	for i := range im.Pix {
		im.Pix[i] = uint8(i % 251)
	}
	im.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// names that software gets wrong: beyond the BMP, long, and Latin.
var names = []string{"王桂芳", "𠮷永安", "阿卜杜热合曼·买买提江·托合提", "Anna-Katharina von Hohenstein-Waldburg", "李秀莲"}

func sheet(t testing.TB, kind sitting.SheetKind, seats int) *sitting.Sheet {
	t.Helper()
	s := &sitting.Session{ID: "s", Name: "2026年第4批五级长期照护师认定", Level: engine.Level5, Sample: true, Code: "481516",
		Theory: clock.Window{Opens: opens, Closes: opens.Add(90 * time.Minute)}, Practical: clock.Window{Opens: opens.Add(4 * time.Hour), Closes: opens.Add(8 * time.Hour)},
		Rooms: []sitting.Room{{ID: "t1", Name: "第一理论考场", Component: engine.Theory, Capacity: 600}, {ID: "p1", Name: "技能考核站一", Component: engine.Practical, Capacity: 600}},
		Duties: []sitting.Duty{{Name: "方国栋", Role: authz.Invigilator, Room: "t1"}, {Name: "邵玉琴", Role: authz.Invigilator, Room: "t1"}, {Name: "严守正", Role: authz.Supervisor},
			{Name: "别处人", Role: authz.Invigilator, Room: "t2"}}}
	out := &sitting.Sheet{Kind: kind, Session: s, Body: "天津津衡职业技能评价中心", Room: s.Rooms[0], Late: opens.Add(30 * time.Minute),
		Zone: time.FixedZone("东八区", 8*3600), Made: opens.AddDate(0, 0, -3)}
	for i := range seats {
		one := sitting.SheetSeat{Seat: &sitting.Seat{Ticket: sitting.Ticket(fmt.Sprintf("2612000001%04d", i+1)), Session: "s", Room: "t1", No: i + 1, Station: "p1"},
			Name: names[i%len(names)], IDType: engine.ResidentCard, ID: engine.MaskID("990101198001011234"), Machine: fmt.Sprintf("A%03d", i+1)}
		if i%3 != 2 {
			one.Photo = portrait(t, 150, 210)
		}
		out.Seats = append(out.Seats, one)
	}
	return out
}

// held is the sheet after the sitting: absence, misconduct and a latecomer.
func held(s *sitting.Sheet) *sitting.Sheet {
	s.Held = true
	for i := range s.Seats {
		switch i % 9 {
		case 4:
			s.Seats[i].Absent = true
		case 5:
			s.Seats[i].Voided, s.Seats[i].Note, s.Seats[i].CheckedIn = opens, strings.Repeat("夹带与考试内容有关的材料，经两名监考员当场确认。", 4), opens
		case 6:
			s.Seats[i].Admitted, s.Seats[i].CheckedIn = opens, opens.Add(41*time.Minute)
		default:
			s.Seats[i].CheckedIn = opens
		}
	}
	return s
}

func printed(t testing.TB, s *sitting.Sheet) []byte {
	t.Helper()
	file, err := printer(t).Print(s)
	if err != nil {
		t.Fatalf("%s: %v", s.Kind, err)
	}
	return file
}

// read returns the text of a file, without spaces, and checks its structure.
func read(t testing.TB, file []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out := tool(t, "qpdf", "--check", path)
	if strings.Contains(strings.ToLower(out), "warning") {
		t.Error(out)
	}
	return strings.Join(strings.Fields(tool(t, "pdftotext", "-raw", path, "-")), "")
}

func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	b, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, b)
	}
	return string(b)
}

// TestSheetsSayAll: everybody of the room stands on each of its papers by whole name and ticket, however many pages it
// takes, and what would let a stranger in stands on none.
func TestSheetsSayAll(t *testing.T) {
	for _, kind := range sitting.SheetKinds() {
		for _, seats := range []int{1, 61} {
			s := sheet(t, kind, seats)
			text := read(t, printed(t, s))
			for _, one := range s.Seats {
				name := strings.ReplaceAll(one.Name, " ", "")
				if kind == sitting.SheetDoor {
					if name = strings.ReplaceAll(engine.MaskName(one.Name), " ", ""); strings.Contains(text, one.Name) {
						t.Errorf("%s names %s", kind, one.Name)
					}
				}
				if kind != sitting.SheetRecord && (!strings.Contains(text, name) || !strings.Contains(text, string(one.Ticket))) {
					t.Errorf("%s of %d seats lacks %s %s", kind, seats, name, one.Ticket)
				}
			}
			for _, secret := range []string{"481516", "990101198001011234", "011234"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s shows %s", kind, secret)
				}
			}
			if !strings.Contains(text, "样例") {
				t.Errorf("%s does not say that it is a sample", kind)
			}
		}
	}
}

// TestTicket: what a candidate needs to know stands on their ticket.
func TestTicket(t *testing.T) {
	text := read(t, printed(t, sheet(t, sitting.SheetTickets, 1)))
	for _, want := range []string{"准考证", "2026-11-24（周二）09:00–10:30", "第一理论考场", "1号（机器A001）", "技能考核站一", "2026-11-24（周二）13:00–17:00", "五级/初级工",
		"08:00开始签到，09:30起为迟到，须考务批准才能签到", "9901************34"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
}

// TestRecord: before the sitting its numbers are left to be filled in, afterwards they and the names are there.
func TestRecord(t *testing.T) {
	before := read(t, printed(t, sheet(t, sitting.SheetRecord, 30)))
	if !strings.Contains(before, "应到人数") || !strings.Contains(before, "方国栋") || strings.Contains(before, "别处人") || strings.Contains(before, "王桂芳") {
		t.Errorf("before: %s", before)
	}
	s := held(sheet(t, sitting.SheetRecord, 90))
	after := read(t, printed(t, s))
	for _, one := range s.Seats {
		named := one.Absent || !one.Voided.IsZero() || !one.Admitted.IsZero()
		if got := strings.Contains(after, string(one.Ticket)); got != named {
			t.Errorf("seat %d is on the record: %v", one.No, got)
		}
	}
	for _, want := range []string{"夹带与考试内容有关的材料", "09:41入场", "缺考人数"} {
		if !strings.Contains(after, want) {
			t.Errorf("no %q", want)
		}
	}
}

// TestRecordSaysWhatHappened: every entry stands there with its time and who wrote it down, however many pages it takes.
func TestRecordSaysWhatHappened(t *testing.T) {
	s := held(sheet(t, sitting.SheetRecord, 30))
	add := func(minute int, h sitting.Happening) {
		h.At, h.By, h.Role = opens.Add(time.Duration(minute)*time.Minute), "方国栋", authz.Invigilator
		s.Lines = append(s.Lines, h)
	}
	add(1, sitting.Happening{Kind: sitting.Extended, Room: "t1", Minutes: 10, Text: "停电"})
	add(2, sitting.Happening{Kind: sitting.Moved, Room: "t1", Ticket: s.Seats[1].Ticket, Seat: 2, From: 7, To: 2, Text: "机器坏了"})
	add(3, sitting.Happening{Kind: sitting.Filed, Room: "t1", Ticket: s.Seats[2].Ticket, Seat: 3, Code: "K7QM-2XHP", Text: "断网"})
	add(4, sitting.Happening{Kind: sitting.LockdownOff, Text: "锁定浏览器打不开"})
	for i := range 60 {
		add(5+i, sitting.Happening{Kind: sitting.Incident, Room: "t1", Text: strings.Repeat("窗外有施工的声音，", 10)})
	}
	for _, kind := range []sitting.LineKind{sitting.Paused, sitting.Resumed, sitting.Reopened, sitting.Announced, sitting.Excluded, sitting.LockdownOn,
		sitting.LockdownKeys, sitting.Readmitted, sitting.Admitted} {
		add(70, sitting.Happening{Kind: kind, Room: "t1", Text: "说明"})
	}
	text := read(t, printed(t, s))
	for _, want := range []string{"09:01:00延长10分钟本考场停电（方国栋监考员）", "09:02:00换座7号→2号2号𠮷永安机器坏了", "交来应急文件3号阿卜杜热合曼·买买提江·托合提核对码K7QM-2XHP，断网",
		"改为不要求锁定浏览器全部考场锁定浏览器打不开", "10:04:00情况", "共73条"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if strings.Contains(text, "lockdown") || strings.Contains(text, "readmitted") {
		t.Error("a kind has no word")
	}
	if quiet := read(t, printed(t, sheet(t, sitting.SheetRecord, 3))); strings.Contains(quiet, "考场情况记录至") {
		t.Error("an empty list of entries")
	}
}

func TestSameSheetSameBytes(t *testing.T) {
	for _, kind := range sitting.SheetKinds() {
		first := printed(t, sheet(t, kind, 25))
		for range 3 {
			if !bytes.Equal(first, printed(t, sheet(t, kind, 25))) {
				t.Fatalf("%s: another file", kind)
			}
		}
	}
}

// TestWhatCannotBePrinted: an unknown kind and a character that no font has are refused by name; a broken photo leaves
// its frame.
func TestWhatCannotBePrinted(t *testing.T) {
	s := sheet(t, "poster", 1)
	if _, err := printer(t).Print(s); !errors.Is(err, sitting.ErrSheetKind) {
		t.Errorf("%v", err)
	}
	s = sheet(t, sitting.SheetLabels, 1)
	s.Seats[0].Name = "张𰀀三"
	if _, err := printer(t).Print(s); !errors.Is(err, hall.ErrGlyph) || !strings.HasSuffix(err.Error(), "U+30000") {
		t.Errorf("%v", err)
	}
	s = sheet(t, sitting.SheetTickets, 1)
	s.Seats[0].Photo = []byte("no picture")
	if text := read(t, printed(t, s)); !strings.Contains(text, "照片") {
		t.Error("no frame for a photo")
	}
}

// TestRecordSaysWhatItsNumbersAre: numbers that are not final are left for the pen or marked as of the printing, and the
// end is the room's, with what was added to it.
func TestRecordSaysWhatItsNumbersAre(t *testing.T) {
	for name, c := range map[string]struct {
		at   time.Duration // of the printing, from the opening
		came bool
		want string // "" for nothing
	}{
		"weeks ahead":         {-30 * 24 * time.Hour, false, "打印时尚无人签到，实到、缺考、违纪人数由监考员填写"},
		"before the limit":    {10 * time.Minute, true, "09:10打印时已签到1人、违纪1人；09:30以前还可签到，实到、缺考、违纪人数由监考员填写"},
		"while it goes on":    {40 * time.Minute, true, "人数为09:40打印时的情况，此后有变化的，由监考员改填"},
		"a moment to the end": {100*time.Minute - time.Millisecond, true, "人数为10:39打印时的情况"},
		"at the end":          {100 * time.Minute, true, ""},
	} {
		s := sheet(t, sitting.SheetRecord, 3)
		s.Now, s.Times = opens.Add(c.at), sitting.Times{Opens: opens, Closes: opens.Add(100 * time.Minute)}
		if s.Held = !s.Now.Before(s.Late); c.came {
			s.Seats[0].CheckedIn, s.Seats[1].Voided = opens, opens
		}
		text := read(t, printed(t, s))
		if !strings.Contains(text, "09:00–10:40") || !strings.Contains(text, c.want) {
			t.Errorf("%s: no %q in %s", name, c.want, text)
		}
		if c.want == "" && strings.Contains(text, "打印时") {
			t.Errorf("%s: %s", name, text)
		}
	}
}
