package preview_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// begin opens the first form that voids a sitting, types a reason, and asks for the newest state of the room.
const begin = `(() => {
  const opened = document.querySelector("[data-live] details");
  opened.open = true;
  opened.querySelector("input[name=reason]").value = "传递纸条";
  document.querySelector("[data-live]").id = "old";
  document.dispatchEvent(new Event("visibilitychange"));
  return opened.id;
})()`

// TestWhatSomebodyTypesSurvivesTheNextStateOfTheRoom: the page replaces itself every few seconds.
func TestWhatSomebodyTypesSurvivesTheNextStateOfTheRoom(t *testing.T) {
	_, base := start(t)
	ctx := browser(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(address(base, "room", "lang=zh&elder=off")), settle("room")); err != nil {
		t.Fatal(err)
	}
	id := eval[string](t, ctx, begin)
	if err := chromedp.Do(ctx, chromedp.WaitReady(chromedp.CSS("[data-live]:not(#old)"))); err != nil {
		t.Fatal(err)
	}
	if got := eval[string](t, ctx, `(() => { const d = document.getElementById("`+id+`"); return d.open + d.querySelector("input[name=reason]").value; })()`); got != "true传递纸条" {
		t.Errorf("after the next state: %q", got)
	}
	if open := eval[int](t, ctx, `document.querySelectorAll("[data-live] details[open]").length`); open != 1 {
		t.Errorf("%d forms are open", open)
	}
}
