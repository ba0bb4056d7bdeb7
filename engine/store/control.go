package store

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/practical/control"
	"github.com/skillcert/skillcert/engine/store/docs"
)

func controlSchema() docs.Schema {
	return docs.Schema{"control": {"scope"}, "control-marking": {"body", "control", "person"}}
}

// Controls is the repository of control performances. What a candidate did is told in words, so they are sealed.
func (s *Store) Controls() control.Controls {
	return controlTable{docs.Table[control.Control]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "control", Schema: 1,
		ID: func(c *control.Control) string { return string(c.ID) }, Revision: func(c *control.Control) *int64 { return &c.Revision },
		Index:  func(c *control.Control) map[string]string { return map[string]string{"scope": scopeKey(c.Scope)} },
		Absent: control.ErrControl, Exists: control.ErrControlExists}}
}

// scopeKey tells a body from a province whatever their IDs are.
func scopeKey(s control.Scope) string {
	if s.Org != "" {
		return "org " + string(s.Org)
	}
	return "province " + s.Province
}

type controlTable struct{ t docs.Table[control.Control] }

func (r controlTable) Control(ctx context.Context, id control.ID) (*control.Control, error) {
	return r.t.Get(ctx, string(id))
}
func (r controlTable) CreateControl(ctx context.Context, c *control.Control) error {
	return r.t.Create(ctx, c)
}
func (r controlTable) UpdateControl(ctx context.Context, c *control.Control) error {
	return r.t.Update(ctx, c)
}
func (r controlTable) ControlsOf(ctx context.Context, s control.Scope, c engine.Cursor) ([]*control.Control, string, error) {
	return r.t.List(ctx, "scope", scopeKey(s), c)
}

// ControlMarkings is the repository of the sheets of control performances. Their notes tell of somebody in words, so they are sealed.
func (s *Store) ControlMarkings() control.Markings {
	return controlMarkingTable{docs.Table[control.Marking]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "control-marking", Schema: 1,
		ID:       func(m *control.Marking) string { return controlMarkingID(m.Control, m.Person) },
		Revision: func(m *control.Marking) *int64 { return &m.Revision },
		Index: func(m *control.Marking) map[string]string {
			return map[string]string{"body": string(m.Body), "control": string(m.Control), "person": string(m.Person)}
		},
		Absent: control.ErrMarking, Exists: control.ErrMarkingExists}}
}

// controlMarkingID is in the order of control performances, then of persons: nothing printable comes before the blank.
func controlMarkingID(id control.ID, person engine.PersonID) string {
	return string(id) + " " + string(person)
}

type controlMarkingTable struct{ t docs.Table[control.Marking] }

func (r controlMarkingTable) Marking(ctx context.Context, id control.ID, person engine.PersonID) (*control.Marking, error) {
	return r.t.Get(ctx, controlMarkingID(id, person))
}
func (r controlMarkingTable) CreateMarking(ctx context.Context, m *control.Marking) error {
	return r.t.Create(ctx, m)
}
func (r controlMarkingTable) UpdateMarking(ctx context.Context, m *control.Marking) error {
	return r.t.Update(ctx, m)
}
func (r controlMarkingTable) MarkingsOf(ctx context.Context, w control.Whose, c engine.Cursor) ([]*control.Marking, string, error) {
	switch {
	case w.Control != "":
		return r.t.List(ctx, "control", string(w.Control), c)
	case w.Person != "":
		return r.t.List(ctx, "person", string(w.Person), c)
	}
	return r.t.List(ctx, "body", string(w.Body), c)
}
