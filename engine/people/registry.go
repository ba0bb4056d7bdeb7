package people

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// Registry registers persons and bodies.
type Registry struct {
	people People
	bodies Organisations
	key    []byte
	clock  clock.Clock
	photos PhotoRule // nil: form and size are all that is asked
}

// PhotoRule says why a photo could not be printed on a certificate; nil for one that could.
type PhotoRule func(photo []byte) error

// NewRegistry returns a Registry. Person ids are derived from document numbers under key, so that nobody can test a
// number against an id; with another key everybody would get another id.
func NewRegistry(p People, o Organisations, key []byte, c clock.Clock) *Registry {
	return &Registry{people: p, bodies: o, key: key, clock: c}
}

// Printing has photos judged by whoever prints them when they are handed in, not only when a certificate is due. It is
// set before use.
func (r *Registry) Printing(rule PhotoRule) *Registry {
	r.photos = rule
	return r
}

// ErrPersonInput refuses what is said of a person beside name and number.
var ErrPersonInput = errs.New(errs.Invalid, "person.invalid", "人员信息不正确")

// Register makes the one person of a document number, without a photo. Who is registered already is found again, whatever
// case the X and the blanks were in; a phone or an address that changed is taken over. The same number under another name is
// engine.ErrSameID. Who looks like somebody registered under another document is paired with them, see Pair.
func (r *Registry) Register(ctx context.Context, by authz.Principal, p engine.Person) (*engine.Person, error) {
	return r.RegisterWith(ctx, by, p, nil)
}

// RegisterWith is Register with a photo, a JPEG of at most engine.MaxPhoto bytes. Of somebody registered already it is taken
// over when they have none.
func (r *Registry) RegisterWith(ctx context.Context, by authz.Principal, p engine.Person, photo []byte) (*engine.Person, error) {
	if err := mayRegister(by); err != nil {
		return nil, err
	}
	p, err := r.clean(p, photo)
	if err != nil {
		return nil, err
	}
	if p.ID, err = r.idOf(ctx, p); err != nil {
		return nil, err
	}
	if len(photo) > 0 { // nobody's album is touched for a photo that they do not get
		if _, err := r.people.Person(ctx, p.ID); !errors.Is(err, engine.ErrPerson) {
			return r.againUnless(ctx, by, p, photo, err)
		}
	}
	p.Trail, p.Revision, p.Photo = nil, 0, engine.PhotoMark{}
	p.Trail.Add(r.clock.Now(), by.Account, "person.registered", "")
	err = r.save(ctx, &p, photo, r.people.CreatePerson)
	if errors.Is(err, engine.ErrSameID) {
		return r.again(ctx, by, p, photo)
	}
	return r.pairUp(ctx, by, &p, err)
}

func (r *Registry) againUnless(ctx context.Context, by authz.Principal, p engine.Person, photo []byte, err error) (*engine.Person, error) {
	if err != nil {
		return nil, err
	}
	return r.again(ctx, by, p, photo)
}

// again is RegisterWith for a number that is taken.
func (r *Registry) again(ctx context.Context, by authz.Principal, p engine.Person, photo []byte) (*engine.Person, error) {
	now := r.clock.Now()
	var taken []byte
	kept, err := engine.Modify(ctx, func(ctx context.Context) (*engine.Person, error) { return r.people.Person(ctx, p.ID) },
		func(ctx context.Context, old *engine.Person) error {
			return r.save(ctx, old, taken, r.people.UpdatePerson)
		},
		func(old *engine.Person) error {
			taken = nil
			if err := same(old, p); err != nil {
				return err
			}
			var changed []string
			if p.Phone != "" && p.Phone != old.Phone {
				old.Phone, changed = p.Phone, append(changed, "手机号码")
			}
			if p.Address != "" && p.Address != old.Address {
				old.Address, changed = p.Address, append(changed, "通讯地址")
			}
			if len(photo) > 0 && old.Photo.None() {
				taken, changed = photo, append(changed, "照片")
			}
			if len(changed) == 0 {
				return engine.ErrUnchanged
			}
			old.Trail.Add(now, by.Account, "person.changed", strings.Join(changed, "、"))
			return nil
		})
	return r.pairUp(ctx, by, kept, err)
}

