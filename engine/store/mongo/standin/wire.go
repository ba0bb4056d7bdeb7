package standin

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Operation codes of the protocol (mongodb.com/docs/manual/reference/mongodb-wire-protocol).
const (
	opReply = 1
	opQuery = 2004 // only for the first greeting
	opMsg   = 2013
)

const maxMessage = 48_000_000

var errWire = errors.New("standin: not a message of the protocol")

// request is one command with the lists of documents that the protocol sends beside it.
type request struct {
	id, op uint32
	body   bson.D
	lists  map[string][]bson.D
}

func (r *request) name() string { return r.body[0].Key }

func (r *request) get(key string) any { v, _ := lookup(r.body, key); return v }

func (r *request) text(key string) string { v, _ := r.get(key).(string); return v }

// documents returns the list called key, wherever it was sent.
func (r *request) documents(key string) []bson.D {
	if l, ok := r.lists[key]; ok {
		return l
	}
	var l []bson.D
	a, _ := r.get(key).(bson.A)
	for _, v := range a {
		if d, ok := v.(bson.D); ok {
			l = append(l, d)
		}
	}
	return l
}

func readRequest(in io.Reader) (*request, error) {
	var h [16]byte
	if _, err := io.ReadFull(in, h[:]); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint32(h[:])
	if size < 21 || size > maxMessage {
		return nil, errWire
	}
	b := make([]byte, size-16)
	if _, err := io.ReadFull(in, b); err != nil {
		return nil, err
	}
	r := &request{id: binary.LittleEndian.Uint32(h[4:]), op: binary.LittleEndian.Uint32(h[12:]), lists: map[string][]bson.D{}}
	if err := r.decode(b); err != nil {
		return nil, err
	}
	if len(r.body) == 0 {
		return nil, errWire
	}
	return r, nil
}

func (r *request) decode(b []byte) error {
	switch r.op {
	case opMsg:
		return r.decodeSections(b)
	case opQuery: // flags, name of a collection, two numbers, the command
		i := bytes.IndexByte(b[4:], 0)
		if i < 0 || len(b) < 4+i+1+8 {
			return errWire
		}
		return bson.Unmarshal(b[4+i+1+8:], &r.body)
	}
	return errWire
}

// decodeSections reads the body (section 0) and the lists (section 1) after the flags.
func (r *request) decodeSections(b []byte) error {
	const checksum = 1
	if binary.LittleEndian.Uint32(b)&checksum != 0 && len(b) > 8 {
		b = b[:len(b)-4]
	}
	for b = b[4:]; len(b) > 0; {
		kind, rest := b[0], b[1:]
		section, after, err := cut(rest)
		if err != nil {
			return err
		}
		if kind == 0 {
			err = bson.Unmarshal(section, &r.body)
		} else {
			err = r.decodeList(section[4:])
		}
		if err != nil {
			return err
		}
		b = after
	}
	return nil
}

func (r *request) decodeList(b []byte) error {
	name, rest, ok := bytes.Cut(b, []byte{0})
	if !ok {
		return errWire
	}
	for len(rest) > 0 {
		raw, after, err := cut(rest)
		if err != nil {
			return err
		}
		var d bson.D
		if err := bson.Unmarshal(raw, &d); err != nil {
			return err
		}
		r.lists[string(name)] = append(r.lists[string(name)], d)
		rest = after
	}
	return nil
}

// cut takes off a part that begins with its own length.
func cut(b []byte) (part, rest []byte, err error) {
	if len(b) < 5 {
		return nil, nil, errWire
	}
	n := binary.LittleEndian.Uint32(b)
	if n < 5 || uint64(n) > uint64(len(b)) {
		return nil, nil, errWire
	}
	return b[:n], b[n:], nil
}

// write sends the answer to r in the form that r came in.
func (r *request) write(out io.Writer, answer bson.D) error {
	raw, err := bson.Marshal(answer)
	if err != nil {
		return err
	}
	head, op := 21, uint32(opMsg) // flags and the kind of the section are zero
	if r.op == opQuery {
		head, op = 36, opReply
	}
	m := make([]byte, head, head+len(raw))
	binary.LittleEndian.PutUint32(m, uint32(head+len(raw)))
	binary.LittleEndian.PutUint32(m[8:], r.id)
	binary.LittleEndian.PutUint32(m[12:], op)
	if r.op == opQuery {
		binary.LittleEndian.PutUint32(m[32:], 1) // one document
	}
	_, err = out.Write(append(m, raw...))
	return err
}
