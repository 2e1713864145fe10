package broker_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/store"
	"github.com/treatyhq/treaty/broker/store/storetest"
)

// onEach runs a test with a service on each database at hand.
func onEach(t *testing.T, test func(t *testing.T, s *broker.Service)) {
	t.Helper()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, store.Options{})
			settings := broker.DefaultSettings()
			settings.CheckSimilarNames = false
			test(t, broker.New(db, settings))
			storetest.Sound(t, db)
		})
	}
}

// together runs do for 0 to n-1 at once and fails the test for each error.
func together(t *testing.T, n int, do func(i int) error) {
	t.Helper()
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = do(i)
		})
	}
	close(start)
	wg.Wait()
	for i, err := range errs {
		require.NoError(t, err, "request %d", i)
	}
}

func pactText(consumer, provider, word string) []byte {
	return fmt.Appendf(nil, `{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[{"description":%q,"request":{"method":"GET","path":"/"},"response":{"status":200}}],"metadata":{"pactSpecification":{"version":"2.0.0"}}}`,
		consumer, provider, word)
}

func contracts(consumer, number, branch string, providers ...string) broker.ContractsPublication {
	in := broker.ContractsPublication{Pacticipant: consumer, VersionNumber: number, Branch: branch, Tags: []string{"dev", branch}}
	for _, provider := range providers {
		in.Contracts = append(in.Contracts, broker.ContractDocument{Consumer: consumer, Provider: provider, Content: pactText(consumer, provider, "the same")})
	}
	return in
}

func TestManyPublishOneVersionAtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *broker.Service) {
		const requests = 12
		together(t, requests, func(i int) error {
			// Each request names its providers in another order.
			providers := []string{"A", "B", "C", "D"}
			rand.Shuffle(len(providers), func(a, b int) { providers[a], providers[b] = providers[b], providers[a] })
			_, err := s.PublishContracts(t.Context(), contracts("Foo", "1", "main", providers...))
			return err
		})
		pacts, err := s.ListPacts(t.Context(), broker.PactListQuery{Consumer: "Foo"})
		require.NoError(t, err)
		require.Len(t, pacts, 4)
		for _, p := range pacts {
			require.Equal(t, 1, p.Revision, "the same content is no new revision")
		}
	})
}

func TestManyVersionsWithManyContractsAtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *broker.Service) {
		var providers []string
		for i := range 20 {
			providers = append(providers, fmt.Sprintf("Provider%d", i))
		}
		const requests = 8
		together(t, requests, func(i int) error {
			_, err := s.PublishContracts(t.Context(), contracts("Foo", fmt.Sprint(i), "main", providers...))
			return err
		})
		pacts, err := s.ListPacts(t.Context(), broker.PactListQuery{Consumer: "Foo"})
		require.NoError(t, err)
		require.Len(t, pacts, requests*len(providers))
		versions, err := s.ListVersions(t.Context(), broker.VersionQuery{Pacticipant: "Foo", Branch: "main"})
		require.NoError(t, err)
		require.Len(t, versions.Items, requests)
	})
}

func TestManyResultsForOneContentAtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *broker.Service) {
		p, err := s.PublishPact(t.Context(), broker.PactDocument{Consumer: "Foo", Provider: "Bar", ConsumerVersion: "1", Content: pactText("Foo", "Bar", "a")})
		require.NoError(t, err)
		const requests = 24
		numbers := make([]int64, requests)
		together(t, requests, func(i int) error {
			version := fmt.Sprint(i % 5)
			if i%3 == 0 {
				if _, _, err := s.PutBranchVersion(t.Context(), "Bar", "main", version); err != nil {
					return err
				}
			}
			v, err := s.RecordVerification(t.Context(), broker.VerificationInput{
				Consumer: "Foo", Provider: "Bar", SHA: p.SHA, ProviderVersion: version, Success: i%2 == 0, TestResults: []byte(`{"n":1}`),
			})
			numbers[i] = v.Number
			return err
		})
		latest, err := s.FindVerification(t.Context(), broker.VerificationQuery{Pact: broker.PactQuery{Consumer: "Foo", Provider: "Bar", SHA: p.SHA}})
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
	onEach(t, func(t *testing.T, s *broker.Service) {
		e, err := s.CreateEnvironment(t.Context(), broker.EnvironmentInput{Name: "test"})
		require.NoError(t, err)
		_, err = s.PublishContracts(t.Context(), contracts("Foo", "0", "main", "Bar"))
		require.NoError(t, err)
		together(t, 24, func(i int) error {
			number := fmt.Sprint(i % 3)
			switch i % 4 {
			case 0:
				_, _, err := s.PutTag(t.Context(), "Foo", number, "test")
				return err
			case 1:
				_, _, err := s.PutBranchVersion(t.Context(), "Foo", fmt.Sprintf("feat/%d", i%2), number)
				return err
			case 2:
				_, err := s.RecordDeployment(t.Context(), broker.Deployment{Pacticipant: "Foo", Version: "0", EnvironmentUUID: e.UUID})
				return err
			}
			_, err := s.PublishPact(t.Context(), broker.PactDocument{Consumer: "Foo", Provider: "Bar", ConsumerVersion: number, Content: pactText("Foo", "Bar", "the same")})
			return err
		})
		live, _, err := s.ListCurrentlyDeployed(t.Context(), broker.CurrentQuery{EnvironmentUUID: e.UUID})
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
				settings := broker.DefaultSettings()
				settings.CheckSimilarNames, settings.AllowContractModification = false, true
				r := rand.New(rand.NewPCG(seed, 7))
				wanderer := wanderer{s: broker.New(db, settings), r: r}
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
	s    *broker.Service
	r    *rand.Rand
	shas []broker.PactPublication
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
		in := contracts(consumer, number, branch, provider)
		in.Contracts[0].Content = pactText(consumer, provider, p.one("a b c"))
		said = fmt.Sprintf("publish %s %s to %s on %s", consumer, number, provider, branch)
		var out broker.ContractsPublished
		if out, err = p.s.PublishContracts(ctx, in); err == nil {
			p.shas = append(p.shas, out.Contracts...)
		}
	case 4, 5, 6, 7, 8:
		if len(p.shas) == 0 {
			return "nothing"
		}
		pact := p.shas[p.r.IntN(len(p.shas))]
		said = fmt.Sprintf("result of %s %s for %s", pact.Provider.Name, number, pact.SHA)
		_, err = p.s.RecordVerification(ctx, broker.VerificationInput{
			Consumer: pact.Consumer.Name, Provider: pact.Provider.Name, SHA: pact.SHA, ProviderVersion: number,
			Success: p.r.IntN(3) > 0, Metadata: broker.PactMetadata{WIP: p.r.IntN(4) == 0},
		})
	case 9, 10:
		said = fmt.Sprintf("branch %s %s %s", party, branch, number)
		_, _, err = p.s.PutBranchVersion(ctx, party, branch, number)
	case 11, 12:
		said = fmt.Sprintf("tag %s %s %s", party, number, tag)
		_, _, err = p.s.PutTag(ctx, party, number, tag)
	case 13:
		said = fmt.Sprintf("untag %s %s %s", party, number, tag)
		err = p.s.DeleteTag(ctx, party, number, tag)
	case 14:
		said = fmt.Sprintf("unbranch %s %s %s", party, branch, number)
		err = p.s.DeleteBranchVersion(ctx, party, branch, number)
	case 15:
		said = fmt.Sprintf("delete branch %s %s", party, branch)
		err = p.s.DeleteBranch(ctx, party, branch)
	case 16:
		said = fmt.Sprintf("delete version %s %s", party, number)
		err = p.s.DeleteVersion(ctx, party, number)
	case 17:
		said = fmt.Sprintf("delete pact %s %s %s", consumer, provider, number)
		_, err = p.s.DeletePact(ctx, consumer, provider, number)
	case 18:
		if len(p.shas) == 0 {
			return "nothing"
		}
		pact := p.shas[p.r.IntN(len(p.shas))]
		said = "delete the newest result of " + pact.SHA
		err = p.s.DeleteVerification(ctx, broker.VerificationQuery{Pact: broker.PactQuery{Consumer: pact.Consumer.Name, Provider: pact.Provider.Name, SHA: pact.SHA}})
	case 19:
		if p.r.IntN(3) == 0 {
			said = fmt.Sprintf("delete integration %s %s", consumer, provider)
			err = p.s.DeleteIntegration(ctx, consumer, provider)
			break
		}
		said = fmt.Sprintf("main branch of %s is %s", party, branch)
		_, _, err = p.s.UpdatePacticipant(ctx, broker.PacticipantChange{Name: party, MainBranch: broker.Set(branch)})
	}
	if !broker.IsNotFound(err) {
		require.NoError(t, err, said)
	}
	return said
}
