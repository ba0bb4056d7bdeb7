package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/practical"
)

// 考务人员看得到承诺和轮转安排；任何人不必登录就能下载承诺，考核结束后才能下载抽题记录并核对。
func TestTheDrawOfTasksIsPublic(t *testing.T) {
	w := newWorld(t)
	office := w.desk("kaowu")
	page, public := w.href("/practice"), "/draws/"+string(w.session.ID)
	office.sees(page, "操作技能考务", "抽题承诺", "轮转安排", "候考区", rareName)
	w.desk("zuzhang").sees(page, "轮转安排")
	anybody := w.program("")
	r := anybody.send("GET", public+"/tasks-commitment.json", nil)
	var c practical.Commitment
	if err := json.Unmarshal(r.body, &c); err != nil || r.status != http.StatusOK || !strings.Contains(office.last, c.Commitment) || c.Session != w.session.ID {
		t.Fatalf("%d %s, %v", r.status, r.body, err)
	}
	if r := anybody.send("GET", public+"/tasks.json", nil); r.status != http.StatusNotFound {
		t.Errorf("before the end: %d %s", r.status, r.body)
	}
	if r := anybody.send("GET", "/draws/nobody/tasks-commitment.json", nil); r.status != http.StatusNotFound {
		t.Errorf("of no session: %d %s", r.status, r.body)
	}
	w.at(w.session.Practical.Closes.Sub(w.session.Theory.Opens) + time.Minute)
	r = anybody.send("GET", public+"/tasks.json", nil)
	file, err := practical.ReadTranscript(r.body)
	if err != nil || file.Audit() != nil || len(file.Tickets) != candidates || file.Commitment != c {
		t.Fatalf("%d %s, %v", r.status, r.body, err)
	}
	for _, hidden := range []string{rareName, "步骤"} {
		if strings.Contains(string(r.body), hidden) {
			t.Errorf("%q is in the public record", hidden)
		}
	}
	w.desk("kaowu").sees(page, "下载抽题记录")
}
