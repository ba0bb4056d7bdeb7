package itemstats

// Flag is a reason to look at an item again. It judges nothing: people do.
type Flag string

// The flags, in the order in which a report lists them.
const (
	KeyDoubtful Flag = "key-doubtful"      // 答案存疑: the best prefer a distractor, and the item turns against them
	Negative    Flag = "negative"          // 区分度为负
	Weak        Flag = "weak"              // 区分效率低
	TooHard     Flag = "too-hard"          // 过难
	TooEasy     Flag = "too-easy"          // 过易
	Unused      Flag = "unused-distractor" // 干扰项无人选
	Exposed     Flag = "over-exposed"      // 曝光过多
)

// Thresholds say when a flag is raised. They are data: a house may set its own.
type Thresholds struct {
	Groups     int     `json:"groups"`     // that the distractor table has, by total; 2 for halves
	Attempts   int64   `json:"attempts"`   // below which no flag is raised but Exposed
	Unused     int64   `json:"unused"`     // attempts after which a distractor should have been chosen
	Hard       float64 `json:"hard"`       // highest facility that is too hard
	Easy       float64 `json:"easy"`       // lowest facility that is too easy
	Efficiency float64 `json:"efficiency"` // per cent below which an item is weak
	Share      float64 `json:"share"`      // of the forms above which an item is over-exposed
}

// DefaultThresholds are what is used where a house says nothing else.
//   - Groups: thirds, as in Moodle's item analysis before version 2 (help page on the discrimination index).
//   - Hard, Easy: a facility of 5 % or less is "extremely difficult or something wrong with the question", from 95 % on
//     "extremely easy" (The Open University, Moodle question statistics, 4.2).
//   - Efficiency: Moodle marks questions below 15 % as dubious (quiz_statistics_table::is_dubious_question).
//   - Attempts, Unused and Share are this product's own choice, no rule names any: an index over less than 30 attempts
//     says little; with 100 attempts an option that attracts one in twenty is missed once in 170 times; and an item in
//     half of all forms is known to everybody soon.
func DefaultThresholds() Thresholds {
	return Thresholds{Groups: 3, Attempts: 30, Unused: 100, Hard: 0.05, Easy: 0.95, Efficiency: 15, Share: 0.5}
}

// Valid reports whether t can be used.
func (t Thresholds) Valid() bool {
	return t.Groups >= 2 && t.Groups <= 20 && t.Attempts >= 0 && t.Unused >= 1
}

// flags judges one item.
func (t Thresholds) flags(s Statistics) (raised []Flag) {
	enough := s.Attempts >= t.Attempts
	negative := s.Discrimination != nil && *s.Discrimination < 0
	for _, f := range []struct {
		Flag
		raised bool
	}{
		{KeyDoubtful, enough && negative && s.misleads()},
		{Negative, enough && negative},
		{Weak, enough && !negative && s.Efficiency != nil && *s.Efficiency < t.Efficiency},
		{TooHard, enough && s.Facility != nil && *s.Facility <= t.Hard},
		{TooEasy, enough && s.Facility != nil && *s.Facility >= t.Easy},
		{Unused, s.Attempts >= max(t.Unused, t.Attempts) && s.unused()},
		{Exposed, s.Share != nil && *s.Share > t.Share},
	} {
		if f.raised {
			raised = append(raised, f.Flag)
		}
	}
	return raised
}

// misleads reports whether the group with the highest totals chose a distractor more often than an option of the key.
func (s Statistics) misleads() bool {
	top := len(s.Groups) - 1
	for top > 0 && s.Groups[top].Attempts == 0 { // many with the same total may leave it empty
		top--
	}
	distractor, key := int64(0), s.Attempts
	for _, o := range s.Options {
		if o.Key {
			key = min(key, o.Groups[top])
		} else {
			distractor = max(distractor, o.Groups[top])
		}
	}
	return distractor > key
}

func (s Statistics) unused() bool {
	for _, o := range s.Options {
		if !o.Key && o.Chosen == 0 {
			return true
		}
	}
	return false
}
