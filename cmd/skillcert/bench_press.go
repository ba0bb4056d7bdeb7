package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/press"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// pressMost bounds the documents that the press alone makes.
const pressMost = 1000

// issueResult is what a bench of issuing shows. Only these fields are printed as JSON.
type issueResult struct {
	Bench        string  `json:"bench"`
	Certificates int     `json:"certificates"`
	PerSCore     float64 `json:"per_s_core"` // rendered and sealed in a second of one core
	Render       float64 `json:"render_ms"`
	Seal         float64 `json:"seal_ms"`     // median of whole seals
	RawSign      float64 `json:"raw_sign_ms"` // median of signatures alone, in turn with them
	Above        float64 `json:"seal_above_raw_ms"`
	Bytes        int     `json:"bytes"` // median of a file
	BytesMost    int     `json:"bytes_max"`
	Allocs       float64 `json:"allocs"`
	AllocKB      float64 `json:"alloc_kb"`

	IssuedPerS float64 `json:"issued_per_s"` // the whole way
	IssueCPU   float64 `json:"issue_cpu_ms"` // CPU time of it for one
	P50        float64 `json:"p50_ms"`
	P95        float64 `json:"p95_ms"`
	P99        float64 `json:"p99_ms"`
	RSSStart   int     `json:"rss_start_mb"`
	RSSMiddle  int     `json:"rss_middle_mb"`
	RSSEnd     int     `json:"rss_end_mb"`
	RSS        int     `json:"rss_mb"` // at most
	Lost       int     `json:"lost"`
	Doubled    int     `json:"doubled"`
	Bad        int     `json:"bad"`
	Verified   int     `json:"verified"`
	Leaves     int64   `json:"log_entries"`

	account officeAccount
	pressed int
}

// pressAgain makes documents of certificates again, with nothing else going on.
func (h *certOffice) pressAgain(ctx context.Context, r *issueResult) error {
	drafts, err := h.drafts(ctx, pressMost)
	if err != nil {
		return err
	}
	p, err := h.openPress(openFonts)()
	if err != nil {
		return err
	}
	r.pressed = len(drafts)
	if err := r.timePress(p, drafts); err != nil {
		return err
	}
	return h.timeSeals(r, p, drafts)
}

// drafts are what documents of the batch are made of, as they were made.
func (h *certOffice) drafts(ctx context.Context, most int) (all []certs.Draft, err error) {
	rows, _, err := h.store.Ledger().Numbers(ctx, "", false, engine.Cursor{Limit: most})
	if err != nil {
		return nil, err
	}
	for _, c := range rows {
		f, err := h.store.Files().File(ctx, c.Number, c.Version)
		if err != nil {
			return nil, err
		}
		holder, err := h.Registry.Named(ctx, c.Holder)
		if err != nil {
			return nil, err
		}
		photo, err := h.Registry.Photo(ctx, holder)
		if err != nil {
			return nil, err
		}
		all = append(all, certs.Draft{Certificate: c, Edition: &c.Edition, Photo: photo, Credential: pades.Peek(f.PDF), At: c.Sealed})
	}
	return all, nil
}

// timePress makes all documents one after the other. Some are made before, so that keys and rare characters are there.
func (r *issueResult) timePress(p *press.Press, drafts []certs.Draft) error {
	for _, d := range drafts[:min(len(drafts), officeFaces)] {
		if _, err := p.Seal(d); err != nil {
			return err
		}
	}
	var before, after runtime.MemStats
	sizes := make([]int, len(drafts))
	runtime.GC()
	runtime.ReadMemStats(&before)
	watch := startCPU()
	for i, d := range drafts {
		file, err := p.Seal(d)
		if err != nil {
			return err
		}
		sizes[i] = len(file)
	}
	took, n := watch.elapsed(), float64(len(drafts))
	runtime.ReadMemStats(&after)
	slices.Sort(sizes)
	r.PerSCore = rounded(n/max(took.Seconds(), 1e-9), 1)
	r.Bytes, r.BytesMost = sizes[len(sizes)/2], sizes[len(sizes)-1]
	r.Allocs = rounded(float64(after.Mallocs-before.Mallocs)/n, 1)
	r.AllocKB = rounded(float64(after.TotalAlloc-before.TotalAlloc)/1024/n, 1)
	return nil
}

