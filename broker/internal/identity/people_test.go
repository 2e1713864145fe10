package identity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/identity"
)

// TestAnAddressIsNobodyElsesInLowerCase: two letters of other alphabets become one of ASCII
// in lower case, and whoever has such an address would be let in as who has the other.
func TestAnAddressIsNobodyElsesInLowerCase(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		" Kate@Example.ORG ": "kate@example.org", "\u212aate@example.org": "", "kate@\u212aompany.example": "", "\u0130da@example.org": "", "Ünal@example.org": "ünal@example.org",
		"Kate <kate@example.org>": "", "kate": "", "": "",
	} {
		require.Equal(t, want, identity.NormalEmail(text), "%q", text)
	}
}
