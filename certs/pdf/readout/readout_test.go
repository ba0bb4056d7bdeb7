package readout_test

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
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/certs/pdf/readout"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/fixtures/fonts"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// renderer is opened once: parsing the fonts takes longer than drawing.
var renderer = sync.OnceValues(func() (*pdf.Renderer, error) {
	f, err := pdf.OpenFiles(fonts.New())
	if err != nil {
		return nil, err
	}
	return pdf.NewRenderer(f)
})

// reader is made once, and from what an earlier run of the tests made: that takes seconds, and minutes where races are
// looked for.
var reader = sync.OnceValue(func() *readout.Reader {
	kept, err := os.UserCacheDir()
	if err != nil {
		kept = os.TempDir()
	}
	return readout.New(filepath.Join(kept, "skillcert-readout"))
})

func noon() time.Time { return time.Date(2026, 11, 30, 4, 0, 0, 0, time.UTC) }

func portrait(t testing.TB, blue uint8) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 295, 413))
	for x := range 295 {
		for y := range 413 {
			m.Set(x, y, color.RGBA{uint8(x), uint8(y), blue, 255})
		}
	}
	var b bytes.Buffer
	check(t, jpeg.Encode(&b, m, nil))
	return b.Bytes()
}

func sample(t testing.TB) pdf.Document {
	t.Helper()
	return pdf.Document{
		Number: "S000012009999265000001", Name: "古丽·𠮷芳", IDType: "居民身份证", IDNumber: "990101********1234",
		Occupation: "健康照护师", WorkType: "长期照护师", LevelName: "五级/初级工", LevelEnglish: "Level 5, Elementary",
		IssueDate: clock.Date{Year: 2026, Month: 11, Day: 30}, Body: "天津津衡职业技能评价中心", VerifyURL: "https://example.org/v/0123456789abcdefghjkmnpqrs",
		Offline: "SPECIMEN:0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", Lookup: []string{"example.org/verify"}, Photo: portrait(t, 128),
		Version: 2, Remark: "更正 Corrected", Created: noon(),
		Attachment: &pdf.Attachment{Name: "credential.json", Description: "证书内容", Data: []byte(`{"number":"S000012009999265000001"}`), Modified: noon()},
	}
}

// fields are what the sample prints. Filing stands in no place of its own.
func fields() []readout.Field {
	return []readout.Field{{Key: "number", Text: "S000012009999265000001"}, {Key: "name", Text: "古丽·𠮷芳"}, {Key: "id_type", Text: "居民身份证"},
		{Key: "id_number", Text: "990101********1234"}, {Key: "occupation", Text: "健康照护师"}, {Key: "work_type", Text: "长期照护师"},
		{Key: "level", Text: "五级／初级工"}, {Key: "level", Text: "Level 5, Elementary"}, {Key: "org", Text: "天津津衡职业技能评价中心"}, {Key: "filing", Text: "S000012009998"},
		{Key: "issued_on", Text: "2026年11月30日"}, {Key: "remark", Text: "更正 Corrected"}}
}

func rendered(t testing.TB, layout string, d pdf.Document) []byte {
	t.Helper()
	r, err := renderer()
	check(t, err)
	l, err := r.Layout(layout)
	check(t, err)
	b, err := r.Render(l, d)
	check(t, err)
	return b
}

// with is the sample after an edit of what it prints.
func with(t testing.TB, edit func(*pdf.Document)) []byte {
	t.Helper()
	d := sample(t)
	edit(&d)
	return rendered(t, pdf.A4, d)
}

