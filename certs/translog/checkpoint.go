package translog

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	transparency "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/skillcert/skillcert/engine/errs"
)

// Refusals of checkpoints.
var (
	ErrCheckpoint = errs.New(errs.Invalid, "log.checkpoint", "检查点的格式或签名不正确")
	ErrKey        = errs.New(errs.Invalid, "log.key", "公钥的格式不正确")
)

const (
	maxNote = 16 << 10 // bytes of a checkpoint with its signatures
	maxSize = 1 << 48  // entries of a log: far more than anybody prints, and no arithmetic on it overflows
)

// Checkpoint is a signed statement of what the log holds (C2SP tlog-checkpoint).
type Checkpoint struct {
	Origin   string
	Size     int64
	Root     tlog.Hash
	Note     []byte        // as it was signed, with every signature it came with
	Cosigned []Cosignature // by witnesses that are trusted, in the order of the note
}

// Cosignature tells that a witness saw the log grow to a checkpoint, and no other history of it.
type Cosignature struct {
	Witness string    `json:"witness"`
	At      time.Time `json:"at"` // whole seconds
}

// Trust are the keys by which checkpoints are checked: those of the log, whose names are its origin, and those of witnesses.
type Trust struct{ Log, Witnesses []note.Verifier }

// ReadTrust reads verifier keys in their text form, name+hash+key. Those of the log are Ed25519 keys of signed notes, those of
// witnesses Ed25519 keys of C2SP tlog-cosignature. Otherwise ErrKey.
func ReadTrust(log, witnesses []string) (Trust, error) {
	var t Trust
	for _, text := range log {
		v, err := note.NewVerifier(text)
		if err != nil {
			return Trust{}, ErrKey.With("%q", text)
		}
		t.Log = append(t.Log, v)
	}
	for _, text := range witnesses {
		v, err := WitnessVerifier(text)
		if err != nil {
			return Trust{}, err
		}
		t.Witnesses = append(t.Witnesses, v)
	}
	return t, nil
}

// Open reads a signed checkpoint strictly: three lines and signatures, one of them by a key of the log whose name is the
// origin. A signature that claims to be of a trusted key and is not makes it ErrCheckpoint, as everything else does;
// signatures of others are left aside.
func (t Trust) Open(text []byte) (Checkpoint, error) {
	if len(text) > maxNote {
		return Checkpoint{}, ErrCheckpoint.With("过长")
	}
	n, err := note.Open(text, note.VerifierList(t.all()...))
	if err != nil {
		return Checkpoint{}, ErrCheckpoint.With("%v", err)
	}
	c, err := parseBody(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	signed := false
	for _, s := range n.Sigs {
		switch {
		case t.isLog(s):
			signed = signed || s.Name == c.Origin
		default:
			at, err := transparency.CoSigV1Timestamp(s)
			if err != nil {
				return Checkpoint{}, ErrCheckpoint.With("%v", err)
			}
			c.Cosigned = append(c.Cosigned, Cosignature{Witness: s.Name, At: at.UTC()})
		}
	}
	if !signed {
		return Checkpoint{}, ErrCheckpoint.With("没有日志自己的签名")
	}
	c.Note = text
	return c, nil
}

func (t Trust) all() []note.Verifier {
	return append(append([]note.Verifier{}, t.Log...), t.Witnesses...)
}

func (t Trust) isLog(s note.Signature) bool {
	for _, v := range t.Log {
		if v.Name() == s.Name && v.KeyHash() == s.Hash {
			return true
		}
	}
	return false
}

// body is the text that is signed.
func (c Checkpoint) body() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// parseBody reads what body writes and nothing else: extension lines, which nobody can audit, are refused.
func parseBody(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] == "" {
		return Checkpoint{}, ErrCheckpoint.With("应为三行")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || size > maxSize {
		return Checkpoint{}, ErrCheckpoint.With("条数")
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, ErrCheckpoint.With("根哈希")
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: root}
	if c.body() != text {
		return Checkpoint{}, ErrCheckpoint.With("写法")
	}
	return c, nil
}

// ReadUnsigned reads a checkpoint whose key is not known: its signatures are left aside, and it proves nothing of who
// made it.
func ReadUnsigned(text []byte) (Checkpoint, error) {
	body, _, ok := strings.Cut(string(text), "\n\n")
	if !ok || len(text) > maxNote {
		return Checkpoint{}, ErrCheckpoint
	}
	c, err := parseBody(body + "\n")
	c.Note = text
	return c, err
}
