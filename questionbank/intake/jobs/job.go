// Package jobs carries imports that take longer than a request: the file is kept, a worker reads and compares it, a
// person decides on what was found, and a worker writes it. What a job is doing stands in its document, so that every
// server shows it and every server's worker can go on where another one was stopped.
package jobs

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/intake"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// Refusals of jobs.
var (
	ErrJob    = errs.New(errs.NotFound, "import.not_found", "查无此次导入")
	ErrExists = errs.New(errs.Conflict, "import.exists", "导入编号已存在")
	ErrState  = errs.New(errs.Conflict, "import.state", "这次导入当前不能这样处理，请重新查看")
	ErrOwner  = errs.New(errs.Forbidden, "import.owner", "这次导入由上传文件的人处理")
	ErrFile   = errs.New(errs.Invalid, "import.file", "文件是空的，或超过64 MB")
	ErrBroken = errs.New(errs.Invalid, "import.broken", "文件没有完整收到，请重新上传")
)

// errLost tells a worker that another one has its job.
var errLost = errors.New("jobs: another worker has the job")

// State is where a job stands.
type State string

// The states. A decision that is changed leads from ready back to planning; failed ones can be planned again.
const (
	Receiving State = "receiving" // its file is not wholly kept yet
	Planning  State = "planning"  // to be read and compared
	Ready     State = "ready"     // a person decides
	Importing State = "importing" // being written
	Done      State = "done"
	Failed    State = "failed"    // Refusal says why
	Discarded State = "discarded" // not wanted
)

// Receive is how long a file may take to come in; one that was broken off then goes.
const Receive = 24 * time.Hour

// Keep is how long a file waits for somebody to decide on it. Files hold items with their keys, so none lies about for
// good: that of an import which is over goes at once, one that is forgotten after a month, which outlasts a leave.
const Keep = 30 * 24 * time.Hour

