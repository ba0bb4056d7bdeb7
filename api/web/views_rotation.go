package web

import (
	"time"

	"github.com/skillcert/skillcert/engine"
)

// PracticeView is the page of a session's practical component, for the exam office and the leader: the commitment of the
// draw, and who is when at which station.
type PracticeView struct {
	Session, SessionName      string
	Level                     engine.Level
	Sample                    bool
	Opens, Closes             time.Time // of the practical window
	TheoryOpens, TheoryCloses time.Time
	Commitment                string    // hex, "" before there is one
	Committed                 time.Time // when it was fixed
	Over                      time.Time // when everybody may check the draw: the window has closed and the last turn has ended
	Revealed                  bool      // everybody may check the draw
	Concordance               bool      // the reader may see how the examiners agreed
	Stations                  []StationTurns
	Shortages                 []ShortageRow
	Papers                    []PracticePaper
	Tasks                     TaskDraw
	Problem                   *Problem
}

// StationTurns are the turns of one station, in the order of time.
type StationTurns struct {
	Name  string
	Turns []TurnRow
}

// TurnRow is one candidate: in the waiting area until Call, at the station from At to Until, finished then.
type TurnRow struct {
	Ticket, Name    string
	Call, At, Until time.Time
}

// ShortageRow says that the turns of a station do not fit: so many end so late, so many overlap.
type ShortageRow struct {
	Station                 string
	Minutes, Turns, Clashes int
}

// PracticePaper is a file to print, under the words of Key; of one station where that is named.
type PracticePaper struct{ Key, Station, Href string }

// TaskDraw says how far the draw of practical tasks is.
type TaskDraw struct {
	Candidates int       // who have their tasks
	Waiting    int       // seats without tasks
	First      time.Time // when tasks were dealt; zero before
	Last       time.Time // after First where seats were added later
	MayCommit  bool      // the next step is to publish the commitment
	MayDraw    bool      // the commitment is public and somebody waits for tasks
}
