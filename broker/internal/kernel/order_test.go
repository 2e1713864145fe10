package kernel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func TestWhichNumbersAreSemantic(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]bool{
		"1": true, "1.2": true, "1.2.3": true, "v1.2.3": true, "1.2.3.4": true, "1.2.3-rc.1": true, "1.2.3+abc": true, "1.2.3beta": true,
		"1.2.3.rc": true, "1.2.3-": false, "1.2.3+": false, "1.2.3_1": false, "abc": false, "": false, "1 2": false, "1.2\n": false, "-1": false,
	} {
		require.Equal(t, want, kernel.IsSemantic(number), "whether %q can be ranked", number)
	}
}

func TestNumbersAreRankedBySemanticVersioning(t *testing.T) {
	t.Parallel()
	rising := []string{
		"abc", "abd", // what cannot be ranked comes first, by its text
		"0.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0-alpha.1a", "1.0.0-alpha.beta", "1.0.0-rc", "1.0.0-rc.1",
		"1.0.0", "1.0.0+a", "1.0.0+b", "1.0.0.1", "1.0.1", "1.2", "1.10", "2", "18446744073709551616", "18446744073709551617",
	}
	for i, a := range rising {
		for j, b := range rising {
			want := min(max(i-j, -1), 1)
			require.Equal(t, want, kernel.CompareNumbers(a, b), "the rank of %q beside %q", a, b)
		}
	}
	for _, same := range [][2]string{{"1", "1.0.0"}, {"v1.2", "1.02.0"}, {"1.0.0-rc", "1.0.0.rc"}} {
		require.Zero(t, kernel.CompareNumbers(same[0], same[1]), "%q and %q have the same rank", same[0], same[1])
	}
}
