package result_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func component(s engine.Standing, p engine.Points) result.Component {
	return result.Component{Standing: s, Points: p, PassMark: 6000}
}

// 理论、实操都达到合格线才算合格，两科不相加。
func TestBothComponentsReachTheirPassMark(t *testing.T) {
	for _, c := range []struct {
		theory, practical result.Component
		want              result.Outcome
	}{
		{component(engine.Scored, 6000), component(engine.Scored, 6000), result.Pass},
		{component(engine.Scored, 6001), component(engine.Scored, 6001), result.Pass},
		{component(engine.Scored, 5999), component(engine.Scored, 6000), result.Fail},
		{component(engine.Scored, 6000), component(engine.Scored, 5999), result.Fail},
		{component(engine.Scored, 10000), component(engine.Scored, 5999), result.Fail}, // the sum is high enough, twice over
		{component(engine.Scored, 5999), component(engine.Scored, 10000), result.Fail},
		{component(engine.Absent, 0), component(engine.Scored, 10000), result.Fail},
		{component(engine.Scored, 10000), component(engine.Voided, 0), result.Fail},
		{component(engine.Voided, 10000), component(engine.Scored, 10000), result.Fail}, // points of who is excluded
		{result.Component{}, result.Component{}, result.Fail},                           // a pass mark of zero that nobody set
	} {
		r := result.Result{Theory: c.theory, Practical: c.practical}
		if got := r.Outcome(); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func drawComponent(t *rapid.T, label string) result.Component {
	return result.Component{Standing: rapid.SampledFrom([]engine.Standing{engine.Scored, engine.Absent, engine.Voided}).Draw(t, label),
		Points: engine.Points(rapid.Int32Range(0, 10000).Draw(t, label)), PassMark: engine.Points(rapid.Int32Range(1, 10000).Draw(t, label))}
}

func TestOutcomeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := result.Result{Theory: drawComponent(t, "theory"), Practical: drawComponent(t, "practical")}
		if (r.Outcome() == result.Pass) != (r.Theory.Passed() && r.Practical.Passed()) {
			t.Fatalf("%+v is a %s", r, r.Outcome())
		}
		more := r
		more.Theory.Points += engine.Points(rapid.Int32Range(0, 10000).Draw(t, "more theory"))
		more.Practical.Points += engine.Points(rapid.Int32Range(0, 10000).Draw(t, "more practical"))
		if r.Outcome() == result.Pass && more.Outcome() != result.Pass {
			t.Fatalf("%+v passes, %+v does not", r, more)
		}
		mirrored := result.Result{Theory: r.Practical, Practical: r.Theory}
		if mirrored.Outcome() != r.Outcome() {
			t.Fatalf("one component counts more in %+v", r)
		}
	})
}

func TestJoinWritesOneResultForEveryTicket(t *testing.T) {
	w := newWorld(t, 2, nil)
	theory := w.seal(engine.Theory, scored(1, 6000), engine.SealedScore{Candidate: candidate(2), Standing: engine.Absent})
	practical := w.seal(engine.Practical, scored(2, 9000), scored(1, 6050))
	for range 2 {
		p, err := w.board.Join(t.Context(), office, session)
		if err != nil || p.Stage != result.Joined || p.Count != 2 || p.Name != "第一场" || p.Level != engine.Level5 || p.Revision != 1 {
			t.Fatalf("%+v, %v", p, err)
		}
	}
	rows, err := w.board.Results(t.Context(), office, session)
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d, %v", len(rows), err)
	}
	first, second := rows[0], rows[1]
	if first.Ticket != ticket(1) || first.Candidate != candidate(1) || first.Theory != component(engine.Scored, 6000) ||
		first.Practical != component(engine.Scored, 6050) || first.Outcome() != result.Pass || !first.At.Equal(monday) {
		t.Errorf("%+v", first)
	}
	if second.Ticket != ticket(2) || second.Theory.Standing != engine.Absent || second.Practical.Points != 9000 || second.Outcome() != result.Fail {
		t.Errorf("%+v", second)
	}
	if first.TheoryDigest != theory.Digest || first.PracticalDigest != practical.Digest || first.ID != result.Of(ticket(1)) {
		t.Errorf("%+v", first)
	}
}

