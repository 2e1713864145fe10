package postgres_test

import (
	"context"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
	"github.com/treatyhq/treaty/broker/internal/store/postgres"
)

// TestStatementsArePlannedOnce: connections that keep prepared statements have one
// plan for each, unless their URL says otherwise. Behind a pooler a setting would
// stay with a connection that others get.
func TestStatementsArePlannedOnce(t *testing.T) {
	for _, tt := range []struct {
		name, setting string
		options       postgres.Options
		mode, jit     string
	}{
		{name: "as it is", mode: "force_generic_plan", jit: "off"},
		{name: "as the URL says", setting: "auto", mode: "auto", jit: "off"},
		{name: "behind a pooler", options: postgres.Options{Pooler: postgres.PoolerSaid}, mode: "auto", jit: "on"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t)
			address, err := url.Parse(s.proxy.URL())
			require.NoError(t, err)
			if tt.setting != "" {
				query := address.Query()
				query.Set("plan_cache_mode", tt.setting)
				address.RawQuery = query.Encode()
			}
			e := s.open(address.String(), tt.options)
			var mode, jit string
			require.NoError(t, e.View(t.Context(), func(ctx context.Context, q engine.Querier) error {
				return q.Query(ctx, "select current_setting('plan_cache_mode'), current_setting('jit')", nil,
					func(row engine.Row) (bool, error) { return true, row.Scan(&mode, &jit) })
			}))
			require.Equal(t, tt.mode, mode)
			require.Equal(t, tt.jit, jit)
		})
	}
}