// same refuses a number that is registered for somebody else than p.
func same(old *engine.Person, p engine.Person) error {
	switch {
	case old.Name != p.Name:
		return engine.ErrSameID.With("登记的姓名不是“%s”", p.Name)
	case old.Born != p.Born:
		return engine.ErrSameID.With("登记的出生日期不是 %s", p.Born)
	}
	return nil
}

// Foresee is what Register would make of p, without doing it: p as it would be kept, its ID empty where nobody has the number
// yet, or the refusal. It is for previews of what registers people.
func (r *Registry) Foresee(ctx context.Context, by authz.Principal, p engine.Person) (engine.Person, error) {
	if err := mayRegister(by); err != nil {
		return p, err
	}
	p, err := r.clean(p, nil)
	if err != nil {
		return p, err
	}
	id, err := r.idOf(ctx, p)
	if err != nil {
		return p, err
	}
	old, err := r.people.Person(ctx, id)
	if errors.Is(err, engine.ErrPerson) {
		p.ID = ""
		return p, nil
	}
	if err == nil {
		p.ID, err = id, same(old, p)
	}
	return p, err
}

// mayRegister is the door of Register: trainees and teachers are registered as well, and who represents or owns a body that
// is filed.
func mayRegister(by authz.Principal) error {
	if by.Can(authz.PersonWrite) || by.Can(authz.TrainWrite) || by.Can(authz.OrgFile) {
		return nil
	}
	return by.Require(authz.Register)
}

var phone = regexp.MustCompile(`^\+?[0-9][0-9 -]{5,19}$`)

// ValidPhone reports whether s has the form of a telephone number, 6 to 20 characters.
func ValidPhone(s string) bool { return phone.MatchString(s) }

// jpegHead is how every JPEG begins.
var jpegHead = []byte{0xFF, 0xD8, 0xFF}

// clean brings p to the form that is kept, and refuses what contradicts its document number, and a photo that is none.
func (r *Registry) clean(p engine.Person, photo []byte) (engine.Person, error) {
	var err error
	if p.Name, err = engine.CleanName(p.Name); err != nil {
		return p, err
	}
	if p, err = cleanDocument(p); err != nil {
		return p, err
	}
	p.Phone = strings.TrimSpace(p.Phone)
	var c errs.Check
	p.Address = cleanAddress(&c, p.Address)
	checkTold(&c, p)
	r.checkPhoto(&c, photo)
	return p, c.Err(ErrPersonInput)
}

func cleanAddress(c *errs.Check, s string) string {
	s, err := engine.CleanAddress(s)
	faultAt(c, "address", err)
	return s
}

// Faults reports at once what Register would refuse of p, each at its field: what a form needs that is filled in by hand.
func (r *Registry) Faults(p engine.Person) error {
	var c errs.Check
	_, err := engine.CleanName(p.Name)
	faultAt(&c, "name", err)
	known, err := cleanDocument(p)
	faultAt(&c, "id_number", err)
	checkTold(&c, known)
	return c.Err(ErrPersonInput)
}

func faultAt(c *errs.Check, name string, err error) {
	var e *errs.Error
	if errors.As(err, &e) {
		c.That(false, name, "form", e.Msg)
	}
}

// checkTold looks at what a person tells of themselves beside name and document.
func checkTold(c *errs.Check, p engine.Person) {
	c.That(!p.Born.IsZero(), "born", "missing", "缺少出生日期")
	c.That(p.Sex == engine.Male || p.Sex == engine.Female, "sex", "unknown", "性别应为男或女")
	c.That(p.Phone == "" || ValidPhone(strings.TrimSpace(p.Phone)), "phone", "form", "电话号码应为6至20位数字")
}

