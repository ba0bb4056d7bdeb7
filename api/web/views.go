package web

import (
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Page is what every page is given: the reader's choices, who is signed in, and the page's own view in Body.
type Page struct {
	Lang  string    // "zh" or "en"; anything else is read as "zh"
	Elder bool      // 长者模式
	CSRF  string    // token that every form and every API call sends back
	Here  string    // path and query of this page, where the two switches return to; of the page above where a POST answered
	Now   time.Time // the server's clock
	User  *User     // nil for the public
	Demo  bool      // keys and people are invented: 演示 shows on every page
	Said  *Notice   // what the last action did, shown once
	Body  any       // the page's view, of the type that the package table names
}

// User is the person signed in, as the header shows them.
type User struct {
	Name string
	Role authz.Role // shown as a label
	Home string     // where their name leads: /desk, /exam
	Nav  []Link     // see Menu
	Sub  []Link     // rooms of the part they are in, see BankMenu; nil where there are none
}

// Link is one entry of a menu: Key is looked up under "nav." in the locales.
type Link struct {
	Key, Href string
	Current   bool
}

// Notice is one sentence about what an action did: Key is looked up under "said." with Args.
type Notice struct {
	Key  string
	Args []any
}

// Amber reports whether the notice says that something is left to be done.
func (n *Notice) Amber() bool { return strings.HasSuffix(n.Key, "-standing") }

// Bad reports whether the notice says that nothing was done.
func (n *Notice) Bad() bool { return strings.HasSuffix(n.Key, "-none") }

// Problem is a refusal shown on the page it belongs to, with what was typed kept in the form. Code is looked up under
// "problem." in the locales; where the language has no text for it, Detail (the domain's own Chinese message) is shown.
type Problem struct {
	Code   string
	Detail string
	Fields []FieldProblem
}

// FieldProblem is one input at fault: Name is the form's field name.
type FieldProblem struct{ Name, Code, Detail string }

// Of returns the problem of the named field, nil where there is none. It is safe on a nil Problem.
func (p *Problem) Of(name string) *FieldProblem {
	if p == nil {
		return nil
	}
	for i := range p.Fields {
		if p.Fields[i].Name == name {
			return &p.Fields[i]
		}
	}
	return nil
}

// Alone is the problem without its fields, for a form that says beside each what is wrong with it; nil of nil.
func (p *Problem) Alone() *Problem {
	if p == nil {
		return nil
	}
	return &Problem{Code: p.Code, Detail: p.Detail}
}

// Beside is the problem for the head of a form that says beside these fields what is wrong with them: without them, and
// nil where it would only say the same again.
func (p *Problem) Beside(names ...string) *Problem {
	top := p.Alone()
	if p == nil {
		return nil
	}
	for _, f := range p.Fields {
		switch {
		case !slices.Contains(names, f.Name):
			top.Fields = append(top.Fields, f)
		case f.Detail == p.Detail:
			return nil
		}
	}
	return top
}

// HomeView is the public home.
type HomeView struct {
	Publicity    []PublicityLink // lists now open to the public, newest first
	Recognitions int             // direct recognitions in publicity today
}

// PublicityLink leads to one open publicity list.
type PublicityLink struct {
	Session, Name string
	Until         time.Time // last day, shown as a date
}

// LoginView is the staff sign-in. Fields: account, password, otp (only where AskCode).
type LoginView struct {
	Account, Next string // kept; Next is a local path to go to afterwards
	AskCode       bool
	Problem       *Problem
	Demo          []DemoAccount // shown only by the demo
}

// DemoAccount is a sign-in to try by hand.
type DemoAccount struct {
	Role              authz.Role
	Account, Password string
}

// CandidateLoginView is the candidates' sign-in. Fields: ticket, id_tail, code.
type CandidateLoginView struct {
	Ticket  string // kept as typed, spaces included
	Problem *Problem
	Demo    []DemoTicket

	Lockdown *Lockdown // of the session that the address names; nil for none
}

// DemoTicket is a candidate's sign-in to try by hand.
type DemoTicket struct{ Name, Ticket, IDTail, Code string }

// DeskView is where staff land: what waits for them, and the pages of sessions that wait for nothing from them any more,
// newest first.
type DeskView struct {
	Tasks, Past []DeskTask
}

// DeskTask is one thing to go to: Key under "desk." in the locales, Count of things waiting (-1 hides it).
type DeskTask struct {
	Key, Href, Note string
	Count           int
}

// ErrorView says what happened, whether anything was lost and what to do. Kind is errs.Kind.String(); it chooses the
// words. Ref is the small code for the help desk.
type ErrorView struct {
	Status  int
	Kind    string
	Problem Problem
	Ref     string
	Reading bool // nothing was sent that could be lost
}

// Words names what the page says: those of its kind, unless the problem has its own.
func (v ErrorView) Words() string {
	switch {
	case v.Problem.Code == "request.csrf":
		return "stale"
	case v.Problem.Code == "draw.sealed":
		return "sealed"
	case v.Reading && v.Kind == errs.Conflict.String():
		return "closed"
	}
	return v.Kind
}

// PublicityView is the public list of one session (公示), names masked.
type PublicityView struct {
	Session, Name, Org string
	Level              engine.Level
	From, Until        time.Time // days, both included
	Contact            string    // where objections go
	Rows               []PublicityRow
	Waivers            []WaiverRow
	Over               bool   // no list is public; what was waived stays so
	By, Reach, Words   string // typed as an objection, kept
	Problem            *Problem
}

// WaiverRow is a waiver of a soft rule of separation as everybody reads it: names masked.
type WaiverRow struct {
	Role, Staff, Candidate string
	Rule, Reason           string
	At                     time.Time
}

// PublicityRow is one candidate on the public list.
type PublicityRow struct {
	Ticket  string // last four digits only
	Name    string // engine.MaskName
	Verdict Verdict
	Ruling  bool // open, because a case of misconduct is not decided or not opened
}
