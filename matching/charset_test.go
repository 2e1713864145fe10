package matching_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// TestTheSameLettersAreTheSameTextInAnyCharset compares a text of a contract
// with what is received; the contract has letters, or bytes that a test gave.
func TestTheSameLettersAreTheSameTextInAnyCharset(t *testing.T) {
	t.Parallel()
	regex := bodyRules("$", contract.RegexRule{Pattern: `caf[é]`})
	for _, tt := range []struct {
		name, expected, actual         string
		expectedType, actualType, want string
		rules                          contract.RuleSet
	}{
		{"Latin 1", "café", "caf\xe9", "text/plain; charset=ISO-8859-1", "text/plain; charset=iso-8859-1", "", nil},
		{"given as bytes", "caf\xe9", "caf\xe9", "text/plain; charset=ISO-8859-1", `text/plain; charset="ISO-8859-1"`, "", nil},
		{"UTF-8 under the name of Latin 1", "café", "café", "text/plain; charset=ISO-8859-1", "text/plain; charset=ISO-8859-1", "Expected body 'café' to match 'cafÃ©' using equality", nil},
		{"another letter", "café", "caf\xe8", "text/plain; charset=ISO-8859-1", "text/plain; charset=ISO-8859-1", "Expected body 'café' to match 'cafè' using equality", nil},
		{"a charset that was not asked for", "café", "caf\xe9", "text/plain", "text/plain; charset=windows-1252", "", nil},
		{"UTF-16", "café", "\xff\xfec\x00a\x00f\x00\xe9\x00", "text/plain", "text/plain; charset=utf-16", "", nil},
		{"a rule", "café", "caf\xe9", "text/plain", "text/plain; charset=latin1", "", regex},
		{"a rule that rejects", "café", "caf\xe8", "text/plain", "text/plain; charset=latin1", "Expected 'cafè' to match", regex},
		{"an unknown charset of other bytes", "a", "b", "text/plain", "text/plain; charset=klingon", `the charset "klingon" is not known, so bytes were compared`, nil},
		{"an unknown charset of the same bytes", "a", "a", "text/plain; charset=klingon", "text/plain; charset=klingon", "", nil},
		{"a rule in an unknown charset", "a", "a", "text/plain", "text/plain; charset=klingon", `Unable to read the text: the charset "klingon" is not known`, bodyRules("$", contract.TypeRule{})},
		{"XML", "<a b='ü'>é</a>", "<a b='\xfc'>\xe9</a>", "text/xml", "text/xml; charset=ISO-8859-1", "", nil},
		{"XML by its declaration", "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>", "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", "text/xml", "text/xml", "", nil},
		{"XML of other letters", "<a>é</a>", "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>", "text/xml", "text/xml", "Expected 'Ã©' to be equal to 'é'", nil},
		{"XML in an unknown charset", "<a/>", "<a/>", "text/xml", "text/xml; charset=klingon", `could not read it: the charset "klingon" is not known`, nil},
		{"a form", "n%C3%A4me=%C3%A9&b=1", "b=1&n%E4me=%E9", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=ISO-8859-1", "", nil},
		{"a form in the letters of the contract's charset", "a=%E9", "a=%E9", "application/x-www-form-urlencoded; charset=ISO-8859-1", "application/x-www-form-urlencoded; charset=ISO-8859-1", "", nil},
		{"a form that is UTF-8 whatever it says", "a=%C3%A9", "a=%C3%A9", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=ISO-8859-1", "", nil},
		{"a form with another letter", "a=%C3%A9", "a=%E8", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=ISO-8859-1", "with value 'é' but was 'è'", nil},
		{"a form without a charset", "a=%C3%A9", "a=%E9", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "with value 'é' but was", nil},
		{"JSON", `{"a":"é"}`, "{\"a\":\"\xe9\"}", "application/json", "application/json; charset=ISO-8859-1", "", nil},
		{"JSON that is UTF-8 whatever it says", `{"a":"é"}`, `{"a":"é"}`, "application/json", "application/json; charset=ISO-8859-1", "", nil},
		{"JSON in UTF-16", `{"a":1}`, "{\x00\"\x00a\x00\"\x00:\x001\x00}\x00", "application/json", "application/json; charset=utf-16le", "", nil},
		{"JSON with a byte order mark", `{"a":1}`, "\uFEFF{\"a\":1}", "application/json", "application/json", "begins with a byte order mark", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := matching.Response(contract.Response{Body: contract.NewBody([]byte(tt.expected), tt.expectedType), Rules: tt.rules},
				contract.Response{Body: contract.NewBody([]byte(tt.actual), tt.actualType)})
			if tt.want == "" {
				require.Empty(t, whys(r))
				return
			}
			require.Len(t, r.Mismatches, 1)
			require.Contains(t, r.Mismatches[0].Why, tt.want)
		})
	}
}
