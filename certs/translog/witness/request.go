// Package witness is both sides of C2SP tlog-witness: the client by which a log asks for cosignatures, and a witness that
// gives them. A witness remembers one checkpoint of the log and signs only what continues it, so a log with witnesses
// cannot tell one history to some and another to others.
package witness

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/skillcert/skillcert/engine/errs"
)

const (
	maxRequest = 32 << 10 // bytes of an add-checkpoint request: 63 hashes and a note of 16 KiB
	maxHashes  = 63       // of a consistency proof
)

// errRequest refuses what is no add-checkpoint request.
var errRequest = errs.New(errs.Invalid, "witness.request", "请求的格式不正确")

// request is the body of add-checkpoint: what the log believes that the witness cosigned last, the proof that the checkpoint
// continues it, and the signed checkpoint.
type request struct {
	old        int64
	proof      []tlog.Hash
	checkpoint []byte
}

func (r request) bytes() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", r.old)
	for _, h := range r.proof {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteByte('\n')
	b.Write(r.checkpoint)
	return b.Bytes()
}

// parseRequest reads what bytes writes and nothing else; otherwise errRequest.
func parseRequest(body []byte) (request, error) {
	head, checkpoint, ok := bytes.Cut(body, []byte("\n\n"))
	if !ok || len(body) > maxRequest {
		return request{}, errRequest
	}
	lines := strings.Split(string(head), "\n")
	old, ok := strings.CutPrefix(lines[0], "old ")
	size, err := parseSize(old)
	if !ok || err != nil || len(lines)-1 > maxHashes {
		return request{}, errRequest
	}
	r := request{old: size, checkpoint: checkpoint}
	for _, line := range lines[1:] {
		h, err := tlog.ParseHash(line)
		if err != nil || base64.StdEncoding.EncodeToString(h[:]) != line {
			return request{}, errRequest
		}
		r.proof = append(r.proof, h)
	}
	return r, nil
}

// parseSize reads the size of a tree in its one decimal form.
func parseSize(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, errRequest
	}
	return n, nil
}
