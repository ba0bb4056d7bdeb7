package api_test

import (
	"net"
	"testing"
)

// TestStopWhileStarting: a server that is told to stop before it listens must not listen for ever. The end of every
// world stops a server that was just told to serve, and waits for it.
func TestStopWhileStarting(t *testing.T) {
	for range 20 {
		t.Run("", func(t *testing.T) { newWorld(t) })
	}
}

// TestStopBeforeServe: whoever was stopped serves no more.
func TestStopBeforeServe(t *testing.T) {
	w := newWorld(t)
	check(w, w.server.Shutdown(t.Context()))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(w, err)
	check(w, w.server.Serve(l))
}
