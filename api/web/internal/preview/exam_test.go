package preview_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/skillcert/skillcert/api/web/internal/preview"
)

// sit opens the exam page on a fresh attempt in Chinese.
func sit(t *testing.T, ctx context.Context) *preview.Attempt {
	t.Helper()
	s, base := start(t)
	visit(t, ctx, base, preview.Sample{Name: "exam", Page: "exam"}, looks()[0])
	return s.Attempt
}

// do runs actions within a time that a slow machine can keep.
func do(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// until waits for a condition of the page.
func until(t *testing.T, ctx context.Context, js string) {
	t.Helper()
	for range 150 {
		if eval[bool](t, ctx, js) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("never true: %s; the page says %q", js, eval[string](t, ctx, "document.querySelector('.exam-state')?.innerText ?? document.body.innerText.slice(0, 200)"))
}

func eval[T any](t *testing.T, ctx context.Context, js string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js))
	if err != nil {
		t.Fatalf("%s: %v", js, err)
	}
	return v
}

func says(text string) string {
	return fmt.Sprintf("document.querySelector('[data-save]').textContent.includes(%q)", text)
}

func chosen(log []preview.Entry) map[int][]int {
	sheet := map[int][]int{}
	for _, e := range log {
		sheet[e.Item] = e.Chosen
	}
	return sheet
}

func TestAnswersByKeyAndByClickAreSavedInOrder(t *testing.T) {
	ctx := browser(t)
	a := sit(t, ctx)
	do(t, ctx, chromedp.KeyEvent("b"), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent("1"), chromedp.KeyEvent("d"), chromedp.KeyEvent("f"),
		chromedp.Click(chromedp.CSS("[data-next]")), chromedp.Click(chromedp.CSS(".option:nth-of-type(2)")))
	until(t, ctx, says("已保存"))
	if got, want := chosen(a.Log()), map[int][]int{0: {1}, 1: {0, 3}, 2: {1}}; !reflect.DeepEqual(got, want) {
		t.Errorf("stored %v, want %v", got, want)
	}
	for i, e := range a.Log() {
		if e.Seq != i+1 {
			t.Errorf("entry %d has sequence %d", i, e.Seq)
		}
	}
	if !eval[bool](t, ctx, "document.querySelector('[data-go=\"1\"]').className.includes('answered-flagged')") {
		t.Error("question 2 is not shown as answered and flagged")
	}
}

func TestAnOutageLosesNothingEvenAcrossAReload(t *testing.T) {
	ctx := browser(t)
	a := sit(t, ctx)
	do(t, ctx, chromedp.KeyEvent("a"))
	until(t, ctx, says("已保存"))
	a.Set(true, false, false)
	do(t, ctx, chromedp.KeyEvent("c"), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent("b"))
	until(t, ctx, says("未保存（2）"))
	if len(a.Log()) != 1 {
		t.Fatalf("%d entries arrived during the outage", len(a.Log()))
	}
	a.Set(false, false, false)
	do(t, ctx, chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(".q-stem")))
	until(t, ctx, says("已保存"))
	if got, want := chosen(a.Log()), map[int][]int{0: {2}, 1: {1}}; !reflect.DeepEqual(got, want) {
		t.Errorf("stored %v, want %v", got, want)
	}
}

func TestALostReplyIsNotSavedTwiceAndNotShownAsSaved(t *testing.T) {
	ctx := browser(t)
	a := sit(t, ctx)
	a.Set(false, false, true)
	do(t, ctx, chromedp.KeyEvent("d"))
	until(t, ctx, says("未保存（1）"))
	a.Set(false, false, false)
	until(t, ctx, says("已保存"))
	if log := a.Log(); len(log) != 1 || !reflect.DeepEqual(log[0].Chosen, []int{3}) {
		t.Errorf("log %v", log)
	}
}

func TestAnotherComputersEntriesRenumberTheQueue(t *testing.T) {
	ctx := browser(t)
	a := sit(t, ctx)
	a.Append(preview.Entry{Item: 5, Chosen: []int{2}, Kind: "response"})
	do(t, ctx, chromedp.KeyEvent("a"), chromedp.KeyEvent("b"))
	until(t, ctx, says("已保存"))
	if got, want := chosen(a.Log()), map[int][]int{5: {2}, 0: {1}}; !reflect.DeepEqual(got, want) {
		t.Errorf("stored %v, want %v", got, want)
	}
}

