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
)

// parts is what inspect learns about a workbook.
type parts struct {
	sheets map[string]string          // name of a sheet to the part that holds it
	lossy  map[string]map[string]bool // part to cells whose number has more digits than a spreadsheet keeps
	counts map[string]bool            // parts that hold a number: what is kept may differ from what is shown

	relations map[string]string // relation to part
	strings   int               // shared strings there are
	highest   int               // shared string asked for
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
// a sheet, which would drop the rows below.
func inspect(pack *zip.Reader) (*parts, error) {
	p := &parts{sheets: map[string]string{}, lossy: map[string]map[string]bool{}, counts: map[string]bool{}, relations: map[string]string{}, highest: -1}
	for _, f := range pack.File {
		if err := p.inspect(f); err != nil {
			return nil, err
		}
	}
	if p.highest >= p.strings {
		return nil, ErrBroken.With("共享字符串表不完整")
	}
	for name, relation := range p.sheets {
		p.sheets[name] = p.relations[relation]
	}
	return p, nil
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
	}
	return nil
}

func (p *parts) inspect(f *zip.File) error {
	switch name := partName(f.Name); {
	case name == "xl/workbook.xml":
		return elements(f, starts(p.sheet))
	case name == "xl/_rels/workbook.xml.rels":
		return elements(f, starts(p.relation))
	case name == "xl/sharedstrings.xml":
		return elements(f, starts(p.sharedString))
	case strings.HasPrefix(name, "xl/worksheets/") && strings.HasSuffix(name, ".xml"):
		s := &sheetCheck{file: f.Name, lossy: map[string]bool{}, highest: -1}
		err := elements(f, s.visit)
		p.lossy[name], p.counts[name], p.highest = s.lossy, s.numbers, max(p.highest, s.highest)
		return err
	}
	return nil
}

// partName brings the name of a part to one form; some writers use backslashes or capitals.
func partName(s string) string {
	return strings.TrimPrefix(path.Clean(strings.ToLower(strings.ReplaceAll(s, "\\", "/"))), "/")
}

func (p *parts) sheet(e xml.StartElement) {
	if e.Name.Local == "sheet" {
		p.sheets[attribute(e, "name")] = attribute(e, "id")
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
			open = append(open, t.Name)
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
