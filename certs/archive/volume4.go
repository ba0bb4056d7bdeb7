package archive

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
)

// papers hands on volume 4: of each candidate the theory paper with every answer, and the practical assessment with every
// sheet; what the questions were, without keys; the seals and the results.
func (s *source) papers(ctx context.Context, to put) error {
	for _, part := range []func(context.Context, put) error{s.scores, s.sealed, s.matters, s.theoryPapers, s.practicalSheets} {
		if err := part(ctx, to); err != nil {
			return err
		}
	}
	return nil
}

// standings in words.
var standings = map[engine.Standing]string{engine.Scored: "有成绩", engine.Absent: "缺考", engine.Voided: "违纪取消", engine.Due: "不考本科（待补考）"}

func (s *source) scores(ctx context.Context, to put) error {
	all, err := s.rooms.Board.Results(ctx, s.by, s.session.ID)
	if err != nil {
		return err
	}
	rows := [][]string{{"准考证号", "姓名", "等级", "理论知识", "理论分数", "理论合格线", "操作技能", "操作分数", "操作合格线", "结论"}}
	for _, r := range all {
		p, err := s.person(ctx, r.Candidate)
		if err != nil {
			return err
		}
		row := []string{string(r.Ticket), p.Name, r.Level.String()}
		row = append(append(row, part(r.Theory, r.Unruled(engine.Theory))...), part(r.Practical, r.Unruled(engine.Practical))...)
		rows = append(rows, append(row, outcomes[r.Outcome()]+pendingWhy(r)))
	}
	data, err := sheet(rows)
	if err := to(Papers, "成绩册.csv", "成绩册：两科各自的成绩和合格线，不相加", data, err); err != nil {
		return err
	}
	data, err = lines(all)
	return to(Papers, "成绩记录.jsonl", "成绩的原始记录，每行一名考生", data, err)
}

// pendingWhy is what a pending result waits for, in brackets.
func pendingWhy(r *result.Result) string {
	if r.Outcome() != result.Pending {
		return ""
	}
	return "（" + r.Waiting() + "）"
}

// part is one component in a table; unruled is one that is void by somebody's word alone.
func part(c result.Component, unruled bool) []string {
	points := ""
	if c.Standing == engine.Scored {
		points = c.Points.String()
	}
	standing := standings[c.Standing]
	if unruled {
		standing = "已取消资格，尚未作出处理决定"
	}
	if c.From != "" {
		standing = "不考本科（成绩保留：" + c.Origin.On.String() + " " + c.Origin.Name + "）"
	}
	return []string{standing, points, c.PassMark.String()}
}

