package api

import (
	"context"
	"html/template"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// imageOf is the address of an item's picture on the pages of the bank.
func imageOf(digest string) string { return "/images/" + digest }

// rich is a fragment as markup of a page; package richtext lets nothing through that a page could run.
func rich(fragment string) template.HTML { return template.HTML(richtext.HTML(fragment, imageOf)) }

// reading is a fragment's reading text.
func reading(fragment string) string { return richtext.Plain(fragment) }

// seenAs is a version as the candidate sees it, its options in the order of the bank.
func seenAs(v questionbank.ItemVersion) web.CandidateView {
	return web.CandidateView{Type: string(v.Type), Stem: rich(v.Stem), Options: each(v.Options, rich)}
}

// wrote reports whether by is an author of the item: nobody judges their own.
func wrote(i *questionbank.Item, by authz.Principal) bool {
	return by.Person != "" && slices.ContainsFunc(i.Versions, func(v questionbank.ItemVersion) bool { return string(v.Author) == by.Person })
}

// mayExport is who may take items with their keys out of the house.
func mayExport(by authz.Principal) bool { return by.Can(authz.BankEdit) || by.Can(authz.BankFile) }

// seesKey is who may see the key of an item: those who write, review and keep items, and an authority that has been
// asked about it.
func seesKey(by authz.Principal, i *questionbank.Item) bool {
	if mayExport(by) || by.Can(authz.BankReview) {
		return true
	}
	v := i.Current()
	return speaksFor(by, v.Province) && i.State != questionbank.Draft
}

// speaksFor reports whether by acts for an authority of the province.
func speaksFor(by authz.Principal, province string) bool {
	return (by.Can(authz.BankMedical) || by.Can(authz.BankLabour)) && province != "" && by.Province == province
}

// reader looks names and points up once for all items of one page.
type reader struct {
	s      *Server
	ctx    context.Context
	names  map[engine.PersonID]string
	tables map[engine.Level]*questionbank.ElementTable
}

func (s *Server) reader(ctx context.Context) *reader {
	return &reader{s: s, ctx: ctx, names: map[engine.PersonID]string{}, tables: map[engine.Level]*questionbank.ElementTable{}}
}

// name is a person's name, "" for somebody who is not registered.
func (r *reader) name(id engine.PersonID) (string, error) {
	if name, known := r.names[id]; known || id == "" {
		return name, nil
	}
	p, err := r.s.Registry.Named(r.ctx, id)
	if p, err = absent(p, err, engine.ErrPerson); err != nil {
		return "", err
	}
	if p != nil {
		r.names[id] = p.Name
	} else {
		r.names[id] = ""
	}
	return r.names[id], nil
}

// accountName is who an id of a record stands for, as people know them. One that nobody has stays.
func (s *Server) accountName(ctx context.Context, id string) (string, error) {
	login, name, err := s.Gate.Naming(ctx, id)
	switch {
	case err != nil || login == "":
		return id, err
	case name == "":
		return login, nil
	}
	return name + "（" + login + "）", nil
}

// trail is a history with the names of those who made it.
func (r *reader) trail(of engine.Trail) ([]web.TrailRow, error) {
	rows, who := each(of, trailRow), map[string]string{}
	for n := range rows {
		id := rows[n].By
		if _, known := who[id]; !known {
			name, err := r.s.accountName(r.ctx, id)
			if err != nil {
				return nil, err
			}
			who[id] = name
		}
		rows[n].By = who[id]
	}
	return rows, nil
}

// point is a point of a level's working table, the zero one where there is none.
func (r *reader) point(l engine.Level, code string) (questionbank.Point, error) {
	t, known := r.tables[l]
	if !known {
		got, err := r.s.Bank.Table(r.ctx, l)
		if got, err = absent(got, err, questionbank.ErrTable); err != nil {
			return questionbank.Point{}, err
		}
		t = got
		r.tables[l] = t
	}
	if t == nil {
		return questionbank.Point{}, nil
	}
	p, _ := t.Point(code)
	return p, nil
}

// text is a version in words. Without the key it has neither key nor explanation.
func (r *reader) text(v questionbank.ItemVersion, withKey bool) (web.ItemText, error) {
	t := web.ItemText{Seen: seenAs(v), Code: v.Code, Type: string(v.Type), Version: v.Version, Level: v.Level, Province: engine.Province(v.Province),
		Point: v.Point, Difficulty: v.Difficulty, Seconds: v.Seconds, Enemy: v.Enemy, Source: v.Source, Sample: v.Sample}
	p, err := r.point(v.Level, v.Point)
	if err != nil {
		return t, err
	}
	t.PointName, t.Importance = p.Name, p.Importance
	if withKey {
		t.Key, t.Explanation = v.Key, rich(v.Explanation)
	}
	t.Author, err = r.name(v.Author)
	return t, err
}

// changes are the differences of two versions in the words of the page.
func changes(a, b questionbank.ItemVersion) []web.ChangeRow {
	return each(questionbank.Compare(a, b), func(c questionbank.Change) web.ChangeRow {
		return web.ChangeRow{Field: c.Field, Before: c.Before, After: c.After,
			Runs: each(c.Words, func(w questionbank.Run) web.TextRun { return web.TextRun{Kind: string(w.Kind), Text: w.Text} })}
	})
}

// trailRow is one event; where its note begins with an authority, that stands apart and is shown in words.
func trailRow(e engine.Event) web.TrailRow {
	t := web.TrailRow{At: e.At, By: e.By, Action: e.Action, Note: e.Note}
	if e.Action == "release.recorded" || e.Action == "release.published" {
		t.Note = "" // how many items it has stands on the page
		return t
	}
	first, rest, _ := strings.Cut(e.Note, " ")
	if first == string(authz.Medical) || first == string(authz.Labour) {
		t.Authority, t.Note = first, rest
	}
	return t
}
