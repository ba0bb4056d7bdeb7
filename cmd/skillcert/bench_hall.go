package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/fixtures/bank"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// A hall as it is measured: rooms of two invigilators, and a bank of which some items show a picture.
const (
	hallRoom     = 30 // candidates of a room
	hallMost     = 9000
	hallPictures = 8
	hallPictured = 16 // one item of so many shows a picture
	hallAtOnce   = 64 // commands under way while the hall is set up
	hallHours    = 6
)

// idlePath is the route that does nothing.
const idlePath = "/api/v1/idle"

// entrant is what a candidate signs in with.
type entrant struct{ ticket, tail, code, attempt string }

// examHall is one session whose candidates sit and are released, served over TCP by the real server over a durable store.
type examHall struct {
	benchHouse
	session  *sitting.Session
	entrants []entrant
}

// openHall sets a hall up through the services, by a clock that shows the hour before the exam, closes it, and opens it
// again as a server does that was just started: nothing is left in its memory.
func openHall(ctx context.Context, o loadOptions) (*examHall, error) {
	clean, err := o.prepare()
	if err != nil {
		return nil, err
	}
	h := &examHall{benchHouse: benchHouse{settings: o.settings, clean: clean}}
	if err := h.build(ctx, o.candidates); err != nil {
		return nil, errors.Join(fmt.Errorf("set the hall up: %w", err), clean())
	}
	if err := h.open(ctx); err != nil {
		return nil, errors.Join(err, clean())
	}
	return h, nil
}

// prepare finds a directory, or a database of its own, and sets limits that let one address be a whole hall.
func (o *loadOptions) prepare() (func() error, error) {
	d := demoOptions{settings: o.settings}
	clean, err := d.prepare()
	o.settings = d.settings
	o.Server.Limits = api.Limits{SignIn: 10 * hallMost}
	o.Server.Idle = idlePath
	return clean, err
}

// builder sets up the hall with the staff of the demo.
type builder struct {
	*demo
	hall  *examHall
	n     int
	opens time.Time
}

