package pdf

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
)

// drawn is a document as gofpdf writes it: one classic cross-reference table "0 n" with entries of 20 bytes behind all
// objects, the resources common to all pages in object 2, the information dictionary and the catalog last.
type drawn struct {
	bodies [][]byte // by object number, between "n 0 obj" and "endobj"; the first is empty
	pages  []int    // object numbers, the first is 3
}

const resourcesObject = 2

// readDrawn takes apart what gofpdf wrote; any other form is ErrRender.
func readDrawn(file []byte) (*drawn, error) {
	at := bytes.LastIndex(file, []byte("\nstartxref\n"))
	if at < 0 {
		return nil, ErrRender.With("没有交叉引用表")
	}
	table, _ := strconv.Atoi(firstLine(file[at+len("\nstartxref\n"):]))
	if table <= 0 || table > at {
		return nil, ErrRender.With("交叉引用表不正确")
	}
	head, ok := bytes.CutPrefix(file[table:at], []byte("xref\n0 "))
	size, _ := strconv.Atoi(firstLine(head))
	entries := head[min(len(head), len(firstLine(head))+1):]
	if !ok || size < 6 || len(entries) < 20*size {
		return nil, ErrRender.With("交叉引用表不正确")
	}
	offsets := make([]int, size)
	for n := 1; n < size; n++ {
		offsets[n], _ = strconv.Atoi(string(entries[20*n : 20*n+10]))
	}
	d := &drawn{bodies: make([][]byte, size)}
	return d, d.cut(file[:table], offsets)
}

func firstLine(b []byte) string {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return string(line)
}

// cut finds each object between its own offset and the next one, so that nothing inside a stream can pass for its end.
func (d *drawn) cut(file []byte, offsets []int) error {
	order := slices.Sorted(slices.Values(offsets[1:]))
	for n := 1; n < len(offsets); n++ {
		from, end := offsets[n], len(file)
		if i, _ := slices.BinarySearch(order, from+1); i < len(order) {
			end = order[i]
		}
		if from <= 0 || end > len(file) {
			return ErrRender.With("对象 %d 不正确", n)
		}
		body, opens := bytes.CutPrefix(file[from:end], fmt.Appendf(nil, "%d 0 obj\n", n))
		body, closes := bytes.CutSuffix(body, []byte("endobj\n"))
		if !opens || !closes {
			return ErrRender.With("对象 %d 不正确", n)
		}
		d.bodies[n] = body
		if bytes.HasPrefix(body, []byte("<</Type /Page\n")) {
			d.pages = append(d.pages, n)
		}
	}
	return nil
}

// content returns the object number and the plain content stream of a page.
func (d *drawn) content(page int) (n int, stream []byte, err error) {
	_, after, ok := bytes.Cut(d.bodies[page], []byte("\n/Contents "))
	number, _, _ := bytes.Cut(after, []byte(" "))
	n, _ = strconv.Atoi(string(number))
	if !ok || n <= 0 || n >= len(d.bodies) {
		return 0, nil, ErrRender.With("第 %d 页没有内容", page)
	}
	stream, opens := bytes.CutPrefix(d.bodies[n], []byte("<</Length "))
	_, stream, begins := bytes.Cut(stream, []byte("stream\n"))
	stream, closes := bytes.CutSuffix(stream, []byte("\nendstream\n"))
	if !opens || !begins || !closes {
		return 0, nil, ErrRender.With("第 %d 页的内容不正确", page)
	}
	return n, stream, nil
}
