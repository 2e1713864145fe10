package postgres

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A plan is made once for each connection, unless the URL says otherwise or
// connections keep nothing.
func TestPlansAreKept(t *testing.T) {
	t.Parallel()
	const setting = "plan_cache_mode"
	config, _, err := configure("postgres://treaty@db/treaty", Options{})
	require.NoError(t, err)
	require.Equal(t, "force_generic_plan", config.RuntimeParams[setting])
	settings, err := adapt(config)
	require.NoError(t, err)
	for _, text := range settings {
		require.NotContains(t, text, setting)
	}
	require.NotContains(t, config.RuntimeParams, setting)

	config, _, err = configure("postgres://treaty@db/treaty?plan_cache_mode=auto", Options{})
	require.NoError(t, err)
	require.Equal(t, "auto", config.RuntimeParams[setting])
}
