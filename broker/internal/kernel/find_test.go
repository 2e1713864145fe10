package kernel_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// someHistory has a pair with two contents, of which the first is in versions 1
// and 2, and an application beside it.
const someHistory = `
pact    Foo 1 -> Bar  content old  branch main  tags dev,test
pact    Foo 2 -> Bar  content old  branch feat
pact    Foo 3 -> Bar  content new  branch main  tags dev
pact    Foo 3 -> Alpha content new
verify  Bar 7 : Foo 1 failed
verify  Bar 8 : Foo 1 ok
version Bar 8 branch main tags prod
version Bar 8 tags eu
version Lonely 1
environment prod
deploy  Foo 1 prod
`

func TestAnUnknownApplicationIsToldWithItsRole(t *testing.T) {
	t.Parallel()
	db := history(t, someHistory)
	for _, tt := range []struct{ consumer, provider, want string }{
		{"Foo", "Bar", ""}, {"Fo", "Ba", "No consumer with name 'Fo' found"}, {"Foo", "Ba", "No provider with name 'Ba' found"},
	} {
		found, err := view(t, db, func(tx kernel.Tx) ([2]string, error) {
			c, p, err := kernel.FindPair(tx, tt.consumer, tt.provider)
			return [2]string{c.Name, p.Name}, err
		})
		if tt.want == "" {
			require.NoError(t, err)
			require.Equal(t, [2]string{"Foo", "Bar"}, found, "a pair is its consumer and its provider")
			continue
		}
		require.EqualError(t, err, tt.want)
		require.Equal(t, kernel.ReasonUnknownName, kernel.ReasonOf(err), "a name that was asked for is the reason")
	}
}

func TestAPairWithoutAPactIsNoIntegration(t *testing.T) {
	t.Parallel()
	db := history(t, someHistory)
	ask := func(consumer, provider string) error {
		return db.View(t.Context(), func(tx kernel.Tx) error {
			c, p, err := kernel.FindPair(tx, consumer, provider)
			require.NoError(t, err)
			return kernel.FindIntegration(tx, c, p)
		})
	}
	require.NoError(t, ask("Foo", "Bar"), "a pact makes an integration")
	err := ask("Bar", "Foo")
	require.EqualError(t, err, "there is no pact between Bar and Foo", "an integration has a direction")
	require.True(t, kernel.IsNotFound(err))
}

func TestTheLatestVersionIsThatOfItsBranchOrTag(t *testing.T) {
	t.Parallel()
	db := history(t, someHistory)
	for _, tt := range []struct {
		query kernel.LatestVersionQuery
		want  string
	}{
		{kernel.LatestVersionQuery{}, "3"}, {kernel.LatestVersionQuery{Tag: "dev"}, "3"}, {kernel.LatestVersionQuery{Tag: "test"}, "1"},
		{kernel.LatestVersionQuery{Branch: "feat"}, "2"}, {kernel.LatestVersionQuery{Branch: "none"}, ""}, {kernel.LatestVersionQuery{Tag: "none"}, ""},
	} {
		v, err := view(t, db, func(tx kernel.Tx) (kernel.Version, error) {
			p, err := kernel.FindParty(tx, kernel.RolePacticipant, "Foo")
			require.NoError(t, err)
			return kernel.LatestVersion(tx, p, tt.query)
		})
		require.Equal(t, tt.want == "", kernel.IsNotFound(err), "whether there is a latest version for %+v: %v", tt.query, err)
		require.Equal(t, tt.want, v.Number, "the latest version for %+v", tt.query)
	}
}

