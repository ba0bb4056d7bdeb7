package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/fixtures/bank"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
)

// rosterSize is how many candidates the sample bank is drawn for.
const rosterSize = 3000

// TestSampleBankGoesAllTheWay: the whole sample bank comes in through the product's own workbooks, goes through review,
// consents and filings into releases, is drawn for candidates of mixed provinces and levels, is derived again from the
// transcript alone, and leaves through every format and comes back.
func TestSampleBankGoesAllTheWay(t *testing.T) {
	dir := authored(t)
	importSamples(t, dir)
	items := 0
	inside(t, dir, func(ctx context.Context, h *house) { items = publishSamples(ctx, t, h) })
	if want := itemsOf(t); items != want {
		t.Fatalf("%d items are in the releases, the sample bank has %d", items, want)
	}
	drawSamples(t, dir)
	inside(t, dir, func(ctx context.Context, h *house) { exportSamples(ctx, t, h, items) })
}

func sample(name string) string { return filepath.Join("..", "..", "fixtures", "bank", "data", name) }

// itemsOf counts the items of the sample bank in its own files.
func itemsOf(t *testing.T) (n int) {
	t.Helper()
	c, err := bank.Content()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Supplements {
		n += len(s)
	}
	return n + len(c.National)
}

func importSamples(t *testing.T, dir string) {
	t.Helper()
	common := []string{"import", "--data", dir, "--as", "mingti", "--sample"}
	for _, l := range engine.Levels() {
		level := strconv.Itoa(int(l))
		mustBank(t, append(common, "--level", level, "--edition", bank.Edition, "--source", "样题", sample("table-L"+level+".csv"),
			sample("items-L"+level+".csv"), sample("tasks-L"+level+".json"))...)
	}
	for _, p := range bank.Provinces() {
		mustBank(t, append(common, "--province", p, "--points", sample("supplement-points.csv"), sample("supplement-"+p+".csv"))...)
	}
}

// publishSamples takes everything through its life and publishes a national release, one for each province with a
// supplement, and the blueprints. It returns how many items the releases hold together.
func publishSamples(ctx context.Context, t *testing.T, h *house) (items int) {
	t.Helper()
	who := func(name, province string, roles ...authz.Role) authz.Principal {
		return authz.Principal{Account: name, Person: name, Province: province, Roles: roles}
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	keeper, reviewer := who("tiku", "", authz.BankKeeper), who("shenti", "", authz.Reviewer)
	check(h.eachItem(ctx, questionbank.Filter{State: questionbank.Draft}, func(i *questionbank.Item) {
		_, err := h.Bank.Review(ctx, reviewer, i.Code, 1)
		check(err)
		province := i.Current().Province
		if province == "" {
			return
		}
		for _, authority := range []authz.Role{authz.Labour, authz.Medical} {
			_, err := h.Bank.Consent(ctx, who(string(authority)+province, province, authority), i.Code, 1)
			check(err)
		}
		for _, authority := range []authz.Role{authz.Labour, authz.Medical} {
			_, err := h.Bank.File(ctx, keeper, i.Code, 1, authority, "样备"+i.Code)
			check(err)
		}
	}))
	national, err := h.Bank.PublishRelease(ctx, keeper, "2026.1", "", "", true)
	check(err)
	items = len(national.Items)
	for _, p := range bank.Provinces() {
		r, err := h.Bank.PublishRelease(ctx, keeper, "2026.1+"+p+"0000", "2026.1", p, true)
		check(err)
		items += len(r.Items) - len(national.Items)
	}
	for _, bp := range bank.Blueprints("2026.1+120000", func(total int) int { return h.policy.Bank.SupplementCap("12", total) }) {
		_, err := h.Bank.PublishBlueprint(ctx, keeper, bp)
		check(err)
	}
	return items
}

// drawSamples draws for rooms of thirty in four provinces and outside of them, and derives the draw again.
func drawSamples(t *testing.T, dir string) {
	t.Helper()
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	rows := [][]string{{"level", "province", "release", "room", "seat", "candidate"}}
	provinces := append(bank.Provinces(), "")
	for n := range rosterSize {
		room := n / 30
		province, release := provinces[room%len(provinces)], "2026.1"
		if province != "" {
			release += "+" + province + "0000"
		}
		rows = append(rows, []string{strconv.Itoa(3 + room%3), province, release, fmt.Sprintf("第%d考场", room+1), strconv.Itoa(n%30 + 1), fmt.Sprintf("K%05d", n)})
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	args := []string{"draw", "--data", dir, "--release", "2026.1", "--roster", textFile(t, "roster.csv", file.String()),
		"--seed", strings.Repeat("5e", 32), "--out", out}
	for _, l := range engine.Levels() {
		args = append(args, "--blueprint", fmt.Sprintf("2026.1+120000-L%d", l))
	}
	t.Log(must(t, args...))
	forms, err := os.ReadFile(filepath.Join(out, formsFile))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(forms, []byte(`"candidate"`)); n != rosterSize {
		t.Errorf("%d candidates have a form, want %d", n, rosterSize)
	}
	if said := must(t, "draw", "audit", filepath.Join(out, transcriptFile)); !strings.Contains(said, "相同 equal") {
		t.Error(said)
	}
}

// exportSamples writes all items in every format and reads them again against the bank. All of it is found to be there
// already, but for the field's columns: those have no place for the level, which is given, nor for what they say they lose.
func exportSamples(ctx context.Context, t *testing.T, h *house, items int) {
	t.Helper()
	by := author(t, ctx, h)
	for _, format := range exchange.Formats() {
		field := strings.HasPrefix(format, exchange.Field)
		given, level := engine.Level(0), ""
		if field {
			given, level = engine.Level5, "5"
		}
		file := filepath.Join(t.TempDir(), "out")
		var said, out bytes.Buffer
		if err := h.exportBank(ctx, &said, exportOrder{state: "all", level: level, format: format, out: file}); err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		err := h.importFiles(ctx, &out, by, importOrder{reading: ofLevel(given), dry: true}, []string{file})
		whole := err == nil && strings.Contains(out.String(), fmt.Sprintf("新增 0，新版本 0，原有 %d，略过 0，隔离 0", items))
		if whole == field || field && strings.Contains(said.String(), "没有损失") {
			t.Errorf("%s: %v\n%s%s", format, err, &said, &out)
		}
	}
}
