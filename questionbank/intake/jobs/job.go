// Package jobs carries imports that take longer than a request: the file is kept, a worker reads and compares it, a
// person decides on what was found, and a worker writes it. What a job is doing stands in its document, so that every
// server shows it and every server's worker can go on where another one was stopped.
package jobs

import (
	"context"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/intake"
)

// Refusals of jobs.
var (
	ErrJob    = errs.New(errs.NotFound, "import.not_found", "查无此次导入")
	ErrExists = errs.New(errs.Conflict, "import.exists", "导入编号已存在")
	ErrState  = errs.New(errs.Conflict, "import.state", "这次导入当前不能这样处理，请重新查看")
	ErrFile   = errs.New(errs.Invalid, "import.file", "文件是空的，或超过20 MB")
)

// State is where a job stands.
type State string

// The states. A decision that is changed leads from ready back to planning; failed ones can be planned again.
const (
	Planning  State = "planning"  // to be read and compared
	Ready     State = "ready"     // a person decides
	Importing State = "importing" // being written
	Done      State = "done"
	Failed    State = "failed" // Refusal says why
)

// Bounds of a job.
const (
	MaxFile  = 20 << 20        // bytes
	maxShown = 500             // rows, problems and dropped parts that a job keeps of each
	lease    = 2 * time.Minute // for how long a worker holds a job without a word
)

// Job is one import of one file.
type Job struct {
	ID        string           `json:"id"`
	Name      string           `json:"name"` // of the file, shown only
	Size      int              `json:"size"`
	Options   record.Options   `json:"options"`
	Decisions intake.Decisions `json:"decisions"`
	By        authz.Principal  `json:"by"` // who asked: the worker acts for them
	State     State            `json:"state"`
	Held      time.Time        `json:"held,omitzero"` // until when a worker has it; zero: nobody
	Done      int              `json:"done"`          // rows written, of Total
	Total     int              `json:"total"`
	Found     intake.Preview   `json:"found"` // of the last plan, its lists cut to maxShown
	Cut       Cut              `json:"cut"`
	Refusal   *Refusal         `json:"refusal,omitempty"`
	Started   time.Time        `json:"started"`
	Ended     time.Time        `json:"ended,omitzero"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Cut is how many entries of the lists of Found are not kept.
type Cut struct {
	Rows     int `json:"rows,omitempty"`
	Problems int `json:"problems,omitempty"`
	Dropped  int `json:"dropped,omitempty"`
}

// Refusal is why a job failed.
type Refusal struct {
	Code string `json:"code"`
	Msg  string `json:"msg"`
}

// Ports keep jobs and their files. Safe for concurrent use; must pass storetest.Jobs.
//   - Absent: ErrJob. An ID already taken: ErrExists. UpdateJob writes only at the job's Revision, else engine.ErrStale.
//   - JobList is in the byte order of IDs; Open lists those a worker has something to do with.
//   - File gives back what PutFile kept for the job, of up to MaxFile bytes; putting it again is harmless.
//   - nil means durable.
type Ports interface {
	Job(ctx context.Context, id string) (*Job, error)
	CreateJob(ctx context.Context, j *Job) error
	UpdateJob(ctx context.Context, j *Job) error
	JobList(ctx context.Context, c engine.Cursor) (rows []*Job, next string, err error)
	Open(ctx context.Context, c engine.Cursor) (rows []*Job, next string, err error)
	Files
}

// Files keeps the files of jobs.
type Files interface {
	File(ctx context.Context, job string, size int) ([]byte, error)
	PutFile(ctx context.Context, job string, data []byte) error
}

// Waits reports whether a worker has something to do.
func (j *Job) Waits() bool { return j.State == Planning || j.State == Importing }

// decide takes other decisions, which are then looked at anew.
func (j *Job) decide(d intake.Decisions, by authz.Principal, now time.Time) error {
	if j.State != Ready && j.State != Failed {
		return ErrState
	}
	j.Decisions, j.State, j.Refusal, j.Held = d, Planning, nil, time.Time{}
	j.Trail.Add(now, by.Account, "import.decided", "")
	return nil
}

// commit lets a worker write what the plan says.
func (j *Job) commit(by authz.Principal, now time.Time) error {
	switch {
	case j.State == Importing || j.State == Done:
		return engine.ErrUnchanged
	case j.State != Ready || j.Found.Blocked:
		return ErrState
	}
	j.State, j.Held, j.Done, j.Total = Importing, time.Time{}, 0, j.Found.Added+j.Found.Replaced
	j.Trail.Add(now, by.Account, "import.committed", "")
	return nil
}

// claim gives the job to a worker, unless another one has it.
func (j *Job) claim(now time.Time) error {
	if !j.Waits() || now.Before(j.Held) {
		return ErrState
	}
	j.Held = now.Add(lease)
	return nil
}

// found keeps what a plan or a commit said, and what was left out of it.
func (j *Job) found(p intake.Preview) {
	p.Rows = telling(p.Rows)
	j.Cut = Cut{Rows: max(0, len(p.Rows)-maxShown), Problems: max(0, len(p.Problems)-maxShown), Dropped: max(0, len(p.Dropped)-maxShown)}
	p.Rows, p.Problems, p.Dropped = p.Rows[:min(len(p.Rows), maxShown)], p.Problems[:min(len(p.Problems), maxShown)], p.Dropped[:min(len(p.Dropped), maxShown)]
	j.Found = p
}

// telling are the rows that a person has to look at: all but those that simply go in or are there already.
func telling(rows []intake.Row) (all []intake.Row) {
	for _, r := range rows {
		if r.Outcome == intake.Replaced || r.Outcome == intake.Skipped || r.Outcome != intake.Refused && len(r.Matches) > 0 {
			all = append(all, r)
		}
	}
	return all
}
