package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

const maxRoster = table.MaxBytes

// maxRosterProblems bounds how many rows one refusal names.
const maxRosterProblems = 50

// roster is a table of candidates that was read and found right, with the releases and blueprints that it names.
type roster struct {
	national    *questionbank.Snapshot // what --release names
	supplements []*questionbank.Snapshot
	blueprints  map[engine.Level]questionbank.Blueprint
	rows        []rosterRow
	unknown     []string // excluded codes that no release holds, with their rows
}

type rosterRow struct {
	number   int // in the file, as a person counts
	seat     protocol.Seat
	excluded []string // item codes
}

var rosterColumns = table.Options{Required: []string{"level", "room", "seat", "candidate"},
	Optional: []string{"province", "release", "site", "excluded"},
	Aliases: map[string][]string{"level": {"等级", "认定等级"}, "province": {"省份"}, "release": {"题库版本"}, "site": {"考点"}, "room": {"考场"},
		"seat": {"座位", "座位号"}, "candidate": {"考生", "考生编号", "准考证号"}, "excluded": {"排除试题", "已见试题"}}}

// rosterReader reads the rows of one roster and gathers what is wrong with them.
type rosterReader struct {
	roster
	ctx      context.Context
	bank     *questionbank.Bank
	known    map[string]error // releases that rows named, nil for those that may be drawn from
	problems []errs.Field
}

// readRoster reads a roster against the releases and blueprints of the house. What is wrong is named row by row.
func (h *house) readRoster(ctx context.Context, name string, file []byte, release string, blueprints []string) (*roster, error) {
	r := &rosterReader{ctx: ctx, bank: h.Bank, known: map[string]error{}}
	var err error
	if err := h.release(ctx, operator(), release); err != nil {
		return nil, at("--release "+release, err)
	}
	if r.national, err = h.Bank.Drawable(ctx, release); err != nil {
		return nil, at("--release "+release, err)
	}
	if r.national.Release.Province != "" {
		r.supplements = []*questionbank.Snapshot{r.national}
	}
	if err := r.readBlueprints(blueprints); err != nil {
		return nil, err
	}
	t, err := table.Read(name, file, rosterColumns)
	if err != nil {
		return nil, err
	}
	for _, p := range t.Problems {
		r.problems = append(r.problems, errs.Field{Name: rowName(p.Row), Code: p.Code, Msg: p.String()})
	}
	for _, row := range t.Rows {
		r.read(row)
	}
	if len(t.Rows) == 0 && len(r.problems) == 0 {
		return nil, protocol.ErrRoster.With("名册中没有考生")
	}
	return r.done()
}

func rowName(number int) string { return fmt.Sprintf("第 %d 行", number) }

func (r *rosterReader) done() (*roster, error) {
	if n := len(r.problems); n > 0 {
		return nil, protocol.ErrRoster.With("共%d处，列出前%d处", n, min(n, maxRosterProblems)).WithFields(r.problems[:min(n, maxRosterProblems)]...)
	}
	return &r.roster, nil
}

// readBlueprints takes one blueprint for each level, made for this release or one of its family.
func (r *rosterReader) readBlueprints(ids []string) error {
	r.blueprints = map[engine.Level]questionbank.Blueprint{}
	for _, id := range ids {
		b, err := r.bank.Blueprint(r.ctx, id)
		if err != nil {
			return at("--blueprint "+id, r.noBlueprint(id, err))
		}
		of, err := r.bank.Snapshot(r.ctx, b.Release)
		if err != nil {
			return fmt.Errorf("--blueprint %s, release %s: %w", id, b.Release, err)
		}
		if family(of) != family(r.national) {
			return errDrawing.With("组卷方案 %s 属于题库版本 %s", id, b.Release)
		}
		if other, ok := r.blueprints[b.Level]; ok {
			return errDrawing.With("组卷方案 %s 和 %s 都是%s的", other.ID, id, b.Level)
		}
		r.blueprints[b.Level] = *b
	}
	return nil
}

// noBlueprint says which blueprints there are, where one is asked for that there is not.
func (r *rosterReader) noBlueprint(id string, err error) error {
	if !errors.Is(err, questionbank.ErrBlueprint) {
		return err
	}
	all, failed := r.bank.Blueprints(r.ctx, operator())
	if failed != nil {
		return failed
	}
	var names []string
	for _, b := range all {
		names = append(names, b.ID)
	}
	if len(names) == 0 {
		return both("查无组卷方案 %q：题库尚无组卷方案", "there is no blueprint %q: the bank has none yet", id).of(err)
	}
	return both("查无组卷方案 %q，题库中有：%s", "there is no blueprint %q; there are: %s", id, strings.Join(names, "、")).of(err)
}