func (h *examHall) build(ctx context.Context, n int) error {
	opens := clock.Instant(clock.System{}.Now().Add(-5 * time.Minute).Truncate(time.Minute))
	story := clock.NewOffset(clock.System{}, opens.Add(-2*time.Hour))
	made, err := open(ctx, h.settings, story, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	d := &demo{house: made, options: demoOptions{candidates: n}, teller: newTeller(io.Discard), clock: story, staff: map[string]authz.Principal{}}
	d.day = clock.DateOf(opens, d.policy.Location())
	b := &builder{demo: d, hall: h, n: n, opens: opens}
	for _, step := range []func(context.Context) error{b.appoint, b.fillBank, b.plan, b.enrol, b.letIn, b.tickets} {
		if err := step(ctx); err != nil {
			return errors.Join(err, made.Close())
		}
	}
	return made.Close()
}

// appoint files a body for so many candidates and signs its staff in.
func (b *builder) appoint(ctx context.Context) error {
	body := fixtures.EvaluationBody(b.day)
	body.Filings[0].Capacity = max(body.Filings[0].Capacity, b.n)
	if _, err := b.Registry.FileOrganisation(ctx, operator(), body); err != nil {
		return err
	}
	for i, s := range fixtures.Team(2 * b.rooms()) {
		if err := b.employ(ctx, s, i, body.ID); err != nil {
			return err
		}
	}
	return nil
}

// rooms is how many rooms the candidates fill.
func (b *builder) rooms() int { return (b.n + hallRoom - 1) / hallRoom }

// watcher is one of the two invigilators of a room.
func (b *builder) watcher(room, which int) authz.Principal {
	return b.staff[fmt.Sprintf("jiankao%d", 2*room+which+1)]
}

// fillBank takes the sample bank of one level through review, some of its items with a picture, and publishes it.
func (b *builder) fillBank(ctx context.Context) error {
	content, err := bank.Content()
	if err != nil {
		return err
	}
	for _, t := range content.Tables {
		if err := b.Bank.ImportTable(ctx, b.staff["tiku"], t); err != nil {
			return err
		}
	}
	items, err := b.illustrate(ctx, content.National)
	if err != nil {
		return err
	}
	if _, err := b.Bank.ImportItems(ctx, b.staff["mingti"], items); err != nil {
		return err
	}
	if err := b.review(ctx, items); err != nil {
		return err
	}
	if _, err := b.Bank.PublishRelease(ctx, b.staff["tiku"], nationalRelease, "", "", true); err != nil {
		return err
	}
	for _, p := range bank.Blueprints(nationalRelease, func(int) int { return 0 }) {
		if p.Level == engine.Level5 {
			_, err = b.Bank.PublishBlueprint(ctx, b.staff["tiku"], p)
		}
	}
	return err
}

// illustrate returns the items of the hall's level, some with a picture in the stem: the sample bank has none.
func (b *builder) illustrate(ctx context.Context, all []questionbank.ItemVersion) (items []questionbank.ItemVersion, err error) {
	var digests []string
	for i := range hallPictures {
		drawn, err := hallPicture(uint8(i))
		if err != nil {
			return nil, err
		}
		stored, err := b.Bank.PutImage(ctx, b.staff["mingti"], drawn)
		if err != nil {
			return nil, err
		}
		digests = append(digests, stored.Digest)
	}
	for _, v := range all {
		if v.Level != engine.Level5 {
			continue
		}
		if n := len(items); n%hallPictured == 0 {
			v.Stem += richtext.Picture(digests[n/hallPictured%hallPictures], "示意图")
		}
		items = append(items, v)
	}
	return items, nil
}

// hallPicture is a picture of the size that items have, some 20 KB, different for every n.
func hallPicture(n uint8) ([]byte, error) {
	grain := rand.NewChaCha8([32]byte{n})
	img := image.NewGray(image.Rect(0, 0, 320, 200))
	for y := range 200 {
		for x := range 320 {
			img.SetGray(x, y, color.Gray{Y: uint8(x/4+y/4) + uint8(grain.Uint64()%4)})
		}
	}
	var out bytes.Buffer
	err := png.Encode(&out, img)
	return out.Bytes(), err
}

// plan makes the session with its rooms, each with two invigilators.
func (b *builder) plan(ctx context.Context) error {
	by := b.staff["kaowu"]
	plan, err := b.planOf(ctx, by, b.day.Year)
	if err != nil {
		return err
	}
	n := sitting.Session{Plan: plan, Org: fixtures.EvaluationBody(b.day).ID, Province: fixtures.Province, Sample: true, Name: "机考大厅（演示）",
		Level: engine.Level5, Release: nationalRelease, Blueprint: fmt.Sprintf("%s-L%d", nationalRelease, engine.Level5),
		Theory:    clock.Window{Opens: b.opens, Closes: b.opens.Add(hallHours * time.Hour)},
		Practical: clock.Window{Opens: b.opens.Add(hallHours * time.Hour), Closes: b.opens.Add((hallHours + 4) * time.Hour)}}
	for i := range b.rooms() {
		n.Rooms = append(n.Rooms, sitting.Room{ID: sitting.RoomID(fmt.Sprintf("t%d", i+1)), Name: fmt.Sprintf("第%d考场", i+1),
			Component: engine.Theory, Capacity: hallRoom, Columns: 6})
	}
	n.Rooms = append(n.Rooms, sitting.Room{ID: "p1", Name: "技能考核站", Component: engine.Practical, Capacity: b.n})
	if b.hall.session, err = b.Sittings.CreateSession(ctx, by, n); err != nil {
		return err
	}
	return b.assign(ctx)
}

func (b *builder) assign(ctx context.Context) error {
	for i := range 2 * b.rooms() {
		who := engine.PersonID(b.watcher(i/2, i%2).Person)
		if _, err := b.Sittings.Assign(ctx, b.staff["kaowu"], b.hall.session.ID, who, authz.Invigilator, b.hall.session.Rooms[i/2].ID); err != nil {
			return err
		}
	}
	return nil
}

// enrol registers everybody, takes their applications and gives them seats and forms.
func (b *builder) enrol(ctx context.Context) error {
	by, target := b.staff["kaowu"], b.Sittings.Target(b.hall.session)
	err := atATime(ctx, b.n, func(ctx context.Context, i int) error {
		p, err := b.Registry.Register(ctx, by, hallPerson(i))
		if err != nil {
			return err
		}
		_, err = b.Desk.Apply(ctx, by, target, p.ID, registration.Claims{Condition: "5-2", Evidence: []string{"从业承诺书"}, Education: "初中"}, "其他", "")
		return err
	})
	if err != nil {
		return err
	}
	if _, err := b.Sittings.SeatCandidates(ctx, by, b.hall.session.ID); err != nil {
		return err
	}
	_, err = b.Exams.Draw(ctx, by, b.hall.session.ID)
	return err
}

// hallPerson is the i-th candidate. Nobody has the number.
func hallPerson(i int) engine.Person {
	born := clock.Date{Year: 1975, Month: 1, Day: 1}.AddDays(i / 400)
	return engine.Person{Name: fmt.Sprintf("考生%04d", i+1), IDType: engine.ResidentCard, Born: born, Sex: engine.Female,
		IDNumber: fixtures.IDNumber(born, i%400, engine.Female)}
}

// letIn checks everybody in and releases the rooms.
func (b *builder) letIn(ctx context.Context) error {
	b.clock.JumpTo(b.opens.Add(-20 * time.Minute))
	id := b.hall.session.ID
	seats, err := b.Sittings.SeatsOf(ctx, id)
	if err != nil {
		return err
	}
	watchers := map[sitting.RoomID]authz.Principal{}
	for i, r := range b.hall.session.Rooms[:b.rooms()] {
		watchers[r.ID] = b.watcher(i, 0)
	}
	err = atATime(ctx, len(seats), func(ctx context.Context, i int) error {
		_, err := b.Sittings.CheckIn(ctx, watchers[seats[i].Room], id, seats[i].Room, seats[i].Ticket)
		return err
	})
	if err != nil {
		return err
	}
	for room, by := range watchers {
		if _, err := b.Sittings.Release(ctx, by, id, room); err != nil {
			return err
		}
	}
	return nil
}

// tickets notes what everybody signs in with.
func (b *builder) tickets(ctx context.Context) error {
	seats, err := b.Sittings.SeatsOf(ctx, b.hall.session.ID)
	if err != nil {
		return err
	}
	if len(seats) != b.n {
		return fmt.Errorf("%d of %d candidates have a seat", len(seats), b.n)
	}
	b.hall.entrants = make([]entrant, len(seats))
	return atATime(ctx, len(seats), func(ctx context.Context, i int) error {
		p, err := b.Registry.Named(ctx, seats[i].Candidate)
		if err != nil {
			return err
		}
		b.hall.entrants[i] = entrant{ticket: string(seats[i].Ticket), tail: p.IDNumber[len(p.IDNumber)-6:], code: b.hall.session.Code,
			attempt: string(theory.AttemptOf(seats[i].Ticket))}
		return nil
	})
}

// atATime does the n pieces of work, some at once, and stops at the first that fails.
func atATime(ctx context.Context, n int, do func(context.Context, int) error) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(hallAtOnce)
	for i := range n {
		if ctx.Err() != nil {
			break
		}
		work.Go(func() error { return do(ctx, i) })
	}
	return work.Wait()
}

// loadOptions are the words of the command line that every load takes.
type loadOptions struct {
	settings
	candidates int
	asJSON     bool
	profile    string // file for a CPU profile of the load; empty for none
}

// check reports what of o makes no hall, and fills in what it does not say.
func (o *loadOptions) check() error {
	if o.candidates < 1 || o.candidates > hallMost {
		return fmt.Errorf("--candidates takes 1 to %d", hallMost)
	}
	o.Listen, o.Label, o.Demo, o.Cost = "127.0.0.1:0", "技能等级认定", true, accounts.Cost{KiB: 8 << 10, Passes: 1, Threads: 1}
	return nil
}

// residentMB is the memory that the process holds, in MB of 2^20 bytes; 0 where the system does not tell.
func residentMB() int {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var whole, resident int
	if _, err := fmt.Sscan(string(b), &whole, &resident); err != nil {
		return 0
	}
	return resident * os.Getpagesize() >> 20
}
