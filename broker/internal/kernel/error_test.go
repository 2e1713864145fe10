package kernel_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func TestWhatIsWrongIsToldByFieldInAFixedOrder(t *testing.T) {
	t.Parallel()
	fields := kernel.Fields{}
	require.NoError(t, fields.Err(), "fields without a problem are not an error")
	fields.Add("name", "is %s", "odd")
	fields.Add("", "all is odd")
	fields.Add("name", "is long")
	fields.Add("branch.name", "is blank")
	err := fields.Err()
	require.Equal(t, kernel.CodeInvalid, kernel.CodeOf(err), "problems of fields make an input invalid")
	require.EqualError(t, err, "all is odd; branch.name is blank; name is odd; name is long", "fields are told in a fixed order")
	var e *kernel.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, []string{"is odd", "is long"}, e.Fields["name"], "each field keeps its messages")
}

// A cause may be a driver's: its text is for the log.
func TestTheCauseOfAnErrorIsNotInItsText(t *testing.T) {
	t.Parallel()
	cause := errors.New("SQLSTATE 42601 at host db user admin")
	err := kernel.Errorf(kernel.CodeUnavailable, "the database is %s", "away").Because(cause)
	require.EqualError(t, err, "the database is away", "a message is told without its cause")
	require.ErrorIs(t, err, cause, "the log finds the cause")
	require.EqualError(t, (&kernel.Error{Code: kernel.CodeConflict}).Because(cause), "conflict", "an error without a message tells its code")
	require.NoError(t, errors.Unwrap(kernel.Errorf(kernel.CodeConflict, "taken")), "an error need not have a cause")
}

func TestACodeIsFoundBelowWhatWasBeingDone(t *testing.T) {
	t.Parallel()
	unknown := kernel.UnknownName(kernel.RoleProvider, "Bar's")
	require.EqualError(t, unknown, "No provider with name 'Bar's' found", "a name that is unknown is told with its role")
	wrapped := fmt.Errorf("resolve a selector: %w", unknown)
	require.Equal(t, kernel.CodeNotFound, kernel.CodeOf(wrapped), "wrapping keeps the code")
	require.Equal(t, kernel.ReasonUnknownName, kernel.ReasonOf(wrapped), "wrapping keeps the reason")
	require.True(t, kernel.IsNotFound(wrapped), "wrapping keeps what is not found")
	for _, err := range []error{nil, io.EOF} {
		require.Equal(t, kernel.CodeInternal, kernel.CodeOf(err), "what has no code is internal")
		require.Empty(t, kernel.ReasonOf(err), "what has no code has no reason")
		require.False(t, kernel.IsNotFound(err), "what has no code is not a thing that is missing")
	}
}

func TestOnlyWhatIsMissingIsIgnored(t *testing.T) {
	t.Parallel()
	missing := fmt.Errorf("find: %w", kernel.Errorf(kernel.CodeNotFound, "none"))
	require.NoError(t, kernel.IgnoreNotFound(missing), "what is missing is not a failure")
	require.ErrorIs(t, kernel.IgnoreNotFound(io.EOF), io.EOF, "any other failure stays")
	for _, tt := range []struct {
		err  error
		want bool
		left error
	}{{nil, true, nil}, {missing, false, nil}, {io.EOF, false, io.EOF}} {
		got, err := kernel.Exists("", tt.err)
		require.Equal(t, tt.want, got, "what is found exists: %v", tt.err)
		require.Equal(t, tt.left, err, "what could not be looked up is a failure: %v", tt.err)
	}
}