// qpdf rewrites a file; a machine without it fails the test.
func qpdf(t testing.TB, b []byte, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
	check(t, os.WriteFile(in, b, 0o600))
	if said, err := exec.Command("qpdf", append([]string{in, out}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("qpdf %v: %v\n%s", args, err, said)
	}
	b, err := os.ReadFile(out)
	check(t, err)
	return b
}

var (
	pageForm  = regexp.MustCompile(`(?s)\n3 0 obj\n<<(.*?)>>\nendobj`)
	sizeForm  = regexp.MustCompile(`/Size (\d+)`)
	rootForm  = regexp.MustCompile(`/Root (\d+) 0 R`)
	startForm = regexp.MustCompile(`startxref\n(\d+)\n`)
)

// updated appends a revision to a file: another page, and objects, whose first number page is told.
func updated(t testing.TB, b []byte, page func(entries string, first int) string, objects ...string) []byte {
	t.Helper()
	entries := string(pageForm.FindSubmatch(b)[1])
	first, err := strconv.Atoi(string(sizeForm.FindSubmatch(b)[1]))
	check(t, err)
	out := bytes.NewBuffer(bytes.Clone(b))
	var table strings.Builder
	put := func(n int, object string) {
		fmt.Fprintf(&table, "%d 1\n%010d 00000 n \n", n, out.Len())
		fmt.Fprintf(out, "%d 0 obj\n%s\nendobj\n", n, object)
	}
	put(3, "<<"+page(entries, first)+">>")
	for n, o := range objects {
		put(first+n, o)
	}
	at := out.Len()
	fmt.Fprintf(out, "xref\n%strailer\n<</Size %d /Root %s 0 R /Prev %s>>\nstartxref\n%d\n%%%%EOF\n", table.String(), first+len(objects),
		rootForm.FindSubmatch(b)[1], startForm.FindSubmatch(b)[1], at)
	return out.Bytes()
}

func streamOf(dict, content string) string {
	return fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", dict, len(content), content)
}

// Where the level stands in the layout of A4, in the file's own coordinates: a box over it and words in it.
const (
	cover = "q 1 1 1 rg 364 246 230 22 re f Q\n"
	over  = "q BT 0 g /Helv 14 Tf 368 255 Td (Level 3, Advanced) Tj ET Q\n"
	helv  = "/Font <</Helv <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>"
)

var contentsForm = regexp.MustCompile(`/Contents (\d+ 0 R)`)

// painted adds content to the page, before and behind what it has, in a later revision.
func painted(t testing.TB, b []byte, before, behind string) []byte {
	t.Helper()
	return updated(t, b, func(entries string, first int) string {
		return contentsForm.ReplaceAllString(entries, fmt.Sprintf("/Contents [%d 0 R $1 %d 0 R]", first, first+1))
	}, streamOf("", before), streamOf("", behind))
}

// annotated puts a text on the page as people do with a reader of PDF, with or without its picture.
func annotated(t testing.TB, b []byte, words string, drawn bool) []byte {
	t.Helper()
	return updated(t, b, func(entries string, first int) string {
		entries = regexp.MustCompile(`/Annots \[.*?\]`).ReplaceAllString(entries, "")
		return entries + fmt.Sprintf(" /Annots [%d 0 R]", first)
	}, "<</Type /Annot /Subtype /FreeText /F 4 /Rect [364 246 594 268] /DA (/Helv 14 Tf 0 g) /Contents ("+words+")"+
		map[bool]string{true: fmt.Sprintf(" /AP <</N %d 0 R>>", nextOf(b)+1)}[drawn]+">>",
		streamOf("/Type /XObject /Subtype /Form /BBox [364 246 594 268] /Resources <<"+helv+">>", cover+"BT 0 g /Helv 14 Tf 368 255 Td ("+words+") Tj ET"))
}

func nextOf(b []byte) int {
	n, _ := strconv.Atoi(string(sizeForm.FindSubmatch(b)[1]))
	return n
}

// overlaid lays a page of that content over the file's, as a form.
func overlaid(t testing.TB, b []byte, content string) []byte {
	t.Helper()
	over := filepath.Join(t.TempDir(), "over.pdf")
	check(t, os.WriteFile(over, sheet(content, helv), 0o600))
	return qpdf(t, b, "--overlay", over, "--")
}

// sheet is a file of one page of A4.
func sheet(content, resources string, more ...string) []byte {
	objects := append([]string{"<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Kids [3 0 R] /Count 1>>",
		"<</Type /Page /Parent 2 0 R /MediaBox [0 0 841.89 595.28] /Resources <<" + resources + ">> /Contents 4 0 R>>", streamOf("", content)}, more...)
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	table := fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for n, o := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "%strailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", table, len(objects)+1, at)
	return b.Bytes()
}

