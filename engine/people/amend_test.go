package people_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
)

var jpeg = []byte{0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3}

// TestAmendPutsRightWhatWasRegistered: name and photo change, the number and its id stay, and the trail keeps what stood
// before with who changed it and why.
// 更正姓名、照片，证件号码不变；改前是什么、谁改的、为什么，都在案。
func TestAmendPutsRightWhatWasRegistered(t *testing.T) {
	r, s := openStore(t)
	p := must[*engine.Person](t)(r.Register(ctx, office, card("李明", "12010119000101018X")))
	who := authz.Principal{Account: "office2", Name: "韦清和", Roles: []authz.Role{authz.ExamOffice}, Org: "o"}
	applied(t, s, p.ID, "o")
	got := must[*engine.Person](t)(r.Amend(ctx, who, p.ID, people.PersonChange{Name: " 李•铭 ", Photo: jpeg, Reason: "身份证核对"}))
	last := got.Trail[len(got.Trail)-1]
	if got.Name != "李·铭" || !bytes.Equal(must[[]byte](t)(r.Photo(ctx, got)), jpeg) || got.IDNumber != p.IDNumber || got.ID != p.ID {
		t.Errorf("amended %q %q", got.Name, got.IDNumber)
	}
	if last.Action != "person.amended" || last.By != "office2" || last.Name != "韦清和" || !strings.Contains(last.Note, "“李明”改为“李·铭”") ||
		!strings.Contains(last.Note, "身份证核对") {
		t.Errorf("trail %+v", last)
	}
	if again := must[*engine.Person](t)(r.Register(ctx, office, card("李·铭", "12010119000101018X"))); again.ID != p.ID {
		t.Errorf("registered again as %s", again.ID)
	}
	only := must[*engine.Person](t)(r.Amend(ctx, who, p.ID, people.PersonChange{Name: "李鸣", Reason: "再次核对"}))
	if only.Name != "李鸣" || !bytes.Equal(must[[]byte](t)(r.Photo(ctx, only)), jpeg) {
		t.Error("what was left out changed")
	}
}

// applied makes a session of a body that the person applied for.
func applied(t *testing.T, s *store.Store, p engine.PersonID, org engine.OrgID) {
	t.Helper()
	id := "session-of-" + string(org)
	err := errors.Join(s.Sessions().CreateSession(ctx, &sitting.Session{ID: sitting.SessionID(id), Org: org}),
		s.Applications().CreateApplication(ctx, &registration.Application{ID: registration.ApplicationOf(id, p), Session: id, Org: org, Person: p}))
	if err != nil {
		t.Fatal(err)
	}
}