// 两科各按各的合格线。
func TestEachComponentHasItsOwnPassMark(t *testing.T) {
	w := newWorld(t, 1, nil)
	level := w.policy.Levels[engine.Level5]
	level.TheoryPass, level.PracticalPass = 5500, 7000
	w.policy.Levels[engine.Level5] = level
	w.open()
	w.seal(engine.Theory, scored(1, 5500))
	w.seal(engine.Practical, scored(1, 7000))
	_, err := w.board.Join(t.Context(), office, session)
	w.must(err)
	rows, err := w.board.Results(t.Context(), office, session)
	if err != nil || rows[0].Theory.PassMark != 5500 || rows[0].Practical.PassMark != 7000 || rows[0].Outcome() != result.Pass {
		t.Fatalf("%+v, %v", rows, err)
	}
}

// 两科都由两人封存后，才能合成结果。
func TestJoinNeedsTwoCompleteSeals(t *testing.T) {
	half := func(w *world, c engine.Component) {
		w.must(w.store.Seals().CreateSeal(w.t.Context(), engine.NewSeal(session, c, []engine.SealedScore{scored(1, 6000)}, "leader", monday)))
	}
	for name, c := range map[string]struct {
		seals func(*world)
		want  error
		says  string
	}{
		"no seal":        {func(*world) {}, engine.ErrNotSealed, "理论知识"},
		"theory only":    {func(w *world) { w.seal(engine.Theory, scored(1, 6000)) }, engine.ErrNotSealed, "操作技能"},
		"practical only": {func(w *world) { w.seal(engine.Practical, scored(1, 6000)) }, engine.ErrNotSealed, "理论知识"},
		"theory by one":  {func(w *world) { half(w, engine.Theory); w.seal(engine.Practical, scored(1, 6000)) }, engine.ErrNotSealed, "督导员"},
		"practical by one": {func(w *world) { w.seal(engine.Theory, scored(1, 6000)); half(w, engine.Practical) },
			engine.ErrNotSealed, "操作技能"},
		"a score changed under the seal": {func(w *world) {
			w.seal(engine.Theory, scored(1, 6000))
			s := w.seal(engine.Practical, scored(1, 5999))
			s.Scores[0].Points = 6000
			w.must(w.store.Seals().UpdateSeal(w.t.Context(), s))
		}, engine.ErrSealBroken, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1, nil)
			c.seals(w)
			if _, err := w.board.Join(t.Context(), office, session); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%v, want %v", err, c.want)
			}
			w.nothingJoined()
		})
	}
}

func (w *world) nothingJoined() {
	w.t.Helper()
	if _, err := w.store.Results().Result(w.t.Context(), result.Of(ticket(1))); !errors.Is(err, result.ErrResult) {
		w.t.Fatalf("a result was written: %v", err)
	}
	if rows, err := w.board.Results(w.t.Context(), office, session); err != nil || rows != nil {
		w.t.Fatalf("%v, %v", rows, err)
	}
}

func TestJoinNamesWhoIsNotOnBothSides(t *testing.T) {
	for name, c := range map[string]struct {
		theory, practical []engine.SealedScore
		says              []string
	}{
		"missing in theory":    {[]engine.SealedScore{scored(1, 1)}, []engine.SealedScore{scored(1, 1), scored(2, 1)}, []string{"理论知识封存名单中没有准考证号" + string(ticket(2))}},
		"missing in practical": {[]engine.SealedScore{scored(1, 1), scored(2, 1)}, []engine.SealedScore{scored(2, 1)}, []string{"操作技能封存名单中没有准考证号" + string(ticket(1))}},
		"seated, in neither":   {[]engine.SealedScore{scored(1, 1)}, []engine.SealedScore{scored(1, 1)}, []string{"理论知识", "操作技能", string(ticket(2))}},
		"without a seat": {[]engine.SealedScore{scored(1, 1), scored(2, 1), scored(3, 1)}, []engine.SealedScore{scored(1, 1), scored(2, 1), scored(3, 1)},
			[]string{"没有座位的考生" + string(candidate(3))}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 2, nil)
			w.seal(engine.Theory, c.theory...)
			w.seal(engine.Practical, c.practical...)
			_, err := w.board.Join(t.Context(), office, session)
			for _, s := range c.says {
				if !errors.Is(err, result.ErrMismatch) || !strings.Contains(err.Error(), s) {
					t.Errorf("%v does not say %s", err, s)
				}
			}
			w.nothingJoined()
		})
	}
}

