package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Urgency is where a seat stands in the console: 0 is what an invigilator looks at first.
//
// First comes who may lose something: answers that are not saved on a computer that is silent, then silence alone. Then
// who cannot go on without a person: paused, waiting to be let in at another machine. Then who has not come though the
// time runs, and who cannot save though in contact. A page that is without the focus, or lost it lately, comes before all that
// needs nobody, and is still no judgement. What is over comes last.
func (v SeatView) Urgency() int {
	if v.Strays() {
		return focusUrgency
	}
	return 2 * slices.Index(SeatStates(), v.State)
}

// Strays reports whether the page of somebody who sits does not have the focus, or lost it a short while ago.
func (v SeatView) Strays() bool { return v.State == SeatSitting && (v.Away || v.Lately) }

// focusUrgency lies between the last state that needs a person and the first that does not.
var focusUrgency = 2*slices.Index(SeatStates(), SeatUnsaved) + 1

// Worse orders two seats for the console, the more urgent one first. Of equally urgent ones comes first who has more
// unsaved, who is silent for longer, who lost the focus more often; then they stand as they sit.
func Worse(a, b SeatView) int {
	urgency := cmp.Compare(a.Urgency(), b.Urgency())
	if urgency == 0 && (a.State == SeatLost || a.State == SeatUnsaved) {
		urgency = cmp.Compare(b.Unsaved, a.Unsaved)
	}
	if urgency == 0 && (a.State == SeatLost || a.State == SeatTrouble) {
		urgency = a.Heard.Compare(b.Heard)
	}
	if urgency == 0 && a.Urgency() == focusUrgency {
		urgency = cmp.Compare(b.FocusLost, a.FocusLost)
	}
	return cmp.Or(urgency, bySeat(a, b))
}

func bySeat(a, b SeatView) int {
	return cmp.Or(strings.Compare(a.Room, b.Room), cmp.Compare(a.No, b.No))
}

// SeatGroups are the parts of a room that can be shown alone.
func SeatGroups() []string { return []string{"attention", "out", "in"} }

// Groups are those that the seat belongs to: it needs attention, nobody came yet, or it is handed in.
func (v SeatView) Groups() (all []string) {
	if v.Urgency() <= focusUrgency {
		all = append(all, "attention")
	}
	switch v.State {
	case SeatAbsent, SeatExpected:
		all = append(all, "out")
	case SeatSubmitted:
		all = append(all, "in")
	}
	return all
}

// Has reports whether the seat is among what is shown.
func (s RoomShown) Has(v SeatView) bool {
	if s.Filter != "" && !slices.Contains(v.Groups(), s.Filter) {
		return false
	}
	q := strings.ToLower(strings.Join(strings.Fields(s.Query), ""))
	if no, err := strconv.Atoi(q); err == nil && no == v.No {
		return true
	}
	name := strings.ToLower(strings.Join(strings.Fields(v.Name), ""))
	return q == "" || strings.Contains(name, q) || len(q) >= 4 && strings.Contains(v.Ticket, q)
}

// Address is what the console's address says after the question mark.
func (s RoomShown) Address() string {
	v := url.Values{}
	for name, value := range map[string]string{"filter": s.Filter, "q": s.Query, "sort": s.Sort} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v.Encode()
}

// Sorted are the seats in the order that the reader chose.
func (v RoomView) Sorted() []SeatView {
	if v.Shown.Sort != "seat" {
		return v.Seats
	}
	sorted := slices.Clone(v.Seats)
	slices.SortFunc(sorted, bySeat)
	return sorted
}

// RoomActions lists what can be done from the console, each with a dialog of its own.
func RoomActions() []string {
	return []string{"readmission", "extension", "pause", "resumption", "reopening", "announcement", "moves", "incident", "misconduct"}
}

// onDuty are the actions that only who is on duty in the room has; the others are the exam office's too.
func onDuty() []string { return []string{"readmission", "moves", "misconduct"} }

// RoomwideActions are those for everybody shown.
func (v RoomView) RoomwideActions() []string {
	if v.Roomwide {
		return []string{"announcement", "resumption", "extension", "incident"}
	}
	if v.Stopped || !v.CheckInFrom.IsZero() {
		return []string{"announcement", "extension", "incident"}
	}
	return []string{"announcement", "pause", "extension", "incident"}
}

// Actions are what may be done about a seat by its state. Of pause and resumption one is in place at a time: see
// SeatView.Offers.
func (v RoomView) Actions(state SeatState) []string {
	var all []string
	switch state {
	case SeatLost, SeatTrouble, SeatPaused, SeatMachine, SeatUnsaved, SeatSitting:
		all = []string{"readmission", "extension", "pause", "resumption", "announcement", "moves", "incident", "misconduct"}
	case SeatReleased, SeatCheckedIn:
		all = []string{"extension", "pause", "resumption", "announcement", "moves", "incident", "misconduct"}
	case SeatSubmitted:
		all = []string{"reopening", "incident", "misconduct"}
	case SeatExpected, SeatAbsent:
		all = []string{"moves", "incident", "misconduct"}
	case SeatExempt:
		all = []string{"incident", "misconduct"}
	case SeatVoided:
		all = []string{"incident"}
	}
	return slices.DeleteFunc(all, func(a string) bool { return !v.MayOrder || !v.MayRun && slices.Contains(onDuty(), a) })
}

// Offers are the actions by every state, for the scripts.
func (v RoomView) Offers() map[SeatState][]string {
	all := map[SeatState][]string{}
	for _, s := range SeatStates() {
		all[s] = v.Actions(s)
	}
	return all
}

