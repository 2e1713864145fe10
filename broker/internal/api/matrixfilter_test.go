package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/api"
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

// A target that comes as a list would be left out, and the answer be about
// everything instead.
func TestAListInPlaceOfAValueIsNoOtherQuestion(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	s.publish("Foo", "1", "main", "Bar", "thing")
	at := s.get(fooBar + "/version/1").link("pb:publish-verification-results")
	s.must("POST", at[len(s.url):], `{"success":true,"providerApplicationVersion":"10"}`)
	const foo = "/matrix?q[][pacticipant]=Foo&q[][version]=1"
	require.Equal(t, true, s.get(foo + "&tag=&environment=").at("summary").(map[string]any)["deployable"])
	for _, path := range []string{
		foo + "&environment[]=production", foo + "&tag[]=gold", foo + "&tag[name]=gold", foo + "&latestby[]=cvp", foo + "&mainBranch[]=true",
		foo + "&at[]=2001-01-01T00:00:00Z", foo + "&ignore[][pacticipant]=Bar&ignore[][version][]=10",
		"/matrix?q[][pacticipant]=Foo&q[][latest]=true&q[][branch][]=main",
		"/can-i-deploy?pacticipant=Foo&version=1&to=gold&environment[]=production",
		"/can-i-deploy?pacticipant=Foo&version=1&to=gold&ignore[][pacticipant]=Bar&ignore[][version][]=10",
	} {
		got := s.get(path)
		require.Equal(t, 400, got.status, "%s: %s", path, got.text)
		require.Contains(t, got.text, "once, as a plain value", path)
	}
}

// What is ignored is not widened by a variable that is empty in a pipeline.
func TestABlankVersionToIgnoreIsNotEveryVersion(t *testing.T) {
	t.Parallel()
	s := start(t, api.Config{})
	s.publish("Foo", "1", "main", "Bar", "thing")
	for _, path := range []string{"/matrix?q[][pacticipant]=Foo&q[][version]=1&tag=gold", "/can-i-deploy?pacticipant=Foo&version=1&to=gold"} {
		require.Equal(t, true, s.get(path + "&ignore[][pacticipant]=Bar").at("summary").(map[string]any)["deployable"])
		for _, blank := range []string{"version", "tag", "branch"} {
			got := s.get(path + "&ignore[][pacticipant]=Bar&ignore[][" + blank + "]=")
			require.Equal(t, 400, got.status, "%s: %s", path, got.text)
			require.Contains(t, got.text, "Say which "+blank+" of Bar to ignore", path)
		}
	}
}
