package main

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// sharing is what draw share is told: where the custodian's code lies, and what the server says of the draw.
type sharing struct {
	code, record, session string
	of                    int
}

var errSharing = errs.New(errs.Invalid, "draw.sharing", "保管码文件或组卷状态文件不正确")

// drawShareCommand is the custodian's side of a draw on a computer of their own: no code ever reaches the server.
func drawShareCommand(con console) *cobra.Command {
	var s sharing
	cmd := &cobra.Command{Use: "share", Short: "Hold a share of the seed on a computer of one's own",
		Long: "What a custodian of a draw does without the server ever seeing the code. Every step prints the JSON to be sent to\n" +
			"/api/v1/sessions/ID/draw/ of the server; --record is what GET /api/v1/sessions/ID/draw answered before it.\n\n" +
			"  new     make the code and print the public keys      → keys\n" +
			"  commit  bind oneself to the secret                   → commitment\n" +
			"  note    keep the hash of the roots, before the value is drawn; nothing is sent\n" +
			"  open    open the secret, after the random value      → opening\n" +
			"  part    one's part of the secret of another, --of N  → parts\n" +
			"  sign    agree to the redraw that is proposed         → redraw/signature\n\n" +
			"Every step runs the whole log of the record through the rules of the protocol. commit keeps the hash of the terms in\n" +
			"a file beside the code, CODE.seen, and the first step after the freeze that of the roots: a record with another\n" +
			"history is refused from then on."}
	cmd.PersistentFlags().StringVar(&s.code, "code", "", "file of the code; new makes it, for its owner alone to read")
	step := func(use, short string, do func(sharing) (any, error)) *cobra.Command {
		c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
			body, err := do(s)
			if err != nil {
				return explain(err)
			}
			return json.NewEncoder(con.out).Encode(body)
		}}
		if use != "new" {
			c.Flags().StringVar(&s.record, "record", "", "file with the state of the draw")
		}
		return c
	}
	fresh := step("new", "Make a code and print its public keys", sharing.fresh)
	fresh.Flags().StringVar(&s.session, "session", "", "id of the session")
	part := step("part", "Print one's part of another's secret", sharing.part)
	part.Flags().IntVar(&s.of, "of", 0, "number of the custodian who withholds it")
	cmd.AddCommand(fresh, step("commit", "Print the commitment", sharing.commit), step("note", "Keep and print the hashes of terms and roots", sharing.note),
		step("open", "Print the secret", sharing.open), part,
		step("sign", "Print the signature for a redraw", sharing.sign))
	return cmd
}

// fresh makes a code. A file that is there is not overwritten.
func (s sharing) fresh() (any, error) {
	if s.session == "" || s.code == "" {
		return nil, errSharing.With("缺少 --session 或 --code")
	}
	code, err := protocol.NewCode(rand.Reader)
	if err != nil {
		return nil, err
	}
	k, err := code.Custodian(s.session, "")
	if err != nil {
		return nil, err
	}
	if err := writeNew(s.code, []byte(code.Text()+"\n")); err != nil {
		return nil, err
	}
	return api.DrawKeys{Sign: hex.EncodeToString(k.Sign), Box: hex.EncodeToString(k.Box)}, nil
}

// held is a code with the draw that it is for, and the custodian's number in it.
type held struct {
	code   protocol.Code
	terms  protocol.Terms
	log    []protocol.Entry
	record api.DrawRecord
	number int
	at     protocol.Standing // what the log proves
	own    protocol.Commitment
}

// seen is what a custodian keeps of the log between the steps: hashes of the terms and of the entry with the roots.
type seen struct {
	Terms protocol.Hash `json:"terms"`
	Roots protocol.Hash `json:"roots,omitzero"`
}

// seenSuffix names the file beside the code.
const seenSuffix = ".seen"

// maxRecord bounds the state of a draw, whose log lists every change of a form.
const maxRecord = 64 << 20

func (s sharing) read() (h held, err error) {
	text, err := readAtMost(s.code, 1<<10)
	if err != nil {
		return h, err
	}
	if h.code, err = protocol.ParseCode(string(text)); err != nil {
		return h, err
	}
	f, err := os.Open(s.record)
	if err != nil {
		return h, err
	}
	d := json.NewDecoder(io.LimitReader(f, maxRecord))
	d.DisallowUnknownFields()
	if err := errors.Join(d.Decode(&h.record), f.Close()); err != nil {
		return h, errSharing.With("%v", err)
	}
	if err := h.find(); err != nil {
		return h, err
	}
	return h, h.follow(s.code)
}

// find reads the terms and looks for the custodian whose keys follow from the code.
func (h *held) find() error {
	for _, e := range h.record.Log {
		b, err := json.Marshal(e)
		if err != nil {
			return err
		}
		var entry protocol.Entry
		if err := json.Unmarshal(b, &entry); err != nil {
			return errSharing.With("日志第 %d 条", e.No)
		}
		h.log = append(h.log, entry)
	}
	if len(h.log) == 0 {
		return errSharing.With("还有保管人没有登记公钥")
	}
	var ok bool
	if h.terms, ok = h.log[0].Event.(protocol.Terms); !ok {
		return errSharing.With("日志第 0 条不是约定")
	}
	own, err := h.code.Custodian(h.terms.Sitting, "")
	if err != nil {
		return err
	}
	h.number = 1 + slices.IndexFunc(h.terms.Custodians, func(k protocol.Custodian) bool { return slices.Equal(k.Box, own.Box) })
	if h.number == 0 {
		return errSharing.With("保管码不是本场次任何保管人的")
	}
	return nil
}

