package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/assembly/synthetic"
)

// Limits of a measurement.
const (
	benchMinItems = 1_000
	benchMaxItems = 5_000_000
	benchMaxForms = 1 << 18
	benchSeats    = 30 // of a room
	benchRepeats  = 5  // one candidate of so many has sat before
)

func benchCommand(con console) *cobra.Command {
	bench := &cobra.Command{Use: "bench", Short: "Measure parts of the engine on this machine"}
	bench.AddCommand(benchDrawCommand(con), benchGateCommand(con), benchAutosaveCommand(con), benchSittingCommand(con),
		benchIssueCommand(con), benchVerifyCommand(con), benchSeparationCommand(con))
	return bench
}

type benchOptions struct {
	items  []int
	forms  int
	seed   uint64
	asJSON bool
	mix    bool
}

func benchDrawCommand(con console) *cobra.Command {
	var o benchOptions
	cmd := &cobra.Command{Use: "draw", Short: "Measure the draw of theory forms on synthetic banks", Args: cobra.NoArgs,
		Long: "Draws forms of 100 items from banks that are made from a seed, checks every form by independent code, compares\n" +
			"exposure and overlap with bounds that no draw can beat, and draws everything again to compare. Items count a bank of\n" +
			"three levels, of which one is drawn. Times are CPU time of the process on one core, garbage collection included.",
		RunE: func(*cobra.Command, []string) error { return benchDraw(con.out, o) }}
	cmd.Flags().IntSliceVar(&o.items, "items", []int{2000, 20_000, 200_000, 1_000_000}, "sizes of banks")
	cmd.Flags().IntVar(&o.forms, "forms", 10_000, "forms to draw from each")
	cmd.Flags().Uint64Var(&o.seed, "seed", 1, "of the banks and of the draws")
	cmd.Flags().BoolVar(&o.mix, "province-mix", false, "candidates of 30 provinces instead of one")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print one JSON object a line")
	return cmd
}

func (o benchOptions) check() error {
	for _, n := range o.items {
		if n < benchMinItems || n > benchMaxItems {
			return fmt.Errorf("--items: %d is not from %d to %d", n, benchMinItems, benchMaxItems)
		}
	}
	if o.forms < 2 || o.forms > benchMaxForms {
		return fmt.Errorf("--forms: %d is not from 2 to %d", o.forms, benchMaxForms)
	}
	return nil
}

func benchDraw(out io.Writer, o benchOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	if !o.asJSON {
		if err := o.introduce(out); err != nil {
			return err
		}
	}
	for _, n := range o.items {
		r, err := o.measure(n)
		if err != nil {
			return fmt.Errorf("bank of %d items: %w", n, err)
		}
		if err := r.print(out, o.asJSON); err != nil {
			return err
		}
	}
	return nil
}

// introduce says where and under which conditions the figures came about.
func (o benchOptions) introduce(out io.Writer) error {
	who := "candidates of one province"
	if o.mix {
		who = "candidates of 30 provinces"
	}
	_, err := fmt.Fprintf(out, "组卷测试 draw benchmark\n"+
		"  机器 machine     %s, %s/%s, %d CPU, %s\n"+
		"  条件 conditions  %d forms of 100 items, one level of three, %s, rooms of %d, one in %d sat before (their earlier form is excluded),\n"+
		"                   types 60/20/20, difficulties 10/20/40/20/10, X >= 55, Z <= 15, supplement <= 20, one item a point, enemies,\n"+
		"                   4704 to 4896 seconds, exposure cap 1.05 x least peak, seed %d\n",
		processor(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), o.forms, who, benchSeats, benchRepeats, o.seed)
	return err
}

// processor is the name of the CPU where the system tells it.
func processor() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown CPU"
	}
	for line := range strings.Lines(string(b)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, " \t:"))
		}
	}
	return "unknown CPU"
}

// benchResult is what is measured of one bank. Only the exported fields are printed as JSON.
type benchResult struct {
	Items         int     `json:"items"`
	FormsPerS     float64 `json:"forms_per_s"`
	NsPerForm     float64 `json:"ns_per_form"`
	AllocsPerForm float64 `json:"allocs_per_form"`
	Violations    int     `json:"violations"`
	Failures      int     `json:"failures"`
	ExposureRatio float64 `json:"exposure_ratio"`
	OverlapMean   float64 `json:"overlap_mean"`
	OverlapBound  float64 `json:"overlap_bound"`
	NeighbourMean float64 `json:"neighbour_mean"`
	Unused        int     `json:"unused"`

	cards, eligible int
	index           time.Duration // CPU time of NewIndex
	plan            time.Duration
	again           time.Duration // of the three together: what it takes to derive the sitting again
	same            bool          // the second draw gave the first one's forms
	peak, leastPeak float64       // share of forms
	first           error         // why the first failed slot failed, or the first bad form is bad
}