func cleanDocument(p engine.Person) (engine.Person, error) {
	d, err := engine.ParseDocument(p.IDType, p.IDNumber)
	switch {
	case err != nil:
		return p, err
	case !p.Born.IsZero() && !d.Born.IsZero() && p.Born != d.Born:
		return p, engine.ErrIDNumber.With("与出生日期 %s 不符", p.Born)
	case p.Sex != "" && d.Sex != "" && p.Sex != d.Sex:
		return p, engine.ErrIDNumber.With("与性别“%s”不符", p.Sex)
	}
	if p.IDNumber = d.Number; !d.Born.IsZero() {
		p.Born, p.Sex = d.Born, d.Sex
	}
	return p, nil
}

// idOf is the id of who has the document: that of its kind or, where somebody is registered with the number from before
// there were kinds, that one.
func (r *Registry) idOf(ctx context.Context, p engine.Person) (engine.PersonID, error) {
	id := r.personID(p.IDType, p.IDNumber)
	if p.IDType == engine.ResidentCard || p.IDType == engine.OtherDoc {
		return id, nil
	}
	before := r.personID(engine.OtherDoc, p.IDNumber)
	old, err := r.people.Person(ctx, before)
	switch {
	case errors.Is(err, engine.ErrPerson):
		return id, nil
	case err != nil:
		return "", err
	case old.Name == p.Name && old.Born == p.Born:
		return before, nil
	}
	return id, nil
}

func (r *Registry) personID(t engine.IDType, number string) engine.PersonID {
	return engine.PersonID(ids.Encode(r.mac(string(t) + "|" + number)))
}

// Person shows a person to whom may see personal data.
func (r *Registry) Person(ctx context.Context, by authz.Principal, id engine.PersonID) (*engine.Person, error) {
	if err := by.Require(authz.PersonRead); err != nil {
		return nil, err
	}
	return r.people.Person(ctx, id)
}

// Find returns the person of a document number.
func (r *Registry) Find(ctx context.Context, t engine.IDType, number string) (*engine.Person, error) {
	if t == engine.ResidentCard { // whatever was typed; it is no refusal that nobody has it
		return r.people.Person(ctx, r.personID(t, strings.ToUpper(strings.TrimSpace(number))))
	}
	d, err := engine.ParseDocument(t, number)
	if err != nil {
		return nil, err
	}
	p, err := r.people.Person(ctx, r.personID(t, d.Number))
	if errors.Is(err, engine.ErrPerson) && t != engine.OtherDoc { // from before there were kinds
		return r.people.Person(ctx, r.personID(engine.OtherDoc, d.Number))
	}
	return p, err
}

// Named returns a person to a room that shows or prints names. It asks for no role: the room has.
func (r *Registry) Named(ctx context.Context, id engine.PersonID) (*engine.Person, error) {
	return r.people.Person(ctx, id)
}

// NamedAll returns many persons to a room that shows or prints names, read at once, by their ids.
func (r *Registry) NamedAll(ctx context.Context, ids []engine.PersonID) (map[engine.PersonID]*engine.Person, error) {
	all, err := r.people.PeopleOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	named := make(map[engine.PersonID]*engine.Person, len(all))
	for _, p := range all {
		named[p.ID] = p
	}
	return named, nil
}

// FileOrganisation records a body, or what changed of it. Filings holds what is filed now, one for a body that evaluates; what was
// filed before stays on record, as engine.Organisation.File says. ID may be empty: it is derived from the credit code then. A credit
// code whose check character does not fit is noted, not refused (domain facts §7.2).
func (r *Registry) FileOrganisation(ctx context.Context, by authz.Principal, o engine.Organisation) (*engine.Organisation, error) {
	if err := by.Require(authz.OrgFile); err != nil {
		return nil, err
	}
	o, err := CheckOrganisation(o)
	if err != nil {
		return nil, err
	}
	if !by.ActsIn(o.Province) {
		return nil, authz.ErrForbidden.With("只能办理本省的机构")
	}
	o.Suspensions, o.Trail, o.Revision = nil, nil, 0
	r.noteFiling(by, &o)
	o.Trail.Add(r.clock.Now(), by.Account, "org.filed", filingNote(o))
	if err = r.bodies.CreateOrganisation(ctx, &o); err == nil {
		return &o, nil
	}
	if !errors.Is(err, engine.ErrOrgExists) {
		return nil, err
	}
	return r.refile(ctx, by, o)
}

