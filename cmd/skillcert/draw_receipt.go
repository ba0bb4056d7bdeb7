package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

func drawReceiptCommand(con console) *cobra.Command {
	var log string
	var asJSON bool
	cmd := &cobra.Command{Use: "receipt FILE --log LOG", Short: "Check a candidate's receipt against the public log",
		Long: "Checks that the form of a receipt is the one that was drawn for its seat: seat and form lie under the roots of the\n" +
			"log, and the log is whole, every entry chained and in its order. LOG is what GET /draws/SESSION/log.json answers, or the\n" +
			"transcript, which also says what was replaced after the draw and which latecomer got a reserve form.\n" +
			"It needs neither the server nor the items. Whether the log is the one that was public before the sitting, compare for\n" +
			"yourself: the hash of the frozen roots and the operator's key are printed. Whether the forms follow from the seed, draw\n" +
			"audit tells.\n" +
			"Exit status: 0 genuine, 1 not, 2 a file cannot be read or is no receipt or no whole log, or one is missing.",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || log == "" { // exit 1 would say that a receipt is not genuine
				_, _ = fmt.Fprintln(con.err, "用法：一份凭据和 --log 公开日志或组卷记录 usage: one receipt, and --log with the public log or the transcript")
				return exitUnreadable
			}
			return checkReceipt(con, args[0], log, asJSON)
		}}
	cmd.Flags().StringVar(&log, "log", "", "the public log, or the transcript")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// receiptFound is what draw receipt prints. Of a receipt that is not genuine there is the reason alone.
type receiptFound struct {
	Genuine   bool              `json:"genuine"`
	Reason    string            `json:"reason,omitempty"`
	Sitting   string            `json:"sitting,omitempty"`
	Candidate string            `json:"candidate,omitempty"`
	Level     engine.Level      `json:"level,omitempty"`
	Room      string            `json:"room,omitempty"`
	Seat      int               `json:"seat,omitempty"`
	Late      bool              `json:"late,omitempty"` // room and seat are those of the reserve form
	Absent    bool              `json:"absent,omitempty"`
	Slot      int               `json:"slot"`
	Items     int               `json:"items"`
	Replaced  []receiptReplaced `json:"replaced"`
	Whole     bool              `json:"log_whole"` // it goes on to the reveal
	Frozen    string            `json:"frozen,omitempty"`
	Operator  string            `json:"operator,omitempty"`
}

// receiptReplaced is an item that the log put into the form after the draw.
type receiptReplaced struct {
	Question int    `json:"question"` // from 1
	Handle   string `json:"handle"`
	Options  string `json:"options"`
	Entry    int    `json:"entry"` // of the log
	Reason   string `json:"reason,omitempty"`
}

// errPublicLog refuses what is neither a public log nor a transcript.
var errPublicLog = errs.New(errs.Invalid, "draw.public_log", "文件不是公开日志或组卷记录")

const maxReceipt = 4 << 20

func checkReceipt(con console, name, log string, asJSON bool) error {
	found, err := findReceipt(name, log)
	if err != nil {
		_, _ = fmt.Fprintln(con.err, err)
		return exitUnreadable
	}
	if asJSON {
		e := json.NewEncoder(con.out)
		e.SetIndent("", "  ")
		err = e.Encode(found)
	} else {
		err = found.print(con.out)
	}
	if err == nil && !found.Genuine {
		err = exitDifferent
	}
	return err
}

// findReceipt finds a receipt to be genuine or not, by files that are what they should be; else it says which is not.
func findReceipt(name, logName string) (receiptFound, error) {
	file, err := readAtMost(name, maxReceipt)
	var r protocol.Receipt
	if err == nil {
		r, err = protocol.ReadReceipt(file)
	}
	if err != nil {
		return receiptFound{}, unreadable("凭据文件不能读取 the receipt cannot be read: ", err)
	}
	log, err := readPublicLog(logName)
	var told protocol.Checked
	if err == nil {
		told, err = r.Check(log, clock.System{}.Now().UnixMilli())
	}
	switch {
	case errors.Is(err, protocol.ErrReceipt):
		return receiptFound{Reason: plain(err).Error()}, nil
	case err != nil:
		return receiptFound{}, unreadable("日志文件不能读取 the log cannot be read: ", err)
	}
	f := receiptFound{Genuine: true, Sitting: r.Sitting, Candidate: r.Candidate, Level: r.Level, Room: r.Seat.Room, Seat: r.Seat.Seat, Late: told.Late,
		Absent: told.Absent, Slot: r.Slot, Items: len(r.Items), Replaced: []receiptReplaced{}, Whole: told.Whole, Frozen: told.Frozen.String(),
		Operator: hex.EncodeToString(told.Operator)}
	for _, x := range told.Replaced {
		f.Replaced = append(f.Replaced, receiptReplaced{Question: x.Place + 1, Handle: x.Handle, Options: x.Options, Entry: x.Entry, Reason: x.Reason})
	}
	return f, nil
}

