package questionbank

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// The life of an item: which step is allowed from which state, and by whom. A step that finds itself already done
// returns engine.ErrUnchanged, so that sending a command twice is harmless.
//
//	national:   draft → reviewed → admitted
//	supplement: draft → reviewed → consented (two consents) → filed (two filings) → admitted
//
// A refusal leads from reviewed, consented or filed back to draft, an edit from everywhere but retired. Suspension and
// retirement end the use in new releases; what a release holds already stays there until it is withdrawn. A suspension
// can be taken back by another person, a retirement by nobody.

// act is who does a step, and when.
type act struct {
	by  authz.Principal
	now time.Time
}

func (a act) person() engine.PersonID { return engine.PersonID(a.by.Person) }

// MaxReason bounds the reason of an edit, a refusal, a withdrawal or a correction, in characters.
const MaxReason = 200

// newItem is an item that begins with its first version.
func newItem(v ItemVersion, a act) *Item {
	v.Version, v.Author, v.At = 1, a.person(), a.now
	i := &Item{Code: v.Code, State: Draft, Versions: []ItemVersion{v}}
	i.Trail.Add(a.now, a.by.Account, "item.drafted", "")
	return i
}

// supplement reports whether the item belongs to a province instead of the national bank.
func (i *Item) supplement() bool { return i.Current().Province != "" }

// judge returns nil when a may judge version: it is the newest, and a wrote none of the item.
func (i *Item) judge(version int, a act) error {
	wrote := func(v ItemVersion) bool { return a.by.Is(string(v.Author)) }
	switch {
	case version != i.Current().Version:
		return ErrVersion.With("当前为第%d版", i.Current().Version)
	case a.person() == "":
		return authz.ErrForbidden.With("账号未登记人员")
	case slices.ContainsFunc(i.Versions, wrote):
		return ErrOwnItem
	}
	return nil
}

// edit adds v as the next version and leads back to draft. v.Version is the version that was edited, or 0. Code, level,
// province and the sample mark are those of the item: a supplement never becomes national by an edit.
func (i *Item) edit(v ItemVersion, reason string, a act) error {
	old := i.Current()
	v.Code, v.Sample = old.Code, old.Sample
	switch {
	case sameContent(v, old):
		return engine.ErrUnchanged
	case i.State == Retired:
		return i.refused("修改")
	case v.Version != 0 && v.Version != old.Version:
		return ErrVersion.With("当前为第%d版", old.Version)
	case v.Level != old.Level || v.Province != old.Province:
		return ErrItemInput.With("等级和所属省份不能修改")
	}
	v.Version, v.Author, v.Reason, v.At = old.Version+1, a.person(), reason, a.now
	i.Versions = append(i.Versions, v)
	i.restart()
	i.Trail.Add(a.now, a.by.Account, "item.edited", reason)
	return nil
}

// restart leads back to draft: whatever was said of the item holds no longer.
func (i *Item) restart() {
	i.State, i.Reviewer, i.Consents, i.Filings, i.Suspender = Draft, "", nil, nil, ""
}

// review passes the draft (审题). The reviewer is not an author of the item.
func (i *Item) review(version int, a act) error {
	switch err := i.judge(version, a); {
	case err != nil:
		return err
	case i.Reviewer == a.person() && i.State != Suspended && i.State != Retired:
		return engine.ErrUnchanged
	case i.State != Draft:
		return i.refused("审题")
	case i.SentBackBy(a.by.Account):
		return ErrItemState.With("%s 的这一版由您退回，修改后才能审题通过", i.Code)
	}
	i.State, i.Reviewer = Reviewed, a.person()
	i.Trail.Add(a.now, a.by.Account, "item.reviewed", "")
	return nil
}

// refuse leads back to draft. A reviewer refuses what no authority has dealt with to the end, an authority what was put
// before the province: nobody refuses what is admitted, for that an item is suspended.
func (i *Item) refuse(version int, reason string, asAuthority bool, a act) error {
	if err := i.judge(version, a); err != nil {
		return err
	}
	allowed := []State{Draft, Reviewed}
	if asAuthority {
		allowed = []State{Reviewed, Consented, Filed}
		if err := i.inProvince(a.by.Province); err != nil {
			return err
		}
	}
	if !slices.Contains(allowed, i.State) {
		return i.refused("退回")
	}
	i.restart()
	i.Trail.Add(a.now, a.by.Account, "item.refused", reason)
	return nil
}

