package questionbank_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
)

// stocked is a bank with three reviewed national items, a draft, and a supplement of Tianjin: two filed, one reviewed.
func stocked(t testing.TB) *house {
	t.Helper()
	h := furnished(t)
	for _, c := range []string{"N1", "N2", "N3", "N4"} {
		h.imported(t, single(c, ""))
	}
	for _, c := range []string{"P1", "P2", "P3"} {
		h.imported(t, single(c, "12"))
	}
	for _, c := range []string{"N1", "N2", "N3", "P3"} {
		h.lead(t, c, questionbank.Reviewed)
	}
	h.lead(t, "P1", questionbank.Filed)
	h.lead(t, "P2", questionbank.Filed)
	return h
}

func wantItems(t testing.TB, r *questionbank.Release, want ...string) {
	t.Helper()
	var got []string
	for _, ref := range r.Items {
		got = append(got, ref.Code)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("release %s holds %v, want %v", r.ID, got, want)
	}
}

func TestReleases(t *testing.T) {
	h := stocked(t)
	national := done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
	wantItems(t, national, "N1", "N2", "N3")
	provincial := done(h.PublishRelease(ctx, keeper, "2026.1+120000", "2026.1", "12", false))(t)
	wantItems(t, provincial, "N1", "N2", "N3", "P1", "P2")
	for code, want := range map[string]questionbank.State{"N1": questionbank.Admitted, "N4": questionbank.Draft,
		"P2": questionbank.Admitted, "P3": questionbank.Reviewed} {
		if i := done(h.ports.Items.Item(ctx, code))(t); i.State != want || want == questionbank.Admitted && len(i.Admissions) != 1 {
			t.Errorf("%s is %s, admitted %v; want %s", code, i.State, i.Admissions, want)
		}
	}
	if national.Digest == provincial.Digest || len(national.Digest) != 64 || national.State != questionbank.Published {
		t.Errorf("digests %s, %s; state %s", national.Digest, provincial.Digest, national.State)
	}
	h.lead(t, "N4", questionbank.Reviewed)
	if again := done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t); again.Revision != national.Revision {
		t.Error("publishing again wrote something")
	}
	wantItems(t, done(h.PublishRelease(ctx, keeper, "2026.2", "", "", false))(t), "N1", "N2", "N3", "N4")
}

func TestReleaseRefusals(t *testing.T) {
	h := stocked(t)
	done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
	done(h.PublishRelease(ctx, keeper, "2026.1+120000", "2026.1", "12", false))(t)
	done(h.PublishRelease(ctx, keeper, "2026.9", "", "", false))(t)
	done(h.WithdrawRelease(ctx, keeper, "2026.9", "泄题"))(t)
	for name, s := range map[string]struct {
		by                 authz.Principal
		id, base, province string
		sample             bool
		want               error
	}{
		"role":             {author, "2026.2", "", "", false, authz.ErrForbidden},
		"no id":            {keeper, "", "", "", false, questionbank.ErrReleaseInput},
		"Chinese id":       {keeper, "二〇二六", "", "", false, questionbank.ErrReleaseInput},
		"no province":      {keeper, "2026.2", "2026.1", "", false, questionbank.ErrReleaseInput},
		"no base":          {keeper, "2026.2", "", "12", false, questionbank.ErrReleaseInput},
		"unknown province": {keeper, "2026.2", "2026.1", "99", false, questionbank.ErrReleaseInput},
		"its own base":     {keeper, "2026.2", "2026.2", "12", false, questionbank.ErrReleaseInput},
		"unknown base":     {keeper, "2025.9+120000", "2025.9", "12", false, questionbank.ErrRelease},
		"provincial base":  {keeper, "2026.2", "2026.1+120000", "12", false, questionbank.ErrReleaseInput},
		"withdrawn base":   {keeper, "2026.9+120000", "2026.9", "12", false, questionbank.ErrWithdrawn},
		"nothing to admit": {keeper, "2026.1+220000", "2026.1", "22", false, questionbank.ErrReleaseInput},
		"another province": {keeper, "2026.1+120000", "2026.1", "22", false, questionbank.ErrReleaseInput},
		"another mark":     {keeper, "2026.1", "", "", true, questionbank.ErrReleaseExists},
		"withdrawn":        {keeper, "2026.9", "", "", false, questionbank.ErrReleaseExists},
	} {
		_, err := h.PublishRelease(ctx, s.by, s.id, s.base, s.province, s.sample)
		wantError(t, name, err, s.want)
	}
	_, err := h.PublishRelease(ctx, keeper, "2025.9+120000", "2025.9", "12", false)
	wantSaid(t, err, "查无此题库版本：2025.9")
	_, err = h.PublishBlueprint(ctx, keeper, questionbank.Blueprint{ID: "B", Release: "2025.9"})
	wantSaid(t, err, "查无此题库版本：2025.9；已发布的版本：2026.1、2026.1+120000")
	_, err = h.PublishBlueprint(ctx, keeper, questionbank.Blueprint{ID: "B", Release: "2026.9"})
	wantSaid(t, err, "题库版本已撤回，不能组卷：2026.9")
	_, err = h.Blueprint(ctx, "B")
	wantSaid(t, err, "查无此组卷方案：B")
	v := single("S1", "")
	v.Sample = true
	h.imported(t, v)
	h.lead(t, "S1", questionbank.Reviewed)
	_, err = h.PublishRelease(ctx, keeper, "2026.3", "", "", false)
	wantError(t, "sample item in a real release", err, questionbank.ErrReleaseInput)
	done(h.PublishRelease(ctx, keeper, "2026.3", "", "", true))(t)
	_, err = h.PublishRelease(ctx, keeper, "2026.3+120000", "2026.3", "12", false)
	wantError(t, "real release on a sample", err, questionbank.ErrReleaseInput)
}

