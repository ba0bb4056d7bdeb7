package witness

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine/errs"
)

// Refusals of a witness, as the log hears them.
var (
	ErrRefused  = errs.New(errs.Unavailable, "witness.refused", "见证方没有签名")
	ErrAhead    = errs.New(errs.Unavailable, "witness.ahead", "见证方已签过更长的日志")
	ErrConflict = errs.New(errs.Unavailable, "witness.conflict", "见证方看到的历史不同，拒绝签名")
)

// Client asks one witness. Safe for concurrent use.
type Client struct {
	http *http.Client
	url  string
	key  note.Verifier

	mu  sync.Mutex
	old int64 // size of the checkpoint that the witness cosigned last, as far as it is known
}

// NewClient returns the client of a witness by its submission prefix and its verifier key.
func NewClient(client *http.Client, prefix string, key note.Verifier) *Client {
	return &Client{http: client, url: strings.TrimSuffix(prefix, "/") + addPath, key: key}
}

// Name is the name of the witness.
func (c *Client) Name() string { return c.key.Name() }

// Prover builds consistency proofs; translog.Log is one.
type Prover interface {
	ProveConsistency(ctx context.Context, from, to int64) ([]tlog.Hash, error)
}

const (
	askTries  = 3 // the witness tells where to start; another process of the log may be faster once
	maxAnswer = 16 << 10
)

// Ask asks for a cosignature and returns the checkpoint with it. What the witness signs is checked. ErrAhead when the
// witness has cosigned a larger tree, ErrConflict when it saw another history, ErrRefused for any other answer.
func (c *Client) Ask(ctx context.Context, log Prover, checkpoint translog.Checkpoint) ([]byte, error) {
	c.mu.Lock()
	old := c.old
	c.mu.Unlock()
	for range askTries {
		proof, err := log.ProveConsistency(ctx, min(old, checkpoint.Size), checkpoint.Size)
		if err != nil {
			return nil, err
		}
		a, err := c.post(ctx, request{min(old, checkpoint.Size), proof, checkpoint.Note}.bytes())
		if err != nil {
			return nil, err
		}
		if a.status == http.StatusOK {
			return c.cosigned(checkpoint, a.text)
		}
		if old, err = a.last(old, checkpoint); err != nil {
			return nil, err
		}
	}
	return nil, ErrRefused
}

type reply struct {
	status int
	kind   string
	text   []byte
}

func (c *Client) post(ctx context.Context, body []byte) (reply, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	r.Header.Set("Content-Type", textType)
	answer, err := c.http.Do(r)
	if err != nil {
		return reply{}, fmt.Errorf("ask witness %s: %w", c.Name(), err)
	}
	defer func() { _ = answer.Body.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil {
		return reply{}, fmt.Errorf("ask witness %s: %w", c.Name(), err)
	}
	if len(text) > maxAnswer {
		return reply{}, ErrRefused.With("%s 的回答过长", c.Name())
	}
	return reply{answer.StatusCode, answer.Header.Get("Content-Type"), text}, nil
}

// last is the size that the witness says it cosigned last.
func (a reply) last(old int64, checkpoint translog.Checkpoint) (int64, error) {
	if a.status == http.StatusUnprocessableEntity {
		return 0, ErrConflict
	}
	if a.status != http.StatusConflict || a.kind != sizeType {
		return 0, ErrRefused.With("%d", a.status)
	}
	size, err := parseSize(strings.TrimSuffix(string(a.text), "\n"))
	switch {
	case err != nil:
		return 0, ErrRefused.With("409")
	case size > checkpoint.Size:
		return 0, ErrAhead.With("%d 条", size)
	case size == old: // the size fits, so it is the root that does not
		return 0, ErrConflict
	}
	return size, nil
}

// cosigned puts the answer to the checkpoint, when it holds a signature of this witness.
func (c *Client) cosigned(checkpoint translog.Checkpoint, lines []byte) ([]byte, error) {
	signed := append(bytes.Clone(checkpoint.Note), lines...)
	n, err := note.Open(signed, note.VerifierList(c.key))
	if err != nil || len(n.Sigs) != 1 {
		return nil, ErrRefused.With("%s 的签名无效", c.Name())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.old = max(c.old, checkpoint.Size)
	return signed, nil
}
