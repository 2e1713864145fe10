package integration_test

import (
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/integration"
	"github.com/treatyhq/treaty/internal/chance"
)

// TestAnIPv6AddressIsOne compares the pattern that stands for pact-go's
// mistaken one with the standard library, on made-up addresses.
func TestAnIPv6AddressIsOne(t *testing.T) {
	t.Parallel()
	compiled, err := integration.Compile(matchers.IPv6Address())
	require.NoError(t, err)
	require.Equal(t, "::ffff:192.0.2.128", compiled.Example)
	pattern := regexp.MustCompile(`^(?:` + compiled.Rules["$"].Rules[0].(contract.RegexRule).Pattern + `)$`)
	parts := []string{"1", "ab", "FFFF", "0", ":", ":", "::", ":", "1.2.3.4", "255.255.255.255", "256.1.1.1", "g", ".", "01.1.1.1"}
	random := chance.New(t, 5)
	seen := map[bool]int{}
	for range 60000 {
		var b strings.Builder
		for n := range 1 + random.IntN(18) {
			if n%2 == 1 && random.IntN(4) > 0 {
				b.WriteByte(':')
				continue
			}
			b.WriteString(parts[random.IntN(len(parts))])
		}
		text := b.String()
		address, err := netip.ParseAddr(text)
		want := err == nil && address.Is6()
		seen[want]++
		require.Equal(t, want, pattern.MatchString(text), text)
	}
	require.Greater(t, seen[true], 100)
}

func TestOtherPatternsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	compiled, err := integration.Compile(matchers.IPv4Address())
	require.NoError(t, err)
	require.Equal(t, list(contract.RegexRule{Pattern: `(\d{1,3}\.)+\d{1,3}`}), compiled.Rules["$"])
}
