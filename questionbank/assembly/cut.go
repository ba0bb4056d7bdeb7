package assembly

import "sort"

// A choice sends items from ranges over points and buckets into the columns of the types. By max-flow and min-cut it
// exists exactly if, for every set of types, the ranges can give what the set needs, where a range gives at most its
// quota, a point at most perPoint and a bucket at most its room. With three types that is seven sums.

// typeSet is a set of columns, a bit for each.
type typeSet uint8

const allTypes typeSet = 1<<nColumns - 1

func (t typeSet) has(column int) bool { return t>>column&1 == 1 }

// scaled is a plan for many forms taken together: everything is counted per forms forms, and room holds what the
// buckets may give to all of them.
type scaled struct {
	*plan
	forms int64
	room  func(bucket int) int64
}

func (p *plan) single(room []int32) scaled {
	return scaled{plan: p, forms: 1, room: func(b int) int64 { return int64(room[b]) }}
}

// needs is what the types of the set need.
func (s scaled) needs(t typeSet) (sum int64) {
	for c, n := range s.need {
		if t.has(c) {
			sum += int64(n) * s.forms
		}
	}
	return sum
}

// supply is what the points of the range have for the types of the set, whatever the range's quota.
func (s scaled) supply(r *planRange, t typeSet) (sum int64) {
	for _, p := range r.points {
		sum += min(s.atPoint(p, t), int64(s.perPoint)*s.forms)
	}
	return sum
}

func (s scaled) atPoint(point int32, t typeSet) (sum int64) {
	for c := range nColumns {
		if t.has(c) {
			b := bucket(int(point), c, national)
			sum += s.room(b) + s.room(b+supplied)
		}
	}
	return sum
}

// short is how many items are missing for the types of the set, not positive for none.
func (s scaled) short(t typeSet) int64 {
	short := s.needs(t)
	for i := range s.ranges {
		r := &s.ranges[i]
		short -= min(s.supply(r, t), int64(r.quota)*s.forms)
	}
	return short
}

// worst is the set that lacks most; short is 0 when a choice exists. Of equal sets it is the one of all types, since that
// names ranges that are short whatever the type, else the smallest.
func (s scaled) worst() (set typeSet, short int64) {
	if n := s.short(allTypes); n > 0 {
		set, short = allTypes, n
	}
	for t := typeSet(1); t < allTypes; t++ {
		if n := s.short(t); n > short {
			set, short = t, n
		}
	}
	return set, short
}

// rateBase is the number of forms for which the least exposure is worked out.
const rateBase = 1 << 20

// leastPeak is the fewest uses, in a number of forms, of the most used item, as far as enemies and the cap on
// supplement items let it be: no draw can do better.
func (p *plan) leastPeak(forms int64) int64 {
	room := p.rooms()
	n := sort.Search(int(forms), func(uses int) bool {
		s := scaled{plan: p, forms: forms, room: func(b int) int64 {
			if room[b] == 0 {
				return 0
			}
			return min(int64(uses)*int64(p.size(int32(b))), int64(room[b])*forms)
		}}
		_, short := s.worst()
		return short == 0
	})
	return int64(n)
}
