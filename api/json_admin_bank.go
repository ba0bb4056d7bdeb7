package api

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// levelParam reads the level of an address.
func levelParam(c *fiber.Ctx) (engine.Level, error) {
	l, err := engine.ParseLevel(c.Params("level"))
	if err != nil {
		return 0, errWrongParam
	}
	return l, nil
}

func (s *Server) getTable(c *fiber.Ctx) error {
	l, err := levelParam(c)
	if err != nil {
		return err
	}
	got, err := s.Bank.Table(c.UserContext(), l)
	return give(c, got, err, viewTable)
}

func (s *Server) putTable(c *fiber.Ctx) error {
	l, err := levelParam(c)
	if err != nil {
		return err
	}
	in := ElementTable{Level: l}
	if err := decodeContent(c, &in); err != nil {
		return err
	}
	if in.Level != l {
		return questionbank.ErrTableInput.WithFields(errs.Field{Name: "level", Code: "address", Msg: "与地址中的等级不符"})
	}
	if err := s.Bank.ImportTable(c.UserContext(), caller(c), in.table()); err != nil {
		return err
	}
	return c.JSON(Count{len(in.Points)})
}

// listTasks lists what tasks there are, without what is in them.
func (s *Server) listTasks(c *fiber.Ctx) error {
	l, err := levelParam(c)
	if err != nil {
		return err
	}
	got, err := s.Bank.Tasks(c.UserContext(), l)
	return giveAll(c, got, err, viewTaskRow)
}

func (s *Server) importTasks(c *fiber.Ctx) error {
	var in []Task
	if err := decodeContent(c, &in); err != nil {
		return err
	}
	if err := s.Bank.ImportTasks(c.UserContext(), caller(c), each(in, Task.task)); err != nil {
		return err
	}
	return c.JSON(Count{len(in)})
}

func (s *Server) getItem(c *fiber.Ctx) error {
	got, err := s.Bank.Item(c.UserContext(), caller(c), c.Params("code"))
	return give(c, got, err, viewItemText)
}

func (s *Server) editItem(c *fiber.Ctx) error {
	var in ItemEdit
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Bank.Edit(c.UserContext(), caller(c), in.version(c.Params("code")), in.Reason)
	return give(c, got, err, viewItem)
}

func (s *Server) fileItem(c *fiber.Ctx) error {
	var in ItemFiling
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Bank.File(c.UserContext(), caller(c), c.Params("code"), in.Version, in.Authority, in.Number)
	return give(c, got, err, viewItem)
}

func (s *Server) correctFiling(c *fiber.Ctx) error {
	var in FilingCorrection
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Bank.CorrectFiling(c.UserContext(), caller(c), c.Params("code"), in.Version, in.Authority, in.Number, in.Reason)
	return give(c, got, err, viewItem)
}

// keepItem takes an item out of use or back into it, for a reason.
func (s *Server) keepItem(step func(ctx context.Context, by authz.Principal, code, reason string) (*questionbank.Item, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var in Reason
		if err := decode(c, &in); err != nil {
			return err
		}
		got, err := step(c.UserContext(), caller(c), c.Params("code"), in.Reason)
		return give(c, got, err, viewItem)
	}
}

func (s *Server) publishRelease(c *fiber.Ctx) error {
	var in ReleaseEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Bank.PublishRelease(c.UserContext(), caller(c), in.ID, in.Base, in.Province, in.Sample)
	return give(c, got, err, viewRelease)
}

func (s *Server) withdrawRelease(c *fiber.Ctx) error {
	var in Reason
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Bank.WithdrawRelease(c.UserContext(), caller(c), c.Params("id"), in.Reason)
	return give(c, got, err, viewRelease)
}

func (s *Server) listBlueprints(c *fiber.Ctx) error {
	got, err := s.Bank.Blueprints(c.UserContext(), caller(c))
	return giveAll(c, got, err, viewBlueprint)
}

func (s *Server) publishBlueprint(c *fiber.Ctx) error {
	var in Blueprint
	if err := decode(c, &in); err != nil {
		return err
	}
	got, err := s.Bank.PublishBlueprint(c.UserContext(), caller(c), in.blueprint())
	return give(c, got, err, viewBlueprint)
}
