package preview_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/skillcert/skillcert/api/web/internal/preview"
	"github.com/skillcert/skillcert/engine/clock"
)

var (
	shots  = flag.String("shots", "", "directory for pictures of every page")
	only   = flag.String("only", "", "take pictures of this sample only")
	listen = flag.String("listen", "", "serve the preview at this address until stopped")
)

// noon is the moment of the invented views.
var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

// start serves a fresh preview.
func start(t *testing.T) (*preview.Server, string) {
	t.Helper()
	s, err := preview.New(clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return s, h.URL
}

// browser opens Debian's chromium; the tests need it and fail without it.
func browser(t *testing.T) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("chromium is needed (apt-get install chromium fonts-noto-cjk): %v", err)
	}
	return ctx
}

// looks are the widths and modes in which every page is looked at.
type look struct {
	name  string
	width int64
	query string
	dark  bool
}

// looks has those of one document, which differ in width and colours only, beside each other.
func looks() []look {
	return []look{{"wide-zh", 1280, "lang=zh&elder=off", false}, {"narrow-zh", 360, "lang=zh&elder=off", false},
		{"most", 2560, "lang=zh&elder=off", false}, {"dark", 1280, "lang=zh&elder=off", true},
		{"wide-en", 1280, "lang=en&elder=off", false}, {"narrow-en", 360, "lang=en&elder=off", false}, {"least", 320, "lang=en&elder=off", false},
		{"wide-elder", 1280, "lang=zh&elder=on", false}, {"narrow-elder", 360, "lang=zh&elder=on", false},
		{"narrow-elder-en", 360, "lang=en&elder=on", false}}
}

func address(base, name, query string) string { return fmt.Sprintf("%s/p/%s?%s", base, name, query) }

// settle waits until the page's scripts have drawn.
func settle(name string) chromedp.Action[chromedp.Void] {
	if name == "exam" {
		return chromedp.WaitVisible(chromedp.CSS(".q-stem"))
	}
	return chromedp.WaitReady(chromedp.CSS("main"))
}

// visit opens a sample in a look.
func visit(t *testing.T, ctx context.Context, base string, s preview.Sample, l look) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	show(t, ctx, l)
	if err := chromedp.Do(ctx, chromedp.Navigate(address(base, s.Name, l.query)), settle(s.Page)); err != nil {
		t.Fatalf("%s %s: %v", s.Name, l.name, err)
	}
}

// drawn waits until what follows the page's size has seen the new one.
const drawn = `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(true)))))`

// show gives the page that is open the width and the colours of a look.
func show(t *testing.T, ctx context.Context, l look) {
	t.Helper()
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(l.width, 800)); err != nil {
		t.Fatalf("%s: %v", l.name, err)
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](drawn, chromedp.EvalAwaitPromise)); err != nil {
		t.Fatalf("%s: %v", l.name, err)
	}
}

func TestServe(t *testing.T) {
	if *listen == "" {
		return // only looks when asked to
	}
	s, err := preview.New(clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	t.Fatal(http.ListenAndServe(*listen, s))
}

func TestShots(t *testing.T) {
	if *shots == "" {
		return // pictures are taken only when asked for
	}
	_, base := start(t)
	ctx := browser(t)
	if err := os.MkdirAll(*shots, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, s := range preview.Samples(noon) {
		for _, l := range looks() {
			if *only != "" && *only != s.Name || *only == "" && (l.name == "least" || l.name == "most" || l.name == "dark" || l.name == "narrow-elder-en") {
				continue
			}
			visit(t, ctx, base, s, l)
			png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(s.Name, l.name, err)
			}
			if err := os.WriteFile(filepath.Join(*shots, s.Name+"--"+l.name+".png"), png, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
