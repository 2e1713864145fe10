package pact_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

func TestPactsAreListedAndDownloaded(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	s.Must("create-or-update-pacticipant --name Foo --main-branch main")
	require.Contains(t, s.Must("get-pacts --provider Bar --latest"), "/pacts/provider/Bar/consumer/Foo/version/1")
	require.Contains(t, s.Must("get-pacts --provider Bar --consumer Foo --branch main"), "/pacts/provider/Bar/consumer/Foo/version/1")
	require.Contains(t, s.Must("get-pacts --provider Bar --consumer Foo --branch main --download"), "Foo-Bar.json")
	got := s.Run("get-pacts --provider Bar --branch none --download")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "there is no such pact")
	require.Contains(t, s.Must("provider-states list --provider Bar"), "STATE")
	require.Equal(t, 1, s.Run("provider-states list --provider Bar --branch a --environment b").Status)
}
