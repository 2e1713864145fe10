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

func TestUsageSaysWhomAChangeConcerns(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	s.Must("create-or-update-pacticipant --name Foo --main-branch main")
	s.Pact("Cat", "Bar", "x")
	s.Must("publish Cat-Bar.json -a 1 --tag t")
	got := s.Must("usage -a Bar")
	require.Contains(t, got, "| Foo")
	require.Contains(t, got, "Used by 1 consumer.\n")
	require.Contains(t, got, "on main branches, live nowhere: Foo 1\n")
	require.Contains(t, got, "Not counted, because no contract of a main branch is known and none that is live: Cat")

	s.Must("record-deployment -a Foo -e 1 --environment production")
	require.Contains(t, s.Must("usage -a Bar --environment production"), "production: Foo 1\n")
	require.Equal(t, 1, s.Run("usage -a Bar --breaks").Status)
	require.Equal(t, 0, s.Run("usage -a Bar --field $.nothing --breaks").Status)
	require.Contains(t, s.Must("usage -a Bar --field $.nothing"), "No contract that counts uses it.")
	require.Contains(t, s.Must("usage -a Bar --field $.nothing"), "production: nobody")
	require.Contains(t, s.Run("usage -a Baz").Stderr, "Did you mean 'Bar'?")
	require.Contains(t, s.Run("usage -a Bar --environment prodution").Stderr, "Did you mean 'production'?")
	s.File("odd.json", `{"consumer":{"name":"Odd"},"provider":{"name":"Bar"},"interactions":[{"description":"d","request":{"path":"/"},"response":{"status":"abc"}}]}`)
	s.Must("publish odd.json -a 1 --branch main")
	s.Must("create-or-update-pacticipant --name Odd --main-branch main")
	got = s.Run("usage -a Bar --field $.nothing --breaks").Stdout
	require.Contains(t, got, "Nothing that is told uses it, but not everything is told.")
	require.Contains(t, got, "Not everything is told of the contracts of: Odd")
	require.Equal(t, 1, s.Run("usage -a Bar --field $.nothing --breaks").Status, "nobody knows whether it breaks")
}
