package storetest

import (
	"context"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/training"
)

var classDay = clock.Date{Year: 2026, Month: 3, Day: 2}

// Courses is the contract of training.Courses, which are written once.
func Courses(t *testing.T, open func(t *testing.T) *store.Store) {
	ctx, r := context.Background(), open(t).Courses()
	course := func(id string, org engine.OrgID) *training.Course {
		return &training.Course{ID: id, Org: org, Name: "五级班", Level: engine.Level5, Basic: true, Theory: 60, Practical: 60, Trail: trail()}
	}
	_, err := r.Course(ctx, "a")
	wantError(t, err, training.ErrCourse)
	for _, id := range []string{"b", "a"} {
		mustDo(t, r.CreateCourse(ctx, course(id, "津慈培训")))
	}
	mustDo(t, r.CreateCourse(ctx, course("c", "别处")))
	wantError(t, r.CreateCourse(ctx, course("a", "别处")), training.ErrExists)
	got, err := r.Course(ctx, "a")
	mustDo(t, err)
	if g, w := asJSON(t, got), asJSON(t, course("a", "津慈培训")); g != w {
		t.Errorf("%s, want %s", g, w)
	}
	WantList(t, []string{"a", "b"}, func(c *training.Course) string { return c.ID },
		func(ctx context.Context, at engine.Cursor) ([]*training.Course, string, error) {
			return r.CoursesOf(ctx, "津慈培训", at)
		})
}

// Classes is the contract of training.Classes.
func Classes(t *testing.T, open func(t *testing.T) *store.Store) {
	class := func(id string) *training.Class {
		return &training.Class{ID: id, Org: "津慈培训", Code: "HL2603", Name: "护理2603班", Course: "c", Level: engine.Level5, Basic: true, From: classDay, To: classDay.AddDays(30),
			Teachers: []training.Teaching{{Person: "t", Name: "师", Struck: true, Reason: "更正"}}, Roll: []engine.PersonID{"p"}, Trail: trail()}
	}
	Aggregates(t, open, func(s *store.Store) Repository[training.Class] {
		r := s.Classes()
		return Repository[training.Class]{Get: r.Class, Create: r.CreateClass, Update: r.UpdateClass, Absent: training.ErrClass, Exists: training.ErrExists,
			Revision: func(c *training.Class) *int64 { return &c.Revision }, Change: func(c *training.Class) { c.Roll = append(c.Roll, "q") }, Make: class}
	})
	t.Run("of a body", func(t *testing.T) {
		r := open(t).Classes()
		for _, id := range []string{"b", "other", "a"} {
			c := class(id)
			if id == "other" {
				c.Org = "别处"
			}
			mustDo(t, r.CreateClass(context.Background(), c))
		}
		WantList(t, []string{"a", "b"}, func(c *training.Class) string { return c.ID }, func(ctx context.Context, at engine.Cursor) ([]*training.Class, string, error) {
			return r.ClassesOf(ctx, "津慈培训", at)
		})
		again := class("c")
		again.Name = "长护2603班"
		mustDo(t, r.CreateClass(context.Background(), again))
		for name, want := range map[string][]string{"护理2603班": {"a", "b", "other"}, " 护理 ２６０３ 班": {"a", "b", "other"}, "长护2603班": {"c"}, "护理2604班": nil, "": nil} {
			WantList(t, want, func(c *training.Class) string { return c.ID }, func(ctx context.Context, at engine.Cursor) ([]*training.Class, string, error) {
				return r.ClassesNamed(ctx, name, at)
			})
		}
	})
}

// Enrolments is the contract of training.Enrolments.
func Enrolments(t *testing.T, open func(t *testing.T) *store.Store) {
	enrolment := func(id string) *training.Enrolment {
		return &training.Enrolment{ID: id, Class: "c", Org: "津慈培训", Person: "p", Name: "员", Level: engine.Level5, No: 1, Basis: training.Certified, Proof: "证", Since: classDay,
			Until: classDay, Result: training.Pass, Hours: 120, Number: "PXHG-1-2-001", On: classDay, Tie: "t", Trail: trail(),
			Category: "企业职工", Program: "其他培训", Earlier: []training.Declared{{Basis: training.Newcomer, Since: classDay, Result: training.Going, Tie: "s", Reason: "更正", At: trail()[0].At, By: "a"}}}
	}
	Aggregates(t, open, func(s *store.Store) Repository[training.Enrolment] {
		r := s.Enrolments()
		return Repository[training.Enrolment]{Get: r.Enrolment, Create: r.CreateEnrolment, Update: r.UpdateEnrolment, Absent: training.ErrEnrolment,
			Exists: training.ErrEnrolled, Revision: func(e *training.Enrolment) *int64 { return &e.Revision },
			Change: func(e *training.Enrolment) { e.Hours++ }, Make: enrolment}
	})
	t.Run("lists", func(t *testing.T) {
		r := open(t).Enrolments()
		for id, at := range map[string][2]string{"a": {"c", "p"}, "b": {"c", "q"}, "d": {"e", "p"}} {
			e := enrolment(id)
			e.Class, e.Person = at[0], engine.PersonID(at[1])
			mustDo(t, r.CreateEnrolment(context.Background(), e))
		}
		of := func(e *training.Enrolment) string { return e.ID }
		WantList(t, []string{"a", "b"}, of, func(ctx context.Context, at engine.Cursor) ([]*training.Enrolment, string, error) {
			return r.InClass(ctx, "c", at)
		})
		WantList(t, []string{"a", "d"}, of, func(ctx context.Context, at engine.Cursor) ([]*training.Enrolment, string, error) {
			return r.OfPerson(ctx, "p", at)
		})
	})
}