// scanned is the page as a picture.
func scanned(t testing.TB, b []byte) []byte {
	t.Helper()
	dir := t.TempDir()
	in := filepath.Join(dir, "in.pdf")
	check(t, os.WriteFile(in, b, 0o600))
	if said, err := exec.Command("pdftoppm", "-jpeg", "-r", "100", "-singlefile", in, filepath.Join(dir, "page")).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v\n%s", err, said)
	}
	picture, err := os.ReadFile(filepath.Join(dir, "page.jpg"))
	check(t, err)
	size, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	check(t, err)
	dict := fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode", size.Width, size.Height)
	return sheet("q 841.89 0 0 595.28 0 0 cm /Im Do Q", "/XObject <</Im 5 0 R>>", streamOf(dict, string(picture)))
}

// smaller is the page as another program prints it, with a margin.
func smaller(t testing.TB, b []byte) []byte {
	return painted(t, b, "q .9 0 0 .9 20 30 cm", "Q")
}

// lying is a certificate of 三级 whose font says that it is 五.
func lying(t testing.TB) []byte {
	t.Helper()
	plain := qpdf(t, with(t, func(d *pdf.Document) { d.LevelName = "三级/初级工" }), "--qdf", "--object-streams=disable")
	return bytes.ReplaceAll(plain, []byte("<4E09>"), []byte("<4E94>"))
}

// tells is a report in one line: rows that are not the same, then the rest.
func tells(r readout.Report) string {
	var all []string
	for _, row := range r.Rows {
		if row.State != readout.Same {
			all = append(all, fmt.Sprintf("%s %s %q", row.Key, row.State, row.Found))
		}
	}
	for _, part := range []struct {
		name  string
		texts []string
	}{{"added", r.Added}, {"missing", r.Missing}} {
		if len(part.texts) > 0 {
			all = append(all, fmt.Sprintf("%s %q", part.name, part.texts))
		}
	}
	for _, part := range []struct {
		name string
		is   bool
	}{{"moved", r.Moved}, {"photo", r.Photo}, {"drawing", r.Drawing}, {"unreadable", !r.Readable}} {
		if part.is {
			all = append(all, part.name)
		}
	}
	return strings.Join(all, "; ")
}

