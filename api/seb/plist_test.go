package seb_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api/seb"
)

func TestRefused(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":             ``,
		"no xml":              `<?xml This is some bad xml for sure.`,
		"another root":        `<html></html>`,
		"array at the root":   `<plist><array/></plist>`,
		"nothing in it":       `<plist></plist>`,
		"two roots":           `<plist><dict/><dict/></plist>`,
		"text after it":       `<plist><dict/></plist>x`,
		"another after it":    `<plist><dict/></plist><plist><dict/></plist>`,
		"own entities":        `<!DOCTYPE plist [<!ENTITY a "b">]><plist><dict><key>&a;</key><true/></dict></plist>`,
		"unknown entity":      `<plist><dict><key>&a;</key><true/></dict></plist>`,
		"another charset":     `<?xml version="1.0" encoding="latin1"?><plist><dict/></plist>`,
		"key without a value": `<plist><dict><key>a</key></dict></plist>`,
		"value without a key": `<plist><dict><true/></dict></plist>`,
		"key twice":           `<plist><dict><key>a</key><true/><key>a</key><false/></dict></plist>`,
		"key in an array":     `<plist><dict><key>a</key><array><key>b</key><true/></array></dict></plist>`,
		"attribute":           `<plist><dict><key a="b">a</key><true/></dict></plist>`,
		"name space":          `<plist><dict><key>a</key><x:true xmlns:x="y"/></dict></plist>`,
		"unknown element":     `<plist><dict><key>a</key><set/></dict></plist>`,
		"text between":        `<plist><dict>x<key>a</key><true/></dict></plist>`,
		"text in true":        `<plist><dict><key>a</key><true>x</true></dict></plist>`,
		"element in text":     `<plist><dict><key>a</key><string><b/></string></dict></plist>`,
		"no number":           `<plist><dict><key>a</key><integer>1.5</integer></dict></plist>`,
		"too large a number":  `<plist><dict><key>a</key><integer>9223372036854775808</integer></dict></plist>`,
		"not finite":          `<plist><dict><key>a</key><real>nan</real></dict></plist>`,
		"no date":             `<plist><dict><key>a</key><date>2026-02-30T00:00:00Z</date></dict></plist>`,
		"no base64":           `<plist><dict><key>a</key><data>!</data></dict></plist>`,
		"cut off":             `<plist><dict><key>a</key><true/>`,
		"too deep":            `<plist><dict><key>a</key>` + strings.Repeat(`<array>`, 16) + strings.Repeat(`</array>`, 16) + `</dict></plist>`,
		"too long":            `<plist><dict/></plist>` + strings.Repeat(" ", 1<<20),
		"instruction":         `<?php x?><plist><dict/></plist>`,
		"instruction within":  `<plist><dict><?php x?></dict></plist>`,
	} {
		if d, err := seb.Parse([]byte(text)); !errors.Is(err, seb.ErrPlist) || d != nil {
			t.Errorf("%s: %v %v", name, d, err)
		}
	}
	deep := `<plist><dict><key>a</key>` + strings.Repeat(`<array>`, 15) + strings.Repeat(`</array>`, 15) + `</dict></plist>`
	if _, err := seb.Parse([]byte(deep)); err != nil {
		t.Error("sixteen levels:", err)
	}
}

func whole() seb.Dict {
	return seb.Dict{"s": seb.String("<甲> & \"乙\"\r\n\t'"), "": seb.String(""), "i": seb.Integer(math.MinInt64), "r": seb.Real(-1e-7),
		"b": seb.Bool(true), "x": seb.Data{0, 255}, "e": seb.Data{}, "<k>": seb.Dict{},
		"d": seb.Date(time.Date(1940, 10, 9, 22, 13, 56, 0, time.UTC)), "a": seb.Array{seb.Array{}, seb.Dict{"y": seb.Bool(false)}}}
}

