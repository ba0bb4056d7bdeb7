package api

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// drawPages are the page of a draw and its forms.
func (s *Server) drawPages() []route {
	at := "/sessions/:id/draw"
	return []route{
		page(at, authz.DrawRead, again(s.drawPage).first),
		form(at+"/custodians", authz.FormsDraw, s.appointForm),
		form(at+"/code", authz.DrawKeep, s.codeForm),
		form(at+"/keeping", authz.DrawKeep, s.keepingForm),
		form(at+"/freeze", authz.FormsDraw, s.freezeForm),
		form(at+"/randomness", authz.FormsDraw, s.observeForm),
		form(at+"/withheld", authz.FormsDraw, s.withheldForm),
		form(at+"/forms", authz.FormsDraw, s.drawForm),
		form(at+"/redraw", authz.FormsDraw, s.redrawForm),
		form(at+"/withdrawals", authz.FormsDraw, s.replaceForm),
		form(at+"/late", authz.FormsDraw, s.lateForm),
		page(at+"/transcript.json", authz.DrawRead, s.downloadTranscript),
		page("/draws/:session/log.json", "", s.publicLog).limited(limitVerify),
		page("/draws/:session/transcript.json", "", s.publicTranscript).limited(limitVerify),
		page("/sessions/:id/papers/:room.zip", authz.FormsPrint, s.downloadPapers).also(authz.FormsKey),
	}
}

func drawHref(c *fiber.Ctx) string { return "/sessions/" + c.Params("id") + "/draw" }

func (s *Server) drawPage(c *fiber.Ctx, p *web.Problem) error { return s.showDraw(c, p, "") }

