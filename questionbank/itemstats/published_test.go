package itemstats_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

var none = math.NaN()

// published is a set of marks for which somebody else published the statistics.
type published struct {
	unit    float64 // a mark of 1 in the integers of a tally
	most    []float64
	marks   string // a line for each attempt: its total, then a mark for each question
	want    map[string][]float64
	precise float64
}

// spreadsheet holds the marks of Moodle's unit test statistics_test.php (fixtures/mdl_question_states.csv; the questions
// in the order of its lines, one of those that nobody could earn a mark for kept) and the values that the spreadsheet
// stats.xls of its authors gives.
var spreadsheet = published{unit: 100, most: []float64{8, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0}, precise: 1e-8, marks: `
12 5.5 .3 .9 1 .3 0 1 1 0 0 0 1 1 0
7.4 1 .9 .9 .3 .3 0 1 0 1 0 0 1 1 0
11.7 2.5 1 .9 .3 1 1 1 1 1 0 1 1 0 0
8.5 4 .3 .9 1 .3 0 1 1 0 0 0 0 0 0
10.1 3 .9 .3 .9 1 1 0 1 1 1 0 0 0 0
11.3 4.5 .9 1 1 .9 0 0 0 0 1 1 1 0 0
11.2 3 .3 .3 .3 .3 1 1 1 1 0 1 1 1 0
14.1 6 .9 .9 1 .3 0 1 1 0 1 1 1 0 0
8.6 .5 .9 1 .9 .3 0 1 1 1 1 1 0 0 0
11.6 5.5 .9 1 .9 .3 0 0 1 0 1 0 0 1 0
9.3 2.5 .9 1 1 .9 0 1 1 0 1 0 0 0 0
13.1 4 .9 .3 .9 1 0 1 1 1 1 1 1 0 0
11.5 4 .9 .3 .3 1 1 0 0 1 1 1 0 1 0
11.3 3 1 1 .3 1 1 0 1 1 1 0 1 0 0
5.5 1 1 .9 .3 .3 0 0 0 0 0 1 0 1 0
4.8 1 .3 .3 .3 .9 0 1 0 0 0 0 1 0 0
8.7 1.5 1 .3 .9 1 0 0 1 0 1 0 1 1 0
11.8 4 .9 1 .9 1 0 0 0 1 1 1 1 0 0
6 2 .9 .9 .3 .9 0 0 0 0 1 0 0 0 0
5.9 1 1 .3 .3 .3 0 0 1 0 1 1 0 0 0
12.8 6 .9 1 1 .9 1 1 0 0 0 0 1 0 0
13.8 7 .9 .3 .3 .3 0 0 1 1 0 1 1 1 0`,
	want: map[string][]float64{
		"facility": {.4119318182, .8136363636, .7136363636, .6545454545, .6590909091, .2727272727, .50, .6363636364, .4545454545,
			.5909090909, .50, .5909090909, .3636363636, none},
		"sd": {1.912733589, .2512738111, .3226312277, .3334199022, .3375811591, .4558423058, .5117663157, .4923659639, .5096471914,
			.5032362797, .5117663157, .5032362797, .4923659639, 0},
		"effective": {26.58464457, 3.368456046, 3.253955259, 7.584083694, 3.79658376, 7.946277111, 4.769500946, 8.381139345, 8.727645713,
			4.532356904, 7.78856243, 10.08351572, 3.183278505, 0},
		"discrimination": {25.88327077, 1.170256965, -4.207816809, 28.16930644, -2.513606859, 15.52451404, -8.396734802, 15.18945843,
			16.21079629, -8.900638238, 8.670004606, 29.63337745, -12.99017581, none},
		"efficiency": {27.23492723, 1.382386552, -4.691171307, 31.12404354, -2.877487579, 22.06477733, -10, 17.4790556, 20.14359793,
			-10.27568922, 10.86956522, 34.58997279, -17.5074184, none},
	}}

