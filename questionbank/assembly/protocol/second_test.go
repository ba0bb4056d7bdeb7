package protocol_test

import (
	"bytes"
	"cmp"
	"context"
	crand "crypto/rand"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// The second program is written in another language, from the specification alone.
const second = "../testdata/rederive"

// node runs a script of the second program and returns its exit code and what it printed.
func node(t *testing.T, script string, args ...string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", append([]string{filepath.Join(second, script)}, args...)...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() < 0 {
		t.Fatalf("node has to be installed and to end: %v\n%s", err, out)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// rederive writes a transcript to a file and has the second program derive it again.
func rederive(t *testing.T, file []byte) (int, string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "transcript.json")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return node(t, "main.mjs", name)
}

func TestSecondProgramKnowsTheVectors(t *testing.T) {
	if code, out := node(t, "vectors.mjs", "../testdata/vectors"); code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	if code, out := node(t, "main.mjs", filepath.Join("../testdata/vectors", "sitting.json")); code != 0 {
		t.Errorf("exit %d\n%s", code, out)
	}
}

func TestSecondProgramDerivesAFreshSitting(t *testing.T) {
	var all []protocol.Secret
	for range 3 {
		s, err := protocol.NewSecret(crand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	file := mixed(t, all)
	if code, out := rederive(t, file); code != 0 {
		t.Fatalf("exit %d under the secrets %x\n%s", code, all, out)
	}
	place := bytes.Index(file, []byte(`"forms":[{"cards":[`)) + len(`"forms":[{"cards":[`)
	file[place] = '0' + (file[place]-'0'+1)%9 + 1 // no number begins with 0 then
	if code, out := rederive(t, file); code != 1 {
		t.Errorf("one changed byte: exit %d\n%s", code, out)
	}
	if code, out := rederive(t, file[:len(file)-1]); code != 2 {
		t.Errorf("a byte cut off: exit %d\n%s", code, out)
	}
}

// mixed is the transcript of a sitting that asks of the draw all that a blueprint can ask: 五级 of three provinces with
// forms of their own, 四级 with two forms a room and ranges inside ranges.
func mixed(t *testing.T, all []protocol.Secret) []byte {
	t.Helper()
	x := terms(t, len(all), 0)
	national, supplements := mixedBank()
	b, err := protocol.Blind(key, national, supplements, map[string]int{"N5-001": 3, "N5-040": 1, "N4-007": 2})
	if err != nil {
		t.Fatal(err)
	}
	slots, err := protocol.Enrol(key, mixedSeats())
	if err != nil {
		t.Fatal(err)
	}
	p := &play{t: t, terms: x, bank: b}
	p.Sitting, err = protocol.Open(start, x, key, theEngine, signer("operator"))
	p.must(err)
	for j, s := range all {
		c, err := x.Commit(j+1, s, crand.Reader)
		p.must(err)
		p.must(p.Commit(p.now(), c))
	}
	_, err = p.Fix(p.now(), protocol.Plan{Bank: b, Blueprints: mixedBlueprints(), Slots: slots})
	p.must(err)
	p.must(p.Observe(p.now(), protocol.Beacon{Text: "07 11 19 23 28 31", Witnesses: []string{"程立言", "苏敏"}}))
	head, err := p.Draw(p.now(), all)
	p.must(err)
	p.must(p.Redraw(p.now(), agreed(x, 1, head.Root, 1, 3)))
	_, err = p.Draw(p.now(), all)
	p.must(err)
	p.happen()
	for j, s := range all {
		p.must(p.Reveal(p.now(), protocol.Reveal{Custodian: j + 1, Secret: s}))
	}
	file, err := p.Transcript()
	p.must(err)
	return file
}

// happen is what happens after the draw: absence, late candidates up to an extra form, withdrawn items.
func (p *play) happen() {
	p.t.Helper()
	p.must(p.Absent(p.now(), protocol.Absence{Level: engine.Level5, Slot: 0}))
	for i, l := range []engine.Level{engine.Level5, engine.Level5, engine.Level5, engine.Level4} {
		ev := protocol.Late{Level: l, Province: "50", Site: "重庆", Candidate: hashOf(fmt.Sprintf("late %d", i))}
		if l == engine.Level4 {
			ev.Province, ev.Site = "", "北京"
		}
		if i != 0 {
			ev.Excluded = frequent(p, l, 6)
		}
		_, err := p.Late(p.now(), ev)
		p.must(err)
	}
	for _, l := range []engine.Level{engine.Level5, engine.Level5, engine.Level4, engine.Level4} {
		_, err := p.Withdraw(p.now(), l, frequent(p, l, 1)[0], "题干有误")
		p.must(err)
	}
}

// frequent are the handles of the n items that most forms of a level hold, ascending.
func frequent(p *play, l engine.Level, n int) []string {
	uses := p.Uses(l)
	all := slices.SortedFunc(maps.Keys(uses), func(a, b string) int { return cmp.Or(uses[b]-uses[a], cmp.Compare(a, b)) })[:n]
	slices.Sort(all)
	return all
}

func mixedBank() (national *questionbank.Snapshot, supplements []*questionbank.Snapshot) {
	national, supplements = snapshots()
	table := national.Tables[engine.Level4]
	for i := range table.Points[:4] {
		table.Points[i].Code = fmt.Sprintf("A-%d-%03d", 1+i/2, i+1)
	}
	table.Ranges = slices.Insert(slices.Clone(table.Ranges), 1, questionbank.Range{Code: "A-1", Name: "范围A一"}, questionbank.Range{Code: "A-2", Name: "范围A二"})
	national.Tables[engine.Level4] = table
	national.Items = nil
	for l, n := range map[engine.Level]int{engine.Level5: 360, engine.Level4: 360} {
		for i := range n {
			national.Items = append(national.Items, item(l, "", fmt.Sprintf("N%d-%03d", l, i+1), i, national.Tables[l].Points))
		}
	}
	slices.SortFunc(national.Items, byCode)
	for _, s := range supplements {
		own := slices.DeleteFunc(s.Items, func(v questionbank.ItemVersion) bool { return v.Province == "" })
		s.Items = append(slices.Clone(national.Items), own...)
		s.Tables = national.Tables
		slices.SortFunc(s.Items, byCode)
	}
	return national, supplements
}

func mixedBlueprints() map[engine.Level]questionbank.Blueprint {
	five, four := blueprint(engine.Level4), blueprint(engine.Level4)
	five.ID, five.Level = "2026.1-L5", engine.Level5
	common := 8
	five.Overlap.Any = &common
	five.Exposure = questionbank.Exposure{Share: 600}
	five.Seconds = questionbank.Bounds{Min: 380, Max: 385}
	four.Forms = questionbank.AB
	four.Ranges = map[string]int{"A": 4, "A-1": 2, "B": 3, "C": 3}
	four.MaxPerPoint = 2
	four.Difficulties = nil
	four.TypePoints = map[questionbank.ItemType]engine.Points{questionbank.Multiple: engine.Pt(10)}
	return map[engine.Level]questionbank.Blueprint{engine.Level5: five, engine.Level4: four}
}

func mixedSeats() (all []protocol.Seat) {
	sit := func(l engine.Level, province, room string, n int) {
		for i := range n {
			s := protocol.Seat{Level: l, Province: province, Site: room[:6], Room: room, No: i + 1, Candidate: fmt.Sprintf("K%d-%s-%02d", l, room, i+1)}
			if i%4 == 3 {
				for k := range 10 {
					s.Excluded = append(s.Excluded, key.Handle(fmt.Sprintf("N%d-%03d", l, 11*k+i+1), 1+(11*k+i)%2))
				}
			}
			all = append(all, s)
		}
	}
	sit(engine.Level5, "12", "天津 102", 20)
	sit(engine.Level5, "12", "天津 101", 25)
	sit(engine.Level5, "50", "重庆 1", 18)
	sit(engine.Level5, "", "北京 1", 20)
	sit(engine.Level4, "12", "天津 102", 12)
	sit(engine.Level4, "", "北京 1", 15)
	return all
}