// Bounds of a job.
const (
	MaxFile  = exchange.MaxBytes
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
	By        authz.Principal  `json:"by"` // who asked, alone decides and commits; the worker acts for them, as they last were
	State     State            `json:"state"`
	Held      time.Time        `json:"held,omitzero"`   // until when a worker has it; zero: nobody
	Claim     string           `json:"claim,omitempty"` // of that worker; another one's word no longer counts
	Done      int              `json:"done"`            // rows written, of Total
	Total     int              `json:"total"`
	Found     intake.Preview   `json:"found"` // of the last plan, its lists cut to maxShown
	Cut       Cut              `json:"cut"`
	Shown     []Shown          `json:"shown,omitempty"` // the first of what goes in
	Refusal   *Refusal         `json:"refusal,omitempty"`
	Started   time.Time        `json:"started"`
	Ended     time.Time        `json:"ended,omitzero"`    // the last plan, or the whole job
	Cleared   bool             `json:"cleared,omitempty"` // the file is no longer kept

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Shown is an item that goes in, as text for a person to look at.
type Shown struct {
	Item    string   `json:"item"` // its code in the file
	Stem    string   `json:"stem"`
	Options []string `json:"options"`
	Key     []int    `json:"key"`
	Point   string   `json:"point"`
}

// firstItems are how many items a person is shown before they go in.
const firstItems = 20

// show keeps the first items that a plan adds or changes; rows are in the order of drafts.
func (j *Job) show(rows []intake.Row, drafts []record.Draft) {
	j.Shown = nil
	for n, r := range rows {
		if n >= len(drafts) || len(j.Shown) == firstItems {
			return
		}
		if r.Outcome != intake.Added && r.Outcome != intake.Replaced {
			continue
		}
		v := drafts[n].ItemVersion
		s := Shown{Item: r.Item, Stem: richtext.Plain(v.Stem), Key: v.Key, Point: cmp.Or(j.Decisions.Points[r.Item], v.Point)}
		for _, o := range v.Options {
			s.Options = append(s.Options, richtext.Plain(o))
		}
		j.Shown = append(j.Shown, s)
	}
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
//   - Newest lists at most so many, at least one, the last in the byte order of IDs first. Open lists those a worker has
//     something to do with, Kept the others whose file is not cleared.
//   - File gives back what PutFile kept for the job, of up to MaxFile bytes; putting it again is harmless.
//   - DropFile forgets it, and what of it is there: File answers ErrJob. What is not there is dropped already.
//   - nil means durable.
type Ports interface {
	Records
	Lists
	Files
}

// Records keeps jobs one at a time.
type Records interface {
	Job(ctx context.Context, id string) (*Job, error)
	CreateJob(ctx context.Context, j *Job) error
	UpdateJob(ctx context.Context, j *Job) error
}

// Lists finds jobs.
type Lists interface {
	Newest(ctx context.Context, most int) ([]*Job, error)
	Open(ctx context.Context, c engine.Cursor) (rows []*Job, next string, err error)
	Kept(ctx context.Context, c engine.Cursor) (rows []*Job, next string, err error)
}

// Files keeps the files of jobs.
type Files interface {
	File(ctx context.Context, job string, size int) ([]byte, error)
	PutFile(ctx context.Context, job string, data []byte) error
	DropFile(ctx context.Context, job string, size int) error
}

// Decidable reports whether a person may take other decisions: a file that could not be read at all leaves nothing to
// decide on.
func (j *Job) Decidable() bool {
	return j.State == Ready || j.State == Failed && j.Found.Format != ""
}

// Waits reports whether a worker has something to do.
func (j *Job) Waits() bool { return j.State == Planning || j.State == Importing }

// owned lets only the person go on who began, as they are now: their roles may be others than at the start.
func (j *Job) owned(by authz.Principal) error {
	if by.Account != j.By.Account || by.Person != j.By.Person {
		return ErrOwner
	}
	j.By = by
	return nil
}

// received lets a worker begin: the file is there.
func (j *Job) received() error {
	if j.State != Receiving {
		return ErrState
	}
	j.State = Planning
	return nil
}

// discard ends a job that waits for a person.
func (j *Job) discard(now time.Time) error {
	switch {
	case j.State == Discarded:
		return engine.ErrUnchanged
	case j.State != Ready && j.State != Failed:
		return ErrState
	}
	j.State, j.Ended = Discarded, now
	j.Trail.Add(now, j.By.Account, "import.discarded", "")
	return nil
}

// spent reports whether nobody will read the file any more: the job is over, its file did not come in or could not be
// read at all, or it was forgotten.
func (j *Job) spent(now time.Time) bool {
	switch {
	case j.Waits():
		return false
	case j.State == Receiving:
		return !now.Before(j.Started.Add(Receive))
	case j.Decidable():
		return !now.Before(j.Ended.Add(Keep))
	}
	return true
}

// expire ends a job whose file goes, before it goes: nothing can be committed without its file.
func (j *Job) expire(now time.Time) error {
	switch {
	case !j.spent(now):
		return ErrState
	case j.State == Receiving:
		j.fail(ErrBroken, house, now)
		return nil
	case !j.Decidable():
		return engine.ErrUnchanged
	}
	j.State, j.Ended = Discarded, now
	j.Trail.Add(now, house, "import.expired", "")
	return nil
}

// fail ends the job with what is to blame.
func (j *Job) fail(e *errs.Error, by string, now time.Time) {
	j.State, j.Ended, j.Refusal = Failed, now, &Refusal{Code: e.Code, Msg: e.Msg}
	j.Trail.Add(now, by, "import.failed", e.Code)
}

// Expired reports whether the house ended the job because nobody did.
func (j *Job) Expired() bool {
	expired := func(e engine.Event) bool { return e.Action == "import.expired" }
	return slices.ContainsFunc(j.Trail, expired)
}

// clear records that the file is gone, and lets what was shown of it go with it: items with their keys.
func (j *Job) clear(now time.Time) error {
	if j.Cleared {
		return engine.ErrUnchanged
	}
	j.Cleared, j.Shown = true, nil
	j.Trail.Add(now, house, "import.cleared", "")
	return nil
}

// house stands in a trail for what no person did.
const house = "engine:imports"

// decide takes other decisions, which are then looked at anew.
func (j *Job) decide(d intake.Decisions, now time.Time) error {
	if !j.Decidable() {
		return ErrState
	}
	j.Decisions, j.State, j.Refusal, j.Held = d, Planning, nil, time.Time{}
	j.Trail.Add(now, j.By.Account, "import.decided", "")
	return nil
}

// commit lets a worker write what the plan says.
func (j *Job) commit(now time.Time) error {
	switch {
	case j.State == Importing || j.State == Done:
		return engine.ErrUnchanged
	case j.State != Ready || j.Found.Blocked:
		return ErrState
	}
	j.State, j.Held, j.Done, j.Total = Importing, time.Time{}, 0, j.Found.Added+j.Found.Replaced
	j.Trail.Add(now, j.By.Account, "import.committed", "")
	return nil
}

// claim gives the job to a worker, unless another one has it.
func (j *Job) claim(worker string, now time.Time) error {
	if !j.Waits() || now.Before(j.Held) {
		return ErrState
	}
	j.Claim, j.Held = worker, now.Add(lease)
	return nil
}

// held lets only the worker on that claimed the job last.
func (j *Job) held(worker string) error {
	if !j.Waits() || j.Claim != worker {
		return errLost
	}
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
