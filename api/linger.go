package api

import (
	"io"
	"net"
	"time"
)

// Bounds of a farewell: how long and how much is still read from somebody who is being turned away.
const (
	lingerTime  = 2 * time.Second
	lingerBytes = 4 << 20
)

// lingering lets a refusal arrive. An upload that is too large is refused by its length, without being read; closing
// at once would then reset the connection, and the browser would show that instead of the refusal.
type lingering struct{ net.Listener }

func (l lingering) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok && err == nil {
		return lingeringConn{tcp}, nil
	}
	return c, err
}

type lingeringConn struct{ *net.TCPConn }

// Close says that nothing more comes, and takes in a little of what is still on its way before it hangs up.
func (c lingeringConn) Close() error {
	if err := c.CloseWrite(); err != nil {
		return c.TCPConn.Close()
	}
	patience := time.AfterFunc(lingerTime, func() { _ = c.TCPConn.Close() })
	go func() {
		_, _ = io.CopyN(io.Discard, c.TCPConn, lingerBytes) // whatever ends it, the connection is over
		patience.Stop()
		_ = c.TCPConn.Close()
	}()
	return nil
}
