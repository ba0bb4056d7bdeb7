package table

import (
	"archive/zip"
	"encoding/xml"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A sheet whose cells are shown as they are kept needs no library: the inspection, which walks every element anyhow,
// gathers its rows. That is so of text, truth values, error values and small whole numbers without a format. Whatever
// else a workbook holds, and whatever is not where every spreadsheet puts it, makes it strange, and the library reads
// it. So the two never differ in what they read, only in how long they take.

// place is where in a part the walk is.
type place byte

const (
	outside place = iota
	ignored       // within what says nothing of a value
	sheetData
	sheetRow
	sheetCell
	cellValue
	inlineText
	textRun
	runText
	textTable // the shared strings
)

// below says where an element called name leads; ok is false where none of that name belongs.
func (at place) below(name string) (to place, ok bool) {
	switch at {
	case outside:
		switch name {
		case "sheetData":
			return sheetData, true
		case "sst":
			return textTable, true
		}
		return outside, name != "row" && name != "c" && name != "v" && name != "si"
	case ignored:
		return ignored, true
	case sheetData:
		return sheetRow, name == "row"
	case sheetRow:
		return sheetCell, name == "c"
	case sheetCell:
		return belowCell(name)
	case textTable:
		return inlineText, name == "si"
	case inlineText, textRun:
		return at.belowText(name)
	}
	return ignored, false
}

func belowCell(name string) (place, bool) {
	switch name {
	case "v":
		return cellValue, true
	case "is":
		return inlineText, true
	}
	return ignored, name == "f"
}

func (at place) belowText(name string) (place, bool) {
	switch name {
	case "t":
		return runText, true
	case "r":
		return textRun, at == inlineText
	}
	return ignored, name == "rPh" || name == "phoneticPr" || name == "rPr"
}

// gatherer is the walk of one part.
type gatherer struct {
	book    *parts
	check   *sheetCheck // of a sheet: it counts the rows
	strange bool
	path    []place
	text    []byte // of the value the walk is in
	texts   int    // of t that have added to it: directly, or within the run
	runs    int    // that have added to it
	tables  int    // sheetData or sst there were

	rows   []record
	size   int
	cells  []string // of the row
	column int      // of the cell, from 1
	cell   keptCell
}

// keptCell is what a cell says of itself.
type keptCell struct {
	kind    string
	style   int
	formula bool
	inline  bool // the value is
	values  int  // elements with a value
}

func (g *gatherer) visit(token xml.Token) {
	if g.strange {
		return
	}
	switch t := token.(type) {
	case xml.StartElement:
		to, ok := g.at().below(t.Name.Local)
		g.path = append(g.path, to)
		g.strange = !ok || !g.enter(to, t)
	case xml.CharData:
		if at := g.at(); at == cellValue || at == runText {
			g.text = append(g.text, t...)
		}
	case xml.EndElement:
		from := g.at()
		g.path = g.path[:len(g.path)-1]
		g.strange = !g.leave(from)
	}
}

func (g *gatherer) at() place {
	if len(g.path) == 0 {
		return outside
	}
	return g.path[len(g.path)-1]
}

// enter lets a text be one t, or runs of one t each.
func (g *gatherer) enter(to place, e xml.StartElement) bool {
	switch to {
	case sheetData, textTable:
		g.tables++
		return g.tables == 1
	case sheetRow:
		g.cells, g.column = nil, 0
	case sheetCell:
		return g.enterCell(e)
	case cellValue, inlineText:
		g.text, g.texts, g.runs = g.text[:0], 0, 0
		g.cell.values, g.cell.inline = g.cell.values+1, to == inlineText
	case textRun:
		direct := g.runs == 0 && g.texts > 0
		g.texts, g.runs = 0, g.runs+1
		return !direct
	case runText:
		g.texts++
		return g.texts == 1 && (g.runs == 0 || g.path[len(g.path)-2] == textRun)
	case ignored:
		g.cell.formula = g.cell.formula || e.Name.Local == "f"
	}
	return true
}

// enterCell reads where a cell stands: to the right of the one before.
func (g *gatherer) enterCell(e xml.StartElement) bool {
	at := g.column + 1
	g.cell = keptCell{}
	for _, a := range e.Attr {
		ok := true
		switch a.Name.Local {
		case "r":
			at, ok = columnOf(a.Value, g.check.row)
		case "s":
			n, err := strconv.Atoi(a.Value)
			g.cell.style, ok = n, err == nil
		case "t":
			g.cell.kind = a.Value
		}
		if !ok {
			return false
		}
	}
	ascends := at > g.column
	g.column = at
	return ascends
}

// columnOf is the column of a cell's name, which must be of that row and among those that a table may have.
func columnOf(name string, row int) (int, bool) {
	n, column := 0, 0
	for n < len(name) && n < 3 && name[n] >= 'A' && name[n] <= 'Z' {
		column = column*26 + int(name[n]-'A') + 1
		n++
	}
	return column, n > 0 && column <= MaxColumns && name[n:] == strconv.Itoa(row)
}

func (g *gatherer) leave(from place) bool {
	switch from {
	case inlineText:
		if g.at() == textTable {
			g.cell = keptCell{}
			return g.share()
		}
	case sheetCell:
		return g.leaveCell()
	case sheetRow:
		return g.leaveRow()
	}
	return true
}

// share adds a shared string.
func (g *gatherer) share() bool {
	s := string(g.text)
	g.book.shared = append(g.book.shared, s)
	return !strings.Contains(s, "_x") // which may stand for another character
}

func (g *gatherer) leaveCell() bool {
	shown, ok := "", false
	switch g.cell.values {
	case 0: // a format may still show something
		ok = g.unformatted(true) || !g.book.custom[g.format()]
	case 1:
		shown, ok = g.shown(string(g.text))
	}
	if ok && (shown != "" || g.cell.formula) {
		for len(g.cells) < g.column-1 {
			g.cells = append(g.cells, "")
		}
		g.cells = append(g.cells, shown)
	}
	return ok
}

// shown is a value as a person sees it; ok is false where only the library knows.
func (g *gatherer) shown(kept string) (text string, ok bool) {
	if g.cell.inline != (g.cell.kind == "inlineStr") {
		return "", false
	}
	switch g.cell.kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(kept))
		if err != nil || n < 0 || n >= len(g.book.shared) {
			return "", false
		}
		return g.book.shared[n], g.unformatted(true)
	case "str":
		return kept, true
	case "inlineStr":
		return kept, g.unformatted(true) && !strings.Contains(kept, "_x")
	case "b":
		return map[string]string{"1": "TRUE", "0": "FALSE"}[kept], kept == "1" || kept == "0"
	case "e":
		return kept, strings.HasPrefix(kept, "#") && g.unformatted(false)
	case "", "n":
		return kept, smallWhole(kept) && g.unformatted(false)
	}
	return "", false
}

