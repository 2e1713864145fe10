package postgres

import (
	"context"
	"fmt"
	"net"
	"sync"
)

// sockets are the ways to the servers that are open. A server that hangs keeps what
// waits for it, and the end of a connection is a message to it too: who has no time
// left closes what is below. Its zero value is ready.
type sockets struct {
	mu   sync.Mutex
	open map[*socket]struct{}
	cut  bool
}

// socket is one of them.
type socket struct {
	net.Conn
	among *sockets
}

// Close implements net.Conn.
func (s *socket) Close() error {
	s.among.mu.Lock()
	delete(s.among.open, s)
	s.among.mu.Unlock()
	return s.Conn.Close()
}

// dial is the function of that name, and keeps what it has opened.
func (s *sockets) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if s.isCut() {
		return nil, errCut()
	}
	made, err := dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	one := &socket{made, s}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cut {
		_ = made.Close() // it was not used
		return nil, errCut()
	}
	if s.open == nil {
		s.open = map[*socket]struct{}{}
	}
	s.open[one] = struct{}{}
	return one, nil
}

func (s *sockets) isCut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cut
}

func errCut() error { return fmt.Errorf("the ways to the database are closed: %w", net.ErrClosed) }

// end closes all, and lets nobody open one any more.
func (s *sockets) end() {
	s.mu.Lock()
	s.cut = true
	open := s.open
	s.open = nil
	s.mu.Unlock()
	for one := range open {
		_ = one.Conn.Close() // whoever uses it gets the error
	}
}