func TestAnExpiredSignInKeepsAnswersAndAsksToSignInAgain(t *testing.T) {
	ctx := browser(t)
	a := sit(t, ctx)
	a.Set(false, true, false)
	do(t, ctx, chromedp.KeyEvent("a"))
	until(t, ctx, "document.querySelector('[data-alert]').textContent.includes('登录已过期')")
	until(t, ctx, says("未保存（1）"))
	a.Set(false, false, false)
	do(t, ctx, chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(".q-stem")))
	until(t, ctx, says("已保存"))
	if len(a.Log()) != 1 {
		t.Errorf("log %v", a.Log())
	}
}

func TestAPaperClosedOverUnsavedAnswersGoesOnWhenItIsReopened(t *testing.T) {
	ctx := browser(t)
	a := sit(t, ctx)
	a.Set(true, false, false)
	do(t, ctx, chromedp.KeyEvent("a"))
	until(t, ctx, says("未保存（1）"))
	a.CloseIn(-time.Minute)
	a.Set(false, false, false)
	until(t, ctx, "document.querySelector('[data-alert]').textContent.includes('还有 1 题的答案没有送到')")
	if log := a.Log(); len(log) != 0 {
		t.Fatalf("taken after the end: %v", log)
	}
	a.CloseIn(10 * time.Minute)
	until(t, ctx, says("已保存"))
	until(t, ctx, "document.querySelector('[data-messages]').textContent.includes('重新开考')")
	do(t, ctx, chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent("b"))
	until(t, ctx, says("已保存"))
	if got, want := chosen(a.Log()), map[int][]int{0: {0}, 1: {1}}; !reflect.DeepEqual(got, want) {
		t.Errorf("stored %v, want %v", got, want)
	}
}

// A word that was true for a moment leaves with the next thing that the candidate does, once it could be read.
func TestThePageSaysWhatTheRoomOrders(t *testing.T) {
	const bar = "document.querySelector('[data-alert]')"
	ctx := browser(t)
	a := sit(t, ctx)
	if !eval[bool](t, ctx, bar+".hidden") {
		t.Errorf("before anything happened the page says %q", eval[string](t, ctx, bar+".textContent"))
	}
	a.Order(true, 7)
	until(t, ctx, "!document.querySelector('[data-paused]').hidden")
	a.Order(false, 12)
	until(t, ctx, bar+".textContent.includes('考试已恢复')")
	until(t, ctx, "document.querySelector('[data-seat]').textContent === '12'")
	until(t, ctx, "document.querySelector('[data-messages]').textContent.includes('您现在的座位是 12 号')")
	do(t, ctx, chromedp.KeyEvent(kb.ArrowRight))
	if eval[bool](t, ctx, bar+".hidden") {
		t.Error("gone before it could be read")
	}
	time.Sleep(3100 * time.Millisecond)
	do(t, ctx, chromedp.KeyEvent(kb.ArrowRight))
	if !eval[bool](t, ctx, bar+".hidden") {
		t.Error("still there after the candidate went on")
	}
	if n := eval[int](t, ctx, "document.querySelectorAll('.exam-message').length"); n != 1 {
		t.Errorf("the seat is told %d times", n)
	}
}

// A receipt that is on the screen stands for a paper that was handed in: it leaves once that is not so any more.
func TestAReceiptNoticesWhatBecameOfThePaper(t *testing.T) {
	ctx := browser(t)
	s, base := start(t)
	visit(t, ctx, base, preview.Sample{Name: "receipt-reopened", Page: "receipt"}, looks()[0])
	until(t, ctx, "!document.querySelector('[data-reopened]').hidden")
	if text := eval[string](t, ctx, "document.querySelector('main').innerText"); strings.Contains(text, "已交卷") || strings.Contains(text, "离开考场") ||
		strings.Contains(text, "7K4M-Q2XP") {
		t.Errorf("beside the news the page says %q", text)
	}
	s.Attempt.Void()
	until(t, ctx, "location.pathname === '/exam'")
}

