package witness

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/skillcert/skillcert/certs/translog"
)

// State keeps the checkpoint that a witness cosigned last; empty before the first. Save returns once it is durable; an
// error does not prove that nothing was written. One witness at a time uses it.
type State interface {
	Load() ([]byte, error)
	Save(checkpoint []byte) error
}

// Witness is an http.Handler for POST add-checkpoint. It cosigns the checkpoints of one log as long as each continues the
// one before, and keeps each before it answers. Safe for concurrent use.
type Witness struct {
	trust  translog.Trust
	signer *translog.Cosigner
	state  State
	mu     sync.Mutex // from reading the state to having kept the next
}

// New returns the witness of a log, whose keys are in trust.Log. What state holds must be of that log.
func New(trust translog.Trust, signer *translog.Cosigner, state State) (*Witness, error) {
	w := &Witness{trust: trust, signer: signer, state: state}
	if len(trust.Log) == 0 {
		return nil, translog.ErrKey
	}
	_, err := w.last()
	return w, err
}

// Paths and types of the protocol.
const (
	addPath  = "/add-checkpoint"
	sizeType = "text/x.tlog.size"
	textType = "text/plain; charset=utf-8"
)

// ServeHTTP answers with the statuses of the protocol: 200 and a cosignature; 400 for what is no request; 404 for another
// log, 403 for a checkpoint that the log did not sign; 409 and the size of the checkpoint cosigned last when the request
// does not start there, or tells another tree of that size; 422 for a proof that does not hold.
func (w *Witness) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	if in.URL.Path != addPath {
		http.NotFound(out, in)
		return
	}
	if in.Method != http.MethodPost {
		out.Header().Set("Allow", http.MethodPost)
		answer(out, http.StatusMethodNotAllowed, textType, nil)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(out, in.Body, maxRequest))
	if err != nil {
		answer(out, http.StatusBadRequest, textType, nil)
		return
	}
	status, text := w.add(body)
	kind := textType
	if status == http.StatusConflict {
		kind = sizeType
	}
	answer(out, status, kind, text)
}

func answer(out http.ResponseWriter, status int, kind string, text []byte) {
	out.Header().Set("Content-Type", kind)
	out.Header().Set("X-Content-Type-Options", "nosniff")
	out.WriteHeader(status)
	_, _ = out.Write(text) // a client that is gone asks again
}

// add is the whole of a request: a status and what is answered with it.
func (w *Witness) add(body []byte) (status int, text []byte) {
	r, err := parseRequest(body)
	if err != nil {
		return http.StatusBadRequest, nil
	}
	unsigned, err := translog.ReadUnsigned(r.checkpoint)
	if err != nil {
		return http.StatusBadRequest, nil
	}
	if unsigned.Origin != w.trust.Log[0].Name() {
		return http.StatusNotFound, nil
	}
	next, err := w.trust.Open(r.checkpoint)
	if err != nil {
		return http.StatusForbidden, nil
	}
	if r.old > next.Size {
		return http.StatusBadRequest, nil
	}
	return w.advance(r, next)
}

// advance replaces the state, when next continues it, and then cosigns.
func (w *Witness) advance(r request, next translog.Checkpoint) (status int, text []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	last, err := w.last()
	switch {
	case err != nil:
		return http.StatusInternalServerError, nil
	case r.old != last.Size, next.Size == last.Size && next.Root != last.Root:
		return http.StatusConflict, fmt.Appendf(nil, "%d\n", last.Size)
	case translog.CheckConsistency(last, next, r.proof) != nil:
		return http.StatusUnprocessableEntity, nil
	}
	line, err := w.cosign(r.checkpoint)
	if err != nil {
		return http.StatusInternalServerError, nil
	}
	if err := w.state.Save(r.checkpoint); err != nil {
		return http.StatusInternalServerError, nil
	}
	return http.StatusOK, line
}

// last is the checkpoint cosigned last, that of the empty log before the first.
func (w *Witness) last() (translog.Checkpoint, error) {
	text, err := w.state.Load()
	if err != nil {
		return translog.Checkpoint{}, err
	}
	if len(text) == 0 {
		root, err := tlog.TreeHash(0, nil)
		return translog.Checkpoint{Origin: w.trust.Log[0].Name(), Root: root}, err
	}
	return w.trust.Open(text)
}

var errNote = errors.New("witness: a note without its end")

// cosign returns the signature line of the witness for a checkpoint.
func (w *Witness) cosign(checkpoint []byte) ([]byte, error) {
	body, _, _ := bytes.Cut(checkpoint, []byte("\n\n"))
	signed, err := note.Sign(&note.Note{Text: string(body) + "\n"}, w.signer)
	if err != nil {
		return nil, err
	}
	_, line, ok := bytes.Cut(signed, []byte("\n\n"))
	if !ok {
		return nil, errNote
	}
	return line, nil
}
