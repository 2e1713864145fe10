package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheFiguresOfBothScriptsAreFound(t *testing.T) {
	t.Parallel()
	got := section(
		"treaty           1 interactions    34855 requests/s     33 MB\npact          1000 interactions        0 requests/s   2417 MB (7 answers were not 200)\n",
		"=== RUN x\n             n      pact-go          dsl\n             1      0.010 s      0.002 s\n           500     10.500 s      0.150 s\n",
	)
	require.Contains(t, got, "| 500 | 10.500 | 0.150 |\n")
	require.Contains(t, got, "| `treaty stub` | 1 | 34855 | 33 |\n")
	require.Contains(t, got, "| `pact stub` | 1000 | 0 (7 answers were not 200) | 2417 |\n")
}