// unreadable says why a file cannot be read. That it does not fit the other is not yet known.
func unreadable(what string, err error) error {
	return plainly{what + strings.TrimPrefix(plain(err).Error(), protocol.ErrReceipt.Msg+"："), err}
}

// readPublicLog reads the log of a transcript, or what the server answers everybody with. What that says above its log
// must be what the log says.
func readPublicLog(name string) ([]protocol.Entry, error) {
	file, err := readAtMost(name, protocol.MaxTranscript)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(file, []byte(`{"format":`)) {
		t, err := protocol.Decode(file)
		if err != nil {
			return nil, err
		}
		return t.Log, nil
	}
	var v struct {
		Session, Frozen string
		Log             []protocol.Entry
	}
	d := json.NewDecoder(bytes.NewReader(file))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil || len(v.Log) == 0 {
		return nil, errPublicLog.With("内容不完整或种类不对")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errPublicLog.With("日志之后还有别的内容")
	}
	terms, _ := v.Log[0].Event.(protocol.Terms)
	frozen := ""
	for _, e := range v.Log {
		if _, ok := e.Event.(protocol.Roots); ok {
			frozen = e.Hash.String()
		}
	}
	if v.Session != terms.Sitting || v.Frozen != frozen {
		return nil, errPublicLog.With("开头写的场次或冻结摘要与日志的内容不符")
	}
	return v.Log, nil
}

// replacements are told by the log entry that made them.
func (f receiptFound) replacements(b *strings.Builder) {
	if len(f.Replaced) == 0 && f.Whole {
		b.WriteString("  替换 replaced: 无 none\n")
	}
	for i, x := range f.Replaced {
		if i > 0 && f.Replaced[i-1].Entry == x.Entry {
			continue
		}
		var questions []string
		for _, y := range f.Replaced[i:] {
			if y.Entry == x.Entry {
				questions = append(questions, strconv.Itoa(y.Question))
			}
		}
		why := x.Reason
		if why == "" {
			why = "考生以前做过 the candidate had met the item"
		}
		all := strings.Join(questions, "、")
		fmt.Fprintf(b, "  替换 replaced: 第 %s 题 question %s，日志第 %d 条 log entry %d：%s\n", all, all, x.Entry, x.Entry, why)
	}
}

func (f receiptFound) print(out io.Writer) error {
	var b strings.Builder
	if !f.Genuine {
		_, err := fmt.Fprintf(out, "不真实 not genuine: %s\n", f.Reason)
		return err
	}
	fmt.Fprintf(&b, "真实 genuine: 场次 sitting %s\n  考生 candidate: %s\n", f.Sitting, f.Candidate)
	if f.Late {
		fmt.Fprintf(&b, "  座位 seat: %s level %d，迟到考生，备用试卷 latecomer with reserve form %d\n", f.Level, f.Level, f.Seat)
	} else {
		fmt.Fprintf(&b, "  座位 seat: %s level %d，考场 room %s，%d 号 no. %d\n", f.Level, f.Level, f.Room, f.Seat, f.Seat)
	}
	fmt.Fprintf(&b, "  试卷 form: 第 %d 份 slot %d，%d 题 items\n", f.Slot, f.Slot, f.Items)
	f.replacements(&b)
	if f.Absent {
		b.WriteString("  注意 note: 日志登记该考生缺考 the log has the candidate as absent\n")
	}
	if !f.Whole {
		b.WriteString("  注意 note: 日志没有到公开种子为止，之后替换的题看组卷记录 the log stops before the reveal: what was replaced later is in the transcript\n")
	}
	fmt.Fprintf(&b, "  冻结这一条的摘要 hash of the frozen roots: %s\n  组卷方公钥 operator's key: %s\n"+
		"  以上两项请与考前公布或抄存的核对 compare these two with what was published or noted before the sitting\n", f.Frozen, f.Operator)
	_, err := io.WriteString(out, b.String())
	return err
}
