package status

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

// bits are the entries of a list.
type bits []byte

func newBits() bits { return make(bits, listBytes) }

func (b bits) shift(index int) uint { return uint(8 - Size - index*Size%8) }

func (b bits) at(index int) Code {
	return Code(b[index*Size/8]>>b.shift(index)) & (codes - 1)
}

func (b bits) set(index int, c Code) {
	place := &b[index*Size/8]
	*place = *place&^((codes-1)<<b.shift(index)) | byte(c)<<b.shift(index)
}

// multibase marks base64url without padding.
const multibase = "u"

// maxEncoded bounds encodedList: an incompressible list in stored blocks, in base64.
const maxEncoded = (listBytes + 1<<10) * 4 / 3

// encode compresses at a fixed level without a time, so that one list has one text within one build.
func (b bits) encode() (string, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return "", fmt.Errorf("compress status list: %w", err)
	}
	if _, err = w.Write(b); err != nil {
		return "", fmt.Errorf("compress status list: %w", err)
	}
	if err = w.Close(); err != nil {
		return "", fmt.Errorf("compress status list: %w", err)
	}
	return multibase + base64.RawURLEncoding.EncodeToString(out.Bytes()), nil
}

// decodeBits expands at most a list's worth of bytes, however much the text would unfold to.
func decodeBits(text string) (bits, error) {
	if len(text) > maxEncoded || len(text) < len(multibase) || text[:len(multibase)] != multibase {
		return nil, ErrList.With("encodedList")
	}
	packed, err := base64.RawURLEncoding.Strict().DecodeString(text[len(multibase):])
	if err != nil {
		return nil, ErrList.With("encodedList")
	}
	input := bytes.NewReader(packed)
	r, err := gzip.NewReader(input)
	if err != nil {
		return nil, ErrList.With("encodedList")
	}
	r.Multistream(false)
	b := newBits()
	if _, err = io.ReadFull(r, b); err != nil {
		return nil, ErrList.With("列表过短")
	}
	// The checksum is compared when the end is reached, and nothing may stand behind it.
	if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) || input.Len() != 0 {
		return nil, ErrList.With("列表过长或已损坏")
	}
	return b, nil
}