// TestAmendIsForThoseConcerned: who registered a person, the bodies that they applied to, and who belongs to no body.
func TestAmendIsForThoseConcerned(t *testing.T) {
	r, s := openStore(t)
	p := must[*engine.Person](t)(r.Register(ctx, office, card("李明", "12010119000101018X")))
	applied(t, s, p.ID, "o")
	in := func(org, account string, role authz.Role) authz.Principal {
		return authz.Principal{Account: account, Roles: []authz.Role{role}, Org: org}
	}
	for name, c := range map[string]struct {
		by   authz.Principal
		want error
	}{
		"who registered them":    {in("elsewhere", office.Account, authz.ExamOffice), nil},
		"the body applied to":    {in("o", "other", authz.ExamOffice), nil},
		"another body":           {in("elsewhere", "other", authz.ExamOffice), people.ErrNotOurs},
		"a body forgotten":       {in("", "other", authz.ExamOffice), people.ErrNotOurs},
		"the operator":           {in("", "op", authz.Operator), nil},
		"an operator in a body":  {in("elsewhere", "op", authz.Operator), people.ErrNotOurs},
		"the body, another role": {in("o", "other", authz.Registrar), authz.ErrForbidden},
	} {
		_, err := r.Amend(ctx, c.by, p.ID, people.PersonChange{Name: "李" + name, Reason: "户口簿"})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestAmendRefuses(t *testing.T) {
	r := open(t)
	p := must[*engine.Person](t)(r.Register(ctx, office, card("李明", "12010119000101018X")))
	large := append(append([]byte{}, jpeg...), make([]byte, engine.MaxPhoto)...)
	for name, c := range map[string]struct {
		by     authz.Principal
		id     engine.PersonID
		change people.PersonChange
		want   error
	}{
		"another role":     {labour, p.ID, people.PersonChange{Name: "李铭", Reason: "x"}, authz.ErrForbidden},
		"nobody":           {office, "nobody", people.PersonChange{Name: "李铭", Reason: "x"}, engine.ErrPerson},
		"no reason":        {office, p.ID, people.PersonChange{Name: "李铭", Reason: " "}, people.ErrPersonInput},
		"a long reason":    {office, p.ID, people.PersonChange{Name: "李铭", Reason: strings.Repeat("因", 201)}, people.ErrPersonInput},
		"nothing":          {office, p.ID, people.PersonChange{Reason: "x"}, people.ErrPersonInput},
		"the same name":    {office, p.ID, people.PersonChange{Name: "李明", Reason: "x"}, people.ErrSameRecord},
		"a bidi name":      {office, p.ID, people.PersonChange{Name: "李\u202e明", Reason: "x"}, engine.ErrName},
		"no photo":         {office, p.ID, people.PersonChange{Photo: []byte("GIF89a"), Reason: "x"}, people.ErrPersonInput},
		"a photo too many": {office, p.ID, people.PersonChange{Photo: large, Reason: "x"}, people.ErrPersonInput},
	} {
		if _, err := r.Amend(ctx, c.by, c.id, c.change); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if got := must[*engine.Person](t)(r.Named(ctx, p.ID)); got.Name != "李明" || len(got.Trail) != 1 {
		t.Errorf("a refused change left %q and %d events", got.Name, len(got.Trail))
	}
	exact := large[:engine.MaxPhoto]
	must[*engine.Person](t)(r.Amend(ctx, office, p.ID, people.PersonChange{Photo: exact, Reason: strings.Repeat("因", 200)}))
}

// TestPhotosAreJudgedByWhoPrintsThem when they are handed in, with a reason for the person; form and size come first.
func TestPhotosAreJudgedByWhoPrintsThem(t *testing.T) {
	bad := errs.New(errs.Invalid, "print.bad", "照片印不出来")
	large := append(append([]byte{}, jpeg...), make([]byte, engine.MaxPhoto)...)
	for name, c := range map[string]struct {
		photo []byte
		rule  error
		want  string // the one problem, empty for none
	}{
		"good": {jpeg, nil, ""}, "refused": {jpeg, bad, bad.Msg}, "failed": {jpeg, errors.New("broken"), "照片无法读取"},
		"none": {nil, bad, ""}, "no JPEG": {[]byte("GIF89a"), bad, "照片应为JPG格式"}, "large": {large, bad, "照片不能超过200 KB"},
	} {
		r := open(t).Printing(func([]byte) error { return c.rule })
		p := card("李明", "12010119000101018X")
		_, registered := r.RegisterWith(ctx, office, p, c.photo)
		known := must[*engine.Person](t)(r.Register(ctx, office, p))
		_, amended := r.Amend(ctx, office, known.ID, people.PersonChange{Name: "李鸣", Photo: c.photo, Reason: "核对"})
		for way, err := range map[string]error{"registered": registered, "amended": amended} {
			var e *errs.Error
			got := ""
			if errors.As(err, &e) && errors.Is(err, people.ErrPersonInput) && len(e.Fields) == 1 {
				got = e.Fields[0].Msg
			}
			if got != c.want || c.want == "" && err != nil {
				t.Errorf("%s, %s: %v", name, way, err)
			}
		}
	}
}