func (o benchOptions) measure(items int) (r benchResult, err error) {
	run := benchRun{bank: synthetic.New(items, o.seed)}
	binary.BigEndian.PutUint64(run.seed[:], o.seed)
	run.slots = o.roster(run.bank.Provinces)
	r.Items, r.cards = items, len(run.bank.Cards)
	runtime.GC()
	watch := startCPU()
	if run.index, err = assembly.NewIndex(synthetic.Level, run.bank.Table, run.bank.Cards); err != nil {
		return r, err
	}
	r.index = watch.elapsed()
	watch = startCPU()
	forms := assembly.Forms(run.bank.Blueprint.Forms, run.slots)
	if run.ready, err = assembly.NewPlan(run.index, run.bank.Blueprint, forms); err != nil {
		return r, err
	}
	r.plan = watch.elapsed()
	if err := run.meet(&r); err != nil {
		return r, err
	}
	if err := run.time(&r); err != nil {
		return r, err
	}
	run.verify(&r)
	run.compare(&r)
	return r, nil
}

// roster seats the candidates in rooms, in one province or in all of them by their size.
func (o benchOptions) roster(provinces []string) (slots []assembly.Slot) {
	if !o.mix {
		provinces = provinces[:1]
	}
	whole, share := 0, make([]int, len(provinces))
	for i := range share {
		share[i] = 5040 / (i + 6)
		whole += share[i]
	}
	left := o.forms
	for i := range share {
		share[i] = o.forms * share[i] / whole
		left -= share[i]
	}
	share[0] += left
	for i, n := range share {
		for k := range n {
			slots = append(slots, assembly.Slot{Province: provinces[i], Room: fmt.Sprintf("%05d", k/benchSeats), Seat: k%benchSeats + 1})
		}
	}
	return assembly.Order(slots)
}

// benchRun is one bank with its roster.
type benchRun struct {
	bank  *synthetic.Bank
	index *assembly.Index
	ready *assembly.Plan
	seed  [32]byte
	slots []assembly.Slot
	drawn []assembly.Drawn // by slot; without cards where the draw failed
}

// meet draws all slots and lets one candidate in benchRepeats have met the form of an earlier slot before.
func (b *benchRun) meet(r *benchResult) error {
	d, err := assembly.NewDrawer(b.ready, b.seed)
	if err != nil {
		return err
	}
	b.drawn = make([]assembly.Drawn, len(b.slots))
	for i := range b.slots {
		if i%benchRepeats == benchRepeats-1 {
			for _, at := range b.drawn[i/2].Cards {
				b.slots[i].Excluded = append(b.slots[i].Excluded, b.index.Card(at).Handle)
			}
		}
		if b.drawn[i], err = d.Draw(b.slots[i]); err != nil {
			b.drawn[i] = assembly.Drawn{}
			r.fail(&r.Failures, err)
		}
	}
	return nil
}

func (r *benchResult) fail(count *int, err error) {
	if *count++; r.first == nil {
		r.first = err
	}
}

// time draws all slots once more and measures that.
func (b *benchRun) time(r *benchResult) error {
	var before, after runtime.MemStats
	got := make([]assembly.Drawn, len(b.slots))
	runtime.GC()
	runtime.ReadMemStats(&before)
	watch := startCPU()
	d, err := assembly.NewDrawer(b.ready, b.seed)
	if err != nil {
		return err
	}
	for i := range b.slots {
		if got[i], err = d.Draw(b.slots[i]); err != nil {
			got[i] = assembly.Drawn{}
		}
	}
	took, n := watch.elapsed(), float64(len(b.slots))
	runtime.ReadMemStats(&after)
	r.NsPerForm = float64(took.Nanoseconds()) / n
	r.FormsPerS = 1e9 / max(r.NsPerForm, 1)
	r.AllocsPerForm = float64(after.Mallocs-before.Mallocs) / n
	r.again = r.index + r.plan + took
	r.same = slices.EqualFunc(b.drawn, got, sameForm)
	return nil
}