func TestAPactIsFoundByEachWayOfNamingIt(t *testing.T) {
	t.Parallel()
	db := history(t, someHistory)
	for _, tt := range []struct {
		name  string
		query kernel.PactQuery
		want  string // the consumer version, "" for none
	}{
		{"a version", kernel.PactQuery{Version: "2"}, "2"},
		{"a version that is not there", kernel.PactQuery{Version: "9"}, ""},
		{"the latest", kernel.PactQuery{Latest: true}, "3"},
		{"the latest with a tag", kernel.PactQuery{Tag: "test"}, "1"},
		{"the latest without a tag", kernel.PactQuery{Untagged: true}, "2"},
		{"the latest of a branch", kernel.PactQuery{Branch: "feat"}, "2"},
		{"a tag that nobody has", kernel.PactQuery{Tag: "none"}, ""},
		{"a content, which is that of the newest version with it", kernel.PactQuery{SHA: "sha-old"}, "2"},
		{"a content that is not there", kernel.PactQuery{SHA: "sha-none"}, ""},
		{"a content and a version", kernel.PactQuery{SHA: "sha-old", Metadata: kernel.PactMetadata{ConsumerVersionNumber: "1"}}, "1"},
		{"a content and a version without it", kernel.PactQuery{SHA: "sha-old", Metadata: kernel.PactMetadata{ConsumerVersionNumber: "3"}}, "2"},
		{"a content and a version that is gone", kernel.PactQuery{SHA: "sha-old", Metadata: kernel.PactMetadata{ConsumerVersionNumber: "9"}}, "2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.query.Consumer, tt.query.Provider = "Foo", "Bar"
			require.False(t, tt.query.IsZero(), "this names a pact")
			p, err := view(t, db, func(tx kernel.Tx) (kernel.PactPublication, error) {
				p, _, err := kernel.FindPublication(tx, tt.query)
				return p, err
			})
			require.Equal(t, tt.want == "", kernel.IsNotFound(err), "whether there is a pact: %v", err)
			require.Equal(t, tt.want, p.ConsumerVersion.Number, "the pact found by %s", tt.name)
		})
	}
	require.True(t, kernel.PactQuery{}.IsZero(), "nothing names no pact")
	_, err := view(t, db, func(tx kernel.Tx) (kernel.PactPublication, error) {
		p, _, err := kernel.FindPublication(tx, kernel.PactQuery{Consumer: "Foo", Provider: "Nobody", Latest: true})
		return p, err
	})
	require.True(t, kernel.IsNotFound(err))
	require.Empty(t, kernel.ReasonOf(err), "an address of a pact does not say which part of it is unknown")
}

// Metadata names the versions that a verification was for.
func TestMetadataNamesTheVersionsOfAContentNewestFirst(t *testing.T) {
	t.Parallel()
	db := history(t, someHistory)
	named, err := view(t, db, func(tx kernel.Tx) ([]kernel.Version, error) {
		one, err := kernel.FindVersion(tx, "Foo", "1")
		require.NoError(t, err)
		two, err := kernel.FindVersion(tx, "Foo", "2")
		require.NoError(t, err)
		meta := kernel.PactMetadata{ConsumerVersionID: one.ID, Selectors: []kernel.MetadataSelector{{ConsumerVersionID: two.ID}}}
		_, versions, err := kernel.FindPublication(tx, kernel.PactQuery{Consumer: "Foo", Provider: "Bar", SHA: "sha-old", Metadata: meta})
		return versions, err
	})
	require.NoError(t, err)
	require.Len(t, named, 2, "both versions that the metadata names have the content")
	require.Equal(t, []string{"2", "1"}, []string{named[0].Number, named[1].Number}, "the newest version comes first")
	named, err = view(t, db, func(tx kernel.Tx) ([]kernel.Version, error) {
		_, versions, err := kernel.FindPublication(tx, kernel.PactQuery{Consumer: "Foo", Provider: "Bar", SHA: "sha-old"})
		return versions, err
	})
	require.NoError(t, err)
	require.Empty(t, named, "without metadata no version is named, although several have the content")
}

// A content that was replaced stays readable under the digest that its results
// name.
func TestAReplacedContentIsFoundByItsDigest(t *testing.T) {
	t.Parallel()
	db := history(t, "pact Foo 1 -> Bar content old\nverify Bar 7 : Foo 1 ok\npact Foo 1 -> Bar content new")
	p, err := view(t, db, func(tx kernel.Tx) (kernel.PactPublication, error) {
		p, _, err := kernel.FindPublication(tx, kernel.PactQuery{Consumer: "Foo", Provider: "Bar", SHA: "sha-old"})
		return p, err
	})
	require.NoError(t, err)
	require.Equal(t, "sha-old", p.SHA, "what a result was for stays readable")
	require.Equal(t, 1, p.Revision, "it is the revision that was replaced")
}