// TestReleaseNumbers: an id that does not say what the release is, is refused by the name of its field.
func TestReleaseNumbers(t *testing.T) {
	h := stocked(t)
	done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
	for _, s := range [][4]string{ // id, base, province, the fields at fault
		{"2026.2", "", "", ""}, {"2027.120", "", "", ""}, {"2026.1+120000", "2026.1", "12", ""},
		{"v1", "", "", "id form"}, {"2026.0", "", "", "id form"}, {"2026.01", "", "", "id form"}, {"26.1", "", "", "id form"}, {"2026.1+120000", "", "", "id form"},
		{"2026.2", "2026.1", "12", "id form"}, {"2026.1+12", "2026.1", "12", "id form"}, {"2026.2+120000", "2026.1", "12", "id form"},
		{"2026.1+220000", "2026.1", "12", "id form"}, {"2026.1+120001", "2026.1", "12", "id form"},
		{"2026.1+120000+120000", "2026.1+120000", "12", "base form"}, {"2026.1+990000", "2026.1", "99", "province unknown"},
	} {
		_, err := h.PreviewRelease(ctx, keeper, s[0], s[1], s[2])
		if fields(err) != s[3] || err != nil && !errors.Is(err, questionbank.ErrReleaseInput) {
			t.Errorf("%q: %v, want %q", s[:3], err, s[3])
		}
		if s[3] != "" {
			_, err = h.PublishRelease(ctx, keeper, s[0], s[1], s[2], false)
			wantError(t, "publishing "+s[0], err, questionbank.ErrReleaseInput)
		}
	}
}

// faulty fails from the n-th write on, as a server does that is killed: the write is lost, or only its reply.
type faulty struct {
	questionbank.Items
	questionbank.Releases
	mu        sync.Mutex
	left      int
	replyLost bool
}

var errKilled = errors.New("killed")

func (f *faulty) write(do func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left--; f.left > 0 {
		return do()
	}
	if f.left == 0 && f.replyLost {
		_ = do()
	}
	return errKilled
}

func (f *faulty) UpdateItem(ctx context.Context, i *questionbank.Item) error {
	return f.write(func() error { return f.Items.UpdateItem(ctx, i) })
}
func (f *faulty) CreateRelease(ctx context.Context, r *questionbank.Release) error {
	return f.write(func() error { return f.Releases.CreateRelease(ctx, r) })
}
func (f *faulty) UpdateRelease(ctx context.Context, r *questionbank.Release) error {
	return f.write(func() error { return f.Releases.UpdateRelease(ctx, r) })
}

