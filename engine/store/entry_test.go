package store_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/theory"
)

func wantLikeJSON(t interface {
	Helper()
	Fatalf(string, ...any)
}, e *theory.Entry) {
	t.Helper()
	want, wantErr := json.Marshal(e)
	got, err := store.EncodeEntry(e)
	if string(got) != string(want) || (err == nil) != (wantErr == nil) {
		t.Fatalf("%+v\ngot  %s, %v\nwant %s, %v", e, got, err, want, wantErr)
	}
}

// TestEntriesAreEncodedAsJSONDoes: the form in the store is that of encoding/json, whatever stands in an entry.
func TestEntriesAreEncodedAsJSONDoes(t *testing.T) {
	at := rapid.Custom(func(t *rapid.T) time.Time {
		zone := rapid.SampledFrom([]*time.Location{time.UTC, time.FixedZone("", 8*3600)}).Draw(t, "zone")
		return time.UnixMilli(rapid.Int64Range(-70_000_000_000_000, 300_000_000_000_000).Draw(t, "ms")).In(zone)
	})
	rapid.Check(t, func(t *rapid.T) {
		wantLikeJSON(t, &theory.Entry{Attempt: theory.AttemptID(rapid.OneOf(rapid.StringMatching(`[a-z2-7]{26}`), rapid.String()).Draw(t, "id")),
			Seq: rapid.Int().Draw(t, "seq"), Kind: theory.EntryKind(rapid.SampledFrom([]string{"response", "flag", "close", "<", ""}).Draw(t, "kind")),
			Question: rapid.IntRange(0, 200).Draw(t, "question"), Chosen: rapid.SliceOfN(rapid.IntRange(-1, 12), 0, 5).Draw(t, "chosen"),
			Flagged: rapid.Bool().Draw(t, "flagged"), ClientAt: at.Draw(t, "client"), At: at.Draw(t, "at")})
	})
}

// TestEveryFieldOfAnEntryIsEncoded fills the fields one by one, those too that are added after this was written.
func TestEveryFieldOfAnEntryIsEncoded(t *testing.T) {
	for i := range reflect.TypeFor[theory.Entry]().NumField() {
		e := theory.Entry{Attempt: "a", Seq: 1, Kind: theory.Response, ClientAt: time.UnixMilli(5).UTC(), At: time.UnixMilli(6).UTC()}
		f := reflect.ValueOf(&e).Elem().Field(i)
		switch f.Interface().(type) {
		case time.Time:
			f.Set(reflect.ValueOf(time.UnixMilli(77).UTC()))
		case []int:
			f.Set(reflect.ValueOf([]int{3, 4}))
		case bool:
			f.SetBool(true)
		case int:
			f.SetInt(9)
		case *theory.Brought:
			f.Set(reflect.ValueOf(&theory.Brought{File: "f"}))
		default:
			if f.Kind() != reflect.String {
				t.Fatalf("field %d is of a kind that this test does not fill", i)
			}
			f.SetString("z")
		}
		wantLikeJSON(t, &e)
	}
}