// Listings is the contract of training.Listings.
func Listings(t *testing.T, open func(t *testing.T) *store.Store) {
	listing := func(id string) *training.Listing {
		pub := training.Publication{Source: "津人社公示〔2026〕1号", On: classDay}
		gone := training.Withdrawal{On: classDay, Reason: "停止办学", At: trail()[0].At, By: "a", Name: "甲", Relisted: classDay}
		return &training.Listing{ID: id, Province: "12", Published: pub, Withdrawals: []training.Withdrawal{gone}, Trail: trail(),
			Body: training.ListedBody{District: "河西区", Name: "津慈培训", Sort: "民办培训机构", CreditCode: "91120000MYYYYYY28C", Occupations: []string{"长期照护师"},
				Levels: engine.Levels(), Address: "某路1号", Contact: "某某、022-00000000"},
			Projects: []training.Project{{No: 1, District: "河西区", Name: "第一期", Mode: "线下", Occupation: "长期照护师", Level: engine.Level5, Hours: 120, Program: "其他培训",
				Planned: "2026年9月", Address: "某路1号", Contact: "某某", Published: pub, Withdrawn: &gone}}}
	}
	Aggregates(t, open, func(s *store.Store) Repository[training.Listing] {
		r := s.Listings()
		return Repository[training.Listing]{Get: r.Listing, Create: r.CreateListing, Update: r.UpdateListing, Absent: training.ErrListing, Exists: training.ErrListed,
			Revision: func(l *training.Listing) *int64 { return &l.Revision },
			Change:   func(l *training.Listing) { l.Body.Name += "甲" }, Make: listing}
	})
	t.Run("of a province", func(t *testing.T) {
		r := open(t).Listings()
		for id, province := range map[string]string{"b": "12", "a": "12", "c": "22"} {
			l := listing(id)
			l.Province = province
			mustDo(t, r.CreateListing(context.Background(), l))
		}
		WantList(t, []string{"a", "b"}, func(l *training.Listing) string { return l.ID }, func(ctx context.Context, at engine.Cursor) ([]*training.Listing, string, error) {
			return r.ListingsOf(ctx, "12", at)
		})
	})
}

// NeedLists is the contract of training.NeedLists.
func NeedLists(t *testing.T, open func(t *testing.T) *store.Store) {
	list := func(id string) *training.NeedList {
		return &training.NeedList{ID: id, Province: "12", Org: "津慈培训", Annex: training.InstitutionNeeds, Filler: "某区民政局", On: classDay, Trail: trail(),
			Needs: []training.Need{{No: 1, District: "河西区", Employer: "某养老院", Name: "员", Age: 38, Category: "企业职工", Occupation: "长期照护师", Level: engine.Level5,
				Program: "其他培训", Planned: "2026年9月", Address: "某路", Phone: "19900000001", IDType: engine.ResidentCard, IDNumber: "12010119000101018X",
				Sex: engine.Female, Born: classDay, Basis: training.Practising, Proof: "某养老院", Class: "c"}}}
	}
	Aggregates(t, open, func(s *store.Store) Repository[training.NeedList] {
		r := s.NeedLists()
		return Repository[training.NeedList]{Get: r.Needs, Create: r.CreateNeeds, Update: r.UpdateNeeds, Absent: training.ErrNeeds, Exists: training.ErrNeedsKept,
			Revision: func(l *training.NeedList) *int64 { return &l.Revision },
			Change:   func(l *training.NeedList) { l.Needs[0].Class += "d" }, Make: list}
	})
	t.Run("lists", func(t *testing.T) {
		r := open(t).NeedLists()
		for id, at := range map[string][2]string{"a": {"津慈培训", "12"}, "b": {"", "12"}, "c": {"津慈培训", "22"}} {
			l := list(id)
			l.Org, l.Province = engine.OrgID(at[0]), at[1]
			mustDo(t, r.CreateNeeds(context.Background(), l))
		}
		of := func(l *training.NeedList) string { return l.ID }
		WantList(t, []string{"a", "c"}, of, func(ctx context.Context, at engine.Cursor) ([]*training.NeedList, string, error) {
			return r.NeedsOf(ctx, "津慈培训", at)
		})
		WantList(t, []string{"a", "b"}, of, func(ctx context.Context, at engine.Cursor) ([]*training.NeedList, string, error) {
			return r.NeedsIn(ctx, "12", at)
		})
	})
}