func (h *house) killedAfter(n int, replyLost bool) *questionbank.Bank {
	f := &faulty{Items: h.ports.Items, Releases: h.ports.Releases, left: n, replyLost: replyLost}
	return h.bank(questionbank.Ports{Items: f, Tables: h.ports.Tables, Releases: f, Blueprints: h.ports.Blueprints, Images: h.ports.Images})
}

// TestPublishingIsCompleted: killed at every write of a release, once with the write and once without, a second call
// completes it, and every item is admitted once.
func TestPublishingIsCompleted(t *testing.T) {
	const writes = 5 // the record, three items, the completion
	for n := 1; n <= writes; n++ {
		for _, replyLost := range []bool{false, true} {
			h := stocked(t)
			_, err := h.killedAfter(n, replyLost).PublishRelease(ctx, keeper, "2026.1", "", "", false)
			wantError(t, fmt.Sprint("killed at ", n), err, errKilled)
			if _, err := h.Snapshot(ctx, "2026.1"); (n < writes || !replyLost) && !errors.Is(err, questionbank.ErrRelease) {
				t.Errorf("killed at %d: half a release is shown: %v", n, err)
			}
			wantItems(t, done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t), "N1", "N2", "N3")
			for _, code := range []string{"N1", "N2", "N3"} {
				i := done(h.ports.Items.Item(ctx, code))(t)
				if len(i.Admissions) != 1 || i.State != questionbank.Admitted {
					t.Errorf("killed at %d: %s is %s, admitted %v", n, code, i.State, i.Admissions)
				}
			}
			done(h.Snapshot(ctx, "2026.1"))(t)
		}
	}
}

// TestItemsMayChangeWhileAReleaseIsPrepared: what was edited, refused or suspended between the record and the admission
// is left out; what was edited after its admission stays in the version admitted.
func TestItemsMayChangeWhileAReleaseIsPrepared(t *testing.T) {
	h := stocked(t)
	done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
	_, err := h.killedAfter(1, true).PublishRelease(ctx, keeper, "2026.1+120000", "2026.1", "12", false)
	wantError(t, "killed after the record", err, errKilled)
	done(h.Refuse(ctx, labour, "P1", 1, "与政策不符"))(t)
	wantItems(t, done(h.PublishRelease(ctx, keeper, "2026.1+120000", "2026.1", "12", false))(t), "N1", "N2", "N3", "P2")
	if i := done(h.ports.Items.Item(ctx, "P1"))(t); i.State != questionbank.Draft || len(i.Admissions) != 0 {
		t.Errorf("the refused item is %s, admitted %v", i.State, i.Admissions)
	}

	done(h.Suspend(ctx, keeper, "N1", "有误"))(t)
	_, err = h.killedAfter(3, false).PublishRelease(ctx, keeper, "2026.2", "", "", false)
	wantError(t, "killed", err, errKilled)
	v := single("N2", "")
	v.Stem = "新的题干"
	done(h.Edit(ctx, author, v, "更正"))(t)
	r := done(h.PublishRelease(ctx, keeper, "2026.2", "", "", false))(t)
	s := done(h.Snapshot(ctx, "2026.2"))(t)
	for _, ref := range r.Items {
		i := done(h.ports.Items.Item(ctx, ref.Code))(t)
		if a := i.Admissions[len(i.Admissions)-1]; a.Release != r.ID || a.Version != ref.Version {
			t.Errorf("%s: release holds version %d, admitted %+v", ref.Code, ref.Version, a)
		}
	}
	if old, ok := s.Item("N2"); ok && old.Version != 1 {
		t.Errorf("the release holds %+v", old)
	}
}

