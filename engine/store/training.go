package store

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/training"
)

func trainingSchema() docs.Schema {
	return docs.Schema{"course": {"org"}, "class": {"org", "name"}, "enrolment": {"class", "person"}, "training-listing": {"province"},
		"training-needs": {"org", "province"}}
}

// Courses is the repository of training courses.
func (s *Store) Courses() training.Courses {
	return courseTable{docs.Table[training.Course]{Store: s.docs, IDs: s.ids, Kind: "course", Schema: 1,
		ID: func(c *training.Course) string { return c.ID }, Revision: func(c *training.Course) *int64 { return &c.Revision },
		Index:  func(c *training.Course) map[string]string { return map[string]string{"org": ascii(string(c.Org))} },
		Absent: training.ErrCourse, Exists: training.ErrExists}}
}

type courseTable struct{ t docs.Table[training.Course] }

func (r courseTable) Course(ctx context.Context, id string) (*training.Course, error) {
	return r.t.Get(ctx, id)
}
func (r courseTable) CreateCourse(ctx context.Context, c *training.Course) error {
	return r.t.Create(ctx, c)
}
func (r courseTable) CoursesOf(ctx context.Context, org engine.OrgID, c engine.Cursor) ([]*training.Course, string, error) {
	return r.t.List(ctx, "org", ascii(string(org)), c)
}

// Classes is the repository of training classes.
func (s *Store) Classes() training.Classes {
	return classTable{docs.Table[training.Class]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "class", Schema: 1,
		ID: func(c *training.Class) string { return c.ID }, Revision: func(c *training.Class) *int64 { return &c.Revision },
		Index: func(c *training.Class) map[string]string {
			return map[string]string{"org": ascii(string(c.Org)), "name": className(c.Name)}
		},
		Absent: training.ErrClass, Exists: training.ErrExists}}
}

type classTable struct{ t docs.Table[training.Class] }

func (r classTable) Class(ctx context.Context, id string) (*training.Class, error) {
	return r.t.Get(ctx, id)
}
func (r classTable) CreateClass(ctx context.Context, c *training.Class) error {
	return r.t.Create(ctx, c)
}
func (r classTable) UpdateClass(ctx context.Context, c *training.Class) error {
	return r.t.Update(ctx, c)
}
func (r classTable) ClassesNamed(ctx context.Context, name string, c engine.Cursor) ([]*training.Class, string, error) {
	return r.t.List(ctx, "name", className(name), c)
}

// className names a class in an index, where Chinese cannot stand.
func className(name string) string { return ids.Derive("class-name", training.PlainName(name)) }

func (r classTable) ClassesOf(ctx context.Context, org engine.OrgID, c engine.Cursor) ([]*training.Class, string, error) {
	return r.t.List(ctx, "org", ascii(string(org)), c)
}

// Enrolments is the repository of trainees.
func (s *Store) Enrolments() training.Enrolments {
	return enrolmentTable{docs.Table[training.Enrolment]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "enrolment", Schema: 1,
		ID: func(e *training.Enrolment) string { return e.ID }, Revision: func(e *training.Enrolment) *int64 { return &e.Revision },
		Index: func(e *training.Enrolment) map[string]string {
			return map[string]string{"class": e.Class, "person": string(e.Person)}
		},
		Absent: training.ErrEnrolment, Exists: training.ErrEnrolled}}
}

type enrolmentTable struct {
	t docs.Table[training.Enrolment]
}

func (r enrolmentTable) Enrolment(ctx context.Context, id string) (*training.Enrolment, error) {
	return r.t.Get(ctx, id)
}
func (r enrolmentTable) CreateEnrolment(ctx context.Context, e *training.Enrolment) error {
	return r.t.Create(ctx, e)
}
func (r enrolmentTable) UpdateEnrolment(ctx context.Context, e *training.Enrolment) error {
	return r.t.Update(ctx, e)
}
func (r enrolmentTable) InClass(ctx context.Context, class string, c engine.Cursor) ([]*training.Enrolment, string, error) {
	return r.t.List(ctx, "class", class, c)
}
func (r enrolmentTable) OfPerson(ctx context.Context, p engine.PersonID, c engine.Cursor) ([]*training.Enrolment, string, error) {
	return r.t.List(ctx, "person", string(p), c)
}

// Listings is the repository of the public lists of training bodies. They name people to be
// called, and stay when a body has left: so they are sealed.
func (s *Store) Listings() training.Listings {
	return listingTable{docs.Table[training.Listing]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "training-listing", Schema: 1,
		ID: func(l *training.Listing) string { return l.ID }, Revision: func(l *training.Listing) *int64 { return &l.Revision },
		Index:  func(l *training.Listing) map[string]string { return map[string]string{"province": l.Province} },
		Absent: training.ErrListing, Exists: training.ErrListed}}
}

type listingTable struct {
	t docs.Table[training.Listing]
}

func (r listingTable) Listing(ctx context.Context, id string) (*training.Listing, error) {
	return r.t.Get(ctx, id)
}
func (r listingTable) CreateListing(ctx context.Context, l *training.Listing) error {
	return r.t.Create(ctx, l)
}
func (r listingTable) UpdateListing(ctx context.Context, l *training.Listing) error {
	return r.t.Update(ctx, l)
}
func (r listingTable) ListingsOf(ctx context.Context, province string, c engine.Cursor) ([]*training.Listing, string, error) {
	return r.t.List(ctx, "province", province, c)
}

// NeedLists is the repository of lists of people to be trained.
func (s *Store) NeedLists() training.NeedLists {
	return needTable{docs.Table[training.NeedList]{Store: s.docs, IDs: s.ids, Cipher: s.vault, Kind: "training-needs", Schema: 1,
		ID: func(l *training.NeedList) string { return l.ID }, Revision: func(l *training.NeedList) *int64 { return &l.Revision },
		Index: func(l *training.NeedList) map[string]string {
			index := map[string]string{"province": l.Province}
			if l.Org != "" {
				index["org"] = ascii(string(l.Org))
			}
			return index
		},
		Absent: training.ErrNeeds, Exists: training.ErrNeedsKept}}
}

type needTable struct {
	t docs.Table[training.NeedList]
}

func (r needTable) Needs(ctx context.Context, id string) (*training.NeedList, error) {
	return r.t.Get(ctx, id)
}
func (r needTable) CreateNeeds(ctx context.Context, l *training.NeedList) error {
	return r.t.Create(ctx, l)
}
func (r needTable) UpdateNeeds(ctx context.Context, l *training.NeedList) error {
	return r.t.Update(ctx, l)
}
func (r needTable) NeedsOf(ctx context.Context, org engine.OrgID, c engine.Cursor) ([]*training.NeedList, string, error) {
	return r.t.List(ctx, "org", ascii(string(org)), c)
}
func (r needTable) NeedsIn(ctx context.Context, province string, c engine.Cursor) ([]*training.NeedList, string, error) {
	return r.t.List(ctx, "province", province, c)
}
