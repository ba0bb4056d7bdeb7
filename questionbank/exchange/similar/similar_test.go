package similar_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/similar"
)

func single(stem string, key int, options ...string) questionbank.ItemVersion {
	return questionbank.ItemVersion{Level: engine.Level5, Type: questionbank.Single, Stem: stem, Options: options, Key: []int{key}}
}

func TestWhatIsTheSame(t *testing.T) {
	base := single("为长期卧床、不能自行活动的老人翻身，每次间隔一般不超过（　　）小时。", 1, "1", "2", "4", "6.5")
	in := func(change func(*questionbank.ItemVersion)) questionbank.ItemVersion {
		v := base
		v.Options, v.Key = slices.Clone(base.Options), slices.Clone(base.Key)
		change(&v)
		return v
	}
	for name, s := range map[string]struct {
		v    questionbank.ItemVersion
		want similar.Kind // "" for none
	}{
		"itself":         {base, similar.Exact},
		"options turned": {in(func(v *questionbank.ItemVersion) { v.Options, v.Key = []string{"2", "6.5", "4", "1"}, []int{0} }), similar.Exact},
		"punctuation, width": {in(func(v *questionbank.ItemVersion) {
			v.Stem = "为长期卧床 不能自行活动的老人翻身, 每次间隔一般不超过( )小时"
		}), similar.Exact},
		"full-width digits":   {in(func(v *questionbank.ItemVersion) { v.Options[3] = "６．５" }), similar.Exact},
		"another key":         {in(func(v *questionbank.ItemVersion) { v.Key = []int{2} }), similar.Conflict},
		"turned, another key": {in(func(v *questionbank.ItemVersion) { v.Options, v.Key = []string{"2", "1", "4", "6.5"}, []int{1} }), similar.Conflict},
		"number is another":   {in(func(v *questionbank.ItemVersion) { v.Options[3] = "65" }), similar.Near},
		"one word more": {in(func(v *questionbank.ItemVersion) {
			v.Stem = "为长期卧床、不能自行活动的老人翻身，每次的间隔一般不超过（　　）小时。"
		}), similar.Near},
		"another question": {single("洗手用流动水，揉搓不少于几秒？", 1, "1", "2", "4", "6.5"), ""},
		"another level":    {in(func(v *questionbank.ItemVersion) { v.Level = engine.Level4 }), ""},
		"its province":     {in(func(v *questionbank.ItemVersion) { v.Province = "12" }), similar.Exact},
		"another image": {in(func(v *questionbank.ItemVersion) {
			v.Stem += fmt.Sprintf(`<img src="image:%064x" alt=""/>`, 1)
		}), ""},
	} {
		for where, found := range map[string][]similar.Found{
			"bank":  similar.Find([]questionbank.ItemVersion{base}, []questionbank.ItemVersion{s.v}),
			"batch": similar.Find(nil, []questionbank.ItemVersion{base, s.v})[1:],
		} {
			switch got := found[0].Matches; {
			case s.want == "" && len(got) == 0:
			case len(got) != 1 || got[0].Kind != s.want || got[0].InBank != (where == "bank") || got[0].Other != 0:
				t.Errorf("%s in the %s: %+v, want %q", name, where, got, s.want)
			}
		}
	}
}

func TestProvincesThatNeverMeet(t *testing.T) {
	v, w := single("题干相同的两道补充题", 0, "甲", "乙"), single("题干相同的两道补充题", 1, "甲", "乙")
	v.Province, w.Province = "12", "50"
	if got := similar.Find([]questionbank.ItemVersion{v}, []questionbank.ItemVersion{w}); len(got[0].Matches) != 0 {
		t.Errorf("%+v", got)
	}
	w.Province = ""
	if got := similar.Find([]questionbank.ItemVersion{v}, []questionbank.ItemVersion{w}); len(got[0].Matches) != 1 || got[0].Matches[0].Kind != similar.Conflict {
		t.Errorf("%+v", got)
	}
}

