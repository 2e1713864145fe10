package root_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

// Command lines of the Pact clients go on working word for word.
func TestOptionsOfThePactClientsAreTaken(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	for _, line := range []string{
		"broker list-pacticipants --log-level debug --enable-otel --ssl-trust-store true --output pretty",
		"broker list-environments --output table",
		"broker describe-pacticipant --name Foo --output table",
		"broker can-i-deploy --pacticipant Foo --version 1 --no-main-branch --to-environment production --dry-run",
		"broker can-i-merge --pacticipant Foo --branch main --dry-run",
		"broker record-deployment --pacticipant Bar --version 5 --environment production --output pretty",
		"broker create_environment --name x",
		"broker create-environment --name x --display_name X",
		"broker generate-uuid --log-level off",
	} {
		got := s.Run(line)
		if strings.Contains(line, "create_environment") {
			require.Equal(t, 1, got.Status, "commands are written with hyphens")
			continue
		}
		require.Equal(t, 0, got.Status, "%s\n%s", line, got.Stderr)
	}
}
