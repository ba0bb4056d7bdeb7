package seb_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api/seb"
)

// published reads the settings of a file whose Config Key is published with Moodle's quiz rule for this browser
// (unencrypted_mac_001.seb, unencrypted_win_223.seb), as a table: kind, value, the keys that have it. The values are as
// published: with any other the key would be another one.
func published(t *testing.T, name string) (settings seb.Dict, key seb.Key) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	settings = seb.Dict{}
	all, prefix := []seb.Dict{settings}, "" // the dictionaries that a line speaks of
	for line := range strings.Lines(string(b)) {
		kind, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		words := strings.Fields(rest)
		switch kind {
		case "key":
			key = seb.Key(rest)
		case "in":
			inner := seb.Dict{}
			settings[words[0]], all, prefix = inner, []seb.Dict{inner}, strings.Join(words[1:], "")
		case "item":
			inner := seb.Dict{}
			settings[words[0]], all, prefix = seb.Array{inner}, []seb.Dict{inner}, ""
		case "items":
			all, prefix = nil, ""
			list := seb.Array{}
			for _, program := range words[4:] {
				inner := seb.Dict{words[1]: seb.String(program), words[2]: seb.String(program)}
				list, all = append(list, inner), append(all, inner)
			}
			settings[words[0]] = list
		default:
			v, keys := tabled(t, kind, rest)
			for _, d := range all {
				for _, k := range keys {
					d[prefix+k] = v
				}
			}
		}
	}
	return settings, key
}