// Offer reports whether an action is in place for the seat of the open dialog.
func (v RoomView) Offer(action string) bool {
	at := v.Dialog.At
	if at == nil || action == "resumption" && !at.OwnPause || action == "pause" && at.OwnPause {
		return false
	}
	return slices.Contains(v.Actions(at.State), action)
}

// Dialogs are the actions that the reader may have, each with a dialog.
func (v RoomView) Dialogs() []string {
	return slices.DeleteFunc(RoomActions(), func(a string) bool { return !v.MayRun && slices.Contains(onDuty(), a) })
}

// Here is the address of the console.
func (v RoomView) Here() string {
	if v.Room == "" {
		return v.Base() + "/rooms"
	}
	return v.Base()
}

// Link is the address of the console with what is shown, and with a dialog open: of an action, for the seat of a key or
// for everybody.
func (v RoomView) Link(action, key string) string {
	q, _ := url.ParseQuery(v.Shown.Address()) // which is one
	for name, value := range map[string]string{"do": action, "seat": key} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return v.Here()
	}
	return v.Here() + "?" + q.Encode()
}

// Filtered is the address of the console with another filter.
func (v RoomView) Filtered(filter string) string {
	v.Shown.Filter = filter
	return v.Link("", "")
}

// Base is where forms about the whole of what is shown go.
func (v RoomView) Base() string {
	if v.Room == "" {
		return "/sessions/" + v.Session
	}
	return v.RoomBase(v.Room)
}

// RoomBase is where forms about one room go.
func (v RoomView) RoomBase(room string) string { return "/sessions/" + v.Session + "/rooms/" + room }

// DialogBase is where the form of a dialog goes: to the room of the seat that it is about.
func (v RoomView) DialogBase() string {
	if v.Dialog.At != nil {
		return v.RoomBase(v.Dialog.At.Room)
	}
	return v.Base()
}

// RoomProgress is what a console asks for every few seconds. Nothing in it moves by itself, so that a room in which
// nothing happens is answered with 304.
type RoomProgress struct {
	Seats      []SeatProgress `json:"seats" jsonschema:"description=Worst first"`
	Lines      int            `json:"lines" jsonschema:"description=How many lines the record of all rooms has"`
	MayRelease bool           `json:"may_release"`
	Paused     bool           `json:"paused" jsonschema:"description=By an order for the whole room or session"`
	RoomCounts
}

// SeatProgress is one candidate's seat in the console; names are left to the page.
type SeatProgress struct {
	Key       string    `json:"key" jsonschema:"description=The ticket; for those who only look the room and seat"`
	Room      string    `json:"room"`
	No        int       `json:"no"`
	State     SeatState `json:"state"`
	Groups    []string  `json:"groups,omitempty" jsonschema:"description=attention; out: not yet in; in: handed in"`
	Question  int       `json:"question,omitempty"`
	Answered  int       `json:"answered,omitempty"`
	Total     int       `json:"total,omitempty"`
	Heard     time.Time `json:"heard,omitzero"`
	Unsaved   int       `json:"unsaved,omitempty"`
	Closes    time.Time `json:"closes,omitzero" jsonschema:"description=End of the candidate's time unless it is paused"`
	Left      int       `json:"left,omitempty" jsonschema:"description=Seconds that are left while it is paused"`
	Paused    bool      `json:"paused,omitempty"`
	OwnPause  bool      `json:"own_pause,omitempty"`
	Away      bool      `json:"away,omitempty"`
	Lately    bool      `json:"lately,omitempty" jsonschema:"description=The page lost the focus a short while ago"`
	FocusLost int       `json:"focus_lost,omitempty"`
	Machine   bool      `json:"machine,omitempty"`
	Locked    bool      `json:"locked,omitempty" jsonschema:"description=Not heard since the lockdown browser was asked for in mid-sitting"`
	Windows   int       `json:"windows,omitempty"`
	Note      string    `json:"note,omitempty"`
}

// Progress is what the scripts of the console follow of it.
func (v RoomView) Progress() RoomProgress {
	p := RoomProgress{Seats: make([]SeatProgress, 0, len(v.Seats)), Lines: v.Last, MayRelease: v.MayRelease, Paused: v.Roomwide,
		RoomCounts: v.RoomCounts}
	for _, s := range v.Seats {
		p.Seats = append(p.Seats, SeatProgress{Key: s.Key, Room: s.Room, No: s.No, State: s.State, Groups: s.Groups(), Question: s.Question,
			Answered: s.Answered, Total: s.Total, Heard: s.Heard, Unsaved: s.Unsaved, Closes: s.Closes, Left: int(s.Left / time.Second),
			Paused: s.Paused, OwnPause: s.OwnPause, Away: s.Away, Lately: s.Lately, FocusLost: s.FocusLost, Machine: s.Machine, Locked: s.Locked, Windows: s.Windows, Note: s.Note})
	}
	return p
}

// Count adds the seat to the numbers.
func (n *RoomCounts) Count(v SeatView) {
	n.Candidates++
	for _, g := range v.Groups() {
		switch g {
		case "attention":
			n.Attention++
		case "out":
			n.Out++
		case "in":
			n.Submitted++
		}
	}
	switch v.State {
	case SeatVoided:
		if v.Came {
			n.Checked++
		}
		return
	case SeatAbsent, SeatExpected, SeatExempt:
		return
	case SeatLost, SeatTrouble, SeatPaused, SeatMachine, SeatUnsaved, SeatSitting:
		n.Sitting++
	}
	n.Checked++
}

// TimeLeft writes what is left of a candidate's time as their page does: hours, minutes and seconds; "" where none runs.
func (v SeatView) TimeLeft(now time.Time) string {
	left := v.Left
	switch {
	case v.Paused:
	case v.Closes.IsZero():
		return ""
	default:
		left = v.Closes.Sub(now)
	}
	s := int(max(0, left).Round(time.Second) / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
