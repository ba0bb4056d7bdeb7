package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// printing is what draw paper is told on its command line.
type printing struct {
	settings
	out, room string
	large     bool
	kinds     []string
}

func drawPaperCommand(con console) *cobra.Command {
	p := printing{settings: settings{Listen: defaultListen, Label: "skillcert"}}
	cmd := &cobra.Command{Use: "paper FORMS.jsonl --data DIR --out DIR", Short: "Print drawn forms for a sitting on paper", Args: cobra.ExactArgs(1),
		Long: "Reads the file that draw wrote, checks every form against its digest, and prints PDF files from the releases in the house:\n" +
			"OUT/L5-0000-一中-1-seat-002-questions.pdf and …-sheet.pdf for slot 0 of 五级, which seat 2 of room 1 at 一中 gets, and the keys\n" +
			"apart in OUT/key/. With --large the names end in -large. Nothing is overwritten.\n" +
			"Reserve forms are printed with all rooms, or with --room of the name that forms.jsonl has for them.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return inHouse(cmd.Context(), p.settings, func(h *house) error { return explain(p.run(cmd.Context(), con, h, args[0])) })
		}}
	p.flags(cmd, con)
	cmd.Flags().StringVar(&p.out, "out", "", "directory for the files; none in it is overwritten")
	cmd.Flags().StringVar(&p.room, "room", "", "print this room only")
	cmd.Flags().BoolVar(&p.large, "large", false, "large print (长者模式)")
	cmd.Flags().StringSliceVar(&p.kinds, "kind", []string{string(theory.PaperQuestions), string(theory.PaperSheet), string(theory.PaperKey)}, "what to print")
	return cmd
}

// Bounds of a file of forms, and of one run: what a print shop takes in one go.
const (
	maxFormsFile = 2 << 30
	maxFormLine  = 1 << 20
	maxPrinted   = 2000
)

var (
	errPrinting = errs.New(errs.Invalid, "draw.paper", "不能印制试卷")
	errUsed     = errs.New(errs.Conflict, "draw.paper_exists", "输出目录已经用过")
)

// run reads the file twice: nothing is printed from one that is not right to its end.
func (p *printing) run(ctx context.Context, con console, h *house, name string) error {
	kinds, err := p.check()
	if err != nil {
		return err
	}
	count, used, seen := 0, "", map[string]bool{}
	err = eachForm(name, func(f drawnForm) error {
		if seen[f.slot()] {
			return errPrinting.With("%s 第 %d 号试卷重复", f.Level, f.Slot)
		}
		if seen[f.slot()] = true; p.room != "" && f.Room != p.room {
			return nil
		}
		count++
		used = cmp.Or(used, p.used(f, kinds))
		return nil
	})
	switch {
	case err != nil:
		return err
	case used != "":
		return errUsed.With("%s 已存在，不覆盖，什么也没有印制；请用 --out 另指定一个空目录，或先移走原来的文件\n"+
			"%s exists and is not overwritten; nothing was printed: give --out an empty directory, or move the old files away first", used, used)
	case count == 0:
		return errPrinting.With("没有要印制的试卷")
	case count > maxPrinted:
		return errPrinting.With("一次最多印制 %d 份，请用 --room", maxPrinted)
	}
	s := &shop{ctx: ctx, house: h, printing: p, kinds: kinds, at: h.clock.Now(), releases: map[string]*questionbank.Snapshot{}, blueprints: map[string]*questionbank.Blueprint{}}
	if err := eachForm(name, s.form); err != nil {
		return err
	}
	_, err = fmt.Fprintf(con.out, "%d 份试卷 forms，%d 个文件 files：%s\n", count, count*len(kinds), p.out)
	return err
}

func (p *printing) check() (kinds []theory.PaperKind, err error) {
	var c errs.Check
	c.That(p.out != "", "out", "missing", "缺少输出目录")
	for _, k := range p.kinds {
		k := theory.PaperKind(strings.TrimSpace(k))
		c.That(slices.Contains(theory.PaperKinds(), k), "kind", "unknown", "应为 questions、sheet 或 key")
		if !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	c.That(len(kinds) > 0, "kind", "missing", "缺少种类")
	return kinds, c.Err(errPrinting)
}

// eachForm reads a file of forms line by line and checks what stands in each.
func eachForm(name string, do func(drawnForm) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(io.LimitReader(f, maxFormsFile+1))
	lines.Buffer(nil, maxFormLine)
	for n := 1; lines.Scan(); n++ {
		form, err := readForm(lines.Bytes())
		if err == nil {
			err = do(form)
		}
		if err != nil {
			return errors.Join(fmt.Errorf("%s, line %d: %w", filepath.Base(name), n, err), f.Close())
		}
	}
	info, err := f.Stat()
	if err == nil && info.Size() > maxFormsFile {
		err = errPrinting.With("文件大于 %d GB", maxFormsFile>>30)
	}
	return errors.Join(lines.Err(), err, f.Close())
}

// readForm reads one line strictly.
func readForm(line []byte) (f drawnForm, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return f, errPrinting.With("%v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return f, errPrinting.With("一行应只有一份试卷")
	}
	switch {
	case !f.Level.Valid() || f.Slot < 0 || len(f.Items) == 0:
		return f, errPrinting.With("等级、序号或试题不正确")
	case f.form().Digest() != f.Digest:
		return f, errPrinting.With("第 %d 号试卷与其摘要不符", f.Slot)
	}
	return f, nil
}

func (f drawnForm) form() assembly.Form { return assembly.Form{Slot: f.Slot, Items: f.Items} }

func (f drawnForm) slot() string { return fmt.Sprintf("L%d-%04d", int(f.Level), f.Slot) }

// file is what a form's files are called: its slot, and where it is laid.
func (f drawnForm) file() string {
	parts := []string{f.slot()}
	for _, s := range []string{f.Site, f.Room} {
		if s = plainName(s); s != "" {
			parts = append(parts, s)
		}
	}
	switch {
	case f.Reserve:
		parts = append(parts, "reserve")
	case f.Seat > 0:
		parts = append(parts, fmt.Sprintf("seat-%03d", f.Seat))
	}
	return strings.Join(parts, "-")
}

// mostName is how many characters of a site or a room stand in the name of a file.
const mostName = 20

// plainName leaves of what somebody wrote the letters and digits, so that it names no other place.
func plainName(s string) string {
	name := []rune(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "_"))
	return string(name[:min(len(name), mostName)])
}