// cutOff refuses every write after the first n.
type cutOff struct {
	docs.Store
	n int
}

var errCut = errors.New("the machine stopped")

func (c *cutOff) Put(ctx context.Context, w docs.Write) (int64, error) {
	if c.n--; c.n < 0 {
		return 0, errCut
	}
	return c.Store.Put(ctx, w)
}

func TestAJoinThatWasCutOffGoesOn(t *testing.T) {
	const seats, seals = 3, 2
	for writes := range seats + 1 { // every result, and the publication, is once the first that is not written
		cut := &cutOff{n: seals + writes}
		w := newWorld(t, seats, func(s docs.Store) docs.Store { cut.Store = s; return cut })
		for _, c := range []engine.Component{engine.Theory, engine.Practical} {
			w.seal(c, scored(1, 6000), scored(2, 6000), scored(3, 6000))
		}
		if _, err := w.board.Join(t.Context(), office, session); !errors.Is(err, errCut) {
			t.Fatalf("after %d writes: %v", writes, err)
		}
		if rows, err := w.board.Results(t.Context(), office, session); err != nil || rows != nil {
			t.Fatalf("half a join is shown: %v, %v", rows, err)
		}
		cut.n = 1000
		w.clock.Advance(time.Hour)
		p, err := w.board.Join(t.Context(), office, session)
		rows, err2 := w.board.Results(t.Context(), office, session)
		if err != nil || err2 != nil || p.Count != seats || len(rows) != seats {
			t.Fatalf("after %d writes: %+v, %v, %d, %v", writes, p, err, len(rows), err2)
		}
	}
}

func TestAResultOfOtherSealsIsNotTakenOver(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.must(w.store.Results().CreateResult(t.Context(), &result.Result{ID: result.Of(ticket(1)), Session: session, Ticket: ticket(1), TheoryDigest: "x"}))
	w.seal(engine.Theory, scored(1, 6000))
	w.seal(engine.Practical, scored(1, 6000))
	if _, err := w.board.Join(t.Context(), office, session); !errors.Is(err, result.ErrResultExists) {
		t.Fatal(err)
	}
}

// 公示按工作日计算，调休照算。
func TestPublicityRunsOverWorkingDays(t *testing.T) {
	for name, c := range map[string]struct{ now, from, until string }{
		"from a Monday":                  {"2026-03-02T10:00:00+08:00", "2026-03-02", "2026-03-09"},
		"from a Friday":                  {"2026-03-06T10:00:00+08:00", "2026-03-06", "2026-03-13"},
		"from a Saturday":                {"2026-03-07T10:00:00+08:00", "2026-03-07", "2026-03-13"},
		"the last minute of a Sunday":    {"2026-03-08T23:59:59+08:00", "2026-03-08", "2026-03-13"},
		"Monday there, still Sunday UTC": {"2026-03-09T00:00:00+08:00", "2026-03-09", "2026-03-16"},
		"over the first of May":          {"2026-04-29T10:00:00+08:00", "2026-04-29", "2026-05-11"},
		"over a worked Saturday":         {"2026-05-06T10:00:00+08:00", "2026-05-06", "2026-05-12"},
		"over the new year":              {"2026-12-30T10:00:00+08:00", "2026-12-30", "2027-01-07"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 2, nil)
			w.policy.Calendar.Worked = append(w.policy.Calendar.Worked, date(t, "2026-05-09"))
			if strings.Contains(name, "first of May") {
				w.policy.Calendar.Worked = nil
			}
			w.open()
			now, err := time.Parse(time.RFC3339, c.now)
			w.must(err)
			w.joined().clock.Set(now)
			p, err := w.board.Publish(t.Context(), office, session)
			if err != nil || p.Stage != result.Public || p.From != date(t, c.from) || p.Until != date(t, c.until) {
				t.Fatalf("%+v, %v", p, err)
			}
		})
	}
}

