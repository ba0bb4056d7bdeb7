package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/questionbank/intake"
	"github.com/skillcert/skillcert/questionbank/intake/jobs"
)

// ImportJob is one import of a file. Ask for it again until its state is no longer planning or importing.
type ImportJob struct {
	ID        string           `json:"id"`
	Name      string           `json:"name"`
	State     jobs.State       `json:"state" jsonschema:"enum=planning,enum=ready,enum=importing,enum=done,enum=failed,enum=discarded"`
	Done      int              `json:"done"`
	Total     int              `json:"total"`
	Started   Instant          `json:"started"`
	Decisions intake.Decisions `json:"decisions"`
	Found     intake.Preview   `json:"found" jsonschema:"description=What the import does. Of its lists at most 500 entries are kept"`
	Cut       jobs.Cut         `json:"cut" jsonschema:"description=How many entries are not kept"`
	Refusal   *jobs.Refusal    `json:"refusal,omitempty" jsonschema:"description=Why the file was refused whole"`
}

func viewJob(j *jobs.Job) ImportJob {
	return ImportJob{ID: j.ID, Name: j.Name, State: j.State, Done: j.Done, Total: j.Total, Started: Instant(j.Started), Decisions: j.Decisions,
		Found: j.Found, Cut: j.Cut, Refusal: j.Refusal}
}

func (s *Server) listImports(c *fiber.Ctx) error {
	got, err := s.Imports.Jobs(c.UserContext(), caller(c), importsShown)
	return giveAll(c, got, err, viewJob)
}

func (s *Server) getImport(c *fiber.Ctx) error {
	got, err := s.Imports.Job(c.UserContext(), caller(c), c.Params("id"))
	return give(c, got, err, viewJob)
}

// postImport takes the same fields as the form of the page.
func (s *Server) postImport(c *fiber.Ctx) error {
	name, data, err := uploadUpTo(c, jobs.MaxFile, errImport)
	if err != nil {
		return err
	}
	got, err := s.Imports.Start(c.UserContext(), caller(c), name, data, importOptions(c))
	return give(c, got, err, viewJob)
}

func (s *Server) decideImport(c *fiber.Ctx) error {
	var in intake.Decisions
	if err := decodeContent(c, &in); err != nil {
		return err
	}
	got, err := s.Imports.Decide(c.UserContext(), caller(c), c.Params("id"), in)
	return give(c, got, err, viewJob)
}

func (s *Server) runImport(c *fiber.Ctx) error {
	got, err := s.Imports.Commit(c.UserContext(), caller(c), c.Params("id"))
	return give(c, got, err, viewJob)
}
