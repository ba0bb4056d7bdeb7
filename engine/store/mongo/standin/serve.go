package standin

import (
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// refusal is an error that the client is told.
type refusal struct {
	code   int32
	name   string
	msg    string
	labels bson.A
}

func (e *refusal) Error() string { return e.name + ": " + e.msg }

func (e *refusal) answer() bson.D {
	d := bson.D{{Key: "ok", Value: 0.0}, {Key: "errmsg", Value: e.msg}, {Key: "code", Value: e.code}, {Key: "codeName", Value: e.name}}
	if e.labels != nil {
		d = append(d, bson.E{Key: "errorLabels", Value: e.labels})
	}
	return d
}

func bad(format string, args ...any) *refusal {
	return &refusal{code: 2, name: "BadValue", msg: "stand-in: " + fmt.Sprintf(format, args...)}
}

// serve executes one command. lost: the connection ends without an answer.
func (s *Server) serve(r *request) (answer bson.D, lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.name() {
	case "hello", "isMaster", "ismaster":
		return s.greeting(), false
	case "ping", "endSessions":
		return okay(), false
	}
	switch s.nextFault(r.name()) {
	case DropBefore:
		return nil, true
	case DropAfter:
		s.data.execute(r)
		return nil, true
	case NotPrimary:
		return (&refusal{10107, "NotWritablePrimary", "not primary", bson.A{"RetryableWriteError"}}).answer(), false
	case DiskFull:
		return (&refusal{code: 14031, name: "OutOfDiskSpace", msg: "available disk space is too low"}).answer(), false
	case NoMajority:
		late := bson.D{{Key: "code", Value: int32(64)}, {Key: "codeName", Value: "WriteConcernTimeout"}, {Key: "errmsg", Value: "waiting for replication timed out"}}
		return append(s.data.execute(r), bson.E{Key: "writeConcernError", Value: late}), false
	}
	return s.data.execute(r), false
}

func (s *Server) nextFault(command string) Fault {
	s.commands++
	if s.fault == nil {
		return None
	}
	return s.fault(command, s.commands)
}

// greeting describes a primary of version 7.0 that is alone in its set.
func (s *Server) greeting() bson.D {
	return bson.D{{Key: "helloOk", Value: true}, {Key: "isWritablePrimary", Value: true}, {Key: "ismaster", Value: true},
		{Key: "setName", Value: "rs0"}, {Key: "setVersion", Value: int32(1)}, {Key: "hosts", Value: bson.A{s.address}},
		{Key: "primary", Value: s.address}, {Key: "me", Value: s.address}, {Key: "maxBsonObjectSize", Value: int32(16 << 20)},
		{Key: "maxMessageSizeBytes", Value: int32(maxMessage)}, {Key: "maxWriteBatchSize", Value: int32(100_000)},
		{Key: "logicalSessionTimeoutMinutes", Value: int32(30)}, {Key: "minWireVersion", Value: int32(0)},
		{Key: "maxWireVersion", Value: int32(21)}, {Key: "ok", Value: 1.0}}
}

func okay(more ...bson.E) bson.D { return append(bson.D(more), bson.E{Key: "ok", Value: 1.0}) }
