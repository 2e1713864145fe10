package kernel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func TestProductionComesFirst(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		want []kernel.Environment
	}{
		{"what is marked as production", []kernel.Environment{{Name: "zzz", Production: true}, {Name: "production"}}},
		{"production before another that is marked", []kernel.Environment{{Name: "production", Production: true}, {Name: "disaster-recovery", Production: true}}},
		{"by how near the name says it is", []kernel.Environment{
			{Name: "prod-eu"}, {Name: "Staging"}, {Name: "shop uat"}, {Name: "blue"}, {Name: "test_2"}, {Name: "dev"},
		}},
		{"by what it is called", []kernel.Environment{{Name: "b", DisplayName: "alpha"}, {Name: "a", DisplayName: "Beta"}}},
		{"by name in the end", []kernel.Environment{{Name: "Green"}, {Name: "green"}}},
		{"a word within another tells nothing", []kernel.Environment{{Name: "latest"}, {Name: "products"}, {Name: "test"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			given := make([]kernel.Environment, 0, len(tt.want))
			for i := range tt.want {
				given = append(given, tt.want[len(tt.want)-1-i])
			}
			first := given[0]
			require.Equal(t, tt.want, kernel.ProductionFirst(given))
			require.Equal(t, first, given[0], "the list itself stays as it is")
		})
	}
}
