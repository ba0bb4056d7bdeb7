package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// archiveRoutes are the JSON routes of reports on sessions and their archives.
func (s *Server) archiveRoutes() []route {
	return []route{
		get("/sessions/:id/report", authz.ReportRead, s.getReport, "The report on a session; how many passed only after the join", archive.Report{}),
		get("/sessions/:id/report/file", authz.ReportRead, s.printReport, "The report as a printed paper", nil).produces(typePDF),
		get("/sessions/:id/archives", authz.ArchiveRead, s.listArchives, "Archives of a session that were asked for, by number", []ArchiveFiling{}),
		post("/sessions/:id/archives", authz.ArchiveAsk, s.askArchive, "Ask for the archive of a session whose results are final", ArchiveReason{}, ArchiveFiling{}),
		post("/sessions/:id/archives/:number/approval", authz.ArchiveGrant, s.approveArchive, "Approve an archive that another person asked for; twice is harmless",
			nil, ArchiveFiling{}),
		post("/sessions/:id/archives/:number/refusal", authz.ArchiveGrant, s.refuseArchive, "Send a request for an archive back", ArchiveReason{}, ArchiveFiling{}),
		post("/sessions/:id/archives/:number/making", authz.ArchiveAsk, s.makeArchive,
			"Fetch an approved archive, as who asked for it; that it is fetched is on record first", nil, nil).produces(typeZip),
		get("/archives", authz.ArchiveRead, s.listRetained, "Volumes of the body's archives and until when they are kept, what ends first on top", []RetainedVolume{}),
	}
}

func (s *Server) getReport(c *fiber.Ctx) error {
	r, err := s.Archive.Report(c.UserContext(), caller(c), sessionParam(c))
	return give(c, r, err, func(r *archive.Report) *archive.Report { return r })
}

func (s *Server) printReport(c *fiber.Ctx) error {
	if s.Sheets == nil {
		return errNoPage
	}
	r, err := s.Archive.Report(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	file, err := s.Sheets.Report(r, s.Policy.Location())
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, typePDF)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", "report-"+c.Params("id")+".pdf"))
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(file)
}

// filingParam is the filing that the address names. What is no number names none.
func filingParam(c *fiber.Ctx) archive.FilingID {
	n, err := strconv.Atoi(c.Params("number"))
	if err != nil || n < 1 {
		return ""
	}
	return archive.FilingOf(sessionParam(c), n)
}

func (s *Server) listArchives(c *fiber.Ctx) error {
	all, err := s.Archive.Filings(c.UserContext(), caller(c), sessionParam(c))
	return giveAll(c, all, err, viewFiling)
}

func (s *Server) askArchive(c *fiber.Ctx) error {
	var in ArchiveReason
	if err := decode(c, &in); err != nil {
		return err
	}
	f, err := s.Archive.Ask(c.UserContext(), caller(c), sessionParam(c), in.Reason)
	return give(c, f, err, viewFiling)
}

func (s *Server) approveArchive(c *fiber.Ctx) error {
	f, err := s.Archive.Approve(c.UserContext(), caller(c), filingParam(c))
	return give(c, f, err, viewFiling)
}

func (s *Server) refuseArchive(c *fiber.Ctx) error {
	var in ArchiveReason
	if err := decode(c, &in); err != nil {
		return err
	}
	f, err := s.Archive.Refuse(c.UserContext(), caller(c), filingParam(c), in.Reason)
	return give(c, f, err, viewFiling)
}

func (s *Server) listRetained(c *fiber.Ctx) error {
	all, err := s.Archive.Retained(c.UserContext(), caller(c))
	return giveAll(c, all, err, viewRetained)
}

// makeArchive gives an archive out as it is gathered. It outlives the request's context, which ends before the answer is
// sent. What fails on the way breaks the answer off, and the file does not open.
func (s *Server) makeArchive(c *fiber.Ctx) error {
	ctx, cancel := context.WithCancel(context.WithoutCancel(c.UserContext()))
	m, err := s.Archive.Make(ctx, caller(c), filingParam(c))
	if err != nil {
		cancel()
		return err
	}
	c.Set(fiber.HeaderContentType, typeZip)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", m.Name))
	c.Set(fiber.HeaderCacheControl, "private, no-store, no-transform")
	c.Context().SetBodyStream(&archiveStream{Making: m, cancel: cancel, log: s.log, conn: c.Context().Conn(), wait: s.cfg.Patience + answering}, -1)
	return nil
}

// archiveStream is an archive on its way out.
type archiveStream struct {
	*archive.Making
	cancel context.CancelFunc
	log    *slog.Logger
	conn   net.Conn
	wait   time.Duration // within which the reader must have taken what was read before
}

// Read is io.Reader. A large archive takes longer than the server waits for one answer, so every part has its own time: by
// the machine's clock, as the connection goes by it. It logs what breaks the answer off, for nobody else is told.
func (a *archiveStream) Read(p []byte) (int, error) {
	n, err := a.Making.Read(p)
	if late := a.conn.SetWriteDeadline(clock.System{}.Now().Add(a.wait)); err == nil {
		err = late
	}
	if err != nil && !errors.Is(err, io.EOF) {
		a.log.Error("make archive", "file", a.Name, "error", err)
	}
	return n, err
}

// Close ends the gathering.
func (a *archiveStream) Close() error {
	defer a.cancel()
	return a.Making.Close()
}