// TestReleaseRefusesTwoKeys: what edits have made contradictory does not get into one release, nor a supplement into the
// release of its base.
func TestReleaseRefusesTwoKeys(t *testing.T) {
	h := stocked(t)
	done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
	edit := func(code, province, stem string) {
		v := single(code, province)
		v.Stem, v.Options = stem, []string{"离开", "核对", "等待"} // and the key stays the first
		done(h.Edit(ctx, author, v, "更正"))(t)
		done(h.Review(ctx, reviewer, code, 2))(t)
	}
	edit("N2", "", single("N1", "").Stem)
	edit("P1", "12", single("N3", "").Stem)
	done(h.Consent(ctx, medical, "P1", 2))(t)
	done(h.Consent(ctx, labour, "P1", 2))(t)
	done(h.File(ctx, keeper, "P1", 2, authz.Medical, "国备2026-1"))(t)
	done(h.File(ctx, keeper, "P1", 2, authz.Labour, "人备2026-1"))(t)
	_, err := h.PublishRelease(ctx, keeper, "2026.2", "", "", false)
	if !errors.Is(err, questionbank.ErrReleaseInput) || fields(err) != "N1 clash" { // N2 is reviewed, so it is seen first
		t.Errorf("national: %v", err)
	}
	_, err = h.PublishRelease(ctx, keeper, "2026.1+120000", "2026.1", "12", false)
	if !errors.Is(err, questionbank.ErrReleaseInput) || fields(err) != "P1 clash" {
		t.Errorf("provincial: %v", err)
	}
	done(h.Suspend(ctx, keeper, "N2", "答案有误"))(t)
	wantItems(t, done(h.PublishRelease(ctx, keeper, "2026.2", "", "", false))(t), "N1", "N3")
}

// TestALongRelease: more items than one page and one part hold, some of them not in the release.
func TestALongRelease(t *testing.T) {
	h := furnished(t)
	const n, every = 2*questionbank.PartItems + 300, 7
	var drafts []questionbank.ItemVersion
	for _, c := range codes(n, "N") {
		drafts = append(drafts, single(c, ""))
	}
	h.imported(t, drafts...)
	var g errgroup.Group
	g.SetLimit(64)
	for k, v := range drafts {
		if k%every != 0 {
			g.Go(func() error {
				_, err := h.Review(ctx, reviewer, v.Code, 1)
				return err
			})
		}
	}
	must(t, g.Wait())
	r := done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
	const want = n - (n+every-1)/every
	stored := done(h.ports.Releases.Release(ctx, r.ID))(t)
	if len(r.Items) != want || stored.Count != want || stored.Items != nil || len(stored.Parts) != 2 {
		t.Fatalf("%d items, %d counted, %d parts; want %d", len(r.Items), stored.Count, len(stored.Parts), want)
	}
	s := done(h.bank(h.ports).Snapshot(ctx, r.ID))(t)
	for k, ref := range r.Items {
		if s.Items[k].Code != ref.Code || s.Release.Items[k] != ref {
			t.Fatalf("item %d is %s, want %s", k, s.Items[k].Code, ref.Code)
		}
	}
	if again := done(h.PublishRelease(ctx, keeper, r.ID, "", "", false))(t); again.Digest != r.Digest || len(again.Items) != want {
		t.Errorf("published again: %d items", len(again.Items))
	}
}

func TestTwoPublishAtOnce(t *testing.T) {
	h := stocked(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			r, err := h.PublishRelease(ctx, keeper, "2026.1", "", "", false)
			if err != nil || len(r.Items) != 3 {
				t.Errorf("%v, %v", r, err)
			}
		})
	}
	all.Wait()
	for _, code := range []string{"N1", "N2", "N3"} {
		if i := done(h.ports.Items.Item(ctx, code))(t); len(i.Admissions) != 1 {
			t.Errorf("%s was admitted %v", code, i.Admissions)
		}
	}
}

