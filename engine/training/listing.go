package training

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// Listing is one training body on the public list of a province (培训机构公示名单): 津医保局发〔2025〕101号 （四）, 清单目录管理，向社会公开发布并
// 动态调整. The list is the authority's; a body on it need not be one that keeps its classes here. Nothing is taken out of it: what left
// the list stays with the reason and the day.
type Listing struct {
	ID          string       `json:"id"`       // ListingID
	Province    string       `json:"province"` // two digits of GB/T 2260
	Body        ListedBody   `json:"body"`
	Published   Publication  `json:"published"` // of Body as it stands
	Projects    []Project    `json:"projects,omitempty"`
	Withdrawals []Withdrawal `json:"withdrawals,omitempty"` // oldest first; the last one counts until Relisted is set

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// ListedBody is a row of 附件6《养老服务技能人才专项培训机构目录》 of 天津市养老服务技能人才专项培训实施方案（2025）.
type ListedBody struct {
	District    string         `json:"district"`    // 行政区
	Name        string         `json:"name"`        // 培训机构名称
	Sort        string         `json:"sort"`        // 机构类型, one of BodySorts
	CreditCode  string         `json:"credit_code"` // 统一信用代码, 18 characters of GB 32100
	Occupations []string       `json:"occupations"` // 培训职业（工种）
	Levels      []engine.Level `json:"levels"`      // 培训职业等级, the lowest first
	Address     string         `json:"address"`     // 机构地址
	Contact     string         `json:"contact"`     // 联系人及联系方式, as it was published
}

// Project is a row of 附件5《养老服务技能人才专项培训项目目录》: a course that a listed body offers.
type Project struct {
	No         int          `json:"no"`         // in the body's projects, from 1
	District   string       `json:"district"`   // 行政区
	Name       string       `json:"name"`       // 班期名称
	Mode       string       `json:"mode"`       // 培训方式, one of Modes
	Occupation string       `json:"occupation"` // 培训职业（工种）
	Level      engine.Level `json:"level"`      // 职业等级
	Hours      int          `json:"hours"`      // 培训时长, class hours
	Program    string       `json:"program"`    // 培训类型, one of Programs
	Planned    string       `json:"planned"`    // 培训计划时间, in the words of the list
	Address    string       `json:"address"`    // 培训机构地址
	Contact    string       `json:"contact"`    // 联系人及联系方式
	Published  Publication  `json:"published"`
	Withdrawn  *Withdrawal  `json:"withdrawn,omitempty"`
}

// Publication says where something was made public.
type Publication struct {
	Source string     `json:"source"` // number of the document, or where it was published
	On     clock.Date `json:"on"`
}

// Withdrawal (退出名单) takes a body or a project off the list.
type Withdrawal struct {
	On       clock.Date `json:"on"` // the first day on which it is not on the list
	Reason   string     `json:"reason"`
	At       time.Time  `json:"at"`
	By       string     `json:"by"` // account
	Name     string     `json:"name"`
	Relisted clock.Date `json:"relisted,omitzero"` // the day on which it was published again
}

// BodySorts are the sorts of training bodies (机构类型) of 附件6.
func BodySorts() []string {
	return []string{"民办培训机构", "职业院校", "企业培训中心", "公共实训基地"}
}

// Modes are the ways of training (培训方式) of 附件5.
func Modes() []string { return []string{"线下", "线上+线下"} }

// Refusals of the list.
var (
	ErrListing   = errs.New(errs.NotFound, "training.no_listing", "公示名单中查无此机构")
	ErrListed    = errs.New(errs.Conflict, "training.listed", "该机构已在公示名单中")
	ErrList      = errs.New(errs.Invalid, "training.list_invalid", "公示名单信息不正确，请按提示修改")
	ErrWithdrawn = errs.New(errs.Conflict, "training.withdrawn", "已退出公示名单")
)

// Listings keeps the lists. Safe for concurrent use; must pass storetest.Listings.
//   - Absent: ErrListing. An ID already taken: CreateListing returns ErrListed.
//   - UpdateListing writes only at the Revision, otherwise engine.ErrStale. ListingsOf is in the byte order of IDs.
type Listings interface {
	Listing(ctx context.Context, id string) (*Listing, error)
	CreateListing(ctx context.Context, l *Listing) error
	UpdateListing(ctx context.Context, l *Listing) error
	ListingsOf(ctx context.Context, province string, c engine.Cursor) (rows []*Listing, next string, err error)
}

// ListingID is that of a body on the list of a province.
func ListingID(province, creditCode string) string {
	return ids.Derive("training-listing", province, creditCode)
}

// Withdrawn returns the withdrawal that stands, nil for a body on the list. One for a later day stands already: the list says from when.
func (l *Listing) Withdrawn() *Withdrawal {
	if n := len(l.Withdrawals); n > 0 && l.Withdrawals[n-1].Relisted.IsZero() {
		return &l.Withdrawals[n-1]
	}
	return nil
}

// Offered are the projects that were not withdrawn.
func (l *Listing) Offered() []Project {
	return slices.DeleteFunc(slices.Clone(l.Projects), func(p Project) bool { return p.Withdrawn != nil })
}

// HoursOf are the hours of the body's shortest and longest project of a level, 0 for none.
func (l *Listing) HoursOf(level engine.Level) (least, most int) {
	for _, p := range l.Offered() {
		if p.Level != level {
			continue
		}
		if least == 0 || p.Hours < least {
			least = p.Hours
		}
		most = max(most, p.Hours)
	}
	return least, most
}

const (
	maxListed   = 2000 // rows of one workbook
	maxProjects = 300  // of one body
	maxSource   = 200  // characters
	maxPlace    = 200  // characters of an address
)

var listedCode = regexp.MustCompile(`^[0-9A-HJ-NPQRTUWXY]{18}$`) // the alphabet of GB 32100

func short(s string, most int) bool {
	return s != "" && utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' })
}

// clean is the row in the form that is kept, or all that is wrong with it. A credit code whose check character does not fit is kept
// and shown as such: some real registrations do not fit.
func (b ListedBody) clean() (ListedBody, error) {
	for _, s := range []*string{&b.District, &b.Name, &b.Sort, &b.Address, &b.Contact} {
		*s = strings.TrimSpace(*s)
	}
	b.CreditCode = strings.ToUpper(strings.TrimSpace(b.CreditCode))
	b.Occupations, b.Levels = distinct(b.Occupations), lowestFirst(b.Levels)
	var k errs.Check
	k.That(short(b.District, maxName), "district", "form", "行政区，如河西区")
	k.That(short(b.Name, maxName), "name", "form", "培训机构的全称，不超过100个字")
	k.That(slices.Contains(BodySorts(), b.Sort), "sort", "unknown", strings.Join(BodySorts(), "、"))
	k.That(listedCode.MatchString(b.CreditCode), "credit_code", "form", "18位统一社会信用代码")
	k.That(len(b.Occupations) > 0 && len(b.Occupations) <= 20 && !slices.ContainsFunc(b.Occupations, func(o string) bool { return !short(o, maxName) }),
		"occupations", "form", "职业（工种）名称，多个用顿号分开")
	k.That(len(b.Levels) > 0 && !slices.ContainsFunc(b.Levels, func(v engine.Level) bool { return !v.Valid() }), "levels", "unknown", "初级、中级或高级，多个用顿号分开")
	k.That(short(b.Address, maxPlace), "address", "form", "机构地址，不超过200个字")
	k.That(short(b.Contact, maxName), "contact", "form", "联系人及联系方式，不超过100个字")
	return b, k.Err(ErrList)
}

// clean is described at ListedBody.clean.
func (p Project) clean() (Project, error) {
	for _, s := range []*string{&p.District, &p.Name, &p.Mode, &p.Occupation, &p.Program, &p.Planned, &p.Address, &p.Contact} {
		*s = strings.TrimSpace(*s)
	}
	var k errs.Check
	k.That(short(p.District, maxName), "district", "form", "行政区，如河西区")
	k.That(short(p.Name, maxName), "name", "form", "班期名称，不超过100个字")
	k.That(slices.Contains(Modes(), p.Mode), "mode", "unknown", strings.Join(Modes(), "、"))
	k.That(short(p.Occupation, maxName), "occupation", "form", "职业（工种）名称")
	k.That(p.Level.Valid(), "level", "unknown", "初级、中级或高级")
	k.That(p.Hours > 0 && p.Hours <= maxHours, "hours", "range", fmt.Sprintf("培训时长，1至%d课时的整数", maxHours))
	k.That(slices.Contains(Programs(), p.Program), "program", "unknown", strings.Join(Programs(), "、"))
	k.That(short(p.Planned, maxName), "planned", "form", "培训计划时间，如2025年9月")
	k.That(short(p.Address, maxPlace), "address", "form", "培训地址，不超过200个字")
	k.That(short(p.Contact, maxName), "contact", "form", "联系人及联系方式，不超过100个字")
	return p, k.Err(ErrList)
}

func (p Publication) clean(today clock.Date) (Publication, error) {
	p.Source = strings.TrimSpace(p.Source)
	var k errs.Check
	k.That(short(p.Source, maxSource), "source", "form", "公示的文号或网址，不超过200个字")
	k.That(!p.On.IsZero() && !today.Before(p.On), "published", "range", "公示的日期，不晚于今天")
	return p, k.Err(ErrList)
}

func distinct(names []string) (all []string) {
	for _, n := range names {
		if n = strings.TrimSpace(n); n != "" && !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	return all
}

func lowestFirst(levels []engine.Level) (all []engine.Level) {
	for _, l := range levels {
		if !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	slices.SortFunc(all, func(a, b engine.Level) int {
		if a.Above(b) {
			return 1
		}
		return -1
	})
	return all
}

// restate gives the body the facts of a later publication; the trail keeps what was published before. A body that left the list comes
// back only where relist says so.
func (l *Listing) restate(b ListedBody, pub Publication, relist bool) (ListStep, error) {
	gone := l.Withdrawn()
	switch {
	case gone != nil && !relist:
		return ListRefuse, ErrWithdrawn.With("%s 起，%s；重新列入的，请在名单页面单个登记", gone.On, gone.Reason)
	case gone != nil && pub.On.Before(gone.On):
		return ListRefuse, ErrWithdrawn.With("%s 退出，重新公示的日期不能早于这一天", gone.On)
	case gone == nil && l.Body.equal(b) && l.Published == pub:
		return ListKnown, engine.ErrUnchanged
	case pub.On.Before(l.Published.On):
		return ListRefuse, ErrList.With("名单中的内容公示于 %s，不能用更早公示的内容覆盖", l.Published.On)
	}
	if gone != nil {
		gone.Relisted = pub.On
	}
	l.Body, l.Published = b, pub
	return ListChange, nil
}

func (b ListedBody) equal(o ListedBody) bool {
	return b.District == o.District && b.Name == o.Name && b.Sort == o.Sort && b.CreditCode == o.CreditCode && b.Address == o.Address && b.Contact == o.Contact &&
		slices.Equal(b.Occupations, o.Occupations) && slices.Equal(b.Levels, o.Levels)
}

// offer adds a project, or gives one of the same name, occupation and level the facts of a later publication.
func (l *Listing) offer(p Project, pub Publication) (ListStep, error) {
	if gone := l.Withdrawn(); gone != nil {
		return ListRefuse, ErrWithdrawn.With("%s 起，%s", gone.On, gone.Reason)
	}
	p.Published, p.Withdrawn = pub, nil
	i := slices.IndexFunc(l.Projects, func(o Project) bool {
		return o.Withdrawn == nil && o.Name == p.Name && o.Occupation == p.Occupation && o.Level == p.Level
	})
	if i < 0 {
		if len(l.Projects) >= maxProjects {
			return ListRefuse, ErrList.With("一家机构最多%d个项目", maxProjects)
		}
		p.No = len(l.Projects) + 1
		l.Projects = append(l.Projects, p)
		return ListAdd, nil
	}
	switch p.No = i + 1; {
	case l.Projects[i] == p:
		return ListKnown, engine.ErrUnchanged
	case pub.On.Before(l.Projects[i].Published.On):
		return ListRefuse, ErrList.With("名单中的内容公示于 %s，不能用更早公示的内容覆盖", l.Projects[i].Published.On)
	}
	l.Projects[i] = p
	return ListChange, nil
}

// withdraw takes the body off the list with no 0, or its project no.
func (l *Listing) withdraw(no int, w Withdrawal) error {
	if no < 0 || no > len(l.Projects) {
		return ErrListing.With("没有第%d个项目", no)
	}
	had, since := l.Withdrawn(), l.Published.On
	if no > 0 {
		had, since = l.Projects[no-1].Withdrawn, l.Projects[no-1].Published.On
	}
	switch {
	case had != nil && had.On == w.On && had.Reason == w.Reason:
		return engine.ErrUnchanged
	case had != nil:
		return ErrWithdrawn.With("%s 起，%s", had.On, had.Reason)
	case w.On.IsZero() || w.On.Before(since):
		return ErrList.WithFields(errs.Field{Name: "on", Code: "order", Msg: fmt.Sprintf("退出的日期，不早于公示的 %s", since)})
	}
	if no > 0 {
		l.Projects[no-1].Withdrawn = &w
	} else {
		l.Withdrawals = append(l.Withdrawals, w)
	}
	return nil
}

// keepsList returns nil when by keeps the list of by.Province.
func keepsList(by authz.Principal) error {
	if err := by.Require(authz.TrainList); err != nil {
		return err
	}
	if by.Province == "" {
		return authz.ErrForbidden.With("账号没有登记所属省份，不能办理公示名单")
	}
	return nil
}
