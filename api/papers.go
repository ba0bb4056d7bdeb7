package api

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// PaperPress prints forms for sittings on paper. Safe for concurrent use.
type PaperPress interface {
	// Print makes one PDF file. The same Print gives the same bytes.
	Print(p Print) ([]byte, error)
}

// Print is one file that is printed of a form.
type Print struct {
	Kind      theory.PaperKind
	Large     bool // large print (长者模式)
	Blueprint questionbank.Blueprint
	Form      assembly.Form
	Item      func(code string) (questionbank.ItemVersion, bool)
	Image     func(digest string) (*questionbank.Image, error)
	Sitting   string // for the head, at most mostSitting characters
	Minutes   int
	Mark      string // A, B or none
	Ticket    string
	Created   time.Time
}

// Name is what the name of the file says of its kind.
func (p Print) Name() string {
	if p.Large {
		return string(p.Kind) + "-large"
	}
	return string(p.Kind)
}

// mostSitting is how many characters fit on the line of the head.
const mostSitting = 40

const typeZip = "application/zip"

// downloadPapers packs the forms of a part of a room, one file for each seat, named by its number. They are printed
// while they are sent, one after the other; the first comes before the answer begins, so that what is wrong with all of
// them is told as a problem. What fails later breaks the answer off, and the file does not open.
func (s *Server) downloadPapers(c *fiber.Ctx) error {
	if s.Papers == nil {
		return errNoPage
	}
	want := theory.Sheaf{Room: roomParam(c), Kind: theory.PaperKind(c.Query("kind")), From: c.QueryInt("from", 1)}
	p, err := s.Exams.Papers(c.UserContext(), caller(c), sessionParam(c), want)
	if err != nil {
		return err
	}
	pack := s.pack(p, want.Kind, c.QueryBool("large"))
	if err := pack.next(); err != nil {
		return errors.Join(err, pack.Close())
	}
	c.Set(fiber.HeaderContentType, typeZip)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", fmt.Sprintf("%s-%s-%d.zip", want.Room, pack.print.Name(), want.From)))
	c.Set(fiber.HeaderCacheControl, "private, no-store, no-transform")
	c.Context().SetBodyStream(pack, -1)
	return nil
}

// paperPack is the packed file as it is read: at any time it holds one form that is printed.
type paperPack struct {
	press  PaperPress
	papers *theory.Papers
	print  Print // what all files have in common
	done   int
	buffer bytes.Buffer
	zip    *zip.Writer
	cancel context.CancelFunc
	log    *slog.Logger
}

// pack begins a packed file. It outlives the request's context, which ends before the answer is sent.
func (s *Server) pack(p *theory.Papers, k theory.PaperKind, large bool) *paperPack {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	w := &paperPack{press: s.Papers, papers: p, cancel: cancel, log: s.log}
	w.print = Print{Kind: k, Large: large, Blueprint: *p.Blueprint, Item: p.Release.Item, Minutes: int(p.Session.Theory.Closes.Sub(p.Session.Theory.Opens).Minutes()),
		Image: func(digest string) (*questionbank.Image, error) { return s.Bank.Image(ctx, digest) }, Created: p.Drawn}
	w.zip = zip.NewWriter(&w.buffer)
	return w
}

// next prints one more form into the buffer, and after the last the end of the file.
func (w *paperPack) next() error {
	if w.done == len(w.papers.Forms) {
		w.done++
		return w.zip.Close()
	}
	f, p := w.papers.Forms[w.done], w.print
	w.done++
	p.Form, p.Mark, p.Ticket = f.Form, f.Mark, string(f.Ticket)
	p.Sitting = seatLine(w.papers.Session.Name, fmt.Sprintf("%s　%d号", w.papers.Room.Name, f.No))
	file, err := w.press.Print(p)
	if err != nil {
		return err
	}
	// What is inside a PDF is packed already.
	entry, err := w.zip.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("seat-%03d-%s.pdf", f.No, p.Name()), Method: zip.Store, Modified: p.Created})
	if err == nil {
		_, err = entry.Write(file)
	}
	return err
}

// seatLine says where a paper is laid, with as much of the session's name as there is room for.
func seatLine(session, seat string) string {
	name, place := []rune(session), []rune("　"+seat)
	place = place[:min(len(place), mostSitting)]
	return string(name[:min(len(name), mostSitting-len(place))]) + string(place)
}

// Read is io.Reader.
func (w *paperPack) Read(b []byte) (int, error) {
	for w.buffer.Len() == 0 {
		if w.done > len(w.papers.Forms) {
			return 0, io.EOF
		}
		if err := w.next(); err != nil {
			w.log.Error("print papers", "session", string(w.papers.Session.ID), "room", string(w.papers.Room.ID), "error", err)
			return 0, err
		}
	}
	return w.buffer.Read(b)
}

// Close ends the reading of pictures.
func (w *paperPack) Close() error {
	w.cancel()
	return nil
}

// paperParts are the parts that the rooms of a session are printed in; none where nothing is printed.
func (s *Server) paperParts(n *sitting.Session) (all []web.PaperPart) {
	if s.Papers == nil {
		return nil
	}
	for _, r := range n.Rooms {
		if r.Component != engine.Theory {
			continue
		}
		for _, w := range theory.Sheaves(r, theory.PaperQuestions) {
			all = append(all, web.PaperPart{Room: string(r.ID), Name: r.Name, From: w.From, To: min(w.From+theory.MostPapers-1, r.Capacity)})
		}
	}
	return all
}
