package matching_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

func matchesFormat(format, text string) matching.Result {
	return matching.Request(
		contract.Request{Path: "x", Rules: ruleFor(contract.CategoryPath, "", contract.DateTimeRule{Format: format})},
		contract.Request{Path: text})
}

func TestDateFormats(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		format          string
		accepts, reject []string
	}{
		{"yyyy-MM-dd", []string{"2024-02-29", "2024-2-9"}, []string{"2023-02-29", "2024-00-10", "2024-01-32", "2024-01-01 ", "23/07/19"}},
		{"yyyyMMdd", []string{"20240229"}, []string{"2024229", "20240230"}},
		{"dd.MM.yy", []string{"29.02.24"}, []string{"29.02.2024", "29.02.23"}},
		{"dd/MM", []string{"28/02"}, []string{"29/02", "30/02"}},
		{"EEE, dd MMM yyyy", []string{"Thu, 29 Feb 2024", "thu, 29 feb 2024"}, []string{"Fri, 29 Feb 2024", "Thursday, 29 Feb 2024"}},
		{"EEEE d MMMM uuuu", []string{"Thursday 29 February 2024"}, []string{"Thu 29 Feb 2024"}},
		{"G yyyy", []string{"AD 2024", "bc 44"}, []string{"XX 2024"}},
		{"yyyy-DDD", []string{"2024-366"}, []string{"2024-367", "2024-0", "2023-366"}},
		{"YYYY-'W'ww-e", []string{"2024-W05-7"}, []string{"2024-W57-1", "2024-05-1"}},
		{"yyyy 'Q'Q", []string{"2024 Q4"}, []string{"2024 Q5"}},
		{"HH:mm:ss", []string{"00:00:00", "9:05:00", "23:59:60"}, []string{"24:00:00", "23:60:00", "23:59"}},
		{"hh:mm a", []string{"12:30 PM", "01:00 am"}, []string{"13:00 PM", "0:10 AM"}},
		{"kk K", []string{"24 0"}, []string{"0 0", "24 12"}},
		{"HH:mm:ss.SSS", []string{"10:00:00.123", "10:00:00.1"}, []string{"10:00:00.1234", "10:00:00."}},
		{"HHmmssSSS", []string{"100000123"}, []string{"100000", "1000000000"}},
		{"yyyy-MM-dd'T'HH:mm:ssXXX", []string{"2024-01-01T10:00:00Z", "2024-01-01T10:00:00+02:00"}, []string{"2024-01-01T10:00:00+0200", "2024-01-01T10:00:00"}},
		{"HH:mmX", []string{"10:00Z", "10:00+02", "10:00+0230"}, []string{"10:00+2", "10:00+02:00"}},
		{"HH:mmxx", []string{"10:00+0230"}, []string{"10:00Z", "10:00+02"}},
		{"HH:mmXXXXX", []string{"10:00+02:30:15", "10:00+02:30"}, []string{"10:00+19:00"}},
		{"HH:mmZ", []string{"10:00+0230"}, []string{"10:00Z", "10:00+02:30"}},
		{"HH:mmZZZZ", []string{"10:00GMT+02:00"}, []string{"10:00+02:00"}},
		{"HH:mm O", []string{"10:00 GMT", "10:00 GMT+2", "10:00 GMT-02:30"}, []string{"10:00 UTC"}},
		{"HH:mm z", []string{"10:00 CET", "10:00 UTC"}, []string{"10:00 1", "10:00 Europe", "10:00 PM"}},
		{"HH:mm VV", []string{"10:00 Europe/Berlin", "10:00 Z", "10:00 +02:00"}, []string{"10:00 1"}},
		{"HH 'o''clock'", []string{"10 o'clock"}, []string{"10 oclock"}},
		{"''yy", []string{"'24"}, []string{"24"}},
		{"MMM", []string{"Sep"}, []string{"Sept", "Xyz"}},
		{"A n N", []string{"86399999 999999999 0"}, []string{"86400000 0 0"}},
	} {
		t.Run(tt.format, func(t *testing.T) {
			t.Parallel()
			for _, text := range tt.accepts {
				require.Empty(t, whys(matchesFormat(tt.format, text)), "accepts %q", text)
			}
			for _, text := range tt.reject {
				require.False(t, matchesFormat(tt.format, text).OK(), "rejects %q", text)
			}
		})
	}
}

func TestAWrongDateFormatSaysWhy(t *testing.T) {
	t.Parallel()
	for format, why := range map[string]string{
		"hhh":     `'h' stands 3 times in a row, at most 2 have a meaning`,
		"yyyy b":  `the letter 'b' has no meaning in a date format`,
		"yyyy 'x": "the quote at position 6 does not end",
		"V":       `'V' must stand twice in a row`,
	} {
		r := matchResponse(`{"v":"2024"}`, `{"v":"2024"}`, bodyRules("$.v", contract.DateRule{Format: format}))
		require.Len(t, r.Mismatches, 1)
		require.Contains(t, r.Mismatches[0].Why, why)
	}
}
