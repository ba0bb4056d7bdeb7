package store

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func sittingSchema() docs.Schema {
	return docs.Schema{"plan": nil, "session": nil, "seat": {"session"}, "proceedings": nil}
}

// Plans is the repository of plans.
func (s *Store) Plans() sitting.Plans {
	return planTable{docs.Table[sitting.Plan]{Store: s.docs, IDs: s.ids, Kind: "plan", Schema: 1,
		ID: func(p *sitting.Plan) string { return string(p.ID) }, Revision: func(p *sitting.Plan) *int64 { return &p.Revision },
		Absent: sitting.ErrPlan, Exists: sitting.ErrPlanExists}}
}

type planTable struct{ t docs.Table[sitting.Plan] }

func (r planTable) Plan(ctx context.Context, id sitting.PlanID) (*sitting.Plan, error) {
	return r.t.Get(ctx, string(id))
}
func (r planTable) CreatePlan(ctx context.Context, p *sitting.Plan) error { return r.t.Create(ctx, p) }
func (r planTable) UpdatePlan(ctx context.Context, p *sitting.Plan) error { return r.t.Update(ctx, p) }
func (r planTable) PlanList(ctx context.Context, c engine.Cursor) ([]*sitting.Plan, string, error) {
	return r.t.Every(ctx, c)
}

// Sessions is the repository of sessions.
func (s *Store) Sessions() sitting.Sessions {
	return sessionTable{docs.Table[sitting.Session]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "session", Schema: 2, Upgrade: unchanged,
		ID: func(n *sitting.Session) string { return string(n.ID) }, Revision: func(n *sitting.Session) *int64 { return &n.Revision },
		Absent: sitting.ErrSession, Exists: sitting.ErrSessionExists, Recent: &s.sessions}}
}

type sessionTable struct{ t docs.Table[sitting.Session] }

func (r sessionTable) Session(ctx context.Context, id sitting.SessionID) (*sitting.Session, error) {
	return r.t.Get(ctx, string(id))
}
func (r sessionTable) LookAtSession(ctx context.Context, id sitting.SessionID) (*sitting.Session, error) {
	return r.t.Look(ctx, string(id))
}
func (r sessionTable) CreateSession(ctx context.Context, n *sitting.Session) error {
	return r.t.Create(ctx, n)
}
func (r sessionTable) UpdateSession(ctx context.Context, n *sitting.Session) error {
	return r.t.Update(ctx, n)
}
func (r sessionTable) SessionList(ctx context.Context, c engine.Cursor) ([]*sitting.Session, string, error) {
	return r.t.Every(ctx, c)
}

// Seats is the repository of seats.
func (s *Store) Seats() sitting.Seats {
	return seatTable{docs.Table[sitting.Seat]{Store: s.docs, IDs: s.ids, Kind: "seat", Schema: 2, Upgrade: unchanged,
		ID: func(t *sitting.Seat) string { return string(t.Ticket) }, Revision: func(t *sitting.Seat) *int64 { return &t.Revision },
		Index:  func(t *sitting.Seat) map[string]string { return map[string]string{"session": string(t.Session)} },
		Absent: sitting.ErrTicket, Exists: sitting.ErrTicketTaken}}
}

type seatTable struct{ t docs.Table[sitting.Seat] }

func (r seatTable) Seat(ctx context.Context, t sitting.Ticket) (*sitting.Seat, error) {
	return r.t.Get(ctx, string(t))
}
func (r seatTable) CreateSeat(ctx context.Context, s *sitting.Seat) error { return r.t.Create(ctx, s) }
func (r seatTable) UpdateSeat(ctx context.Context, s *sitting.Seat) error { return r.t.Update(ctx, s) }
func (r seatTable) SeatsOf(ctx context.Context, id sitting.SessionID, c engine.Cursor) ([]*sitting.Seat, string, error) {
	return r.t.List(ctx, "session", string(id), c)
}

// Proceedings is the repository of the proceedings of sessions: one document a line.
func (s *Store) Proceedings() sitting.Proceedings {
	return lineTable{docs.Table[sitting.Line]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "proceedings", Schema: 1,
		ID:     func(l *sitting.Line) string { return numbered(string(l.Session), l.No) },
		Absent: sitting.ErrLine, Exists: sitting.ErrLineTaken}}
}

type lineTable struct{ t docs.Table[sitting.Line] }

func (r lineTable) AppendLine(ctx context.Context, l *sitting.Line) error {
	if l.No < 1 || l.No > maxSeq {
		return errSeq
	}
	return r.t.Create(ctx, l)
}

func (r lineTable) Lines(ctx context.Context, id sitting.SessionID, c engine.Cursor) ([]*sitting.Line, string, error) {
	return walkNumbered(ctx, r.t, string(id), c, func(l *sitting.Line) int { return l.No })
}
