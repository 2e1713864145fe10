package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWhatWasRunningWhenAPackageEndedIsTold reads the events of a package that
// was stopped in the middle of a test.
func TestWhatWasRunningWhenAPackageEndedIsTold(t *testing.T) {
	t.Parallel()
	r, err := collect(strings.NewReader(`{"Action":"run","Package":"p","Test":"TestOne"}
{"Action":"pass","Package":"p","Test":"TestOne"}
{"Action":"output","Package":"p","Test":"TestTwo","Output":"panic: test timed out after 10m0s\n"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t600.0s\n"}
{"Action":"fail","Package":"p"}
`))
	require.NoError(t, err)
	var out strings.Builder
	r.print(&out)
	require.Equal(t, "FAIL\tp\t600.0s\nunfinished p TestTwo\npanic: test timed out after 10m0s\n1 passed, 0 failed, 0 skipped\n", out.String())
	require.Equal(t, []string{"FAIL\tp\t600.0s\n"}, r.packages)
}
