package preview_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
)

// console opens a sample of the invigilator's console and waits for the server's first answer.
func console(t *testing.T, ctx context.Context, url string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(url), settle("room")); err != nil {
		t.Fatal(err)
	}
	until(t, ctx, `performance.getEntriesByName("room").length > 0`)
}

// refreshed waits for another answer of the server.
func refreshed(t *testing.T, ctx context.Context) {
	t.Helper()
	eval[any](t, ctx, `performance.clearMeasures("room"), null`)
	until(t, ctx, `performance.getEntriesByName("room").length > 0`)
}

// TestWhatSomebodyTypesSurvivesTheNextStateOfTheRoom: the rows change under an open dialog, and nothing else does.
func TestWhatSomebodyTypesSurvivesTheNextStateOfTheRoom(t *testing.T) {
	_, base := start(t)
	ctx := browser(t)
	console(t, ctx, base+"/p/hall?seats=40&lang=zh&elder=off")
	eval[any](t, ctx, `document.querySelector("[data-open]").click(), document.querySelector("#d-seat [data-do=misconduct]").click(), document.activeElement.value = "传递纸条", null`)
	whom := eval[string](t, ctx, `document.querySelector("#d-misconduct [data-whom]").textContent`)
	before := eval[string](t, ctx, `document.querySelector("[data-room] tbody").textContent`)
	refreshed(t, ctx)
	refreshed(t, ctx)
	if after := eval[string](t, ctx, `document.querySelector("[data-room] tbody").textContent`); after == before {
		t.Error("the rows stand still")
	}
	got := eval[string](t, ctx, `document.querySelector("#d-misconduct[open] [name=reason]") === document.activeElement ? document.activeElement.value : "the focus is lost"`)
	if still := eval[string](t, ctx, `document.querySelector("#d-misconduct [data-whom]").textContent`); got != "传递纸条" || still != whom || whom == "" {
		t.Errorf("after the next states: %q about %q, before %q", got, still, whom)
	}
	if n := eval[int](t, ctx, `document.querySelectorAll("dialog[open]").length`); n != 1 {
		t.Errorf("%d dialogs are open", n)
	}
}

// TestAFocusedRowKeepsItsFocus: rows stay in their places while somebody is at one.
func TestAFocusedRowKeepsItsFocus(t *testing.T) {
	_, base := start(t)
	ctx := browser(t)
	console(t, ctx, base+"/p/hall?seats=40&lang=zh&elder=off")
	eval[any](t, ctx, `document.querySelectorAll("[data-open]")[20].focus(), window.had = document.activeElement, null`)
	order := eval[string](t, ctx, `[...document.querySelectorAll("[data-room] tbody tr")].map(r => r.dataset.key).join()`)
	refreshed(t, ctx)
	refreshed(t, ctx)
	if !eval[bool](t, ctx, `document.activeElement === window.had`) {
		t.Error("the focus is lost")
	}
	if now := eval[string](t, ctx, `[...document.querySelectorAll("[data-room] tbody tr")].map(r => r.dataset.key).join()`); now != order {
		t.Error("rows moved under the focus")
	}
}

// TestTheConsoleKeepsItsStateInTheAddress: filter, search and order.
func TestTheConsoleKeepsItsStateInTheAddress(t *testing.T) {
	_, base := start(t)
	ctx := browser(t)
	console(t, ctx, address(base, "room", "lang=zh&elder=off"))
	eval[any](t, ctx, `document.querySelector("[data-filter=out]").click(), null`)
	if n := eval[string](t, ctx, `document.querySelectorAll("[data-room] tbody tr:not([hidden])").length + location.search`); n != "2?filter=out" {
		t.Errorf("not yet in: %s", n)
	}
	eval[any](t, ctx, `(() => { const q = document.querySelector("#f-q"); q.value = "26120000010010"; q.dispatchEvent(new Event("input", { bubbles: true })); })(), null`)
	if n := eval[string](t, ctx, `document.querySelector("[data-room] tbody tr:not([hidden])").id + location.search`); n != "s-26120000010010?filter=out&q=26120000010010" {
		t.Errorf("found: %s", n)
	}
	if v := eval[string](t, ctx, `document.querySelector("input[name=shown]").value`); v != "filter=out&q=26120000010010" {
		t.Errorf("forms lead back to %s", v)
	}
}

// TestFiveHundredSeatsAreRefreshedWithoutVisibleCost measures the script. A frame has 16 ms; the bound leaves room for a
// slow machine that does other things beside.
func TestFiveHundredSeatsAreRefreshedWithoutVisibleCost(t *testing.T) {
	_, base := start(t)
	ctx := browser(t)
	console(t, ctx, base+"/p/hall?seats=500&lang=zh&elder=off")
	var least float64
	for round := range 4 {
		refreshed(t, ctx)
		took := eval[float64](t, ctx, `performance.getEntriesByName("room")[0].duration`)
		t.Logf("refresh %d of 500 seats: %.1f ms", round+1, took)
		if round == 0 || took < least {
			least = took
		}
	}
	if least > 100 {
		t.Errorf("the quickest of 4 refreshes took %.1f ms", least)
	}
}
