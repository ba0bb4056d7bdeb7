package api

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
)

// pageRows is how many rows one page of a list shows.
const pageRows = 50

func cursorOf(c *fiber.Ctx) engine.Cursor {
	return engine.Cursor{After: c.Query("cursor"), Limit: pageRows}
}

// levelOf reads a level; whatever is none stands for all.
func levelOf(s string) engine.Level {
	l, err := engine.ParseLevel(s)
	if err != nil {
		return 0
	}
	return l
}

func filterOf(c *fiber.Ctx) questionbank.Filter {
	return questionbank.Filter{Query: c.Query("q"), Level: levelOf(c.Query("level")), Type: questionbank.ItemType(c.Query("type")),
		State: questionbank.State(c.Query("state")), Province: c.Query("province"), Point: c.Query("point"), Difficulty: c.QueryInt("difficulty")}
}

func (s *Server) listReleases(c *fiber.Ctx) error {
	all, err := s.Bank.Releases(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	return c.JSON(each(all, viewRelease))
}

func (s *Server) listItems(c *fiber.Ctx) error {
	items, next, err := s.Bank.Items(c.UserContext(), caller(c), filterOf(c), cursorOf(c))
	if err != nil {
		return err
	}
	return c.JSON(ItemPage{Items: each(items, viewItem), Next: next})
}

func (s *Server) listQueue(c *fiber.Ctx) error {
	items, next, err := s.Bank.Queue(c.UserContext(), caller(c), cursorOf(c))
	if err != nil {
		return err
	}
	return c.JSON(Queue{Items: each(items, viewQueued), Next: next})
}

// decide speaks one word on the version of an item that a person has seen.
type decide func(ctx context.Context, by authz.Principal, code string, version int) (*questionbank.Item, error)

func (s *Server) decide(word decide) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var in Decision
		if err := decode(c, &in); err != nil {
			return err
		}
		i, err := word(c.UserContext(), caller(c), c.Params("code"), in.Version)
		if err != nil {
			return err
		}
		return c.JSON(viewItem(i))
	}
}

func (s *Server) refuseItem(c *fiber.Ctx) error {
	var in Decision
	if err := decode(c, &in); err != nil {
		return err
	}
	i, err := s.Bank.Refuse(c.UserContext(), caller(c), c.Params("code"), in.Version, in.Reason)
	if err != nil {
		return err
	}
	return c.JSON(viewItem(i))
}

// formInt reads a whole number that a form carries; what is none is -1, which no rule accepts.
func formInt(c *fiber.Ctx, name string) int64 {
	n, err := strconv.ParseInt(field(c, name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}
