package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/engine/practical"
)

// readTaskTranscript reads the record of a draw of practical tasks.
func readTaskTranscript(name string) (*practical.Transcript, error) {
	file, err := readAtMost(name, practical.MaxTranscript)
	if err != nil {
		return nil, err
	}
	return practical.ReadTranscript(file)
}

// taskReport is what the audit of such a record says as JSON.
type taskReport struct {
	Session string `json:"session"`
	Equal   bool   `json:"equal"`
	First   string `json:"first,omitempty"`
	Tasks   int    `json:"tasks"`
	Each    int    `json:"each"`
	Tickets int    `json:"tickets"`
}

// auditTasks derives the tasks of every ticket again. A record that cannot be derived from is unreadable.
func auditTasks(con console, t *practical.Transcript, asJSON bool) error {
	r := taskReport{Session: string(t.Session), Tasks: len(t.Tasks), Each: t.Each, Tickets: len(t.Tickets)}
	err := t.Audit()
	switch {
	case err == nil:
		r.Equal = true
	case errors.Is(err, practical.ErrDifferent):
		r.First = plain(err).Error()
	default:
		_, _ = fmt.Fprintf(con.err, "不能读取 unreadable: %v\n", plain(err))
		return exitUnreadable
	}
	if asJSON {
		e := json.NewEncoder(con.out)
		e.SetIndent("", "  ")
		err = e.Encode(r)
	} else {
		err = printTasks(con, r)
	}
	if err == nil && !r.Equal {
		err = exitDifferent
	}
	return err
}

func printTasks(con console, r taskReport) error {
	head := fmt.Sprintf("相同 equal: %s，重新抽取的操作技能试题与记录一致", r.Session)
	if !r.Equal {
		head = fmt.Sprintf("不同 different: %s\n  第一处不同 first difference: %s", r.Session, r.First)
	}
	_, err := fmt.Fprintf(con.out, "%s\n  准考证号 tickets %d，每人 tasks each %d，从 %d 题中抽取 drawn from\n", head, r.Tickets, r.Each, r.Tasks)
	return err
}
