package api

import (
	"context"
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

func (s *Server) remarkPages() []route {
	return []route{
		page("/sessions/:id/corrections", authz.TheoryRead, again(s.remarksPage).first),
		form("/sessions/:id/corrections", authz.TheoryMark, s.remarkForm),
		page("/sessions/:id/corrections/:correction/changes.xlsx", authz.TheoryRead, s.changesFile),
		page("/bank/corrections", authz.BankCorrect, s.correctionsPage),
		form("/bank/items/:code/correction", authz.BankCorrect, s.correctionForm),
		form("/bank/items/:code/correction-decision", authz.BankCorrect, s.correctionDecisionForm),
	}
}

// remarksPage shows what corrections have to do with the session. What one of them would change is computed for the one
// in the address only: it reads every answer sheet.
func (s *Server) remarksPage(c *fiber.Ctx, p *web.Problem) error {
	ctx, by := c.UserContext(), caller(c)
	session, err := s.Sittings.Session(ctx, by, sessionParam(c))
	if err != nil {
		return err
	}
	seal, err := s.Exams.SealState(ctx, by, session.ID)
	if seal, err = absent(seal, err, engine.ErrNoSeal); err != nil {
		return err
	}
	all, err := s.Exams.Corrections(ctx, by, session.ID)
	if err != nil {
		return err
	}
	v := web.RemarksView{Session: string(session.ID), SessionName: session.Name, Level: session.Level, Sealed: seal != nil,
		Pass: s.Policy.Levels[session.Level].TheoryPass, Problem: p}
	wanted := questionbank.CorrectionID(asked(c, "correction"))
	for _, one := range all {
		row := remarkRow(one, v.Sealed)
		if v.Rows = append(v.Rows, row); one.Correction == wanted {
			if v.Shown, err = s.shownEffect(ctx, by, session, row, v.Pass); err != nil {
				return err
			}
		}
	}
	return s.show(c, "remarks", v)
}

func remarkRow(c theory.SessionCorrection, sealed bool) web.RemarkRow {
	row := web.RemarkRow{ID: string(c.Correction), Code: c.Code, Remedy: string(questionbank.Rekey), Version: c.Version,
		Was: c.Was, Now: c.Now, Reason: c.Reason, At: c.At, Superseded: c.Superseded, Holding: c.Holding, Marked: c.Marked, Due: c.Due()}
	if c.Full {
		row.Remedy = string(questionbank.FullCredit)
	}
	open := false
	if c.Round != nil {
		row.Begun, row.Done, row.Affected, row.Changed = c.Round.Begun, c.Round.Done, c.Round.Affected, c.Round.Changed
		open = c.Round.Done.IsZero()
	}
	row.Outlook = row.Due > 0
	row.May = !sealed && !c.Superseded && (row.Due > 0 || open)
	row.Finished = !row.Done.IsZero()
	return row
}

// shownEffect is what is still to come, or else what was done.
func (s *Server) shownEffect(ctx context.Context, by authz.Principal, session *sitting.Session, row web.RemarkRow,
	pass engine.Points) (*web.RemarkEffect, error) {
	ask := s.Exams.Outlook
	if !row.Outlook {
		ask = s.Exams.Effected
	}
	got, err := ask(ctx, by, session.ID, questionbank.CorrectionID(row.ID), pass)
	if errors.Is(err, theory.ErrNoRemarks) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v := &web.RemarkEffect{ID: row.ID, Done: !row.Outlook, Affected: got.Affected, Up: got.Up, Down: got.Down, ToPass: got.ToPass, ToFail: got.ToFail}
	v.Rows, err = s.changeRows(ctx, by, session.ID, got.Rows, pass)
	return v, err
}

func (s *Server) changeRows(ctx context.Context, by authz.Principal, id sitting.SessionID, list []theory.Change,
	pass engine.Points) ([]web.RemarkChange, error) {
	standings, err := s.Exams.Standings(ctx, by, id)
	if err != nil {
		return nil, err
	}
	candidates := map[sitting.Ticket]engine.PersonID{}
	for _, row := range standings {
		candidates[row.Ticket] = row.Candidate
	}
	r, rows := s.reader(ctx), make([]web.RemarkChange, len(list))
	for i, one := range list {
		rows[i] = web.RemarkChange{Ticket: string(one.Ticket), Before: one.Before, After: one.After, Flip: flip(one, pass)}
		if rows[i].Name, err = r.name(candidates[one.Ticket]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// flip says which way a change crosses the pass mark, if it does.
func flip(c theory.Change, pass engine.Points) string {
	switch before, after := c.Before >= pass, c.After >= pass; {
	case after && !before:
		return "pass"
	case before && !after:
		return "fail"
	}
	return ""
}

func remarksHref(id, correction string) string {
	return "/sessions/" + id + "/corrections?correction=" + correction + "#effect"
}

func (s *Server) remarkForm(c *fiber.Ctx) error {
	id := field(c, "correction")
	r, err := s.Exams.Remark(c.UserContext(), caller(c), sessionParam(c), questionbank.CorrectionID(id))
	if err != nil {
		return s.refuse(c, err, s.remarksPage)
	}
	return s.done(c, remarksHref(c.Params("id"), id), "remarked", r.Affected, r.Changed)
}

// changesFile is the list of a finished round as a workbook.
func (s *Server) changesFile(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), caller(c)
	session, err := s.Sittings.Session(ctx, by, sessionParam(c))
	if err != nil {
		return err
	}
	pass := s.Policy.Levels[session.Level].TheoryPass
	got, err := s.Exams.Effected(ctx, by, session.ID, correctionParam(c), pass)
	if err != nil {
		return err
	}
	rows, err := s.changeRows(ctx, by, session.ID, got.Rows, pass)
	if err != nil {
		return err
	}
	crossed := map[string]string{"pass": "不合格 → 合格", "fail": "合格 → 不合格"}
	book, err := table.WriteXLSX([]string{"准考证号", "姓名", "重评前", "重评后", "合格情况变化"}, each(rows, func(r web.RemarkChange) []string {
		return []string{r.Ticket, r.Name, r.Before.String(), r.After.String(), crossed[r.Flip]}
	}))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, typeXLSX)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="changes-`+string(correctionParam(c))+`.xlsx"`)
	return c.Send(book)
}

// corrections fills in what the page of an item says of wrong keys, for those who write, review and keep items.
func (s *Server) corrections(c *fiber.Ctx, r *reader, i *questionbank.Item, v *web.ItemView) error {
	by := caller(c)
	if !by.Can(authz.BankCorrect) && !by.Can(authz.BankEdit) {
		return nil
	}
	all, err := s.Bank.Corrections(c.UserContext(), by, i.Code)
	if err != nil {
		return err
	}
	for _, one := range all {
		row, err := r.correction(one)
		if err != nil {
			return err
		}
		row.MayConfirm, row.MayDrop = one.MayConfirm(i, by), one.MayTakeBack(by)
		v.Corrections = append(v.Corrections, row)
	}
	if by.Can(authz.BankCorrect) && !wrote(i, by) && len(i.Admissions) > 0 {
		v.Correct = correctionFormOf(c, i, all)
	}
	return nil
}

func (r *reader) correction(one *questionbank.Correction) (row web.CorrectionRow, err error) {
	row = web.CorrectionRow{ID: string(one.ID), State: string(one.State), Remedy: string(one.Remedy), Version: one.Version, To: one.To.Version,
		Reason: one.Reason, Refusal: one.Refusal, ProposedAt: one.Proposal.At, DecidedAt: one.Decision.At, Releases: one.Releases}
	if row.Proposer, err = r.name(one.Proposal.By); err == nil {
		row.Decider, err = r.name(one.Decision.By)
	}
	return row, err
}

// correctionFormOf offers the versions that candidates met, and the versions whose key may be put in the place of one of
// theirs; where there are none, only full credit is left.
func correctionFormOf(c *fiber.Ctx, i *questionbank.Item, all []*questionbank.Correction) *web.CorrectionForm {
	f, offered := &web.CorrectionForm{}, map[int]bool{}
	for _, v := range i.Versions {
		if !slices.ContainsFunc(i.Admissions, func(a questionbank.Admission) bool { return a.Version == v.Version }) {
			continue
		}
		f.Versions, f.Version = append(f.Versions, web.KeyChoice{Version: v.Version, Key: v.Key}), v.Version
		for _, to := range i.Rekeys(v.Version, all) {
			offered[to.Version] = true
		}
	}
	for _, v := range i.Versions {
		if offered[v.Version] {
			f.Keys = append(f.Keys, web.KeyChoice{Version: v.Version, Key: v.Key})
		}
	}
	if c.Method() == fiber.MethodPost && formName(c) == "correction" {
		f.Version, f.To, f.Remedy, f.Reason = int(formInt(c, "version")), int(formInt(c, "to")), field(c, "remedy"), field(c, "reason")
	}
	return f
}

// correctionsPage lists the corrections of all items, those that wait first.
func (s *Server) correctionsPage(c *fiber.Ctx) error {
	by, r := caller(c), s.reader(c.UserContext())
	all, err := s.Bank.AllCorrections(c.UserContext(), by)
	if err != nil {
		return err
	}
	var v web.CorrectionsView
	for _, one := range all {
		row, err := r.correction(one)
		if err != nil {
			return err
		}
		if one.State == questionbank.Proposed {
			if row.MayConfirm, err = s.mayConfirm(c.UserContext(), by, one); err != nil {
				return err
			}
		}
		v.Rows = append(v.Rows, web.CorrectionItem{Code: one.Code, CorrectionRow: row})
	}
	return s.show(c, "corrections", v)
}

func (s *Server) mayConfirm(ctx context.Context, by authz.Principal, one *questionbank.Correction) (bool, error) {
	i, err := s.Bank.Item(ctx, by, one.Code)
	return err == nil && one.MayConfirm(i, by), err
}

func (s *Server) correctionForm(c *fiber.Ctx) error {
	to := int(formInt(c, "to"))
	if to < 0 { // none chosen
		to = 0
	}
	got, err := s.Bank.ProposeCorrection(c.UserContext(), caller(c), questionbank.CorrectionEntry{Code: c.Params("code"),
		Version: int(formInt(c, "version")), Remedy: questionbank.Remedy(field(c, "remedy")), To: to, Reason: field(c, "reason")})
	if err != nil {
		return s.refuse(c, err, s.itemPage)
	}
	return s.done(c, "/bank/items/"+c.Params("code")+"#corrections", "correction-proposed", string(got.ID))
}

func (s *Server) correctionDecisionForm(c *fiber.Ctx) error {
	ctx, by, id, said := c.UserContext(), caller(c), questionbank.CorrectionID(field(c, "correction")), "correction-decided"
	var err error
	if field(c, "do") == "confirm" {
		_, err = s.Bank.ConfirmCorrection(ctx, by, id)
	} else {
		said = "correction-declined"
		_, err = s.Bank.DeclineCorrection(ctx, by, id, field(c, "reason"))
	}
	if err != nil {
		return s.refuse(c, err, s.itemPage)
	}
	return s.done(c, "/bank/items/"+c.Params("code")+"#corrections", said, string(id))
}

// dueOf is how many corrections marked attempts still wait for.
func dueOf(all []theory.SessionCorrection) (due int) {
	for _, c := range all {
		if c.Due() > 0 {
			due++
		}
	}
	return due
}
