package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDrawPaper prints what draw wrote: a room, apart from its keys, and nothing from a file that is not as it was.
func TestDrawPaper(t *testing.T) {
	data := stocked(t)
	roster := rosterHead
	for i := range 5 {
		roster += fmt.Sprintf("5,12,2026.1+120000,一中,%d,%d,2612000001%04d,\n", 1+i/3, 1+i%3, i)
	}
	_, dir, err := drawInto(t, data, roster)
	if err != nil {
		t.Fatal(err)
	}
	forms := filepath.Join(dir, formsFile)
	out := filepath.Join(t.TempDir(), "out")
	if got := must(t, "draw", "paper", forms, "--data", data, "--out", out, "--room", "1"); !strings.Contains(got, "3 份试卷 forms，9 个文件 files") {
		t.Errorf("printed %q", got)
	}
	files := below(t, out)
	if len(files) != 9 || slices.ContainsFunc(files, func(f string) bool { return strings.HasPrefix(f, "key/") != strings.HasSuffix(f, "-key.pdf") }) {
		t.Fatalf("files %q", files)
	}
	if text := readPDF(t, filepath.Join(out, files[0])); !strings.Contains(text, "理论知识试卷") || !strings.Contains(text, "样题") || !strings.Contains(text, "2612000001") ||
		!strings.Contains(text, "题干N5-") && !strings.Contains(text, "题干P12-") {
		t.Errorf("%s reads %.400s", files[0], text)
	}
	for seat := 1; seat <= 3; seat++ {
		name := regexp.MustCompile(fmt.Sprintf(`^L5-\d{4}-一中-1-seat-%03d-sheet\.pdf$`, seat))
		if n := slices.IndexFunc(files, name.MatchString); n < 0 || !strings.Contains(readPDF(t, filepath.Join(out, files[n])), fmt.Sprintf("1%d号", seat)) {
			t.Errorf("no sheet of seat %d in %q", seat, files)
		}
	}
	usedDirectory(t, out, "draw", "paper", forms, "--data", data, "--out", out, "--kind", "questions,sheet")
	papersRefused(t, data, forms)
}

// usedDirectory: nothing is printed into a directory where one file is in the way, and large print does not stand in the
// way of the usual.
func usedDirectory(t *testing.T, out string, args ...string) {
	t.Helper()
	for _, f := range below(t, out)[1:] {
		if err := os.Remove(filepath.Join(out, f)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := command(t, args...)
	if err == nil || !strings.Contains(err.Error(), "请用 --out 另指定一个空目录") || !strings.Contains(err.Error(), "give --out an empty directory") || strings.Contains(err.Error(), "line ") {
		t.Errorf("a used directory: %v", err)
	}
	if files := below(t, out); len(files) != 1 {
		t.Errorf("printed beside it: %q", files)
	}
	must(t, append(args, "--large")...)
	files := below(t, out)
	if large := slices.DeleteFunc(slices.Clone(files), func(f string) bool { return !strings.HasSuffix(f, "-large.pdf") }); len(large) != len(files)-1 || len(large) < 10 {
		t.Errorf("in large print: %q", files)
	}
}

func TestNamesOfPapers(t *testing.T) {
	for want, f := range map[string]drawnForm{
		"L5-0000":                      {Level: 5},
		"L5-0007-一中-第一考场-seat-002":     {Level: 5, Slot: 7, Site: "一中", Room: "第一考场", Seat: 2},
		"L4-0000-1-seat-1000":          {Level: 4, Room: "1", Seat: 1000},
		"L4-0000-etc_x-a_b_c-seat-001": {Level: 4, Site: "../../etc/x", Room: `..\a:b/\c*`, Seat: 1},
		"L4-0000-一中-1-reserve":         {Level: 4, Site: "一中", Room: "1", Seat: 3, Reserve: true},
		"L4-0000-二十个字二十个字二十个字二十个字二十个字": {Level: 4, Room: strings.Repeat("二十个字", 6)},
	} {
		if got := f.file(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func below(t *testing.T, dir string) (files []string) {
	t.Helper()
	for _, pattern := range []string{"*.pdf", "key/*.pdf"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			files = append(files, strings.TrimPrefix(f, dir+"/"))
		}
	}
	slices.Sort(files)
	return files
}

func readPDF(t *testing.T, name string) string {
	t.Helper()
	b, err := exec.Command("pdftotext", "-raw", name, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext, of poppler-utils: %v\n%s", err, b)
	}
	return strings.Join(strings.Fields(string(b)), "")
}

func papersRefused(t *testing.T, data, forms string) {
	t.Helper()
	whole, err := os.ReadFile(forms)
	if err != nil {
		t.Fatal(err)
	}
	inside(t, data, func(ctx context.Context, h *house) {
		for name, c := range refusedPapers(t, whole) {
			file, out := filepath.Join(t.TempDir(), "forms.jsonl"), t.TempDir()
			if err := os.WriteFile(file, c.file, 0o600); err != nil {
				t.Fatal(err)
			}
			p := printing{out: out, room: c.room, kinds: []string{"sheet"}}
			if c.kinds != nil {
				p.kinds = c.kinds
			}
			if err := explain(p.run(ctx, console{out: io.Discard}, h, file)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

type refusedPaper struct {
	file  []byte
	want  string
	room  string
	kinds []string
}

func refusedPapers(t *testing.T, whole []byte) map[string]refusedPaper {
	t.Helper()
	lines := bytes.SplitAfter(whole, []byte("\n"))
	change := func(edit func(*drawnForm)) []byte {
		var f drawnForm
		if err := json.Unmarshal(lines[len(lines)-2], &f); err != nil { // the last line; what comes before it is right
			t.Fatal(err)
		}
		edit(&f)
		b, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Concat(bytes.Join(lines[:len(lines)-2], nil), b)
	}
	own := func(f *drawnForm) { f.Digest = f.form().Digest() }
	return map[string]refusedPaper{
		"another item":        {file: change(func(f *drawnForm) { f.Items[0], f.Items[1] = f.Items[1], f.Items[0] }), want: "摘要不符"},
		"another slot":        {file: change(func(f *drawnForm) { f.Slot++ }), want: "摘要不符"},
		"a slot twice":        {file: slices.Concat(whole, lines[0]), want: "重复"},
		"an item not there":   {file: change(func(f *drawnForm) { f.Items[0].Code = "../x"; own(f) }), want: "与题库不符"},
		"a release not there": {file: change(func(f *drawnForm) { f.Release = "2099.1" }), want: "release 2099.1"},
		"another's blueprint": {file: change(func(f *drawnForm) { f.Blueprint = "2026.1-L4" }), want: "组卷方案"},
		"no level":            {file: change(func(f *drawnForm) { f.Level = 9 }), want: "line "},
		"a field more":        {file: bytes.Replace(whole, []byte(`{"level"`), []byte(`{"path":"/etc","level"`), 1), want: "unknown field"},
		"two forms in a line": {file: bytes.Replace(whole, []byte("\n"), nil, 1), want: "一行"},
		"a line without end":  {file: append(slices.Clone(whole), bytes.Repeat([]byte(" "), maxFormLine+1)...), want: "too long"},
		"nothing":             {want: "没有要印制"},
		"a room that is not":  {file: whole, room: "9", want: "没有要印制"},
		"a kind that is not":  {file: whole, kinds: []string{"sheet", "book"}, want: "questions"},
		"no kind":             {file: whole, kinds: []string{}, want: "缺少种类"},
	}
}
