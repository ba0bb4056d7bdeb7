package api

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accreditation"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/separation"
)

func (s *Server) selectionPages() []route {
	return []route{
		page("/selections", authz.AccreditRead, again(s.selectionsPage(nil)).first),
		form("/selections", authz.AccreditCall, s.announceForm),
		page("/selections/:id", authz.AccreditRead, again(s.selectionPage("", nil)).first),
		page("/selections/:id/:org/:material", authz.AccreditRead, s.sendMaterial),
		form("/selections/:id/application", authz.AccreditApply, s.selectionForm(`^$`, "selection-begun", func(c *fiber.Ctx, _ *typedForm) (*accreditation.Call, error) {
			return s.Accreditation.Apply(c.UserContext(), caller(c), callParam(c))
		})),
		form("/selections/:id/materials/:material", authz.AccreditApply, s.attachForm).limited(limitUpload),
		form("/selections/:id/premises", authz.AccreditApply, s.selectionForm(`^(address|leased|from|to)$`, "selection-premises", func(c *fiber.Ctx, f *typedForm) (*accreditation.Call, error) {
			p := accreditation.Premises{Address: f.text("address"), Leased: f.text("leased") != "", From: f.date("from"), To: f.date("to")}
			if err := f.whole(accreditation.ErrInput, s.Accreditation.CheckPremises(c.UserContext(), caller(c), callParam(c), p)); err != nil {
				return nil, err
			}
			return s.Accreditation.SetPremises(c.UserContext(), caller(c), callParam(c), p)
		})),
		form("/selections/:id/control", authz.AccreditApply, s.selectionForm(controlFields.String(), "selection-control", func(c *fiber.Ctx, f *typedForm) (*accreditation.Call, error) {
			kept, err := s.ownControl(c)
			if err != nil {
				return nil, err
			}
			state := f.control(personsBehind(kept)...)
			_, found := s.Accreditation.CheckControl(c.UserContext(), caller(c), state)
			if err := f.whole(separation.ErrControl, found); err != nil {
				return nil, err
			}
			return s.Accreditation.SetControl(c.UserContext(), caller(c), callParam(c), state)
		})),
		form("/selections/:id/submission", authz.AccreditApply, s.selectionForm(`^$`, "selection-submitted", func(c *fiber.Ctx, _ *typedForm) (*accreditation.Call, error) {
			return s.Accreditation.Submit(c.UserContext(), caller(c), callParam(c))
		})),
		form("/selections/:id/withdrawal", authz.AccreditApply, s.selectionForm(`^$`, "selection-withdrawn", func(c *fiber.Ctx, _ *typedForm) (*accreditation.Call, error) {
			return s.Accreditation.Withdraw(c.UserContext(), caller(c), callParam(c))
		})),
		form("/selections/:id/notice", authz.AccreditCall, s.selectionForm(`^$`, "selection-noticed", func(c *fiber.Ctx, _ *typedForm) (*accreditation.Call, error) {
			return s.Accreditation.Publish(c.UserContext(), caller(c), callParam(c))
		})),
		form("/selections/:id/:org/review", authz.AccreditReview, s.judging("selection-reviewed", s.Accreditation.Review)),
		form("/selections/:id/:org/decision", authz.AccreditDecide, s.judging("selection-decided", s.Accreditation.Decide)),
		form("/selections/:id/:org/objections", authz.AccreditCall, s.selectionForm(`^(from|text)$`, "selection-objected", func(c *fiber.Ctx, f *typedForm) (*accreditation.Call, error) {
			return s.Accreditation.Object(c.UserContext(), caller(c), callParam(c), applicantParam(c), accreditation.Objection{From: f.text("from"), Text: f.text("text")})
		})),
		form("/selections/:id/:org/objections/:no", authz.AccreditCall, s.selectionForm(`^(upheld|text)$`, "selection-answered", func(c *fiber.Ctx, f *typedForm) (*accreditation.Call, error) {
			no, _ := strconv.Atoi(c.Params("no")) // what is no number is no objection
			f.must(f.text("upheld") == "yes" || f.text("upheld") == "no", "upheld", "missing", "请选择异议是否成立")
			answer := accreditation.Answer{Upheld: f.text("upheld") == "yes", Text: f.text("text")}
			if err := f.whole(accreditation.ErrInput, answer.Check()); err != nil {
				return nil, err
			}
			return s.Accreditation.Answer(c.UserContext(), caller(c), callParam(c), applicantParam(c), no, answer)
		})),
		form("/selections/:id/:org/filing", authz.AccreditCall, s.selectionForm(`^(number|capacity|from|to|head_name|head_number|owner[1-5]_(name|number|percent))$`, "selection-filed", func(c *fiber.Ctx, f *typedForm) (*accreditation.Call, error) {
			papers := accreditation.Papers{Control: f.controlOrNone(), Filing: engine.Filing{Number: f.text("number"),
				Capacity: f.number("capacity", "capacity", "年度评价人数"), From: f.date("from"), To: f.date("to")}}
			found := s.Accreditation.CheckPapers(c.UserContext(), caller(c), callParam(c), applicantParam(c), papers)
			if err := f.whole(engine.ErrOrgInput, found); err != nil {
				return nil, err
			}
			return s.Accreditation.File(c.UserContext(), caller(c), callParam(c), applicantParam(c), papers)
		})),
	}
}

