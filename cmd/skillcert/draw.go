package main

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// drawing is what draw is told on its command line.
type drawing struct {
	settings
	release    string
	blueprints []string
	roster     string
	seed       string
	out        string
	sitting    string
}

func drawCommand(con console) *cobra.Command {
	d := drawing{settings: settings{Listen: defaultListen, Label: "skillcert"}}
	cmd := &cobra.Command{Use: "draw --data DIR --release ID --blueprint ID[,ID…] --roster FILE --seed HEX --out DIR",
		Short: "Draw the forms of a roster, with a transcript from which everybody can draw them again", Args: cobra.NoArgs,
		Long: "Draws a form for every seat of a roster and writes OUT/transcript.json and OUT/forms.jsonl.\n\n" +
			"The roster is a csv or xlsx table with the columns level, province, release, site, room, seat, candidate, excluded.\n" +
			"release is --release, or a provincial release built on it, whose supplement the form may then hold; empty means\n" +
			"--release. site, empty for the room, is what shares reserve forms: one in twenty seats, at least two. excluded are\n" +
			"codes of items not to be met again, separated by blanks. There is one blueprint for each level.\n\n" +
			"This is the use without custodians and without public randomness: --seed, 64 hexadecimal digits, stands for the\n" +
			"secret share of an only custodian. Whoever knows it before the roster is fixed can choose the forms, and the audit\n" +
			"says so. The same seed, key file and inputs give the same forms.\n\n" +
			"The transcript holds the seed, and forms.jsonl the items: keep both sealed until the last session is over.",
		RunE: func(cmd *cobra.Command, _ []string) error { return d.run(cmd.Context(), con) }}
	d.flags(cmd, con)
	cmd.Flags().StringVar(&d.release, "release", "", "release to draw from")
	cmd.Flags().StringSliceVar(&d.blueprints, "blueprint", nil, "blueprint, one for each level of the roster")
	cmd.Flags().StringVar(&d.roster, "roster", "", "table of candidates, csv or xlsx")
	cmd.Flags().StringVar(&d.seed, "seed", "", "secret share of the only custodian, 64 hexadecimal digits")
	cmd.Flags().StringVar(&d.out, "out", "", "directory for the transcript and the forms; nothing in it is overwritten")
	cmd.Flags().StringVar(&d.sitting, "sitting", "", "name of the sitting (default: made from the inputs)")
	cmd.AddCommand(drawAuditCommand(con), drawPaperCommand(con))
	return cmd
}

const (
	transcriptFile = "transcript.json"
	formsFile      = "forms.jsonl"
	drawKeyFile    = "draw.key"
)

var errDrawing = errs.New(errs.Invalid, "draw.input", "组卷命令的参数不正确")

// check reports every problem of the command line at once.
func (d *drawing) check() (seed protocol.Hash, err error) {
	var c errs.Check
	c.That(seed.UnmarshalText([]byte(strings.ToLower(d.seed))) == nil, "seed", "form", "应为64位十六进制数字")
	c.That(d.release != "", "release", "missing", "缺少题库版本")
	c.That(len(d.blueprints) > 0, "blueprint", "missing", "缺少组卷方案")
	c.That(d.roster != "", "roster", "missing", "缺少考生名册")
	c.That(d.out != "", "out", "missing", "缺少输出目录")
	for _, name := range []string{transcriptFile, formsFile} {
		_, err := os.Lstat(filepath.Join(d.out, name))
		c.That(d.out == "" || errors.Is(err, os.ErrNotExist), "out", "exists", name+" 已存在，不覆盖")
	}
	return seed, explain(c.Err(errDrawing))
}

func (d *drawing) run(ctx context.Context, con console) error {
	seed, err := d.check()
	if err != nil {
		return err
	}
	file, err := readAtMost(d.roster, maxRoster)
	if err != nil {
		return err
	}
	return inHouse(ctx, d.settings, func(h *house) error {
		r, err := h.readRoster(ctx, filepath.Base(d.roster), file, d.release, d.blueprints)
		if err != nil {
			return explain(err)
		}
		p, err := d.prepare(h, r, seed, file)
		if err != nil {
			return explain(err)
		}
		if err := p.play(h); err != nil {
			return explain(err)
		}
		if err := p.write(d.out); err != nil {
			return err
		}
		return p.report(con.out, d.out)
	})
}

