package theory_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/engine/theory/handin"
)

var handKeys = handin.NewKeys([]byte("a secret of the house: 32 bytes.."))

// random gives the bytes of a source.
type random struct{ *ids.Source }

func (r random) Read(p []byte) (int, error) { return copy(p, r.Bytes(len(p))), nil }

// at is an answer that candidate's page holds back, made so long after the opening.
func at(after time.Duration, question int, chosen ...int) handin.Answer {
	return handin.Answer{Item: question - 1, Kind: "response", Chosen: chosen, ClientAt: opens.Add(after)}
}

// online sends what the page of candidate i held back.
func (w *world) online(i, seq int, a handin.Answer) {
	w.t.Helper()
	by, id := w.sitter(i)
	_, err := w.exams.Respond(ctx, by, id, theory.Entry{Seq: seq, Kind: theory.EntryKind(a.Kind), Question: a.Item + 1, Chosen: a.Chosen, Flagged: a.Flag,
		ClientAt: a.ClientAt, Window: windowOf(w.log(i))})
	must(w.t, err)
}

func windowOf(log []*theory.Entry) string { return theory.Fold(log).Window }

// fileOf is what the page makes of it that holds the paper.
func (w *world) fileOf(p *theory.Paper, answers ...handin.Answer) []byte {
	w.t.Helper()
	if p.HandIn == nil {
		w.t.Fatal("the paper has no pass")
	}
	file, err := handin.Seal(*p.HandIn, handin.Content{Session: p.HandIn.Session, Attempt: p.HandIn.Attempt, Base: p.Seq, Questions: len(p.Questions),
		MadeAt: w.clock.Now(), Answers: answers}, random{ids.Random()})
	must(w.t, err)
	return file
}

func (w *world) handIn(file []byte) theory.HandIn {
	return theory.HandIn{Session: w.id, Room: "r2", File: file, Code: handin.Fingerprint(file), Reason: "交换机断电"}
}

// bring has the invigilator bring the file.
func (w *world) bring(file []byte) (*theory.HandedIn, error) {
	return w.exams.HandInFile(ctx, invigilator, w.handIn(file))
}

// wantReceipt expects the attempt to have ended, with the receipt of its log.
func (w *world) wantReceipt(i int) {
	w.t.Helper()
	if a := w.attempt(i); a.State != theory.Submitted || a.Receipt != theory.Receipt(a.ID, w.log(i)) {
		w.t.Fatalf("attempt %+v", a)
	}
}

func (w *world) filedLines() (n int) {
	w.t.Helper()
	lines, err := w.sittings.Record(ctx, office, w.id, "")
	must(w.t, err)
	for _, l := range lines {
		if l.Kind == sitting.Filed {
			n++
		}
	}
	return n
}

// A page without network until after the end: its answers come by file, once, and count; the end stays the end.
func TestHandInFileAfterTheEnd(t *testing.T) {
	w := newWorld(t, 2)
	p := w.open(0)
	form := p.Attempt.Form
	_, err := w.respond(0, p.Seq+1, 1, (w.right(form, 1)[0]+1)%4)
	must(t, err)
	p.Seq++
	flag := handin.Answer{Item: 4, Kind: "flag", Flag: true, ClientAt: opens.Add(81 * time.Minute)}
	file := w.fileOf(p, at(79*time.Minute, 1, w.right(form, 1)...), at(80*time.Minute, 2, w.right(form, 2)...), flag, at(85*time.Minute, 3, w.right(form, 3)...))
	w.clock.Set(closes)
	w.wantClosed(1)
	before := w.attempt(0)
	w.clock.Advance(time.Hour)
	got, err := w.bring(file)
	must(t, err)
	if len(got.Taken) != 4 || got.Held != 0 || len(got.Refused) != 0 || got.Repeated || got.Code != handin.Fingerprint(file) {
		t.Fatalf("handed in %+v", got)
	}
	w.wantReceipt(0)
	after := w.attempt(0)
	if after.Receipt == before.Receipt || after.Receipt != got.Attempt.Receipt || after.Answered != 3 || !after.Submitted.Equal(before.Submitted) || !after.ByClock {
		t.Fatalf("attempt %+v", after)
	}
	log := w.log(0)
	last := log[len(log)-1]
	if b := last.Brought; last.Kind != theory.Filed || b.Account != invigilator.Account || b.File != handin.Digest(file) || b.Order != got.Order ||
		!last.At.Equal(w.clock.Now()) || !theory.Fold(log).Flagged[5] {
		t.Fatalf("the log ends with %+v", last)
	}
	w.clock.Advance(time.Minute)
	again, err := w.exams.HandInFile(ctx, office, w.handIn(file))
	must(t, err)
	if !again.Repeated || len(again.Taken) != 4 || again.Order != got.Order || len(w.log(0)) != len(log) || w.filedLines() != 1 {
		t.Fatalf("again %+v", again)
	}
	w.wantClosed(0)
	marked, err := w.exams.Mark(ctx, marker, w.id, true)
	must(t, err)
	if a := w.attempt(0); marked != 1 || a.Points != 3000 {
		t.Fatalf("marked %d, attempt %+v", marked, a)
	}
	again, err = w.bring(file)
	if err != nil || !again.Repeated || again.Attempt.Points != 0 {
		t.Fatalf("after the marking: %v %+v", err, again)
	}
	_, err = w.bring(w.fileOf(p, at(86*time.Minute, 4, 0)))
	wantErr(t, err, theory.ErrFileMarked)
}

