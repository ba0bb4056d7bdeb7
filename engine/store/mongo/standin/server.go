// Package standin is a small server that speaks MongoDB's wire protocol, as far as engine/store/mongo uses it. It is
// test equipment and keeps nothing on disk; it is an ordinary package so that the tests of other packages and the
// check command can start it. Never keep real data in it.
//
// It is stricter than a real server where that finds mistakes: a write without majority write concern, a find without
// majority read concern and a find that no index serves are refused. It can lose connections before and after it has
// executed a command, answer that it is no longer the primary, and be switched off and on again.
package standin

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
)

// Fault is what goes wrong with one command.
type Fault uint8

// The faults.
const (
	None       Fault = iota
	DropBefore       // the connection is lost before the command is executed
	DropAfter        // the command is executed, the connection is lost before the answer
	NotPrimary       // the server refuses because it is no longer the primary
	DiskFull         // the server refuses because it has no room
	NoMajority       // the command is executed, but the other members did not confirm it in time
)

// Server is a replica set of one member, as far as a driver can tell. Safe for concurrent use.
type Server struct {
	address string

	mu       sync.Mutex
	listener net.Listener // nil while switched off
	conns    map[net.Conn]bool
	fault    func(command string, n int) Fault
	commands int
	data     database
	running  sync.WaitGroup
}

// Start switches a new, empty server on at a free port of this machine.
func Start() (*Server, error) {
	s := &Server{address: "127.0.0.1:0", conns: map[net.Conn]bool{}, data: newDatabase()}
	if err := s.Resume(); err != nil {
		return nil, err
	}
	return s, nil
}

// URI is what a driver connects to. It stays the same when the server is switched off and on.
func (s *Server) URI() string { return "mongodb://" + s.address + "/?replicaSet=rs0" }

// Collections lists what exists, as database.collection, in order.
func (s *Server) Collections() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.data.collections))
}

// Fault makes choose decide what goes wrong with each command; n counts commands from 1. nil ends the trouble.
// Greetings and pings are not counted: they never fail.
func (s *Server) Fault(choose func(command string, n int) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.commands = choose, 0
}

// Resume switches the server on again with the data it had.
func (s *Server) Resume() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil {
		return errors.New("standin: already on")
	}
	l, err := net.Listen("tcp", s.address)
	if err != nil {
		return fmt.Errorf("standin: %w", err)
	}
	s.listener, s.address = l, l.Addr().String()
	s.running.Add(1)
	go s.accept(l)
	return nil
}

// Close switches the server off: every connection is lost, nothing listens any more, the data stays.
func (s *Server) Close() {
	s.mu.Lock()
	if s.listener != nil {
		_ = s.listener.Close() // it only ends Accept
		s.listener = nil
	}
	for c := range s.conns {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}

func (s *Server) accept(l net.Listener) {
	defer s.running.Done()
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		if s.welcome(c) {
			go s.talk(c)
		}
	}
}

// welcome registers a connection, unless the server was switched off meanwhile.
func (s *Server) welcome(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		_ = c.Close()
		return false
	}
	s.conns[c] = true
	s.running.Add(1)
	return true
}

// talk answers one connection until it is lost.
func (s *Server) talk(c net.Conn) {
	defer s.running.Done()
	defer func() {
		_ = c.Close()
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
	}()
	for {
		r, err := readRequest(c)
		if err != nil {
			return
		}
		answer, lost := s.serve(r)
		if lost || r.write(c, answer) != nil {
			return
		}
	}
}
