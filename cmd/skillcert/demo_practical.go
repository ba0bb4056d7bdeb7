package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/questionbank"
)

// examiners are those who score in the demo; each works alone.
func examiners() []string { return []string{"kaoping1", "kaoping2", "kaoping3"} }

// practise scores the practical assessments of every level: three examiners, each alone.
func (d *demo) practise(ctx context.Context) error {
	d.step("操作技能考核：三名考评员各自独立评分")
	for _, l := range d.levels {
		d.clock.JumpTo(l.Practical.Opens.Add(10 * time.Minute))
		if err := d.excuseAbsent(ctx, l); err != nil {
			return err
		}
		work, all := errgroup.WithContext(ctx)
		for i, login := range examiners() {
			work.Go(func() error { return d.score(all, l, login, i) })
		}
		if err := work.Wait(); err != nil {
			return err
		}
		if err := d.arbitrate(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) excuseAbsent(ctx context.Context, l *levelSession) error {
	for _, s := range l.seats {
		if !l.names[s.Candidate].Absent {
			continue
		}
		if _, err := d.Practical.Excuse(ctx, d.staff["zuzhang"], practical.AssessmentOf(s.Ticket), engine.Absent, "未到场"); already(err, engine.ErrSealed) != nil {
			return fmt.Errorf("excuse %s: %w", s.Ticket, err)
		}
	}
	return nil
}

// score fills and signs every sheet of one examiner; examiners differ a little, as people do.
func (d *demo) score(ctx context.Context, l *levelSession, login string, nth int) error {
	by := d.staff[login]
	list, err := d.Practical.Own(ctx, by, l.ID)
	if err != nil {
		return err
	}
	bar := d.bar("张评分表（"+by.Name+"，"+l.Level.String()+"）", len(list))
	for _, w := range list {
		bar.add(1)
		if w.Assessment.Standing != "" || w.Sheet != nil && !w.Sheet.Signed.IsZero() {
			continue
		}
		revision := int64(0)
		if w.Sheet != nil {
			revision = w.Sheet.Revision
		}
		share := l.names[w.Assessment.Candidate].Practical + nth - 1
		sheet, err := d.Practical.Save(ctx, by, w.Assessment.ID, revision, scores(w.Tasks, share), nil)
		if err != nil {
			return fmt.Errorf("score %s: %w", w.Assessment.Ticket, err)
		}
		if _, err := d.Practical.Sign(ctx, by, w.Assessment.ID, sheet.Revision); err != nil {
			return fmt.Errorf("sign %s: %w", w.Assessment.Ticket, err)
		}
	}
	bar.end()
	return nil
}

// scores gives about share percent of every task's points, criterion by criterion.
func scores(tasks []*questionbank.Task, share int) map[string]map[string]engine.Points {
	all := map[string]map[string]engine.Points{}
	for _, t := range tasks {
		sheet, given, sum := map[string]engine.Points{}, engine.Points(0), engine.Points(0)
		for _, c := range t.Criteria {
			sum += c.Points
			p := earned(c, sum*engine.Points(share)/100-given)
			sheet[c.No] = p
			given += p
		}
		all[t.Code] = sheet
	}
	return all
}

// earned is the whole points of a criterion that come nearest to wanted without passing it, or its lowest level.
func earned(c questionbank.Criterion, wanted engine.Points) engine.Points {
	best := engine.Points(0)
	if len(c.Levels) == 0 {
		return max(0, min(c.Points, wanted/100*100))
	}
	best = c.Levels[len(c.Levels)-1].Points
	for _, l := range c.Levels {
		best = min(best, l.Points)
	}
	for _, l := range c.Levels {
		if l.Points <= wanted && l.Points > best {
			best = l.Points
		}
	}
	return best
}

// arbitrate lets the leader rule where the examiners differ too far.
func (d *demo) arbitrate(ctx context.Context, l *levelSession) error {
	by := d.staff["zuzhang"]
	rows, err := d.Practical.Standings(ctx, by, l.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if !r.Disputed {
			continue
		}
		if _, err := d.Practical.Rule(ctx, by, r.Assessment, practical.RulePoints(r.Totals[len(r.Totals)/2]), "评分差异较大，经复核裁定"); err != nil {
			return err
		}
	}
	return nil
}

// seal lets each component be closed by its own people, with the quality supervisor as witness.
func (d *demo) seal(ctx context.Context) error {
	d.step("两科成绩分别封存")
	for _, l := range d.levels {
		d.at(l.day, 19, 30)
		if _, err := d.Exams.Mark(ctx, d.staff["yuejuan"], l.ID, true); already(err, engine.ErrSealed) != nil {
			return fmt.Errorf("mark %s: %w", l.Name, err)
		}
		if err := d.auditTasks(ctx, l); err != nil {
			return err
		}
		for _, component := range []func(context.Context, *levelSession) (*engine.Seal, error){d.sealTheory, d.sealPractical} {
			s, err := component(ctx, l)
			if err != nil {
				return fmt.Errorf("seal %s: %w", l.Name, err)
			}
			d.say("%s %s：%d 人，摘要 %s…", l.Level, s.Component, len(s.Scores), s.Digest[:12])
		}
	}
	return nil
}

func (d *demo) sealTheory(ctx context.Context, l *levelSession) (*engine.Seal, error) {
	s, err := d.Exams.Seal(ctx, d.staff["yuejuan"], l.ID)
	if errors.Is(err, engine.ErrSealed) {
		s, err = d.Exams.SealState(ctx, d.staff["yuejuan"], l.ID)
	}
	if err != nil {
		return nil, err
	}
	_, err = d.Exams.Countersign(ctx, d.staff["dudao"], l.ID, s.Digest)
	return s, err
}

func (d *demo) sealPractical(ctx context.Context, l *levelSession) (*engine.Seal, error) {
	s, err := d.Practical.Seal(ctx, d.staff["zuzhang"], l.ID)
	if errors.Is(err, engine.ErrSealed) {
		s, err = d.Practical.SealState(ctx, d.staff["zuzhang"], l.ID)
	}
	if err != nil {
		return nil, err
	}
	_, err = d.Practical.Countersign(ctx, d.staff["dudao"], l.ID, s.Digest)
	return s, err
}

// join brings the two sealed components together, opens the lists to the public and closes them when their days are over.
func (d *demo) join(ctx context.Context) error {
	d.step("合成成绩与公示")
	by := d.staff["kaowu"]
	for _, l := range d.levels {
		d.at(l.day, 20, 0)
		if _, err := d.Board.Join(ctx, by, l.ID); already(err, result.ErrPublished) != nil {
			return fmt.Errorf("join %s: %w", l.Name, err)
		}
		p, err := d.Board.Publish(ctx, by, l.ID)
		if errors.Is(err, result.ErrStage) {
			p, err = d.Board.Publication(ctx, l.ID)
		}
		if err != nil {
			return fmt.Errorf("publish %s: %w", l.Name, err)
		}
		if err := d.record(ctx, l); err != nil {
			return err
		}
		d.say("%s：公示 %s 至 %s", l.Level, p.From, p.Until)
	}
	return nil
}

func (d *demo) record(ctx context.Context, l *levelSession) error {
	rows, err := d.Board.Results(ctx, d.staff["kaowu"], l.ID)
	if err != nil {
		return err
	}
	passed := 0
	for _, r := range rows {
		if r.Outcome() == result.Pass {
			passed++
		}
		d.report.Results = append(d.report.Results, reportResult{Candidate: l.names[r.Candidate].Name, Level: r.Level,
			Theory: shown(r.Theory), Practical: shown(r.Practical), Outcome: string(r.Outcome())})
	}
	d.say("%s：%d 人中 %d 人两科合格", l.Level, len(rows), passed)
	return nil
}

// shown is a component as the report tells it: points, or why there are none.
func shown(c result.Component) string {
	if c.Standing != engine.Scored {
		return string(c.Standing)
	}
	return c.Points.String()
}
