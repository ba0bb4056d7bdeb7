package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/recognition"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
)

// People is the contract of people.People.
func People(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[engine.Person] {
		r := s.People()
		return Repository[engine.Person]{
			Get: func(ctx context.Context, id string) (*engine.Person, error) {
				return r.Person(ctx, engine.PersonID(id))
			},
			Create: r.CreatePerson, Update: r.UpdatePerson, Absent: engine.ErrPerson, Exists: engine.ErrSameID,
			Revision: func(p *engine.Person) *int64 { return &p.Revision },
			Change:   func(p *engine.Person) { p.Phone += "1" },
			Make: func(id string) *engine.Person {
				return &engine.Person{ID: engine.PersonID(id), Name: "𠮷永安", IDType: engine.ResidentCard, IDNumber: "12010119000101018X",
					Born: clock.Date{Year: 1900, Month: 1, Day: 1}, Sex: engine.Female, Phone: "19900000001", Address: "样例市样例路1号", Photo: engine.PhotoMark{Digest: "d", Size: 3, Turn: 1}, Trail: trail()}
			}}
	})
	t.Run("with a trait", func(t *testing.T) { peopleWith(t, open(t)) })
	t.Run("many at once", func(t *testing.T) { peopleOf(t, open(t)) })
	t.Run("known to a body", func(t *testing.T) { knownTo(t, open(t)) })
}

// peopleWith: whoever has the trait now is found by it, in the order of IDs, and nobody else.
func peopleWith(t *testing.T, s *store.Store) {
	ctx, r := context.Background(), s.People()
	one := func(id, name, phone string, sex engine.Sex) *engine.Person {
		return &engine.Person{ID: engine.PersonID(id), Name: name, Phone: phone, Sex: sex, Born: clock.Date{Year: 1900, Month: 1, Day: 1}, Trail: trail()}
	}
	for _, p := range []*engine.Person{one("c", "李明", "19900000001", engine.Male), one("a", "李明", "+86 199-0000-0001", engine.Male),
		one("b", "李明", "", engine.Female), one("d", "Li  Ming", "", engine.Male), one("e", "19900000001", "", "")} {
		mustDo(t, r.CreatePerson(ctx, p))
	}
	moved, err := r.Person(ctx, "c")
	mustDo(t, err)
	want := func(trait people.Trait, parts []string, ids ...string) {
		t.Helper()
		WantList(t, ids, func(p *engine.Person) string { return string(p.ID) }, func(ctx context.Context, c engine.Cursor) ([]*engine.Person, string, error) {
			return r.PeopleWith(ctx, trait, parts, c)
		})
	}
	phone, twin := []string{"19900000001"}, []string{"李明", "1900-01-01", string(engine.Male)}
	want(people.ByPhone, phone, "a", "c")
	want(people.ByName, []string{"李明"}, "a", "b", "c")
	want(people.ByName, []string{"li ming"}, "d")
	want(people.ByTwin, twin, "a", "c")
	want(people.ByName, phone, "e")
	want(people.ByName, []string{"李"})
	want(people.ByPhone, nil)
	moved.Phone, moved.Name = "", "李铭"
	mustDo(t, r.UpdatePerson(ctx, moved))
	want(people.ByPhone, phone, "a")
	want(people.ByTwin, twin, "a")
	want(people.ByName, []string{"李铭"}, "c")
}

// peopleOf: many are read as each would be, in the order asked for, or none.
func peopleOf(t *testing.T, s *store.Store) {
	ctx, r := context.Background(), s.People()
	var ids []engine.PersonID
	for i := range 1100 {
		id := engine.PersonID(fmt.Sprint("p", i*7919%1100))
		mustDo(t, r.CreatePerson(ctx, &engine.Person{ID: id, Name: "甲" + string(id), Trail: trail()}))
		ids = append(ids, id)
	}
	ids = append(ids, ids[3], ids[3])
	all, err := r.PeopleOf(ctx, ids)
	mustDo(t, err)
	for i, p := range all {
		if p.ID != ids[i] || p.Name != "甲"+string(ids[i]) || p.Revision != 1 {
			t.Fatalf("at %d: %+v, want %s", i, p, ids[i])
		}
	}
	if len(all) != len(ids) {
		t.Errorf("%d of %d", len(all), len(ids))
	}
	_, err = r.PeopleOf(ctx, append(ids, "nobody"))
	wantError(t, err, engine.ErrPerson)
	if all, err := r.PeopleOf(ctx, nil); err != nil || len(all) != 0 {
		t.Errorf("nobody: %v, %v", all, err)
	}
}

