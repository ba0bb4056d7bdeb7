package errs_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/errs"
)

func TestWhatJSONRefusesIsNamed(t *testing.T) {
	for text, want := range map[string]errs.Field{
		`{"size":1,"x\"y":2}`:       {Name: `x"y`, Code: "unknown"},
		`{"part":{"x":2}}`:          {Name: "x", Code: "unknown"},
		`{"part":{"width":"wide"}}`: {Name: "part.width", Code: "type"},
		`[]`:                        {Code: "type"},
		`{"size":1`:                 {Code: "json"},
		`hello`:                     {Code: "json"},
		``:                          {Code: "json"},
	} {
		var into struct {
			Size int `json:"size"`
			Part struct {
				Width int `json:"width"`
			} `json:"part"`
		}
		d := json.NewDecoder(strings.NewReader(text))
		d.DisallowUnknownFields()
		got := errs.Undecoded(d.Decode(&into))
		if got.Name != want.Name || got.Code != want.Code || got.Msg == "" {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}