// ownControl is who the reader's body said is behind it, nil for nobody yet. More owners than the page has rows for are not put
// right on it: those beyond would be lost.
func (s *Server) ownControl(c *fiber.Ctx) (*separation.Control, error) {
	k, err := s.Accreditation.Call(c.UserContext(), caller(c), callParam(c))
	if err != nil {
		return nil, err
	}
	for _, a := range k.Applications {
		if string(a.Org) != caller(c).Org || a.Control == nil {
			continue
		}
		if len(a.Control.Owners) > len(ownerRows) {
			return nil, separation.ErrControl.With("已由程序填报%d个出资人，本页只能填%d个，请仍由程序修改", len(a.Control.Owners), len(ownerRows))
		}
		return a.Control, nil
	}
	return nil, nil
}

func callParam(c *fiber.Ctx) accreditation.CallID { return accreditation.CallID(c.Params("id")) }
func applicantParam(c *fiber.Ctx) engine.OrgID    { return engine.OrgID(c.Params("org")) }

// judging is a review or a decision: a word for or against, and the reason.
func (s *Server) judging(said string, judge func(context.Context, authz.Principal, accreditation.CallID, engine.OrgID, accreditation.Opinion) (*accreditation.Call, error)) fiber.Handler {
	return s.selectionForm(`^(for|reason)$`, said, func(c *fiber.Ctx, f *typedForm) (*accreditation.Call, error) {
		f.must(f.text("for") == "yes" || f.text("for") == "no", "for", "missing", "请选择意见")
		o := accreditation.Opinion{For: f.text("for") == "yes", Reason: f.text("reason")}
		if err := f.whole(accreditation.ErrInput, o.Check()); err != nil {
			return nil, err
		}
		return judge(c.UserContext(), caller(c), callParam(c), applicantParam(c), o)
	})
}

// selectionForm reads a form of the selection's page, does its work and says so. What the form has wrong, do refuses before
// it does anything.
func (s *Server) selectionForm(fields, said string, do func(*fiber.Ctx, *typedForm) (*accreditation.Call, error)) fiber.Handler {
	known := regexp.MustCompile(fields)
	return func(c *fiber.Ctx) error {
		f, err := readForm(c, known)
		if err != nil {
			return err
		}
		call, err := do(c, f)
		if err != nil {
			at := c.Params("org")
			if at == "" {
				at = caller(c).Org
			}
			return s.refuse(c, err, s.selectionPage(at, f.typed()))
		}
		return s.done(c, "/selections/"+string(call.ID), said, call.Title)
	}
}

func (s *Server) attachForm(c *fiber.Ctx) error {
	name, data, err := upload(c)
	if err == nil {
		_, err = s.Accreditation.Attach(c.UserContext(), caller(c), callParam(c), c.Params("material"), name, data)
	}
	if err != nil {
		return s.refuse(c, err, s.selectionPage(caller(c).Org, web.Typed{}))
	}
	return s.done(c, "/selections/"+string(callParam(c)), "selection-attached", name)
}

// sendMaterial answers what was handed in as a file to keep, never to be shown by this site.
func (s *Server) sendMaterial(c *fiber.Ctx) error {
	f, data, err := s.Accreditation.Material(c.UserContext(), caller(c), callParam(c), applicantParam(c), c.Params("material"))
	if err != nil {
		return err
	}
	c.Attachment(f.Name)
	c.Set(fiber.HeaderContentType, fiber.MIMEOctetStream)
	return c.Send(data)
}

