package table

import (
	"archive/zip"
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

	relations map[string]string // relation to part
	strings   int               // shared strings there are
	highest   int               // shared string asked for
}

// inspect refuses what the workbook library would unpack without end or read only in part: it stops quietly at the
// first malformed element of a sheet, which would drop the rows below.
func inspect(data []byte) (*parts, error) {
	pack, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	if err = checkSizes(pack.File); err != nil {
		return nil, err
	}
	p := &parts{sheets: map[string]string{}, lossy: map[string]map[string]bool{}, relations: map[string]string{}, highest: -1}
	for _, f := range pack.File {
		if err = p.inspect(f); err != nil {
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
		return elements(f, p.sheet)
	case name == "xl/_rels/workbook.xml.rels":
		return elements(f, p.relation)
	case name == "xl/sharedstrings.xml":
		return elements(f, p.sharedString)
	case strings.HasPrefix(name, "xl/worksheets/") && strings.HasSuffix(name, ".xml"):
		s := &sheetCheck{file: f.Name, lossy: map[string]bool{}, highest: -1}
		err := elements(f, s.visit)
		p.lossy[name], p.highest = s.lossy, max(p.highest, s.highest)
		return err
	}
	return nil
}

// partName brings the name of a part to one form; some writers use backslashes or capitals.
func partName(s string) string {
	return strings.TrimPrefix(path.Clean(strings.ToLower(strings.ReplaceAll(s, "\\", "/"))), "/")
}

func (p *parts) sheet(_ *xml.Decoder, e xml.StartElement) error {
	if e.Name.Local == "sheet" {
		p.sheets[attribute(e, "name")] = attribute(e, "id")
	}
	return nil
}

func (p *parts) relation(_ *xml.Decoder, e xml.StartElement) error {
	if target := attribute(e, "Target"); strings.HasPrefix(target, "/") {
		p.relations[attribute(e, "Id")] = partName(target)
	} else {
		p.relations[attribute(e, "Id")] = partName("xl/" + target)
	}
	return nil
}

func (p *parts) sharedString(_ *xml.Decoder, e xml.StartElement) error {
	if e.Name.Local == "si" {
		p.strings++
	}
	return nil
}

// elements walks the start elements of a part to its proper end.
func elements(f *zip.File, visit func(*xml.Decoder, xml.StartElement) error) error {
	part, err := f.Open()
	if err != nil {
		return ErrBroken.With("%s", f.Name)
	}
	defer func() { _ = part.Close() }()
	dec := xml.NewDecoder(part)
	dec.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, ErrEncoding }
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return ErrBroken.With("%s", f.Name)
		}
		if start, ok := token.(xml.StartElement); ok {
			if err = visit(dec, start); err != nil {
				return err
			}
		}
	}
}

// sheetCheck walks one sheet: rows must ascend, shared strings must be numbers, long numbers are remembered.
type sheetCheck struct {
	file    string
	lossy   map[string]bool
	highest int // shared string asked for

	row, column int
	cell, kind  string // name and type of the cell the walk is in
}

func (s *sheetCheck) visit(dec *xml.Decoder, e xml.StartElement) error {
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
		var text string
		if err := dec.DecodeElement(&text, &e); err != nil {
			return ErrBroken.With("%s", s.file)
		}
		return s.value(strings.TrimSpace(text))
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
	case "", "n":
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