func TestWrittenIsRead(t *testing.T) {
	for name, write := range map[string]func(seb.Dict) ([]byte, error){"XML": seb.Dict.XML, "file": seb.Dict.File} {
		b, err := write(whole())
		if err != nil {
			t.Fatal(name, err)
		}
		again, err := write(whole())
		if err != nil || !bytes.Equal(b, again) {
			t.Errorf("%s: not the same twice (%v)", name, err)
		}
		got, err := seb.ReadFile(b)
		if err != nil || !reflect.DeepEqual(got, whole()) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for name, d := range map[string]seb.Dict{"control character": {"a": seb.String("\x01")}, "in a key": {"\x00": seb.Bool(true)},
		"no UTF-8": {"a": seb.String("\xff")}, "nil": {"a": nil}, "too deep": deep(17)} {
		if _, err := d.File(); !errors.Is(err, seb.ErrPlist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := deep(16).File(); err != nil {
		t.Error("sixteen levels:", err)
	}
}

func deep(levels int) seb.Dict {
	d := seb.Dict{}
	for range levels - 1 {
		d = seb.Dict{"a": d}
	}
	return d
}

func packed(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(s))
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFiles(t *testing.T) {
	const list = `<plist version="1.0"><dict><key>a</key><true/></dict></plist>`
	for name, s := range map[string]struct {
		file string
		want error
	}{
		"bare list":        {list, nil},
		"packed once":      {packed(t, "plnd"+list), nil},
		"packed twice":     {packed(t, "plnd"+packed(t, list)), nil},
		"not packed":       {"plnd" + list, nil},
		"password":         {packed(t, "pswd....."), seb.ErrEncrypted},
		"certificate":      {packed(t, "pkhs....."), seb.ErrEncrypted},
		"certificate, key": {packed(t, "phsk....."), seb.ErrEncrypted},
		"of a client":      {packed(t, "pwcc....."), seb.ErrEncrypted},
		"cut off":          {packed(t, "plnd"+list)[:20], seb.ErrPlist},
		"no gzip inside":   {packed(t, "plnd\x1f\x8b"), seb.ErrPlist},
		"a bomb":           {packed(t, "plnd"+packed(t, strings.Repeat(" ", 4<<20))), seb.ErrPlist},
		"another prefix":   {packed(t, "abcd"+list), seb.ErrPlist},
	} {
		got, err := seb.ReadFile([]byte(s.file))
		if !errors.Is(err, s.want) || s.want == nil && got["a"] != seb.Bool(true) {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
}

func TestSettings(t *testing.T) {
	e := seb.Exam{Base: "https://kao.example.cn", Start: "/exam/login?session=s1", Quit: "/exam/quit"}
	d := e.Settings()
	if d["startURL"] != seb.String("https://kao.example.cn/exam/login?session=s1") || d["quitURL"] != seb.String("https://kao.example.cn/exam/quit") {
		t.Errorf("%v %v", d["startURL"], d["quitURL"])
	}
	folded := map[string]bool{}
	for key := range d {
		if folded[strings.ToLower(key)] {
			t.Errorf("%s twice but for its case", key)
		}
		folded[strings.ToLower(key)] = true
	}
	plainOnly(t, d)
	if j := d.JSON(); strings.HasSuffix(j, ",}") || strings.Contains(j, `\`) {
		t.Error(j)
	}
	other := e
	other.Start = "/exam/login?session=s2"
	if d.ConfigKey() == other.Settings().ConfigKey() || d.ConfigKey() != e.Settings().ConfigKey() {
		t.Error("two sessions have one key, or one session two")
	}
	b, err := d.File()
	if err != nil {
		t.Fatal(err)
	}
	if read, err := seb.ReadFile(b); err != nil || read.ConfigKey() != d.ConfigKey() {
		t.Error("the file has another key", err)
	}
	for _, key := range []string{"removeLocalStorage", "allowQuit", "allowSwitchToApplications"} {
		if d[key] != seb.Bool(false) {
			t.Errorf("%s is %v", key, d[key])
		}
	}
}

// plainOnly: no kinds and no characters that builds of the browser write in different ways.
func plainOnly(t *testing.T, v seb.Value) {
	t.Helper()
	switch v := v.(type) {
	case seb.Dict:
		if len(v) == 0 {
			t.Error("an empty dictionary")
		}
		for _, inner := range v {
			plainOnly(t, inner)
		}
	case seb.Array:
		for _, inner := range v {
			plainOnly(t, inner)
		}
	case seb.String:
		if strings.ContainsAny(string(v), "\"\\\r\n") {
			t.Errorf("%q", v)
		}
	case seb.Bool, seb.Integer:
	default:
		t.Errorf("%T", v)
	}
}

// FuzzParse: whatever is read is written and read back as the same, with the same key.
func FuzzParse(f *testing.F) {
	b, err := whole().XML()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`<plist><dict><key>a</key><array><real>1e300</real><date>0000-01-01T00:00:00Z</date></array></dict></plist>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := seb.ReadFile(b)
		if err != nil {
			return
		}
		x, err := d.XML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := seb.Parse(x)
		if err != nil && len(x) < 1<<20 || err == nil && !slices.Equal([]string{again.JSON()}, []string{d.JSON()}) {
			t.Fatalf("%q: %v, %v", b, again, err)
		}
	})
}
