package mockserver

import "net/http"

// Idle reports whether everything that was asked for was answered: there are
// connections, and none of them is busy.
func (s *Server) Idle() bool {
	s.open.mu.Lock()
	defer s.open.mu.Unlock()
	for _, state := range s.open.open {
		if state != http.StateIdle {
			return false
		}
	}
	return len(s.open.open) > 0
}