// overlap counts in the open what the index finds by rare pieces.
func overlap(v, w questionbank.ItemVersion) (shared, all int) {
	pieces := func(v questionbank.ItemVersion) map[string]bool {
		m := map[string]bool{}
		for _, s := range append([]string{v.Stem}, v.Options...) {
			r := []rune(similar.Normal(s))
			for i := 0; i+3 <= len(r); i++ {
				m[string(r[i:i+3])] = true
			}
			if len(r) > 0 && len(r) < 3 {
				m[string(r)] = true
			}
		}
		return m
	}
	a, b := pieces(v), pieces(w)
	for p := range a {
		if b[p] {
			shared++
		}
	}
	return shared, len(a) + len(b) - shared
}

// TestNoNearPairIsMissed: every pair that overlaps enough is found, and no other is.
func TestNoNearPairIsMissed(t *testing.T) {
	word := rapid.SampledFrom([]string{"照护", "老人", "翻身", "清洁", "进食", "核对", "床号", "腕带", "体温", "记录"})
	rapid.Check(t, func(t *rapid.T) {
		var all []questionbank.ItemVersion
		for range rapid.IntRange(2, 5).Draw(t, "items") {
			stem := ""
			for _, w := range rapid.SliceOfN(word, 1, 12).Draw(t, "stem") {
				stem += w
			}
			all = append(all, single(stem, 0, rapid.SampledFrom([]string{"甲", "翻身清洁"}).Draw(t, "option"), "乙"))
		}
		bank := all[:rapid.IntRange(0, len(all)-1).Draw(t, "bank")]
		for n, f := range similar.Find(bank, all[len(bank):]) {
			at := len(bank) + n
			for o := range at {
				shared, union := overlap(all[o], all[at])
				want := shared*1000 >= union*similar.Threshold
				got := slices.ContainsFunc(f.Matches, func(m similar.Match) bool {
					other := m.Other
					if !m.InBank {
						other += len(bank)
					}
					return other == o && (m.Kind != similar.Near || m.Score == shared*1000/union)
				})
				if want != got {
					t.Fatalf("%q and %q share %d of %d: found %v", all[o].Stem, all[at].Stem, shared, union, got)
				}
			}
		}
	})
}

func TestNothingToCompare(t *testing.T) {
	if got := similar.Find(nil, nil); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	blank := single("？", 0, "。", "，") // which the bank refuses, but a comparison must bear
	if got := similar.Find(nil, []questionbank.ItemVersion{blank, blank}); len(got[1].Matches) != 1 {
		t.Errorf("%+v", got)
	}
}

// TestOneTemplate: a bank in which everything is near everything is cut off instead of compared pair by pair.
func TestOneTemplate(t *testing.T) {
	var all []questionbank.ItemVersion
	for n := range 4_000 {
		all = append(all, single(fmt.Sprintf("第%05d号老人每日应饮水多少毫升，照护师应当怎样安排饮水的时间和次数才合适？", n), 0, "一千五百", "两千五百"))
	}
	found := similar.Find(nil, all)
	if got := found[3_999]; len(got.Matches) != 5 || !got.Cut {
		t.Errorf("%+v", got)
	}
	again := similar.Find(nil, all)
	for n := range found {
		if !slices.Equal(found[n].Matches, again[n].Matches) {
			t.Fatalf("row %d: %v, then %v", n, found[n], again[n])
		}
	}
}

func BenchmarkFind(b *testing.B) {
	words := []string{"照护", "老人", "翻身", "清洁", "进食", "核对", "床号", "腕带", "体温", "记录", "血压", "皮肤", "口腔", "排泄", "睡眠", "活动", "转移", "辅具", "安全", "沟通"}
	item := func(n int) questionbank.ItemVersion {
		stem := ""
		for x := uint64(n)*2654435761 + 1; len(stem) < 90; x = x*6364136223846793005 + 1442695040888963407 {
			stem += words[x>>33%20]
		}
		return single(stem, 0, stem[:12], stem[12:30], stem[30:42], stem[42:60])
	}
	var all []questionbank.ItemVersion
	for n := range 200_000 {
		all = append(all, item(n))
	}
	for b.Loop() {
		similar.Find(all[:100_000], all[100_000:])
	}
}
