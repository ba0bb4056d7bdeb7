package people_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/store"
)

var (
	counter    = authz.Principal{Account: "kaowu", Name: "韦清和", Person: "wei", Roles: []authz.Role{authz.ExamOffice}, Org: "津衡"}
	elsewhere  = authz.Principal{Account: "bieren", Roles: []authz.Role{authz.ExamOffice}, Org: "别家"}
	supervisor = authz.Principal{Account: "dudao", Name: "尚和", Person: "shang", Roles: []authz.Role{authz.Supervisor}, Org: "津衡"}
	jilin      = authz.Principal{Account: "jilin", Person: "ji", Roles: []authz.Role{authz.Labour}, Province: "22"}
	ten        = clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
)

// losing loses writes of pairs: not stored, or stored and the reply lost.
type losing struct {
	people.People
	lose, late bool
}

var errLost = errors.New("lost")

func (l *losing) CreatePair(ctx context.Context, p *people.Pair) error {
	return l.write(func() error { return l.People.CreatePair(ctx, p) })
}

func (l *losing) UpdatePair(ctx context.Context, p *people.Pair) error {
	return l.write(func() error { return l.People.UpdatePair(ctx, p) })
}

func (l *losing) write(do func() error) error {
	switch {
	case l.lose && l.late:
		return errors.Join(errLost, do())
	case l.lose:
		return errLost
	}
	return do()
}

// twoDocuments is a house in which 李明 is registered under a resident card, and again under a passport with the same telephone.
type twoDocuments struct {
	*people.Registry
	t              *testing.T
	store          *store.Store
	losing         *losing
	card, passport engine.PersonID
}

func (w *twoDocuments) register(t engine.IDType, number string) (*engine.Person, error) {
	return w.Register(ctx, counter, engine.Person{Name: "李明", IDType: t, IDNumber: number, Born: clock.Date{Year: 1900, Month: 1, Day: 1}, Sex: engine.Female,
		Phone: "19900000001"})
}

func openTwice(t *testing.T) *twoDocuments {
	t.Helper()
	_, s := openStore(t)
	w := &twoDocuments{t: t, store: s, losing: &losing{People: s.People()}}
	w.Registry = people.NewRegistry(w.losing, s.Organisations(), []byte("key"), ten)
	if err := s.Organisations().CreateOrganisation(ctx, &engine.Organisation{ID: "津衡", Province: "12"}); err != nil {
		t.Fatal(err)
	}
	w.card = must[*engine.Person](t)(w.register(engine.ResidentCard, "12010119000101018X")).ID
	w.passport = must[*engine.Person](t)(w.register(engine.Passport, "E12345678")).ID
	return w
}

func (w *twoDocuments) pair() people.PairID { return people.PairOf(w.card, w.passport) }

// want is who counts as the card's holder besides.
func (w *twoDocuments) want(what string, same ...engine.PersonID) {
	w.t.Helper()
	got := must[[]engine.PersonID](w.t)(w.Twins(ctx, w.card))
	all := must[people.Sameness](w.t)(w.Sameness(ctx))
	slices.Sort(same)
	if !slices.Equal(got, same) || !slices.Equal(all.Group(w.card), slices.Sorted(slices.Values(append(same, w.card)))) {
		w.t.Errorf("%s: the same as the holder of the card are %v, in the list %v, want %v", what, got, all.Group(w.card), same)
	}
}

func originals(reason string) people.Word {
	return people.Word{Ground: people.GroundOriginals, Reason: reason}
}

// 同一个人先后用身份证和护照登记：姓名、出生日期、性别、手机号都相同，推定为同一人；名字不同的、电话不同的不算。
func TestOneHumanUnderTwoDocumentsIsPresumedOne(t *testing.T) {
	w := openTwice(t)
	w.want("registered twice", w.passport)
	pair := must[people.Paired](t)(w.Pair(ctx, counter, w.pair()))
	if pair.State != people.PairOne || !slices.Equal(pair.Shared, []people.Trait{people.ByPhone}) || len(pair.Trail) != 1 || pair.First > pair.Second {
		t.Errorf("%+v", pair.Pair)
	}
	other := must[*engine.Person](t)(w.Register(ctx, counter, engine.Person{Name: "李明", IDType: engine.Passport, IDNumber: "E99999999",
		Born: clock.Date{Year: 1900, Month: 1, Day: 1}, Sex: engine.Female, Phone: "19900000002"}))
	w.want("a namesake", w.passport)
	// 后来补登的电话相同，也就成了同一人；登记相同照片的也一样（见 Amend）。
	must[*engine.Person](t)(w.Register(ctx, counter, engine.Person{Name: "李明", IDType: engine.Passport, IDNumber: "E99999999",
		Born: clock.Date{Year: 1900, Month: 1, Day: 1}, Sex: engine.Female, Phone: "+86 199-0000-0001"}))
	w.want("the telephone was put right", w.passport, other.ID)
}

