package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// taskRecord is the published record of a draw of two tasks each for three tickets.
func taskRecord(t *testing.T) *practical.Transcript {
	t.Helper()
	seed := ids.Seeded("tasks").Bytes(32)
	pool := []*questionbank.Task{{Code: "A", Mandatory: true}, {Code: "B"}, {Code: "C"}, {Code: "D"}}
	d, err := practical.NewDraw("s", seed, pool, 2)
	if err != nil {
		t.Fatal(err)
	}
	x := &practical.Transcript{Commitment: practical.Commitment{Format: practical.Format, Version: 2, Session: "s", Commitment: d.Commitment}, Seed: fmt.Sprintf("%x", seed), Each: 2}
	for _, k := range d.Tasks {
		x.Tasks = append(x.Tasks, practical.TaskMark{Code: k.Code, Mandatory: k.Mandatory})
	}
	for n := range 3 {
		number := sitting.Ticket(fmt.Sprintf("2612000001%04d", n))
		codes, err := d.Pick(number)
		if err != nil {
			t.Fatal(err)
		}
		x.Tickets = append(x.Tickets, practical.TicketTasks{Ticket: number, Tasks: codes})
	}
	return x
}

func auditTaskFile(t *testing.T, x any) (string, error) {
	t.Helper()
	file, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "tasks.json")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errOut strings.Builder
	err = auditDraw(console{out: &out, err: &errOut}, name, false)
	return out.String() + errOut.String(), err
}

// 谁都可以凭公开的抽题记录核对：相同退出码为0，不同为1并指出第一处，读不了为2。
func TestAuditOfPracticalTasks(t *testing.T) {
	said, err := auditTaskFile(t, taskRecord(t))
	if err != nil || !strings.Contains(said, "相同 equal") || !strings.Contains(said, "tickets 3") {
		t.Fatalf("%s, %v", said, err)
	}
	changed := taskRecord(t)
	changed.Tickets[1].Tasks = []string{"A", "A"}
	said, err = auditTaskFile(t, changed)
	if !errors.Is(err, exitDifferent) || !strings.Contains(said, "第一处不同") || !strings.Contains(said, "26120000010001") {
		t.Fatalf("%s, %v", said, err)
	}
	broken := taskRecord(t)
	broken.Seed = "xy"
	if said, err = auditTaskFile(t, broken); !errors.Is(err, exitUnreadable) || !strings.Contains(said, "不能读取") {
		t.Fatalf("%s, %v", said, err)
	}
}
