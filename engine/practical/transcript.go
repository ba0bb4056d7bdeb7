package practical

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Format names the file of a Transcript.
const Format = "skillcert practical draw"

// commitVersion is that of new commitments.
const commitVersion = 2

// MaxTranscript bounds the file in bytes: some 50,000 candidates.
const MaxTranscript = 8 << 20

// Refusals of transcripts.
var (
	ErrTranscript = errs.New(errs.Invalid, "task_draw.transcript", "不是操作技能抽题记录，或文件已损坏")
	ErrDifferent  = errs.New(errs.Conflict, "task_draw.different", "与抽题记录不同")
)

// Commitment is what everybody may know of a draw from the moment it is fixed: nothing of what will be drawn.
type Commitment struct {
	Format     string            `json:"format"`
	Version    int               `json:"version"`
	Session    sitting.SessionID `json:"session"`
	Commitment string            `json:"commitment"`
	Committed  time.Time         `json:"committed"`
}

// Transcript (抽题记录) is what everybody may know once the practical component is over, late turns too (Rotation.Over), and from which the tasks of every
// ticket follow. There are no names in it, and of tasks their codes.
type Transcript struct {
	Commitment
	Drawn   time.Time     `json:"drawn"` // when the first tasks were dealt
	Seed    string        `json:"seed"`  // hex, 32 bytes
	Each    int           `json:"each"`  // tasks per candidate
	Tasks   []TaskMark    `json:"tasks"` // drawn from, by code
	Tickets []TicketTasks `json:"tickets"`
}

// TaskMark is a task that was drawn from.
type TaskMark struct {
	Code      string `json:"code"`
	Mandatory bool   `json:"mandatory"`
}

// TicketTasks are the tasks of one ticket, in the order performed.
type TicketTasks struct {
	Ticket sitting.Ticket `json:"ticket"`
	Tasks  []string       `json:"tasks"`
}

// transcript is the draw as it is published, without tickets.
func (d *Draw) transcript() *Transcript {
	t := &Transcript{Commitment: *d.published(), Seed: hex.EncodeToString(d.Seed), Each: d.Each}
	for _, x := range d.Tasks {
		t.Tasks = append(t.Tasks, TaskMark{x.Code, x.Mandatory})
	}
	return t
}

func (d *Draw) published() *Commitment {
	c := &Commitment{Format: Format, Version: max(1, d.Version), Session: d.Session, Commitment: d.Commitment}
	for _, e := range d.Trail {
		if e.Action == "practical.draw.committed" {
			c.Committed = e.At
		}
	}
	return c
}