// follow runs the log through the rules of the protocol and holds it against what was kept of it.
func (h *held) follow(code string) (err error) {
	if h.at, err = protocol.Follow(h.log, clock.System{}.Now().UnixMilli()); err != nil {
		return err
	}
	if h.terms.Beacon.Kind == protocol.NoBeacon {
		return errSharing.With("约定不用公开随机数，保管人的份额不起作用")
	}
	if h.own, err = h.code.Commit(h.terms, h.number); err != nil {
		return err
	}
	if len(h.at.Commitments) >= h.number && !reflect.DeepEqual(h.at.Commitments[h.number-1], h.own) {
		return protocol.ErrCommitment.With("日志中第 %d 号保管人的承诺不是由这一保管码作出的", h.number)
	}
	kept, err := readSeen(code)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if kept.Terms != h.log[0].Hash || !kept.Roots.IsZero() && kept.Roots != h.at.Roots {
		return errSharing.With("日志与先前留存在 %s 中的不是同一份：约定或冻结的根被改动过", filepath.Base(code)+seenSuffix)
	}
	return nil
}

func readSeen(code string) (k seen, err error) {
	b, err := readAtMost(code+seenSuffix, 1<<10)
	if err != nil {
		return k, err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if d.Decode(&k) != nil || k.Terms.IsZero() {
		return k, errSharing.With("%s 不能读取", filepath.Base(code)+seenSuffix)
	}
	return k, nil
}

// keep writes down what the log has of terms and roots by now. The file is written whole before it takes its place.
func (h *held) keep(code string) (seen, error) {
	k := seen{Terms: h.log[0].Hash, Roots: h.at.Roots}
	b, err := json.Marshal(k)
	if err != nil {
		return k, err
	}
	part := code + seenSuffix + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return k, err
	}
	if err := writeNew(part, append(b, '\n')); err != nil {
		return k, err
	}
	return k, os.Rename(part, code+seenSuffix)
}

// bound is a record that holds one's own commitment, under the terms that were kept when it was made.
func (s sharing) bound() (held, error) {
	h, err := s.read()
	if err != nil {
		return h, err
	}
	if _, err := readSeen(s.code); errors.Is(err, os.ErrNotExist) {
		return h, errSharing.With("没有承诺时留存的 %s；核对约定后再执行一次 commit 即可补记", filepath.Base(s.code)+seenSuffix)
	}
	switch {
	case len(h.at.Commitments) < h.number:
		return h, errSharing.With("日志中没有第 %d 号保管人的承诺", h.number)
	case h.at.Roots.IsZero():
		return h, errSharing.With("场次尚未冻结，日志中没有根")
	}
	_, err = h.keep(s.code)
	return h, err
}

// observed is such a record once it has the public random value: before it nobody may learn anything of a secret.
func (s sharing) observed() (held, error) {
	h, err := s.bound()
	if err == nil && !h.at.Observed {
		err = errSharing.With("公开随机数尚未记录")
	}
	return h, err
}

func (s sharing) commit() (any, error) {
	h, err := s.read()
	if err != nil {
		return nil, err
	}
	_, err = h.keep(s.code)
	return h.own, err
}

func (s sharing) note() (any, error) {
	if _, err := s.bound(); err != nil {
		return nil, err
	}
	return readSeen(s.code)
}

func (s sharing) open() (any, error) {
	h, err := s.observed()
	if err != nil {
		return nil, err
	}
	return h.code.Secret(h.terms.Sitting)
}

func (s sharing) part() (any, error) {
	h, err := s.observed()
	if err != nil {
		return nil, err
	}
	if s.of < 1 || s.of > len(h.at.Commitments) || s.of == h.number {
		return nil, errSharing.With("没有第 %d 号保管人的承诺", s.of)
	}
	box, err := h.code.Box(h.terms.Sitting)
	if err != nil {
		return nil, err
	}
	return h.terms.OpenShare(h.at.Commitments[s.of-1], h.number, box)
}

// sign agrees to the redraw that is proposed. The statement is made here and not taken from the record.
func (s sharing) sign() (any, error) {
	h, err := s.observed()
	if err != nil {
		return nil, err
	}
	p, n := h.record.Redraw, len(h.at.Heads)
	if p == nil || n == 0 {
		return nil, errSharing.With("没有提出重新组卷")
	}
	before := h.at.Heads[n-1].Root
	if p.Attempt != n || p.Before != before.String() {
		return nil, errSharing.With("提出的重新组卷与日志中的最近一次组卷不符")
	}
	signer, err := h.code.Signer(h.terms.Sitting)
	if err != nil {
		return nil, err
	}
	signature, err := signer.Sign(nil, protocol.Redraw{Attempt: p.Attempt, Reason: p.Reason}.Statement(h.terms.Sitting, before), crypto.Hash(0))
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return api.DrawSignature{Signature: hex.EncodeToString(signature)}, nil
}