// 公示期满次日，结果才生效。
func TestFinalOnTheDayAfterPublicity(t *testing.T) {
	zone := time.FixedZone("UTC+8", 8*60*60)
	ends := time.Date(2026, 3, 10, 0, 0, 0, 0, zone) // published on Monday the 2nd, until Monday the 9th
	w := newWorld(t, 2, nil).joined()
	finalize := func() error { _, err := w.board.Finalize(t.Context(), office, session); return err }
	if err := finalize(); !errors.Is(err, result.ErrStage) {
		t.Fatalf("before publicity: %v", err)
	}
	w.published()
	for _, at := range []time.Time{monday, ends.AddDate(0, 0, -1), ends.Add(-time.Millisecond)} {
		w.clock.Set(at)
		if err := finalize(); !errors.Is(err, result.ErrStage) || !strings.Contains(err.Error(), "2026-03-09") {
			t.Fatalf("at %s: %v", at, err)
		}
		if _, err := w.board.Final(t.Context(), result.Of(ticket(1))); !errors.Is(err, result.ErrStage) {
			t.Fatalf("a final result at %s: %v", at, err)
		}
		if _, err := w.board.FinalOf(t.Context(), office, session); !errors.Is(err, result.ErrStage) {
			t.Fatalf("final results at %s: %v", at, err)
		}
	}
	w.clock.Set(ends)
	for range 2 {
		w.must(finalize())
	}
	again, err := w.board.Publish(t.Context(), office, session) // too late to matter
	if err != nil || again.Stage != result.Final || again.From != date(t, "2026-03-02") || len(again.Trail) != 3 {
		t.Fatalf("%+v, %v", again, err)
	}
	r, err := w.board.Final(t.Context(), result.Of(ticket(1)))
	all, err2 := w.board.FinalOf(t.Context(), office, session)
	if err != nil || err2 != nil || r.Candidate != candidate(1) || len(all) != 2 {
		t.Fatalf("%+v, %v, %v, %v", r, err, all, err2)
	}
	if _, err := w.board.Final(t.Context(), "nothing"); !errors.Is(err, result.ErrResult) {
		t.Fatalf("a result nobody knows: %v", err)
	}
}

// 重复点公示，公示的起止日不变。
func TestPublishingTwiceKeepsTheDays(t *testing.T) {
	w := newWorld(t, 2, nil)
	if _, err := w.board.Publish(t.Context(), office, session); !errors.Is(err, result.ErrPublication) {
		t.Fatalf("nothing joined: %v", err)
	}
	w.joined().published()
	w.clock.Advance(48 * time.Hour)
	if p, err := w.board.Publish(t.Context(), office, session); err != nil || p.From != date(t, "2026-03-02") || p.Revision != 2 {
		t.Fatalf("%+v, %v", p, err)
	}
}

// 公示之前，考生看不到自己的结果。
func TestOwnResultOnlyAfterPublication(t *testing.T) {
	w := newWorld(t, 2, nil)
	nothing := func(when string) {
		t.Helper()
		r, p, err := w.board.Own(t.Context(), sitter(1), ticket(1))
		if err != nil || r != nil || fmt.Sprintf("%+v", *p) != fmt.Sprintf("%+v", result.Publication{Session: session, Name: "第一场", Level: engine.Level5}) {
			t.Fatalf("%s: %+v, %+v, %v", when, r, p, err)
		}
	}
	nothing("before the join")
	w.joined()
	nothing("before publicity")
	w.published()
	r, p, err := w.board.Own(t.Context(), sitter(1), ticket(1))
	if err != nil || r.Candidate != candidate(1) || r.Outcome() != result.Pass || p.Stage != result.Public {
		t.Fatalf("%+v, %+v, %v", r, p, err)
	}
	for name, c := range map[string]struct {
		by     authz.Principal
		ticket sitting.Ticket
		want   error
	}{
		"another's ticket": {sitter(1), ticket(2), result.ErrResult},
		"no ticket":        {sitter(1), ticket(7), result.ErrResult},
		"nobody":           {who("", authz.Candidate), ticket(1), result.ErrResult},
		"an examiner":      {who(string(candidate(1)), authz.Examiner), ticket(1), authz.ErrForbidden},
		"the public":       {authz.Anonymous(), ticket(1), authz.ErrUnauthenticated},
	} {
		if r, p, err := w.board.Own(t.Context(), c.by, c.ticket); !errors.Is(err, c.want) || r != nil || p != nil {
			t.Errorf("%s: %+v, %+v, %v", name, r, p, err)
		}
	}
}