// SentBackBy reports whether account refused the newest version: who sent it back passes it only after an edit.
func (i *Item) SentBackBy(account string) bool {
	for _, e := range slices.Backward(i.Trail) {
		switch {
		case e.Action == "item.edited":
			return false
		case e.Action == "item.refused" && e.By == account:
			return true
		}
	}
	return false
}

// Returned reports whether the newest version was sent back and nothing has been done about it, and why it was.
func (i *Item) Returned() (reason string, returned bool) {
	if i.State != Draft {
		return "", false
	}
	for _, e := range slices.Backward(i.Trail) {
		switch e.Action {
		case "item.suspended", "item.resumed": // which change nothing of the item
		case "item.refused":
			return e.Note, true
		default:
			return "", false
		}
	}
	return "", false
}

func (i *Item) inProvince(province string) error {
	switch {
	case !i.supplement():
		return ErrItemState.With("国家题库试题不经省级部门办理")
	case i.Current().Province != province:
		return ErrConsentProvince
	}
	return nil
}

// consent records one authority's word on the newest version (津医保局发〔2025〕101号, item 8). The order of the two does
// not matter; each comes from another person.
func (i *Item) consent(version int, authority authz.Role, a act) error {
	if err := i.judge(version, a); err != nil {
		return err
	}
	if err := i.inProvince(a.by.Province); err != nil {
		return err
	}
	same := func(c Consent) bool { return c.By == a.person() }
	switch {
	case i.consentOf(authority) != nil:
		return engine.ErrUnchanged
	case i.State != Reviewed:
		return i.refused("同意")
	case slices.ContainsFunc(i.Consents, same):
		return ErrSamePerson
	}
	i.Consents = append(i.Consents, Consent{Authority: authority, By: a.person(), At: a.now})
	if i.consentOf(authz.Medical) != nil && i.consentOf(authz.Labour) != nil {
		i.State = Consented
	}
	i.Trail.Add(a.now, a.by.Account, "item.consented", string(authority))
	return nil
}

func (i *Item) consentOf(authority authz.Role) *Consent {
	if n := slices.IndexFunc(i.Consents, func(c Consent) bool { return c.Authority == authority }); n >= 0 {
		return &i.Consents[n]
	}
	return nil
}

// file records the number under which a national authority has the newest version on file. A number may be corrected
// until both are there.
func (i *Item) file(version int, authority authz.Role, number string, a act) error {
	have := i.filingOf(authority)
	switch {
	case version != i.Current().Version:
		return ErrVersion.With("当前为第%d版", i.Current().Version)
	case have != nil && have.Number == number:
		return engine.ErrUnchanged
	case i.State != Consented:
		return i.refused("登记备案号")
	case have != nil:
		have.Number, have.At = number, a.now
	default:
		i.Filings = append(i.Filings, NationalFiling{Authority: authority, Number: number, At: a.now})
	}
	if i.filingOf(authz.Medical) != nil && i.filingOf(authz.Labour) != nil {
		i.State = Filed
	}
	i.Trail.Add(a.now, a.by.Account, "item.filed", string(authority)+" "+number)
	return nil
}

// refile corrects a number of an item whose filings are complete and that no release holds yet.
func (i *Item) refile(version int, authority authz.Role, number, reason string, a act) error {
	have := i.filingOf(authority)
	switch {
	case version != i.Current().Version:
		return ErrVersion.With("当前为第%d版", i.Current().Version)
	case i.State != Filed || have == nil:
		return i.refused("更正备案号")
	case have.Number == number:
		return engine.ErrUnchanged
	}
	note := fmt.Sprintf("%s %s → %s：%s", authority, have.Number, number, reason)
	have.Number, have.At = number, a.now
	i.Trail.Add(a.now, a.by.Account, "item.refiled", note)
	return nil
}

func (i *Item) filingOf(authority authz.Role) *NationalFiling {
	if n := slices.IndexFunc(i.Filings, func(f NationalFiling) bool { return f.Authority == authority }); n >= 0 {
		return &i.Filings[n]
	}
	return nil
}

// Admissible returns nil when a release may take the newest version in: a national item after its review; a supplement
// with both consents and both filings, whatever its state says.
func (i *Item) Admissible() error {
	if !i.supplement() {
		if i.State != Reviewed && i.State != Admitted {
			return i.refused("入库")
		}
		return nil
	}
	if i.State != Filed && i.State != Admitted {
		return i.refused("入库")
	}
	for _, authority := range []authz.Role{authz.Medical, authz.Labour} {
		if i.consentOf(authority) == nil || i.filingOf(authority) == nil {
			return ErrItemState.With("%s 的同意或备案不齐，不能入库", i.Code)
		}
	}
	return nil
}