// Albums is the contract of people.Albums.
func Albums(t *testing.T, open func(t *testing.T) *store.Store) {
	album := func(id string) *people.Album {
		jpeg := []byte{0xFF, 0xD8, 0xFF}
		return &people.Album{Person: engine.PersonID(id), Prints: []people.Print{{PhotoMark: engine.MarkPhoto(jpeg, 1), JPEG: jpeg}}, Since: morning}
	}
	Aggregates(t, open, func(s *store.Store) Repository[people.Album] {
		r := s.People()
		return Repository[people.Album]{Make: album, Create: r.CreateAlbum, Update: r.UpdateAlbum,
			Get: func(ctx context.Context, id string) (*people.Album, error) {
				return r.Album(ctx, engine.PersonID(id))
			},
			Absent: people.ErrAlbum, Exists: people.ErrAlbumExists, Revision: func(a *people.Album) *int64 { return &a.Revision },
			Change: func(a *people.Album) { a.Prints = append(a.Prints, a.Prints[0]) }}
	})
	t.Run("open", func(t *testing.T) {
		ctx, r := context.Background(), open(t).People()
		for _, id := range []string{"c", "a", "d", "b"} {
			mustDo(t, r.CreateAlbum(ctx, album(id)))
		}
		a, err := r.Album(ctx, "d")
		mustDo(t, err)
		a.Since = time.Time{}
		mustDo(t, r.UpdateAlbum(ctx, a))
		WantList(t, []string{"a", "b", "c"}, func(a *people.Album) string { return string(a.Person) }, r.OpenAlbums)
	})
}

// Readings is the contract of people.Readings.
func Readings(t *testing.T, open func(t *testing.T) *store.Store) {
	Aggregates(t, open, func(s *store.Store) Repository[people.Reading] {
		r := s.Readings()
		none := int64(1)
		return Repository[people.Reading]{Get: r.Reading, Create: r.RecordReading, Absent: people.ErrReading, Exists: people.ErrReadingKept,
			Revision: func(*people.Reading) *int64 { return &none },
			Change:   func(v *people.Reading) { v.Purpose += "一" },
			Make:     func(id string) *people.Reading { return reading(id, "p", "津衡考务") }}
	})
	t.Run("lists", func(t *testing.T) {
		r := open(t).Readings()
		for _, v := range []*people.Reading{reading("3", "p", "a"), reading("1", "p", "b"), reading("2", "q", "a"), reading("4", "", "a")} {
			mustDo(t, r.RecordReading(context.Background(), v))
		}
		id := func(v *people.Reading) string { return v.ID }
		of := func(p engine.PersonID, want ...string) {
			WantList(t, want, id, func(ctx context.Context, c engine.Cursor) ([]*people.Reading, string, error) {
				return r.ReadingsOf(ctx, p, c)
			})
		}
		by := func(account string, want ...string) {
			WantList(t, want, id, func(ctx context.Context, c engine.Cursor) ([]*people.Reading, string, error) {
				return r.ReadingsBy(ctx, account, c)
			})
		}
		of("p", "1", "3")
		of("q", "2")
		of("nobody")
		by("a", "2", "3", "4")
		by("nobody")
	})
}

func reading(id string, p engine.PersonID, account string) *people.Reading {
	return &people.Reading{ID: id, At: trail()[0].At, Account: account, Name: "韦清和", Org: "津衡", Person: p, Count: 1,
		Fields: []people.Detail{people.DetailNumber, people.DetailPhone}, Purpose: "核对报名材料"}
}

