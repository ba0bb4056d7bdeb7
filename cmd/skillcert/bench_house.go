package main

import (
	"context"
	"errors"
	"log/slog"
	"net"

	"github.com/skillcert/skillcert/engine/clock"
)

// benchHouse is a house that is measured: the real server over a durable store.
type benchHouse struct {
	*house
	address string

	serving  context.CancelFunc
	served   chan error
	settings settings
	clean    func() error
}

// open serves what was built.
func (h *benchHouse) open(ctx context.Context) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	h.settings.Listen = l.Addr().String()
	if h.house, err = open(ctx, h.settings, clock.System{}, slog.New(slog.DiscardHandler)); err != nil {
		return errors.Join(err, l.Close())
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	h.address, h.serving, h.served = h.settings.Listen, stop, make(chan error, 1)
	go func() { h.served <- h.serve(serving, l, slog.New(slog.DiscardHandler)) }()
	return nil
}

// stop ends the server and closes the store; what was kept can still be read by reopen.
func (h *benchHouse) stop() error {
	if h.serving == nil {
		return nil
	}
	h.serving()
	h.serving = nil
	return <-h.served
}

// reopen opens the store again without a server, as after a restart.
func (h *benchHouse) reopen(ctx context.Context) (*house, error) {
	if err := h.stop(); err != nil {
		return nil, err
	}
	return open(ctx, h.settings, clock.System{}, slog.New(slog.DiscardHandler))
}

// close ends everything and removes what was written.
func (h *benchHouse) close() error { return errors.Join(h.stop(), h.clean()) }
