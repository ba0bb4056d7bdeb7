package preview_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/skillcert/skillcert/api/web/internal/preview"
)

// nodePackage fetches one npm package into a temporary directory and returns the directory's node_modules.
func nodePackage(t *testing.T, spec string) string {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.Command("npm", "install", "--prefix", dir, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", spec).CombinedOutput()
	if err != nil {
		t.Fatalf("npm is needed, with %s in reach (apt-get install nodejs npm): %v\n%s", spec, err, out)
	}
	return filepath.Join(dir, "node_modules")
}

// audit runs in the page: what axe finds serious or critical, in one line each.
const audit = `axe.run(document).then(r => r.passes.length < 10 ? "axe looked at nothing" : r.violations
  .filter(v => v.impact === "serious" || v.impact === "critical")
  .map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")).join("\n"))`

// layout runs in the page: what is wider than the page, controls smaller than a finger, text cut off.
const layout = `(() => {
  const found = [];
  const least = document.documentElement.classList.contains("elder") ? 56 : 44;
  const root = document.scrollingElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest(".scroll, pre, .sr"));
    found.push("wider than the page: " + wide.slice(0, 3).map(e => e.tagName + "." + e.getAttribute("class")).join(", "));
  }
  const controls = "button, a.button, .tool, select, input:not([type=hidden], [type=radio], [type=checkbox]), label.option, label.level, label.switch, .menu a, .switches a, .foot-links a, .task, a.seat, summary";
  for (const e of document.querySelectorAll(controls)) {
    const box = e.getBoundingClientRect();
    if (box.width === 0 || e.closest("[aria-hidden]")) continue;
    if (box.height < least - 0.5 || box.width < 44 - 0.5) found.push("small: " + e.tagName + "." + e.className + " " + Math.round(box.width) + "×" + Math.round(box.height) + " " + e.textContent.trim().slice(0, 12));
  }
  for (const e of document.querySelectorAll("button, .button, .tag, th, td, dd, h1, h2, h3, .seat-name, label")) {
    if (e.classList.contains("sr") || getComputedStyle(e).overflow === "visible") continue;
    if (e.scrollWidth > e.clientWidth + 1) found.push("cut off: " + e.tagName + " " + e.textContent.trim().slice(0, 12));
  }
  return found.slice(0, 6).join("\n");
})()`

func TestEveryPageIsAccessibleAndFitsItsScreen(t *testing.T) {
	script, err := os.ReadFile(filepath.Join(nodePackage(t, "axe-core@4.14.1"), "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	_, base := start(t)
	ctx := browser(t)
	console := watch(ctx)
	for _, s := range preview.Samples(noon) {
		if *only != "" && *only != s.Name {
			continue
		}
		open := ""
		for _, l := range looks() {
			if open != l.query {
				visit(t, ctx, base, s, l)
				eval[any](t, ctx, string(script)+";true")
				open = l.query
			}
			show(t, ctx, l)
			console.check(t, s.Name)
			if found := eval[string](t, ctx, layout); found != "" {
				t.Errorf("%s %s:\n%s", s.Name, l.name, found)
			}
			if slices.Contains([]string{"narrow-zh", "narrow-elder", "dark"}, l.name) { // the others are the same in the same colours
				axe(t, ctx, s.Name+" "+l.name)
			}
		}
	}
}

// axe looks at the page that is open, into which its script was put.
func axe(t *testing.T, ctx context.Context, where string) {
	t.Helper()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](audit, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if found != "" {
		t.Errorf("%s:\n%s", where, found)
	}
}

// complaints are what the pages say in the console: refused inline code, failed requests, exceptions.
type complaints struct {
	sync.Mutex
	said []string
}

// watch collects until the browser ends.
func watch(ctx context.Context) *complaints {
	c := &complaints{}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			c.Lock()
			c.said = append(c.said, m.URL+" "+m.String())
			c.Unlock()
		}
	}()
	return c
}

func (c *complaints) check(t *testing.T, where string) {
	t.Helper()
	c.Lock()
	defer c.Unlock()
	for _, said := range c.said {
		t.Errorf("%s: console: %s", where, said)
	}
	c.said = nil
}
