package store_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/matrix"
	"github.com/treatyhq/treaty/broker/store"
	"github.com/treatyhq/treaty/broker/store/storetest"
)

// town fills a broker: that many consumers, each with a pact with each of ten
// providers, all verified but for one, and all in production.
func town(t *testing.T, s broker.Store, consumers int) {
	t.Helper()
	ctx, service := t.Context(), broker.New(s, broker.DefaultSettings())
	service.Settings.CheckSimilarNames = false
	production, err := service.CreateEnvironment(ctx, broker.EnvironmentInput{Name: "production", Production: true})
	require.NoError(t, err)
	_, err = service.CreateEnvironment(ctx, broker.EnvironmentInput{Name: "test"})
	require.NoError(t, err)
	deploy := func(name, version string) {
		_, err := service.RecordDeployment(ctx, broker.Deployment{Pacticipant: name, Version: version, EnvironmentUUID: production.UUID})
		require.NoError(t, err)
	}
	for i := range consumers {
		name := fmt.Sprintf("consumer-%04d", i)
		in := broker.ContractsPublication{Pacticipant: name, VersionNumber: "1", Branch: "main"}
		for j := range 10 {
			in.Contracts = append(in.Contracts, broker.ContractDocument{
				Consumer: name, Provider: fmt.Sprintf("provider-%d", j),
				Content: fmt.Appendf(nil, `{"consumer":{"name":%q},"provider":{"name":"provider-%d"},"interactions":[]}`, name, j),
			})
		}
		published, err := service.PublishContracts(ctx, in)
		require.NoError(t, err)
		for j, c := range published.Contracts {
			if i == 0 && j == 9 {
				continue // the one pair that nobody verified, changed longest ago
			}
			_, err := service.RecordVerification(ctx, broker.VerificationInput{
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
				all, err := broker.New(store.Recording(s, func(string, []any) { count++ }), broker.DefaultSettings()).
					Overview(t.Context(), broker.OverviewQuery{})
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
			service := broker.New(s, broker.DefaultSettings())
			for _, look := range []struct {
				what string
				run  func() error
			}{
				{"everything", func() error { _, err := service.Overview(t.Context(), broker.OverviewQuery{}); return err }},
				{"one application", func() error {
					_, err := service.Overview(t.Context(), broker.OverviewQuery{Application: "provider-0"})
					return err
				}},
				{"one environment", func() error { _, err := service.LookAtEnvironment(t.Context(), "production"); return err }},
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
