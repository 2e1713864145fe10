package generate_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/generate"
	"github.com/treatyhq/treaty/matching"
)

// What a generator makes in a format must satisfy the rule for that format:
// the two are always written together.
func TestGeneratedTimesSatisfyTheRuleOfTheSameFormat(t *testing.T) {
	t.Parallel()
	moments := []time.Time{
		saturday,
		time.Date(2024, 2, 29, 23, 59, 58, 7_000_000, time.FixedZone("", 5*3600+30*60)),
		time.Date(1999, 12, 31, 0, 0, 0, 999_999_999, time.FixedZone("", -3600)),
	}
	for _, format := range []string{
		"yyyy-MM-dd", "dd/MM/yyyy", "d.M.yy", "yyyyMMdd", "MMM d, yyyy", "EEEE, dd MMMM yyyy", "EEE dd MMM yyyy", "D yyyy",
		"HH:mm", "HH:mm:ss", "hh:mm a", "h:mm:ss a", "HH:mm:ss.SSS", "HH:mm:ss.SSSSSSSSS", "kk:mm", "K:mm a", "HH:mmXXX",
		"yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ssXXX", "yyyy-MM-dd'T'HH:mm:ss.SSSX", "yyyy-MM-dd'T'HH:mm:ssxxx",
		"yyyy-MM-dd HH:mm:ss Z", "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", "yyyy-MM-dd G", "yyyy-MM-dd'T'HH:mm:ssZZZZZ", "yyyy Q q",
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			for _, moment := range moments {
				text, err := generate.FormatDate(moment, format)
				require.NoError(t, err)
				requireMatch(t, text, contract.DateTimeRule{Format: format})
			}
		})
	}
}

// requireMatch checks a text in a JSON body against one rule.
func requireMatch(t *testing.T, text string, rule contract.Rule) {
	t.Helper()
	expected := contract.Response{
		Status: 200,
		Body:   contract.NewBody([]byte(`"example"`), "application/json"),
		Rules:  contract.RuleSet{contract.CategoryBody: {"$": {Rules: []contract.Rule{rule}}}},
	}
	actual := contract.Response{Status: 200, Body: contract.NewBody([]byte(`"`+text+`"`), "application/json")}
	require.Empty(t, matching.Response(expected, actual).Mismatches, "%s with %v", text, rule)
}

func TestDefaultFormatsOfRulesAndGeneratorsAgree(t *testing.T) {
	t.Parallel()
	for kind, rule := range map[string]contract.Rule{"Date": contract.DateRule{}, "Time": contract.TimeRule{}} {
		got, err := one(t, generate.Context{}, kind, nil)
		require.NoError(t, err)
		text, ok := member(t, got).(string)
		require.True(t, ok)
		requireMatch(t, text, rule)
	}
}
