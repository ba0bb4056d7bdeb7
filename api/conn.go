package api

import (
	"io"
	"net"
	"time"
)

// How long a request may take to arrive. What arrives buys more time, so that a certificate of 20 MB gets through a
// line of 256 kbit/s, the slowest that we expect a county office to have, in its eleven minutes, while somebody who
// holds a connection open and sends nothing is cut off after readTime.
const (
	readTime = 30 * time.Second
	slowest  = 32 << 10 // bytes a second
)

// Bounds of a farewell: how long and how much is still read from somebody who is being turned away.
const (
	lingerTime  = 2 * time.Second
	lingerBytes = 4 << 20
)

// listener hands out connections that know the two rules above.
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok && err == nil {
		return &conn{Conn: tcp, tcp: tcp}, nil
	}
	return c, err
}

// conn is one connection. One goroutine at a time reads it and sets its deadline, as the server does.
type conn struct {
	net.Conn
	tcp      *net.TCPConn
	deadline time.Time // of reading; zero for none
	heard    bool      // something has arrived
}

// SetReadDeadline begins a new wait, for which nothing has arrived yet.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.deadline = t
	return c.Conn.SetReadDeadline(t)
}

// Read takes in what has arrived, and moves the deadline on by the time that it may have taken on the slowest line.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.heard = true
		if !c.deadline.IsZero() && err == nil {
			c.deadline = c.deadline.Add(time.Duration(n) * time.Second / slowest)
			err = c.Conn.SetReadDeadline(c.deadline)
		}
	}
	return n, err
}

// Write says nothing to somebody who has said nothing: a browser that opens a connection in advance and lets it lie
// would take the refusal for the answer to its next request.
func (c *conn) Write(b []byte) (int, error) {
	if !c.heard {
		return 0, net.ErrClosed
	}
	return c.Conn.Write(b)
}

// Close lets a refusal arrive. An upload that is too large is refused by its length, without being read; closing at
// once would then reset the connection, and the browser would show that instead of the refusal. So Close says that
// nothing more comes, and takes in a little of what is still on its way before it hangs up.
func (c *conn) Close() error {
	if err := c.tcp.CloseWrite(); err != nil {
		return c.tcp.Close()
	}
	patience := time.AfterFunc(lingerTime, func() { _ = c.tcp.Close() })
	go func() {
		// Who is still sending behind the bound has time to read the refusal: hanging up would reset the connection.
		if _, err := io.CopyN(io.Discard, c.tcp, lingerBytes); err != nil && patience.Stop() {
			_ = c.tcp.Close()
		}
	}()
	return nil
}
