package store_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/result"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// town fills a broker: that many consumers, each with a pact with each of ten
// providers, all verified but for one, and all in production.
func town(t *testing.T, s kernel.Store, consumers int) {
	t.Helper()
	ctx, service := t.Context(), usecase.New(s, kernel.DefaultSettings())
	service.Settings.CheckSimilarNames = false
	production, err := service.Registry.CreateEnvironment(ctx, registry.EnvironmentInput{Name: "production", Production: true})
	require.NoError(t, err)
	_, err = service.Registry.CreateEnvironment(ctx, registry.EnvironmentInput{Name: "test"})
	require.NoError(t, err)
	deploy := func(name, version string) {
		_, err := service.Registry.RecordDeployment(ctx, registry.Deployment{Pacticipant: name, Version: version, EnvironmentUUID: production.UUID})
		require.NoError(t, err)
	}
	for i := range consumers {
		name := fmt.Sprintf("consumer-%04d", i)
		in := publish.ContractsPublication{Pacticipant: name, VersionNumber: "1", Branch: "main"}
		for j := range 10 {
			in.Contracts = append(in.Contracts, publish.ContractDocument{
				Consumer: name, Provider: fmt.Sprintf("provider-%d", j),
				Content: fmt.Appendf(nil, `{"consumer":{"name":%q},"provider":{"name":"provider-%d"},"interactions":[]}`, name, j),
			})
		}
		published, err := service.Publish.PublishContracts(ctx, in)
		require.NoError(t, err)
		for j, c := range published.Contracts {
			if i == 0 && j == 9 {
				continue // the one pair that nobody verified, changed longest ago
			}
			_, err := service.Result.RecordVerification(ctx, result.VerificationInput{
				Consumer: name, Provider: c.Provider.Name, SHA: c.SHA, Success: true, ProviderVersion: "7",
			})
			require.NoError(t, err)
		}
		deploy(name, "1")
	}
	for j := range 10 {
		deploy(fmt.Sprintf("provider-%d", j), "7")
	}
}

// Looking at everything costs the same statements however much there is, and
// its verdict is about the pair that changed longest ago as well.
func TestLookingAtEverythingDoesNotAskPairByPair(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			statements := map[int]int{}
			for _, consumers := range []int{3, 12} {
				s := open(t, store.Options{Synchronous: "NORMAL"})
				town(t, s, consumers)
				count := 0
				all, err := usecase.New(store.Recording(s, func(string, []any) { count++ }), kernel.DefaultSettings()).
					Overview.Overview(t.Context(), overview.Query{})
				require.NoError(t, err)
				statements[consumers] = count
				require.Len(t, all.Applications, consumers+10)
				require.Equal(t, matrix.HeadlineUnknown, all.Environments[0].Decision.Headline())
				require.Equal(t, 1, all.Environments[0].Decision.Counts.Unknown)
				require.Equal(t, consumers*10-1, all.Environments[0].Decision.Counts.Success)
			}
			require.Equal(t, statements[3], statements[12])
			require.Less(t, statements[3], 20)
		})
	}
}

// TestHowLongLookingTakes measures a broker of TREATY_OVERVIEW_CONSUMERS
// consumers with ten providers each.
func TestHowLongLookingTakes(t *testing.T) {
	consumers, err := strconv.Atoi(os.Getenv("TREATY_OVERVIEW_CONSUMERS"))
	if err != nil {
		t.Skip("set TREATY_OVERVIEW_CONSUMERS to a number, such as 300, to measure")
	}
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			s := open(t, store.Options{Synchronous: "OFF"})
			town(t, s, consumers)
			service := usecase.New(s, kernel.DefaultSettings())
			for _, look := range []struct {
				what string
				run  func() error
			}{
				{"everything", func() error { _, err := service.Overview.Overview(t.Context(), overview.Query{}); return err }},
				{"one application", func() error {
					_, err := service.Overview.Overview(t.Context(), overview.Query{Application: "provider-0"})
					return err
				}},
				{"the map", func() error { _, err := service.Overview.LookAtMap(t.Context()); return err }},
				{"two environments", func() error {
					_, err := service.Overview.CompareEnvironments(t.Context(), "production", "production")
					return err
				}},
				{"one environment", func() error { _, err := service.Overview.LookAtEnvironment(t.Context(), "production"); return err }},
			} {
				require.NoError(t, look.run())
				const times = 5
				began := time.Now()
				for range times {
					require.NoError(t, look.run())
				}
				t.Logf("%s of %d pairs in two environments: %s", look.what, consumers*10, time.Since(began)/times)
			}
		})
	}
}
