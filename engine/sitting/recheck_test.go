package sitting_test

import (
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// 监考员上岗、考生排座以后才登记两人是近亲属：重新核对，问题连同关系路径记入本场次；再核对一次，不重复记，也不会自动撤下谁。
// 考试开始以后同样可以核对。监考员和别家机构不能核对。
func TestAKinTieAfterBothWerePlaced(t *testing.T) {
	for name, begun := range map[string]bool{"准备阶段": false, "考试进行中": true} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			n := w.session()
			watcher := w.person("陆明远")
			w.assign(n, watcher, authz.Invigilator, "t1")
			candidates := w.candidates(n, 2)
			w.seat(n)
			got, err := w.sittings.Recheck(ctx, office, n.ID)
			must(t, err)
			if got.New != 0 || len(got.Standing) != 0 || got.Session.Revision != w.get(n.ID).Revision {
				t.Fatalf("nothing is tied: %+v", got)
			}
			sat := candidates[0]
			seats, err := w.sittings.SeatsOf(ctx, n.ID)
			must(t, err)
			for _, s := range seats {
				if s.Room == "t1" {
					sat = s.Candidate
				}
			}
			w.kin(watcher, sat)
			if begun {
				w.clock.Set(opens)
			}
			for i := range 2 {
				got, err = w.sittings.Recheck(ctx, office, n.ID)
				must(t, err)
				if len(got.Standing) != 1 || got.New != 1-i || len(got.Session.Findings) != 1 || len(got.Session.Duties) != 1 {
					t.Fatalf("%d: %d new, standing %v", i, got.New, got.Standing)
				}
			}
			f := got.Session.Findings[0]
			if f.Rule != "kin" || f.Staff != watcher || f.Candidate != sat || !strings.HasPrefix(f.String(), "监考员陆明远 → 近亲属") {
				t.Errorf("%+v", f)
			}
			if _, err = w.sittings.Recheck(ctx, as(watcher, authz.Invigilator), n.ID); err == nil {
				t.Error("an invigilator asked")
			}
			other := office
			other.Org = "elsewhere"
			_, err = w.sittings.Recheck(ctx, other, n.ID)
			wantError(t, "another body", err, sitting.ErrSession)
		})
	}
}