// play is a whole sitting in one go, up to the reveal: the only custodian is the machine itself.
type play struct {
	roster *roster
	bank   *protocol.Bank
	slots  map[engine.Level][]protocol.Slot
	ids    map[protocol.Hash]protocol.Seat // who stands behind a pseudonym

	terms   protocol.Terms
	key     protocol.Key
	secret  protocol.Secret
	signer  ed25519.PrivateKey
	sitting *protocol.Sitting
	file    []byte
}

// prepare derives the keys of the sitting from the house's own, blinds the bank and the roster.
func (d *drawing) prepare(h *house, r *roster, seed protocol.Hash, file []byte) (*play, error) {
	master, err := secretFile(filepath.Join(d.Data, keyRoom, drawKeyFile))
	if err != nil {
		return nil, err
	}
	p := &play{roster: r, ids: map[protocol.Hash]protocol.Seat{}}
	p.terms = protocol.Terms{Sitting: d.sitting, Quorum: 1, Beacon: protocol.Announcement{Kind: protocol.NoBeacon}}
	if p.terms.Sitting == "" {
		p.terms.Sitting = r.name(seed, file)
	}
	if err := p.derive(master, seed); err != nil {
		return nil, err
	}
	if p.bank, err = protocol.Blind(p.key, r.national, r.supplements, nil); err != nil {
		return nil, err
	}
	seats := r.seats(p.bank.Items)
	for _, s := range seats {
		p.ids[protocol.Pseudonym(p.key.PseudonymSalt(s.Candidate), s.Candidate)] = s
	}
	p.slots, err = protocol.Enrol(p.key, seats)
	return p, r.atRows(err)
}

// derive makes the keys of the sitting. The key of the handles must not follow from the seed, which is revealed.
func (p *play) derive(master []byte, seed protocol.Hash) error {
	made := map[string]protocol.Hash{}
	for _, use := range []string{"operator", "box", "handles " + p.terms.Sitting, "nonce " + p.terms.Sitting} {
		b, err := hkdf.Expand(sha256.New, master, "skillcert draw "+use, sha256.Size)
		if err != nil {
			return err
		}
		word, _, _ := strings.Cut(use, " ")
		made[word] = protocol.Hash(b)
	}
	operator, box := made["operator"], made["box"]
	p.signer = ed25519.NewKeyFromSeed(operator[:])
	open, err := ecdh.X25519().NewPrivateKey(box[:])
	if err != nil {
		return err
	}
	p.key, p.secret = protocol.Key(made["handles"]), protocol.Secret{Share: seed, Nonce: made["nonce"]}
	p.terms.Operator = protocol.Hex(p.signer.Public().(ed25519.PublicKey))
	p.terms.Custodians = []protocol.Custodian{{Name: "--seed", Sign: p.terms.Operator, Box: open.PublicKey().Bytes()}}
	return nil
}

// play goes through all steps of the protocol.
func (p *play) play(h *house) (err error) {
	e := protocol.Engine{Algorithm: protocol.Algorithm, Build: version(), Vectors: protocol.Vectors()}
	if p.sitting, err = protocol.Open(h.clock.Now(), p.terms, p.key, e, p.signer); err != nil {
		return err
	}
	c, err := p.terms.Commit(1, p.secret, nil)
	if err != nil {
		return err
	}
	if err := p.sitting.Commit(h.clock.Now(), c); err != nil {
		return err
	}
	if _, err := p.sitting.Fix(h.clock.Now(), protocol.Plan{Bank: p.bank, Blueprints: p.roster.blueprints, Slots: p.slots}); err != nil {
		return err
	}
	if err := p.sitting.Observe(h.clock.Now(), protocol.Beacon{}); err != nil {
		return err
	}
	if _, err := p.sitting.Draw(h.clock.Now(), []protocol.Secret{p.secret}); err != nil {
		return err
	}
	if err := p.sitting.Reveal(h.clock.Now(), protocol.Reveal{Custodian: 1, Secret: p.secret}); err != nil {
		return err
	}
	p.file, err = p.sitting.Transcript()
	return err
}