func (s *Server) selectionRow(k *accreditation.Call) web.SelectionRow {
	row := web.SelectionRow{Turn: s.turnRow(k.Turn(s.today())), ID: string(k.ID), Title: k.Title, Document: k.Document, Province: engine.Province(k.Province), Levels: k.Levels, Bodies: k.Bodies,
		Closes: s.day(k.Closes)}
	if n := k.Notice; n != nil {
		row.NoticeFrom, row.NoticeLast = s.day(n.From), s.day(n.Last)
	}
	return row
}

func (s *Server) turnRow(t accreditation.Turn) web.NextRow {
	return web.NextRow{Step: string(t.Step), Until: s.dayOrZero(t.Until), Count: t.Count}
}

var announceFields = regexp.MustCompile(`^(title|document|level|bodies|closes|notice_days|materials)$`)

func (s *Server) selectionsPage(f *typedForm) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		by := caller(c)
		all, err := s.Accreditation.Calls(c.UserContext(), by)
		if err != nil {
			return err
		}
		terms := s.Accreditation.Terms()
		v := web.SelectionsView{MayAnnounce: by.Can(authz.AccreditCall), NoticeDays: terms.NoticeDays, Source: s.Policy.Sources[terms.SourceKey].Document,
			Typed: web.Typed{}, Levels: engine.Levels(), Problem: p, Materials: materialLines(terms.Materials)}
		if f != nil {
			v.Typed, v.Materials, v.Levels = f.typed(), f.text("materials"), f.levels("level")
		}
		v.Rows = each(all, func(k *accreditation.Call) web.SelectionRow {
			row := s.selectionRow(k)
			for i := range k.Applications {
				if a := &k.Applications[i]; string(a.Org) == by.Org {
					row.Mine, row.Turn = string(a.State), s.turnRow(k.TurnOf(a, s.today()))
				} else if a.State == accreditation.Submitted || a.State == accreditation.Reviewed {
					row.Waiting++
				}
			}
			return row
		})
		return s.show(c, "selections", v)
	}
}

// materialLines are materials as the form writes them: name, a bar, clause.
func materialLines(all []engine.Material) string {
	return strings.Join(each(all, func(m engine.Material) string { return m.Name + "｜" + m.Clause }), "\n")
}

// materials reads them back. One that the policy knows keeps its key.
func (f *typedForm) materials(known []engine.Material) (all []engine.Material) {
	for _, line := range strings.Split(f.text("materials"), "\n") {
		name, clause, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(line), "|", "｜"), "｜")
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		f.must(!strings.Contains(clause, "｜"), errMaterialLine.Name, errMaterialLine.Code, errMaterialLine.Msg)
		m := engine.Material{Key: fmt.Sprintf("m%d", len(all)+1), Name: name, Clause: strings.TrimSpace(clause)}
		for _, k := range known {
			if k.Name == name {
				m.Key = k.Key
			}
		}
		all = append(all, m)
	}
	return all
}

func (s *Server) announceForm(c *fiber.Ctx) error {
	f, err := readForm(c, announceFields)
	if err != nil {
		return err
	}
	k := accreditation.Call{Title: f.text("title"), Document: f.text("document"), Levels: f.levels("level"), Bodies: f.number("bodies", "bodies", "机构数"),
		Closes: f.date("closes"), NoticeDays: f.number("notice_days", "notice_days", "公示天数"), Materials: f.materials(s.Accreditation.Terms().Materials)}
	var got *accreditation.Call
	if err = f.whole(accreditation.ErrInput, s.Accreditation.CheckCall(caller(c), k)); err == nil {
		got, err = s.Accreditation.Announce(c.UserContext(), caller(c), k)
	}
	if err != nil {
		return s.refuse(c, err, s.selectionsPage(f))
	}
	return s.done(c, "/selections/"+string(got.ID), "selection-announced", got.Title)
}

