package theory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory/handin"
)

// HandIn is a hand-in file as somebody on duty brings it.
type HandIn struct {
	Session sitting.SessionID
	Room    sitting.RoomID
	File    []byte
	Code    string // the file's fingerprint, as it was written down in the room
	Reason  string
}

// HandedIn is what became of a hand-in file.
type HandedIn struct {
	Attempt  *Attempt // as its candidate may see it
	Code     string   // fingerprint
	Order    int      // line in the proceedings
	Taken    []Answer
	Held     int // answers that were here already
	Refused  []Refused
	Repeated bool // the file was taken in before; this is what became of it then
}

// Refusals of HandInFile, beside those of package handin.
var (
	ErrFileOff    = errs.New(errs.Conflict, "handin.off", "按本次考试的规则不收应急文件")
	ErrFileLate   = errs.New(errs.Conflict, "handin.late", "已超过可以补交应急文件的时间")
	ErrFileOther  = errs.New(errs.Conflict, "handin.other", "这个应急文件不是本场考试的")
	ErrFileCode   = errs.New(errs.Invalid, "handin.code", "核对码与文件不符：请核对考场记录，确认拿的是同一个文件")
	ErrFileMarked = errs.New(errs.Conflict, "handin.marked", "该考生的试卷已评阅，不能再补交")
)

// HandInFile takes in what a page wrote down that could not reach the server: an invigilator on duty in the candidate's
// room, or the exam office, brings the file, with the code that was written down in the room and the reason. Only the
// attempt takes it whose page made it, until the policy's hours after the planned end of the session, and not once the
// paper is marked. What is taken is one entry of the log, which names the file and who brought it; the order stands in
// the proceedings. An attempt that has ended stays so, and its receipt is made anew. See sift for what is not taken.
//
// The same file again changes nothing and tells what became of it.
func (e *Exams) HandInFile(ctx context.Context, by authz.Principal, h HandIn) (*HandedIn, error) {
	if err := e.sittings.MayOrder(ctx, by, h.Session, h.Room); err != nil {
		return nil, err
	}
	if err := h.check(); err != nil {
		return nil, err
	}
	f, err := e.unpack(ctx, h)
	if err != nil {
		return nil, err
	}
	if err := e.seatedIn(ctx, f.ticket, h.Room); err != nil {
		return nil, err
	}
	if done, err := e.before(ctx, f); done != nil || err != nil {
		return done, err
	}
	if err = e.fileable(ctx, f); err != nil {
		return nil, err
	}
	line, err := e.sittings.RecordFiling(ctx, by, sitting.Order{Session: h.Session, Room: h.Room, Ticket: f.ticket,
		Text: fmt.Sprintf("核对码 %s：%s", f.code, h.Reason), Key: "file-" + f.digest[:48]})
	if err != nil {
		return nil, err
	}
	return e.file(ctx, f, line)
}

// seatedIn returns nil when the ticket's seat is in the room: another room learns nothing of it.
func (e *Exams) seatedIn(ctx context.Context, t sitting.Ticket, room sitting.RoomID) error {
	seat, err := e.sittings.SeatOf(ctx, t)
	if err == nil && seat.Room != room {
		err = sitting.ErrTicket
	}
	return err
}

// maxFileReason bounds the reason in characters, so that it stands in the proceedings beside the code.
const maxFileReason = 280

func (h *HandIn) check() error {
	h.Reason = strings.TrimSpace(h.Reason)
	var c errs.Check
	c.That(h.Reason != "" && utf8.RuneCountInString(h.Reason) <= maxFileReason, "reason", "form", fmt.Sprintf("须写明原因，不超过%d字", maxFileReason))
	return c.Err(sitting.ErrOrder)
}

// filing is a file that was opened, and whose it is.
type filing struct {
	*known
	handin.Content
	attempt      *Attempt // as it was then
	digest, code string
}

// unpack opens a file and finds its attempt.
func (e *Exams) unpack(ctx context.Context, h HandIn) (*filing, error) {
	if !e.takesFiles() {
		return nil, ErrFileOff
	}
	c, err := e.ports.HandIn.Open(h.File)
	switch {
	case err != nil:
		return nil, err
	case c.Session != string(h.Session):
		return nil, ErrFileOther
	case !handin.Matches(h.Code, h.File):
		return nil, ErrFileCode.WithFields(errs.Field{Name: "code", Code: "differs", Msg: ErrFileCode.Msg})
	}
	a, err := e.ports.Attempts.Attempt(ctx, AttemptID(c.Attempt)) // of that session: its token says so
	if err != nil {
		return nil, err
	}
	if len(a.Form.Items) != c.Questions {
		return nil, handin.ErrUnreadable
	}
	return &filing{e.memory.keep(a), c, a, handin.Digest(h.File), handin.Fingerprint(h.File)}, nil
}

// before is what became of a file that was taken in already, nil for another.
func (e *Exams) before(ctx context.Context, f *filing) (*HandedIn, error) {
	log, err := e.log(ctx, f.id, 0)
	if err != nil {
		return nil, err
	}
	b := broughtBy(log, f.digest)
	if b == nil {
		return nil, nil
	}
	done, err := e.filed(ctx, f, log, b)
	if done != nil {
		done.Repeated = true
	}
	return done, err
}

