package draft

import (
	"errors"

	"github.com/treatyhq/treaty/contract"
)

// Reporter is the part of a test that hears what went wrong.
type Reporter interface {
	// Helper marks the caller as a helper of the test.
	Helper()
	// Errorf fails the test and lets it go on.
	Errorf(format string, args ...any)
}

// Prove hands m to the consumer's handler, in the form that receive gives it,
// and keeps m in the pact file if the handler accepts it. What went wrong is
// reported once through t, which may be nil, and returned.
func Prove[M any](t Reporter, parties Parties, m *Message, receive func(contract.Message) (M, error), handler func(M) error) error {
	err := prove(t, parties, m, receive, handler)
	if err != nil && t != nil {
		t.Helper()
		t.Errorf("The message %q was not handled as the contract says: %v", m.Common.Description, err)
	}
	return err
}

func prove[M any](t Reporter, parties Parties, m *Message, receive func(contract.Message) (M, error), handler func(M) error) error {
	if err := m.Err(); err != nil {
		return err
	}
	if handler == nil {
		return errors.New("there is no handler: call ConsumedBy")
	}
	described := []contract.Interaction{m.Async()}
	if err := CheckExamples(described); err != nil {
		return err
	}
	reified, err := m.Request.Reify()
	if err != nil {
		return err
	}
	received, err := receive(reified)
	if err != nil {
		return err
	}
	if err := handler(received); err != nil {
		return err
	}
	return Keep(t, parties, m.Version, described)
}
