package api

import (
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
)

// queuePage shows what waits for the reader's authority, with the problem beside the item that it belongs to.
func (s *Server) queuePage(c *fiber.Ctx, p *web.Problem) error {
	ctx, by := c.UserContext(), caller(c)
	at := queueCursor(c)
	items, next, err := s.Bank.Queue(ctx, by, engine.Cursor{After: at, Limit: pageRows})
	if err != nil {
		return err
	}
	v := web.QueueView{Authority: authority(by), Province: engine.Province(by.Province), Cursor: at, Next: next, Problem: p}
	if v.Items, err = s.queueItems(c, items); err != nil {
		return err
	}
	for n := range v.Items {
		if v.Items[n].Other = "waiting"; len(items[n].Consents) > 0 { // one's own consent takes the item out of one's queue, so this is the other's
			v.Items[n].Other = "consented"
		}
	}
	v.At = atFault(c, p, items)
	return s.show(c, "queue", v)
}

// reviewPage shows the drafts that wait for a reviewer.
func (s *Server) reviewPage(c *fiber.Ctx, p *web.Problem) error {
	ctx, by := c.UserContext(), caller(c)
	if err := by.Require(authz.BankReview); err != nil {
		return err
	}
	v := web.ReviewView{Cursor: queueCursor(c), Level: levelOf(asked(c, "level")), Problem: p}
	items, next, err := s.Bank.Items(ctx, by, questionbank.Filter{State: questionbank.Draft, Level: v.Level}, engine.Cursor{After: v.Cursor, Limit: reviewRows})
	if err != nil {
		return err
	}
	v.Next = next
	if v.Items, err = s.queueItems(c, items); err != nil {
		return err
	}
	v.At = atFault(c, p, items)
	return s.show(c, "review", v)
}

// reviewRows is how many drafts one page shows in full.
const reviewRows = 10

// atFault is the code of the item that a refused form was about, "" when the page does not show it.
func atFault(c *fiber.Ctx, p *web.Problem, items []*questionbank.Item) string {
	shown := slices.ContainsFunc(items, func(i *questionbank.Item) bool { return i.Code == c.Params("code") })
	if p == nil || !shown {
		return ""
	}
	return c.Params("code")
}

func (s *Server) queueItems(c *fiber.Ctx, items []*questionbank.Item) ([]web.QueueItem, error) {
	r, by := s.reader(c.UserContext()), caller(c)
	all := make([]web.QueueItem, len(items))
	for n, i := range items {
		t, err := r.text(i.Current(), true)
		if err != nil {
			return nil, err
		}
		q := web.QueueItem{ItemText: t, Own: wrote(i, by), SentBack: i.State == questionbank.Draft && i.SentBackBy(by.Account), Last: lastRefusal(i)}
		if old := judgedBefore(i); old > 0 && old < t.Version {
			q.Since, q.Changes = old, changes(i.Versions[old-1], i.Current())
		}
		if c.Method() == fiber.MethodPost && i.Code == c.Params("code") {
			q.Reason = field(c, "reason")
		}
		all[n] = q
	}
	return all, nil
}

// lastRefusal is why the item was sent back, as long as it has not passed since.
func lastRefusal(i *questionbank.Item) string {
	for _, e := range slices.Backward(i.Trail) {
		switch e.Action {
		case "item.refused":
			return e.Note
		case "item.reviewed":
			return ""
		}
	}
	return ""
}

// judgedBefore is the newest version that somebody has passed, admitted or sent back before the current one; 0 for none.
// The trail counts the versions: each edit made one.
func judgedBefore(i *questionbank.Item) int {
	version, judged := 1, 0
	for _, e := range i.Trail {
		switch e.Action {
		case "item.edited":
			version++
		case "item.refused", "item.consented", "item.admitted":
			judged = version
		case "item.reviewed":
			if version < len(i.Versions) {
				judged = version
			}
		}
	}
	return min(judged, len(i.Versions))
}

// queueCursor is the page of the queue that is asked for, or that a form on it was sent from.
func queueCursor(c *fiber.Ctx) string { return asked(c, "cursor") }

// asked reads what a page is asked for: from its address, or from a form on it.
func asked(c *fiber.Ctx, name string) string {
	if c.Method() == fiber.MethodPost {
		return field(c, name)
	}
	return c.Query(name)
}

// queueHref is that page's address.
func queueHref(c *fiber.Ctx) string {
	if at := queueCursor(c); at != "" {
		return "/bank/queue?cursor=" + url.QueryEscape(at)
	}
	return "/bank/queue"
}

// reviewHref is the page of the review that a form was sent from.
func reviewHref(c *fiber.Ctx) string {
	q := url.Values{}
	for _, name := range []string{"level", "cursor"} {
		if v := field(c, name); v != "" {
			q.Set(name, v)
		}
	}
	if len(q) == 0 {
		return "/bank/review"
	}
	return "/bank/review?" + q.Encode()
}

// authority is the bureau that by speaks for.
func authority(by authz.Principal) authz.Role {
	if by.Can(authz.BankMedical) {
		return authz.Medical
	}
	return authz.Labour
}
