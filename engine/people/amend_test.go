package people_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/people"
)

var jpeg = []byte{0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3}

// TestAmendPutsRightWhatWasRegistered: name and photo change, the number and its id stay, and the trail keeps what stood
// before with who changed it and why.
func TestAmendPutsRightWhatWasRegistered(t *testing.T) {
	r := open(t)
	p := must[*engine.Person](t)(r.Register(ctx, office, card("李明", "12010119000101018X")))
	who := authz.Principal{Account: "office2", Name: "韦清和", Roles: []authz.Role{authz.ExamOffice}}
	got := must[*engine.Person](t)(r.Amend(ctx, who, p.ID, people.PersonChange{Name: " 李•铭 ", Photo: jpeg, Reason: "身份证核对"}))
	last := got.Trail[len(got.Trail)-1]
	if got.Name != "李·铭" || !bytes.Equal(got.Photo, jpeg) || got.IDNumber != p.IDNumber || got.ID != p.ID {
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
	if only.Name != "李鸣" || !bytes.Equal(only.Photo, jpeg) {
		t.Error("what was left out changed")
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
