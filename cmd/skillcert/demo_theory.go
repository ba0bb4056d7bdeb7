package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/questionbank"
)

// atOnce is how many simulated candidates answer at the same time.
const atOnce = 24

// draw gives every seat its own form and its tasks.
func (d *demo) draw(ctx context.Context) error {
	d.step("组卷：每个座位一份试卷")
	by := d.staff["kaowu"]
	for i, l := range d.levels {
		drawing := d.Exams.Draw
		if i == 0 {
			drawing = d.keepDraw
		}
		drawn, err := drawing(ctx, by, l.ID)
		if err != nil {
			return fmt.Errorf("draw %s: %w", l.Name, err)
		}
		tasks, err := d.Practical.Commit(ctx, by, l.ID)
		if err != nil {
			return fmt.Errorf("commit to the tasks of %s: %w", l.Name, err)
		}
		if _, err := d.Practical.Draw(ctx, by, l.ID); already(err, engine.ErrSealed) != nil {
			return fmt.Errorf("draw tasks %s: %w", l.Name, err)
		}
		d.say("%s：操作技能抽题承诺 %s…", l.Level, tasks.Commitment[:12])
		d.say("%s：%d 份，备用 %d 份，保管人 %d 方，承诺 %s…，试卷根 %s…", l.Level, len(drawn.Seated()), len(drawn.Tickets)-len(drawn.Seated()),
			len(drawn.Custodians), drawn.Commitment[:12], drawn.Root[:12])
	}
	return nil
}

// sit plays the theory exam of every level over HTTP.
func (d *demo) sit(ctx context.Context) error {
	d.step("理论知识考试：模拟考生通过 HTTP 作答")
	if err := d.learn(ctx); err != nil {
		return err
	}
	for _, l := range d.levels {
		if err := d.openRoom(ctx, l); err != nil {
			return err
		}
		d.clock.JumpTo(l.Theory.Opens.Add(time.Minute))
		if err := d.answer(ctx, l); err != nil {
			return err
		}
		d.clock.JumpTo(l.Theory.Closes.Add(time.Minute))
		closed, err := d.Exams.CloseDue(ctx, authz.Worker("demo"), l.ID)
		if err != nil {
			return err
		}
		d.say("%s：到时由系统收卷 %d 份", l.Level, closed)
	}
	return d.auditDraws(ctx)
}

// learn notes the right answer of every question as it is printed, for the simulated candidates.
func (d *demo) learn(ctx context.Context) error {
	snapshot, err := d.Bank.Snapshot(ctx, provincialRelease)
	if err != nil {
		return err
	}
	d.answers = map[string][]string{}
	for _, v := range snapshot.Items {
		var right []string
		for _, k := range v.Key {
			right = append(right, v.Options[k])
		}
		d.answers[printed(v.Stem, v.Options)] = right
	}
	return nil
}

// printed names a question by what a candidate sees of it, in whatever order the options stand.
func printed(stem string, options []string) string {
	sorted := slices.Sorted(slices.Values(options))
	return stem + "\x00" + strings.Join(sorted, "\x00")
}

// openRoom checks everybody in who came and releases the room.
func (d *demo) openRoom(ctx context.Context, l *levelSession) error {
	d.clock.JumpTo(l.Theory.Opens.Add(-20 * time.Minute))
	by := d.staff["jiankao1"]
	for _, s := range l.seats {
		if l.names[s.Candidate].Absent {
			continue
		}
		if _, err := d.Sittings.CheckIn(ctx, by, l.ID, s.Room, s.Ticket); already(err, sitting.ErrSeatState) != nil {
			return fmt.Errorf("check in %s: %w", s.Ticket, err)
		}
	}
	_, err := d.Sittings.Release(ctx, by, l.ID, "t1")
	return err
}

func (d *demo) answer(ctx context.Context, l *levelSession) error {
	bar := d.bar("名考生（"+l.Level.String()+"）", len(l.seats))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(atOnce)
	for i, s := range l.seats {
		work.Go(func() error {
			defer bar.add(1)
			c := l.names[s.Candidate]
			if c.Absent {
				return nil
			}
			e := examinee{demo: d, seat: s, candidate: c, code: l.Code, forgets: i == len(l.seats)-1}
			if err := e.sit(ctx); err != nil {
				return fmt.Errorf("%s: %w", s.Ticket, err)
			}
			return nil
		})
	}
	err := work.Wait()
	bar.end()
	return err
}

// examinee is a simulated candidate: a stranger to the server who knows a share of the answers.
type examinee struct {
	*demo
	seat      *sitting.Seat
	candidate fixtures.Candidate
	code      string
	forgets   bool // to hand in: the clock closes the attempt
}

// paper is what the exam page's API answers, as far as an examinee reads it.
type paper struct {
	Seq       int `json:"seq"`
	Questions []struct {
		Type    questionbank.ItemType `json:"type"`
		Stem    string                `json:"stem"`
		Options []string              `json:"options"`
	} `json:"questions"`
}

func (e *examinee) sit(ctx context.Context) error {
	var signedIn struct {
		Token string `json:"access_token"`
	}
	if err := e.http.call(ctx, http.MethodPost, "/api/v1/exam/sign-in",
		map[string]string{"ticket": string(e.seat.Ticket), "id_tail": idTail(e.candidate.IDNumber), "code": e.code}, &signedIn); err != nil {
		return err
	}
	me, path := e.http.as(signedIn.Token), "/api/v1/attempts/"+string(theory.AttemptOf(e.seat.Ticket))
	var p paper
	err := me.call(ctx, http.MethodGet, path+"/paper", nil, &p)
	if refused(err, theory.ErrAttemptClosed.Code) {
		return nil // this demo goes on after it was stopped, and the paper was handed in before
	}
	if err != nil {
		return err
	}
	if err := e.respond(ctx, me, path, p); err != nil || e.forgets {
		return err
	}
	return me.call(ctx, http.MethodPost, path+"/submission", map[string]any{}, nil)
}

// respond answers every question, the set share of them right, spread over the paper.
func (e *examinee) respond(ctx context.Context, me *client, path string, p paper) error {
	known, n := 0, len(p.Questions)
	for i, q := range p.Questions {
		right := (i+1)*e.candidate.Theory/100 > known
		if right {
			known++
		}
		chosen, err := e.choose(q.Stem, q.Options, right)
		if err != nil {
			return err
		}
		if i < p.Seq {
			continue // answered before this demo was stopped
		}
		entry := map[string]any{"seq": i + 1, "item": i, "chosen": chosen, "flag": false, "kind": "response", "client_at": e.clock.Now()}
		if err := me.call(ctx, http.MethodPost, path+"/responses", entry, nil); err != nil {
			return fmt.Errorf("question %d of %d: %w", i+1, n, err)
		}
	}
	return nil
}

// choose returns the places of the right options, or of a wrong one.
func (e *examinee) choose(stem string, options []string, right bool) ([]int, error) {
	key, ok := e.answers[printed(stem, options)]
	if !ok {
		return nil, fmt.Errorf("a question that is in no release: %q", stem)
	}
	var chosen []int
	for i, o := range options {
		if slices.Contains(key, o) == right {
			chosen = append(chosen, i)
		}
	}
	if !right {
		chosen = chosen[:1]
	}
	return chosen, nil
}
