package protocol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// verdict is "equal", "different" or "unreadable".
func verdict(t testing.TB, file []byte) string {
	t.Helper()
	x, err := protocol.Decode(file)
	if err != nil {
		return "unreadable"
	}
	r, err := protocol.Audit(x)
	switch {
	case err != nil:
		t.Fatal(err)
	case r.Equal:
		return "equal"
	case r.First == nil || r.First.Where == "":
		t.Fatal("different, and nobody knows where")
	}
	return "different"
}

// TestOneByteIsEnough changes one byte in every class of field, and many besides: the audit never says equal.
func TestOneByteIsEnough(t *testing.T) {
	file := story(t).reveal()
	if verdict(t, file) != "equal" {
		t.Fatal("the story itself is not equal")
	}
	classes := fieldClasses(t, file)
	if len(classes) < 80 {
		t.Errorf("only %d classes of fields", len(classes))
	}
	different := 0
	for class, at := range classes {
		for _, x := range []byte{1, 0x20} {
			changed := slices.Clone(file)
			changed[at] ^= x
			switch verdict(t, changed) {
			case "equal":
				t.Errorf("%s, byte %d from %q to %q: equal", class, at, file[at], changed[at])
			case "different":
				different++
			}
		}
	}
	if different < len(classes)/2 {
		t.Errorf("only %d changes of %d classes were found by the derivation", different, len(classes))
	}
	for at := 0; at < len(file); at += 997 {
		changed := slices.Clone(file)
		if changed[at] ^= 1; verdict(t, changed) == "equal" {
			t.Errorf("byte %d from %q to %q: equal", at, file[at], changed[at])
		}
	}
}

// TestAChangedLogIsNoWrongStep: where one digit of the log is changed, the audit speaks of hashes and not of steps; so does
// whoever follows the log by itself.
func TestAChangedLogIsNoWrongStep(t *testing.T) {
	file := story(t).reveal()
	at := bytes.LastIndex(file, []byte(`"share":"`)) + len(`"share":"`)
	file[at] = "10"[min(1, file[at]-'0')]
	x, err := protocol.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := protocol.Audit(x)
	if err != nil || r.Equal || !strings.Contains(r.First.Where, "(reveal)：draw.chain: 日志的摘要不符：第 ") {
		t.Errorf("%+v, %v", r.First, err)
	}
	if _, err := protocol.Follow(x.Log, x.Log[len(x.Log)-1].At); !errors.Is(err, protocol.ErrChain) || errors.Is(err, protocol.ErrStage) {
		t.Errorf("%v", err)
	}
}