// While the paper is being worked on the file is taken as well, and what the page sends afterwards goes on from there.
func TestHandInFileWhileSitting(t *testing.T) {
	w := newWorld(t, 2)
	p := w.open(0)
	first, second := at(time.Minute, 1, 0), at(2*time.Minute, 2, 1)
	w.clock.Set(opens.Add(10 * time.Minute))
	got, err := w.bring(w.fileOf(p, first, second))
	must(t, err)
	if a := w.attempt(0); len(got.Taken) != 2 || a.State != theory.InProgress || got.Attempt.State != theory.InProgress {
		t.Fatalf("handed in %+v", got)
	}
	_, err = w.respond(0, p.Seq+1, 1, 0)
	var out *theory.OutOfSequence
	if !errors.As(err, &out) || out.HighestSeq() != p.Seq+1 {
		t.Fatalf("the page goes on: %v", err)
	}
	for k, a := range []handin.Answer{first, second, at(11*time.Minute, 2, 0)} {
		w.online(0, out.HighestSeq()+1+k, a)
	}
	a, err := w.submit(0)
	must(t, err)
	if sheet := theory.Fold(w.log(0)); a.Answered != 2 || !slices.Equal(sheet.Chosen[2], []int{0}) {
		t.Fatalf("sheet %+v", sheet)
	}
	w.wantReceipt(0)
}