// drawnForm is one line of forms.jsonl. Reserve forms have no candidate.
type drawnForm struct {
	Level     engine.Level        `json:"level"`
	Province  string              `json:"province,omitempty"`
	Release   string              `json:"release"`
	Blueprint string              `json:"blueprint"`
	Site      string              `json:"site"`
	Room      string              `json:"room"`
	Seat      int                 `json:"seat"`
	Reserve   bool                `json:"reserve,omitempty"`
	Candidate string              `json:"candidate,omitempty"`
	Digest    string              `json:"digest"`
	Slot      int                 `json:"slot"`
	Items     []assembly.FormItem `json:"items"`
}

// write puts both files into the directory.
func (p *play) write(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var forms bytes.Buffer
	lines := json.NewEncoder(&forms)
	for _, l := range p.sitting.Levels() {
		for no, s := range p.sitting.Slots(l) {
			f, err := p.sitting.Form(l, no, p.bank.Items)
			if err != nil {
				return err
			}
			err = lines.Encode(drawnForm{Level: l, Province: s.Province, Release: p.roster.releaseOf(s.Province), Blueprint: p.roster.blueprints[l].ID,
				Site: s.Site, Room: s.Room, Seat: s.Seat, Reserve: s.Reserve, Candidate: p.ids[s.Candidate].Candidate, Digest: f.Digest(), Slot: no, Items: f.Items})
			if err != nil {
				return err
			}
		}
	}
	return errors.Join(writeNew(filepath.Join(dir, transcriptFile), p.file), writeNew(filepath.Join(dir, formsFile), forms.Bytes()))
}

// report prints counts, exposure and overlap of every level, and the root.
func (p *play) report(out io.Writer, dir string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "场次 sitting: %s\n", p.terms.Sitting)
	if n := len(p.roster.unknown); n > 0 {
		fmt.Fprintf(&b, "排除的试题中有 %d 个编号不在题库版本中 excluded codes that the release does not hold: %d\n", n, n)
		for _, line := range p.roster.unknown[:min(n, maxRosterProblems)] {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	for _, l := range p.sitting.Levels() {
		if err := p.level(&b, l); err != nil {
			return err
		}
	}
	for _, e := range p.sitting.Log() {
		if head, ok := e.Event.(protocol.Head); ok {
			fmt.Fprintf(&b, "试卷根 form root: %s\n", head.Root)
		}
	}
	fmt.Fprintf(&b, "组卷方公钥 operator's key: %s\n已写入 written: %s, %s\n", hex.EncodeToString(p.terms.Operator),
		filepath.Join(dir, transcriptFile), filepath.Join(dir, formsFile))
	b.WriteString("没有公开随机数：知道 --seed 的人在名册确定之前可以挑选试卷\n" +
		"no public randomness: whoever knew --seed before the roster was fixed could have chosen the forms\n")
	_, err := io.WriteString(out, b.String())
	return err
}

func (p *play) level(b *strings.Builder, l engine.Level) error {
	slots, uses := p.sitting.Slots(l), p.sitting.Uses(l)
	reserve, most, unused := 0, 0, 0
	for _, s := range slots {
		if s.Reserve {
			reserve++
		}
	}
	for _, n := range uses {
		if most = max(most, n); n == 0 {
			unused++
		}
	}
	bounds, err := p.sitting.Bounds(l)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "%s level %d: %d 份试卷 forms（其中备用 reserve %d），%d 道试题 items（未用 unused %d）\n", l, l, len(slots), reserve, len(uses), unused)
	fmt.Fprintf(b, "  使用最多 most used: %d 份 forms，%.4f（下限 at least %.4f）\n", most, bounds.Peak, bounds.LeastPeak)
	fmt.Fprintf(b, "  平均重题 mean overlap: %.4f（下限 at least %.4f）\n", bounds.Overlap, bounds.LeastOverlap)
	mean, worst, err := p.neighbours(l, slots)
	fmt.Fprintf(b, "  相邻座位 neighbours: 平均 mean %.4f，最多 most %d\n", mean, worst)
	return err
}

