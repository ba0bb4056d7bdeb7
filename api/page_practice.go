package api

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
)

// PracticePress prints the papers of a practical assessment. Safe for concurrent use. The same Printout gives the same bytes.
type PracticePress interface {
	Print(w *practical.Printout) ([]byte, error)
}

// practicePages are the page of a session's practical component for those who run it, and what everybody may know of
// its draw.
func (s *Server) practicePages() []route {
	at := "/sessions/:id/practice"
	return []route{
		page(at, authz.FormsDraw, again(s.practicePage).first).also(authz.PracticalRun),
		form(at+"/commitment", authz.FormsDraw, s.commitmentForm).also(authz.PracticalRun),
		page(at+"/papers/:kind.pdf", authz.FormsDraw, s.practicePaper).also(authz.PracticalRun),
		page("/draws/:session/tasks-commitment.json", "", s.publicCommitment).limited(limitVerify),
		page("/draws/:session/tasks.json", "", s.publicTasks).limited(limitVerify),
	}
}

func (s *Server) practicePage(c *fiber.Ctx, p *web.Problem) error {
	v, err := s.practiceView(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	v.Problem = p
	return s.show(c, "practice", v)
}

func (s *Server) practiceView(ctx context.Context, by authz.Principal, id sitting.SessionID) (web.PracticeView, error) {
	n, err := s.Sittings.Session(ctx, by, id)
	if err != nil {
		return web.PracticeView{}, err
	}
	v := web.PracticeView{Session: string(id), SessionName: n.Name, Level: n.Level, Sample: n.Sample, Opens: n.Practical.Opens, Closes: n.Practical.Closes,
		TheoryOpens: n.Theory.Opens, TheoryCloses: n.Theory.Closes}
	if v.Tasks, err = s.taskDraw(ctx, by, n); err != nil {
		return v, err
	}
	v.Tasks.MayDraw = v.Tasks.MayDraw && by.Can(authz.FormsDraw)
	commitment, err := s.Practical.Committed(ctx, id)
	if errors.Is(err, practical.ErrNotDrawn) {
		return v, nil
	}
	if err != nil {
		return v, err
	}
	v.Commitment, v.Committed = commitment.Commitment, commitment.Committed
	plan, err := s.Practical.Schedule(ctx, by, id)
	if err != nil {
		return v, err
	}
	v.Over, v.Revealed = plan.Over, !s.clock.Now().Before(plan.Over)
	fillRotation(&v, plan)
	seal, err := s.Practical.SealState(ctx, by, id)
	if seal, err = absent(seal, err, engine.ErrNoSeal); err != nil {
		return v, err
	}
	v.Concordance = seal != nil && !seal.Witnessed.IsZero() && by.Can(authz.ConcordanceRead)
	if s.Stations != nil && len(plan.Turns) > 0 {
		v.Papers = practicePapers(plan, seal != nil && by.Can(authz.PracticalRead))
	}
	return v, nil
}

// taskDraw says how far the draw of tasks is and what comes next. Pages offer the draw until the practical component opens.
func (s *Server) taskDraw(ctx context.Context, by authz.Principal, n *sitting.Session) (web.TaskDraw, error) {
	d, err := s.Practical.Dealt(ctx, by, n.ID)
	if err != nil {
		return web.TaskDraw{}, err
	}
	now := s.clock.Now()
	return web.TaskDraw{Candidates: d.Candidates, Waiting: d.Waiting, First: d.First, Last: d.Last,
		MayCommit: d.Committed.IsZero() && now.Before(n.Practical.Closes),
		MayDraw:   !d.Committed.IsZero() && d.Waiting > 0 && now.Before(n.Practical.Opens)}, nil
}

// practicePapers lists what may be printed: of the session, then of each station.
func practicePapers(plan *practical.Schedule, signed bool) []web.PracticePaper {
	base := "/sessions/" + string(plan.Session.ID) + "/practice/papers/"
	all := []web.PracticePaper{{Key: "notice", Href: base + "notice.pdf"}, {Key: "rotation", Href: base + "rotation.pdf"}}
	kinds := []practical.PaperKind{practical.PaperTasks, practical.PaperBlank}
	if signed {
		kinds = append(kinds, practical.PaperSigned)
	}
	for _, r := range plan.Session.Rooms {
		if !slices.ContainsFunc(plan.Turns, func(t practical.Turn) bool { return t.Station == r.ID }) {
			continue
		}
		for _, k := range kinds {
			all = append(all, web.PracticePaper{Key: string(k), Station: r.Name, Href: base + string(k) + ".pdf?station=" + url.QueryEscape(string(r.ID))})
		}
	}
	return all
}

// practicePaper prints one paper.
func (s *Server) practicePaper(c *fiber.Ctx) error {
	if s.Stations == nil {
		return errNoPage
	}
	k := practical.PaperKind(c.Params("kind"))
	w, err := s.Practical.Print(c.UserContext(), caller(c), sessionParam(c), k, sitting.RoomID(c.Query("station")))
	if err != nil {
		return err
	}
	file, err := s.Stations.Print(w)
	if err != nil {
		return err
	}
	name := string(k)
	if w.Room.ID != "" {
		name += "-" + string(w.Room.ID)
	}
	c.Set(fiber.HeaderContentType, typePDF)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", name+".pdf"))
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(file)
}

func fillRotation(v *web.PracticeView, plan *practical.Schedule) {
	at := map[sitting.RoomID]int{}
	for _, r := range plan.Session.Rooms {
		for _, t := range plan.Turns {
			if _, known := at[r.ID]; t.Station == r.ID && !known {
				at[r.ID] = len(v.Stations)
				v.Stations = append(v.Stations, web.StationTurns{Name: r.Name})
			}
		}
	}
	for _, t := range plan.Turns {
		i, ok := at[t.Station]
		if !ok {
			continue
		}
		v.Stations[i].Turns = append(v.Stations[i].Turns, web.TurnRow{Ticket: string(t.Ticket), Name: plan.Names[t.Ticket], Call: t.Call, At: t.At, Until: t.Until})
	}
	for _, k := range plan.Shortages {
		v.Shortages = append(v.Shortages, web.ShortageRow{Station: roomName(plan.Session, k.Station), Minutes: k.Minutes, Turns: k.Turns, Clashes: k.Clashes})
	}
}

func (s *Server) commitmentForm(c *fiber.Ctx) error {
	if _, err := s.Practical.Commit(c.UserContext(), caller(c), sessionParam(c)); err != nil {
		return s.refuse(c, err, s.practicePage)
	}
	return s.done(c, "/sessions/"+c.Params("id")+"/practice", "task-commitment")
}

// publicCommitment answers everybody with what was fixed before the draw. Of a session that has nothing nobody learns
// whether it exists.
func (s *Server) publicCommitment(c *fiber.Ctx) error {
	v, err := s.Practical.Committed(c.UserContext(), sitting.SessionID(c.Params("session")))
	return s.sendDrawn(c, v, err, "tasks-commitment")
}

// publicTasks answers everybody with the file from which the draw of tasks can be derived again, once the practical
// window has closed.
func (s *Server) publicTasks(c *fiber.Ctx) error {
	v, err := s.Practical.Published(c.UserContext(), sitting.SessionID(c.Params("session")))
	return s.sendDrawn(c, v, err, "tasks")
}

func (s *Server) sendDrawn(c *fiber.Ctx, v any, err error, name string) error {
	if errs.KindOf(err) == errs.NotFound || errors.Is(err, practical.ErrNotDrawn) {
		return errNoTaskDraw
	}
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", name+"-"+c.Params("session")+".json"))
	c.Set(fiber.HeaderCacheControl, "private, no-store, no-transform")
	return c.JSON(v)
}

var errNoTaskDraw = errs.New(errs.NotFound, "task_draw.not_found", "没有可以公开的操作技能抽题记录：尚未抽题，或考核时间还没有结束")
