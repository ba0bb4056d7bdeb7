package pdf_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// drawn loads a font, draws a text with it and returns the picture; the promise is rejected when the browser's
// sanitizer refuses the font.
const drawn = `(async () => {
	const face = new FontFace("cut", Uint8Array.from(atob(%q), c => c.charCodeAt(0)));
	document.fonts.clear();
	document.fonts.add(await face.load());
	const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
	pen.font = "64px cut, sans-serif";
	pen.fillText(%q, 10, 90);
	return canvas.toDataURL();
})()`

// TestBrowserTakesCutFonts: a page may load them, and draws with them what its own fonts draw otherwise.
func TestBrowserTakesCutFonts(t *testing.T) {
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("chromium is needed: %v", err)
	}
	picture := func(font []byte, text string) (string, error) {
		js := fmt.Sprintf(drawn, base64.StdEncoding.EncodeToString(font), text)
		return chromedp.Run(ctx, chromedp.Evaluate[string](js, chromedp.EvalAwaitPromise))
	}
	both, lacking := cut(t, "安𠮷"), cut(t, "安")
	for _, c := range []struct {
		text string
		same bool
	}{{"安", true}, {"𠮷", false}} {
		a, err := picture(both, c.text)
		if err != nil {
			t.Fatal(err)
		}
		b, err := picture(lacking, c.text)
		if err != nil {
			t.Fatal(err)
		}
		if (a == b) != c.same {
			t.Errorf("%s: same picture %v", c.text, a == b)
		}
	}
	if _, err := picture(cut(t, "王桂芳阿卜杜热合曼·买买提江托合提ABCdef0123𠮷𪛖䶮㐀𬺰"), "𬺰"); err != nil {
		t.Error(err)
	}
	if _, err := picture(both[:len(both)/2], "安"); err == nil {
		t.Error("half a font is taken")
	}
}

func cut(t *testing.T, s string) []byte {
	t.Helper()
	b, err := openFonts(t).Cut([]rune(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
