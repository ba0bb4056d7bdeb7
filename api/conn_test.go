package api_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// hasty is a server that waits for a request for a moment only.
func hasty(t *testing.T) *world {
	cfg := generous
	cfg.ReadTime = 400 * time.Millisecond
	return newWorldWith(t, cfg)
}

func (w *world) dial() net.Conn {
	w.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(w.base, "http://"))
	check(w, err)
	w.Cleanup(func() { _ = c.Close() })
	return c
}

// until reads what the server says before it hangs up.
func (w *world) until(c net.Conn) string {
	w.Helper()
	b, err := io.ReadAll(c)
	check(w, err)
	return string(b)
}

func TestWhoSaysNothingIsToldNothing(t *testing.T) {
	w := hasty(t)
	if said := w.until(w.dial()); said != "" {
		t.Errorf("the server said %q", said)
	}
	used := w.dial()
	_, err := io.WriteString(used, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	check(t, err)
	resp, err := http.ReadResponse(bufio.NewReader(used), nil)
	check(t, err)
	if resp.StatusCode != http.StatusOK {
		t.Errorf("a first request: %d", resp.StatusCode)
	}
}

// TestASlowRequestIsToldSo: it is no fault of what was filled in, and not saved.
func TestASlowRequestIsToldSo(t *testing.T) {
	w := hasty(t)
	for name, begun := range map[string]string{
		"half a head": "POST /api/v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-",
		"half a body": "POST /api/v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"login\":",
		"half a form": "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 100\r\n\r\n--x\r\n",
	} {
		c := w.dial()
		_, err := io.WriteString(c, begun)
		check(t, err)
		said := w.until(c)
		if !strings.HasPrefix(said, "HTTP/1.1 503 ") || !strings.Contains(said, "request.slow") || !strings.Contains(said, "Retry-After: ") ||
			!strings.Contains(said, "Content-Security-Policy: ") {
			t.Errorf("%s: %.300q", name, said)
		}
	}
}

// TestASlowUploadIsNotCut sends a file over a line on which it takes longer than the server waits for a request. Every
// part comes when a silent connection, opened with the part before, has been cut off: so much time has passed.
func TestASlowUploadIsNotCut(t *testing.T) {
	w := hasty(t)
	const size = 96 << 10
	page := w.browser()
	page.visit("/verify")
	head := fmt.Sprintf("--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n", page.csrf)
	body := head + "%PDF" + strings.Repeat("x", size) + "\r\n--x--\r\n"
	c := w.dial()
	_, err := fmt.Fprintf(c, "POST /api/v1/verification/file HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n", len(body))
	check(t, err)
	for len(body) > 0 {
		part := body[:min(len(body), size/3)]
		_, err = io.WriteString(c, part)
		check(t, err)
		body = body[len(part):]
		w.until(w.dial())
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	check(t, err)
	defer resp.Body.Close()
	// all of it arrived: it is the verifier that finds no PDF in it
	if b, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(b), `"pdf.`) {
		t.Errorf("%d %s, %v", resp.StatusCode, b, err)
	}
}
