package api

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

// statsShown is how many items the page plots and may list; programs get all of them.
const statsShown = 1000

// statisticsPage shows what was computed before: of the release that is asked for, else of the newest that has any.
func (s *Server) statisticsPage(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), caller(c)
	releases, err := s.Bank.Releases(ctx, by)
	if err != nil {
		return err
	}
	slices.SortStableFunc(releases, func(a, b *questionbank.Release) int { return b.Published.Compare(a.Published) })
	v := web.StatisticsView{Release: c.Query("release"), Releases: each(releases, func(r *questionbank.Release) string { return r.ID })}
	levels, err := s.levelStatistics(ctx, by, &v)
	if err != nil {
		return err
	}
	if len(levels) == 0 {
		return s.show(c, "statistics", v)
	}
	l := levels[0]
	for _, one := range levels {
		v.Levels = append(v.Levels, one.Level)
		if one.Level == levelOf(c.Query("level")) {
			l = one
		}
	}
	fillStatistics(&v, l)
	v.All = c.Query("all") == "yes"
	return s.show(c, "statistics", v)
}

// levelStatistics are those of v.Release, or, while none is chosen, of the first release that has any.
func (s *Server) levelStatistics(ctx context.Context, by authz.Principal, v *web.StatisticsView) ([]*theory.LevelStatistics, error) {
	if s.Statistics == nil {
		return nil, nil
	}
	for _, id := range v.Releases {
		if v.Release != "" && v.Release != id {
			continue
		}
		got, err := s.Statistics.ReleaseStatistics(ctx, by, id)
		if errors.Is(err, theory.ErrNoStatistics) {
			continue
		}
		if err != nil || len(got) > 0 {
			v.Release = id
			return got, err
		}
	}
	return nil, nil
}

func fillStatistics(v *web.StatisticsView, l *theory.LevelStatistics) {
	e := l.Exam
	v.Level, v.Sessions, v.At = l.Level, l.Sessions, l.At
	v.Exam = web.ExamNumbers{Attempts: e.Attempts, Mean: e.Mean, Median: e.Median, SD: e.SD, Skewness: e.Skewness, Kurtosis: e.Kurtosis,
		AlphaItem: e.ByItem.Alpha, AlphaSlot: e.BySlot.Alpha, ErrorRatio: e.ByItem.ErrorRatio, StandardError: e.ByItem.StandardError}
	if least := itemstats.DefaultThresholds().Attempts; e.Attempts < least {
		v.Few = least
	}
	v.Totals, v.Facility = totalBins(e.Totals), facilityBins(l.Items)
	v.Items = each(l.Items, itemStat)
	slices.SortStableFunc(v.Items, func(a, b web.ItemStat) int { return len(b.Flags) - len(a.Flags) })
	for _, i := range v.Items {
		if len(i.Flags) > 0 {
			v.Flagged++
		}
	}
	v.MoreItems = max(0, len(v.Items)-statsShown)
	v.Items = v.Items[:len(v.Items)-v.MoreItems]
}

// bins are ten columns from 0 to 100, both ends in the outer ones.
func bins() []web.Bin {
	all := make([]web.Bin, 10)
	for i := range all {
		all[i].Label = fmt.Sprintf("%d–%d", 10*i, 10*(i+1))
	}
	return all
}

// bin is the column of a value from 0 to 100.
func bin(value float64) int { return min(max(int(value/10), 0), 9) }

func totalBins(totals []itemstats.Total) []web.Bin {
	all := bins()
	for _, t := range totals {
		all[bin(float64(t.Points)/float64(engine.Pt(1)))].Count += t.N
	}
	return all
}

func facilityBins(items []itemstats.Statistics) []web.Bin {
	all := bins()
	for _, i := range items {
		if i.Facility != nil {
			all[bin(*i.Facility*100)].Count++
		}
	}
	return all
}

func itemStat(i itemstats.Statistics) web.ItemStat {
	return web.ItemStat{Code: i.Code, Version: i.Version, Attempts: i.Attempts, Share: i.Share, Facility: i.Facility, SD: i.SD, Guess: i.Guess,
		Intended: i.Intended, Effective: i.Effective, Discrimination: i.Discrimination, Efficiency: i.Efficiency,
		Flags: each(i.Flags, func(f itemstats.Flag) string { return string(f) })}
}

// itemNumbers are the statistics of an item, its newest version first; none where nobody met it.
func (s *Server) itemNumbers(ctx context.Context, by authz.Principal, i *questionbank.Item) ([]web.ItemNumbers, error) {
	if s.Statistics == nil {
		return nil, nil
	}
	got, err := s.Statistics.ItemStatistics(ctx, by, i.Code)
	if got, err = absent(got, err, theory.ErrNoStatistics); err != nil || got == nil {
		return nil, err
	}
	all := each(got.Versions, func(n itemstats.Statistics) web.ItemNumbers { return numbersOf(n, i) })
	slices.Reverse(all)
	return all, nil
}

func numbersOf(n itemstats.Statistics, i *questionbank.Item) web.ItemNumbers {
	v := web.ItemNumbers{ItemStat: itemStat(n)}
	for k, o := range n.Options {
		one := web.OptionNumbers{Letter: questionbank.Letters([]int{k}), Key: o.Key, Chosen: o.Chosen, Share: o.Share, Mean: o.Mean, Groups: o.Groups}
		if n.Version >= 1 && n.Version <= len(i.Versions) && k < len(i.Versions[n.Version-1].Options) {
			one.Text = reading(i.Versions[n.Version-1].Options[k])
		}
		v.Options = append(v.Options, one)
	}
	for _, g := range n.Groups {
		v.Open += g.Open
		v.Groups = append(v.Groups, web.GroupNumbers{Attempts: g.Attempts, Least: g.Least, Most: g.Most, Facility: g.Facility})
	}
	return v
}
