package handin_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/theory/handin"
)

// stream is randomness that repeats.
type stream struct{ *ids.Source }

func (s stream) Read(p []byte) (int, error) { return copy(p, s.Bytes(len(p))), nil }

func seeded(seed string) stream { return stream{ids.Seeded(seed)} }

var house = handin.NewKeys([]byte("a secret of the house: 32 bytes.."))

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func pass(t testing.TB, session, attempt string) handin.Pass {
	t.Helper()
	p, err := house.Pass(session, attempt)
	must(t, err)
	return p
}

func sealed(t testing.TB, p handin.Pass, c handin.Content) []byte {
	t.Helper()
	file, err := handin.Seal(p, c, seeded("file"))
	must(t, err)
	return file
}

func sample() handin.Content {
	at := time.Date(2026, 11, 24, 1, 2, 3, 4e6, time.UTC)
	return handin.Content{Session: "s", Attempt: "a", Window: "w", Base: 3, Questions: 10, MadeAt: at, Answers: []handin.Answer{
		{Item: 0, Kind: "response", Chosen: []int{0, 2}, ClientAt: at}, {Item: 9, Kind: "flag", Chosen: []int{}, Flag: true, ClientAt: at}}}
}

func contents(r *rapid.T) handin.Content {
	at := time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)
	name := rapid.StringMatching(`[a-z0-9-]{0,40}`)
	c := handin.Content{Session: name.Draw(r, "session"), Attempt: name.Draw(r, "attempt"), Window: rapid.String().Draw(r, "window"),
		Base: rapid.IntRange(0, 9999).Draw(r, "base"), Questions: rapid.IntRange(0, 200).Draw(r, "questions"), MadeAt: at, Answers: []handin.Answer{}}
	for range rapid.IntRange(0, 20).Draw(r, "answers") {
		c.Answers = append(c.Answers, handin.Answer{Item: rapid.Int().Draw(r, "item"), Kind: name.Draw(r, "kind"),
			Chosen: append([]int{}, rapid.SliceOfN(rapid.IntRange(0, 5), 0, 4).Draw(r, "chosen")...), Flag: rapid.Bool().Draw(r, "flag"),
			ClientAt: at.Add(time.Duration(rapid.IntRange(0, 1e7).Draw(r, "ms")) * time.Millisecond)})
	}
	return c
}

func TestOpenGivesWhatWasSealed(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := contents(r)
		got, err := house.Open(sealed(t, pass(t, c.Session, c.Attempt), c))
		if err != nil || !reflect.DeepEqual(got, c) {
			r.Fatalf("%v: %+v, want %+v", err, got, c)
		}
	})
}

// Of a file, no bit can be turned and no byte cut off or added.
func TestAnyChangeIsRefused(t *testing.T) {
	file := sealed(t, pass(t, "s", "a"), sample())
	refused := func(what string, i int, changed []byte) {
		t.Helper()
		if _, err := house.Open(changed); !errors.Is(err, handin.ErrUnreadable) {
			t.Fatalf("%s %d: %v", what, i, err)
		}
	}
	for i := range file {
		for bit := range 8 {
			changed := bytes.Clone(file)
			changed[i] ^= 1 << bit
			refused("bit turned in byte", i, changed)
		}
		refused("cut at", i, file[:i])
		refused("cut from the front", i+1, file[i+1:])
	}
	refused("a byte more at", len(file), append(bytes.Clone(file), 0))
}

