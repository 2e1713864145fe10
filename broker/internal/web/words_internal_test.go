package web

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/contract"
)

// TestAMomentOfAHistoryIsReadBackFromItsAddress, and an address that somebody made up is
// none, or one that a database knows.
func TestAMomentOfAHistoryIsReadBackFromItsAddress(t *testing.T) {
	t.Parallel()
	moment := kernel.PlaceMoment{At: time.Date(2026, 3, 4, 5, 6, 7, 8000, time.UTC), Event: kernel.EventReleased, Record: 42}
	got, is := momentOf(momentText(moment))
	require.True(t, is)
	require.Equal(t, moment, got)
	for _, odd := range []string{"", "1", "1-2", "1-2-3-4", "-1-2-3", "1--2-3", "a-0-0", "1-x-0", "1-0-", "9223372036854775808-0-0", "0-0-0"} {
		_, is := momentOf(odd)
		require.False(t, is, odd)
	}
	got, is = momentOf("9223372036854775807-99-1")
	require.True(t, is)
	require.Equal(t, 9999, got.At.Year(), "a year beyond is none that databases know")
	require.Equal(t, kernel.EventSupportEnded, got.Event)
}

// TestEachCauseHasATitleOfItsOwn: a reader tells them apart by it.
func TestEachCauseHasATitleOfItsOwn(t *testing.T) {
	t.Parallel()
	causes := []matrix.Cause{matrix.CauseNeverVerified, matrix.CauseFailed, matrix.CauseNotPublished, matrix.CauseDropped, matrix.CauseNoContracts, matrix.CauseNotInTarget, matrix.CauseNotFound, "anything else"}
	titles := map[string]matrix.Cause{}
	for _, cause := range causes {
		title := causeTitle(cause)
		require.NotContains(t, titles, title, "%s and %s", cause, titles[title])
		titles[title] = cause
	}
	require.Equal(t, matrix.CauseNotInTarget, titles["The provider is not there"])
	require.Equal(t, matrix.CauseFailed, titles["Verification failed"])
}

// TestRulesAreToldWithWhatAReaderWantsToSee of them.
func TestRulesAreToldWithWhatAReaderWantsToSee(t *testing.T) {
	t.Parallel()
	two, five := 2, 5
	for want, rule := range map[string]contract.Rule{
		`regex \d+`:                    contract.RegexRule{Pattern: `\d+`},
		"includes cat":                 contract.IncludeRule{Value: "cat"},
		"date yyyy-MM-dd":              contract.DateRule{Format: "yyyy-MM-dd"},
		"date":                         contract.DateRule{},
		"time HH:mm":                   contract.TimeRule{Format: "HH:mm"},
		"date and time":                contract.DateTimeRule{},
		"type":                         contract.TypeRule{},
		"type, at least 2":             contract.TypeRule{Min: &two},
		"type, at most 5":              contract.TypeRule{Max: &five},
		"type, at least 2, at most 5":  contract.TypeRule{Min: &two, Max: &five},
		contract.EqualityRule{}.Name(): contract.EqualityRule{},
		contract.NotEmptyRule{}.Name(): contract.NotEmptyRule{},
	} {
		require.Equal(t, want, describe(rule))
	}
	both := contract.RuleList{Rules: []contract.Rule{contract.TypeRule{}, contract.IncludeRule{Value: "a"}}}
	require.Equal(t, "type and includes a", ruleText(both))
	both.Combine = contract.Or
	require.Equal(t, "type or includes a", ruleText(both))
}

// TestAMessageIsShownWithItsMetadataBeforeIt, by name; what has no contents has no body.
func TestAMessageIsShownWithItsMetadataBeforeIt(t *testing.T) {
	t.Parallel()
	present := func(text string) contract.Body {
		return contract.Body{State: contract.BodyPresent, Content: []byte(text)}
	}
	for want, m := range map[string]contract.Message{
		"":                                   {},
		"null":                               {Contents: contract.Body{State: contract.BodyNull}},
		"a: \"x\"\nb: 2\n\n{\n  \"c\": 1\n}": {Metadata: map[string]any{"b": 2, "a": "x"}, Contents: present(`{"c":1}`)},
		"a: [1,2]":                           {Metadata: map[string]any{"a": []int{1, 2}}, Contents: contract.Body{State: contract.BodyEmpty}},
		"(3 bytes that are not text)":        {Contents: present("\xff\x00\xfe")},
	} {
		got := messageText(m)
		require.Equal(t, want, trimmedStart(got))
	}
}

// trimmedStart is a text without the line that parts it from what is before it.
func trimmedStart(text string) string {
	for text != "" && text[0] == '\n' {
		text = text[1:]
	}
	return text
}
