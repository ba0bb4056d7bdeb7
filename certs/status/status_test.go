package status_test

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/certs/vcjwt"
	"github.com/skillcert/skillcert/certs/vcjwt/vctest"
	"github.com/skillcert/skillcert/engine/errs"
)

const address = "https://cert.example.cn/status/7"

func noon() time.Time { return time.Date(2026, 11, 26, 4, 0, 0, 0, time.UTC) }

type world struct {
	key     vctest.Key
	chain   []*x509.Certificate
	roots   *x509.CertPool
	options status.Options
}

func newWorld(t testing.TB) world {
	a := vctest.New(t, "甲", noon())
	key, chain := a.Leaf(t, "状态", vctest.Purpose(1))
	return world{key, chain, a.Roots, status.Options{Usage: vctest.Only(vctest.Purpose(1))}}
}

func list(entries map[int]status.Code) status.List {
	return status.List{ID: address, Number: 7, Issuer: "https://cert.example.cn", From: noon(), Until: noon().Add(24 * time.Hour), Entries: entries}
}

func (w world) build(t testing.TB, entries map[int]status.Code) []byte {
	t.Helper()
	text, err := status.Build(list(entries), w.key, w.chain)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (w world) open(text []byte) (*status.Opened, error) {
	return status.Open(text, w.roots, noon(), w.options)
}

// payload is the credential inside a list.
func payload(t testing.TB, text []byte) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(string(text), ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func inflate(t testing.TB, encoded string) []byte {
	t.Helper()
	packed, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(encoded, "u"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryEntryIsReadAsWritten(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		entries := rapid.MapOf(rapid.IntRange(0, status.Entries-1), rapid.Custom(func(rt *rapid.T) status.Code {
			return status.Code(rapid.IntRange(0, 3).Draw(rt, "code"))
		})).Draw(rt, "entries")
		got, err := w.open(w.build(t, entries))
		if err != nil {
			rt.Fatal(err)
		}
		for i := range status.Entries {
			if c, err := got.Code(i); err != nil || c != entries[i] {
				rt.Fatalf("entry %d is %v, want %v (%v)", i, c, entries[i], err)
			}
		}
	})
}

// The recommendation's §2.2 and §7.1: index 0 is the left-most bit, the last index the right-most.
func TestBitsStandFromLeftToRight(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		index int
		code  status.Code
		at    int
		want  byte
	}{
		{0, status.Void, 0, 0b1100_0000}, {0, status.Revoked, 0, 0b1000_0000}, {0, status.Superseded, 0, 0b0100_0000},
		{1, status.Revoked, 0, 0b0010_0000}, {3, status.Superseded, 0, 0b0000_0001}, {4, status.Void, 1, 0b1100_0000},
		{status.Entries - 1, status.Superseded, 32767, 0b0000_0001},
	} {
		var vc struct{ CredentialSubject struct{ EncodedList string } }
		if err := json.Unmarshal(payload(t, w.build(t, map[int]status.Code{c.index: c.code})), &vc); err != nil {
			t.Fatal(err)
		}
		got := inflate(t, vc.CredentialSubject.EncodedList)
		if len(got) != 32768 || got[c.at] != c.want {
			t.Errorf("entry %d as %v: byte %d is %08b, want %08b", c.index, c.code, c.at, got[c.at], c.want)
		}
		got[c.at] = 0
		if !bytes.Equal(got, make([]byte, 32768)) {
			t.Errorf("entry %d as %v: more than one entry is set", c.index, c.code)
		}
	}
}

// example is the encodedList of Example 3 of the recommendation: 131,072 zero bits.
const example = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"

func TestTheExampleOfTheRecommendationIsOfThisFormAndTooShort(t *testing.T) {
	if got := inflate(t, example); !bytes.Equal(got, make([]byte, 16384)) {
		t.Fatalf("%d bytes", len(got))
	}
	w := newWorld(t)
	if _, err := w.open(w.changed(t, func(s map[string]any) { s["encodedList"] = example })); !errors.Is(err, status.ErrList) {
		t.Fatal(err)
	}
}

// changed signs a list in whose subject something is different. The keys of the subject keep the order of the format.
func (w world) changed(t testing.TB, change func(subject map[string]any)) []byte {
	t.Helper()
	raw := payload(t, w.build(t, nil))
	var vc struct {
		CredentialSubject map[string]any `json:"credentialSubject"`
	}
	if err := json.Unmarshal(raw, &vc); err != nil {
		t.Fatal(err)
	}
	old := map[string][]byte{}
	for k, v := range vc.CredentialSubject {
		old[k] = member(t, k, v)
	}
	change(vc.CredentialSubject)
	for k, v := range vc.CredentialSubject {
		raw = bytes.Replace(raw, old[k], member(t, k, v), 1)
	}
	text, err := vcjwt.Sign(raw, w.key, w.chain)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func member(t testing.TB, key string, value any) []byte {
	t.Helper()
	v, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte(`"`+key+`":`), v...)
}

func pack(t testing.TB, raw []byte) string {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return "u" + base64.RawURLEncoding.EncodeToString(out.Bytes())
}

func TestListsThatSayTooMuchOrTooLittle(t *testing.T) {
	w := newWorld(t)
	if _, err := w.open(w.changed(t, func(map[string]any) {})); err != nil {
		t.Fatalf("the unchanged list: %v", err)
	}
	good := make([]byte, 32768)
	for name, change := range map[string]func(map[string]any){
		"one byte short":     func(s map[string]any) { s["encodedList"] = pack(t, good[1:]) },
		"one byte long":      func(s map[string]any) { s["encodedList"] = pack(t, append(good, 0)) },
		"a bomb":             func(s map[string]any) { s["encodedList"] = pack(t, make([]byte, 30<<20)) },
		"no gzip":            func(s map[string]any) { s["encodedList"] = "uAAAA" },
		"no multibase":       func(s map[string]any) { s["encodedList"] = strings.TrimPrefix(pack(t, good), "u") },
		"another multibase":  func(s map[string]any) { s["encodedList"] = "z" + strings.TrimPrefix(pack(t, good), "u") },
		"empty":              func(s map[string]any) { s["encodedList"] = "" },
		"two gzip members":   func(s map[string]any) { s["encodedList"] = join(t, pack(t, good), pack(t, good)) },
		"an empty member":    func(s map[string]any) { s["encodedList"] = join(t, pack(t, good), pack(t, nil)) },
		"a wrong checksum":   func(s map[string]any) { s["encodedList"] = spoilt(t, good) },
		"purpose revocation": func(s map[string]any) { s["statusPurpose"] = "revocation" },
		"another type":       func(s map[string]any) { s["type"] = "StatusList2021" },
		"another subject":    func(s map[string]any) { s["id"] = address + "#other" },
	} {
		if _, err := w.open(w.changed(t, change)); !errors.Is(err, status.ErrList) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAListHasOneText(t *testing.T) {
	w := newWorld(t)
	raw := string(payload(t, w.build(t, nil)))
	for name, c := range map[string]struct{ old, new string }{
		"nothing changed":     {"{", "{"},
		"an unknown member":   {`"issuer"`, `"proof":{},"issuer"`},
		"a member twice":      {`"issuer"`, `"issuer":"https://other.example.cn","issuer"`},
		"white space":         {"{", "{ "},
		"another spelling":    {`"issuer"`, `"Issuer"`},
		"another order":       {`["VerifiableCredential","BitstringStatusListCredential"]`, `["BitstringStatusListCredential","VerifiableCredential"]`},
		"another context":     {"credentials/v2", "credentials/v1"},
		"no issuer":           {`"issuer":"https://cert.example.cn"`, `"issuer":""`},
		"an id without list":  {address, "https://cert.example.cn/status"},
		"an end before start": {`"validUntil":"2026-11-27`, `"validUntil":"2026-11-25`},
		"no date":             {"2026-11-26T04:00:00Z", "2026-11-26"},
		"escaped letters":     {"BitstringStatusListCredential", `\u0042itstringStatusListCredential`},
	} {
		text, err := vcjwt.Sign([]byte(strings.Replace(raw, c.old, c.new, 1)), w.key, w.chain)
		if err != nil || !strings.Contains(raw, c.old) {
			t.Fatal(name, err)
		}
		if _, err = w.open(text); (c.old == c.new) != (err == nil) || err != nil && !errors.Is(err, status.ErrList) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// join puts the GZIP members of two texts into one.
func join(t testing.TB, texts ...string) string {
	var all []byte
	for _, one := range texts {
		packed, err := base64.RawURLEncoding.DecodeString(one[1:])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, packed...)
	}
	return "u" + base64.RawURLEncoding.EncodeToString(all)
}

func spoilt(t testing.TB, raw []byte) string {
	packed, err := base64.RawURLEncoding.DecodeString(pack(t, raw)[1:])
	if err != nil {
		t.Fatal(err)
	}
	packed[len(packed)-8] ^= 1 // the first byte of the CRC (RFC 1952 §2.3.1)
	return "u" + base64.RawURLEncoding.EncodeToString(packed)
}

func TestEveryFlippedBitOfAListIsRefused(t *testing.T) {
	w := newWorld(t)
	text := w.build(t, map[int]status.Code{5: status.Revoked})
	for i := range text {
		bad := bytes.Clone(text)
		bad[i] ^= 1 << (i % 8)
		if _, err := w.open(bad); err == nil {
			t.Fatalf("bit %d of byte %d may be anything", i%8, i)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		bad := bytes.Clone(text)
		bad[rapid.IntRange(0, len(bad)-1).Draw(rt, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		if _, err := w.open(bad); err == nil {
			rt.Fatal("accepted")
		}
	})
}

func TestAListAnswersOnlyInItsTime(t *testing.T) {
	w := newWorld(t)
	text := w.build(t, nil)
	until := noon().Add(24 * time.Hour)
	for name, c := range map[string]struct {
		now       time.Time
		age, skew time.Duration
		want      error
	}{
		"a moment early":              {noon().Add(-time.Nanosecond), 0, 0, status.ErrEarly},
		"a minute early with skew":    {noon().Add(-time.Minute), 0, time.Minute, nil},
		"over a minute early":         {noon().Add(-time.Minute - 1), 0, time.Minute, status.ErrEarly},
		"at its beginning":            {noon(), 0, 0, nil},
		"at its end":                  {until, 0, 0, nil},
		"a moment late":               {until.Add(1), 0, 0, status.ErrStale},
		"just late with skew":         {until.Add(time.Minute), 0, time.Minute, nil},
		"as old as allowed":           {noon().Add(time.Hour), time.Hour, 0, nil},
		"a moment older than allowed": {noon().Add(time.Hour + 1), time.Hour, 0, status.ErrStale},
	} {
		o := w.options
		o.MaxAge, o.Skew = c.age, c.skew
		got, err := status.Open(text, w.roots, c.now, o)
		if !errors.Is(err, c.want) || (err == nil) != (got != nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestTheListAskedFor(t *testing.T) {
	w := newWorld(t)
	text := w.build(t, nil)
	o := w.options
	o.ID, o.Issuer = address, "https://cert.example.cn"
	got, err := status.Open(text, w.roots, noon(), o)
	if err != nil || got.Number != 7 || got.ID != address || !got.Signer.Equal(w.chain[0]) {
		t.Fatalf("%+v, %v", got, err)
	}
	o.ID = "https://cert.example.cn/status/8"
	if _, err = status.Open(text, w.roots, noon(), o); !errors.Is(err, status.ErrList) {
		t.Fatal(err)
	}
	o = w.options
	o.Usage = vctest.Only(vctest.Purpose(2))
	if _, err = status.Open(text, w.roots, noon(), o); !errors.Is(err, vcjwt.ErrUsage) {
		t.Fatal(err)
	}
}

func TestListsThatCannotBeWritten(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*status.List){
		"an address of another number": func(l *status.List) { l.ID = "https://cert.example.cn/status/8" },
		"an address without a number":  func(l *status.List) { l.ID = "https://cert.example.cn/status" },
		"an address with a query":      func(l *status.List) { l.ID = address + "?a=b" },
		"no issuer":                    func(l *status.List) { l.Issuer = "" },
		"no time":                      func(l *status.List) { l.Until = l.From },
		"an entry before the first":    func(l *status.List) { l.Entries = map[int]status.Code{-1: status.Revoked} },
		"an entry behind the last":     func(l *status.List) { l.Entries = map[int]status.Code{status.Entries: status.Revoked} },
		"a code that is none":          func(l *status.List) { l.Entries = map[int]status.Code{0: 4} },
	} {
		l := list(nil)
		change(&l)
		if _, err := status.Build(l, w.key, w.chain); !errors.Is(err, status.ErrBuild) || errs.KindOf(err) != errs.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIndexesOutsideTheList(t *testing.T) {
	w := newWorld(t)
	got, err := w.open(w.build(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{-1, status.Entries} {
		if c, err := got.Code(i); !errors.Is(err, status.ErrIndex) || c == status.Valid {
			t.Errorf("index %d is %v, %v", i, c, err)
		}
		if _, err := status.NewEntry(address, i, ""); !errors.Is(err, status.ErrIndex) {
			t.Errorf("index %d: %v", i, err)
		}
	}
}

func TestAnEntryIsByTheBook(t *testing.T) {
	e, err := status.NewEntry(address, 94567, "https://cert.example.cn/help/status")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"https://cert.example.cn/status/7#94567","type":"BitstringStatusListEntry","statusPurpose":"message",` +
		`"statusListIndex":"94567","statusListCredential":"https://cert.example.cn/status/7","statusSize":2,"statusMessage":[` +
		`{"status":"0x0","message":"有效 valid"},{"status":"0x1","message":"已更换 superseded"},` +
		`{"status":"0x2","message":"已撤销 revoked"},{"status":"0x3","message":"已作废 void"}],` +
		`"statusReference":"https://cert.example.cn/help/status"}`
	if string(got) != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

func TestNumbersOfLists(t *testing.T) {
	for address, want := range map[string]int{"https://a.cn/status/0": 0, "https://a.cn/status/12.jwt": 12, "http://a.cn/x/999999999": 999_999_999} {
		if n, err := status.NumberOf(address); err != nil || n != want {
			t.Errorf("%s: %d, %v", address, n, err)
		}
	}
	for _, address := range []string{"", "status/1", "https://a.cn/", "https://a.cn/01", "https://a.cn/-1", "https://a.cn/1000000000",
		"https://a.cn/1#x", "ftp://a.cn/1", "https://u:p@a.cn/1", "https:///1", "https://a.cn/+1"} {
		if n, err := status.NumberOf(address); err == nil {
			t.Errorf("%q is list %d", address, n)
		}
	}
}

func TestPickedPlacesAreEven(t *testing.T) {
	for in, want := range map[string]int{"\x00\x00\x00": 0, "\x01\xff\xff": status.Entries - 1, "\x02\x00\x00": 0,
		"\xff\xff\xff": status.Entries - 1} {
		if got, err := status.Pick(strings.NewReader(in)); err != nil || got != want {
			t.Errorf("%x gives %d, %v", in, got, err)
		}
	}
	if _, err := status.Pick(strings.NewReader("ab")); err == nil {
		t.Error("a source that ran dry gives a place")
	}
	var halves [2]int
	for range 4000 {
		i, err := status.Pick(rand.Reader)
		if err != nil || i < 0 || i >= status.Entries {
			t.Fatal(i, err)
		}
		halves[i/(status.Entries/2)]++
	}
	if halves[0] < 1700 || halves[1] < 1700 { // nine standard deviations
		t.Errorf("halves %v", halves)
	}
}

func FuzzOpen(f *testing.F) {
	w := newWorld(f)
	text := w.build(f, map[int]status.Code{1: status.Revoked})
	f.Add(text, true)
	f.Add(payload(f, text), false)
	f.Fuzz(func(t *testing.T, in []byte, whole bool) {
		if !whole { // a payload that the right key signed, so that the fuzzer gets behind the signature
			signed, err := vcjwt.Sign(in, w.key, w.chain)
			if err != nil {
				return
			}
			in = signed
		}
		got, err := w.open(in)
		if err != nil {
			return
		}
		if c, err := got.Code(status.Entries - 1); err != nil || c > status.Void {
			t.Fatalf("%v, %v", c, err)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	w := newWorld(b)
	entries := map[int]status.Code{}
	for i := 0; i < status.Entries; i += 97 {
		entries[i] = status.Revoked
	}
	text := w.build(b, entries)
	for b.Loop() {
		if _, err := w.open(text); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(text)), "bytes")
}
