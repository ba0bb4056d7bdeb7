package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/skillcert/skillcert/engine"
)

// report is what a demo leaves behind: report.json beside certificates/*.pdf.
type report struct {
	Candidates   int                 `json:"candidates"`
	Refused      []reportRefusal     `json:"refused"`
	Results      []reportResult      `json:"results"`
	Certificates []reportCertificate `json:"certificates"`
	Verification []reportCheck       `json:"verification"`
}

type reportRefusal struct {
	Who    string `json:"who"`
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

// reportResult is one candidate's outcome: the two components stand side by side, in points, and are never added.
type reportResult struct {
	Candidate string       `json:"candidate"`
	Level     engine.Level `json:"level"`
	Theory    string       `json:"theory"`
	Practical string       `json:"practical"`
	Outcome   string       `json:"outcome"`
}

type reportCertificate struct {
	Number string       `json:"number"`
	Name   string       `json:"name"`
	Level  engine.Level `json:"level"`
	File   string       `json:"file"`
	Token  string       `json:"token"`
}

type reportCheck struct {
	Case  string `json:"case"`
	State string `json:"state"`
	want  string // what the story asks for
}

// write puts report.json into dir, which exists.
func (r report) write(dir string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return os.WriteFile(filepath.Join(dir, "report.json"), append(b, '\n'), 0o644)
}