func TestSnapshot(t *testing.T) {
	h := stocked(t)
	r := done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
	s := done(h.Snapshot(ctx, r.ID))(t)
	if len(s.Items) != 3 || s.Tables[engine.Level5].Points[0].Code != "A-A-001" {
		t.Fatalf("%+v", s)
	}
	v := single("N1", "")
	v.Stem = "新的题干"
	done(h.Edit(ctx, author, v, "更正"))(t)
	for _, b := range []*questionbank.Bank{h.Bank, h.bank(h.ports)} {
		got, ok := done(b.Snapshot(ctx, r.ID))(t).Item("N1")
		if !ok || got.Version != 1 || got.Stem == v.Stem {
			t.Errorf("after an edit the release holds %+v", got)
		}
	}
	if _, ok := s.Item("N9"); ok {
		t.Error("an item that nobody knows")
	}
	for _, id := range []string{"2025.9", "", "题库", "a b"} {
		_, err := h.Snapshot(ctx, id)
		wantError(t, "release "+id, err, questionbank.ErrRelease)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := h.bank(h.ports).Snapshot(cancelled, r.ID); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestSnapshotFindsTampering: one character changed anywhere in what was published, and nobody is examined with it.
func TestSnapshotFindsTampering(t *testing.T) {
	item := func(change func(*questionbank.Item)) func(*house) error {
		return func(h *house) error {
			i, err := h.ports.Items.Item(ctx, "N2")
			if err != nil {
				return err
			}
			change(i)
			return h.ports.Items.UpdateItem(ctx, i)
		}
	}
	release := func(change func(*questionbank.Release)) func(*house) error {
		return func(h *house) error {
			r, err := h.ports.Releases.Release(ctx, "2026.1")
			if err != nil {
				return err
			}
			if r.Items, err = h.ports.Releases.ReleaseItems(ctx, r); err != nil {
				return err
			}
			change(r)
			return h.ports.Releases.UpdateRelease(ctx, r)
		}
	}
	for name, tamper := range map[string]func(*house) error{
		"stem":           item(func(i *questionbank.Item) { i.Versions[0].Stem += "。" }),
		"key":            item(func(i *questionbank.Item) { i.Versions[0].Key[0] = 1 }),
		"version number": item(func(i *questionbank.Item) { i.Versions[0].Version = 2 }),
		"version gone":   item(func(i *questionbank.Item) { i.Versions = nil }),
		"ref gone":       release(func(r *questionbank.Release) { r.Items = r.Items[1:] }),
		"ref unknown":    release(func(r *questionbank.Release) { r.Items[1].Code = "N22" }),
		"ref twice":      release(func(r *questionbank.Release) { r.Items = append(r.Items, r.Items[2]) }),
		"table":          release(func(r *questionbank.Release) { r.Tables[engine.Level5].Ranges[0].Weight++ }),
		"digest":         release(func(r *questionbank.Release) { r.Digest = r.Digest[1:] + "0" }),
	} {
		h := stocked(t)
		done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
		must(t, tamper(h))
		_, err := h.Snapshot(ctx, "2026.1")
		wantError(t, name, err, questionbank.ErrReleaseBroken)
	}
}

func TestSnapshotsAreSharedAndBounded(t *testing.T) {
	h := stocked(t)
	ids := make([]string, 7)
	for n := range ids {
		ids[n] = fmt.Sprint("2026.", n+1)
	}
	for _, id := range ids {
		done(h.PublishRelease(ctx, keeper, id, "", "", false))(t)
	}
	var all sync.WaitGroup
	for n := range 70 {
		all.Go(func() {
			s, err := h.Snapshot(ctx, ids[n%7])
			if err != nil || s.Release.ID != ids[n%7] || len(s.Items) != 3 {
				t.Errorf("%s: %v", ids[n%7], err)
			}
		})
	}
	all.Wait()
	first := done(h.Snapshot(ctx, ids[0]))(t)
	if again := done(h.Snapshot(ctx, ids[0]))(t); first != again {
		t.Error("loaded twice")
	}
}

func TestWithdrawal(t *testing.T) {
	h := stocked(t)
	done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
	done(h.PublishRelease(ctx, keeper, "2026.1+120000", "2026.1", "12", false))(t)
	other := h.bank(h.ports) // another server, which has both in memory
	for _, id := range []string{"2026.1", "2026.1+120000"} {
		done(other.Drawable(ctx, id))(t)
	}
	_, err := h.WithdrawRelease(ctx, keeper, "2026.1", "")
	wantError(t, "no reason", err, questionbank.ErrReleaseInput)
	_, err = h.WithdrawRelease(ctx, keeper, "2025.9", "泄题")
	wantError(t, "unknown", err, questionbank.ErrRelease)
	first := done(h.WithdrawRelease(ctx, keeper, "2026.1", "泄题"))(t)
	if again := done(h.WithdrawRelease(ctx, keeper, "2026.1", "泄题"))(t); again.Revision != first.Revision {
		t.Error("withdrawing again wrote something")
	}
	for _, id := range []string{"2026.1", "2026.1+120000"} {
		_, err = other.Drawable(ctx, id)
		wantError(t, "draw from "+id, err, questionbank.ErrWithdrawn)
		done(other.Snapshot(ctx, id))(t) // forms drawn before are still marked
	}
	if s := done(h.Snapshot(ctx, "2026.1"))(t); s.Release.State != questionbank.Withdrawn {
		t.Errorf("the server that withdrew it shows it as %s", s.Release.State)
	}
}