// ErrCodeDoubt asks whoever files a body by hand to look at its papers once more.
var ErrCodeDoubt = errs.New(errs.Invalid, "org.code_doubt", "统一社会信用代码的校验位不符，多半是输入有误。请对照证照核对；证照上确是这个代码的，请勾选“已核对证照”后再提交")

// CodeDoubt is ErrCodeDoubt for a code of the right form whose check character does not fit (GB 32100), nil for others. Some real
// registrations do not fit, so filing one is no error once somebody has looked.
func CodeDoubt(code string) error {
	if code = strings.ToUpper(strings.TrimSpace(code)); creditCode.MatchString(code) && !engine.CreditCodeMatches(code) {
		return ErrCodeDoubt.WithFields(errs.Field{Name: "credit_code", Code: "doubt", Msg: "校验位不符"})
	}
	return nil
}

// refile is FileOrganisation for an ID that is taken.
func (r *Registry) refile(ctx context.Context, by authz.Principal, o engine.Organisation) (*engine.Organisation, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*engine.Organisation, error) { return r.bodies.Organisation(ctx, o.ID) },
		r.bodies.UpdateOrganisation, func(old *engine.Organisation) error {
			err := mayRefile(by, old, o)
			if err == nil && old.Kind != o.Kind && old.Filed(clock.DateOf(r.clock.Now(), time.UTC)) {
				err = engine.ErrOrgInput.WithFields(errs.Field{Name: "kind", Code: "kind", Msg: "仍有有效备案的评价机构不能改为其他种类，请先终止备案"})
			}
			if err != nil {
				return err
			}
			same, err := refiled(old, o)
			switch {
			case err != nil:
				return err
			case same && old.Kind == o.Kind && old.Name == o.Name && old.Province == o.Province && old.Category == o.Category:
				return engine.ErrUnchanged
			}
			old.Kind, old.Name, old.Province, old.Category = o.Kind, o.Name, o.Province, o.Category
			old.Trail = append(old.Trail, o.Trail...)
			return nil
		})
}

func filingNote(o engine.Organisation) string {
	var notes []string
	for _, f := range o.Filings {
		notes = append(notes, sayFiling(f))
	}
	if !engine.CreditCodeMatches(o.CreditCode) {
		notes = append(notes, "统一社会信用代码校验位不符，须核对证照")
	}
	return strings.Join(notes, "；")
}

var (
	creditCode   = regexp.MustCompile(`^[0-9A-HJ-NPQRTUWXY]{18}$`) // the alphabet of GB 32100
	regionCode   = regexp.MustCompile(`^\d{2}(\d{4})?$`)           // GB/T 2260
	filingNumber = regexp.MustCompile(`^[YS]\d{12}$`)              // the first 13 characters of a certificate number, domain facts §2.1
)

const maxOrgID = 60 // bytes: its key may be three times as long

// What a certificate has room for in the name of the body that gives it out: on the page, in characters, and in the code
// that is checked offline, in bytes.
const (
	maxBodyName      = 60
	maxBodyNameBytes = 200
)

// certifies reports whether certificates can be given out under a name.
func certifies(name string) bool {
	hidden := func(r rune) bool {
		return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
	}
	return len(name) <= maxBodyNameBytes && utf8.RuneCountInString(name) <= maxBodyName && !strings.ContainsFunc(name, hidden)
}

