package table

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/questionbank/exchange/archive"
)

// parts is what inspect learns about a workbook.
type parts struct {
	sheets map[string]string          // name of a sheet to the part that holds it
	lossy  map[string]map[string]bool // part to cells whose number has more digits than a spreadsheet keeps
	counts map[string]bool            // parts that hold a number: what is kept may differ from what is shown

	relations map[string]string // relation to part
	strings   int               // shared strings there are
	highest   int               // shared string asked for

	order       []listed        // sheets as they stand in the book
	sheet, part string          // the one asked for
	shared      []string        // strings
	formats     []string        // of cells, by style
	custom      map[string]bool // formats that the workbook defines itself
	rows        []record        // of the sheet asked for, unless strange
	strange     bool            // only the library reads it: puzzled is closed
	puzzled     chan struct{}
}

// listed is a sheet as the workbook lists it.
type listed struct {
	name, relation string
	visible        bool
}

func newParts() *parts {
	return &parts{sheets: map[string]string{}, lossy: map[string]map[string]bool{}, counts: map[string]bool{}, relations: map[string]string{},
		highest: -1, custom: map[string]bool{}, puzzled: make(chan struct{})}
}

// directory opens a workbook as the package that it is and refuses what would unpack without end.
func directory(data []byte) (*zip.Reader, error) {
	pack, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return pack, checkSizes(pack.File)
}

// inspect refuses what the workbook library would read only in part: it stops quietly at the first malformed element of
// a sheet, which would drop the rows below. Sheets come last, since they are gathered by what the others say.
func (p *parts) inspect(pack *zip.Reader, want string) error {
	for _, f := range pack.File {
		if err := p.inspectBook(f); err != nil {
			return err
		}
	}
	p.choose(pack.File, want)
	for _, f := range pack.File {
		if err := p.inspectSheet(f); err != nil {
			return err
		}
	}
	if p.highest >= p.strings {
		return ErrBroken.With("共享字符串表不完整")
	}
	for name, relation := range p.sheets {
		p.sheets[name] = p.relations[relation]
	}
	return nil
}

func checkSizes(files []*zip.File) error {
	if len(files) > maxParts {
		return ErrTooLarge.With("工作簿含有过多部件")
	}
	total := uint64(0)
	for _, f := range files {
		if total += min(f.UncompressedSize64, maxUnzipped+1); total > maxUnzipped {
			return ErrTooLarge.With("工作簿展开后超过 %d MB", maxUnzipped>>20)
		}
		if archive.Swells(f) {
			return ErrTooLarge.With("工作簿的部件展开后过大")
		}
	}
	return nil
}

func (p *parts) inspectBook(f *zip.File) error {
	switch partName(f.Name) {
	case "_rels/.rels":
		return p.aside(elements(f, starts(p.root)))
	case "xl/workbook.xml":
		return elements(f, starts(p.listSheet))
	case "xl/_rels/workbook.xml.rels":
		return elements(f, starts(p.relation))
	case "xl/styles.xml":
		within := false
		return p.aside(elements(f, p.style(&within)))
	case "xl/sharedstrings.xml":
		g := &gatherer{book: p}
		err := elements(f, func(token xml.Token) error {
			if start, ok := token.(xml.StartElement); ok {
				p.sharedString(start)
			}
			g.visit(token)
			return nil
		})
		if g.strange {
			p.puzzle()
		}
		return err
	}
	return nil
}

// aside takes a part that is not refused for being malformed: it is the library's to read, or not to. A trap is one in
// any part.
func (p *parts) aside(err error) error {
	if errors.Is(err, ErrTooLarge) {
		return err
	}
	if err != nil {
		p.puzzle()
	}
	return nil
}

func (p *parts) inspectSheet(f *zip.File) error {
	name := partName(f.Name)
	if !strings.HasPrefix(name, "xl/worksheets/") || !strings.HasSuffix(name, ".xml") {
		return nil
	}
	s := &sheetCheck{file: f.Name, lossy: map[string]bool{}, highest: -1}
	visit := s.visit
	if name == p.part && !p.strange {
		g := &gatherer{book: p, check: s}
		visit = func(token xml.Token) error { return p.gather(g, token) }
		defer func() { p.rows = g.rows }()
	}
	err := elements(f, visit)
	p.lossy[name], p.counts[name], p.highest = s.lossy, s.numbers, max(p.highest, s.highest)
	return err
}

