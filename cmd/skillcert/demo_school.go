package main

import (
	"context"
	"fmt"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/training"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
)

// school has the training body keep one class of its own that is over, with a teacher and three trainees out of a
// roll. None of them has to do with the sitting.
func (d *demo) school(ctx context.Context) error {
	by, err := d.receive(ctx, fixtures.School())
	if err != nil {
		return err
	}
	course, _, err := d.Training.AddCourse(ctx, by, training.Course{Name: "长期照护师五级课程（演示）", Level: engine.Level5, Basic: true, Theory: 60, Practical: 60})
	if err != nil {
		return fmt.Errorf("course: %w", err)
	}
	class, err := d.Training.OpenClass(ctx, by, training.Class{Course: course.ID, Code: "YS01", Name: "长期照护师五级体验班（演示）", From: d.day.AddDays(-120), To: d.day.AddDays(-60)})
	if err != nil {
		return fmt.Errorf("class: %w", err)
	}
	born := clock.Date{Year: 1978, Month: time.May, Day: 4}
	teacher := engine.Person{Name: "宋教安", IDType: engine.ResidentCard, IDNumber: fixtures.IDNumber(born, 700, engine.Female)}
	if _, err := d.Training.AddTeacher(ctx, by, class.ID, teacher); err != nil {
		return fmt.Errorf("teacher: %w", err)
	}
	roll, err := trainingRoll(born)
	if err != nil {
		return err
	}
	plan, err := d.Training.TakeRoll(ctx, by, class.ID, training.File{Name: "roll.xlsx", Data: roll}, true)
	if err != nil {
		return fmt.Errorf("roll: %w", err)
	}
	for _, l := range plan.Lines {
		if l.Step == training.RollRefuse {
			return fmt.Errorf("roll, row %d: %s", l.Row, l.Msg)
		}
	}
	d.say("%s：%s，名册 %d 人", fixtures.School().Body.Name, class.Name, len(plan.Lines))
	return nil
}

// trainingRoll is the roll of the class: one passed, one failed, one goes on.
func trainingRoll(born clock.Date) ([]byte, error) {
	results := [][2]string{{"合格", "120"}, {"不合格", "48"}, {"", ""}}
	var rows []training.RollCells
	for i, name := range []string{"安学勤", "毕晓光", "车念恩"} {
		rows = append(rows, training.RollCells{"学员姓名": name, "证件号码": fixtures.IDNumber(born, 701+i, engine.Female), "培训基础": "初次从事", "人员类别": "农村转移劳动力",
			"培训类型": "定向就业培训", "培训等级": "初级", "结业结果": results[i][0], "实际课时": results[i][1]})
	}
	return training.WriteRoll(rows)
}
