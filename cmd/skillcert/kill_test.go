package main

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestKilledDemoGoesOn kills the program with SIGKILL in one chapter after the other, each time on what the kill before
// left, and lets it end: every command finds its place again, and no seat, form, result or certificate is there twice.
// That what was acknowledged is kept is asked of the stores themselves (storetest.Acknowledged, sqlite's crash tests).
func TestKilledDemoGoesOn(t *testing.T) {
	data, out := t.TempDir(), t.TempDir()
	chapters := []string{"审题、两局同意", "报名", "组卷", "理论知识考试", "操作技能考核", "合成成绩", "发证"}
	for _, chapter := range chapters {
		killIn(t, chapter, data)
	}
	for range 2 { // the second time everything is done already
		must(t, "demo", "--once", "--data", data, "--out", out)
	}
	r := readReport(t, out)
	checkReport(t, r)
	for _, c := range r.Certificates[:3] {
		checkSeal(t, out+"/"+c.File)
	}
}

// killIn starts the demo and kills it when the chapter has begun and said something.
func killIn(t *testing.T, chapter, data string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "demo", "--once", "--data", data)
	cmd.Env = append(os.Environ(), "SKILLCERT_TEST_AS_PROGRAM=1")
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	reached := false
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if reached = reached || strings.Contains(lines.Text(), chapter); reached && !strings.Contains(lines.Text(), chapter) {
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatalf("the program had ended before %s: %v\n%s", chapter, err, said.String())
	}
	err = cmd.Wait()
	if !reached || err == nil {
		t.Fatalf("never in chapter %s (%v):\n%s", chapter, err, said.String())
	}
}