// knownTo: who works for the body, applied for a session of it or has a prize there is known to it, and to no other.
func knownTo(t *testing.T, s *store.Store) {
	ctx := context.Background()
	for id, org := range map[sitting.SessionID]engine.OrgID{"s1": "o1", "s2": "o1", "s3": "o2"} {
		mustDo(t, s.Sessions().CreateSession(ctx, &sitting.Session{ID: id, Org: org}))
	}
	mustDo(t, s.Applications().CreateApplication(ctx, &registration.Application{ID: registration.ApplicationOf("s2", "applied"), Session: "s2", Org: "o1",
		Person: "applied", Refusals: []registration.Refusal{{Rule: "age"}}}))
	mustDo(t, s.Awards().CreateAward(ctx, &certs.Award{ID: certs.AwardID("prized", 2026), Person: "prized", Org: "o2", Year: 2026}))
	mustDo(t, s.Accounts().CreateAccount(ctx, &accounts.Account{ID: "examines", Person: "examines", Org: "o1"}))
	mustDo(t, s.Accounts().CreateAccount(ctx, &accounts.Account{ID: "examined", Person: "examined", Org: "o1", Disabled: true}))
	mustDo(t, s.Accounts().CreateAccount(ctx, &accounts.Account{ID: "operates", Person: "operates"}))
	mustDo(t, s.Recognitions().CreateCase(ctx, &recognition.Case{ID: recognition.Of("o2", "recognised", engine.Level4), Person: "recognised", Org: "o2"}))
	for _, c := range []struct {
		person engine.PersonID
		org    engine.OrgID
		want   bool
	}{{"applied", "o1", true}, {"applied", "o2", false}, {"prized", "o2", true}, {"prized", "o1", false}, {"recognised", "o2", true},
		{"recognised", "o1", false}, {"nobody", "o1", false},
		{"examines", "o1", true}, {"examines", "o2", false}, {"examined", "o1", false}, {"operates", "", false},
		{"applied", "none", false}, {"applied", "", false}} {
		if got, err := s.People().KnownTo(ctx, c.person, c.org); err != nil || got != c.want {
			t.Errorf("%s is known to %q: %v, %v", c.person, c.org, got, err)
		}
	}
}

// Organisations is the contract of people.Organisations. Bodies may have Chinese ids.
func Organisations(t *testing.T, open func(t *testing.T) *store.Store) {
	body := func(id string) *engine.Organisation {
		return &engine.Organisation{ID: engine.OrgID(id), Kind: engine.EvaluationBody, Name: "评价中心", CreditCode: "91120000MYYYYYY1XC", Province: "12",
			Filings: []engine.Filing{{Number: "S000012009999", Occupation: "4-14-01-03", Levels: engine.Levels(), Capacity: 9,
				From: clock.Date{Year: 2026, Month: 1, Day: 1}, To: clock.Date{Year: 2029, Month: 1, Day: 1}, Region: "120101",
				No: 1, Document: "文三", Succeeds: true, At: morning, By: "renshe", Name: "贾", Ended: &engine.Ending{On: clock.Date{Year: 2028, Month: 1, Day: 1},
					Reason: "注销", Document: "文四", At: morning, By: "renshe", Name: "贾"}}}, Trail: trail(),
			Category: engine.SchoolBody, Suspensions: []engine.Suspension{{No: 1, Measure: engine.Suspended, From: clock.Date{Year: 2026, Month: 3, Day: 1},
				To: clock.Date{Year: 2026, Month: 4, Day: 1}, Reason: "因", Document: "文", At: morning, By: "renshe", Name: "贾",
				Lifted: &engine.Lifting{On: clock.Date{Year: 2026, Month: 3, Day: 9}, Reason: "改", Document: "文二", At: morning, By: "renshe", Name: "贾"}}}}
	}
	Aggregates(t, open, func(s *store.Store) Repository[engine.Organisation] {
		r := s.Organisations()
		return Repository[engine.Organisation]{
			Get: func(ctx context.Context, id string) (*engine.Organisation, error) {
				return r.Organisation(ctx, engine.OrgID(id))
			},
			Create: r.CreateOrganisation, Update: r.UpdateOrganisation, Absent: engine.ErrOrg, Exists: engine.ErrOrgExists,
			Revision: func(o *engine.Organisation) *int64 { return &o.Revision },
			Change:   func(o *engine.Organisation) { o.Name += "一" }, Make: body}
	})
	t.Run("list", func(t *testing.T) {
		r := open(t).Organisations()
		want := []string{"a", "b-1", "b1", "z", "~a", "津慈培训", "津衡评价"} // the byte order of the ids, escaped or not
		for _, i := range []int{6, 2, 0, 4, 5, 1, 3} {
			mustDo(t, r.CreateOrganisation(context.Background(), body(want[i])))
		}
		WantList(t, want, func(o *engine.Organisation) string { return string(o.ID) }, r.Organisations)
	})
}

