package people

import (
	"bytes"
	"context"
	"errors"
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

// Refusals of a change: of one that changes nothing, and of one by a body that has nothing to do with the person.
var (
	ErrSameRecord = errs.New(errs.Conflict, "person.same", "与登记的内容相同，没有可更正的")
	ErrNotOurs    = errs.New(errs.Forbidden, "person.not_ours", "此人不是由您登记，也没有在本机构报名或获奖，不能查看或更改其登记信息")
)

// Amend puts right what was registered wrongly of a person: name or photo. The trail keeps the name that stood before.
// What was issued already does not change by it: certificates are corrected afterwards, by those whose they are.
// A person is everybody's, so a body changes those only whom it has to do with: ErrNotOurs.
func (r *Registry) Amend(ctx context.Context, by authz.Principal, id engine.PersonID, change PersonChange) (*engine.Person, error) {
	if err := by.Require(authz.PersonWrite); err != nil {
		return nil, err
	}
	change, err := r.cleaned(change)
	if err != nil {
		return nil, err
	}
	now := r.clock.Now()
	var taken []byte
	amended, err := engine.Modify(ctx, func(ctx context.Context) (*engine.Person, error) { return r.people.Person(ctx, id) },
		func(ctx context.Context, p *engine.Person) error { return r.save(ctx, p, taken, r.people.UpdatePerson) },
		func(p *engine.Person) error {
			if err := r.mayKnow(ctx, by, p); err != nil {
				return err
			}
			var notes []string
			notes, taken = change.apply(p)
			if len(notes) == 0 {
				return ErrSameRecord
			}
			p.Trail.AddBy(now, by, "person.amended", strings.Join(append(notes, change.Reason), "；"))
			return nil
		})
	if errors.Is(err, ErrSameRecord) { // told so when it is certain that nothing was left undone the first time
		return nil, r.completed(ctx, by, id, err)
	}
	return r.pairUp(ctx, by, amended, err)
}

// completed pairs up who was put right before, where that was cut off, and returns the refusal.
func (r *Registry) completed(ctx context.Context, by authz.Principal, id engine.PersonID, refusal error) error {
	p, err := r.people.Person(ctx, id)
	if _, err = r.pairUp(ctx, by, p, err); err != nil {
		return err
	}
	return refusal
}

func (r *Registry) cleaned(c PersonChange) (PersonChange, error) {
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
	r.checkPhoto(&k, c.Photo)
	return c, k.Err(ErrPersonInput)
}

// checkPhoto is what is asked of a photo, where there is one.
func (r *Registry) checkPhoto(c *errs.Check, photo []byte) {
	small, form := len(photo) <= engine.MaxPhoto, len(photo) == 0 || bytes.HasPrefix(photo, jpegHead)
	c.That(small, "photo", "large", "照片不能超过200 KB")
	c.That(form, "photo", "form", "照片应为JPG格式")
	if r.photos == nil || len(photo) == 0 || !small || !form {
		return
	}
	var e *errs.Error
	if err := r.photos(photo); errors.As(err, &e) {
		c.That(false, "photo", "content", e.Msg)
	} else {
		c.That(err == nil, "photo", "content", "照片无法读取")
	}
}

// apply changes p and says what was changed. photo is the one to be taken, nil when p has it or none is given.
func (c PersonChange) apply(p *engine.Person) (notes []string, photo []byte) {
	if c.Name != "" && c.Name != p.Name {
		notes = append(notes, "姓名“"+p.Name+"”改为“"+c.Name+"”")
		p.Name = c.Name
	}
	if len(c.Photo) > 0 && !engine.MarkPhoto(c.Photo, 0).Shows(p.Photo) {
		notes, photo = append(notes, "更换照片"), c.Photo
	}
	return notes, photo
}
