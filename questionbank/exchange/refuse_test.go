package exchange_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/fixtures/bank"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/archive"
	"github.com/skillcert/skillcert/questionbank/exchange/moodle"
	"github.com/skillcert/skillcert/questionbank/exchange/qti"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
	"github.com/skillcert/skillcert/questionbank/exchange/xmlnode"
)

// entry makes a package of one odd entry beside a sound item.
func entry(t *testing.T, h zip.FileHeader, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range []struct {
		header  zip.FileHeader
		content []byte
	}{{zip.FileHeader{Name: "item.xml", Method: zip.Deflate}, sample(t, "choice-3.0.xml")}, {h, content}} {
		w, err := z.CreateHeader(&f.header)
		if err == nil {
			_, err = w.Write(f.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// crowd makes a package of n empty files.
func crowd(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range n {
		if _, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func named(name string) zip.FileHeader { return zip.FileHeader{Name: name, Method: zip.Deflate} }

// TestPackagesThatAreRefusedWhole: nothing is taken out of a package that is broken, a trap, or wrong in one place.
func TestPackagesThatAreRefusedWhole(t *testing.T) {
	link := named("link.xml")
	link.SetMode(fs.ModeSymlink | 0o777)
	secret := named("secret.xml")
	secret.Flags |= 1
	sound := zipped(t, "item.xml", string(sample(t, "choice-3.0.xml")))
	flipped := bytes.Clone(sound)
	flipped[60] ^= 0xFF
	item := string(sample(t, "choice-3.0.xml"))
	for name, s := range map[string]struct {
		data []byte
		want error
	}{
		"way up":             {entry(t, named("../item2.xml"), nil), archive.ErrName},
		"way up inside":      {entry(t, named("a/../../b.xml"), nil), archive.ErrName},
		"absolute":           {entry(t, named("/etc/passwd"), nil), archive.ErrName},
		"drive":              {entry(t, named("C:/x.xml"), nil), archive.ErrName},
		"backslash":          {entry(t, named(`..\x.xml`), nil), archive.ErrName},
		"NUL":                {entry(t, named("a\x00.xml"), nil), archive.ErrName},
		"twice":              {entry(t, named("ITEM.xml"), nil), archive.ErrName},
		"symbolic link":      {entry(t, link, []byte("/etc/passwd")), archive.ErrLink},
		"encrypted":          {entry(t, secret, nil), archive.ErrSecret},
		"bomb":               {entry(t, named("zeros.xml"), make([]byte, 8<<20)), archive.ErrBomb},
		"too many files":     {crowd(t, archive.MaxFiles+1), archive.ErrFiles},
		"cut off":            {sound[:len(sound)-30], table.ErrBroken},
		"a flipped bit":      {flipped, archive.ErrBroken},
		"no items":           {zipped(t, "readme.txt", "x"), qti.ErrManifest},
		"malformed item":     {zipped(t, "a.xml", item, "b.xml", item[:len(item)/2]), xmlnode.ErrSyntax},
		"malformed manifest": {zipped(t, "imsmanifest.xml", "<manifest><resources>", "a.xml", item), xmlnode.ErrSyntax},
		"two roots":          {zipped(t, "a.xml", item+"<x>"), xmlnode.ErrSyntax},
		"external entity": {zipped(t, "a.xml", strings.Replace(item, "?>", "?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>", 1)),
			xmlnode.ErrEntity},
		"undeclared entity":   {zipped(t, "a.xml", strings.Replace(item, "热水袋", "&hot;", 1)), xmlnode.ErrSyntax},
		"nested without end":  {[]byte("<quiz>" + strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200) + "</quiz>"), xmlnode.ErrDepth},
		"moodle in the midst": {[]byte(strings.Replace(string(sample(t, "moodle.xml")), `<question type="essay">`, "<question", 1)), xmlnode.ErrSyntax},
		"laughs": {[]byte(`<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><quiz>&b;</quiz>`),
			xmlnode.ErrEntity},
		"other XML":      {[]byte("<html><body/></html>"), exchange.ErrFormat},
		"other encoding": {[]byte("<?xml version=\"1.0\" encoding=\"big5\"?><quiz><question type=\"essay\"/></quiz>"), xmlnode.ErrEncoding},
		"neither":        {[]byte("<quiz>\xA4\x40\xFF\xFF</quiz>"), table.ErrEncoding},
		"too large":      {append([]byte("<quiz>"), make([]byte, exchange.MaxBytes)...), table.ErrTooLarge},
		"empty":          {nil, table.ErrEmpty},
		"pdf":            {[]byte("%PDF-1.7"), table.ErrKind},
		"docx":           {zipped(t, "[Content_Types].xml", "<Types/>", "word/document.xml", "<w/>"), exchange.ErrFormat},
		"ods":            {zipped(t, "mimetype", "x", "content.xml", "<x/>", "META-INF/manifest.xml", "<x/>"), exchange.ErrFormat},
		"old workbook":   {[]byte("\xD0\xCF\x11\xE0"), table.ErrKind},
		"some text":      {[]byte("会议纪要\n没有试题"), table.ErrColumns},
	} {
		b, err := exchange.Read("来文", s.data, given)
		if !errors.Is(err, s.want) || len(b.Drafts)+len(b.Problems)+len(b.Dropped) != 0 {
			t.Errorf("%s: %v with %d items, want %v", name, err, len(b.Drafts), s.want)
		}
	}
	if _, err := moodle.Read("x", []byte("<html/>"), given); !errors.Is(err, moodle.ErrRoot) {
		t.Errorf("%v", err)
	}
}

// TestRowsThatAreBad: one bad row does not keep the others out, in any table.
func TestRowsThatAreBad(t *testing.T) {
	b := readFile(t, []byte(head+sound+"Q2,single,甲\ue000？,A,一,二,,,,A-A-A-001,2,40,,\nQ1,single,丙？,A,一,二,,,,A-A-A-001,2,40,,\n"+
		"Q4,single,照护前应先（ ）。,A,离开,核对,等待,,,A-A-A-001,2,40,,\n"), exchange.Options{Level: engine.Level5})
	if len(b.Drafts) != 2 || b.Drafts[1].Code != "Q4" || b.Drafts[1].At.Row != 5 || len(b.Problems) != 2 || b.Problems[0].Row != 3 || b.Problems[1].Item != "Q1" {
		t.Errorf("%+v", b)
	}
	b = readFile(t, []byte("code,type,stem,key,A,B,difficulty,markup,remark\nQ1,single,<p>甲</p>,A,一,二,2,html,随便\nQ2,single,<script>,A,一,二,,html,\nQ3,single,1 < 2 & 3,A,一,二,,,\n"), given)
	if len(b.Drafts) != 2 || b.Drafts[0].Stem != "<p>甲</p>" || b.Drafts[1].Stem != "1 &lt; 2 &amp; 3" || b.Drafts[1].Difficulty != 3 ||
		len(b.Problems) != 1 || b.Problems[0].Field != "stem" || len(b.Dropped) != 1 || b.Dropped[0].What != "列 remark" {
		t.Errorf("%+v", b)
	}
}

// TestTheSampleBank: the whole sample bank goes out through every format and comes back as it was but for the losses
// that are named.
func TestTheSampleBank(t *testing.T) {
	c, err := bank.Content()
	if err != nil {
		t.Fatal(err)
	}
	tables := map[engine.Level]*questionbank.ElementTable{}
	for n := range c.Tables {
		tables[c.Tables[n].Level] = &c.Tables[n]
	}
	all := slices.Clone(c.National)
	for _, p := range bank.Provinces() {
		all = append(all, c.Supplements[p]...)
	}
	for _, format := range exchange.Formats() {
		for _, level := range engine.Levels() {
			in := slices.DeleteFunc(slices.Clone(all), func(v questionbank.ItemVersion) bool { return v.Level != level })
			var file bytes.Buffer
			losses, err := exchange.Write(&file, format, in, exchange.Keep{Tables: tables})
			if err != nil {
				t.Fatal(err)
			}
			out := readFile(t, file.Bytes(), exchange.Options{Level: level})
			if len(out.Drafts) != len(in) || len(out.Problems) != 0 || len(out.Dropped) != 0 {
				t.Fatalf("%s, %s: %d of %d items, %v, %v", format, level, len(out.Drafts), len(in), out.Problems, out.Dropped)
			}
			for n, v := range in {
				if want := held(v, losses, out.Drafts[n].ItemVersion); want.Digest() != out.Drafts[n].Digest() {
					t.Fatalf("%s: %+v became %+v", format, want, out.Drafts[n].ItemVersion)
				}
			}
			t.Logf("%-14s %s %4d items %8d bytes, losses %v", format, level, len(in), file.Len(), exchange.Summary(losses))
		}
	}
}
