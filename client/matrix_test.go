package client_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/client"
)

// The order of the parameters counts, and which row counts (latestby) depends
// on the question.
func TestCanIDeployIsAskedAsPactClientsAsk(t *testing.T) {
	t.Parallel()
	foo := client.Selector{Pacticipant: "Foo", Version: "1"}
	for _, tt := range []struct {
		name  string
		query client.CanIDeployQuery
		want  string
	}{
		{"to an environment", client.CanIDeployQuery{Selectors: []client.Selector{foo}, Environment: "production"},
			"q[][pacticipant]=Foo&q[][version]=1&latestby=cvpv&environment=production"},
		{"to a tag", client.CanIDeployQuery{Selectors: []client.Selector{foo}, Tag: "prod"},
			"q[][pacticipant]=Foo&q[][version]=1&latestby=cvp&latest=true&tag=prod"},
		{"to main branches", client.CanIDeployQuery{Selectors: []client.Selector{foo}, MainBranch: true},
			"q[][pacticipant]=Foo&q[][version]=1&latestby=cvp&latest=true&mainBranch=true"},
		{"no target", client.CanIDeployQuery{Selectors: []client.Selector{foo}},
			"q[][pacticipant]=Foo&q[][version]=1&latestby=cvp&latest=true"},
		{"two together", client.CanIDeployQuery{Selectors: []client.Selector{foo, {Pacticipant: "Bar", Branch: "main", Latest: true}}},
			"q[][pacticipant]=Foo&q[][version]=1&q[][pacticipant]=Bar&q[][latest]=true&q[][branch]=main&latestby=cvpv"},
		{"ignoring", client.CanIDeployQuery{Selectors: []client.Selector{foo}, Environment: "e", Limit: 5, Ignore: []client.Selector{{Pacticipant: "Baz"}, {Pacticipant: "Qux", Version: "2"}}},
			"q[][pacticipant]=Foo&q[][version]=1&latestby=cvpv&environment=e&limit=5&ignore[][pacticipant]=Baz&ignore[][pacticipant]=Qux&ignore[][version]=2"},
		{"names with odd characters", client.CanIDeployQuery{Selectors: []client.Selector{{Pacticipant: "a&b=c", MainBranch: true, Latest: true}}, Environment: "x y"},
			"q[][pacticipant]=a%26b%3Dc&q[][latest]=true&q[][mainBranch]=true&latestby=cvpv&environment=x+y"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, answers{"GET /matrix": hal(200, `{"summary":{"deployable":true}}`)})
			c, _ := connect(t, f.URL)
			_, err := c.CanIDeploy(t.Context(), tt.query)
			require.NoError(t, err)
			asked, err := url.Parse(f.asked()[0].uri)
			require.NoError(t, err)
			require.Equal(t, tt.want, unbracket(asked.RawQuery))
		})
	}
}

// unbracket makes a query string readable.
func unbracket(query string) string {
	return strings.NewReplacer("%5B", "[", "%5D", "]").Replace(query)
}

func TestOnlyAnExplicitTrueIsYes(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]client.Verdict{
		`{"summary":{"deployable":true}}`:           client.Deployable,
		`{"summary":{"deployable":false}}`:          client.NotDeployable,
		`{"summary":{"deployable":null}}`:           client.Unknown,
		`{"summary":{"reason":"no verdict given"}}`: client.Unknown,
	} {
		f := startFake(t, answers{"GET /matrix": hal(200, body)})
		c, _ := connect(t, f.URL)
		d, err := c.CanIDeploy(t.Context(), client.CanIDeployQuery{})
		require.NoError(t, err)
		require.Equal(t, want, d.Verdict(), body)
	}
}

func TestPollingEndsWhenNothingIsUnknown(t *testing.T) {
	t.Parallel()
	unknown, known := `{"summary":{"deployable":null,"unknown":1}}`, `{"summary":{"deployable":false,"unknown":0}}`
	for _, tt := range []struct {
		name     string
		answers  []string
		attempts int
		asked    int
		want     client.Verdict
	}{
		{"known at once", []string{known}, 4, 1, client.NotDeployable},
		{"known later", []string{unknown, unknown, known}, 4, 3, client.NotDeployable},
		{"never known", []string{unknown, unknown, unknown}, 3, 3, client.Unknown},
		{"asked once", []string{unknown}, 0, 1, client.Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			turn := make(chan string, len(tt.answers))
			for _, answer := range tt.answers {
				turn <- answer
			}
			f := startFake(t, answers{"GET /matrix": func(w http.ResponseWriter, r *http.Request) { hal(200, <-turn)(w, r) }})
			c, waited := connect(t, f.URL)
			d, err := c.PollCanIDeploy(t.Context(), client.CanIDeployQuery{}, client.Poll{Attempts: tt.attempts, Interval: 7 * time.Second})
			require.NoError(t, err)
			require.Equal(t, tt.want, d.Verdict())
			require.Len(t, f.asked(), tt.asked)
			require.Len(t, waited.list, tt.asked-1)
		})
	}
}