// TestReport hands in what people make of a certificate.
func TestReport(t *testing.T) {
	whole := rendered(t, pdf.A4, sample(t))
	recorded, err := reader().Read(t.Context(), whole)
	check(t, err)
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"as recorded", "", whole},
		{"written anew", "", qpdf(t, whole, "--object-streams=generate", "--recompress-flate")},
		{"written out", "", qpdf(t, whole, "--qdf", "--object-streams=disable")},
		{"another level", `level differs "三级/高级工 Level 3, Advanced"`,
			with(t, func(d *pdf.Document) { d.LevelName, d.LevelEnglish = "三级/高级工", "Level 3, Advanced" })},
		{"another level in English only", `level differs "五级／初级工 Level 3, Advanced"`, with(t, func(d *pdf.Document) { d.LevelEnglish = "Level 3, Advanced" })},
		{"another level, written anew", `level differs "三级/初级工 Level 5, Elementary"`,
			qpdf(t, with(t, func(d *pdf.Document) { d.LevelName = "三级/初级工" }), "--object-streams=generate")},
		{"a longer name", `name differs "阿卜杜热合曼·买买提江"`, with(t, func(d *pdf.Document) { d.Name = "阿卜杜热合曼·买买提江" })},
		{"remark gone", `remark gone ""; missing ["备注Remark"]`, with(t, func(d *pdf.Document) { d.Remark = "" })},
		{"covered by other words", `level differs "Level 3, Advanced"`, overlaid(t, whole, cover+over)},
		{"covered, in a later revision", `level gone ""`, painted(t, whole, "", cover)},
		{"words in white", "", overlaid(t, whole, "BT 1 g /Helv 12 Tf 600 530 Td (Grade A) Tj ET")},
		{"words in no colour", "", overlaid(t, whole, strings.Replace(over, "0 g", "3 Tr", 1))},
		{"an annotation over it", `level differs "Level 3, Advanced"`, annotated(t, whole, "Level 3, Advanced", true)},
		{"an annotation without picture", `added ["Level 3"]`, annotated(t, whole, "Level 3", false)},
		{"words elsewhere", `added ["Grade A"]`, overlaid(t, whole, "BT 0 g /Helv 12 Tf 600 560 Td (Grade A) Tj ET")},
		{"a font that lies", `level unclear "五级／初级工 Level 5, Elementary"`, lying(t)},
		{"another photo", "photo", with(t, func(d *pdf.Document) { d.Photo = portrait(t, 0) })},
		{"another code", "drawing", with(t, func(d *pdf.Document) { d.VerifyURL = "https://example.com/v/zzzzzzzzzzzzzzzzzzzzzzzzzz" })},
		{"printed smaller", "moved", smaller(t, whole)},
		{"another level, printed smaller", `level differs "Level 5, Elementary"; added ["三级/初级工 Level 5, Elementary"]; moved`,
			smaller(t, with(t, func(d *pdf.Document) { d.LevelName = "三级/初级工" }))},
		{"scanned", "unreadable", scanned(t, whole)},
		{"an empty page", "unreadable", sheet("", "")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if dir := os.Getenv("READOUT_KEEP"); dir != "" {
				check(t, os.WriteFile(filepath.Join(dir, c.name+".pdf"), c.file, 0o600))
			}
			file, err := reader().Read(t.Context(), c.file)
			check(t, err)
			r := readout.Compare(file, recorded, fields())
			if got := tells(r); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
			if r.Readable && len(r.Rows) != len(fields())-2 {
				t.Errorf("%d fields: %+v", len(r.Rows), r.Rows)
			}
		})
	}
}

// TestCard reads both sides of a card, and tells it from a certificate.
func TestCard(t *testing.T) {
	d := sample(t)
	card, err := reader().Read(t.Context(), rendered(t, pdf.Pocket, d))
	check(t, err)
	d.Name, d.Body = "王桂芳", "天津别处职业技能评价中心"
	other, err := reader().Read(t.Context(), rendered(t, pdf.Pocket, d))
	check(t, err)
	if got, want := tells(readout.Compare(other, card, fields())), `name differs "王桂芳"; org differs "天津别处职业技能评价中心"`; !strings.HasPrefix(got, want) {
		t.Errorf("%s\nwant %s", got, want)
	}
	a4, err := reader().Read(t.Context(), rendered(t, pdf.A4, sample(t)))
	check(t, err)
	if !readout.Alike(card, other) || readout.Alike(card, a4) {
		t.Error("a card is not told from a certificate")
	}
}

