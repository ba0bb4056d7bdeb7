package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api"
)

// Two pauses stand at once: whoever ends one is told of the other, and the console names both.
func TestResumingSaysWhatStillStands(t *testing.T) {
	w := newWorld(t)
	w.begun()
	room, office, page, all := w.desk("jiankao1"), w.desk("kaowu"), w.href("/rooms/t1"), w.href("/rooms")
	standing := func(who *client, path string, want ...string) {
		t.Helper()
		w.clock.Advance(time.Second)
		who.sees(path, want...)
	}
	standing(room, page)
	room.redirected(room.press(page+"/pause", "text", "断电"), page)
	standing(office, all, "第一考场 已暂停", page+"?do=resumption", "现在暂停中")
	if strings.Contains(office.last, "do=pause") {
		t.Error("a pause is offered of who is paused")
	}
	office.redirected(office.press(all[:len(all)-len("/rooms")]+"/pause", "text", "火警"), all)
	standing(room, page, "考务已暂停全部考场，须考务恢复", page+"?do=resumption")
	standing(office, all, "考务已暂停全部考场", all+"?do=resumption")
	room.redirected(room.press(page+"/resumption", "text", "来电"), page)
	room.sees(page, "note-amber", "考务对全部考场的暂停仍在，考生还不能作答，须考务恢复", "现在暂停中")
	if strings.Contains(room.last, "do=pause") || strings.Contains(room.last, "do=resumption") {
		t.Error("the room is offered what is the office's")
	}
	room.post(page+"/resumption", "text", "来电")
	room.says("须考务恢复", "proceedings.office_paused")
	room.redirected(room.post(page+"/pause", "text", "再停"), page)
	office.redirected(office.press(all[:len(all)-len("/rooms")]+"/resumption", "text", "解除"), all)
	office.sees(all, "须分别恢复：第一考场")
	office.sees(page)
	office.redirected(office.press(page+"/resumption", "text", "解除", "all", "1"), all)
	office.sees(all, "已恢复。", "do=pause")
}

func TestASessionAheadIsNotPaused(t *testing.T) {
	w := newWorld(t)
	w.at(-61 * time.Minute)
	office, all := w.desk("kaowu"), w.href("/rooms")
	office.sees(all, "本场次尚未开始", "这是提前给的时间")
	if strings.Contains(office.last, `href="`+all+`?do=pause"`) {
		t.Error("a pause is offered")
	}
	office.press(w.href("/pause"), "text", "火警")
	office.says("起才能暂停", "proceedings.not_begun")
	office.redirected(office.press(w.href("/extension"), "minutes", "5", "text", "肢体残疾"), all)
	w.at(-60 * time.Minute)
	office.sees(all)
	office.redirected(office.press(w.href("/pause"), "text", "火警"), all)
}

// The marker sees that the exam runs and who is held up by which pause before anything is pressed, and who has handed in.
func TestTheMarkingPageSaysWhyNothingIsMarkedYet(t *testing.T) {
	w := newWorld(t)
	c := w.begun()
	marker, page := w.desk("yuejuan"), w.href("/seals/theory")
	marker.sees(page, "考试还没有结束", "最迟", "收卷", "正在作答")
	if strings.Contains(marker.last, `action="`+w.href("/marks")+`"`) {
		t.Error("marking is offered while somebody sits")
	}
	w.as("jiankao1").json("POST", w.room("pause"), api.OrderEntry{Ticket: w.seats[0].Ticket, Text: "不适"}, nil)
	marker.sees(page, "这些暂停尚未恢复", fmt.Sprintf("<li>第一考场 %d %s</li>", w.seats[0].No, rareName))
	w.as("jiankao1").json("POST", w.room("resumption"), api.OrderEntry{Ticket: w.seats[0].Ticket, Text: "好转"}, nil)
	c.json("POST", w.attempt(0)+"/submission", api.Submission{Window: "w1"}, nil)
	marker.sees(page, "已交卷，等待阅卷")
	w.at(3 * time.Hour)
	marker = w.desk("yuejuan")
	marker.sees(page, `action="`+w.href("/marks")+`"`, `name="early"`)
}