// OneHuman keeps two persons as one human under two documents, as the registry does when they look like one.
func OneHuman(t testing.TB, r people.Pairs, a, b engine.PersonID) {
	t.Helper()
	err := r.CreatePair(context.Background(), &people.Pair{ID: people.PairOf(a, b), First: min(a, b), Second: max(a, b), State: people.PairOne})
	if err != nil {
		t.Fatal(err)
	}
}

// Pairs is the contract of people.Pairs.
func Pairs(t *testing.T, open func(t *testing.T) *store.Store) {
	word := people.Word{Ground: people.GroundOriginals, Reason: "两人带原件到场", At: morning, By: "office", Name: "韦清和", Person: "w", Org: "津衡"}
	pair := func(id string, a, b engine.PersonID, s people.PairState) *people.Pair {
		return &people.Pair{ID: people.PairID(id), First: a, Second: b, Shared: []people.Trait{people.ByPhone, people.ByPhoto}, State: s, Asked: &word,
			Ruled: &people.Ruling{Word: word, Two: true}, Trail: trail()}
	}
	Aggregates(t, open, func(s *store.Store) Repository[people.Pair] {
		r := s.People()
		return Repository[people.Pair]{Make: func(id string) *people.Pair { return pair(id, "p", "q", people.PairAsked) }, Create: r.CreatePair, Update: r.UpdatePair,
			Get: func(ctx context.Context, id string) (*people.Pair, error) {
				return r.Pair(ctx, people.PairID(id))
			},
			Absent: people.ErrPair, Exists: people.ErrPairExists, Revision: func(p *people.Pair) *int64 { return &p.Revision },
			Change: func(p *people.Pair) { p.Trail = append(p.Trail, p.Trail[0]) }}
	})
	t.Run("lists", func(t *testing.T) { pairLists(t, open(t).People(), pair) })
}

// pairLists: what was written last of a pair says in which lists it stands.
func pairLists(t *testing.T, r people.Pairs, pair func(id string, a, b engine.PersonID, s people.PairState) *people.Pair) {
	ctx := context.Background()
	for _, p := range []*people.Pair{pair("d", "p", "q", people.PairOne), pair("a", "p", "s", people.PairOne), pair("c", "q", "s", people.PairAsked),
		pair("b", "o", "p", people.PairTwo), pair("e", "o", "q", people.PairAsked)} {
		mustDo(t, r.CreatePair(ctx, p))
	}
	one := func(want ...string) {
		t.Helper()
		WantList(t, want, func(p *people.Pair) string { return string(p.ID) }, r.PairsAsOne)
	}
	of := func(p engine.PersonID, want ...string) {
		t.Helper()
		all, err := r.PairsOf(ctx, p)
		mustDo(t, err)
		var got []string
		for _, k := range all {
			got = append(got, string(k.ID))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("of %q: %v, want %v", p, got, want)
		}
	}
	one("a", "c", "d", "e")
	of("p", "a", "b", "d")
	of("s", "a", "c")
	of("nobody")
	of("")
	c, err := r.Pair(ctx, "c")
	mustDo(t, err)
	c.State = people.PairTwo
	mustDo(t, r.UpdatePair(ctx, c))
	one("a", "d", "e")
	first, next, err := r.PairsAsOne(ctx, engine.Cursor{Limit: 1})
	mustDo(t, err)
	d, err := r.Pair(ctx, "d")
	mustDo(t, err)
	d.State = people.PairAsked // between two pages: it counts as one before and after
	mustDo(t, r.UpdatePair(ctx, d))
	rest, _, err := r.PairsAsOne(ctx, engine.Cursor{After: next})
	mustDo(t, err)
	if len(first) != 1 || len(rest) != 2 || rest[0].ID != "d" {
		t.Errorf("a pair that was asked about between two pages: %d and %d", len(first), len(rest))
	}
	of("s", "a", "c")
}
