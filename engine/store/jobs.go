package store

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/questionbank/intake/jobs"
)

func jobsSchema() docs.Schema { return docs.Schema{"import-job": {"open"}, "import-part": nil} }

// Jobs is the repository of imports and their files.
func (s *Store) Jobs() jobs.Ports {
	return jobTables{
		jobs: docs.Table[jobs.Job]{Store: s.docs, IDs: s.ids, Kind: "import-job", Schema: 1,
			ID: func(j *jobs.Job) string { return j.ID }, Revision: func(j *jobs.Job) *int64 { return &j.Revision },
			Index: openIndex, Absent: jobs.ErrJob, Exists: jobs.ErrExists},
		parts: docs.Table[filePart]{Store: s.docs, IDs: s.ids, Kind: "import-part", Schema: 1,
			ID: func(p *filePart) string { return p.id }, Revision: func(p *filePart) *int64 { return &p.revision }, Absent: jobs.ErrJob, Exists: errFilePartKept},
	}
}

// openIndex tells jobs that a worker has something to do with from those whose file is only kept, and those from the
// ones without a file.
func openIndex(j *jobs.Job) map[string]string {
	switch {
	case j.Waits():
		return map[string]string{"open": "yes"}
	case j.Cleared:
		return map[string]string{"open": "cleared"}
	}
	return map[string]string{"open": "no"}
}

// errFilePartKept says that a part of a file is there already; callers of PutFile never see it.
var errFilePartKept = errs.New(errs.Conflict, "import.kept", "文件已保存")

// filePart is a piece of a file, small enough for one document of any store.
type filePart struct {
	Bytes    []byte `json:"bytes"`
	id       string
	revision int64
}

const partBytes = 1 << 20

type jobTables struct {
	jobs  docs.Table[jobs.Job]
	parts docs.Table[filePart]
}

func (r jobTables) Job(ctx context.Context, id string) (*jobs.Job, error) { return r.jobs.Get(ctx, id) }
func (r jobTables) CreateJob(ctx context.Context, j *jobs.Job) error      { return r.jobs.Create(ctx, j) }
func (r jobTables) UpdateJob(ctx context.Context, j *jobs.Job) error      { return r.jobs.Update(ctx, j) }

// Newest reads backwards: the IDs of jobs begin with the time.
func (r jobTables) Newest(ctx context.Context, most int) ([]*jobs.Job, error) {
	rows, _, err := r.jobs.Walk(ctx, docs.Range{Desc: true, Limit: most})
	return rows, err
}

func (r jobTables) Open(ctx context.Context, c engine.Cursor) ([]*jobs.Job, string, error) {
	return r.jobs.List(ctx, "open", "yes", c)
}

func (r jobTables) Kept(ctx context.Context, c engine.Cursor) ([]*jobs.Job, string, error) {
	return r.jobs.List(ctx, "open", "no", c)
}

func (r jobTables) PutFile(ctx context.Context, job string, data []byte) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(partsAtOnce)
	for n := 0; n*partBytes < len(data); n++ {
		part := &filePart{Bytes: data[n*partBytes : min(len(data), (n+1)*partBytes)], id: filePartID(job, n)}
		work.Go(func() error {
			if err := r.parts.Create(ctx, part); err != nil && !errors.Is(err, errFilePartKept) {
				return err
			}
			return nil
		})
	}
	return work.Wait()
}

func (r jobTables) File(ctx context.Context, job string, size int) ([]byte, error) {
	data := make([]byte, 0, min(max(size, 0), jobs.MaxFile))
	for n := 0; len(data) < size; n++ {
		part, err := r.part(ctx, job, n)
		if err != nil {
			return nil, err
		}
		if len(part.Bytes) == 0 {
			return nil, jobs.ErrJob
		}
		data = append(data, part.Bytes...)
	}
	return data, nil
}

func (r jobTables) part(ctx context.Context, job string, n int) (*filePart, error) {
	id := filePartID(job, n)
	part, err := r.parts.Get(ctx, id)
	if err == nil {
		part.id = id
	}
	return part, err
}

// DropFile empties the pieces: no store deletes a document.
func (r jobTables) DropFile(ctx context.Context, job string, size int) error {
	for n := 0; n*partBytes < size; n++ {
		_, err := engine.Modify(ctx, func(ctx context.Context) (*filePart, error) { return r.part(ctx, job, n) }, r.parts.Update,
			func(p *filePart) error {
				if len(p.Bytes) == 0 {
					return engine.ErrUnchanged
				}
				p.Bytes = nil
				return nil
			})
		if err != nil && !errors.Is(err, jobs.ErrJob) {
			return err
		}
	}
	return nil
}

func filePartID(job string, n int) string { return fmt.Sprintf("%s/%02d", job, n) }
