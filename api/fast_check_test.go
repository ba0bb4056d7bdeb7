package api_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// TestChecksAreReadAsJSONIs: what is read by hand is what encoding/json reads, and what it refuses is not read by hand.
func TestChecksAreReadAsJSONIs(t *testing.T) {
	for body, want := range map[string]bool{
		`{"number":"S000012009999264000001","name":"李一·买买提"}`: true, `{"name":"𠮷","number":"x"}`: true, `{"number":"x"}`: true,
		`{"number":"x","name":"y"} `: false, `{ "number":"x"}`: false, `{"number":"x","number":"y"}`: false, `{"Number":"x"}`: false, `{"number":1}`: false,
		`{"number":"\u0041"}`: false, "{\"number\":\"a\nb\"}": false, `{"number":"x","extra":1}`: false, `{}`: false, ``: false, `null`: false, `[]`: false,
		"{\"name\":\"\xff\"}": false, `{"name":"x`: false, `{"name":"x"}{}`: false, `{"name":"x",}`: false,
	} {
		got, ok := api.PlainVerification([]byte(body))
		if ok != want {
			t.Errorf("%s: read by hand: %v", body, ok)
		}
		var like api.Verification
		if err := json.Unmarshal([]byte(body), &like); ok && (err != nil || like != got) {
			t.Errorf("%s: %+v, encoding/json %+v, %v", body, got, like, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		body, err := json.Marshal(api.Verification{Number: rapid.String().Draw(t, "number"), Name: rapid.String().Draw(t, "name")})
		if err != nil {
			t.Fatal(err)
		}
		var like api.Verification
		if got, ok := api.PlainVerification(body); ok && (json.Unmarshal(body, &like) != nil || like != got) {
			t.Fatalf("%s: %+v, encoding/json %+v", body, got, like)
		}
	})
}

// TestAnswersAreWrittenAsJSONIs holds the hand-written form against encoding/json's.
func TestAnswersAreWrittenAsJSONIs(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "a<b>&\u2028\u2029", "\u007f\xff", "“引号”", "𠮷"}))
	instant := rapid.Custom(func(t *rapid.T) api.Instant {
		return api.Instant(time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "ms")))
	})
	happening := rapid.Custom(func(t *rapid.T) api.Happening {
		h := api.Happening{At: instant.Draw(t, "at"), Event: text.Draw(t, "event"), Edition: rapid.IntRange(0, 3).Draw(t, "edition"), Reason: text.Draw(t, "reason")}
		if leaf := rapid.Int64Range(-1, 9).Draw(t, "leaf"); leaf >= 0 {
			h.Leaf = &leaf
		}
		return h
	})
	answer := rapid.Custom(func(t *rapid.T) *api.Answer {
		a := &api.Answer{Standing: certs.Standing(text.Draw(t, "standing")), By: text.Draw(t, "by"), Checked: instant.Draw(t, "checked"),
			History: rapid.SliceOfN(happening, 0, 3).Draw(t, "history"), Differences: rapid.MapOfN(text, text, 0, 3).Draw(t, "differences")}
		for range rapid.IntRange(0, 3).Draw(t, "checks") {
			a.Checks = append(a.Checks, api.Check{Key: text.Draw(t, "key"), OK: rapid.Bool().Draw(t, "ok"), Detail: text.Draw(t, "detail")})
		}
		if rapid.Bool().Draw(t, "known") {
			a.Certificate = &api.Printed{Number: certs.Number(text.Draw(t, "number")), Edition: 2, Name: text.Draw(t, "name"), IDType: text.Draw(t, "type"),
				IDNumber: text.Draw(t, "id"), Occupation: text.Draw(t, "occupation"), WorkType: text.Draw(t, "work"), Level: engine.Level4, Org: text.Draw(t, "org"),
				Filing: text.Draw(t, "filing"), Issued: api.Day(clock.Date{Year: 2026, Month: 3, Day: 2}), Remark: text.Draw(t, "remark"), Photo: text.Draw(t, "photo"), Since: instant.Draw(t, "since"),
				Reason: text.Draw(t, "why"), Route: certs.RouteDirect, Demo: rapid.Bool().Draw(t, "demo")}
			a.Holds = &api.Holding{Edition: 3, Since: instant.Draw(t, "from"), Reason: text.Draw(t, "because")}
			a.Log = &api.LogPlace{Leaf: 7, Size: 9, Proof: text.Draw(t, "proof")}
			if rapid.Bool().Draw(t, "cosigned") {
				a.Log.Cosigned = []api.Cosigned{{Witness: text.Draw(t, "witness"), At: instant.Draw(t, "seen")}}
			}
		}
		if rapid.Bool().Draw(t, "read") {
			a.Pages = &api.PageReadout{Readable: true, Added: []string{text.Draw(t, "added")},
				Fields: []api.PageField{{Field: "level", Found: text.Draw(t, "found"), Recorded: text.Draw(t, "recorded"), State: certs.PageDiffers}}}
		}
		return a
	})
	rapid.Check(t, func(t *rapid.T) {
		a := answer.Draw(t, "answer")
		want, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		record, err := api.AppendRecord(nil, a)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := api.AppendAnswer(nil, a, record); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("written\n%s\nwant\n%s\n%v", got, want, err)
		}
	})
}
