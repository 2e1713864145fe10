package publish_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
	"github.com/treatyhq/treaty/internal/chance"
)

func TestManyPublishOneVersionAtOnce(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		const requests = 12
		usecasetest.Together(t, requests, func(i int) error {
			// Each request names its providers in another order.
			providers := []string{"A", "B", "C", "D"}
			rand.Shuffle(len(providers), func(a, b int) { providers[a], providers[b] = providers[b], providers[a] })
			_, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Foo", "1", "main", providers...))
			return err
		})
		pacts, err := s.Publish.ListPacts(t.Context(), kernel.PactListQuery{Consumer: "Foo"})
		require.NoError(t, err)
		require.Len(t, pacts, 4)
		for _, p := range pacts {
			require.Equal(t, 1, p.Revision, "the same content is not a new revision")
		}
	})
}

func TestManyVersionsWithManyContractsAtOnce(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		var providers []string
		for i := range 20 {
			providers = append(providers, fmt.Sprintf("Provider%d", i))
		}
		const requests = 8
		usecasetest.Together(t, requests, func(i int) error {
			_, err := s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Foo", fmt.Sprint(i), "main", providers...))
			return err
		})
		pacts, err := s.Publish.ListPacts(t.Context(), kernel.PactListQuery{Consumer: "Foo"})
		require.NoError(t, err)
		require.Len(t, pacts, requests*len(providers))
		versions, err := s.Registry.ListVersions(t.Context(), registry.VersionQuery{Pacticipant: "Foo", Branch: "main"})
		require.NoError(t, err)
		require.Len(t, versions.Items, requests)
	})
}

func TestManyResultsForOneContentAtOnce(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		p, err := s.Publish.PublishPact(t.Context(), publish.PactDocument{Consumer: "Foo", Provider: "Bar", ConsumerVersion: "1", Content: usecasetest.PactText("Foo", "Bar", "a")})
		require.NoError(t, err)
		const requests = 24
		numbers := make([]int64, requests)
		usecasetest.Together(t, requests, func(i int) error {
			version := fmt.Sprint(i % 5)
			if i%3 == 0 {
				if _, _, err := s.Registry.PutBranchVersion(t.Context(), "Bar", "main", version); err != nil {
					return err
				}
			}
			v, err := s.Result.RecordVerification(t.Context(), result.VerificationInput{
				Consumer: "Foo", Provider: "Bar", SHA: p.SHA, ProviderVersion: version, Success: i%2 == 0, TestResults: []byte(`{"n":1}`),
			})
			numbers[i] = v.Number
			return err
		})
		latest, err := s.Result.FindVerification(t.Context(), kernel.VerificationQuery{Pact: kernel.PactQuery{Consumer: "Foo", Provider: "Bar", SHA: p.SHA}})
		require.NoError(t, err)
		seen := make(map[int64]bool)
		for _, n := range numbers {
			require.LessOrEqual(t, n, latest.Number)
			seen[n] = true
		}
		require.Len(t, seen, requests, "every result has a number of its own")
	})
}

func TestOneVersionIsTaggedBranchedAndDeployedAtOnce(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		e, err := s.Registry.CreateEnvironment(t.Context(), registry.EnvironmentInput{Name: "test"})
		require.NoError(t, err)
		_, err = s.Publish.PublishContracts(t.Context(), usecasetest.Contracts("Foo", "0", "main", "Bar"))
		require.NoError(t, err)
		usecasetest.Together(t, 24, func(i int) error {
			number := fmt.Sprint(i % 3)
			switch i % 4 {
			case 0:
				_, _, err := s.Registry.PutTag(t.Context(), "Foo", number, "test")
				return err
			case 1:
				_, _, err := s.Registry.PutBranchVersion(t.Context(), "Foo", fmt.Sprintf("feat/%d", i%2), number)
				return err
			case 2:
				_, err := s.Registry.RecordDeployment(t.Context(), registry.Deployment{Pacticipant: "Foo", Version: "0", EnvironmentUUID: e.UUID})
				return err
			}
			_, err := s.Publish.PublishPact(t.Context(), publish.PactDocument{Consumer: "Foo", Provider: "Bar", ConsumerVersion: number, Content: usecasetest.PactText("Foo", "Bar", "the same")})
			return err
		})
		live, _, err := s.Registry.ListCurrentlyDeployed(t.Context(), registry.CurrentQuery{EnvironmentUUID: e.UUID})
		require.NoError(t, err)
		require.Len(t, live, 1)
	})
}