// commitment computes what was published before the draw, in hex. Version 1 is the SHA-256 of the seed. Version 2 binds
// what is drawn from, too: it is the SHA-256 of the JSON object, without blanks, of format, version, session, seed, each
// and tasks, in this order and as they stand in the transcript.
func (t *Transcript) commitment() (string, error) {
	seed, err := hex.DecodeString(t.Seed)
	if err != nil || len(seed) != seedLength {
		return "", ErrTranscript.With("seed")
	}
	text := seed
	if t.Version != 1 {
		text, err = json.Marshal(struct {
			Format  string            `json:"format"`
			Version int               `json:"version"`
			Session sitting.SessionID `json:"session"`
			Seed    string            `json:"seed"`
			Each    int               `json:"each"`
			Tasks   []TaskMark        `json:"tasks"`
		}{t.Format, t.Version, t.Session, t.Seed, t.Each, t.Tasks})
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// Pick returns the codes of the tasks of one ticket. Mandatory tasks come first when all of them fit, in the order of
// their codes, and the rest is drawn from the others; when they do not fit the draw is among the mandatory ones.
// Every task that is drawn among has the same chance. The same record and ticket always give the same tasks: the
// order is ChaCha8 keyed by HKDF-SHA-256 of the seed and the ticket.
func (t *Transcript) Pick(ticket sitting.Ticket) ([]string, error) {
	var mandatory, others []string
	for _, x := range t.Tasks {
		if x.Mandatory {
			mandatory = append(mandatory, x.Code)
		} else {
			others = append(others, x.Code)
		}
	}
	seed, err := hex.DecodeString(t.Seed)
	if err != nil || len(seed) != seedLength || t.Each < 1 || t.Each > len(t.Tasks) {
		return nil, ErrTranscript.With("seed, each")
	}
	key, err := hkdf.Key(sha256.New, seed, nil, "skillcert practical tasks 1 "+string(ticket), seedLength)
	if err != nil {
		return nil, fmt.Errorf("derive the draw of %s: %w", ticket, err)
	}
	deck := rand.NewChaCha8([seedLength]byte(key))
	if len(mandatory) > t.Each {
		shuffle(deck, mandatory)
		return mandatory[:t.Each], nil
	}
	shuffle(deck, others)
	return append(mandatory, others[:t.Each-len(mandatory)]...), nil
}

func shuffle(deck *rand.ChaCha8, list []string) {
	for i := len(list) - 1; i > 0; i-- {
		j := below(deck, uint64(i)+1)
		list[i], list[j] = list[j], list[i]
	}
}

// below returns a number in [0, n), each equally likely: what lies over the last whole multiple of n is drawn again.
func below(deck *rand.ChaCha8, n uint64) uint64 {
	for most := math.MaxUint64 - math.MaxUint64%n; ; {
		if v := deck.Uint64(); v < most {
			return v % n
		}
	}
}

// ReadTranscript reads a published file strictly.
func ReadTranscript(file []byte) (*Transcript, error) {
	if len(file) > MaxTranscript {
		return nil, ErrTranscript.With("超过%d字节", MaxTranscript)
	}
	var t Transcript
	d := json.NewDecoder(bytes.NewReader(file))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		return nil, ErrTranscript.With("%v", err)
	}
	_, err := d.Token()
	switch {
	case err != io.EOF || t.Format != Format:
		return nil, ErrTranscript
	case t.Version != 1 && t.Version != commitVersion:
		return nil, ErrTranscript.With("version %d", t.Version)
	}
	return &t, nil
}

// Audit derives everything again: the commitment, and the tasks of every ticket. The first difference is ErrDifferent,
// in words.
func (t *Transcript) Audit() error {
	c, err := t.commitment()
	if err != nil {
		return err
	}
	if c != t.Commitment.Commitment {
		return ErrDifferent.With("承诺 commitment 为 %s，重新计算为 %s", t.Commitment.Commitment, c)
	}
	if !slices.IsSortedFunc(t.Tasks, func(a, b TaskMark) int { return order(a.Code, b.Code) }) {
		return ErrDifferent.With("试题 tasks 重复或没有按编号排列")
	}
	if !slices.IsSortedFunc(t.Tickets, func(a, b TicketTasks) int { return order(string(a.Ticket), string(b.Ticket)) }) {
		return ErrDifferent.With("准考证号 tickets 重复或没有按号排列")
	}
	for _, x := range t.Tickets {
		codes, err := t.Pick(x.Ticket)
		if err != nil {
			return err
		}
		if !slices.Equal(codes, x.Tasks) {
			return ErrDifferent.With("准考证号 ticket %s 的试题 tasks 为 %v，重新抽取为 %v", x.Ticket, x.Tasks, codes)
		}
	}
	return nil
}

// order compares two keys that must differ: equal ones count as out of order.
func order(a, b string) int {
	if a > b {
		return 1
	}
	return -1
}

// Committed is the public part of a session's draw, for everybody. ErrNotDrawn where there is none: of a session that has
// none nobody learns whether it exists.
func (d *Desk) Committed(ctx context.Context, id sitting.SessionID) (*Commitment, error) {
	draw, err := d.ports.Draws.TaskDraw(ctx, id)
	if err != nil {
		return nil, err
	}
	return draw.published(), nil
}

// Published is the transcript of a session's draw, for everybody, once its Rotation is Over: who waits for a late turn learns
// nothing of it. Until then, and where nothing was drawn, it is ErrNotDrawn.
func (d *Desk) Published(ctx context.Context, id sitting.SessionID) (*Transcript, error) {
	draw, err := d.ports.Draws.TaskDraw(ctx, id)
	if err != nil {
		return nil, err
	}
	session, err := d.sittings.Get(ctx, id)
	if errors.Is(err, sitting.ErrSession) {
		return nil, ErrNotDrawn
	}
	if err != nil {
		return nil, err
	}
	all, err := d.assessmentsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	if d.clock.Now().Before(plan(d.policy.Practical, session, draw, all).Over()) {
		return nil, ErrNotDrawn
	}
	t := draw.transcript()
	t.Drawn, _ = dealtBetween(all)
	for _, a := range all {
		t.Tickets = append(t.Tickets, TicketTasks{a.Ticket, a.Tasks})
	}
	slices.SortFunc(t.Tickets, func(a, b TicketTasks) int { return cmp.Compare(a.Ticket, b.Ticket) })
	return t, nil
}