// 两个证件的照片是同一张，电话不同：更换照片时发现是同一人。
func TestTheSamePhotoPairs(t *testing.T) {
	_, s := openStore(t)
	r := people.NewRegistry(s.People(), s.Organisations(), []byte("key"), ten)
	photo := []byte{0xFF, 0xD8, 0xFF, 1}
	with := func(t engine.IDType, number, phone string, photo []byte) (*engine.Person, error) {
		return r.RegisterWith(ctx, counter, engine.Person{Name: "李明", IDType: t, IDNumber: number, Born: clock.Date{Year: 1900, Month: 1, Day: 1}, Sex: engine.Female,
			Phone: phone}, photo)
	}
	card := must[*engine.Person](t)(with(engine.ResidentCard, "12010119000101018X", "19900000001", photo))
	passport := must[*engine.Person](t)(with(engine.Passport, "E12345678", "19900000002", nil))
	if got := must[[]engine.PersonID](t)(r.Twins(ctx, card.ID)); len(got) != 0 {
		t.Errorf("before: %v", got)
	}
	must[*engine.Person](t)(r.Amend(ctx, counter, passport.ID, people.PersonChange{Photo: photo, Reason: "补照片"}))
	if got := must[[]engine.PersonID](t)(r.Twins(ctx, card.ID)); !slices.Equal(got, []engine.PersonID{passport.ID}) {
		t.Errorf("after: %v", got)
	}
}

// 考务员看过两份原件，说明是两个人；质量督导员决定之前仍按同一人对待，决定之后才是两人。再次登记不再提起；谁都可以收回。
func TestTwoPeopleAreToldApartByTwoPersons(t *testing.T) {
	w := openTwice(t)
	ask := func() *people.Pair {
		t.Helper()
		return must[*people.Pair](t)(w.AskApart(ctx, counter, w.pair(), originals("两人都带原件到场，照片不是一人")))
	}
	first := ask()
	if again := ask(); again.Revision != first.Revision {
		t.Errorf("asked again: revision %d, then %d", first.Revision, again.Revision)
	}
	w.want("asked", w.passport)
	decide := func() *people.Pair {
		t.Helper()
		return must[*people.Pair](t)(w.DecideApart(ctx, supervisor, w.pair(), true, originals("已核对")))
	}
	first = decide()
	if again := decide(); again.Revision != first.Revision || again.State != people.PairTwo {
		t.Errorf("decided again: %+v", again)
	}
	w.want("decided")
	must[*engine.Person](t)(w.register(engine.Passport, "E12345678"))
	w.want("registered again")
	p := must[*engine.Person](t)(w.Find(ctx, engine.Passport, "E12345678"))
	if doubles := must[[]*engine.Person](t)(w.Doubles(ctx, p)); len(doubles) != 0 {
		t.Errorf("doubles of one who was told apart: %v", doubles)
	}
	back := must[*people.Pair](t)(w.TakeBack(ctx, counter, w.pair(), "看错了"))
	w.want("taken back", w.passport)
	var said []string
	for _, e := range back.Trail {
		said = append(said, e.By+" "+e.Action)
	}
	if want := "[kaowu pair.presumed kaowu pair.asked dudao pair.two kaowu pair.taken_back]"; fmt.Sprint(said) != want {
		t.Errorf("trail %v, want %s", said, want)
	}
	must[*people.Pair](t)(w.AskApart(ctx, counter, w.pair(), originals("又看了一次")))
	must[*people.Pair](t)(w.DecideApart(ctx, supervisor, w.pair(), false, people.Word{Reason: "照片是一个人"}))
	w.want("refused", w.passport)
}

