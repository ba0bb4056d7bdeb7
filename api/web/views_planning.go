package web

import (
	"slices"

	"github.com/skillcert/skillcert/engine"
)

// PlanFormView is where the exam office drafts a plan. Fields: name, year, level (once for each).
type PlanFormView struct {
	Org     string
	Filings []FiledRow // that are in force or will be, none for a body that is not filed
	Name    string
	Year    string
	Levels  []engine.Level // as ticked
	Problem *Problem
}

// Ticked reports whether a level is.
func (v PlanFormView) Ticked(l engine.Level) bool { return slices.Contains(v.Levels, l) }

// SessionFormView is where the exam office plans a session of a published plan. Fields: name, site, blueprint,
// theory-opens, theory-closes, practical-opens, practical-closes, spread, rooms (how many), and of each room from 1
// room.{n}.name, component, capacity, columns, reserve, machines, hall, parts, part. do=add-theory, add-practical or
// drop-{n} changes the rooms and plans nothing yet.
type SessionFormView struct {
	Plan, PlanName string
	Year           int
	Blueprints     []BlueprintChoice
	Beyond         *YearBeyond    // nil while the year's places are within the filing
	Minutes        []LevelMinutes // that a theory window has at least
	Spread         int            // the most, in seconds
	Late           int            // minutes after the opening; 0: nobody is late
	MostRooms      int
	Typed          SessionTyped
	Problem        *Problem
	Amends         *SessionAmended // nil for a new session
}

// SessionAmended is the planned session whose times and rooms the form changes. The form has the fields reason, seen
// and room.{n}.id, and neither name nor blueprint.
type SessionAmended struct {
	ID, Name           string
	Level              engine.Level
	Blueprint, Release string
	Seen               string    // amendments that were made when the form was filled in
	Duties             []DutyRow // in a room, by its id
	Accepted           int       // applicants, for whom there must be places
	Refused            *Problem  // why nothing can be changed any more; nil while it can
}

// Staff are those who have a duty in a room of a planned session.
func (v SessionFormView) Staff(r RoomTyped) (all []DutyRow) {
	if v.Amends == nil || r.ID == "" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(v.Amends.Duties), func(d DutyRow) bool { return d.Room != r.ID })
}

// BlueprintChoice is a blueprint that a session may have.
type BlueprintChoice struct {
	ID, Release string
	Level       engine.Level
}

// LevelMinutes is how long the theory paper of a level takes.
type LevelMinutes struct {
	Level   engine.Level
	Minutes int
}

// SessionTyped is what was typed.
type SessionTyped struct {
	Name, Site, Blueprint           string
	TheoryOpens, TheoryCloses       string
	PracticalOpens, PracticalCloses string
	Spread                          string
	Reason                          string // of an amendment
	Rooms                           []RoomTyped
}

// RoomTyped is what was typed of one room.
type RoomTyped struct {
	ID                                 string // of a room that there is
	Name, Component, Capacity, Columns string
	Reserve, Machines                  string
	Hall, Parts, Part                  string
}

// Has reports whether the named field has a problem of one of these codes. It is safe on a nil Problem.
func (p *Problem) Has(name string, codes ...string) bool {
	return slices.ContainsFunc(p.All(name), func(f FieldProblem) bool { return slices.Contains(codes, f.Code) })
}

// Coded are the problems of the named field with these codes, for the part of it that says them.
func (p *Problem) Coded(name string, codes ...string) []FieldProblem {
	return slices.DeleteFunc(p.All(name), func(f FieldProblem) bool { return !slices.Contains(codes, f.Code) })
}

// Uncoded are the others of the named field.
func (p *Problem) Uncoded(name string, codes ...string) []FieldProblem {
	return slices.DeleteFunc(p.All(name), func(f FieldProblem) bool { return slices.Contains(codes, f.Code) })
}

// All are the problems of the named field, in order. It is safe on a nil Problem.
func (p *Problem) All(name string) (all []FieldProblem) {
	if p == nil {
		return nil
	}
	for _, f := range p.Fields {
		if f.Name == name {
			all = append(all, f)
		}
	}
	return all
}
