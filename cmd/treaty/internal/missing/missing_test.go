package missing_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

// Whoever misspells a name is offered the one that exists, by every command that
// looks something up.
func TestAMisspeltNameIsAnsweredWithTheOneThatExists(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	s.Pact("storefront", "catalog", "x")
	s.Must("publish storefront-catalog.json -a 1.4.2")
	s.Must("create-or-update-version -a catalog -e 9")
	s.Must("create-environment --name production")
	for _, tt := range []struct{ line, says, next string }{
		{"describe-pacticipant --name catlog", "no application 'catlog'. Did you mean 'catalog'?", "treaty list-pacticipants"},
		{"describe-version -a storefrnt -e 1.4.2", "no application 'storefrnt'. Did you mean 'storefront'?", "treaty list-pacticipants"},
		{"describe-version -a storefrnt --latest", "Did you mean 'storefront'?", "treaty list-pacticipants"},
		{"describe-version -a storefrnt --latest prod", "Did you mean 'storefront'?", "treaty list-pacticipants"},
		{"describe-version -a storefront -e 1.4.3", "no version '1.4.3' of storefront. Did you mean '1.4.2'?", "treaty describe-version --pacticipant storefront --latest"},
		{"describe-version -a storefront --environment prodution", "no environment 'prodution'. Did you mean 'production'?", "treaty list-environments"},
		{"describe-version -a storefrnt --environment production", "Did you mean 'storefront'?", "treaty list-pacticipants"},
		{"record-deployment -a storefrnt -e 1.4.2 --environment production", "Did you mean 'storefront'?", "create-or-update-version"},
		{"rollout start -a storefrnt -e 1.4.2 --environment production", "Did you mean 'storefront'?", "create-or-update-version"},
		{"deploy -a storefront -e 1.4 --environment production -- true", "Did you mean '1.4.2'?", "create-or-update-version"},
		{"deploy -a storefront -e 1.4.2 --environment prodution -- true", "Did you mean 'production'?", "treaty create-environment"},
		{"record-deployment -a storefront -e 1.4.2 --environment prodution", "Did you mean 'production'?", "treaty create-environment"},
		{"record-release -a storefront -e 1.4 --environment production", "Did you mean '1.4.2'?", "create-or-update-version"},
		{"record-undeployment -a storefrnt --environment production", "Did you mean 'storefront'?", "treaty list-pacticipants"},
		{"record-undeployment -a storefront --environment prodution", "Did you mean 'production'?", "treaty list-environments"},
		{"record-support-ended -a storefrnt -e 1.4.2 --environment production", "Did you mean 'storefront'?", "treaty list-pacticipants"},
		{"record-support-ended -a storefront -e 1.4.2 --environment prodution", "Did you mean 'production'?", "treaty list-environments"},
		{"create-version-tag -a storefrnt -e 1.4.2 -t x", "Did you mean 'storefront'?", "--auto-create-version"},
		{"create-version-tag -a storefront -e 1.4.3 -t x", "Did you mean '1.4.2'?", "--auto-create-version"},
		{"delete-branch -a storefrnt --branch main", "Did you mean 'storefront'?", "treaty list-pacticipants"},
		{"get-pacts --provider catlog", "Did you mean 'catalog'?", "treaty list-pacticipants"},
		{"provider-states list --provider catlog", "Did you mean 'catalog'?", "treaty list-pacticipants"},
		{"provider-states list --provider catalog --environment prodution", "Did you mean 'production'?", "treaty list-environments"},
		{"gate history -a storefrnt", "Did you mean 'storefront'?", "treaty list-pacticipants"},
		{"create-webhook https://ci.example --contract-published --provider catlog", "Did you mean 'catalog'?", "treaty list-pacticipants"},
		{"can-i-deploy -a storefrnt -e 1.4.2 --to-environment production", "Did you mean 'storefront'?", "treaty list-pacticipants"},
		{"why catlog 9", "Did you mean 'catalog'?", ""},
	} {
		got := s.Run(tt.line)
		require.Equal(t, 1, got.Status, tt.line)
		require.Contains(t, got.Stderr, tt.says, tt.line)
		require.Contains(t, got.Stderr, tt.next, tt.line)
		require.Equal(t, 1, strings.Count(got.Stderr, "Did you mean"), tt.line)
	}
}

func TestWithoutALikelyNameThereIsNoQuestion(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	for _, tt := range []struct{ line, says string }{
		{"describe-pacticipant --name nothing-like-it", "there is no application 'nothing-like-it'\n"},
		{"describe-version -a Foo -e 77.7", "there is no version '77.7' of Foo\n"},
		{"describe-version -a Foo --latest production", "none is tagged 'production'\n"},
		{"describe-version -a Foo --environment moon", "there is no environment 'moon'\n"},
		{"describe-version -a Foo --environment production", "no version of Foo is in production: nothing found\n"},
		{"delete-branch -a Foo --branch moon", "there is no branch moon of Foo\n"},
		{"test-webhook --uuid moon", "there is no webhook with this UUID\n"},
		{"delete-webhook --uuid moon", "there is no webhook with this UUID\n"},
	} {
		got := s.Run(tt.line)
		require.Equal(t, 1, got.Status, tt.line)
		require.Contains(t, got.Stderr, tt.says, tt.line)
		require.Contains(t, got.Stderr, "next: ", tt.line)
	}
	s.Must("create-or-update-pacticipant --name Fresh")
	s.Must("gate history -a Fresh")
	s.Must("provider-states list --provider Bar --environment production")
	require.Contains(t, s.Run("describe-version -a Fresh").Stderr, "it has no version yet")
}

// An environment is named by a UUID; who gives its name instead is told the UUID.
func TestTheNameOfAnEnvironmentLeadsToItsUUID(t *testing.T) {
	t.Parallel()
	s := commandtest.Open(t)
	uuid := strings.TrimSpace(s.Must("create-environment --name production -o id"))
	for _, command := range []string{"describe-environment", "update-environment --name x", "delete-environment"} {
		for _, given := range []string{"production", "prodution"} {
			got := s.Run(command + " --uuid " + given)
			require.Equal(t, 1, got.Status, command)
			require.Contains(t, got.Stderr, "no environment with the UUID '"+given+"'\n", command)
			require.Contains(t, got.Stderr, "if production is meant, give its UUID: --uuid "+uuid, command)
		}
		got := s.Run(command + " --uuid " + uuid[:len(uuid)-1] + "_")
		require.Contains(t, got.Stderr, "Did you mean '"+uuid+"'?", command)
		require.Contains(t, s.Run(command+" --uuid moon").Stderr, "see the UUIDs with: treaty list-environments", command)
	}
	s.Must("describe-environment --uuid " + uuid)
}