// 人社局看过两份原件，可以一步核定为两人；外省人社局不能决定本省机构说明的。
func TestTheAuthorityDecidesByItself(t *testing.T) {
	w := openTwice(t)
	must[*people.Pair](t)(w.DecideApart(ctx, labour, w.pair(), true, originals("公安部门函复为两人")))
	w.want("decided")
	must[*people.Pair](t)(w.TakeBack(ctx, labour, w.pair(), "函复更正"))
	w.want("taken back", w.passport)
	must[*people.Pair](t)(w.AskApart(ctx, counter, w.pair(), originals("两人到场")))
	if _, err := w.DecideApart(ctx, jilin, w.pair(), true, originals("看过")); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("of another province: %v", err)
	}
	rows, _, err := w.PairsToDecide(ctx, supervisor, engine.Cursor{})
	if err != nil || len(rows) != 1 || !rows[0].MayDecide || rows[0].MayAsk || !rows[0].Known[0] || !rows[0].Known[1] {
		t.Errorf("waiting for the supervisor: %+v, %v", rows, err)
	}
	must[*people.Pair](t)(w.DecideApart(ctx, labour, w.pair(), true, originals("看过")))
	w.want("decided after all")
}

// 谁不能说、谁不能定：没有理由的、不认识其中一人的、说明人自己、两个证件的持有人本人、安排人员的人、没有人说明过的。
func TestWhoMayNotTellTwoApart(t *testing.T) {
	w := openTwice(t)
	self := counter
	self.Account, self.Person = "ziji", string(w.card)
	sup := supervisor
	sup.Account, sup.Roles = counter.Account, []authz.Role{authz.Supervisor}
	samePerson := supervisor
	samePerson.Person = counter.Person
	both := supervisor
	both.Roles = []authz.Role{authz.Supervisor, authz.ExamOffice}
	selfDecides := supervisor
	selfDecides.Person = string(w.passport)
	other := supervisor
	other.Org = "别家"
	ask := func(by authz.Principal, word people.Word) error {
		_, err := w.AskApart(ctx, by, w.pair(), word)
		return err
	}
	decide := func(by authz.Principal) error {
		_, err := w.DecideApart(ctx, by, w.pair(), true, originals("看过"))
		return err
	}
	before := must[people.Paired](t)(w.Pair(ctx, counter, w.pair())).Revision
	check := func(what string, got, want error) {
		t.Helper()
		if !errors.Is(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	check("no reason", ask(counter, originals(" ")), people.ErrPairInput)
	check("no ground", ask(counter, people.Word{Reason: "看过"}), people.ErrPairInput)
	check("another body", ask(elsewhere, originals("看过")), people.ErrPair)
	check("the operator", ask(operator, originals("看过")), authz.ErrForbidden)
	check("nobody asked", decide(supervisor), people.ErrPair)
	check("the office decides", decide(counter), authz.ErrForbidden)
	if _, err := w.Pair(ctx, counter, "nothing"); !errors.Is(err, people.ErrPair) {
		t.Errorf("no pair: %v", err)
	}
	if after := must[people.Paired](t)(w.Pair(ctx, counter, w.pair())).Revision; after != before {
		t.Errorf("written in between: revision %d, then %d", before, after)
	}
	must[*people.Pair](t)(w.AskApart(ctx, counter, w.pair(), originals("两人到场")))
	for what, c := range map[string]struct {
		by   authz.Principal
		want error
	}{"who asked": {sup, people.ErrPairOwn}, "who asked, under another account": {samePerson, people.ErrPairOwn}, "who assigns": {both, authz.ErrForbidden},
		"one of the two": {selfDecides, people.ErrPairOwn}, "another body's": {other, people.ErrPair}} {
		check(what, decide(c.by), c.want)
	}
	w.want("still", w.passport)
}

// 只认识其中一人的机构看得到有另一证件，说明须报人社局；登记两人的那家才能说。
func TestWhoKnowsOneOnlyMayNotSay(t *testing.T) {
	w := openTwice(t)
	third := must[*engine.Person](t)(w.Register(ctx, elsewhere, engine.Person{Name: "李明", IDType: engine.HKMacaoPermit, IDNumber: "H12345678",
		Born: clock.Date{Year: 1900, Month: 1, Day: 1}, Sex: engine.Female, Phone: "19900000001"}))
	all := must[[]people.Paired](t)(w.Pairs(ctx, elsewhere, third.ID))
	if len(all) != 2 {
		t.Fatalf("%d pairs", len(all))
	}
	for _, p := range all {
		if p.MayAsk || p.Known[0] == p.Known[1] {
			t.Errorf("%+v", p)
		}
	}
	if _, err := w.AskApart(ctx, elsewhere, people.PairOf(third.ID, w.card), originals("看过")); !errors.Is(err, people.ErrPairTheirs) {
		t.Errorf("of one known: %v", err)
	}
	if _, err := w.Pairs(ctx, elsewhere, w.card); !errors.Is(err, people.ErrNotOurs) {
		t.Errorf("of somebody unknown: %v", err)
	}
	// 三个证件：只把其中一对说成两人还不够，经第三个证件仍是同一人。
	must[*people.Pair](t)(w.DecideApart(ctx, labour, w.pair(), true, originals("看过")))
	w.want("two of three", w.passport, third.ID)
	must[*people.Pair](t)(w.DecideApart(ctx, labour, people.PairOf(third.ID, w.card), true, originals("看过")))
	w.want("the card is somebody else")
}

// 保存时断电或没有收到回复：再办一次就补齐，不会多出一对，也不会丢。
func TestALostReplyOfAPairIsHarmless(t *testing.T) {
	for _, late := range []bool{false, true} {
		_, s := openStore(t)
		w := &twoDocuments{t: t, store: s, losing: &losing{People: s.People(), late: late}}
		w.Registry = people.NewRegistry(w.losing, s.Organisations(), []byte("key"), ten)
		w.card = must[*engine.Person](t)(w.register(engine.ResidentCard, "12010119000101018X")).ID
		w.losing.lose = true
		if _, err := w.register(engine.Passport, "E12345678"); !errors.Is(err, errLost) {
			t.Fatalf("late %v: %v", late, err)
		}
		w.losing.lose = false
		w.passport = must[*engine.Person](t)(w.register(engine.Passport, "E12345678")).ID
		w.want("registered again", w.passport)
		w.losing.lose = true
		if _, err := w.AskApart(ctx, counter, w.pair(), originals("看过")); !errors.Is(err, errLost) {
			t.Fatalf("late %v: %v", late, err)
		}
		w.losing.lose = false
		p := must[*people.Pair](t)(w.AskApart(ctx, counter, w.pair(), originals("看过")))
		if len(p.Trail) != 2 || p.State != people.PairAsked {
			t.Errorf("late %v: %+v", late, p)
		}
	}
}

// Whoever is the same as somebody is in the same group, and the way from one to another follows pairs only.
func TestSamenessIsAnEquivalence(t *testing.T) {
	_, s := openStore(t)
	r := people.NewRegistry(s.People(), s.Organisations(), []byte("key"), ten)
	town := 0
	rapid.Check(t, func(t *rapid.T) {
		var names []engine.PersonID // of a town of its own in every round
		town++
		for i := range 5 {
			names = append(names, engine.PersonID(fmt.Sprint("town", town, "-", i)))
		}
		name := rapid.SampledFrom(names)
		paired := map[[2]engine.PersonID]bool{}
		for range rapid.IntRange(0, 6).Draw(t, "pairs") {
			a, b := name.Draw(t, "a"), name.Draw(t, "b")
			if a == b {
				continue
			}
			state := rapid.SampledFrom([]people.PairState{people.PairOne, people.PairAsked, people.PairTwo}).Draw(t, "state")
			p := &people.Pair{ID: people.PairOf(a, b), First: min(a, b), Second: max(a, b), State: state}
			if err := s.People().CreatePair(ctx, p); errors.Is(err, people.ErrPairExists) {
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			paired[[2]engine.PersonID{a, b}], paired[[2]engine.PersonID{b, a}] = p.AsOne(), p.AsOne()
		}
		all, err := r.Sameness(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, from := range names {
			twins, err := r.Twins(ctx, from)
			if err != nil || !slices.Equal(slices.Sorted(slices.Values(append(twins, from))), all.Group(from)) {
				t.Fatalf("%s: %v alone, %v of all, %v", from, twins, all.Group(from), err)
			}
			for _, to := range all.Group(from) {
				if !slices.Equal(all.Group(to), all.Group(from)) {
					t.Fatalf("%s and %s are of two groups", from, to)
				}
				at := from
				for _, next := range all.Way(from, to) {
					if !paired[[2]engine.PersonID{at, next}] {
						t.Fatalf("from %s to %s by way of %s", from, to, next)
					}
					at = next
				}
				if at != to {
					t.Fatalf("from %s one comes to %s, not %s", from, at, to)
				}
			}
		}
	})
}