func sameForm(a, b assembly.Drawn) bool {
	return slices.Equal(a.Cards, b.Cards) && slices.EqualFunc(a.Options, b.Options, slices.Equal[[]uint8])
}

// verify lets the independent checker look at every form and then at all of them together.
func (b *benchRun) verify(r *benchResult) {
	var slots []assembly.Slot
	var drawn []assembly.Drawn
	for i, d := range b.drawn {
		if d.Cards != nil {
			slots, drawn = append(slots, b.slots[i]), append(drawn, d)
		}
	}
	b.slots, b.drawn = slots, drawn
	for i, d := range drawn {
		if err := assembly.Check(b.index, b.bank.Blueprint, slots[i], d); err != nil {
			r.fail(&r.Violations, err)
		}
	}
	if err := assembly.CheckAll(b.index, b.bank.Blueprint, slots, drawn); err != nil && r.Violations == 0 {
		r.fail(&r.Violations, err)
	}
}

// compare holds the draw against the bounds.
func (b *benchRun) compare(r *benchResult) {
	bounds := assembly.BoundsOf(b.ready, b.slots, b.drawn)
	r.OverlapMean, r.OverlapBound = bounds.Overlap, bounds.LeastOverlap
	if r.peak, r.leastPeak = bounds.Peak, bounds.LeastPeak; r.leastPeak > 0 {
		r.ExposureRatio = r.peak / r.leastPeak
	}
	used, provinces := make([]bool, b.index.Len()), map[string]bool{"": true}
	for i, d := range b.drawn {
		provinces[b.slots[i].Province] = true
		for _, at := range d.Cards {
			used[at] = true
		}
	}
	for at, seen := range used {
		if provinces[b.index.Card(int32(at)).Province] {
			r.eligible++
			if !seen {
				r.Unused++
			}
		}
	}
	r.NeighbourMean = b.neighbours()
}

// neighbours is the mean number of items that two forms have in common whose seats lie side by side.
func (b *benchRun) neighbours() float64 {
	shared, pairs := 0, 0
	at := make([]int, b.index.Len()) // the latest form that holds the item, counted from 1
	for i, d := range b.drawn {
		beside := i > 0 && b.slots[i-1].Room == b.slots[i].Room && b.slots[i-1].Province == b.slots[i].Province && b.slots[i-1].Seat+1 == b.slots[i].Seat
		for _, card := range d.Cards {
			if beside && at[card] == i {
				shared++
			}
			at[card] = i + 1
		}
		if beside {
			pairs++
		}
	}
	return float64(shared) / float64(max(pairs, 1))
}

func (r benchResult) print(out io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	same := "相同 the same forms"
	if !r.same {
		same = "不同 DIFFERENT FORMS"
	}
	note := ""
	if r.first != nil {
		note = fmt.Sprintf("  首个问题 first problem    %v\n", r.first)
	}
	_, err := fmt.Fprintf(out, "\n题库 bank of %d items: %d of this level, %d for these candidates\n"+
		"  速度 speed               %.0f forms/s/core, %.0f ns and %.1f allocations a form, the form itself included\n"+
		"  违规、失败 bad, failed   %d violations, %d failures\n%s"+
		"  曝光 exposure            most used item in %.4f of forms, least possible %.4f, ratio %.4f\n"+
		"  重题 overlap             mean %.4f, no draw below %.4f (certified, gap %.2f %%), side by side %.4f\n"+
		"  未用 unused              %d items\n"+
		"  索引 index               %.0f ns an item; plan %.1f ms\n"+
		"  重算 derived again       %.2f s with index and plan: %s\n",
		r.Items, r.cards, r.eligible, r.FormsPerS, r.NsPerForm, r.AllocsPerForm, r.Violations, r.Failures, note,
		r.peak, r.leastPeak, r.ExposureRatio, r.OverlapMean, r.OverlapBound, r.gap(), r.NeighbourMean, r.Unused,
		float64(r.index.Nanoseconds())/float64(max(r.cards, 1)), r.plan.Seconds()*1000, r.again.Seconds(), same)
	return err
}

// gap is how far the mean overlap lies above its bound, in hundredths.
func (r benchResult) gap() float64 {
	if r.OverlapBound <= 0 {
		return 0
	}
	return (r.OverlapMean/r.OverlapBound - 1) * 100
}