func tabled(t *testing.T, kind, rest string) (seb.Value, []string) {
	t.Helper()
	text, err := strconv.QuotedPrefix(rest)
	if err != nil {
		text, _, _ = strings.Cut(rest, " ")
	}
	keys := strings.Fields(rest[len(text):])
	if err == nil && kind == "string" {
		text = strings.ReplaceAll(text, `\\`, `\`)
	}
	text = strings.Trim(text, `"`)
	switch kind {
	case "string":
		return seb.String(text), keys
	case "bool":
		return seb.Bool(text == "true"), keys
	case "integer":
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return seb.Integer(n), keys
	case "real":
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		return seb.Real(f), keys
	case "data":
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return seb.Data(b), keys
	}
	return seb.Array{}, keys
}

func TestPublishedConfigKeys(t *testing.T) {
	for _, name := range []string{"mac-2.1.4.txt", "win-2.2.3.txt"} {
		settings, want := published(t, name)
		if got := settings.ConfigKey(); got != want {
			t.Errorf("%s: %s, want %s\n%s", name, got, want, settings.JSON())
		}
		x, err := settings.XML()
		if err != nil {
			t.Fatal(err)
		}
		read, err := seb.Parse(x)
		if err != nil || read.ConfigKey() != want {
			t.Errorf("%s, written and read: %v", name, err)
		}
		delete(settings, "originatorVersion")
		if settings.ConfigKey() != want {
			t.Errorf("%s: originatorVersion counts", name)
		}
		settings["allowQuit"] = seb.Bool(!bool(settings["allowQuit"].(seb.Bool)))
		if settings.ConfigKey() == want {
			t.Errorf("%s: a changed switch does not count", name)
		}
	}
}

// TestOlderConfigKey: before the file for Windows was given two numbers that are not whole, another key was published.
func TestOlderConfigKey(t *testing.T) {
	settings, _ := published(t, "win-2.2.3.txt")
	delete(settings, "batteryChargeThresholdCritical")
	delete(settings, "batteryChargeThresholdLow")
	if got := settings.ConfigKey(); got != "fc6f4ea5922717760f4d6d536c23b8d19bf20b52aa97940f5427a76e20f49026" {
		t.Error(got)
	}
}

// TestJSON holds to what Moodle's test of the same conversion expects.
func TestJSON(t *testing.T) {
	for name, s := range map[string]struct{ xml, want string }{
		"date":            {`<key>d</key><date>1940-10-09T22:13:56Z</date>`, `{"d":"1940-10-09T22:13:56+00:00"}`},
		"data":            {`<key>d</key><data> YmxhaGJs` + "\n\t" + `YWg= </data>`, `{"d":"YmxhaGJsYWg="}`},
		"string":          {`<key>s</key><string>hello wörld</string>`, `{"s":"hello wörld"}`},
		"backslash":       {`<key>s</key><string>ws:\localhost</string>`, `{"s":"ws:\localhost"}`},
		"two backslashes": {`<key>s</key><string>ws:\\localhost</string>`, `{"s":"ws:\\localhost"}`},
		"slashes":         {`<key>u</key><string>http://test.com</string>`, `{"u":"http://test.com"}`},
		"real":            {`<key>r</key><real>0.10</real><key>s</key><real>888</real>`, `{"r":0.1,"s":888}`},
		"array":           {`<key>a</key><array><false/><true/></array>`, `{"a":[false,true]}`},
		"empty array":     {`<key>b</key><true/><key>a</key><array/>`, `{"a":[],"b":true}`},
		"empty dict":      {`<key>b</key><true/><key>e</key><dict/>`, `{"b":true}`},
		"empty dict last": {`<key>b</key><dict><key>c</key><true/><key>d</key><dict/></dict>`, `{"b":{"c":true}}`},
		"order": {`<key>testKey</key><true/><key>allowWLAN</key><integer>2</integer><key>allowWlan</key><integer>3</integer>`,
			`{"allowWlan":3,"allowWLAN":2,"testKey":true}`},
		"inner order": {`<key>d</key><dict><key>banana</key><false/><key>Apple</key><true/></dict>`, `{"d":{"Apple":true,"banana":false}}`},
		"nothing":     {``, `{}`},
	} {
		d, err := seb.Parse([]byte(`<?xml version="1.0" encoding="utf-8"?>` + "\n<!DOCTYPE plist PUBLIC \"-//Apple Computer//DTD PLIST 1.0//EN\" " +
			"\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n  <dict>" + s.xml + "</dict>\n</plist>\n"))
		if err != nil || d.JSON() != s.want {
			t.Errorf("%s: %s, want %s (%v)", name, d.JSON(), s.want, err)
		}
		var any map[string]any
		if !strings.Contains(s.want, `\`) && json.Unmarshal([]byte(d.JSON()), &any) != nil {
			t.Errorf("%s: %s is no JSON", name, d.JSON())
		}
	}
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

func TestProofs(t *testing.T) {
	base, err := seb.ReadBase("https://Kao.example.cn:443/")
	if err != nil || base != "https://kao.example.cn" {
		t.Fatal(base, err)
	}
	key, other := seb.Dict{"a": seb.Bool(true)}.ConfigKey(), seb.Dict{"a": seb.Bool(false)}.ConfigKey()
	pages := []string{"/exam/paper"}
	const paper = "https://kao.example.cn/exam/paper"
	on := func(claimed string) seb.Proof { return seb.Proof{Claimed: claimed, Field: sum(claimed + string(key))} }
	for name, s := range map[string]struct {
		p    seb.Proof
		want bool
	}{
		"nothing":             {seb.Proof{Asked: "/exam"}, false},
		"header":              {seb.Proof{Asked: "/exam?x=1", Header: sum("https://kao.example.cn/exam?x=1" + string(key))}, true},
		"header in upper":     {seb.Proof{Asked: "/exam", Header: strings.ToUpper(sum("https://kao.example.cn/exam" + string(key)))}, true},
		"another address":     {seb.Proof{Asked: "/exam", Header: sum("https://kao.example.cn/exam/" + string(key))}, false},
		"another scheme":      {seb.Proof{Asked: "/exam", Header: sum("http://kao.example.cn/exam" + string(key))}, false},
		"another key":         {seb.Proof{Asked: "/exam", Header: sum("https://kao.example.cn/exam" + string(other))}, false},
		"the key itself":      {seb.Proof{Asked: "/exam", Header: string(key)}, false},
		"page":                {on(paper), true},
		"page with fragment":  {seb.Proof{Claimed: paper + "#/3", Field: sum(paper + string(key))}, true},
		"page with query":     {on(paper + "?x"), true},
		"page of elsewhere":   {on("https://else.example.cn/exam/paper"), false},
		"longer host":         {on("https://kao.example.cn.evil/exam/paper"), false},
		"another page":        {on("https://kao.example.cn/verify"), false},
		"page in disguise":    {on("https://kao.example.cn/verify?/exam/paper"), false},
		"field without claim": {seb.Proof{Asked: "/exam", Field: sum("https://kao.example.cn/exam" + string(key))}, false},
	} {
		if got := base.Proves(s.p, pages, key); got != s.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if !base.Proves(seb.Proof{Asked: "/exam", Header: seb.Hash("https://kao.example.cn/exam", other)}, nil, key, other) {
		t.Error("the second of two keys")
	}
	if base.Proves(seb.Proof{Asked: "/exam", Header: sum("https://kao.example.cn/exam")}, nil) {
		t.Error("no keys, and something is proven")
	}
}

func TestBases(t *testing.T) {
	for in, want := range map[string]seb.Base{"http://127.0.0.1:8080": "http://127.0.0.1:8080", "http://X.cn:80": "http://x.cn",
		"https://x.cn:80/a/": "https://x.cn:80/a",
		"ftp://x.cn":         "", "x.cn": "", "https://": "", "https://u@x.cn": "", "https://x.cn?a": "", "https://x.cn#a": "", "https://x.cn/%zz": ""} {
		if got, err := seb.ReadBase(in); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q %v", in, got, err)
		}
	}
	if got := seb.Base("https://x.cn").Open("/a"); got != "sebs://x.cn/a" {
		t.Error(got)
	}
	if got := seb.Base("http://x.cn:8080").Open("/a"); got != "seb://x.cn:8080/a" {
		t.Error(got)
	}
}

func TestReadKeys(t *testing.T) {
	one, two := sum("1"), sum("2")
	for in, want := range map[string]int{"": 0, one: 1, one + "\r\n\n" + strings.ToUpper(two) + "\n": 2, one + "\n" + one: -1, "x": -1,
		one[1:]: -1, one + "0": -1, one[:63] + "g": -1} {
		keys, ok := seb.ReadKeys(in)
		if ok != (want >= 0) || ok && len(keys) != want {
			t.Errorf("%q: %v %t", in, keys, ok)
		}
	}
}
