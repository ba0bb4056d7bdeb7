package recognition

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// Quota (名额) is who has a place of a body's year. It is one document, so that two decisions at once do not both take the last one.
type Quota struct {
	ID       string       `json:"id"`
	Org      engine.OrgID `json:"org"`
	Year     int          `json:"year"` // of the decision
	Taken    []ID         `json:"taken"`
	Revision int64        `json:"-"`
}

// QuotaID names the quota of a body's year.
func QuotaID(org engine.OrgID, year int) string {
	return ids.Derive("recognition-quota", string(org), fmt.Sprint(year))
}

// Refusals of the port.
var (
	ErrNoQuota    = errs.New(errs.NotFound, "recognition.no_quota", "本年度尚未使用名额")
	ErrQuotaTaken = errs.New(errs.Conflict, "recognition.quota_exists", "本年度的名额记录已存在")
)

// Quotas keeps quotas. Absent: ErrNoQuota; taken: ErrQuotaTaken. UpdateQuota writes only at its Revision, otherwise
// engine.ErrStale. Safe for concurrent use; must pass storetest.RecognitionQuotas.
type Quotas interface {
	Quota(ctx context.Context, id string) (*Quota, error)
	CreateQuota(ctx context.Context, q *Quota) error
	UpdateQuota(ctx context.Context, q *Quota) error
}

// take gives the case a place of at most so many. A case has one however often it is asked for.
func (q *Quota) take(id ID, most int) error {
	switch {
	case slices.Contains(q.Taken, id):
		return engine.ErrUnchanged
	case len(q.Taken) >= most:
		return ErrQuota.With("共%d个", most)
	}
	q.Taken = append(q.Taken, id)
	return nil
}

// leave gives the place of a case back.
func (q *Quota) leave(id ID) error {
	had := len(q.Taken)
	if q.Taken = slices.DeleteFunc(q.Taken, func(t ID) bool { return t == id }); len(q.Taken) == had {
		return engine.ErrUnchanged
	}
	return nil
}

// changeQuota changes the quota of the body's year, and makes it where there is none.
func (d *Desk) changeQuota(ctx context.Context, org engine.OrgID, year int, change func(*Quota) error) error {
	id := QuotaID(org, year)
	_, err := engine.Modify(ctx, func(ctx context.Context) (*Quota, error) { return d.quota(ctx, org, year, id) }, d.ports.Quotas.UpdateQuota, change)
	return err
}

func (d *Desk) quota(ctx context.Context, org engine.OrgID, year int, id string) (*Quota, error) {
	q, err := d.ports.Quotas.Quota(ctx, id)
	if !errors.Is(err, ErrNoQuota) {
		return q, err
	}
	q = &Quota{ID: id, Org: org, Year: year}
	if err = d.ports.Quotas.CreateQuota(ctx, q); errors.Is(err, ErrQuotaTaken) {
		return d.ports.Quotas.Quota(ctx, id)
	}
	return q, err
}