// A pass opens nothing for another session or attempt, and another house opens nothing.
func TestFilesOfOthersAreRefused(t *testing.T) {
	own := pass(t, "s", "a")
	for name, c := range map[string]struct {
		house   *handin.Keys
		pass    handin.Pass
		content handin.Content
		want    error
	}{
		"one's own":                             {house, own, sample(), nil},
		"another house":                         {handin.NewKeys([]byte("another secret of 32 bytes......")), own, sample(), handin.ErrUnreadable},
		"with the token of another attempt":     {house, handin.Pass{Session: "s", Attempt: "a", Key: own.Key, Token: pass(t, "s", "b").Token}, sample(), handin.ErrUnreadable},
		"with the key of another session":       {house, handin.Pass{Session: "s", Attempt: "a", Key: pass(t, "z", "a").Key, Token: own.Token}, sample(), handin.ErrUnreadable},
		"in the envelope of another attempt":    {house, handin.Pass{Session: "s", Attempt: "b", Key: own.Key, Token: own.Token}, sample(), handin.ErrUnreadable},
		"the content of another in one's own":   {house, own, other(func(c *handin.Content) { c.Attempt = "b" }), handin.ErrUnreadable},
		"another session's content in this":     {house, own, other(func(c *handin.Content) { c.Session = "z" }), handin.ErrUnreadable},
		"names that run into one another":       {house, handin.Pass{Session: "sa", Attempt: "", Key: own.Key, Token: own.Token}, sample(), handin.ErrUnreadable},
		"everything of another, made by a pass": {house, pass(t, "s", "b"), other(func(c *handin.Content) { c.Attempt = "b" }), nil},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := c.house.Open(sealed(t, c.pass, c.content)); !errors.Is(err, c.want) {
				t.Fatalf("%v, want %v", err, c.want)
			}
		})
	}
}

func other(edit func(*handin.Content)) handin.Content {
	c := sample()
	edit(&c)
	return c
}

func TestSizeIsBounded(t *testing.T) {
	if _, err := house.Open(make([]byte, handin.MaxSize)); !errors.Is(err, handin.ErrUnreadable) {
		t.Fatal(err)
	}
	if _, err := house.Open(make([]byte, handin.MaxSize+1)); !errors.Is(err, handin.ErrTooLarge) {
		t.Fatal(err)
	}
	fullest := sample()
	for i := range 1500 { // the most that a page puts in
		fullest.Answers = append(fullest.Answers, handin.Answer{Item: 100 + i%100, Kind: "response", Chosen: []int{0, 1, 2, 3, 4, 5, 6, 7}, ClientAt: fullest.MadeAt})
	}
	_, err := house.Open(sealed(t, pass(t, "s", "a"), fullest))
	must(t, err)
}

// vector was made by the scripts of the exam page, whose own test checks it as well: api/web/jstest/handin.test.js.
type vector struct {
	Secret      string         `json:"secret"`
	Pass        map[string]any `json:"pass"`
	Random      string         `json:"random"`
	Content     handin.Content `json:"content"`
	File        string         `json:"file"`
	Fingerprint string         `json:"fingerprint"`
}

func TestPageAndServerMakeTheSame(t *testing.T) {
	b, err := os.ReadFile("testdata/vector.json")
	must(t, err)
	var v vector
	must(t, json.Unmarshal(b, &v))
	secret, err := hex.DecodeString(v.Secret)
	must(t, err)
	file, err := hex.DecodeString(v.File)
	must(t, err)
	keys := handin.NewKeys(secret)
	p, err := keys.Pass(v.Content.Session, v.Content.Attempt)
	must(t, err)
	told, err := json.Marshal(map[string]any{"session": p.Session, "key": p.Key, "token": p.Token})
	must(t, err)
	var want map[string]any
	must(t, json.Unmarshal(told, &want))
	if !reflect.DeepEqual(v.Pass, want) {
		t.Fatalf("pass %v, want %v", v.Pass, want)
	}
	got, err := keys.Open(file)
	must(t, err)
	if !reflect.DeepEqual(got, v.Content) || len(got.Answers) == 0 {
		t.Fatalf("content %+v, want %+v", got, v.Content)
	}
	if code := handin.Fingerprint(file); code != v.Fingerprint || !handin.Matches(strings.ToLower(strings.ReplaceAll(code, "-", " ")), file) {
		t.Fatalf("fingerprint %s, want %s", code, v.Fingerprint)
	}
	if handin.Matches("", file) || handin.Matches(v.Fingerprint[1:], file) {
		t.Fatal("half a fingerprint matches")
	}
}

func FuzzOpen(f *testing.F) {
	file := sealed(f, pass(f, "s", "a"), sample())
	f.Add(file)
	f.Add(file[:20])
	f.Add([]byte("skillcert hand-in 1\n\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := house.Open(b); err == nil && !bytes.Equal(b, file) {
			t.Fatal("a file that nobody made was opened")
		}
	})
}
