package picking

import (
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// checkQuestion refuses a question with more selectors, or more tags of the
// provider's version, than anybody asks with.
func (s *Service) checkQuestion(q PactsForVerificationQuery) error {
	fields, limits := kernel.Fields{}, s.Settings.Limits
	kernel.CheckCount(fields, "consumerVersionSelectors", len(q.Selectors), limits.Selectors, "selectors", "leave out those that find nothing, or ask in several questions")
	kernel.CheckCount(fields, "providerVersionTags", len(q.ProviderTags), limits.Tags, "tags", "name those that decide what is pending")
	return fields.Err()
}
