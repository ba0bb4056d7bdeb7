package storetest

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/intake"
	"github.com/skillcert/skillcert/questionbank/intake/jobs"
)

func makeJob(id string) *jobs.Job {
	return &jobs.Job{ID: id, Name: "试题.xlsx", Size: 3, Options: record.Options{Level: engine.Level5, Prefix: "Q-"}, Decisions: intake.Decisions{Whole: true, Rows: map[string]intake.Decision{"a": intake.Skip}},
		By: authz.Principal{Account: "keeper", Person: "p", Roles: []authz.Role{authz.BankKeeper}}, State: jobs.Planning, Held: morning, Total: 7, Started: morning,
		Found:   intake.Preview{Added: 7, Rows: []intake.Row{{Item: "a", Outcome: intake.Skipped, Target: "b"}}, Problems: []record.Problem{{Place: record.Place{Row: 3}, Want: "x", Code: "c"}}},
		Refusal: &jobs.Refusal{Code: "c", Msg: "m"}, Trail: trail()}
}

// Jobs is the contract of jobs.Ports.
func Jobs(t *testing.T, open func(t *testing.T) *store.Store) {
	for name, part := range map[string]func(*testing.T, jobs.Ports){"one at a time": oneJob, "the newest": newestJobs, "files": jobFiles,
		"files are dropped": droppedFiles, "whose file is kept": keptFiles} {
		t.Run(name, func(t *testing.T) { part(t, open(t).Jobs()) })
	}
}

func oneJob(t *testing.T, r jobs.Ports) {
	ctx := context.Background()
	_, err := r.Job(ctx, "j1")
	wantError(t, err, jobs.ErrJob)
	mustDo(t, r.CreateJob(ctx, makeJob("j1")))
	wantError(t, r.CreateJob(ctx, makeJob("j1")), jobs.ErrExists)
	got, err := r.Job(ctx, "j1")
	mustDo(t, err)
	stale := *got
	got.State, got.Held = jobs.Ready, time.Time{}
	mustDo(t, r.UpdateJob(ctx, got))
	wantError(t, r.UpdateJob(ctx, &stale), engine.ErrStale)
	mustDo(t, r.CreateJob(ctx, makeJob("j2")))
	waiting, _, err := r.Open(ctx, engine.Cursor{})
	mustDo(t, err)
	if len(waiting) != 1 || waiting[0].ID != "j2" || waiting[0].Found.Rows[0].Target != "b" {
		t.Errorf("open %+v", waiting)
	}
}

func newestJobs(t *testing.T, r jobs.Ports) {
	ctx := context.Background()
	for _, id := range []string{"00000000002-b", "00000000010-a", "00000000001-z", "00000000002-a"} {
		mustDo(t, r.CreateJob(ctx, makeJob(id)))
	}
	all := []string{"00000000010-a", "00000000002-b", "00000000002-a", "00000000001-z"}
	for most, want := range map[int][]string{1: all[:1], 3: all[:3], 4: all, 5: all} {
		rows, err := r.Newest(ctx, most)
		mustDo(t, err)
		var got []string
		for _, j := range rows {
			got = append(got, j.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("the newest %d are %v, want %v", most, got, want)
		}
	}
}

func jobFiles(t *testing.T, r jobs.Ports) {
	ctx := context.Background()
	for _, size := range []int{0, 1, 1<<20 - 1, 1 << 20, 1<<20 + 1, 3 << 20} {
		data, id := bytes.Repeat([]byte{7, 0, 0xFF}, size/3+1)[:size], time.Duration(size).String()
		mustDo(t, r.PutFile(ctx, id, data))
		mustDo(t, r.PutFile(ctx, id, data))
		got, err := r.File(ctx, id, size)
		mustDo(t, err)
		if !bytes.Equal(got, data) {
			t.Errorf("%d bytes came back as %d", size, len(got))
		}
	}
	_, err := r.File(ctx, "absent", 5)
	wantError(t, err, jobs.ErrJob)
}

func droppedFiles(t *testing.T, r jobs.Ports) {
	ctx := context.Background()
	mustDo(t, r.PutFile(ctx, "other", []byte("stays")))
	for _, size := range []int{0, 1, 1<<20 - 1, 1 << 20, 1<<20 + 1, 3 << 20} {
		data, id := bytes.Repeat([]byte{7}, size), time.Duration(size).String()
		mustDo(t, r.PutFile(ctx, id, data))
		for range 2 {
			mustDo(t, r.DropFile(ctx, id, size))
		}
		if _, err := r.File(ctx, id, size); size > 0 {
			wantError(t, err, jobs.ErrJob)
		}
	}
	mustDo(t, r.DropFile(ctx, "absent", 5))
	got, err := r.File(ctx, "other", 5)
	mustDo(t, err)
	if string(got) != "stays" {
		t.Errorf("another file is %q", got)
	}
}

func keptFiles(t *testing.T, r jobs.Ports) {
	ctx := context.Background()
	for _, j := range []struct {
		id      string
		state   jobs.State
		cleared bool
	}{{"a", jobs.Planning, false}, {"b", jobs.Ready, false}, {"c", jobs.Importing, false}, {"d", jobs.Done, false}, {"e", jobs.Done, true},
		{"f", jobs.Failed, false}, {"g", jobs.Discarded, false}, {"h", jobs.Discarded, true}, {"i", jobs.Receiving, false}} {
		v := makeJob(j.id)
		v.State, v.Cleared = j.state, j.cleared
		mustDo(t, r.CreateJob(ctx, v))
	}
	ids := func(list func(context.Context, engine.Cursor) ([]*jobs.Job, string, error)) (all string) {
		rows, err := engine.All(ctx, list)
		mustDo(t, err)
		for _, j := range rows {
			all += j.ID
		}
		return all
	}
	if open, kept := ids(r.Open), ids(r.Kept); open != "ac" || kept != "bdfgi" {
		t.Errorf("open %s, kept %s", open, kept)
	}
	j, err := r.Job(ctx, "d")
	mustDo(t, err)
	j.Cleared = true
	mustDo(t, r.UpdateJob(ctx, j))
	if kept := ids(r.Kept); kept != "bfgi" {
		t.Errorf("once one is cleared: %s", kept)
	}
}
