package exchange

import (
	"io"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// WriteItems writes a workbook in the product's columns. ReadItems gives back the same items.
func WriteItems(w io.Writer, items []questionbank.ItemVersion) error {
	rows := make([][]string, len(items))
	for n, v := range items {
		rows[n] = itemRow(v)
	}
	data, err := table.WriteXLSX(Columns(), rows)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

func itemRow(v questionbank.ItemVersion) []string {
	row := []string{v.Code, string(v.Type), v.Stem, keyOf(v)}
	for n := range questionbank.MaxOptions {
		option := ""
		if v.Type != questionbank.Judgement && n < len(v.Options) {
			option = v.Options[n]
		}
		row = append(row, option)
	}
	seconds := ""
	if v.Seconds > 0 {
		seconds = strconv.Itoa(v.Seconds)
	}
	return append(row, v.Point, strconv.Itoa(v.Difficulty), seconds, v.Explanation, v.Enemy, strconv.Itoa(int(v.Level)),
		"", v.Province, v.Source)
}

func keyOf(v questionbank.ItemVersion) string {
	var b strings.Builder
	for _, k := range v.Key {
		if v.Type == questionbank.Judgement {
			b.WriteByte("TF"[k&1])
			continue
		}
		b.WriteString(letter(k))
	}
	return b.String()
}