// showDraw shows the page; code is one that was made for its reader a moment ago.
func (s *Server) showDraw(c *fiber.Ctx, p *web.Problem, code string) error {
	v, err := s.drawView(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	if v.Code = code; p != nil {
		v.Problem = p
	}
	v.Typed.Threshold = "0"
	if c.Method() == fiber.MethodPost && v.MayAppoint {
		v.Typed = web.DrawTyped{Logins: field(c, "logins"), Threshold: field(c, "threshold"), Source: field(c, "source"), Text: field(c, "text")}
	}
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return s.show(c, "draw", v)
}

func (s *Server) drawView(ctx context.Context, by authz.Principal, id sitting.SessionID) (web.DrawView, error) {
	d, err := s.Exams.Drawn(ctx, by, id)
	if d, err = absent(d, err, theory.ErrDraw); err != nil {
		return web.DrawView{}, err
	}
	session, err := s.Sittings.Get(ctx, id)
	if err != nil {
		return web.DrawView{}, err
	}
	v := web.DrawView{Session: string(id), SessionName: session.Name, Level: session.Level, MayRun: s.runs(ctx, by, id)}
	now := s.clock.Now()
	early := now.Before(session.Theory.Opens)
	if d == nil {
		v.MayAppoint = v.MayRun && early
		return v, nil
	}
	fillDraw(&v, d)
	if by.Can(authz.BlueprintRead) {
		v.BlueprintHref = "/bank/blueprints/" + url.PathEscape(d.Blueprint)
	}
	if err := s.nameBodies(ctx, v.Custodians); err != nil {
		return v, err
	}
	if err := s.fillAside(ctx, &v, d); err != nil {
		return v, err
	}
	if err := s.fillProposed(ctx, &v, d, by, early); err != nil {
		return v, err
	}
	over, err := s.Sittings.Over(ctx, session, now)
	if err != nil {
		return v, err
	}
	v.Transcript = d.Root != "" && !v.Old && over
	if v.MayRun && by.Can(authz.FormsPrint) && d.Root != "" && !v.Old {
		v.Papers = s.paperParts(session)
	}
	if v.Own = d.Number(by.Account); v.Own > 0 {
		v.OwnStep = ownStep(d, v.Own, early)
	}
	if v.MayRun && !v.Old {
		err = s.officeSteps(ctx, session, d, early, &v)
	}
	if err == nil && (v.MayFreeze || v.MayDraw) {
		v.Undecided, err = s.undecided(ctx, by, id)
	}
	if err == nil && v.MayMend {
		s.stopped(ctx, by, id, &v)
	}
	return v, err
}

// runs reports whether by draws for the session: the exam office of its body does, and not that of another body which
// keeps a share.
func (s *Server) runs(ctx context.Context, by authz.Principal, id sitting.SessionID) bool {
	if !by.Can(authz.FormsDraw) {
		return false
	}
	_, err := s.Sittings.Session(ctx, by, id)
	return err == nil
}

// fillDraw fills in what everybody sees.
func fillDraw(v *web.DrawView, d *theory.Draw) {
	v.Begun, v.Old, v.Alone, v.Stage = true, d.Old(), d.Alone(), string(d.Stage())
	v.Stages = each(theory.DrawStages(), func(s theory.DrawStage) string { return string(s) })
	v.Release, v.Blueprint, v.Threshold, v.Quorum, v.Root = d.Release, d.Blueprint, d.Threshold, d.Quorum, d.Root
	v.Source, v.SourceText = string(d.Beacon.Kind), d.Beacon.Text
	if d.Beacon.Kind == protocol.Drand {
		v.Round, v.RoundDue = d.Beacon.Round, protocol.RoundDue(d.Beacon.Round)
	}
	v.Forms, v.Reserves = len(d.Seated()), len(d.Tickets)-len(d.Seated())
	for i, c := range d.Custodians {
		k := web.DrawKeeper{Number: i + 1, Name: c.Name, Org: string(c.Org), Enrolled: len(c.Sign) > 0, Committed: c.Commitment != nil, Opened: c.Secret != nil,
			Withheld: c.Withheld, Recovered: c.Recovered, Seen: c.Seen || c.Account == ""}
		if k.Committed {
			k.Commitment = c.Commitment.Commitment.String()
		}
		v.Custodians = append(v.Custodians, k)
	}
	v.Frozen = frozenEntry(d)
	for _, e := range d.Log {
		event := viewEvent(e)
		line := web.DrawLine{No: e.No, At: eventAt(e), Kind: event.Kind, Hash: event.Hash}
		switch x := e.Event.(type) {
		case protocol.Commitment:
			line.Who = keeperName(d, x.Custodian)
		case protocol.Reveal:
			line.Who = keeperName(d, x.Custodian)
		case protocol.Terms:
			v.Roots = []web.DrawRoot{{Key: "operator", Value: hex.EncodeToString(x.Operator)}}
		case protocol.Roots:
			v.Roots = append(v.Roots, []web.DrawRoot{{Key: "bank", Value: x.Bank.String()}, {Key: "plan", Value: x.Plan.String()}, {Key: "roster", Value: x.Roster.String()},
				{Key: "usage", Value: x.Usage.String()}, {Key: "engine", Value: x.Engine.String()}}...)
		case protocol.Beacon:
			if v.Value, v.Witnesses = x.Text, strings.Join(x.Witnesses, "、"); len(x.Signature) > 0 {
				v.Value = x.Value.String()
			}
			line.Unused = d.Beacon.Kind == protocol.NoBeacon
		}
		v.Log = append(v.Log, line)
	}
}

// keeperName is who a number in the log stands for.
func keeperName(d *theory.Draw, n int) string {
	if n < 1 || n > len(d.Custodians) {
		return strconv.Itoa(n)
	}
	return d.Custodians[n-1].Name
}

// nameBodies puts the names of bodies in the place of their ids. One that is on file no more keeps its id.
func (s *Server) nameBodies(ctx context.Context, all []web.DrawKeeper) error {
	for i := range all {
		if all[i].Org == "" {
			continue
		}
		org, err := s.Registry.Organisation(ctx, engine.OrgID(all[i].Org))
		if errs.KindOf(err) == errs.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		all[i].Org = org.Name
	}
	return nil
}

// ownStep is what the draw waits for from a custodian.
func ownStep(d *theory.Draw, n int, early bool) string {
	c, stage := d.Custodians[n-1], d.Stage()
	switch {
	case stage == theory.DrawAppointed && len(c.Sign) == 0 && early:
		return "enrol"
	case stage == theory.DrawEnrolled && c.Commitment == nil && early:
		return "commit"
	case stage == theory.DrawObserved && c.Secret == nil:
		return "open"
	case stage == theory.DrawObserved && withheldBy(d, n) > 0:
		return "part"
	case d.Proposed != nil && d.Stands() && d.Terms() != nil && !signedBy(d.Proposed, n):
		return "sign"
	}
	return ""
}

// withheldBy is the first custodian whose secret is being recovered, 0 for none.
func withheldBy(d *theory.Draw, own int) int {
	for i, c := range d.Custodians {
		if c.Withheld != "" && c.Secret == nil && i+1 != own {
			return i + 1
		}
	}
	return 0
}

func signedBy(p *theory.Proposal, n int) bool {
	for _, s := range p.Signatures {
		if s.Custodian == n {
			return true
		}
	}
	return false
}

// officeSteps says what the exam office may do now.
func (s *Server) officeSteps(ctx context.Context, n *sitting.Session, d *theory.Draw, early bool, v *web.DrawView) error {
	stage := d.Stage()
	open := s.clock.Now().Before(n.Theory.Closes)
	v.MayFreeze = stage == theory.DrawCommitted && early
	v.MayObserve = stage == theory.DrawFrozen && early
	begun := len(d.Log) > 0 || !d.Alone()
	v.MayDraw = stage == theory.DrawOpened && open || !begun && early
	v.MayRedraw = begun && early && (d.Proposed == nil || d.Seconded() || !d.Stands())
	v.MayMend = stage == theory.DrawDone && open
	for i, c := range d.Custodians {
		if stage == theory.DrawObserved && c.Secret == nil && c.Withheld == "" && d.Threshold > 0 {
			v.Withhold = append(v.Withhold, web.Choice{Value: strconv.Itoa(i + 1), Label: c.Name})
		}
	}
	if !v.MayMend {
		return nil
	}
	return s.latecomers(ctx, n, v)
}

// latecomers are those whose application was accepted and who have no seat.
func (s *Server) latecomers(ctx context.Context, n *sitting.Session, v *web.DrawView) error {
	accepted, err := s.Desk.Accepted(ctx, string(n.ID))
	if err != nil {
		return err
	}
	seated := map[engine.PersonID]bool{}
	for _, p := range n.Allotted {
		seated[p] = true
	}
	for _, a := range accepted {
		if seated[a.Person] {
			continue
		}
		p, err := s.Registry.Named(ctx, a.Person)
		if err != nil {
			return err
		}
		v.Latecomers = append(v.Latecomers, web.Choice{Value: string(a.Person), Label: p.Name})
	}
	return nil
}

// lines are the lines of a field that are not blank.
func lines(c *fiber.Ctx, name string) (all []string) {
	for line := range strings.Lines(field(c, name)) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// drawn answers a form that was one step of a draw.
func (s *Server) drawn(c *fiber.Ctx, err error, said string, args ...any) error {
	if err != nil {
		return s.refuse(c, err, s.drawPage)
	}
	return s.done(c, drawHref(c), said, args...)
}

func (s *Server) appointForm(c *fiber.Ctx) error {
	threshold, err := strconv.Atoi(strings.TrimSpace(field(c, "threshold")))
	if err != nil {
		return s.refuse(c, theory.ErrCustodians.WithFields(errs.Field{Name: "threshold", Code: "number", Msg: "应为整数"}), s.drawPage)
	}
	source, err := s.announced(c)
	if err == nil {
		_, err = s.appoint(c.UserContext(), caller(c), sessionParam(c), DrawAppointment{Custodians: lines(c, "logins"), Threshold: threshold, Beacon: source})
	}
	return s.drawn(c, err, "draw-appointed")
}

// announced is the source of the public random value that the office chose.
func (s *Server) announced(c *fiber.Ctx) (DrawSource, error) {
	if field(c, "source") != string(protocol.Drand) {
		return DrawSource{Kind: protocol.Witnessed, Text: strings.TrimSpace(field(c, "text"))}, nil
	}
	n, err := s.Sittings.Session(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return DrawSource{}, err
	}
	source := DrawSource{Kind: protocol.Drand, Round: theory.Round(n, s.clock.Now())}
	if d, err := s.Exams.Drawn(c.UserContext(), caller(c), n.ID); err == nil && d.Beacon.Kind == protocol.Drand {
		source.Round = d.Beacon.Round // the form was sent twice
	}
	return source, nil
}

// codeForm makes a custodian's code, registers its public keys and shows it, this once.
func (s *Server) codeForm(c *fiber.Ctx) error {
	code, err := protocol.NewCode(rand.Reader)
	if err != nil {
		return err
	}
	k, err := code.Custodian(c.Params("id"), "")
	if err != nil {
		return err
	}
	if _, err = s.Exams.EnrolSeen(c.UserContext(), caller(c), sessionParam(c), k.Sign, k.Box); err != nil {
		return s.refuse(c, err, s.drawPage)
	}
	return s.showDraw(c, nil, code.Text())
}

// keepingForm does a custodian's step with the code that they enter. The code goes no further than here, and that it
// came here is on record before it is used.
func (s *Server) keepingForm(c *fiber.Ctx) error {
	code, err := protocol.ParseCode(field(c, "code"))
	if err == nil {
		_, err = s.Exams.Seen(c.UserContext(), caller(c), sessionParam(c))
	}
	if err == nil {
		err = s.keep(c.UserContext(), caller(c), sessionParam(c), code, field(c, "step"))
	}
	return s.drawn(c, err, "draw-kept")
}

func (s *Server) keep(ctx context.Context, by authz.Principal, id sitting.SessionID, code protocol.Code, step string) error {
	d, err := s.Exams.Drawn(ctx, by, id)
	if err != nil {
		return err
	}
	terms, n := d.Terms(), d.Number(by.Account)
	if terms == nil || n == 0 {
		return theory.ErrDrawStep
	}
	switch step {
	case "commit":
		k, err := code.Commit(*terms, n)
		if err == nil {
			_, err = s.Exams.Commit(ctx, by, id, k)
		}
		return err
	case "open":
		secret, err := code.Secret(terms.Sitting)
		if err == nil {
			_, err = s.Exams.OpenShare(ctx, by, id, secret)
		}
		return err
	case "part":
		return s.keepPart(ctx, by, d, code)
	case "sign":
		return s.keepSigning(ctx, by, d, code)
	}
	return theory.ErrDrawStep
}

func (s *Server) keepPart(ctx context.Context, by authz.Principal, d *theory.Draw, code protocol.Code) error {
	own := d.Number(by.Account)
	of := withheldBy(d, own)
	if of == 0 {
		return theory.ErrDrawStep
	}
	box, err := code.Box(d.Terms().Sitting)
	if err != nil {
		return err
	}
	part, err := d.Terms().OpenShare(*d.Custodians[of-1].Commitment, own, box)
	if err != nil {
		return err
	}
	_, err = s.Exams.HandOver(ctx, by, d.Session, part)
	return err
}

func (s *Server) keepSigning(ctx context.Context, by authz.Principal, d *theory.Draw, code protocol.Code) error {
	signer, err := code.Signer(d.Terms().Sitting)
	if err != nil {
		return err
	}
	signature, err := signer.Sign(nil, d.Statement(), crypto.Hash(0))
	if err != nil {
		return err
	}
	_, err = s.Exams.SignRedraw(ctx, by, d.Session, signature)
	return err
}

func (s *Server) freezeForm(c *fiber.Ctx) error {
	err := s.leave(c)
	if err == nil {
		_, err = s.Exams.Freeze(c.UserContext(), caller(c), sessionParam(c))
	}
	return s.drawn(c, err, "draw-frozen")
}

func (s *Server) observeForm(c *fiber.Ctx) error {
	b, err := DrawValue{Signature: strings.TrimSpace(field(c, "signature")), Text: strings.TrimSpace(field(c, "text")), Witnesses: lines(c, "witnesses")}.read()
	if err == nil {
		_, err = s.Exams.Observe(c.UserContext(), caller(c), sessionParam(c), b)
	}
	return s.drawn(c, err, "draw-observed")
}

func (s *Server) withheldForm(c *fiber.Ctx) error {
	n, err := strconv.Atoi(field(c, "custodian"))
	if err != nil {
		return s.refuse(c, theory.ErrCustodians, s.drawPage)
	}
	_, err = s.Exams.Withhold(c.UserContext(), caller(c), sessionParam(c), n, field(c, "reason"))
	return s.drawn(c, err, "draw-kept")
}

func (s *Server) drawForm(c *fiber.Ctx) error {
	if err := s.leave(c); err != nil {
		return s.refuse(c, err, s.drawPage)
	}
	d, err := s.Exams.Draw(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return s.refuse(c, err, s.drawPage)
	}
	return s.done(c, drawHref(c), "drawn", len(d.Seated()))
}

func (s *Server) redrawForm(c *fiber.Ctx) error {
	reason := strings.TrimSpace(field(c, "reason"))
	if field(c, "confirms") != "" {
		d, err := s.Exams.Drawn(c.UserContext(), caller(c), sessionParam(c))
		if err == nil && (d.Proposed == nil || d.Proposed.Reason != reason) {
			err = theory.ErrDrawStep.With("提出的内容已经改变，请看过再确认")
		}
		if err != nil {
			return s.refuse(c, err, s.drawPage)
		}
	}
	d, err := s.Exams.Redraw(c.UserContext(), caller(c), sessionParam(c), reason)
	if err == nil && d.Proposed == nil {
		return s.drawn(c, nil, "draw-confirmed")
	}
	return s.drawn(c, err, "draw-proposed")
}

func (s *Server) replaceForm(c *fiber.Ctx) error {
	r, err := s.Exams.Replace(c.UserContext(), caller(c), sessionParam(c), strings.TrimSpace(field(c, "code")), field(c, "reason"))
	return s.drawn(c, err, "draw-replaced", r.Forms, len(r.Started))
}

func (s *Server) lateForm(c *fiber.Ctx) error {
	a, err := s.Exams.Late(c.UserContext(), caller(c), sessionParam(c), engine.PersonID(field(c, "person")))
	if err != nil {
		return s.refuse(c, err, s.drawPage)
	}
	return s.done(c, drawHref(c), "draw-late", string(a.Ticket))
}

// custodyTasks are the draws that somebody keeps a share of, on their desk.
func (s *Server) custodyTasks(ctx context.Context, by authz.Principal) ([]web.DeskTask, error) {
	if !by.Can(authz.DrawKeep) {
		return nil, nil
	}
	kept, err := s.Exams.Kept(ctx, by)
	if err != nil {
		return nil, err
	}
	var all []web.DeskTask
	for _, d := range kept {
		n, err := s.Sittings.Get(ctx, d.Session)
		if err != nil {
			return nil, err
		}
		all = append(all, web.DeskTask{Key: "draw", Href: "/sessions/" + string(d.Session) + "/draw", Note: n.Name, Count: uncounted})
	}
	return all, nil
}