// gather inspects a token of the sheet asked for and keeps what it says.
func (p *parts) gather(g *gatherer, token xml.Token) error {
	if err := g.check.visit(token); err != nil {
		return err
	}
	if g.visit(token); g.strange && !p.strange {
		g.rows = nil
		p.puzzle()
	}
	return nil
}

// partName brings the name of a part to one form; some writers use backslashes or capitals.
func partName(s string) string {
	return strings.TrimPrefix(path.Clean(strings.ToLower(strings.ReplaceAll(s, "\\", "/"))), "/")
}

func (p *parts) listSheet(e xml.StartElement) {
	if e.Name.Local == "sheet" {
		name, relation, state := attribute(e, "name"), attribute(e, "id"), attribute(e, "state")
		p.sheets[name] = relation
		p.order = append(p.order, listed{name, relation, state == "" || state == "visible"})
	}
}

func (p *parts) relation(e xml.StartElement) {
	if target := attribute(e, "Target"); strings.HasPrefix(target, "/") {
		p.relations[attribute(e, "Id")] = partName(target)
	} else {
		p.relations[attribute(e, "Id")] = partName("xl/" + target)
	}
}

func (p *parts) sharedString(e xml.StartElement) {
	if e.Name.Local == "si" {
		p.strings++
	}
}

// starts visits start elements only.
func starts(visit func(xml.StartElement)) func(xml.Token) error {
	return func(token xml.Token) error {
		if start, ok := token.(xml.StartElement); ok {
			visit(start)
		}
		return nil
	}
}

// elements walks a part to its proper end. It takes raw tokens, since names without their namespaces are enough and a
// sheet has millions, and so checks the nesting itself.
func elements(f *zip.File, visit func(xml.Token) error) error {
	part, err := f.Open()
	if err != nil {
		return ErrBroken.With("%s", f.Name)
	}
	defer func() { _ = part.Close() }()
	dec := xml.NewDecoder(bufio.NewReaderSize(part, 1<<16))
	dec.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, ErrEncoding }
	var open []xml.Name
	for {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) && len(open) == 0 {
			return nil
		}
		if err != nil {
			return ErrBroken.With("%s", f.Name)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if open = append(open, t.Name); len(open) > maxDepth {
				return ErrTooLarge.With("%s 嵌套过深", f.Name)
			}
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1] != t.Name {
				return ErrBroken.With("%s", f.Name)
			}
			open = open[:len(open)-1]
		}
		if err = visit(token); err != nil {
			return err
		}
	}
}

// sheetCheck walks one sheet: rows must ascend, shared strings must be numbers, long numbers are remembered.
type sheetCheck struct {
	file    string
	lossy   map[string]bool
	highest int // shared string asked for
	numbers bool

	row, column int
	cell, kind  string // name and type of the cell the walk is in
	within      bool   // a value
	text        []byte // of the value
}

func (s *sheetCheck) visit(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return s.enter(t)
	case xml.CharData:
		if s.within {
			s.text = append(s.text, t...)
		}
	case xml.EndElement:
		if s.within && t.Name.Local == "v" {
			s.within = false
			return s.value(strings.TrimSpace(string(s.text)))
		}
	}
	return nil
}

func (s *sheetCheck) enter(e xml.StartElement) error {
	switch e.Name.Local {
	case "row":
		return s.enterRow(attribute(e, "r"))
	case "c":
		s.column++
		s.kind = attribute(e, "t")
		if s.cell = attribute(e, "r"); s.cell == "" {
			s.cell = Letter(s.column) + strconv.Itoa(s.row)
		}
	case "v":
		s.within, s.text = true, s.text[:0]
	}
	return nil
}

func (s *sheetCheck) enterRow(number string) error {
	at := s.row + 1
	if number != "" {
		n, err := strconv.Atoi(number)
		if err != nil || n <= s.row || n > lastRow {
			return ErrBroken.With("%s 的行号 %s 不正确", s.file, number)
		}
		at = n
	}
	s.row, s.column = at, 0
	return nil
}

func (s *sheetCheck) value(text string) error {
	switch s.kind {
	case "s":
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return ErrBroken.With("%s 的共享字符串编号不正确", s.file)
		}
		s.highest = max(s.highest, n)
	case "", "n", "d":
		s.numbers = true
		if v, err := strconv.ParseFloat(text, 64); err == nil && (v >= 1e15 || v <= -1e15) {
			s.lossy[s.cell] = true
		}
	}
	return nil
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