func TestAResultIsFoundByPactOrContentAndNumber(t *testing.T) {
	t.Parallel()
	db := history(t, someHistory)
	first, err := view(t, db, func(tx kernel.Tx) (kernel.Verification, error) {
		_, _, content, err := kernel.FindContent(tx, "Foo", "Bar", "sha-old")
		require.NoError(t, err)
		latest, err := tx.LatestVerification(content.ID)
		require.NoError(t, err)
		return tx.FindVerification(content.ID, latest.Number-1)
	})
	require.NoError(t, err)
	for _, tt := range []struct {
		name   string
		pact   kernel.PactQuery
		number int64
		want   string // the provider version, "" for none
	}{
		{"the latest of a content", kernel.PactQuery{SHA: "sha-old"}, 0, "8"},
		{"one of a content", kernel.PactQuery{SHA: "sha-old"}, first.Number, "7"},
		{"of a content that is not there", kernel.PactQuery{SHA: "none"}, 0, ""},
		{"the latest of a version, by what it has", kernel.PactQuery{Version: "2"}, 0, "8"},
		{"one of a version", kernel.PactQuery{Version: "1"}, first.Number, "7"},
		{"of a pact that is not verified", kernel.PactQuery{Version: "3"}, 0, ""},
		{"of a version that is not there", kernel.PactQuery{Version: "9"}, 0, ""},
		{"a number that was never given", kernel.PactQuery{Version: "1"}, 1 << 40, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.pact.Consumer, tt.pact.Provider = "Foo", "Bar"
			v, err := view(t, db, func(tx kernel.Tx) (kernel.Verification, error) {
				return kernel.FindVerification(tx, kernel.VerificationQuery{Pact: tt.pact, Number: tt.number})
			})
			require.Equal(t, tt.want == "", kernel.IsNotFound(err), "whether there is a result: %v", err)
			require.Equal(t, tt.want, v.ProviderVersion.Number, "the result found: %s", tt.name)
		})
	}
}

func TestAnAddressOfAVersionDoesNotSayWhichPartIsUnknown(t *testing.T) {
	t.Parallel()
	db := history(t, someHistory)
	for _, address := range [][2]string{{"Nobody", "1"}, {"Foo", "9"}} {
		_, err := view(t, db, func(tx kernel.Tx) (kernel.Version, error) { return kernel.FindVersion(tx, address[0], address[1]) })
		require.True(t, kernel.IsNotFound(err), "%v is not there", address)
		require.Empty(t, kernel.ReasonOf(err), "an address of a version gives no reason: %v", address)
	}
}

func TestAnApplicationIsCreatedOnceWithANameForPeople(t *testing.T) {
	t.Parallel()
	db := history(t, someHistory)
	for _, isNew := range []bool{true, false} {
		require.NoError(t, db.Update(t.Context(), func(tx kernel.Tx) error {
			p, created, err := kernel.EnsurePacticipant(tx, "order-api", time.Unix(1, 0))
			require.Equal(t, isNew, created, "an application is created the first time alone")
			require.Equal(t, "Order Api", p.DisplayName, "a new application has a name for people")
			require.Equal(t, kernel.Party{ID: p.ID, Name: "order-api"}, p.Party(), "a party is the application in short")
			return err
		}))
	}
}

func TestNamesThatLookAlikeAreOffered(t *testing.T) {
	t.Parallel()
	db := history(t, someHistory)
	text, err := view(t, db, func(tx kernel.Tx) (string, error) { return kernel.NearPacticipants(tx, "lonly") }) //nolint:misspell // a slip on purpose
	require.NoError(t, err)
	require.Equal(t, " Did you mean 'Lonely'?", text, "an application is offered")
	text, err = view(t, db, func(tx kernel.Tx) (string, error) { return kernel.NearEnvironments(tx, "prd") })
	require.NoError(t, err)
	require.Equal(t, " Did you mean 'prod'?", text, "an environment is offered")
}