// family is the national release that a release is, or is built on.
func family(s *questionbank.Snapshot) string {
	if s.Release.Base != "" {
		return s.Release.Base
	}
	return s.Release.ID
}

func (r *rosterReader) problem(row table.Row, column, code, want string) {
	p := row.Problem(column, code, want)
	r.problems = append(r.problems, errs.Field{Name: rowName(row.Number), Code: code, Msg: p.String()})
}

func (r *rosterReader) read(row table.Row) {
	before := len(r.problems)
	s := protocol.Seat{Site: row.Get("site"), Room: row.Get("room"), Candidate: row.Get("candidate")}
	var err error
	if s.Level, err = engine.ParseLevel(row.Get("level")); err != nil {
		r.problem(row, "level", "roster.level", "五级、四级或三级")
	} else if _, ok := r.blueprints[s.Level]; !ok {
		r.problem(row, "level", "roster.blueprint", "有组卷方案的等级")
	}
	if s.No, err = strconv.Atoi(row.Get("seat")); err != nil || s.No < 1 {
		r.problem(row, "seat", "roster.seat", "从1开始的座位号")
	}
	for _, column := range []string{"room", "candidate"} {
		if row.Get(column) == "" {
			r.problem(row, column, table.CodeMissing, "必填的内容")
		}
	}
	if s.Site == "" {
		s.Site = s.Room
	}
	s.Province = r.supplementOf(row)
	if len(r.problems) == before {
		r.rows = append(r.rows, rosterRow{number: row.Number, seat: s, excluded: strings.FieldsFunc(row.Get("excluded"), separates)})
	}
}

func separates(c rune) bool { return strings.ContainsRune(" \t\n,，;；、", c) }

// supplementOf is the province whose supplement the candidate of a row may meet, "" for none.
func (r *rosterReader) supplementOf(row table.Row) string {
	province, release := row.Get("province"), row.Get("release")
	if province != "" && engine.Province(province) == "" {
		r.problem(row, "province", "roster.province", "两位省份代码")
		return ""
	}
	if release == "" {
		release = r.national.Release.ID
	}
	if err := r.take(release); err != nil {
		r.problem(row, "release", "roster.release", r.national.Release.ID+" 或以它为基础的省级版本（"+err.Error()+"）")
		return ""
	}
	own := ""
	for _, s := range r.supplements {
		if s.Release.ID == release {
			own = s.Release.Province
		}
	}
	if own != "" && own != province {
		r.problem(row, "province", "roster.supplement", "题库版本 "+release+" 的省份 "+own)
	}
	return own
}

// take opens a release that a row names, once.
func (r *rosterReader) take(id string) error {
	if id == r.national.Release.ID {
		return nil
	}
	if err, ok := r.known[id]; ok {
		return err
	}
	r.known[id] = r.open(id)
	return r.known[id]
}

func (r *rosterReader) open(id string) error {
	s, err := r.bank.Drawable(r.ctx, id)
	if err != nil {
		return err
	}
	if s.Release.Province == "" || s.Release.Base != r.national.Release.ID {
		return protocol.ErrBank.With("%s 不是以 %s 为基础的省级版本", id, r.national.Release.ID)
	}
	for _, other := range r.supplements {
		if other.Release.Province == s.Release.Province {
			return protocol.ErrBank.With("名册已用了同一省份的 %s", other.Release.ID)
		}
	}
	r.supplements = append(r.supplements, s)
	return nil
}

// seats are the rows with their excluded items under the handles of the sitting.
func (r *roster) seats(items protocol.Items) []protocol.Seat {
	handles := make(map[string]string, len(items))
	for h, ref := range items {
		handles[ref.Code] = h
	}
	r.unknown = nil
	seats := make([]protocol.Seat, len(r.rows))
	for i, row := range r.rows {
		seats[i] = row.seat
		for _, code := range row.excluded {
			h, ok := handles[code]
			if !ok {
				r.unknown = append(r.unknown, rowName(row.number)+" "+code)
				continue
			}
			seats[i].Excluded = append(seats[i].Excluded, h)
		}
	}
	return seats
}

// atRows puts the numbers of rows in the place of those of seats.
func (r *roster) atRows(err error) error {
	var e *errs.Error
	if !errors.As(err, &e) {
		return err
	}
	fields := make([]errs.Field, len(e.Fields))
	for i, f := range e.Fields {
		if n, failed := strconv.Atoi(f.Name); failed == nil && n >= 1 && n <= len(r.rows) {
			f.Name = rowName(r.rows[n-1].number)
		}
		fields[i] = f
	}
	return e.WithFields(fields[:min(len(fields), maxRosterProblems)]...)
}
