package translog

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
)

// Refusals of publishing.
var (
	ErrForked      = errs.New(errs.Internal, "log.forked", "日志的内容与已公布的检查点不一致，停止签署")
	ErrReadOnly    = errs.New(errs.Internal, "log.read_only", "没有签名密钥，不能签署检查点")
	ErrCosignature = errs.New(errs.Invalid, "log.cosignature", "见证签名无效或不是已登记的见证方")
	ErrOvertaken   = errs.New(errs.Conflict, "log.overtaken", "日志已公布新的检查点")
)

const (
	publishTries = 20
	ahead        = 10 * time.Minute // that the clock of a witness may go fast
)

// Latest is the checkpoint that was published last, with the cosignatures that it has by now; ErrNoCheckpoint before
// the first.
func (l *Log) Latest(ctx context.Context) (Checkpoint, error) {
	k, err := l.ports.Checkpoints.Checkpoint(ctx)
	if err != nil {
		return Checkpoint{}, err
	}
	return l.trust.Open(k.Note)
}

// Publish signs the log as it is, keeps the checkpoint and returns it. It covers every entry whose Append has returned. While
// nothing was added it is the one that was published last; of an empty log it is ErrNoCheckpoint. A log that is no
// extension of what was published, by its leaves, is ErrForked, and nothing is signed.
func (l *Log) Publish(ctx context.Context) (Checkpoint, error) {
	if l.signer == nil {
		return Checkpoint{}, ErrReadOnly
	}
	for range publishTries {
		c, err := l.publish(ctx)
		if !errors.Is(err, engine.ErrStale) {
			return c, err
		}
	}
	return Checkpoint{}, ErrBusy
}

func (l *Log) publish(ctx context.Context) (Checkpoint, error) {
	kept, err := l.ports.Checkpoints.Checkpoint(ctx)
	if errors.Is(err, ErrNoCheckpoint) {
		kept, err = &Kept{}, nil
	}
	if err != nil {
		return Checkpoint{}, err
	}
	size, err := l.Size(ctx) // read after what is kept, and so never less
	if err != nil {
		return Checkpoint{}, err
	}
	if kept.Revision > 0 {
		last, err := l.extends(ctx, kept, size)
		if err != nil || last.Size == size {
			return last, err
		}
	}
	if size == 0 {
		return Checkpoint{}, ErrNoCheckpoint
	}
	return l.sign(ctx, kept, size)
}

// extends returns the kept checkpoint when the log, now of size entries, has the same beginning.
func (l *Log) extends(ctx context.Context, kept *Kept, size int64) (Checkpoint, error) {
	last, err := l.trust.Open(kept.Note)
	if err != nil {
		return Checkpoint{}, err
	}
	if last.Origin != l.Origin() {
		return Checkpoint{}, ErrForked.With("已公布的名称为 %s", last.Origin)
	}
	if size < last.Size {
		return Checkpoint{}, ErrForked.With("已公布 %d 条，现有 %d 条", last.Size, size)
	}
	root, err := l.Root(ctx, last.Size)
	if err != nil {
		return Checkpoint{}, err
	}
	if root != last.Root {
		return Checkpoint{}, ErrForked.With("前 %d 条已被改动", last.Size)
	}
	return last, nil
}

func (l *Log) sign(ctx context.Context, kept *Kept, size int64) (Checkpoint, error) {
	root, err := l.Root(ctx, size)
	if err != nil {
		return Checkpoint{}, err
	}
	c := Checkpoint{Origin: l.Origin(), Size: size, Root: root}
	if kept.Note, err = note.Sign(&note.Note{Text: c.body()}, l.signer); err != nil {
		return Checkpoint{}, ErrSigner.With("%v", err)
	}
	if c, err = l.trust.Open(kept.Note); err != nil { // nothing is kept that nobody could check
		return Checkpoint{}, err
	}
	kept.grow(l.clock.Now(), size)
	return c, l.ports.Checkpoints.PutCheckpoint(ctx, kept)
}

// AddCosignature takes the cosignatures of trusted witnesses from a copy of the checkpoint that was published last, and keeps
// them with it. It is ErrCosignature when there is none, or one from the future; ErrOvertaken when another checkpoint was
// published since. Taking the same one twice is harmless.
func (l *Log) AddCosignature(ctx context.Context, signed []byte) error {
	n, err := l.cosigned(signed)
	if err != nil {
		return err
	}
	_, err = engine.Modify(ctx, l.ports.Checkpoints.Checkpoint, l.ports.Checkpoints.PutCheckpoint, func(k *Kept) error {
		return l.merge(k, n)
	})
	return err
}

// cosigned opens a note for the sake of its cosignatures alone.
func (l *Log) cosigned(signed []byte) (*note.Note, error) {
	if len(signed) > maxNote {
		return nil, ErrCosignature
	}
	n, err := note.Open(signed, note.VerifierList(l.trust.Witnesses...))
	if err != nil {
		return nil, ErrCosignature.With("%v", err)
	}
	c, err := l.trust.Open(signed)
	if err != nil {
		return nil, err
	}
	for _, s := range c.Cosigned {
		if s.At.After(l.clock.Now().Add(ahead)) {
			return nil, ErrCosignature.With("%s 的时间 %s", s.Witness, s.At.Format(time.RFC3339))
		}
	}
	return n, nil
}

// merge puts the cosignatures of n beside the signatures of k: one for each witness, the one that came last.
func (l *Log) merge(k *Kept, n *note.Note) error {
	kept, err := note.Open(k.Note, note.VerifierList(l.trust.all()...))
	if err != nil {
		return ErrCheckpoint.With("%v", err)
	}
	if kept.Text != n.Text {
		return ErrOvertaken
	}
	merged := kept.Sigs
	for _, s := range n.Sigs {
		merged = slices.DeleteFunc(merged, func(o note.Signature) bool { return o.Name == s.Name && o.Hash == s.Hash })
		merged = append(merged, s)
	}
	text := signedNote(kept.Text, append(merged, kept.UnverifiedSigs...))
	if string(k.Note) == text {
		return engine.ErrUnchanged
	}
	k.Note = []byte(text)
	return nil
}

// signedNote is a note with its signature lines (C2SP signed-note).
func signedNote(text string, signatures []note.Signature) string {
	var b strings.Builder
	b.WriteString(text + "\n")
	for _, s := range signatures {
		b.WriteString("— " + s.Name + " " + s.Base64 + "\n")
	}
	return b.String()
}
