package publish

import (
	"context"
)

// CheckPact reports what is wrong with the names and the version number of a
// pact, as PublishPact and MergePact would.
func (s *Service) CheckPact(ctx context.Context, in PactDocument) error {
	return s.checkDocument(ctx, in)
}