// CheckOrganisation is a body as it is kept, its ID derived from the credit code where there is none, with everything that is
// wrong with what is filed of it.
func CheckOrganisation(o engine.Organisation) (engine.Organisation, error) {
	o.Name, o.CreditCode = strings.TrimSpace(o.Name), strings.ToUpper(strings.TrimSpace(o.CreditCode))
	if o.ID == "" {
		o.ID = engine.OrgID(ids.Derive("org", o.CreditCode))
	}
	return o, checkOrganisation(o)
}

// MayFile returns nil unless the ID is taken by a body of another credit code or by one that by does not file, or what is filed is
// filed already otherwise.
func (r *Registry) MayFile(ctx context.Context, by authz.Principal, o engine.Organisation) error {
	old, err := r.bodies.Organisation(ctx, o.ID)
	switch {
	case errors.Is(err, engine.ErrOrg):
		return nil
	case err != nil:
		return err
	}
	if err := mayRefile(by, old, o); err != nil {
		return err
	}
	tried := *old
	tried.Filings = slices.Clone(old.Filings)
	_, err = refiled(&tried, o)
	return err
}

// mayRefile returns nil when by may file o in place of old. A body that another province filed is that province's, wherever o says
// that it is.
func mayRefile(by authz.Principal, old *engine.Organisation, o engine.Organisation) error {
	switch {
	case old.CreditCode != o.CreditCode:
		return engine.ErrOrgExists
	case !by.ActsIn(old.Province):
		return authz.ErrForbidden.With("这家机构由%s备案，变更或者迁入本省请先与那里的主管部门联系", engine.Province(old.Province))
	}
	return nil
}

func checkOrganisation(o engine.Organisation) error {
	var c errs.Check
	c.That(len(o.ID) <= maxOrgID && !strings.ContainsFunc(string(o.ID), func(r rune) bool { return r < ' ' }), "id", "form", "编号过长或含有控制字符")
	c.That(slices.Contains([]engine.OrgKind{engine.EvaluationBody, engine.TrainingBody, engine.Employer, engine.Authority}, o.Kind), "kind", "unknown", "机构类别不正确")
	c.That(o.Name != "" && len(o.Name) <= 300, "name", "form", "缺少名称或名称过长")
	c.That(o.Kind != engine.EvaluationBody || certifies(o.Name), "name", "certificate", fmt.Sprintf("评价机构名称印在证书上，最多%d个字，不能有控制字符", maxBodyName))
	c.That(creditCode.MatchString(o.CreditCode), "credit_code", "form", "统一社会信用代码应为18位")
	c.That(engine.Province(o.Province) != "", "province", "unknown", "省份代码不存在")
	c.That(o.Kind != engine.EvaluationBody || len(o.Filings) > 0, "filing", "missing", "评价机构须有备案")
	c.That(o.Category == "" || o.Kind == engine.EvaluationBody && slices.Contains(engine.Categories(), o.Category), "category", "unknown", "评价机构类别不正确")
	c.That(len(o.Filings) == 0 || o.Kind == engine.EvaluationBody, "filing", "kind", "只有评价机构有备案")
	c.That(len(o.Filings) < 2, "filing", "form", "一次备案一项，其余的请逐项添加")
	for _, f := range o.Filings {
		checkFiling(&c, "filing.", f, o.Province)
	}
	return c.Err(engine.ErrOrgInput)
}

// Organisation returns a body. Bodies are public.
func (r *Registry) Organisation(ctx context.Context, id engine.OrgID) (*engine.Organisation, error) {
	return r.bodies.Organisation(ctx, id)
}

// Bodies lists all bodies. It asks for no role: it is for other rooms.
func (r *Registry) Bodies(ctx context.Context) ([]*engine.Organisation, error) {
	return engine.All(ctx, r.bodies.Organisations)
}

// Organisations lists the bodies in the order of their IDs.
func (r *Registry) Organisations(ctx context.Context, by authz.Principal, c engine.Cursor) ([]*engine.Organisation, string, error) {
	if err := by.Require(authz.OrgRead); err != nil {
		return nil, "", err
	}
	return r.bodies.Organisations(ctx, c)
}