// What becomes of each answer when the log went on without the page.
func TestHandInFileNeverOverwrites(t *testing.T) {
	shared := emptyWorld(t)
	type want struct {
		taken, held int
		refused     []theory.Why
		sheet       map[int][]int
	}
	elsewhere := func(w *world, answers ...handin.Answer) {
		w.editSeat(0, func(s *sitting.Seat) { s.Readmitted = w.clock.Now() })
		by, id := w.sitter(0)
		p, err := w.exams.Open(ctx, by, id, theory.Window{Name: "other", TakeOver: true})
		must(w.t, err)
		for k, a := range answers {
			w.online(0, p.Seq+1+k, a)
		}
	}
	for name, c := range map[string]struct {
		file []handin.Answer
		then func(w *world, seq int) // what came to the log after the page's last contact
		want want
	}{
		"nothing": {[]handin.Answer{at(time.Minute, 1, 0), at(2*time.Minute, 1, 1)}, nil, want{2, 0, nil, map[int][]int{1: {1}}}},
		"the acknowledgement was lost": {[]handin.Answer{at(time.Minute, 1, 0), at(2*time.Minute, 1, 1)},
			func(w *world, seq int) { w.online(0, seq+1, at(time.Minute, 1, 0)) }, want{1, 1, nil, map[int][]int{1: {1}}}},
		"the page came through after all": {[]handin.Answer{at(time.Minute, 1, 0), at(2*time.Minute, 2, 1)},
			func(w *world, seq int) {
				for k, a := range []handin.Answer{at(time.Minute, 1, 0), at(2*time.Minute, 2, 1), at(3*time.Minute, 1, 1)} {
					w.online(0, seq+1+k, a)
				}
			}, want{0, 2, nil, map[int][]int{1: {1}, 2: {1}}}},
		"a later one of the page's is here": {[]handin.Answer{at(time.Minute, 1, 0), at(2*time.Minute, 1, 1)},
			func(w *world, seq int) { w.online(0, seq+1, at(2*time.Minute, 1, 1)) }, want{0, 2, nil, map[int][]int{1: {1}}}},
		"another computer went on": {[]handin.Answer{at(time.Minute, 1, 0), at(2*time.Minute, 2, 0), at(time.Hour, 2, 1)},
			func(w *world, _ int) { elsewhere(w, at(20*time.Minute, 2, 0)) },
			want{1, 0, []theory.Why{theory.Overtaken, theory.Overtaken}, map[int][]int{1: {0}, 2: {0}}}},
		"another computer was only opened": {[]handin.Answer{at(time.Minute, 1, 0)},
			func(w *world, _ int) { elsewhere(w) }, want{1, 0, nil, map[int][]int{1: {0}}}},
		"a flag elsewhere does not stand against an answer": {[]handin.Answer{at(time.Minute, 1, 0)},
			func(w *world, _ int) {
				elsewhere(w, handin.Answer{Item: 0, Kind: "flag", Flag: true, ClientAt: opens.Add(time.Minute)})
			}, want{1, 0, nil, map[int][]int{1: {0}}}},
		"an older file of the same page": {[]handin.Answer{at(time.Minute, 1, 0), at(2*time.Minute, 2, 1), at(3*time.Minute, 1, 1)},
			func(w *world, seq int) {
				p := w.page(0)
				p.Seq = seq
				_, err := w.bring(w.fileOf(p, at(time.Minute, 1, 0), at(2*time.Minute, 2, 1)))
				must(w.t, err)
			}, want{1, 2, nil, map[int][]int{1: {1}, 2: {1}}}},
		"out of the candidate's time": {[]handin.Answer{at(-time.Millisecond, 1, 0), at(0, 1, 1), at(90*time.Minute-time.Millisecond, 2, 0), at(90*time.Minute, 2, 1)},
			nil, want{2, 0, []theory.Why{theory.OutOfTime, theory.OutOfTime}, map[int][]int{1: {1}, 2: {0}}}},
		"more time was given": {[]handin.Answer{at(95*time.Minute-time.Millisecond, 1, 0), at(95*time.Minute, 1, 1)},
			func(w *world, _ int) {
				_, err := w.sittings.Extend(ctx, invigilator, w.order(0, 5))
				must(w.t, err)
			}, want{1, 0, []theory.Why{theory.OutOfTime}, map[int][]int{1: {0}}}},
		"handed in before": {[]handin.Answer{at(10*time.Minute-time.Millisecond, 1, 0), at(10*time.Minute, 1, 1)},
			func(w *world, _ int) {
				_, err := w.submit(0)
				must(w.t, err)
			}, want{1, 0, []theory.Why{theory.OutOfTime}, map[int][]int{1: {0}}}},
		"no such thing": {[]handin.Answer{at(time.Minute, 11, 0), at(time.Minute, 0, 0), at(time.Minute, 1, 9), at(time.Minute, 1, 0, 1),
			{Item: 0, Kind: "close", ClientAt: opens}, at(time.Minute, 2, 1)},
			nil, want{1, 0, slices.Repeat([]theory.Why{theory.NoAnswer}, 5), map[int][]int{2: {1}}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := shared.again(t, 2)
			p := w.open(0)
			file := w.fileOf(p, c.file...)
			w.clock.Set(opens.Add(10 * time.Minute))
			if c.then != nil {
				c.then(w, p.Seq)
			}
			got, err := w.bring(file)
			must(t, err)
			var refused []theory.Why
			for _, r := range got.Refused {
				refused = append(refused, r.Why)
			}
			if len(got.Taken) != c.want.taken || got.Held != c.want.held || !slices.Equal(refused, c.want.refused) {
				t.Fatalf("taken %v, held %d, refused %v", got.Taken, got.Held, got.Refused)
			}
			for q, chosen := range theory.Fold(w.log(0)).Chosen {
				if !slices.Equal(chosen, c.want.sheet[q]) {
					t.Fatalf("question %d has %v, want %v", q, chosen, c.want.sheet)
				}
			}
			w.clock.Set(closes.Add(time.Hour))
			_, err = w.exams.Mark(ctx, marker, w.id, true)
			must(t, err)
		})
	}
}