// walkthrough holds the marks of Moodle's stats_from_steps_walkthrough_test.php (fixtures/results00.csv) and its expected
// values (fixtures/qstats00.csv), which were computed in another spreadsheet.
var walkthrough = published{unit: 1e7, most: []float64{1, 1, 1, 1, 1, 1, 1}, precise: 1.5e-5, marks: `
6 1 1 1 1 1 0 1
5.5 1 1 1 1 .5 1 0
5.5 1 1 1 1 .5 0 1
3 0 0 1 1 1 0 0
3.5 1 0 1 0 0 1 .5
5 1 1 1 1 .5 0 .5
5 0 1 1 1 .5 1 .5
5 1 1 1 0 .5 1 .5
6 1 0 1 1 1 1 1
4 0 1 1 0 .5 1 .5
4.8 .8 0 1 1 .5 1 .5
5.5 1 1 1 0 .5 1 1
5 1 0 1 1 .5 1 .5
4.5 1 0 1 1 1 0 .5
4 0 0 1 1 0 1 1
4.5 1 0 1 0 .5 1 1
4.3 .8 0 1 1 .5 0 1
4.5 1 0 1 1 0 1 .5
4 1 0 1 1 .5 0 .5
3.5 0 1 1 0 .5 1 0
4.3333333 1 1 .3333333 1 .5 0 .5
4 1 1 1 0 .5 0 .5
5.5 1 1 1 1 0 1 .5
3.5 0 0 1 0 .5 1 1
5 0 0 1 1 1 1 1`,
	want: map[string][]float64{
		"facility":       {.704, .48, .973333332, .68, .52, .64, .62},
		"sd":             {.4513682901, .5099019514, .13333334, .4760952286, .3055050463, .4898979486, .331662479},
		"effective":      {21.2922742344, 18.8979800309, 4.443012573, 18.9347251357, 11.1450138688, 9.8081339177, 15.4788602394},
		"discrimination": {-7.0650767526, -28.8982125772, -9.1230674268, -22.6306444113, -17.6997047674, -45.3785178421, -5.6543166602},
		"efficiency":     {-9.4550536967, -36.7834118938, -21.6545012165, -31.4411395613, -21.1794802584, -56.9365974439, -6.5043742058},
		"covariance":     {-.022555556, -.1172777785, -.0098888894, -.0833888893, -.0436944444, -.2015555547, -.0142499998},
		"max":            {.2385555565, .318833334, .045666669, .2652222232, .2063055556, .3539999995, .2190833335},
		"variance":       {.2037333333, .26, .0177777796, .2266666667, .0933333333, .24, .11},
		"rest":           {.5002777794, .6334555578, .6609, .5990111128, .6529555563, .8220111101, .5774000005},
	}}

func (p published) attempts(t *testing.T) (all []itemstats.Attempt) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(p.marks), "\n") {
		fields := strings.Fields(line)
		var a itemstats.Attempt
		sum := engine.Points(0)
		for n, f := range fields[1:] {
			x := four(fmt.Sprintf("Q%02d", n))
			x.Mark, x.Most = p.points(t, f), engine.Points(math.Round(p.most[n]*p.unit))
			sum += x.Mark
			a = append(a, x)
		}
		if want := p.points(t, fields[0]); sum != want || len(a) != len(p.most) {
			t.Fatalf("%q adds up to %d in %d questions", line, sum, len(a))
		}
		all = append(all, a)
	}
	return all
}

func (p published) points(t *testing.T, s string) engine.Points {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return engine.Points(math.Round(f * p.unit))
}

// TestPublished compares with numbers that others computed by other means.
func TestPublished(t *testing.T) {
	for name, p := range map[string]published{"spreadsheet": spreadsheet, "walkthrough": walkthrough} {
		t.Run(name, func(t *testing.T) {
			r := evaluate(t, p.attempts(t)...)
			scale := p.unit / 100 // of points in the tally to marks
			for n, s := range r.Items {
				for what, got := range map[string]*float64{"facility": s.Facility, "sd": over(s.SD, scale), "effective": s.Effective,
					"discrimination": s.Discrimination, "efficiency": s.Efficiency, "covariance": over(s.Covariance, scale*scale),
					"max": over(s.CovarianceMax, scale*scale), "variance": over(s.Variance, scale*scale), "rest": over(s.RestVariance, scale*scale)} {
					if want := p.want[what]; want != nil {
						near(t, fmt.Sprintf("%s of question %d", what, n+1), got, want[n], p.precise)
					}
				}
				place := r.Places[n]
				for what, got := range map[string]*float64{"facility": place.Facility, "effective": place.Effective, "discrimination": place.Discrimination,
					"sd": over(place.SD, scale)} {
					near(t, fmt.Sprintf("%s of place %d", what, n+1), got, p.want[what][n], p.precise)
				}
			}
		})
	}
}

func over(v *float64, by float64) *float64 {
	if v == nil {
		return nil
	}
	r := *v / by
	return &r
}

// TestPublishedExam compares the statistics of the whole with those that the walkthrough expects.
func TestPublishedExam(t *testing.T) {
	e := evaluate(t, walkthrough.attempts(t)...).Exam
	scale := walkthrough.unit / 100
	if e.Attempts != 25 || e.Positions != 7 {
		t.Fatalf("%d attempts at %d questions", e.Attempts, e.Positions)
	}
	for _, c := range []struct {
		what string
		got  *float64
		want float64
	}{
		{"median", over(e.Median, scale), 4.5},
		{"mean", over(e.Mean, scale), 4.617333332},
		{"standard deviation", over(e.SD, scale), .8117265554},
		{"skewness", e.Skewness, -.092502502},
		{"kurtosis", e.Kurtosis, -.7073968557},
		{"alpha", e.BySlot.Alpha, -87.2230935542},
		{"error ratio", e.BySlot.ErrorRatio, 136.8294900795},
		{"standard error", over(e.BySlot.StandardError, scale), 1.1106813066},
		{"alpha by item", e.ByItem.Alpha, -87.2230935542},
	} {
		near(t, c.what, c.got, c.want, 1.5e-5)
	}
}
