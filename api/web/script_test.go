package web_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The scripts' own tests, run by node.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("jstest/*.test.js")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests of the scripts: %v", err)
	}
	out, err := exec.Command("node", append([]string{"--test"}, files...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("node 20 is needed (apt-get install nodejs): %v\n%s", err, out)
	}
	if !strings.Contains(string(out), "# pass") && !strings.Contains(string(out), "ℹ pass") {
		t.Fatalf("node ran no test:\n%s", out)
	}
}

// The types in the scripts' comments, checked by TypeScript, which npm fetches into a temporary directory.
func TestScriptTypes(t *testing.T) {
	dir := t.TempDir()
	install := exec.Command("npm", "install", "--prefix", dir, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "typescript@5.9.3")
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm is needed, with typescript in reach (apt-get install nodejs npm): %v\n%s", err, out)
	}
	if out, err := exec.Command(filepath.Join(dir, "node_modules", ".bin", "tsc"), "-p", "jsconfig.json").CombinedOutput(); err != nil {
		t.Fatalf("tsc: %v\n%s", err, out)
	}
}