func (s *source) sealed(ctx context.Context, to put) error {
	for _, c := range []engine.Component{engine.Theory, engine.Practical} {
		all, err := engine.SealHistory(ctx, s.ports.Seals, string(s.session.ID), c)
		if err != nil {
			return err
		}
		for _, seal := range all {
			name, says := c.String()+"成绩封存.json", c.String()+"成绩的封存记录：成绩、摘要、封存人和见证人"
			if seal.No > 0 {
				name, says = fmt.Sprintf("%s成绩更正%d.json", c, seal.No), c.String()+"成绩的更正：更正后的成绩、原因、所更正的封存和签署的两人"
			}
			data, err := document(seal)
			if err := to(Papers, name, says, data, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// matters are what was asked and ruled about scores: where there was none there is no file.
func (s *source) matters(ctx context.Context, to put) error {
	checks, err := s.rooms.Board.Checks(ctx, s.by, s.session.ID)
	if err != nil {
		return err
	}
	if err := someLines(to, Papers, "查分.jsonl", "成绩复核的申请、答复和更正，每行一项", checks); err != nil {
		return err
	}
	cases, err := s.rooms.Board.Cases(ctx, s.by, s.session.ID)
	if err != nil {
		return err
	}
	if err := someLines(to, Papers, "违纪案件.jsonl", "违纪案件：事实、证据、陈述申辩、处理和复核，每行一件", cases); err != nil {
		return err
	}
	uncased, err := s.rooms.Board.Uncased(ctx, s.by, s.session.ID)
	if err != nil {
		return err
	}
	return someLines(to, Papers, "待立案.jsonl", "已取消资格而尚未立案的考生和考场的记录：成绩待定，每行一名考生", uncased)
}

// someLines hands on a file of records, one a line, when there are any.
func someLines[T any](to put, v Volume, name, says string, all []T) error {
	if len(all) == 0 {
		return nil
	}
	data, err := lines(all)
	return to(v, name, says, data, err)
}

// outcomes in words.
var outcomes = map[result.Outcome]string{result.Pass: "合格", result.Fail: "不合格", result.Pending: "待定"}

// filedPaper is one candidate's theory paper.
type filedPaper struct {
	Attempt *theory.Attempt `json:"attempt"`
	Answers map[int][]int   `json:"answers"` // by question, places of the options as shown, from 0
	Log     []*theory.Entry `json:"log"`     // everything that the answers follow from
}

func (s *source) theoryPapers(ctx context.Context, to put) error {
	release, err := s.rooms.Bank.Snapshot(ctx, s.session.Release)
	if err != nil {
		return err
	}
	asked := map[string]askedItem{}
	for _, t := range s.seats {
		a, err := s.ports.Attempts.Attempt(ctx, theory.AttemptOf(t.Ticket))
		if errors.Is(err, theory.ErrAttempt) {
			continue // no form was drawn
		}
		if err != nil {
			return err
		}
		for _, it := range a.Form.Items {
			if v, known := release.Item(it.Code); known {
				asked[it.Code] = askedOf(v)
			}
		}
		if err := s.theoryPaper(ctx, t, a, to); err != nil {
			return err
		}
	}
	var items []askedItem
	for _, code := range slices.Sorted(maps.Keys(asked)) {
		items = append(items, asked[code])
	}
	data, err := lines(items)
	return to(Papers, "理论试题.jsonl", "各份试卷所用试题的题干和选项，不含答案，每行一题", data, err)
}

func (s *source) theoryPaper(ctx context.Context, t *sitting.Seat, a *theory.Attempt, to put) error {
	log, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*theory.Entry, string, error) {
		return s.ports.Log.Entries(ctx, a.ID, c)
	})
	if err != nil {
		return err
	}
	p, err := s.person(ctx, t.Candidate)
	if err != nil {
		return err
	}
	data, err := document(filedPaper{Attempt: a, Answers: theory.Fold(log).Chosen, Log: log})
	return to(Papers, "理论答卷/"+plainName(string(t.Ticket))+".json", "理论试卷与答卷："+p.Name+"，回执码 "+a.Receipt, data, err)
}

// askedItem is an item as candidates saw it. Its key and explanation stay in the bank, under the digest of the version.
type askedItem struct {
	Code    string                `json:"code"`
	Version int                   `json:"version"`
	Digest  string                `json:"digest"`
	Type    questionbank.ItemType `json:"type"`
	Stem    string                `json:"stem"`
	Options []string              `json:"options"`
	Point   string                `json:"point"`
}

func askedOf(v questionbank.ItemVersion) askedItem {
	return askedItem{Code: v.Code, Version: v.Version, Digest: v.Digest(), Type: v.Type, Stem: v.Stem, Options: v.Options, Point: v.Point}
}

// filedSheets are one candidate's assessment and all that examiners wrote about it.
type filedSheets struct {
	Assessment *practical.Assessment `json:"assessment"`
	Sheets     []filedSheet          `json:"sheets"`
}

// filedSheet is a sheet with the name of who signed it.
type filedSheet struct {
	Examiner string `json:"examiner_name"`
	*practical.Sheet
}

// practicalSheets hands on one file for each assessment, with every sheet that there is: those of examiners who were
// replaced and those that were corrected too.
func (s *source) practicalSheets(ctx context.Context, to put) error {
	all, err := s.assessments(ctx, s.session.ID)
	if err != nil {
		return err
	}
	sheets, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*practical.Sheet, string, error) {
		return s.ports.Sheets.SheetsOf(ctx, s.session.ID, c)
	})
	if err != nil {
		return err
	}
	written := map[practical.AssessmentID][]*practical.Sheet{}
	for _, sheet := range sheets {
		written[sheet.Assessment] = append(written[sheet.Assessment], sheet)
	}
	tasks := map[string]bool{}
	for _, a := range all {
		for _, code := range a.Tasks {
			tasks[code] = true
		}
		if err := s.practicalSheet(ctx, a, written[a.ID], to); err != nil {
			return err
		}
	}
	return s.tasks(ctx, slices.Sorted(maps.Keys(tasks)), to)
}

func (s *source) practicalSheet(ctx context.Context, a *practical.Assessment, sheets []*practical.Sheet, to put) error {
	filed := filedSheets{Assessment: a, Sheets: []filedSheet{}}
	for _, sheet := range sheets {
		examiner, err := s.person(ctx, sheet.Examiner)
		if err != nil {
			return err
		}
		filed.Sheets = append(filed.Sheets, filedSheet{examiner.Name, sheet})
	}
	p, err := s.person(ctx, a.Candidate)
	if err != nil {
		return err
	}
	data, err := document(filed)
	about := fmt.Sprintf("操作技能考核与评分表：%s，%d 份评分表", p.Name, len(filed.Sheets))
	return to(Papers, "操作评分表/"+plainName(string(a.Ticket))+".json", about, data, err)
}

// filedTask is a task without what examiners look for.
type filedTask struct {
	Code         string                   `json:"code"`
	Name         string                   `json:"name"`
	Scenario     string                   `json:"scenario"`
	Requirements []string                 `json:"requirements"`
	Points       engine.Points            `json:"points"`
	Criteria     map[string]engine.Points `json:"criteria"` // most points, by number
}

func (s *source) tasks(ctx context.Context, codes []string, to put) error {
	var filed []filedTask
	for _, code := range codes {
		t, err := s.rooms.Bank.Task(ctx, code)
		if err != nil {
			return err
		}
		one := filedTask{Code: t.Code, Name: t.Name, Scenario: t.Scenario, Requirements: t.Requirements, Points: t.Points, Criteria: map[string]engine.Points{}}
		for _, c := range t.Criteria {
			one.Criteria[c.No] = c.Points
		}
		filed = append(filed, one)
	}
	data, err := lines(filed)
	return to(Papers, "操作试题.jsonl", "操作技能试题及各评分项的满分，不含评分标准，每行一题", data, err)
}
