package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
)

// makeFiling is a filing under any ID that says everything.
func makeFiling(id string) *archive.Filing {
	who := archive.Signature{Person: "p", Name: "姚静", Account: "kaowu", At: morning}
	return &archive.Filing{ID: archive.FilingID(id), Session: "s", Name: "第一场", Org: "o", Number: 1, Reason: "年度归档", State: archive.Made, Asked: who,
		Decided: who, Earlier: &archive.Earlier{Number: 1, Manifest: "m0", Made: morning}, Began: morning, Manifest: "m", Signed: []byte{0, 1, 255},
		Leaf: 7, Logged: true, Files: 12, Size: 1 << 40, Volumes: []archive.VolumeInfo{{Volume: archive.Process, Folder: archive.Process.Folder(), Files: 12,
			Size: 1 << 40, Retention: engine.Retention{Rule: "electronic", Years: 5}, Until: clock.DateOf(morning, morning.Location())}}, Trail: trail()}
}

// Filings is the contract of archive.Filings.
func Filings(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[archive.Filing] {
		r := s.Filings()
		return Repository[archive.Filing]{Make: makeFiling, Create: r.CreateFiling, Update: r.UpdateFiling,
			Get: func(ctx context.Context, id string) (*archive.Filing, error) {
				return r.Filing(ctx, archive.FilingID(id))
			},
			Absent: archive.ErrFiling, Exists: archive.ErrTaken,
			Revision: func(f *archive.Filing) *int64 { return &f.Revision },
			Change:   func(f *archive.Filing) { f.Files++ }}
	})
	t.Run("of a session and of a body", func(t *testing.T) { filingLists(t, open(t).Filings()) })
}

func filingLists(t *testing.T, r archive.Filings) {
	ctx := context.Background()
	put := func(s sitting.SessionID, org engine.OrgID, n int) {
		f := makeFiling(string(archive.FilingOf(s, n)))
		f.Session, f.Org, f.Number = s, org, n
		mustDo(t, r.CreateFiling(ctx, f))
	}
	var ofS []string
	for _, n := range []int{10, 2, 1, 3, 12, 4, 5, 6, 7, 8, 9, 11} {
		put("s", "o", n)
	}
	for n := 1; n <= 12; n++ {
		ofS = append(ofS, fmt.Sprint(n))
	}
	put("s2", "o2", 1)
	put("r", "o2", 1)
	for s, want := range map[sitting.SessionID][]string{"s": ofS, "s2": {"1"}, "t": nil} {
		WantList(t, want, func(f *archive.Filing) string { return fmt.Sprint(f.Number) },
			func(ctx context.Context, c engine.Cursor) ([]*archive.Filing, string, error) {
				return r.FilingsOf(ctx, s, c)
			})
	}
	WantList(t, []string{"r-1", "s2-1"}, func(f *archive.Filing) string { return string(f.ID) },
		func(ctx context.Context, c engine.Cursor) ([]*archive.Filing, string, error) {
			return r.FilingsFor(ctx, "o2", c)
		})
}