// shop prints forms, with the releases and blueprints that it has opened.
type shop struct {
	*printing
	ctx        context.Context
	house      *house
	kinds      []theory.PaperKind
	at         time.Time
	releases   map[string]*questionbank.Snapshot
	blueprints map[string]*questionbank.Blueprint
	halves     theory.Halves
}

// form prints one form, if it is of the room that is printed.
func (s *shop) form(f drawnForm) error {
	if s.room != "" && f.Room != s.room {
		return nil
	}
	p, err := s.page(f)
	if err != nil {
		return err
	}
	for _, p.Kind = range s.kinds {
		file, err := s.house.Papers.Print(p)
		if err != nil {
			return err
		}
		if err := s.write(f, p.Kind, file); err != nil {
			return err
		}
	}
	return nil
}

// page is what the files of a form have in common.
func (s *shop) page(f drawnForm) (api.Print, error) {
	release, err := kept(s.releases, f.Release, func() (*questionbank.Snapshot, error) { return s.house.Bank.Snapshot(s.ctx, f.Release) })
	if err != nil {
		return api.Print{}, fmt.Errorf("release %s: %w", f.Release, err)
	}
	bp, err := kept(s.blueprints, f.Blueprint, func() (*questionbank.Blueprint, error) { return s.house.Bank.Blueprint(s.ctx, f.Blueprint) })
	if err != nil {
		return api.Print{}, fmt.Errorf("blueprint %s: %w", f.Blueprint, err)
	}
	if bp.Level != f.Level {
		return api.Print{}, errPrinting.With("组卷方案 %s 不是%s的", bp.ID, f.Level)
	}
	p := api.Print{Large: s.large, Blueprint: *bp, Form: f.form(), Item: release.Item, Minutes: s.house.policy.Levels[f.Level].TheoryMinutes, Created: s.at,
		Image: func(digest string) (*questionbank.Image, error) { return s.house.Bank.Image(s.ctx, digest) }}
	if p.Sitting = seatLine(f.Room, f.Seat); f.Reserve {
		p.Sitting = "备用"
	}
	if !f.Reserve && bp.Forms == questionbank.AB {
		p.Mark = s.halves.Mark(fmt.Sprintf("%d %s %s", f.Level, f.Province, f.Room), f.Seat, p.Form)
	}
	if isTicket(f.Candidate) {
		p.Ticket = f.Candidate
	}
	return p, nil
}

// seatLine says where a paper is laid, as far as the line of the cover goes.
func seatLine(room string, seat int) string {
	name := []rune(room)
	return fmt.Sprintf("%s　%d号", string(name[:min(len(name), 30)]), seat)
}

// isTicket reports whether a candidate of a roster is called by a number that an answer sheet has room for.
func isTicket(candidate string) bool {
	return len(candidate) <= 20 && strings.Trim(candidate, "0123456789") == ""
}

// kept opens what a map does not have yet.
func kept[T any](have map[string]*T, id string, open func() (*T, error)) (*T, error) {
	if v, ok := have[id]; ok {
		return v, nil
	}
	v, err := open()
	if err == nil {
		have[id] = v
	}
	return v, err
}

// place is where a file is put. Keys lie in a directory of their own.
func (p *printing) place(f drawnForm, k theory.PaperKind) string {
	name := f.file() + "-" + api.Print{Kind: k, Large: p.large}.Name() + ".pdf"
	if k == theory.PaperKey {
		return filepath.Join(p.out, "key", name)
	}
	return filepath.Join(p.out, name)
}

// used is a file that would be overwritten, if there is one.
func (p *printing) used(f drawnForm, kinds []theory.PaperKind) string {
	for _, k := range kinds {
		if name := p.place(f, k); exists(name) {
			return name
		}
	}
	return ""
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// write puts a file into its place.
func (s *shop) write(f drawnForm, k theory.PaperKind, file []byte) error {
	name := s.place(f, k)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return writeNew(name, file)
}
