package store

import (
	"context"
	"fmt"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/theory"
)

func activitiesSchema() docs.Schema { return docs.Schema{"activity": {"came"}} }

// Activities is the repository of what candidates' pages observed: one document each.
func (s *Store) Activities() theory.Activities {
	return activityTable{docs.Table[theory.Activity]{Store: s.docs, IDs: s.ids, Kind: "activity", Schema: 1,
		ID:     func(a *theory.Activity) string { return fmt.Sprintf("%s/%s/%06d", a.Attempt, a.Window, a.No) },
		Index:  func(a *theory.Activity) map[string]string { return map[string]string{"came": cameAt(a.Session, a.At)} },
		Absent: theory.ErrAttempt, Exists: theory.ErrActivityTaken}}
}

// cameAt orders the activities of one session by the instant. Instants before 1970 do not come.
func cameAt(s sitting.SessionID, at time.Time) string {
	return fmt.Sprintf("%s/%015d", s, max(0, at.UnixMilli()))
}

type activityTable struct{ t docs.Table[theory.Activity] }

func (r activityTable) AppendActivity(ctx context.Context, a *theory.Activity) error {
	if a.No < 1 || a.No > maxSeq {
		return errSeq
	}
	return r.t.Create(ctx, a)
}

func (r activityTable) ActivitiesOf(ctx context.Context, a theory.AttemptID, c engine.Cursor) ([]*theory.Activity, string, error) {
	return r.t.Walk(ctx, docs.Range{From: string(a) + "/", To: string(a) + "0", After: c.After, Limit: c.Rows()}) // '0' follows '/'
}

func (r activityTable) ActivitiesSince(ctx context.Context, s sitting.SessionID, since time.Time,
	c engine.Cursor) ([]*theory.Activity, string, error) {
	return r.t.Walk(ctx, docs.Range{Index: "came", From: cameAt(s, since), To: string(s) + "0", After: c.After, Limit: c.Rows()})
}