func (s *Server) selectionPage(do string, typed web.Typed) again {
	return func(c *fiber.Ctx, p *web.Problem) error {
		by := caller(c)
		k, err := s.Accreditation.Call(c.UserContext(), by, callParam(c))
		if err != nil {
			return err
		}
		today := s.today()
		v := web.SelectionView{Owners: ownerRows[:], SelectionRow: s.selectionRow(k), NoticeDays: k.NoticeDays, LeaseYears: k.LeaseYears, Open: !k.Closes.Before(today),
			Over: k.Notice != nil && k.Notice.Last.Before(today), Do: do, Typed: typed, Problem: p}
		v.Materials = each(k.Materials, materialRow)
		v.MayApply = by.Can(authz.AccreditApply) && v.Open && len(k.Applications) == 0
		if len(k.Applications) == 0 {
			v.Do = "" // there is no application that the problem could stand at
		}
		for i := range k.Applications {
			v.Applications = append(v.Applications, s.applicationRow(by, k, &k.Applications[i], v))
			v.MayPublish = v.MayPublish || by.Can(authz.AccreditCall) && k.Applications[i].State == accreditation.Chosen && !v.Open && k.Notice == nil
		}
		return s.show(c, "selection", v)
	}
}

func materialRow(m engine.Material) web.MaterialRow {
	return web.MaterialRow{Key: m.Key, Name: m.Name, Clause: m.Clause, Optional: m.Optional}
}

func (s *Server) applicationRow(by authz.Principal, k *accreditation.Call, a *accreditation.Application, v web.SelectionView) web.ApplicationRow {
	own := by.Can(authz.AccreditApply) && by.Org == string(a.Org)
	row := web.ApplicationRow{Turn: s.turnRow(k.TurnOf(a, s.today())), Holders: holderRows(a.Control), Org: string(a.Org), Name: a.Name, State: string(a.State), Address: a.Premises.Address, Leased: a.Premises.Leased,
		LeaseFrom: s.dayOrZero(a.Premises.From), LeaseTo: s.dayOrZero(a.Premises.To), Submitted: a.Submitted, Review: opinionRow(a.Review), Decision: opinionRow(a.Decision),
		Own: own && a.State == accreditation.Draft && v.Open}
	if row.Own {
		row.Typed, row.Lacking = s.typedApplication(a, v.Typed), k.Lacking(a, s.today()) != nil
	}
	for _, m := range v.Materials {
		f, _ := a.File(m.Key)
		row.Files = append(row.Files, web.FileRow{Material: m, Name: f.Name, KiB: (f.Size + 1023) / 1024, Digest: f.Digest})
	}
	calls := by.Can(authz.AccreditCall)
	row.MayReview = by.Can(authz.AccreditReview) && a.State == accreditation.Submitted
	row.MayDecide = by.Can(authz.AccreditDecide) && a.State == accreditation.Reviewed && !v.Open && a.Review.By != by.Account
	row.MayObject = calls && a.State == accreditation.Noticed
	row.MayFile = row.MayObject && v.Over && !a.Open()
	switch a.State {
	case accreditation.Draft, accreditation.Submitted, accreditation.Reviewed, accreditation.Chosen:
		row.MayWithdraw = own
	}
	if a.Filing != nil && a.State == accreditation.Filed {
		row.Filing = a.Filing.Number
	}
	for _, o := range a.Objections {
		r := web.ApplicantObjection{No: o.No, From: o.From, Text: o.Text, On: s.day(o.On), MayAnswer: row.MayObject && o.Answer == nil}
		if w := o.Answer; w != nil {
			r.Answered, r.Upheld, r.Answer = w.At, w.Upheld, w.Text
		}
		row.Objections = append(row.Objections, r)
	}
	return row
}

// typedApplication is what the forms of an own application hold: what is kept, or of the form that was refused what was typed.
func (s *Server) typedApplication(a *accreditation.Application, typed web.Typed) web.Typed {
	t := typedBehind(a.Control)
	if _, again := typed["head_name"]; again {
		t = web.Typed{}
	}
	if _, again := typed["address"]; !again {
		t["address"] = a.Premises.Address
		if a.Premises.Leased {
			t["leased"], t["from"], t["to"] = "yes", a.Premises.From.String(), a.Premises.To.String()
		}
	}
	maps.Copy(t, typed)
	return t
}

func opinionRow(o *accreditation.Opinion) *web.OpinionRow {
	if o == nil {
		return nil
	}
	return &web.OpinionRow{For: o.For, Reason: o.Reason, Name: o.Name, At: o.At}
}