// unformatted reports whether the cell has no format, or, where text may be, that of text.
func (g *gatherer) unformatted(text bool) bool {
	format := g.format()
	return g.cell.style == 0 || !g.book.custom[format] && (format == "0" || text && format == "49")
}

// format is the number of the cell's format, "" when there is none such.
func (g *gatherer) format() string {
	if style := g.cell.style; style >= 0 && style < len(g.book.formats) {
		return g.book.formats[style]
	}
	return ""
}

// smallWhole reports whether a number is shown in full by the general format, digit by digit.
func smallWhole(s string) bool {
	return s == "0" || len(s) > 0 && len(s) <= 9 && s[0] != '0' && strings.Trim(s, "0123456789") == ""
}

// leaveRow keeps a row that has content. Too many are the library's to refuse.
func (g *gatherer) leaveRow() bool {
	if blank(g.cells) {
		return true
	}
	g.size += size(g.cells)
	g.rows = append(g.rows, record{number: g.check.row, cells: g.cells})
	return g.size <= maxText && len(g.rows) <= MaxRows+headerRows
}

// style remembers the formats of cells, by number, and those that the workbook defines itself.
func (p *parts) style(within *bool) func(xml.Token) error {
	return func(token xml.Token) error {
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "cellXfs":
				*within = true
			case "numFmt":
				p.custom[attribute(t, "numFmtId")] = true
			case "xf":
				if *within {
					p.formats = append(p.formats, or(attribute(t, "numFmtId"), "0"))
				}
			}
		case xml.EndElement:
			*within = *within && t.Name.Local != "cellXfs"
		}
		return nil
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// root makes a workbook strange whose first part is not where it always is.
func (p *parts) root(e xml.StartElement) {
	if strings.HasSuffix(attribute(e, "Type"), "/officeDocument") && partName(attribute(e, "Target")) != "xl/workbook.xml" {
		p.puzzle()
	}
}

// puzzle leaves the workbook to the library.
func (p *parts) puzzle() {
	if !p.strange {
		p.strange = true
		close(p.puzzled)
	}
}

// choose finds the part of the sheet that is asked for, as chooseSheet does, before any sheet is walked.
func (p *parts) choose(files []*zip.File, want string) {
	seen := map[string]int{}
	for _, f := range files {
		seen[partName(f.Name)]++
	}
	names := map[string]bool{}
	for _, s := range p.order {
		name := strings.ToLower(s.name)
		if names[name] || s.name == "" || utf8.RuneCountInString(s.name) > 31 {
			p.puzzle()
		}
		names[name] = true
		if p.sheet == "" && (want == "" && s.visible || want != "" && fold(s.name) == fold(want)) {
			p.sheet, p.part = s.name, p.relations[s.relation]
		}
	}
	for _, name := range []string{"xl/workbook.xml", "xl/_rels/workbook.xml.rels", p.part} {
		if seen[name] != 1 {
			p.puzzle()
		}
	}
	if seen["xl/styles.xml"] > 1 || seen["xl/sharedstrings.xml"] > 1 || !strings.HasPrefix(p.part, "xl/worksheets/") {
		p.puzzle()
	}
}