// TestDerivedRowsFollowAnyHistory plays random requests, among them all that
// delete, and compares what the gate reads with history after each few.
func TestDerivedRowsFollowAnyHistory(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%s %d", name, seed), func(t *testing.T) {
				t.Parallel()
				db := open(t, store.Options{OrderBySemver: seed == 2})
				settings := kernel.DefaultSettings()
				settings.CheckSimilarNames, settings.AllowContractModification = false, true
				r := chance.New(t, 7+seed)
				wanderer := wanderer{s: usecase.New(db, settings), r: r}
				for step := range 160 {
					said := wanderer.step(t)
					if step%8 == 7 {
						problems, err := db.Check(t.Context())
						require.NoError(t, err)
						require.Empty(t, problems, "after %s", said)
					}
				}
			})
		}
	}
}

// wanderer makes random requests in a small world, where they meet often.
type wanderer struct {
	s    *usecase.All
	r    *rand.Rand
	shas []kernel.PactPublication
}

func (p *wanderer) one(of string) string {
	words := strings.Fields(of)
	return words[p.r.IntN(len(words))]
}

func (p *wanderer) step(t *testing.T) string {
	t.Helper()
	ctx := t.Context()
	consumer, provider, number := p.one("Foo Cat"), p.one("Bar Baz"), p.one("1 2 3 4")
	party, branch, tag := p.one("Foo Cat Bar Baz"), p.one("main feat"), p.one("prod dev")
	var err error
	said := ""
	switch action := p.r.IntN(20); action {
	case 0, 1, 2, 3:
		in := usecasetest.Contracts(consumer, number, branch, provider)
		in.Contracts[0].Content = usecasetest.PactText(consumer, provider, p.one("a b c"))
		said = fmt.Sprintf("publish %s %s to %s on %s", consumer, number, provider, branch)
		var out publish.ContractsPublished
		if out, err = p.s.Publish.PublishContracts(ctx, in); err == nil {
			p.shas = append(p.shas, out.Contracts...)
		}
	case 4, 5, 6, 7, 8:
		if len(p.shas) == 0 {
			return "nothing"
		}
		pact := p.shas[p.r.IntN(len(p.shas))]
		said = fmt.Sprintf("result of %s %s for %s", pact.Provider.Name, number, pact.SHA)
		_, err = p.s.Result.RecordVerification(ctx, result.VerificationInput{
			Consumer: pact.Consumer.Name, Provider: pact.Provider.Name, SHA: pact.SHA, ProviderVersion: number,
			Success: p.r.IntN(3) > 0, Metadata: kernel.PactMetadata{WIP: p.r.IntN(4) == 0},
		})
	case 9, 10:
		said = fmt.Sprintf("branch %s %s %s", party, branch, number)
		_, _, err = p.s.Registry.PutBranchVersion(ctx, party, branch, number)
	case 11, 12:
		said = fmt.Sprintf("tag %s %s %s", party, number, tag)
		_, _, err = p.s.Registry.PutTag(ctx, party, number, tag)
	case 13:
		said = fmt.Sprintf("untag %s %s %s", party, number, tag)
		err = p.s.Registry.DeleteTag(ctx, party, number, tag)
	case 14:
		said = fmt.Sprintf("unbranch %s %s %s", party, branch, number)
		err = p.s.Registry.DeleteBranchVersion(ctx, party, branch, number)
	case 15:
		said = fmt.Sprintf("delete branch %s %s", party, branch)
		err = p.s.Registry.DeleteBranch(ctx, party, branch)
	case 16:
		said = fmt.Sprintf("delete version %s %s", party, number)
		err = p.s.Registry.DeleteVersion(ctx, party, number)
	case 17:
		said = fmt.Sprintf("delete pact %s %s %s", consumer, provider, number)
		_, err = p.s.Publish.DeletePact(ctx, consumer, provider, number)
	case 18:
		if len(p.shas) == 0 {
			return "nothing"
		}
		pact := p.shas[p.r.IntN(len(p.shas))]
		said = "delete the newest result of " + pact.SHA
		err = p.s.Result.DeleteVerification(ctx, kernel.VerificationQuery{Pact: kernel.PactQuery{Consumer: pact.Consumer.Name, Provider: pact.Provider.Name, SHA: pact.SHA}})
	case 19:
		if p.r.IntN(3) == 0 {
			said = fmt.Sprintf("delete integration %s %s", consumer, provider)
			err = p.s.Registry.DeleteIntegration(ctx, consumer, provider)
			break
		}
		said = fmt.Sprintf("main branch of %s is %s", party, branch)
		_, _, err = p.s.Registry.UpdatePacticipant(ctx, registry.PacticipantChange{Name: party, MainBranch: registry.Set(branch)})
	}
	if !kernel.IsNotFound(err) {
		require.NoError(t, err, said)
	}
	return said
}
