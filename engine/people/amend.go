package people

import (
	"bytes"
	"context"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// PersonChange is what was registered wrongly of a person. What is empty stays as it is; the document number always
// does, for it says who somebody is.
type PersonChange struct {
	Name   string
	Photo  []byte // JPEG, at most engine.MaxPhoto bytes
	Reason string // what shows it, 1 to maxReason characters
}

// maxReason bounds what is written down with a change, in characters.
const maxReason = 200

// ErrSameRecord refuses a change that changes nothing.
var ErrSameRecord = errs.New(errs.Conflict, "person.same", "与登记的内容相同，没有可更正的")

// Amend puts right what was registered wrongly of a person: name or photo. The trail keeps the name that stood before.
// What was issued already does not change by it: certificates are corrected afterwards, by those whose they are.
func (r *Registry) Amend(ctx context.Context, by authz.Principal, id engine.PersonID, change PersonChange) (*engine.Person, error) {
	if err := by.Require(authz.PersonWrite); err != nil {
		return nil, err
	}
	change, err := change.cleaned()
	if err != nil {
		return nil, err
	}
	now := r.clock.Now()
	return engine.Modify(ctx, func(ctx context.Context) (*engine.Person, error) { return r.people.Person(ctx, id) }, r.people.UpdatePerson,
		func(p *engine.Person) error {
			notes := change.apply(p)
			if len(notes) == 0 {
				return ErrSameRecord
			}
			p.Trail.AddBy(now, by, "person.amended", strings.Join(append(notes, change.Reason), "；"))
			return nil
		})
}

func (c PersonChange) cleaned() (PersonChange, error) {
	var err error
	if c.Reason = strings.TrimSpace(c.Reason); c.Name != "" {
		if c.Name, err = engine.CleanName(c.Name); err != nil {
			return c, err
		}
	}
	var k errs.Check
	n := utf8.RuneCountInString(c.Reason)
	k.That(n > 0 && n <= maxReason && utf8.ValidString(c.Reason), "reason", "form", "请写明理由，不超过200个字")
	k.That(c.Name != "" || len(c.Photo) > 0, "name", "missing", "请填写正确的姓名或选择照片")
	checkPhoto(&k, c.Photo)
	return c, k.Err(ErrPersonInput)
}

// checkPhoto is what is asked of a photo, where there is one.
func checkPhoto(c *errs.Check, photo []byte) {
	c.That(len(photo) <= engine.MaxPhoto, "photo", "large", "照片不能超过200 KB")
	c.That(len(photo) == 0 || bytes.HasPrefix(photo, jpegHead), "photo", "form", "照片应为JPG格式")
}

// apply changes p and says what was changed.
func (c PersonChange) apply(p *engine.Person) (notes []string) {
	if c.Name != "" && c.Name != p.Name {
		notes = append(notes, "姓名“"+p.Name+"”改为“"+c.Name+"”")
		p.Name = c.Name
	}
	if len(c.Photo) > 0 && !bytes.Equal(c.Photo, p.Photo) {
		notes = append(notes, "更换照片")
		p.Photo = c.Photo
	}
	return notes
}
