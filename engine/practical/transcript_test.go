package practical_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
)

// 抽题之前公布承诺，考核结束之后公开种子：凭公开的记录，谁都能重新抽出每个准考证号的试题。
func TestTheDrawIsCommittedBeforeAndRevealedAfter(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	if _, err := w.desk.Committed(ctx, session); !errors.Is(err, practical.ErrNotDrawn) {
		t.Fatalf("nothing committed: %v", err)
	}
	first, err := w.desk.Commit(ctx, office, session)
	w.must(err)
	w.clock.Advance(time.Minute)
	again, err := w.desk.Commit(ctx, leader, session)
	if w.must(err); *again != *first {
		t.Fatalf("%+v, then %+v", first, again)
	}
	if rows, _, err := w.store.Assessments().AssessmentsOf(ctx, session, engine.Cursor{}); err != nil || len(rows) != 0 {
		t.Fatalf("tasks were dealt by a commitment: %v, %v", rows, err)
	}
	w.drawn()
	public, err := w.desk.Committed(ctx, session)
	if w.must(err); *public != *first || !public.Committed.Equal(opens) {
		t.Fatalf("%+v, published %+v", public, first)
	}
	draw, err := w.store.TaskDraws().TaskDraw(ctx, session)
	w.must(err)
	if strings.Contains(deep(t, public), fmt.Sprintf("%x", draw.Seed)) {
		t.Fatal("the seed is in what is public before")
	}
	w.clock.Advance(3*time.Hour - time.Minute - time.Millisecond)
	if _, err := w.desk.Published(ctx, session); !errors.Is(err, practical.ErrNotDrawn) {
		t.Fatalf("revealed while the window is open: %v", err)
	}
	w.clock.Advance(time.Millisecond)
	got, err := w.desk.Published(ctx, session)
	w.must(err)
	if len(got.Tickets) != 3 || len(got.Tasks) != 3 || got.Commitment != *first || !got.Drawn.After(got.Committed) {
		t.Fatalf("%+v", got)
	}
	for n := 1; n <= 3; n++ {
		a, err := w.store.Assessments().Assessment(ctx, assessment(n))
		if w.must(err); !slices.Equal(a.Tasks, got.Tickets[n-1].Tasks) || got.Tickets[n-1].Ticket != ticket(n) {
			t.Errorf("%d: %+v", n, got.Tickets[n-1])
		}
	}
	file := []byte(deep(t, got))
	if strings.Contains(string(file), "名c1") || strings.Contains(string(file), `"c1"`) {
		t.Fatal("a candidate can be told by name")
	}
	read, err := practical.ReadTranscript(file)
	w.must(err)
	w.must(read.Audit())
}

// 记录中改动任何一处，核对都指出第一处不同。
func TestTheAuditFindsEveryChange(t *testing.T) {
	w := newWorld(t).drawn()
	w.clock.Advance(3 * time.Hour)
	got, err := w.desk.Published(t.Context(), session)
	w.must(err)
	for name, change := range map[string]func(*practical.Transcript){
		"another seed":         func(x *practical.Transcript) { x.Seed = strings.Repeat("0", 64) },
		"another session":      func(x *practical.Transcript) { x.Session = "s2" },
		"another task":         func(x *practical.Transcript) { x.Tasks[2].Code = "D" },
		"not mandatory":        func(x *practical.Transcript) { x.Tasks[0].Mandatory = false },
		"more tasks each":      func(x *practical.Transcript) { x.Each = 3 },
		"another task dealt":   func(x *practical.Transcript) { x.Tickets[1].Tasks[1] = "A" },
		"another order":        func(x *practical.Transcript) { slices.Reverse(x.Tickets[1].Tasks) },
		"a ticket exchanged":   func(x *practical.Transcript) { x.Tickets[0].Ticket = x.Tickets[1].Ticket },
		"a ticket twice":       func(x *practical.Transcript) { x.Tickets = append(x.Tickets, x.Tickets[2]) },
		"the older commitment": func(x *practical.Transcript) { x.Version = 1 },
	} {
		changed, err := practical.ReadTranscript([]byte(deep(t, got)))
		w.must(err)
		change(changed)
		if err := changed.Audit(); !errors.Is(err, practical.ErrDifferent) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNoTranscript(t *testing.T) {
	for name, file := range map[string]string{
		"nothing": "", "another format": `{"format":"x"}`, "an unknown field": `{"format":"skillcert practical draw","version":2,"names":[]}`,
		"more after it": `{"format":"skillcert practical draw","version":2} {}`, "a version to come": `{"format":"skillcert practical draw","version":3}`,
		"too large": strings.Repeat(" ", practical.MaxTranscript+1),
	} {
		if _, err := practical.ReadTranscript([]byte(file)); !errors.Is(err, practical.ErrTranscript) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, file := range map[string]string{"no seed": `{"format":"skillcert practical draw","version":2}`, "no hex": `{"format":"skillcert practical draw","version":1,"seed":"xy"}`} {
		x, err := practical.ReadTranscript([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Audit(); !errors.Is(err, practical.ErrTranscript) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file of before commitments bound the tasks is audited by its own rule.
func TestTheFirstVersionIsAuditedToo(t *testing.T) {
	d := newDraw(t, "frozen", pool(1, 7), 3)
	x := practical.Transcript{Commitment: practical.Commitment{Format: practical.Format, Version: 1, Session: "s",
		Commitment: "72a24d51e94f133883fa778e72852c9ede5cbd77336d41dad575900eb280087b"}, Seed: fmt.Sprintf("%x", d.Seed), Each: 3}
	for _, k := range d.Tasks {
		x.Tasks = append(x.Tasks, practical.TaskMark{Code: k.Code, Mandatory: k.Mandatory})
	}
	x.Tickets = []practical.TicketTasks{{Ticket: "26120000010001", Tasks: []string{"M01", "P06", "P02"}}}
	if err := x.Audit(); err != nil {
		t.Fatal(err)
	}
	var back practical.Transcript
	b, err := json.Marshal(x)
	if err != nil || json.Unmarshal(b, &back) != nil {
		t.Fatal(err)
	}
}

func TestWhoCommits(t *testing.T) {
	w := newWorld(t)
	for _, by := range []authz.Principal{examiner("e1"), who("m", authz.Marker), witness} {
		if _, err := w.desk.Commit(t.Context(), by, session); !errors.Is(err, authz.ErrForbidden) {
			t.Errorf("%v: %v", by.Roles, err)
		}
	}
	w.clock.Advance(3 * time.Hour)
	if _, err := w.desk.Commit(t.Context(), office, session); !errors.Is(err, practical.ErrWindow) {
		t.Errorf("after the window: %v", err)
	}
}
