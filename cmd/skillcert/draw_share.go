package main

import (
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/api"
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
			"  open    open the secret, after the random value      → opening\n" +
			"  part    one's part of the secret of another, --of N  → parts\n" +
			"  sign    agree to the redraw that is proposed         → redraw/signature"}
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
	cmd.AddCommand(fresh, step("commit", "Print the commitment", sharing.commit), step("open", "Print the secret", sharing.open), part,
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
}

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
	return h, h.find()
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

func (s sharing) commit() (any, error) {
	h, err := s.read()
	if err != nil {
		return nil, err
	}
	return h.code.Commit(h.terms, h.number)
}

// open prints the secret, once the log has the public random value: before it nobody may know it.
func (s sharing) open() (any, error) {
	h, err := s.read()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(h.log, func(e protocol.Entry) bool { _, is := e.Event.(protocol.Beacon); return is }) {
		return nil, errSharing.With("公开随机数尚未记录")
	}
	return h.code.Secret(h.terms.Sitting)
}

func (s sharing) part() (any, error) {
	h, err := s.read()
	if err != nil {
		return nil, err
	}
	box, err := h.code.Box(h.terms.Sitting)
	if err != nil {
		return nil, err
	}
	for _, e := range h.log {
		if c, is := e.Event.(protocol.Commitment); is && c.Custodian == s.of {
			return h.terms.OpenShare(c, h.number, box)
		}
	}
	return nil, errSharing.With("没有第 %d 号保管人的承诺", s.of)
}

// sign agrees to the redraw that is proposed. The statement is made here and not taken from the record.
func (s sharing) sign() (any, error) {
	h, err := s.read()
	if err != nil {
		return nil, err
	}
	p := h.record.Redraw
	var before protocol.Hash
	if p == nil || before.UnmarshalText([]byte(p.Before)) != nil {
		return nil, errSharing.With("没有提出重新组卷")
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
