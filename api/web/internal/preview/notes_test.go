package preview_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// inSight runs in the page: whether an element stands wholly in what is seen of it, with nothing before it.
const inSight = `(e => { const b = e.getBoundingClientRect(); const top = document.elementFromPoint(b.left + b.width / 2, b.top + b.height / 2);
  return b.height > 0 && b.top >= -1 && b.bottom <= innerHeight + 1 && e.contains(top); })`

// TestWhatAnActionDidIsSeenAndHeardWhereTheReaderIs: the office asks for a waiver far down the page of a session, and the
// browser leads back there. The note must be on the screen, have the focus, and the part that was named must be seen too.
func TestWhatAnActionDidIsSeenAndHeardWhereTheReaderIs(t *testing.T) {
	_, base := start(t)
	ctx := browser(t)
	for _, l := range looks() {
		show(t, ctx, l)
		if err := chromedp.Do(ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(address(base, "session", l.query+"&said=waiver-asked#findings")), settle("session")); err != nil {
			t.Fatal(err)
		}
		until(t, ctx, `document.activeElement === document.querySelector(".note[role=status][data-said-note]")`)
		if !eval[bool](t, ctx, inSight+`(document.activeElement)`) {
			t.Errorf("%s: the note is not on the screen", l.name)
		}
		if !eval[bool](t, ctx, `scrollY > 100 && `+inSight+`(document.querySelector("#h-findings"))`) {
			t.Errorf("%s: the part that was named is not on the screen", l.name)
		}
		next := `[...document.querySelectorAll("main a, main button, main summary, main [tabindex='0']")].find(e => document.activeElement.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)`
		if !eval[bool](t, ctx, `document.querySelector("#findings").contains(`+next+`)`) {
			t.Errorf("%s: the next Tab does not go on in the part that was named", l.name)
		}
	}
}

// TestTheNoteStaysInSightWithoutScripts: whoever scrolls, and whoever has no scripts, sees it at the screen's upper edge.
func TestTheNoteStaysInSightWithoutScripts(t *testing.T) {
	_, base := start(t)
	ctx := browser(t)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 800), chromedp.Navigate(address(base, "session", "lang=zh&elder=on&said=waiver-asked"))); err != nil {
		t.Fatal(err)
	}
	until(t, ctx, `document.activeElement.matches(".said")`)
	eval[any](t, ctx, `scrollTo({ top: 900, behavior: "instant" }), null`)
	until(t, ctx, `scrollY > 800 && `+inSight+`(document.querySelector(".said"))`)
}

// TestARefusalIsSeenAndHeardWhereverItsFormStands: the answer to a form shows its page from the top, the form may be far below.
func TestARefusalIsSeenAndHeardWhereverItsFormStands(t *testing.T) {
	_, base := start(t)
	ctx := browser(t)
	for _, sample := range []string{"ties-none", "login-refused", "persons-refused"} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 600), chromedp.Navigate(address(base, sample, "lang=zh&elder=on"))); err != nil {
			t.Fatal(err)
		}
		until(t, ctx, `document.activeElement.matches(".note-bad[role=alert]")`)
		until(t, ctx, inSight+`(document.activeElement)`)
	}
}