// Admit takes version into release; a release takes an item in once.
func (i *Item) Admit(release string, version int, by authz.Principal, now time.Time) error {
	if _, in := i.admittedIn(release); in {
		return engine.ErrUnchanged
	}
	if version != i.Current().Version {
		return ErrVersion.With("当前为第%d版", i.Current().Version)
	}
	if err := i.Admissible(); err != nil {
		return err
	}
	i.State = Admitted
	in := Admission{Release: release, Version: version, At: now, Reviewer: i.Reviewer}
	for _, c := range i.Consents {
		in.Consenters = append(in.Consenters, c.By)
	}
	i.Admissions = append(i.Admissions, in)
	i.Trail.Add(now, by.Account, "item.admitted", release)
	return nil
}

func (i *Item) admittedIn(release string) (Admission, bool) {
	if n := slices.IndexFunc(i.Admissions, func(a Admission) bool { return a.Release == release }); n >= 0 {
		return i.Admissions[n], true
	}
	return Admission{}, false
}

// suspend keeps the item out of new releases; an edit brings it back as a draft, resume as what it was. It needs a
// person, or that person's second account would take it back.
func (i *Item) suspend(reason string, a act) error {
	switch i.State {
	case Suspended:
		return engine.ErrUnchanged
	case Retired:
		return i.refused("停用")
	}
	if a.person() == "" {
		return authz.ErrForbidden.With("账号未登记人员")
	}
	i.State, i.Suspender = Suspended, a.person()
	i.Trail.Add(a.now, a.by.Account, "item.suspended", reason)
	return nil
}

// resume takes a suspension back. It needs another person than the suspension: one alone neither hides an item nor
// brings one back that was found wrong.
func (i *Item) resume(reason string, a act) error {
	switch last := i.last(); {
	case last.Action == "item.resumed" && last.By == a.by.Account:
		return engine.ErrUnchanged
	case i.State != Suspended:
		return i.refused("恢复使用")
	case a.person() == "":
		return authz.ErrForbidden.With("账号未登记人员")
	case i.SuspendedBy(a.by):
		return ErrSameKeeper
	}
	i.State, i.Suspender = i.standing(), ""
	i.Trail.Add(a.now, a.by.Account, "item.resumed", reason)
	return nil
}

// last is the newest event of the item.
func (i *Item) last() (e engine.Event) {
	if n := len(i.Trail); n > 0 {
		e = i.Trail[n-1]
	}
	return e
}

// SuspendedBy reports whether by, under this or another account, suspended the item last.
func (i *Item) SuspendedBy(by authz.Principal) bool {
	for _, e := range slices.Backward(i.Trail) {
		if e.Action == "item.suspended" {
			return e.By == by.Account || i.Suspender != "" && string(i.Suspender) == by.Person
		}
	}
	return false
}

// standing is the state that the newest version has earned, which a suspension leaves untouched.
func (i *Item) standing() State {
	admitted := func(a Admission) bool { return a.Version == i.Current().Version }
	switch {
	case slices.ContainsFunc(i.Admissions, admitted):
		return Admitted
	case i.filingOf(authz.Medical) != nil && i.filingOf(authz.Labour) != nil:
		return Filed
	case i.consentOf(authz.Medical) != nil && i.consentOf(authz.Labour) != nil:
		return Consented
	case i.Reviewer != "":
		return Reviewed
	}
	return Draft
}

// retire ends the item for good.
func (i *Item) retire(reason string, a act) error {
	if i.State == Retired {
		return engine.ErrUnchanged
	}
	i.State, i.Suspender = Retired, ""
	i.Trail.Add(a.now, a.by.Account, "item.retired", reason)
	return nil
}

func (i *Item) refused(what string) error {
	return ErrItemState.With("%s 为“%s”，不能%s", i.Code, i.State.Name(), what)
}

// Name is the Chinese name of the state.
func (s State) Name() string {
	return map[State]string{Draft: "草稿", Reviewed: "已审题", Consented: "两部门已同意", Filed: "已备案", Admitted: "已入库",
		Suspended: "已停用", Retired: "已废止"}[s]
}

// States lists the states in the order of an item's life.
func States() []State {
	return []State{Draft, Reviewed, Consented, Filed, Admitted, Suspended, Retired}
}

// cleanReason trims a reason and asks for one.
func cleanReason(s string, as *errs.Error) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" || utf8.RuneCountInString(s) > MaxReason || !printable(s) {
		return "", as.WithFields(errs.Field{Name: "reason", Code: "form", Msg: fmt.Sprintf("理由为1至%d个字", MaxReason)})
	}
	return s, nil
}
