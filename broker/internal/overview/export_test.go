package overview

// CountAtOnce sets how many rows of history are counted while somebody waits.
func (s *Service) CountAtOnce(rows int64) { s.counting.atOnce = rows }

// Counted waits for the count that is under way.
func (s *Service) Counted() {
	s.counting.mu.Lock()
	done := s.counting.done
	s.counting.mu.Unlock()
	if done != nil {
		<-done
	}
}
