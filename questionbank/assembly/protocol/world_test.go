package protocol_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// chance is a source of bytes that gives the same ones for the same word.
func chance(word string) io.Reader { return rand.NewChaCha8(sha256.Sum256([]byte(word))) }

func hashOf(word string) protocol.Hash { return sha256.Sum256([]byte(word)) }

func signer(word string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("sign " + word))
	return ed25519.NewKeyFromSeed(seed[:])
}

func box(t testing.TB, word string) *ecdh.PrivateKey {
	t.Helper()
	raw := sha256.Sum256([]byte("box " + word))
	k, err := ecdh.X25519().NewPrivateKey(raw[:])
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// names of the custodians, in their order.
var names = []string{"国家医保局题库中心", "监督单位", "天津", "重庆", "山东"}

// terms are those of a sitting with the first m custodians.
func terms(t testing.TB, m, threshold int) protocol.Terms {
	t.Helper()
	x := protocol.Terms{Sitting: "2026-11 四省联考", Threshold: threshold, Quorum: m/2 + 1,
		Beacon:   protocol.Announcement{Kind: protocol.Witnessed, Text: "国家医保局大厅摇号机，六个球"},
		Operator: protocol.Hex(signer("operator").Public().(ed25519.PublicKey))}
	for _, name := range names[:m] {
		x.Custodians = append(x.Custodians, protocol.Custodian{Name: name,
			Sign: protocol.Hex(signer(name).Public().(ed25519.PublicKey)), Box: box(t, name).PublicKey().Bytes()})
	}
	return x
}

func secret(t testing.TB, custodian int) protocol.Secret {
	t.Helper()
	s, err := protocol.NewSecret(chance(fmt.Sprintf("custodian %d", custodian)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func secrets(t testing.TB, m int) (all []protocol.Secret) {
	t.Helper()
	for j := range m {
		all = append(all, secret(t, j+1))
	}
	return all
}

var key = protocol.Key(sha256.Sum256([]byte("key of the sitting")))

// snapshots are a national release and two supplements: two levels, three ranges of four points each.
func snapshots() (national *questionbank.Snapshot, supplements []*questionbank.Snapshot) {
	national = &questionbank.Snapshot{Release: questionbank.Release{ID: "2026.1", State: questionbank.Published, Digest: hashOf("2026.1").String()},
		Tables: map[engine.Level]questionbank.ElementTable{}}
	for _, l := range []engine.Level{engine.Level5, engine.Level4} {
		t := questionbank.ElementTable{Occupation: "4-14-02-05", Level: l, Edition: "样表", Sample: true}
		for r := range 3 {
			code := string(rune('A' + r))
			t.Ranges = append(t.Ranges, questionbank.Range{Code: code, Name: "范围" + code, Weight: []engine.Points{50_00, 30_00, 20_00}[r]})
			for p := range 4 {
				t.Points = append(t.Points, questionbank.Point{Code: fmt.Sprintf("%s-%03d", code, p+1), Name: fmt.Sprintf("点%d", p+1), Importance: string("XXYZ"[p])})
			}
		}
		national.Tables[l] = t
		for n := range map[engine.Level]int{engine.Level5: 96, engine.Level4: 180}[l] {
			national.Items = append(national.Items, item(l, "", fmt.Sprintf("N%d-%03d", l, n+1), n, t.Points))
		}
	}
	slices.SortFunc(national.Items, byCode)
	for _, province := range []string{"50", "12"} {
		s := &questionbank.Snapshot{Release: questionbank.Release{ID: "2026.1+" + province + "0000", Base: "2026.1", Province: province,
			State: questionbank.Published, Digest: hashOf(province).String()}, Tables: national.Tables, Items: slices.Clone(national.Items)}
		for n := range 24 {
			s.Items = append(s.Items, item(engine.Level5, province, fmt.Sprintf("P%s-%03d", province, n+1), n, national.Tables[engine.Level5].Points))
		}
		slices.SortFunc(s.Items, byCode)
		supplements = append(supplements, s)
	}
	return national, supplements
}

func byCode(a, b questionbank.ItemVersion) int { return bytes.Compare([]byte(a.Code), []byte(b.Code)) }

// item is the nth item of its kind: every point gets all types.
func item(l engine.Level, province, code string, n int, points []questionbank.Point) questionbank.ItemVersion {
	v := questionbank.ItemVersion{Code: code, Version: 1 + n%2, Level: l, Province: province, Stem: "题干" + code,
		Type: questionbank.ItemTypes()[n/len(points)%3], Point: points[n%len(points)].Code, Options: []string{"甲", "乙", "丙", "丁"}[:4-n%2],
		Key: []int{0}, Difficulty: 1 + n%5, Seconds: 30 + n%7*5}
	if v.Type == questionbank.Judgement {
		v.Options = []string{"正确", "错误"}
	}
	if n%12 == 5 {
		v.Enemy = fmt.Sprintf("组%d", n/24)
	}
	return v
}

// blueprint asks of a form of 四级 all that can be asked, of one of 五级 only the counts and a little of a supplement.
func blueprint(l engine.Level) questionbank.Blueprint {
	b := questionbank.Blueprint{ID: fmt.Sprintf("2026.1-L%d", l), Level: l, Release: "2026.1",
		Counts:      map[questionbank.ItemType]int{questionbank.Single: 5, questionbank.Multiple: 2, questionbank.Judgement: 3},
		Ranges:      map[string]int{"A": 4, "B": 3, "C": 3},
		MaxPerPoint: 1, SupplementCap: 2, ItemPoints: engine.Pt(10), Sample: true}
	if l == engine.Level4 {
		most := 6
		b.Difficulties = map[int]int{1: 2, 2: 2, 3: 2, 4: 2, 5: 2}
		b.Importance = map[string]questionbank.Bounds{"X": {Min: 4}, "Z": {Max: 3}}
		b.Seconds = questionbank.Bounds{Min: 400, Max: 500}
		b.Overlap = questionbank.Overlap{Neighbour: &most}
		b.Exposure = questionbank.Exposure{OverLeast: 2000}
		b.SkipMet = true
	}
	return b
}

func blueprints() map[engine.Level]questionbank.Blueprint {
	return map[engine.Level]questionbank.Blueprint{engine.Level5: blueprint(engine.Level5), engine.Level4: blueprint(engine.Level4)}
}

// seats are a mixed roster: 五级 of two provinces in three rooms and of national candidates in one, 四级 in one.
func seats() (all []protocol.Seat) {
	sit := func(l engine.Level, province, site, room string, n int) {
		for i := range n {
			s := protocol.Seat{Level: l, Province: province, Site: site, Room: room, No: i + 1, Candidate: fmt.Sprintf("K%d-%s-%02d", l, room, i+1)}
			if i == 3 {
				s.Excluded = []string{key.Handle("N5-005", 1), key.Handle("N5-002", 2), key.Handle("N5-005", 1)}
			}
			all = append(all, s)
		}
	}
	sit(engine.Level5, "12", "天津一中", "天津一中 102", 8)
	sit(engine.Level5, "12", "天津一中", "天津一中 101", 9)
	sit(engine.Level5, "50", "重庆", "重庆 1", 6)
	sit(engine.Level5, "", "北京", "北京 1", 4)
	sit(engine.Level4, "", "北京", "北京 1", 5)
	return all
}

func bank(t testing.TB) *protocol.Bank {
	t.Helper()
	national, supplements := snapshots()
	b, err := protocol.Blind(key, national, supplements, map[string]int{"N5-001": 3, "N4-007": 1})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// start is the beginning of the sitting's log; steps come a minute apart.
var start = time.UnixMilli(1_795_500_000_000).UTC()

// play is a sitting under way, with a clock of its own.
type play struct {
	*protocol.Sitting
	t       testing.TB
	terms   protocol.Terms
	bank    *protocol.Bank
	minutes int
}

func (p *play) now() time.Time {
	p.minutes++
	return start.Add(time.Duration(p.minutes) * time.Minute)
}

func (p *play) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

var theEngine = protocol.Engine{Algorithm: protocol.Algorithm, Build: "test", Vectors: hashOf("vectors")}

// committed is a sitting in which every custodian has committed.
func committed(t testing.TB, x protocol.Terms) *play {
	t.Helper()
	p := &play{t: t, terms: x, bank: bank(t)}
	var err error
	p.Sitting, err = protocol.Open(start, x, key, theEngine, signer("operator"))
	p.must(err)
	for j := range x.Custodians {
		c, err := x.Commit(j+1, secret(t, j+1), chance(fmt.Sprintf("shares of %d", j+1)))
		p.must(err)
		p.must(p.Commit(p.now(), c))
	}
	return p
}

// fixed is a sitting whose roots and public random value stand.
func fixed(t testing.TB, x protocol.Terms) *play {
	t.Helper()
	p := committed(t, x)
	slots, err := protocol.Enrol(key, seats())
	p.must(err)
	_, err = p.Fix(p.now(), protocol.Plan{Bank: p.bank, Blueprints: blueprints(), Slots: slots})
	p.must(err)
	p.must(p.Observe(p.now(), protocol.Beacon{Text: "07 11 19 23 28 31", Witnesses: []string{"程立言", "苏敏"}}))
	return p
}

// drawn is a sitting with its forms drawn.
func drawn(t testing.TB, x protocol.Terms) *play {
	t.Helper()
	p := fixed(t, x)
	_, err := p.Draw(p.now(), secrets(t, len(x.Custodians)))
	p.must(err)
	return p
}

// reveal ends the sitting and returns its transcript file.
func (p *play) reveal() []byte {
	p.t.Helper()
	for j := range p.terms.Custodians {
		p.must(p.Reveal(p.now(), protocol.Reveal{Custodian: j + 1, Secret: secret(p.t, j+1)}))
	}
	b, err := p.Transcript()
	p.must(err)
	return b
}

// audit decodes and audits a file.
func audit(t testing.TB, file []byte) protocol.Report {
	t.Helper()
	x, err := protocol.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := protocol.Audit(x)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
