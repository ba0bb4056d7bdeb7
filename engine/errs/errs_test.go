package errs_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/skillcert/skillcert/engine/errs"
)

var errSample = errs.New(errs.Conflict, "sample.closed", "已关闭")

func TestSentinelsMatchThroughContext(t *testing.T) {
	err := fmt.Errorf("submit: %w", errSample.With("%d 分钟前", 3))
	if !errors.Is(err, errSample) || errs.KindOf(err) != errs.Conflict {
		t.Fatalf("%v lost its sentinel", err)
	}
	if errors.Is(err, errs.New(errs.Conflict, "other", "")) {
		t.Fatal("two codes match")
	}
	var e *errs.Error
	if !errors.As(err, &e) || e.Msg != "已关闭：3 分钟前" || errSample.Msg != "已关闭" {
		t.Fatalf("message %q, sentinel %q", e.Msg, errSample.Msg)
	}
}

func TestARefusalNamesWhatItIsAbout(t *testing.T) {
	about := errs.About(fmt.Errorf("load: %w", errSample.WithFields(errs.Field{Name: "x"})), "四级")
	var e *errs.Error
	if !errors.As(about, &e) || e.Msg != "已关闭：四级" || !errors.Is(about, errSample) || len(e.Fields) != 1 {
		t.Errorf("%+v", about)
	}
	if again := errs.About(about, "四级"); again != about {
		t.Errorf("named twice: %v", again)
	}
	for _, fault := range []error{nil, errors.New("disk on fire"), errs.New(errs.Unavailable, "store", "暂时不可用")} {
		if got := errs.About(fault, "四级"); got != fault {
			t.Errorf("%v is about nothing: %v", fault, got)
		}
	}
}

func TestUnclassifiedIsInternal(t *testing.T) {
	if errs.KindOf(errors.New("disk on fire")) != errs.Internal || errs.KindOf(nil) != errs.Internal {
		t.Fatal("an error nobody classified has a kind")
	}
}

func TestCheckReportsEverythingAtOnce(t *testing.T) {
	var c errs.Check
	c.That(true, "name", "missing", "")
	if c.Err(errSample) != nil {
		t.Fatal("an error without a problem")
	}
	c.That(false, "age", "low", "未满16岁")
	c.That(false, "photo", "large", "过大")
	var e *errs.Error
	if !errors.As(c.Err(errSample), &e) || len(e.Fields) != 2 || e.Fields[1].Name != "photo" {
		t.Fatalf("%+v", e)
	}
}