// page is the paper of candidate i as a window without a name has it.
func (w *world) page(i int) *theory.Paper {
	w.t.Helper()
	a := w.attempt(i)
	pass, err := handKeys.Pass(string(a.Session), string(a.ID))
	must(w.t, err)
	return &theory.Paper{Attempt: a, HandIn: &pass, Questions: make([]theory.Question, len(a.Form.Items))}
}

// Whatever went on elsewhere, what was saved there after the page's last contact stays, everything else of the file is in
// the log, and the same file twice is once.
func TestHandInFileLaw(t *testing.T) {
	w := emptyWorld(t)
	rapid.Check(t, func(r *rapid.T) {
		w.again(t, 2)
		p := w.open(0)
		answers := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) handin.Answer {
			return at(time.Duration(rapid.IntRange(0, 9).Draw(r, "minute"))*time.Minute, rapid.IntRange(1, 4).Draw(r, "question"), rapid.IntRange(0, 1).Draw(r, "chosen"))
		}), 0, 6)
		file, seq, saved := answers.Draw(r, "file"), p.Seq, map[int][]int{}
		slices.SortStableFunc(file, func(a, b handin.Answer) int { return a.ClientAt.Compare(b.ClientAt) })
		for _, a := range answers.Draw(r, "elsewhere") {
			a.ClientAt = a.ClientAt.Add(time.Second)
			seq++
			w.online(0, seq, a)
			saved[a.Item+1] = a.Chosen
		}
		if rapid.Bool().Draw(r, "ended") {
			w.clock.Set(closes)
			w.wantClosed(1)
		}
		taken := map[int][]int{}
		for _, a := range file {
			taken[a.Item+1] = a.Chosen
		}
		for q, chosen := range taken {
			if _, elsewhere := saved[q]; !elsewhere {
				saved[q] = chosen
			}
		}
		sealed := w.fileOf(p, file...)
		for range 2 {
			if _, err := w.bring(sealed); err != nil {
				r.Fatal(err)
			}
		}
		for q, want := range saved {
			if got := theory.Fold(w.log(0)).Chosen[q]; !slices.Equal(got, want) {
				r.Fatalf("question %d has %v, want %v", q, got, want)
			}
		}
		if n := w.filedLines(); n != 1 {
			r.Fatalf("%d lines in the proceedings", n)
		}
	})
}