// 公示名单的姓名、证件号码都隐去。
func TestThePublicListShowsNobody(t *testing.T) {
	w := newWorld(t, 2, nil)
	if _, _, err := w.board.PublicList(t.Context(), session); !errors.Is(err, result.ErrNotPublic) {
		t.Fatalf("before the join: %v", err)
	}
	w.joined()
	if _, _, err := w.board.PublicList(t.Context(), session); !errors.Is(err, result.ErrNotPublic) {
		t.Fatalf("before publicity: %v", err)
	}
	if open, err := w.board.Open(t.Context()); err != nil || len(open) != 0 {
		t.Fatalf("%v, %v", open, err)
	}
	w.published()
	rows, p, err := w.board.PublicList(t.Context(), session)
	if err != nil || p.Stage != result.Public || fmt.Sprint(rows) != "[{0001 欧*** pass false} {0002 欧*** fail false}]" {
		t.Fatalf("%v, %+v, %v", rows, p, err)
	}
	if open, err := w.board.Open(t.Context()); err != nil || len(open) != 1 || open[0].Session != session {
		t.Fatalf("%v, %v", open, err)
	}
}

// TestThePublicListCloses: on the last day of publicity the list is open, the day after it is not, whether or not
// the office has ended the publicity by then.
// 公示最后一天还能看名单，次日起不能。
func TestThePublicListCloses(t *testing.T) {
	w := newWorld(t, 2, nil).joined().published()
	open := func(when string, want bool) {
		t.Helper()
		_, _, err := w.board.PublicList(t.Context(), session)
		listed, lerr := w.board.Open(t.Context())
		if lerr != nil || want && err != nil || !want && !errors.Is(err, result.ErrNotPublic) || (len(listed) == 1) != want {
			t.Errorf("%s: %v, %d listed, %v", when, err, len(listed), lerr)
		}
	}
	ends := date(t, "2026-03-10").In(w.policy.Location())
	w.clock.Set(ends.Add(-time.Millisecond))
	open("the last millisecond of the last day", true)
	w.clock.Set(ends)
	open("the day after", false)
	if _, err := w.board.Finalize(t.Context(), office, session); err != nil {
		t.Fatal(err)
	}
	open("ended", false)
	w.clock.Set(ends.Add(-time.Hour))
	open("ended, whatever the clock says", false)
}

// 谁可以合成、公示、读取结果，各按岗位。
func TestWhoMayDoWhat(t *testing.T) {
	w := newWorld(t, 2, nil)
	ctx := t.Context()
	for name, act := range map[string]func(by authz.Principal) error{
		"join":     func(by authz.Principal) error { _, err := w.board.Join(ctx, by, session); return err },
		"publish":  func(by authz.Principal) error { _, err := w.board.Publish(ctx, by, session); return err },
		"finalize": func(by authz.Principal) error { _, err := w.board.Finalize(ctx, by, session); return err },
		"results":  func(by authz.Principal) error { _, err := w.board.Results(ctx, by, session); return err },
		"final":    func(by authz.Principal) error { _, err := w.board.FinalOf(ctx, by, session); return err },
		"own":      func(by authz.Principal) error { _, _, err := w.board.Own(ctx, by, ticket(1)); return err },
	} {
		for _, role := range []authz.Role{authz.Marker, authz.Leader, authz.Examiner, authz.Invigilator} {
			if err := act(who("x", role)); !errors.Is(err, authz.ErrForbidden) {
				t.Errorf("%s by %s: %v", name, role, err)
			}
		}
		other := office
		if other.Org = "another"; name != "own" {
			if err := act(other); !errors.Is(err, sitting.ErrSession) {
				t.Errorf("%s by another body: %v", name, err)
			}
		}
	}
}