// neighbours is the overlap of forms side by side in one room.
func (p *play) neighbours(l engine.Level, slots []protocol.Slot) (mean float64, most int, err error) {
	pairs, sum := 0, 0
	var before []assembly.FormItem
	for no, s := range slots {
		f, err := p.sitting.Form(l, no, p.bank.Items)
		if err != nil {
			return 0, 0, err
		}
		if no > 0 && !s.Reserve && slots[no-1].Room == s.Room && slots[no-1].Province == s.Province {
			same := 0
			for _, it := range f.Items {
				if slices.ContainsFunc(before, func(x assembly.FormItem) bool { return x.Code == it.Code }) {
					same++
				}
			}
			pairs, sum, most = pairs+1, sum+same, max(most, same)
		}
		before = f.Items
	}
	return float64(sum) / float64(max(pairs, 1)), most, nil
}

// name is what a sitting is called that was given no name: the same inputs have the same one.
func (r *roster) name(seed protocol.Hash, file []byte) string {
	h := sha256.New()
	h.Write(seed[:])
	for _, l := range engine.Levels() {
		fmt.Fprintf(h, "%s %s\n", r.national.Release.Digest, r.blueprints[l].ID)
	}
	h.Write(file)
	return "draw-" + hex.EncodeToString(h.Sum(nil))[:16]
}

// Exit statuses of draw audit beside 0, derived again and equal.
const (
	exitDifferent  exitCode = 1
	exitUnreadable exitCode = 2
)

func drawAuditCommand(con console) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{Use: "audit TRANSCRIPT", Short: "Derive a draw again from its transcript and compare", Args: cobra.ExactArgs(1),
		Long: "Checks the log, the commitments and the roots, derives the seed, draws every form of every attempt again, applies what\n" +
			"happened afterwards, and checks the seal. It needs neither the server nor the items.\n" +
			"The record of a draw of practical tasks, tasks.json, is audited too: its commitment, and the tasks of every ticket.\n" +
			"Exit status: 0 derived again and equal, 1 different, with the first difference, 2 unreadable.",
		RunE: func(_ *cobra.Command, args []string) error { return auditDraw(con, args[0], asJSON) }}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func auditDraw(con console, name string, asJSON bool) error {
	if t, err := readTaskTranscript(name); err == nil {
		return auditTasks(con, t, asJSON)
	}
	r, err := auditFile(name)
	if err != nil {
		_, _ = fmt.Fprintf(con.err, "不能读取 unreadable: %v\n", plain(err))
		return exitUnreadable
	}
	if asJSON {
		e := json.NewEncoder(con.out)
		e.SetIndent("", "  ")
		err = e.Encode(r)
	} else {
		err = printAudit(con.out, r)
	}
	if err == nil && !r.Equal {
		err = exitDifferent
	}
	return err
}

func auditFile(name string) (protocol.Report, error) {
	file, err := readAtMost(name, protocol.MaxTranscript)
	if err != nil {
		return protocol.Report{}, err
	}
	t, err := protocol.Decode(file)
	if err == nil {
		return protocol.Audit(t)
	}
	if _, other := readPublicLog(name); other == nil {
		err = both("%s 是公开日志，核对组卷要用组卷记录 transcript.json", "%s is the public log; the audit takes the transcript, transcript.json", filepath.Base(name)).of(err)
	}
	return protocol.Report{}, err
}

func printAudit(out io.Writer, r protocol.Report) error {
	var b strings.Builder
	if r.Equal {
		fmt.Fprintf(&b, "相同 equal: %s，重新导出的全部试卷与记录一致\n", r.Sitting)
	} else {
		fmt.Fprintf(&b, "不同 different: %s\n  第一处不同 first difference: %s\n", r.Sitting, r.First)
	}
	for _, l := range r.Levels {
		fmt.Fprintf(&b, "  %s level %d: %d 份 forms（备用 reserve %d，增补 extra %d），%d 题 items，替换 replaced %d\n", l.Level, l.Level, l.Forms,
			l.Reserves, l.Extra, l.Cards, l.Changed)
	}
	if !r.Root.IsZero() {
		fmt.Fprintf(&b, "  试卷根 form root: %s，组卷 attempts %d\n", r.Root, r.Drawn)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "  注意 note: %s\n", n)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// releaseOf is the release whose items a form of the province may hold.
func (r *roster) releaseOf(province string) string {
	n := slices.IndexFunc(r.supplements, func(s *questionbank.Snapshot) bool { return s.Release.Province == province })
	if n < 0 {
		return r.national.Release.ID
	}
	return r.supplements[n].Release.ID
}
