package broker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhoGivesAStatementMoreTimeGivesItToTheRequestToo(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ request, statement, want time.Duration }{
		"by default":                       {defaultRequestTimeout, 0, defaultRequestTimeout},
		"a statement that may take longer": {defaultRequestTimeout, 100 * time.Second, 100 * time.Second},
		"a statement that may not":         {defaultRequestTimeout, time.Second, defaultRequestTimeout},
		"what was asked for holds":         {5 * time.Second, 100 * time.Second, 5 * time.Second},
		"no limit":                         {0, 100 * time.Second, 0},
	} {
		o := Options{RequestTimeout: tt.request, StatementTimeout: tt.statement}
		require.Equal(t, tt.want, o.requestTimeout(), name)
	}
}
