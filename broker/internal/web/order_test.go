package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// What concerns production is named first, whatever the order of environments.
func TestTheHeadlineNamesProductionFirst(t *testing.T) {
	t.Parallel()
	p := &homePage{Environments: []environmentCard{
		{Name: "development", Status: kit.No("broken")}, {Name: "staging", Status: kit.Unknown("not proven")},
		{Name: "prod-us", Production: true, Status: kit.Unknown("not proven")}, {Name: "prod-eu", Production: true, Status: kit.No("broken")},
	}}
	said, _ := headline(p, promotions{})
	require.Equal(t, "Look at prod-eu, prod-us, development and 1 more environment", said)
}

func TestPromotionsLeadToUsersAndNotFromOneProductionToAnother(t *testing.T) {
	t.Parallel()
	all := kernel.ProductionFirst([]kernel.Environment{{ID: 1, Name: "development"}, {ID: 2, Name: "staging"}, {ID: 3, Name: "disaster-recovery", Production: true}, {ID: 4, Name: "production", Production: true}})
	leads := map[string][]string{}
	for i, e := range all {
		leads[e.Name] = kernel.NamesOf(nextPlaces(i, all))
	}
	require.Equal(t, []string{"production", "disaster-recovery"}, leads["staging"])
	require.Equal(t, []string{"staging"}, leads["development"])
	require.Empty(t, leads["production"])
	require.Empty(t, leads["disaster-recovery"])
	require.Equal(t, []string{"staging", "staging", "production", "staging"}, []string{comparedWith("production", all), comparedWith("disaster-recovery", all), comparedWith("staging", all), comparedWith("development", all)})
	require.Equal(t, "b", comparedWith("a", []kernel.Environment{{Name: "a", Production: true}, {Name: "b", Production: true}}), "where all are production there is still something to compare")
	require.Empty(t, comparedWith("a", []kernel.Environment{{Name: "a"}}))
}