// fieldClasses maps each path of a JSON file, without indexes, to a byte in the middle of one value there.
func fieldClasses(t *testing.T, file []byte) map[string]int {
	t.Helper()
	classes := map[string]int{}
	d := json.NewDecoder(bytes.NewReader(file))
	var walk func(path string)
	walk = func(path string) {
		from := int(d.InputOffset())
		token, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch token {
		case json.Delim('['):
			for d.More() {
				walk(path + "[]")
			}
			_, err = d.Token()
		case json.Delim('{'):
			for d.More() {
				name, _ := d.Token()
				walk(path + "." + name.(string))
			}
			_, err = d.Token()
		default:
			classes[path] = (from + int(d.InputOffset())) / 2
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	walk("")
	return classes
}

// cheat is a change to a transcript and where the audit must find it.
type cheat struct {
	do    func(x *protocol.Transcript)
	where string
}

// TestAnOperatorWhoCheats signs and chains whatever was changed: the derivation still names the first thing that differs.
func TestAnOperatorWhoCheats(t *testing.T) {
	file := story(t).reveal()
	for _, cases := range []map[string]cheat{cheatsOnContent(), cheatsOnLog(t), cheatsOnRoots(t)} {
		for name, c := range cases {
			x, err := protocol.Decode(file)
			if err != nil {
				t.Fatal(err)
			}
			c.do(x)
			if err := x.Rechain(); err != nil {
				t.Fatal(err)
			}
			changed, err := x.Reseal(signer("operator"))
			if err != nil {
				t.Fatal(err)
			}
			r := audit(t, changed)
			if r.Equal != (c.where == "") || !r.Equal && !strings.HasPrefix(r.First.Where, c.where) {
				t.Errorf("%s: equal %v, first difference %v, want %s", name, r.Equal, r.First, c.where)
			}
		}
	}
}

// edit changes the first entry of its kind that is wanted.
func edit[E protocol.Event](t *testing.T, x *protocol.Transcript, change func(e *E) bool) {
	t.Helper()
	for i := range x.Log {
		if e, ok := x.Log[i].Event.(E); ok && change(&e) {
			x.Log[i].Event = e
			return
		}
	}
	t.Fatal("there is no such entry")
}

func cheatsOnContent() map[string]cheat {
	return map[string]cheat{
		"nothing":            {func(*protocol.Transcript) {}, ""},
		"item difficulty":    {func(x *protocol.Transcript) { x.Parts[0].Cards[3].Difficulty ^= 1 }, "bank root, "},
		"item content":       {func(x *protocol.Transcript) { x.Parts[0].Cards[3].Content = hashOf("x") }, "bank root, "},
		"release":            {func(x *protocol.Transcript) { x.Releases[0].ID = "2026.2" }, "bank root"},
		"key":                {func(x *protocol.Transcript) { x.Key = hashOf("x") }, "bank root"},
		"point name":         {func(x *protocol.Transcript) { x.Parts[0].Table.Points[0].Name += "。" }, "bank root"},
		"blueprint":          {func(x *protocol.Transcript) { x.Parts[0].Blueprint.SupplementCap++ }, "plan root"},
		"pseudonym":          {func(x *protocol.Transcript) { x.Parts[0].Slots[2].Candidate = hashOf("x") }, "roster root"},
		"exclusions":         {func(x *protocol.Transcript) { x.Parts[0].Slots[2].Excluded = []string{x.Parts[0].Cards[1].Handle} }, "roster root"},
		"opening":            {func(x *protocol.Transcript) { x.Parts[0].Cards[3].Opening += 2 }, "usage root"},
		"build":              {func(x *protocol.Transcript) { x.Engine.Build = "other" }, "engine root"},
		"card left out":      {func(x *protocol.Transcript) { x.Parts[0].Cards = slices.Delete(x.Parts[0].Cards, 5, 6) }, "bank root, "},
		"slot left out":      {func(x *protocol.Transcript) { x.Parts[1].Slots = x.Parts[1].Slots[1:] }, "roster root"},
		"slots swapped":      {func(x *protocol.Transcript) { s := x.Parts[0].Slots; s[0], s[1] = s[1], s[0] }, "roster root"},
		"part left out":      {func(x *protocol.Transcript) { x.Parts = x.Parts[:1] }, "bank root, "},
		"item of a form":     {func(x *protocol.Transcript) { f := x.Parts[1].Forms[2].Cards; f[0], f[1] = f[1], f[0] }, "level 4, slot 2, item 0"},
		"no such card":       {func(x *protocol.Transcript) { x.Parts[1].Forms[2].Cards[7] = 1 << 30 }, "level 4, slot 2, item 7"},
		"options of an item": {func(x *protocol.Transcript) { x.Parts[0].Forms[1].Options[9] = "10" }, "level 5, slot 1, item 9, order of options"},
		"form left out":      {func(x *protocol.Transcript) { x.Parts[0].Forms = x.Parts[0].Forms[1:] }, "level 5, number of forms"},
	}
}

func cheatsOnLog(t *testing.T) map[string]cheat {
	return map[string]cheat{
		"entry left out": {func(x *protocol.Transcript) { x.Log = slices.Delete(x.Log, 3, 4) }, "log entry 3"},
		"reserve given": {func(x *protocol.Transcript) {
			edit(t, x, func(e *protocol.Late) bool { e.Slot++; return true })
		}, "log entry "},
		"another item": {func(x *protocol.Transcript) {
			edit(t, x, func(e *protocol.Late) bool {
				if len(e.Changes) == 0 {
					return false
				}
				e.Changes[0].Handle = x.Parts[0].Cards[0].Handle
				return true
			})
		}, "log entry "},
		"change left out": {func(x *protocol.Transcript) {
			edit(t, x, func(e *protocol.Withdrawal) bool { e.Changes = e.Changes[1:]; return true })
		}, "log entry "},
		"root": {func(x *protocol.Transcript) {
			edit(t, x, func(e *protocol.Roots) bool { e.Usage = hashOf("x"); return true })
		}, "usage root"},
		"secret": {func(x *protocol.Transcript) {
			edit(t, x, func(e *protocol.Reveal) bool { e.Share = hashOf("x"); return true })
		}, "log entry "},
		"what was drawn": {func(x *protocol.Transcript) {
			edit(t, x, func(e *protocol.Beacon) bool { e.Text = "1 2 3"; return true })
		}, "log entry "},
		"reason": {func(x *protocol.Transcript) {
			edit(t, x, func(e *protocol.Redraw) bool { e.Reason = "别的理由"; return true })
		}, "log entry "},
		"absent twice": {func(x *protocol.Transcript) {
			edit(t, x, func(e *protocol.Absence) bool { e.Slot = 1 << 20; return true })
		}, "log entry "},
	}
}

// cheatsOnRoots commit to what was changed, too.
func cheatsOnRoots(t *testing.T) map[string]cheat {
	again := func(change func(p *protocol.Part)) func(x *protocol.Transcript) {
		return func(x *protocol.Transcript) {
			change(&x.Parts[1])
			roots, err := x.Roots()
			if err != nil {
				t.Fatal(err)
			}
			edit(t, x, func(e *protocol.Roots) bool { *e = roots; return true })
		}
	}
	return map[string]cheat{
		"slot twice": {again(func(p *protocol.Part) { p.Slots = append(p.Slots, p.Slots[0]) }), "level 4, slot"},
		"a reserve fewer": {again(func(p *protocol.Part) {
			n := slices.IndexFunc(p.Slots, func(s protocol.Slot) bool { return s.Reserve })
			p.Slots = slices.Delete(p.Slots, n, n+1)
		}), "level 4, reserve slots of site 北京"},
		"out of order":   {again(func(p *protocol.Part) { s := p.Slots; s[0], s[1] = s[1], s[0] }), "level 4, slot 0 stands out of order"},
		"joint table":    {again(func(p *protocol.Part) { j := p.Joint; j[0], j[1] = j[1], j[0] }), "level 4, joint table"},
		"another roster": {again(func(p *protocol.Part) { p.Slots[0].Candidate = hashOf("somebody") }), "form root of attempt 0"},
	}
}

// TestSealedByAStranger: a file that is whole but not the operator's.
func TestSealedByAStranger(t *testing.T) {
	x, err := protocol.Decode(drawn(t, terms(t, 1, 0)).reveal())
	if err != nil {
		t.Fatal(err)
	}
	file, err := x.Reseal(signer("stranger"))
	if err != nil {
		t.Fatal(err)
	}
	if r := audit(t, file); r.Equal || r.First.Where != "seal, signature of the operator" {
		t.Errorf("%v", r.First)
	}
}

func TestUnreadableTranscripts(t *testing.T) {
	file := drawn(t, terms(t, 1, 0)).reveal()
	cases := map[string][]byte{
		"nothing":         nil,
		"no JSON":         []byte("PK\x03\x04"),
		"null":            []byte("null\n"),
		"cut off":         file[:len(file)/2],
		"no newline":      file[:len(file)-1],
		"two newlines":    append(slices.Clone(file), '\n'),
		"two values":      append(slices.Clone(file), file...),
		"blank":           bytes.Replace(file, []byte(`,"engine"`), []byte(`, "engine"`), 1),
		"unknown field":   bytes.Replace(file, []byte(`,"engine"`), []byte(`,"x":1,"engine"`), 1),
		"field twice":     bytes.Replace(file, []byte(`,"engine"`), []byte(`,"format":"skillcert draw transcript 1","engine"`), 1),
		"letter case":     bytes.Replace(file, []byte(`"engine"`), []byte(`"Engine"`), 1),
		"format":          bytes.Replace(file, []byte(`transcript 1`), []byte(`transcript 2`), 1),
		"other rules":     bytes.Replace(file, []byte(`draw 1"`), []byte(`draw 2"`), 1),
		"escape":          bytes.Replace(file, []byte(`"build":"test"`), []byte(`"build":"\u0074est"`), 1),
		"capital digits":  bytes.ToUpper(file),
		"unknown event":   bytes.Replace(file, []byte(`"kind":"draw"`), []byte(`"kind":"dice"`), 1),
		"empty card":      bytes.Replace(file, []byte(`"cards":[{`), []byte(`"cards":[{},{`), 1),
		"empty form":      bytes.Replace(file, []byte(`"forms":[{`), []byte(`"forms":[{},{`), 1),
		"number too long": bytes.Replace(file, []byte(`"difficulty":1`), []byte(`"difficulty":1e0`), 1),
	}
	for name, b := range cases {
		if name != "nothing" && bytes.Equal(b, file) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := protocol.Decode(b); err == nil {
			t.Errorf("%s: read", name)
		}
	}
	if _, err := protocol.Audit(&protocol.Transcript{}); err == nil {
		t.Error("audited a transcript that was never read")
	}
}

// FuzzDecode: whatever is read can be audited without harm, and is written again as the same bytes.
func FuzzDecode(f *testing.F) {
	file := drawn(f, terms(f, 1, 0)).reveal()
	f.Add(file)
	f.Add(file[:len(file)-2])
	f.Add([]byte(`{"format":"skillcert draw transcript 1"}`))
	f.Add([]byte(`{"format":"skillcert draw transcript 1","engine":{"algorithm":"skillcert draw 1","build":"x","vectors":"` + hashOf("").String() + `"},"key":"` +
		hashOf("").String() + `","salts":"` + hashOf("").String() + `","releases":null,"parts":null,"log":null,"seal":{"digest":"` + hashOf("").String() + `","signature":""}}` + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := protocol.Decode(b)
		if err != nil {
			return
		}
		r, err := protocol.Audit(x)
		if err != nil || r.Equal && !bytes.Equal(b, file) {
			t.Fatalf("equal %v, %v", r.Equal, err)
		}
		for slot := range 3 {
			if _, err := x.Receipt(engine.Level5, slot, "K", hashOf("salt")); err == nil {
				t.Fatal("a receipt for nobody")
			}
		}
	})
}
