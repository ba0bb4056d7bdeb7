package api_test

import (
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/api"
)

// plainBodies are bodies as the exam page sends them, and others that are as right or wrong.
func plainBodies() map[string]bool {
	return map[string]bool{
		`{"seq":1,"item":0,"chosen":[2],"flag":false,"kind":"response","client_at":"2026-11-24T01:02:03.004Z"}`:             true,
		`{"seq":12,"item":99,"chosen":[0,2,4],"flag":true,"kind":"flag","client_at":"2026-11-24T01:02:03Z","window":"a-b"}`: true,
		`{"kind":"response","chosen":[],"client_at":"2026-11-24T09:02:03+08:00","seq":999999999,"item":3,"flag":false}`:     true,
		`{"seq":1}`:                       true,
		`{}`:                              false,
		``:                                false,
		`{"seq":1`:                        false,
		`{"seq":1,}`:                      false,
		`{"seq":1}{}`:                     false,
		`{"seq":1} `:                      false,
		`{ "seq":1}`:                      false,
		`{"seq":1,"seq":2}`:               false,
		`{"Seq":1}`:                       false,
		`{"seq":01}`:                      false,
		`{"seq":-1}`:                      false,
		`{"seq":1.0}`:                     false,
		`{"seq":1e3}`:                     false,
		`{"seq":1234567890}`:              false,
		`{"seq":99999999999999999999999}`: false,
		`{"seq":"1"}`:                     false,
		`{"seq":null}`:                    false,
		`{"chosen":null}`:                 false,
		`{"chosen":[1,]}`:                 false,
		`{"chosen":[,1]}`:                 false,
		`{"chosen":[1`:                    false,
		`{"flag":truex}`:                  false,
		`{"flag":1}`:                      false,
		`{"kind":"re\u0073ponse"}`:        false,
		`{"kind":"作答"}`:                   false,
		"{\"kind\":\"a\nb\"}":             false,
		`{"kind":"response}`:              false,
		`{"client_at":"2026-11-24"}`:      false,
		`{"client_at":""}`:                false,
		`{"answer":1}`:                    false,
		`[]`:                              false,
		`null`:                            false,
	}
}

func TestPlainBodiesAreReadByHand(t *testing.T) {
	for body, want := range plainBodies() {
		if _, ok := api.PlainResponse([]byte(body)); ok != want {
			t.Errorf("%s: read by hand: %v", body, ok)
		}
		likeJSON(t, []byte(body))
	}
}

// likeJSON holds that what is read by hand is what encoding/json, as strict as decode, reads.
func likeJSON(t *testing.T, body []byte) {
	got, ok := api.PlainResponse(body)
	if !ok {
		return
	}
	var want api.Response
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	err := d.Decode(&want)
	if _, end := d.Token(); err != nil || end != io.EOF {
		t.Fatalf("%q is refused: %v, %v", body, err, end)
	}
	if !want.ClientAt.Equal(got.ClientAt) {
		t.Fatalf("%q: %v, not %v", body, got.ClientAt, want.ClientAt)
	}
	got.ClientAt = want.ClientAt
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%q: %+v, not %+v", body, got, want)
	}
}

func FuzzPlainResponse(f *testing.F) {
	for body := range plainBodies() {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) { likeJSON(t, body) })
}

// TestEveryFieldOfAResponseIsReadByHand finds a field that was added and would make every save slow.
func TestEveryFieldOfAResponseIsReadByHand(t *testing.T) {
	const whole = `{"seq":1,"item":2,"chosen":[3],"flag":true,"kind":"response","client_at":"2026-11-24T01:02:03.004Z","window":"w"}`
	r, ok := api.PlainResponse([]byte(whole))
	if !ok {
		t.Fatal("not read")
	}
	for i := range reflect.TypeOf(r).NumField() {
		if reflect.ValueOf(r).Field(i).IsZero() {
			t.Errorf("%s is not read", reflect.TypeOf(r).Field(i).Name)
		}
	}
}
