package api

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// uncounted hides the count of a task.
const uncounted = -1

func (s *Server) desk(c *fiber.Ctx) error {
	tasks, err := s.tasks(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	return s.show(c, "desk", web.DeskView{Tasks: tasks})
}

// tasks are what waits for by, in the order of a session's life.
func (s *Server) tasks(ctx context.Context, by authz.Principal) (all []web.DeskTask, err error) {
	if by.Can(authz.PlanRead) {
		if all, err = s.sessionTasks(ctx, by); err != nil {
			return nil, err
		}
	}
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

func (s *Server) sessionTasks(ctx context.Context, by authz.Principal) ([]web.DeskTask, error) {
	sessions, err := s.Sittings.Sessions(ctx, by)
	if err != nil {
		return nil, err
	}
	var all []web.DeskTask
	if by.Can(authz.PlanWrite) {
		all = append(all, web.DeskTask{Key: "office", Href: "/office", Count: len(sessions)})
	}
	if by.Can(authz.Register) {
		rows, err := s.requestRows(ctx, by)
		if err != nil {
			return nil, err
		}
		waiting := 0
		for _, r := range rows {
			waiting += r.Waiting
		}
		all = append(all, web.DeskTask{Key: "requests", Href: "/requests", Count: waiting})
	}
	for _, session := range sessions {
		for _, d := range session.Duties {
			if string(d.Person) == by.Person && by.Has(d.Role) {
				all = append(all, dutyTasks(session, d)...)
			}
		}
	}
	return all, nil
}

// dutyTasks are the pages that a duty is done on.
func dutyTasks(n *sitting.Session, d sitting.Duty) []web.DeskTask {
	id := string(n.ID)
	task := func(key, href, note string) web.DeskTask {
		return web.DeskTask{Key: key, Href: href, Note: note, Count: uncounted}
	}
	theory, practical := sealHref(id, engine.Theory), sealHref(id, engine.Practical)
	switch d.Role {
	case authz.Invigilator:
		return []web.DeskTask{task("room", "/sessions/"+id+"/rooms/"+string(d.Room), n.Name+" "+roomName(n, d.Room))}
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
