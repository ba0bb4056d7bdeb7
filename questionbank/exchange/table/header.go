package table

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/skillcert/skillcert/engine/errs"
)

// findHeader takes rows from src until one names every required column. Title rows above the header are passed over.
func findHeader(t *Table, src source, opts Options) error {
	missing := opts.Required
	for seen := 0; seen < headerRows; {
		rec, ok, err := src.next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if rec.bad != nil || len(rec.lossy) > 0 || blank(rec.cells) {
			continue
		}
		seen++
		lack, err := t.name(rec, opts)
		if err != nil {
			return err
		}
		if len(lack) == 0 {
			return nil
		}
		if len(lack) < len(missing) || seen == 1 {
			missing = lack
		}
	}
	return opts.missing(missing)
}

// missing names the columns as people do.
func (o Options) missing(names []string) error {
	fields, spoken := make([]errs.Field, len(names)), make([]string, len(names))
	for i, n := range names {
		spoken[i] = n
		if aliases := o.Aliases[n]; len(aliases) > 0 && n[0] < utf8.RuneSelf {
			spoken[i] = strings.Join(aliases[:min(len(aliases), 2)], "/")
		}
		fields[i] = errs.Field{Name: "column." + n, Code: CodeMissing, Msg: "缺少“" + spoken[i] + "”列"}
	}
	return ErrColumns.With("%s", strings.Join(spoken, "、")).WithFields(fields...)
}

// name reads rec as a header and returns the required columns it lacks. Only a row that lacks none is kept.
func (t *Table) name(rec record, opts Options) (lack []string, err error) {
	known := opts.known()
	columns, names := map[string]int{}, make([]string, 0, len(rec.cells))
	var twice []string
	for i, cell := range rec.cells {
		title := strings.TrimSpace(cell)
		if canonical, ok := known[fold(title)]; ok {
			title = canonical
			if _, again := columns[canonical]; again {
				twice = append(twice, canonical)
			}
		}
		if _, taken := columns[title]; !taken && title != "" {
			columns[title] = i
		}
		names = append(names, title)
	}
	for _, n := range opts.Required {
		if _, ok := columns[n]; !ok {
			lack = append(lack, n)
		}
	}
	switch names = trimRight(names); {
	case len(lack) > 0:
		return lack, nil
	case len(names) > MaxColumns:
		return nil, ErrTooLarge.With("多于 %d 列", MaxColumns)
	case len(twice) > 0:
		return nil, ErrHeader.With("第 %d 行的列名重复：%s", rec.number, strings.Join(twice, "、"))
	}
	t.columns, t.names, t.HeadRow = columns, names, rec.number
	t.Header = append([]string(nil), names...)
	return nil, nil
}

// known maps every accepted form of a header to the caller's name for the column.
func (o Options) known() map[string]string {
	out := map[string]string{}
	for _, list := range [][]string{o.Required, o.Optional} {
		for _, n := range list {
			out[fold(n)] = n
			for _, alias := range o.Aliases[n] {
				out[fold(alias)] = n
			}
		}
	}
	return out
}

// marks that templates put beside a header to say that it must be filled in; folded, so brackets are half-width.
var marks = strings.NewReplacer("*", "", "(必填)", "", "(选填)", "", "(必填项)", "", "(required)", "")

// fold brings a header to the form in which headers are compared.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, width.Fold.String(s))
	return marks.Replace(strings.ToLower(s))
}

func trimRight(names []string) []string {
	for len(names) > 0 && names[len(names)-1] == "" {
		names = names[:len(names)-1]
	}
	return names
}

// columnName is how a person calls the column at position i: its header, else its letter.
func (t *Table) columnName(i int) string {
	if i < len(t.names) && t.names[i] != "" {
		return t.names[i]
	}
	return Letter(i + 1)
}

// Letter returns the spreadsheet letter of column n, from 1: A, Z, AA.
func Letter(n int) string {
	s := ""
	for ; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}
