package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/api"
)

// TestAResultFilterNarrowsTheSummaryAndMakesNoYes asks about three contents: one
// proven, one disproven and one without a result.
func TestAResultFilterNarrowsTheSummaryAndMakesNoYes(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	for number, result := range map[string]string{"1": "true", "2": "false", "3": ""} {
		s.publish("Foo", number, "main", "Bar", "thing-"+number)
		if result == "" {
			continue
		}
		at := s.get(fooBar + "/version/" + number).link("pb:publish-verification-results")
		s.must("POST", at[len(s.url):], `{"success":`+result+`,"providerApplicationVersion":"10"}`)
	}
	for _, tt := range []struct {
		name, filter             string
		success, failed, unknown float64
		deployable               any
	}{
		{"no filter", "", 1, 1, 1, nil},
		{"blank", "&success[]=", 0, 0, 1, nil},
		{"blank, no list", "&success=", 0, 0, 1, nil},
		{"failed", "&success[]=false", 0, 1, 0, false},
		{"another word", "&success[]=no", 0, 1, 0, false},
		{"passed", "&success[]=true", 1, 0, 0, nil},
		{"two", "&success[]=true&success[]=false", 1, 1, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := s.get("/matrix?q[][pacticipant]=Foo&q[][pacticipant]=Bar&latestby=cvp" + tt.filter)
			require.Equal(t, 200, got.status, got.text)
			summary := got.at("summary").(map[string]any)
			require.Equal(t, []any{tt.success, tt.failed, tt.unknown, tt.deployable},
				[]any{summary["success"], summary["failed"], summary["unknown"], summary["deployable"]})
			require.Len(t, got.at("matrix"), int(tt.success+tt.failed+tt.unknown))
		})
	}
}
