package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/questionbank"
)

// bankImage is a picture of an item, for those who may read the bank.
func (s *Server) bankImage(c *fiber.Ctx) error {
	got, err := s.Bank.Picture(c.UserContext(), caller(c), c.Params("digest"))
	return sendImage(c, got, err)
}

func sendImage(c *fiber.Ctx, i *questionbank.Image, err error) error {
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, i.Type)
	return c.Send(i.Bytes)
}

// examImage is a picture of the candidate's own paper.
func (s *Server) examImage(c *fiber.Ctx) error {
	got, err := s.Exams.Image(c.UserContext(), caller(c), ownAttempt(caller(c)), c.Params("digest"))
	return sendImage(c, got, err)
}
