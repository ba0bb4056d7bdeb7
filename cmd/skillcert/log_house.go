package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/certs/translog/witness"
	"github.com/skillcert/skillcert/engine/errs"
)

var errWitness = errs.New(errs.Invalid, "settings.witness", "见证方应写为 网址=公钥")

// askedWitness is a witness of the house's log.
type askedWitness struct {
	*witness.Client
	again time.Time // when it is asked next, after it did not answer
}

const (
	publishEvery    = 2 * time.Second  // how often the log is published, and witnesses are asked
	witnessTimeout  = 10 * time.Second // for one answer
	witnessPatience = 30 * time.Second // before a witness that failed is asked again
)

// openLog puts the transparency log together. Its origin is that of its first checkpoint; before, it is the public address.
func (h *house) openLog(ctx context.Context) error {
	ports := h.store.Translog()
	origin, err := translog.OriginOf(ctx, ports.Checkpoints)
	if err != nil {
		return fmt.Errorf("transparency log: %w", err)
	}
	if origin == "" {
		if origin, err = logOrigin(h.base()); err != nil {
			return err
		}
	}
	signer, vkey, err := h.keys.LogSigner(origin)
	if err != nil {
		return err
	}
	h.LogKey = vkey
	trust, err := h.readWitnesses(vkey)
	if err != nil {
		return err
	}
	h.Translog, err = translog.New(ports, signer, trust, h.clock)
	return err
}

// logOrigin is the name of a log by the address of its house (C2SP tlog-tiles).
func logOrigin(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return "", errSettings.With("%s", base)
	}
	return u.Host + strings.TrimSuffix(u.Path, "/") + "/log", nil
}

// readWitnesses reads the witnesses of the settings, URL=VKEY each.
func (h *house) readWitnesses(logKey string) (translog.Trust, error) {
	var keys []string
	for _, text := range h.settings.Witnesses {
		address, key, ok := strings.Cut(text, "=")
		if u, err := url.Parse(address); !ok || err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return translog.Trust{}, errWitness.With("%s", text)
		}
		v, err := translog.WitnessVerifier(key)
		if err != nil {
			return translog.Trust{}, err
		}
		keys = append(keys, key)
		h.witnesses = append(h.witnesses, &askedWitness{Client: witness.NewClient(&http.Client{Timeout: witnessTimeout}, address, v)})
	}
	return translog.ReadTrust([]string{logKey}, keys)
}

// publishLog publishes what was logged and has witnesses cosign it. Any number of processes may do so at once.
func (h *house) publishLog(ctx context.Context, log *slog.Logger) {
	every(ctx, publishEvery, func() error { return h.publishOnce(ctx) }, func(err error) { log.Error("transparency log", "error", err.Error()) })
}

func (h *house) publishOnce(ctx context.Context) error {
	c, err := h.Translog.Publish(ctx)
	if errors.Is(err, translog.ErrNoCheckpoint) {
		return nil // nothing is logged yet
	}
	if err != nil {
		return err
	}
	var failed error
	for _, w := range h.witnesses {
		if !h.due(w, c) {
			continue
		}
		if err := h.askWitness(ctx, w, c); err != nil {
			w.again = h.clock.Now().Add(witnessPatience)
			failed = errors.Join(failed, fmt.Errorf("witness %s: %w", w.Name(), err))
		}
	}
	return failed
}

// due tells whether a witness has to be asked about a checkpoint now.
func (h *house) due(w *askedWitness, c translog.Checkpoint) bool {
	for _, have := range c.Cosigned {
		if have.Witness == w.Name() {
			return false
		}
	}
	return !h.clock.Now().Before(w.again)
}

// askWitness keeps the cosignature of a witness with the checkpoint, unless another was published meanwhile.
func (h *house) askWitness(ctx context.Context, w *askedWitness, c translog.Checkpoint) error {
	signed, err := w.Ask(ctx, h.Translog, c)
	if err != nil {
		return err
	}
	if err := h.Translog.AddCosignature(ctx, signed); !errors.Is(err, translog.ErrOvertaken) {
		return err
	}
	return nil
}