// timeSeals takes turns: a signature of a key that lies in memory, and the whole seal of a page.
func (h *certOffice) timeSeals(r *issueResult, p *press.Press, drafts []certs.Draft) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	var raw, seals, above, pages []time.Duration
	for _, d := range drafts {
		body := keys.Body{Name: d.Edition.OrgName, Filing: d.Certificate.Filing}
		sealer, err := h.keys.Sealer(body, keys.Year(d.At), d.At)
		if err != nil {
			return err
		}
		var page []byte
		rendering, err := took(func() (err error) { page, err = p.Page(d); return err })
		if err != nil {
			return err
		}
		digest := sha256.Sum256(page)
		signing, err := took(func() error { _, err := key.Sign(rand.Reader, digest[:], crypto.SHA256); return err })
		if err != nil {
			return err
		}
		sealing, err := took(func() error {
			_, err := sealer.Seal(pades.Input{PDF: page, Reason: "颁发职业技能等级证书"}, d.At)
			return err
		})
		if err != nil {
			return err
		}
		raw, seals, above, pages = append(raw, signing), append(seals, sealing), append(above, sealing-signing), append(pages, rendering)
	}
	r.RawSign, r.Seal, r.Above, r.Render = median(raw), median(seals), median(above), median(pages)
	return nil
}

// took is how long something takes.
func took(do func() error) (time.Duration, error) {
	watch := clock.Start()
	err := do()
	return watch.Elapsed(), err
}

// median is in milliseconds; it sorts the times.
func median(times []time.Duration) float64 {
	slices.Sort(times)
	return rounded(float64(percentile(times, 50))/float64(time.Millisecond), 4)
}

func (r *issueResult) print(out io.Writer, o officeOptions) error {
	if o.asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	var b strings.Builder
	_, _ = fmt.Fprint(&b, "发证测试 issue benchmark\n")
	line := func(name, format string, args ...any) {
		_, _ = fmt.Fprintf(&b, "  %s"+format+"\n", append([]any{padded(name)}, args...)...)
	}
	line("机器 machine", "%s", thisMachine())
	line("条件 conditions", "%d certificates in one batch, photos, ECDSA P-256, baseline B-B with DSS, stock gofpdf; %s", r.Certificates, o.storeName())
	line("制作 press", "%.0f a second and core rendered and sealed, %d of the batch again; render %.3f ms", r.PerSCore, r.pressed, r.Render)
	line("", "%.0f allocations, %.0f KiB allocated for each; a file has %d bytes, %d at most", r.Allocs, r.AllocKB, r.Bytes, r.BytesMost)
	line("签章 seal", "%.4f ms, a raw signature %.4f ms, above it %.4f ms (medians, in turn)", r.Seal, r.RawSign, r.Above)
	line("发证 issue", "%.0f certificates a second, %.2f ms of CPU each: number, status, log, proof, document, seal, file", r.IssuedPerS, r.IssueCPU)
	line("", "number to seal p50 %.1f   p95 %.1f   p99 %.1f ms", r.P50, r.P95, r.P99)
	line("内存 memory", "%d MB at the start, %d in the middle, %d at the end; %d at most", r.RSSStart, r.RSSMiddle, r.RSSEnd, r.RSS)
	line("清点 account", "%d lost, %d doubled, %d bad; %d files verified again; log of %d leaves audited whole", r.Lost, r.Doubled, r.Bad, r.Verified, r.Leaves)
	if r.account.first != nil {
		line("首个问题 first problem", "%v", r.account.first)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// thisMachine says where figures came about.
func thisMachine() string {
	return fmt.Sprintf("%s, %s/%s, %d CPU, GOMAXPROCS %d, %s", processor(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.GOMAXPROCS(0),
		runtime.Version())
}

func (o loadOptions) storeName() string {
	if o.Mongo != "" {
		return "MongoDB, majority"
	}
	return "SQLite, WAL, synchronous=FULL"
}
