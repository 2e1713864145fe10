package store

import "time"

// TimeValue returns a time as the database keeps it, for who writes rows of
// its own through DB.
func (s *Store) TimeValue(moment time.Time) any { return s.dialect.time(moment) }
