package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/transparency-dev/formats/proof"

	"github.com/skillcert/skillcert/certs/translog"
)

// TestTheLogPage shows the log to people: its size, what its entries tell of, its checkpoint, its key and how to audit it.
func TestTheLogPage(t *testing.T) {
	w := newWorld(t)
	page := w.browser()
	page.sees("/log/", "日志是空的", "skillcert log audit", "--key")
	cert := w.issued()
	_, err := w.Translog.Publish(t.Context())
	check(t, err)
	w.clock.Advance(2e9) // a checkpoint is noted for a second
	page.sees("/log/", ">2</dd>", "签发</th><td class=\"num end\">2</td>", "撤销</th><td class=\"num end\">0</td>", "example.org/log", "目前没有登记见证方", "/log/checkpoint", "/log/key",
		"http://localhost/log", "--save checkpoint.txt", `data-chart="bars"`)
	w.superseded(cert, w.pdfOf(cert.Number))
	_, err = w.Translog.Publish(t.Context())
	check(t, err)
	w.clock.Advance(2e9)
	page.sees("/log/", ">3</dd>", "签发</th><td class=\"num end\">2</td>", "更正</th><td class=\"num end\">1</td>")
	trust := w.Translog.Trust()
	for index := range 4 {
		r := page.raw("GET", fmt.Sprintf("/log/proof/%d", index), "", nil)
		if (r.status == http.StatusOK) != (index < 3) {
			t.Errorf("the proof of %d: %d", index, r.status)
		}
		if r.status == http.StatusOK {
			w.proves(trust, string(r.body), int64(index))
		}
	}
	for _, index := range []string{"-1", "01", "x", "9223372036854775808", "3"} {
		if r := page.raw("GET", "/log/proof/"+index, "", nil); r.status != http.StatusNotFound {
			t.Errorf("the proof of %s: %d", index, r.status)
		}
	}
}

// proves checks a proof as a stranger does, from its text alone.
func (w *world) proves(trust translog.Trust, text string, index int64) {
	w.Helper()
	p, note := w.readProof(text)
	c, err := trust.Open(note)
	check(w, err)
	leaf, err := w.Translog.Leaf(w.Context(), index)
	check(w, err)
	if p.Index != index || p.Check(leaf, c) != nil {
		w.Errorf("entry %d is not proven", index)
	}
}

// readProof reads a tlog-proof with the library of the format's authors.
func (w *world) readProof(text string) (p translog.Proof, checkpoint []byte) {
	w.Helper()
	var read proof.TLogProof
	check(w, read.Unmarshal([]byte(text)))
	p.Index = int64(read.Index)
	for _, h := range read.Hashes {
		p.Hashes = append(p.Hashes, h)
	}
	return p, read.Checkpoint
}