// fileable refuses before anything is written down.
func (e *Exams) fileable(ctx context.Context, f *filing) error {
	s, err := e.sittings.Get(ctx, f.session)
	if err != nil {
		return err
	}
	now := e.clock.Now()
	if !now.Before(e.sittings.FilesUntil(s)) {
		return ErrFileLate
	}
	if err = e.unsealed(ctx, f.session, engine.ErrSealed); err != nil {
		return err
	}
	if _, err = e.seat(ctx, f.known, now); err != nil {
		return err
	}
	return f.attempt.mayFile()
}

// fileTries bounds how often the candidate's page may be faster to the end of the log.
const fileTries = 16

// file adds what the file brings to the end of the log, once.
func (e *Exams) file(ctx context.Context, f *filing, line *sitting.Line) (*HandedIn, error) {
	for try := range fileTries {
		log, err := e.log(ctx, f.id, 0)
		if err != nil {
			return nil, err
		}
		if b := broughtBy(log, f.digest); b != nil {
			return e.lost(ctx, f, log, b, try > 0)
		}
		b, err := e.sifted(ctx, f, log)
		if err != nil {
			return nil, err
		}
		b.File, b.Account, b.Order = f.digest, line.Account, line.No
		if len(b.Taken) == 0 {
			return e.lost(ctx, f, log, b, try > 0)
		}
		switch log, err = e.bring(ctx, f.id, log, b); {
		case err == nil:
			return e.filed(ctx, f, log, b)
		case !errors.Is(err, ErrEntryTaken):
			return nil, err
		}
	}
	return nil, ErrUnsettled
}

// lost is filed where nothing is brought any more. tookBack says that the attempt was taken back to work for it in vain, for
// somebody else was faster: then it is ended here, and nobody has to wait for the closer.
func (e *Exams) lost(ctx context.Context, f *filing, log []*Entry, b *Brought, tookBack bool) (*HandedIn, error) {
	if tookBack {
		a, err := e.ports.Attempts.Attempt(ctx, f.id)
		if err == nil && a.State == InProgress {
			_, err = e.closeShut(ctx, a, e.clock.Now())
		}
		if err != nil {
			return nil, err
		}
	}
	return e.filed(ctx, f, log, b)
}

// sifted is sift with the candidate's own time: to its end, or until they handed in themselves.
func (e *Exams) sifted(ctx context.Context, f *filing, log []*Entry) (*Brought, error) {
	t, err := e.times(ctx, f.known, e.clock.Now(), 0)
	if err != nil {
		return nil, err
	}
	own := clock.Window{Opens: t.Opens, Closes: t.Closes}
	if end := Fold(log).End; end != nil && !end.ByClock && end.At.Before(own.Closes) {
		own.Closes = end.At
	}
	return sift(log, placesOf(f.attempt.Form), f.Content, own), nil
}

// bring appends what a file brings. An attempt that has ended is taken back to work first: whoever marks it at the same
// moment either was before, and nothing is brought any more, or waits.
func (e *Exams) bring(ctx context.Context, id AttemptID, log []*Entry, b *Brought) ([]*Entry, error) {
	now, sheet := e.clock.Now(), Fold(log)
	en := &Entry{Attempt: id, Seq: sheet.Seq + 1, Kind: Filed, ClientAt: b.MadeAt, At: now, Brought: b}
	if sheet.End != nil {
		a, err := e.change(ctx, id, func(a *Attempt) error { return a.takeBack(sheet.Filing) })
		if err != nil {
			return nil, err
		}
		en.Filing = a.Filings
	}
	if err := e.ports.Log.Append(ctx, en); err != nil {
		return nil, fmt.Errorf("take a hand-in file into attempt %s: %w", id, err)
	}
	return append(log, en), nil
}

// filed brings the attempt's document up to a log with what a file brought, and tells of it.
func (e *Exams) filed(ctx context.Context, f *filing, log []*Entry, b *Brought) (*HandedIn, error) {
	sheet := Fold(log)
	f.saw(headOf(sheet))
	a, err := e.ports.Attempts.Attempt(ctx, f.id)
	if err == nil && sheet.End != nil && a.State == InProgress {
		a, err = e.mirror(ctx, f.id, log)
	}
	if err != nil {
		return nil, err
	}
	return &HandedIn{Attempt: a.shown(), Code: f.code, Order: b.Order, Taken: b.Taken, Held: b.Held, Refused: b.Refused}, nil
}

// pass is what a paper carries for the making of a hand-in file, nil where the rules take none.
func (e *Exams) pass(a *Attempt) (*handin.Pass, error) {
	if !e.takesFiles() {
		return nil, nil
	}
	p, err := e.ports.HandIn.Pass(string(a.Session), string(a.ID))
	return &p, err
}

func (e *Exams) takesFiles() bool { return e.ports.HandIn != nil && e.sittings.TakesFiles() }

// FileUntil is the instant from which a session takes no hand-in file any more, and whether that lies ahead; zero when it
// takes none.
func (e *Exams) FileUntil(ctx context.Context, id sitting.SessionID) (until time.Time, open bool, err error) {
	if !e.takesFiles() {
		return time.Time{}, false, nil
	}
	s, err := e.sittings.Get(ctx, id)
	if err != nil {
		return time.Time{}, false, err
	}
	until = e.sittings.FilesUntil(s)
	return until, e.clock.Now().Before(until), nil
}