func TestAttached(t *testing.T) {
	whole := rendered(t, pdf.A4, sample(t))
	for name, file := range map[string][]byte{"as recorded": whole, "written anew": qpdf(t, whole, "--object-streams=generate", "--recompress-flate")} {
		if got, err := reader().Attached(t.Context(), file, "credential.json"); err != nil || string(got) != string(sample(t).Attachment.Data) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := reader().Attached(t.Context(), sheet("", ""), "credential.json"); err != nil || got != nil {
		t.Errorf("none: %q, %v", got, err)
	}
}

// TestUnreadable: what cannot be opened, or is too much, is refused and harms nobody who comes after.
func TestUnreadable(t *testing.T) {
	whole := rendered(t, pdf.A4, sample(t))
	crowd := "BT /Helv 4 Tf 10 10 Td " + strings.Repeat("("+strings.Repeat("abcdefgh ", 20)+") Tj 0 6 Td ", 90) + "ET"
	nested := "/XObject <</A 5 0 R>>" + helv
	for name, file := range map[string][]byte{
		"nothing": nil, "text": []byte("证书"), "cut off": whole[:200], "locked": qpdf(t, whole, "--encrypt", "secret", "owner", "256", "--"),
		"too large": make([]byte, 21<<20), "a crowd of words": sheet(crowd, helv),
		"a page of no size": bytes.Replace(sheet("", ""), []byte("841.89 595.28"), []byte("0.0001 0.0001"), 1),
	} {
		if f, err := reader().Read(t.Context(), file); !errors.Is(err, readout.ErrUnreadable) || f != nil {
			t.Errorf("%s: %v, %v", name, f, err)
		}
	}
	loop := sheet("/A Do", nested, streamOf("/Type /XObject /Subtype /Form /BBox [0 0 800 500] /Resources <<"+nested+">>", "/A Do /A Do"))
	if _, err := reader().Read(t.Context(), loop); err != nil && !errors.Is(err, readout.ErrUnreadable) {
		t.Errorf("a form within itself: %v", err)
	}
	for n := range 4 { // cut where pages or fonts are missing: whatever is read of it is never all that was recorded
		recorded, err := reader().Read(t.Context(), whole)
		check(t, err)
		file, err := reader().Read(t.Context(), whole[:len(whole)*(n+1)/5])
		if err == nil && tells(readout.Compare(file, recorded, fields())) == "" {
			t.Errorf("cut to %d fifths: no difference", n+1)
		}
	}
	if _, err := reader().Read(t.Context(), whole); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestTimeIsBounded draws what takes for ever.
func TestTimeIsBounded(t *testing.T) {
	slow := sheet(strings.Repeat("/A Do ", 1000), "/XObject <</A 5 0 R>>",
		streamOf("/Type /XObject /Subtype /Form /BBox [0 0 800 500] /Group <</S /Transparency>> /Resources <</XObject <</A 6 0 R>>>>", strings.Repeat("/A Do ", 1000)),
		streamOf("/Type /XObject /Subtype /Form /BBox [0 0 800 500] /Group <</S /Transparency>>", strings.Repeat("0 0 800 500 re f ", 1000)))
	from := time.Now()
	if _, err := reader().Read(t.Context(), slow); !errors.Is(err, readout.ErrUnreadable) {
		t.Errorf("%v", err)
	}
	if took := time.Since(from); took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
	if _, err := reader().Read(t.Context(), sheet("", "")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// FuzzRead: nothing that is handed in stops the reader, and what it tells keeps to its bounds.
func FuzzRead(f *testing.F) {
	whole := rendered(f, pdf.A4, sample(f))
	recorded, err := reader().Read(f.Context(), whole)
	check(f, err)
	for _, seed := range [][]byte{nil, whole, whole[:len(whole)/2], sheet(cover+over, helv), annotated(f, whole, "Level 3", true),
		qpdf(f, whole, "--object-streams=generate"), scanned(f, whole)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := reader().Read(t.Context(), file)
		if err != nil {
			if !errors.Is(err, readout.ErrUnreadable) && !errors.Is(err, readout.ErrBusy) {
				t.Fatal(err)
			}
			return
		}
		r := readout.Compare(got, recorded, fields())
		texts := slices.Concat(r.Added, r.Missing)
		for _, row := range r.Rows {
			texts = append(texts, row.Found)
		}
		for _, s := range texts {
			if len([]rune(s)) > 81 || strings.ContainsAny(s, "\u202e\u0000\n") {
				t.Errorf("told: %q", s)
			}
		}
		if len(r.Added) > 13 || len(r.Missing) > 13 {
			t.Errorf("%d added, %d missing", len(r.Added), len(r.Missing))
		}
	})
}