// A reload at the computer that the paper has left says what is still there; and it is sent when the candidate is let back.
func TestAStoppedComputerSaysWhatItStillHas(t *testing.T) {
	ctx := browser(t)
	a := sit(t, ctx)
	a.Set(true, false, false)
	do(t, ctx, chromedp.KeyEvent("a"), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent("b"))
	until(t, ctx, says("未保存（2）"))
	a.Elsewhere(true)
	do(t, ctx, chromedp.Reload())
	a.Set(false, false, false)
	until(t, ctx, "document.querySelector('[data-loading]').textContent.includes('还有 2 题的答案没有送到服务器')")
	until(t, ctx, says("未保存（2），请举手"))
	a.Elsewhere(false)
	until(t, ctx, says("已保存"))
	if got, want := chosen(a.Log()), map[int][]int{0: {0}, 1: {1}}; !reflect.DeepEqual(got, want) {
		t.Errorf("stored %v, want %v", got, want)
	}
}

func TestHandInOnlyThroughTheReviewPage(t *testing.T) {
	ctx := browser(t)
	a := sit(t, ctx)
	do(t, ctx, chromedp.KeyEvent("a"))
	until(t, ctx, says("已保存"))
	if !eval[bool](t, ctx, "document.querySelector('[data-submit]').disabled") {
		t.Error("the hand-in button is open outside the review")
	}
	do(t, ctx, chromedp.Click(chromedp.CSS("[data-to-review]")), chromedp.WaitVisible(chromedp.CSS("#review-head")))
	if text := eval[string](t, ctx, "document.querySelector('[data-review]').innerText"); !strings.Contains(text, "还有 29 题未答") {
		t.Errorf("the review says %.80q", text)
	}
	do(t, ctx, chromedp.Click(chromedp.CSS("[data-submit]")), chromedp.WaitVisible(chromedp.CSS("dialog[open]")))
	if text := eval[string](t, ctx, "document.querySelector('dialog').innerText"); !strings.Contains(text, "还有 29 题未答，仍要交卷吗？") {
		t.Errorf("the dialog says %q", text)
	}
	if text := eval[string](t, ctx, "document.querySelector('dialog').innerText"); !strings.Contains(text, "还剩 1 小时 29 分钟") {
		t.Errorf("of the time the dialog says %q", text)
	}
	if a.Submitted() {
		t.Fatal("handed in before it was confirmed")
	}
	do(t, ctx, chromedp.Click(chromedp.CSS("[data-confirm-yes]")))
	until(t, ctx, "location.pathname === '/exam/receipt'")
	if !a.Submitted() {
		t.Error("not handed in")
	}
}

func TestTheEndOfTheTimeLeadsToTheReceipt(t *testing.T) {
	ctx := browser(t)
	a := sit(t, ctx)
	a.CloseIn(2 * time.Second)
	do(t, ctx, chromedp.Reload())
	until(t, ctx, "location.pathname === '/exam/receipt'")
}

// Formatting and pictures of an item stand on the exam page; whatever else markup could hold does not.
func TestAnItemWithFormattingAndAPicture(t *testing.T) {
	ctx := browser(t)
	a := sit(t, ctx)
	until(t, ctx, "document.querySelector('[data-go=\"4\"]') !== null")
	do(t, ctx, chromedp.Click(chromedp.CSS("[data-go=\"4\"]")))
	until(t, ctx, "document.querySelector('.q-stem img')?.naturalWidth === 480")
	for _, js := range []string{"document.querySelector('.q-stem strong').textContent === '88%'", "document.querySelector('.q-stem sub') !== null",
		"document.querySelectorAll('.option li').length === 2", "document.querySelector('[data-question] script') === null",
		"document.querySelector('[data-question] [onclick]') === null", "document.querySelectorAll('.option img').length === 0",
		"document.querySelector('[data-question]').innerText.includes('别处的图')"} {
		if !eval[bool](t, ctx, js) {
			t.Errorf("not true: %s", js)
		}
	}
	a.Set(true, false, false)
	do(t, ctx, chromedp.Click(chromedp.CSS("[data-next]")), chromedp.Click(chromedp.CSS("[data-prev]")))
	until(t, ctx, "document.querySelector('.q-stem img')?.src.startsWith('data:image/png')")
}
