package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// 离线核验卷宗的命令：退出码 0 完整，1 被改动，2 不能判断。
func TestArchiveVerify(t *testing.T) {
	dir := filepath.Join("..", "..", "certs", "archive", "testdata")
	sample, root := filepath.Join(dir, "sample.zip"), filepath.Join(dir, "root.pem")
	whole, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "changed.zip")
	bad := bytes.Replace(whole, []byte("样例1-"), []byte("样例2-"), 1)
	if err := os.WriteFile(changed, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		exit int
		says string
	}{
		{[]string{sample, "--trust", root}, 0, "whole and signed"},
		{[]string{sample}, 2, "没有给出根证书"},
		{[]string{changed, "--trust", root}, 1, "1-报名与资格审查/记录.jsonl"},
		{[]string{changed}, 1, "内容被改动"},
		{[]string{root, "--trust", root}, 1, "不是卷宗"},
		{[]string{dir, "--trust", root}, 2, ""},
		{[]string{filepath.Join(dir, "none.zip"), "--trust", root}, 2, ""},
		{[]string{sample, "--trust", sample}, 2, ""},
		{[]string{}, 2, ""},
		{[]string{sample, "--no-such-flag"}, 2, ""},
	} {
		var out, errOut bytes.Buffer
		err := run(t.Context(), append([]string{"archive", "verify"}, c.args...), os.Getenv, nil, &out, &errOut)
		var code exitCode
		if err != nil && !errors.As(err, &code) {
			t.Errorf("%v: %v", c.args, err)
		}
		if int(code) != c.exit || !strings.Contains(out.String(), c.says) {
			t.Errorf("%v: exit %d, want %d\n%s%s", c.args, code, c.exit, out.String(), errOut.String())
		}
	}
}

func TestArchiveVerifyAsJSON(t *testing.T) {
	dir := filepath.Join("..", "..", "certs", "archive", "testdata")
	var out bytes.Buffer
	if err := run(t.Context(), []string{"archive", "verify", filepath.Join(dir, "sample.zip"), "--trust", filepath.Join(dir, "root.pem"), "--json"}, os.Getenv, nil, &out, &out); err != nil {
		t.Fatal(err)
	}
	var v archiveVerdict
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	if v.Standing != "good" || !v.Demo || v.Cleared || v.Files != 6 || v.Number != 1 || v.Body.Filing != "S000012009999" || len(v.Faults) != 0 {
		t.Errorf("%s", out.String())
	}
}
