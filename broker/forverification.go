package broker

import "context"

// PactsForVerification returns the pacts that a provider should verify, those
// selected before work in progress. It returns CodeInvalid by field for
// selectors that make no sense, then CodeNotFound for an unknown provider.
func (s *Service) PactsForVerification(ctx context.Context, q PactsForVerificationQuery) ([]PactForVerification, error) {
	return nil, errUnfinished
}

// DecodePactsForVerification reads the decoded JSON body of the POST form. A
// nil document means all defaults. Wrong types are CodeInvalid, keyed by field;
// what concerns one selector says so by " (at index N)" at the end.
func DecodePactsForVerification(provider string, document any) (PactsForVerificationQuery, error) {
	return PactsForVerificationQuery{}, errUnfinished
}

// DecodePactsForVerificationQuery reads the older GET form: query parameters,
// nested as Pact clients nest them.
func DecodePactsForVerificationQuery(provider string, values map[string]any) (PactsForVerificationQuery, error) {
	return PactsForVerificationQuery{}, errUnfinished
}