func TestHandInFileIsRefused(t *testing.T) {
	w := newWorld(t, 4)
	p, other := w.open(0), w.open(3)
	w.answer(1, 0)
	file := w.fileOf(p, at(time.Minute, 1, 0))
	good := w.handIn(file)
	edited := func(edit func(*theory.HandIn)) theory.HandIn {
		h := good
		edit(&h)
		return h
	}
	with := func(file []byte) theory.HandIn { return w.handIn(file) }
	disguised := *other.HandIn
	disguised.Attempt = p.HandIn.Attempt
	for name, c := range map[string]struct {
		by   authz.Principal
		h    theory.HandIn
		want error
	}{
		"a marker":                      {marker, good, authz.ErrForbidden},
		"a candidate":                   {w.by(0), good, authz.ErrForbidden},
		"not on duty":                   {authz.Principal{Account: "x", Person: "x", Roles: []authz.Role{authz.Invigilator}, Org: "body"}, good, sitting.ErrNotOnDuty},
		"in another room":               {invigilator, edited(func(h *theory.HandIn) { h.Room = "r1" }), sitting.ErrNotOnDuty},
		"of a candidate elsewhere":      {invigilator, with(w.fileOf(other, at(time.Minute, 1, 0))), sitting.ErrTicket},
		"without a reason":              {invigilator, edited(func(h *theory.HandIn) { h.Reason = " " }), sitting.ErrOrder},
		"with another code":             {invigilator, edited(func(h *theory.HandIn) { h.Code = "AAAA-AAAA" }), theory.ErrFileCode},
		"without a code":                {invigilator, edited(func(h *theory.HandIn) { h.Code = "" }), theory.ErrFileCode},
		"no file":                       {invigilator, with(nil), handin.ErrUnreadable},
		"damaged":                       {invigilator, with(append(slices.Clone(file[:len(file)-1]), 0)), handin.ErrUnreadable},
		"with the pass of another page": {invigilator, with(w.fileOf(&theory.Paper{HandIn: &disguised, Questions: p.Questions}, at(time.Minute, 1, 0))), handin.ErrUnreadable},
		"of a paper of another length":  {invigilator, with(w.fileOf(&theory.Paper{HandIn: p.HandIn, Questions: p.Questions[1:]})), handin.ErrUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.exams.HandInFile(ctx, c.by, c.h)
			wantErr(t, err, c.want)
		})
	}
	if log := w.log(0); len(log) != p.Seq || w.filedLines() != 0 {
		t.Fatalf("something was written: %d entries", len(log))
	}
	_, err := w.exams.HandInFile(ctx, office, good)
	must(t, err)
}

// The policy's hours end to the millisecond; without them, or without keys, there is no pass and nothing is taken.
func TestHandInFileHours(t *testing.T) {
	w := newWorld(t, 2)
	p := w.open(0)
	one, two := w.fileOf(p, at(time.Minute, 1, 0)), w.fileOf(p, at(time.Minute, 2, 0))
	until, _, err := w.exams.FileUntil(ctx, w.id)
	must(t, err)
	if want := closes.Add(24 * time.Hour); !until.Equal(want) {
		t.Fatalf("until %v", until)
	}
	w.clock.Set(until.Add(-time.Millisecond))
	_, err = w.bring(one)
	must(t, err)
	w.wantClosed(1)
	w.wantReceipt(0)
	w.clock.Set(until)
	_, err = w.bring(two)
	wantErr(t, err, theory.ErrFileLate)
	if again, err := w.bring(one); err != nil || !again.Repeated {
		t.Fatalf("the same again, later: %v", err)
	}
	ports := w.ports()
	ports.HandIn = nil
	w.exams = w.over(ports)
	w.clock.Set(opens)
	_, err = w.bring(two)
	wantErr(t, err, theory.ErrFileOff)
	if p := w.open(1); p.HandIn != nil {
		t.Fatal("a pass without keys")
	}
}

func TestHandInFileOfWhoIsOut(t *testing.T) {
	w := newWorld(t, 4)
	voided, sealed := w.fileOf(w.open(0), at(time.Minute, 1, 0)), w.fileOf(w.open(1), at(time.Minute, 1, 0))
	unopened := w.fileOf(w.page(2)) // no page can have made it
	w.void(0)
	_, err := w.bring(voided)
	wantErr(t, err, theory.ErrVoided)
	_, err = w.exams.HandInFile(ctx, office, theory.HandIn{Session: w.id, Room: "r1", File: voided, Code: handin.Fingerprint(voided), Reason: "断电"})
	wantErr(t, err, sitting.ErrTicket) // another room is not told what became of the candidate
	_, err = w.exams.HandInFile(ctx, office, theory.HandIn{Session: w.id, Room: "r1", File: unopened, Code: handin.Fingerprint(unopened), Reason: "断电"})
	wantErr(t, err, theory.ErrNotOpen)
	w.clock.Set(closes)
	w.mark()
	w.seal(false)
	_, err = w.bring(sealed)
	wantErr(t, err, engine.ErrSealed)
}

// A file made in one session is nothing to another.
func TestHandInFileOfAnotherSession(t *testing.T) {
	w := newWorld(t, 2)
	file := w.fileOf(w.open(0), at(time.Minute, 1, 0))
	w.again(t, 2)
	_, err := w.bring(file)
	wantErr(t, err, theory.ErrFileOther)
}
