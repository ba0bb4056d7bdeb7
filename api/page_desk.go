package api

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// uncounted hides the count of a task.
const uncounted = -1

func (s *Server) desk(c *fiber.Ctx) error {
	v, err := s.deskView(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	return s.show(c, "desk", v)
}

// deskView is what waits for by, in the order of a session's life, and apart from it the sessions that wait for nothing from
// them any more.
func (s *Server) deskView(ctx context.Context, by authz.Principal) (v web.DeskView, err error) {
	if by.Can(authz.PlanRead) {
		if v, err = s.sessionTasks(ctx, by); err != nil {
			return v, err
		}
	}
	rest, err := s.tasks(ctx, by)
	v.Tasks = append(v.Tasks, rest...)
	return v, err
}

// tasks are what waits for by beside their sessions.
func (s *Server) tasks(ctx context.Context, by authz.Principal) (all []web.DeskTask, err error) {
	if by.Can(authz.SheetScore) {
		own, err := s.Practical.Own(ctx, by, "")
		if err != nil {
			return nil, err
		}
		open := 0
		for _, w := range own {
			if w.Due() {
				open++
			}
		}
		all = append(all, web.DeskTask{Key: "sheets", Href: "/assessments", Count: open})
	}
	custody, err := s.custodyTasks(ctx, by)
	if err != nil {
		return nil, err
	}
	all = append(all, custody...)
	motions, err := s.motionTasks(ctx, by)
	if err != nil {
		return nil, err
	}
	all = append(all, motions...)
	cases, err := s.recognitionTasks(ctx, by)
	if err != nil {
		return nil, err
	}
	all = append(all, cases...)
	matters, err := s.matterTasks(ctx, by)
	if err != nil {
		return nil, err
	}
	all = append(all, matters...)
	w, err := s.Bank.Waiting(ctx, by)
	if err != nil {
		return nil, err
	}
	waiting := map[string]int{"queue": w.Consent, "review": w.Review, "returned": w.Returned, "corrections": w.Corrections}
	for _, link := range []struct {
		authz.Action
		key, href string
	}{{authz.TrainWrite, "training", "/training"}, {authz.CertRead, "certificates", "/certificates"}, {authz.BankMedical, "queue", "/bank/queue"}, {authz.BankLabour, "queue", "/bank/queue"},
		{authz.BankReview, "review", "/bank/review"}, {authz.BankCorrect, "corrections", "/bank/corrections"},
		{authz.BankEdit, "returned", "/bank/items?state=draft"}, {authz.BankEdit, "editor", "/bank/editor"}, {authz.BankRead, "bank", "/bank"}} {
		if by.Can(link.Action) {
			count, counted := waiting[link.key]
			if !counted {
				count = uncounted
			}
			all = append(all, web.DeskTask{Key: link.key, Href: link.href, Count: count})
		}
	}
	return all, nil
}

func (s *Server) sessionTasks(ctx context.Context, by authz.Principal) (v web.DeskView, err error) {
	sessions, err := s.Sittings.Sessions(ctx, by)
	if err != nil {
		return v, err
	}
	if by.Can(authz.PlanWrite) {
		v.Tasks = append(v.Tasks, web.DeskTask{Key: "office", Href: "/office", Count: len(sessions)})
	}
	if by.Can(authz.Register) {
		rows, err := s.requestRows(ctx, by)
		if err != nil {
			return v, err
		}
		waiting := 0
		for _, r := range rows {
			waiting += r.Waiting
		}
		v.Tasks = append(v.Tasks, web.DeskTask{Key: "requests", Href: "/requests", Count: waiting})
	}
	slices.SortStableFunc(sessions, func(a, b *sitting.Session) int { return a.Theory.Opens.Compare(b.Theory.Opens) })
	for _, n := range sessions {
		waiting, err := s.officeTasks(ctx, by, n)
		if err != nil {
			return v, err
		}
		v.Tasks = append(v.Tasks, waiting...)
		for _, d := range n.Duties {
			if string(d.Person) != by.Person || !by.Has(d.Role) {
				continue
			}
			due, past, err := s.dutyTasks(ctx, by, n, d)
			if err != nil {
				return v, err
			}
			v.Tasks, v.Past = append(v.Tasks, due...), append(past, v.Past...)
		}
	}
	return v, nil
}

// officeTasks are what in a session waits for the office of its body, and the waivers that wait for a decision, whoever is on duty.
func (s *Server) officeTasks(ctx context.Context, by authz.Principal, n *sitting.Session) (all []web.DeskTask, err error) {
	if by.Can(authz.CasePropose) {
		left, err := s.Board.LeftToOffice(ctx, by, n.ID)
		if err != nil {
			return nil, err
		}
		if left > 0 {
			all = append(all, web.DeskTask{Key: "matters", Href: matterHref(n.ID), Note: n.Name, Count: left})
		}
	}
	if open := n.WaiversFor(by); open > 0 {
		all = append(all, web.DeskTask{Key: "waivers", Href: "/sessions/" + string(n.ID) + "#findings", Note: n.Name, Count: open})
	}
	return all, nil
}

// dutyTasks are the pages of a duty that wait for by, and, where none does any more, those on which it was done.
func (s *Server) dutyTasks(ctx context.Context, by authz.Principal, n *sitting.Session, d sitting.Duty) (due, past []web.DeskTask, err error) {
	if d.Role == authz.Invigilator {
		room := web.DeskTask{Key: "room", Href: "/sessions/" + string(n.ID) + "/rooms/" + string(d.Room), Note: n.Name + " " + roomName(n, d.Room), Count: uncounted}
		over, err := s.Sittings.Over(ctx, n, s.clock.Now())
		if over {
			return nil, []web.DeskTask{room}, err
		}
		return []web.DeskTask{room}, nil, err
	}
	pages := dutyPages(n, d.Role)
	if len(pages) == 0 {
		return nil, nil, nil
	}
	left, err := s.Board.Left(ctx, by, n, d.Role)
	if err != nil {
		return nil, nil, err
	}
	if left.Matters == 0 && len(left.Seals) == 0 {
		return nil, pages, nil
	}
	for _, p := range pages {
		switch {
		case p.Key == "matters" && left.Matters > 0:
			p.Count = left.Matters
			due = append(due, p)
		case p.Key == "session" && len(left.Seals) > 0, slices.ContainsFunc(left.Seals, func(k engine.Component) bool { return p.Href == sealHref(string(n.ID), k) }):
			due = append(due, p)
		}
	}
	return due, nil, nil
}

// dutyPages are the pages of a session that a duty of the whole session is done on.
func dutyPages(n *sitting.Session, role authz.Role) []web.DeskTask {
	id := string(n.ID)
	task := func(key, href, note string) web.DeskTask {
		return web.DeskTask{Key: key, Href: href, Note: note, Count: uncounted}
	}
	theory, practical := sealHref(id, engine.Theory), sealHref(id, engine.Practical)
	switch role {
	case authz.Marker:
		return []web.DeskTask{task("seal-theory", theory, n.Name), task("matters", matterHref(n.ID), n.Name)}
	case authz.Leader:
		return []web.DeskTask{task("seal-practical", practical, n.Name), task("matters", matterHref(n.ID), n.Name)}
	case authz.Supervisor:
		return []web.DeskTask{task("witness", theory, n.Name+" "+engine.Theory.String()), task("witness", practical, n.Name+" "+engine.Practical.String()),
			task("matters", matterHref(n.ID), n.Name), task("session", "/sessions/"+id, n.Name)}
	}
	return nil
}
