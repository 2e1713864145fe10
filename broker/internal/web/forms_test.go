package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// summaryOf is what an address of the matrix says.
type summaryOf struct {
	Summary struct {
		Deployable               *bool
		Success, Failed, Unknown int
	}
	Matrix []struct {
		Consumer, Provider struct{ Name string }
	}
}

func summary(p *usecasetest.HTTPPlayer, path string) summaryOf {
	p.T.Helper()
	var out summaryOf
	p.Must(http.MethodGet, path, nil, &out)
	return out
}

// The matrix of a pair shows every result, as long as nobody asks for the latest
// only: a failure is not hidden by a success that came later.
func TestTheMatrixOfAPairHidesNoFailure(t *testing.T) {
	t.Parallel()
	p := look(t, "pact Foo 1 -> Bar\nverify Bar 2 : Foo 1 failed\nverify Bar 2 : Foo 1 ok")
	every := summary(p, "/matrix/provider/Bar/consumer/Foo")
	require.False(t, *every.Summary.Deployable)
	require.Equal(t, 1, every.Summary.Failed)
	latest := summary(p, "/matrix/provider/Bar/consumer/Foo?latestby=cvpv")
	require.True(t, *latest.Summary.Deployable)
	require.Len(t, latest.Matrix, 1)
	limited := summary(p, "/matrix/provider/Bar/consumer/Foo?limit=1")
	require.False(t, *limited.Summary.Deployable, "a limit shows less and decides nothing")
	require.Len(t, limited.Matrix, 1)
	for _, wrong := range []string{"?latestby=x", "?limit=0", "?limit=x"} {
		require.Equal(t, http.StatusBadRequest, p.Send(http.MethodGet, "/matrix/provider/Bar/consumer/Foo"+wrong, nil, nil), wrong)
	}
}

// The matrix of an application with itself is about its pact with itself alone.
func TestTheMatrixOfAConsumerOfItselfLeavesOthersOut(t *testing.T) {
	t.Parallel()
	p := look(t, "pact Foo 1 -> Foo\npact Foo 1 -> Bar\npact Cat 1 -> Foo\nverify Foo 1 : Foo 1 ok\nverify Bar 2 : Foo 1 failed")
	for _, path := range []string{"/matrix/provider/Foo/consumer/Foo", "/matrix?q[][pacticipant]=Foo&q[][pacticipant]=Foo&latestby=cvpv"} {
		got := summary(p, path)
		require.Len(t, got.Matrix, 1, path)
		require.Equal(t, "Foo", got.Matrix[0].Consumer.Name, path)
		require.Equal(t, "Foo", got.Matrix[0].Provider.Name, path)
		require.True(t, *got.Summary.Deployable, path)
	}
	require.Empty(t, summary(p, "/matrix/provider/Bar/consumer/Bar").Matrix, "it has no pact with itself")
}

// One version that stands for others cannot decide about a target.
func TestAnIntegrationsNewestRowDoesNotDecide(t *testing.T) {
	t.Parallel()
	const history = "pact Foo 1 -> Bar\npact Foo 2 -> Bar content new\nverify Bar 2 : Foo 1 ok\ndeploy Bar 2 prod"
	p := look(t, history)
	for _, query := range []string{
		"q[][pacticipant]=Foo&environment=prod", "q[][pacticipant]=Foo&q[][version]=2&environment=prod", "q[][pacticipant]=Foo&tag=prod&latest=true",
		"q[][pacticipant]=Foo&q[][latest]=true&mainBranch=true", "q[][pacticipant]=Foo&latest=true",
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.Base+"/matrix?latestby=cp&"+query, http.NoBody)
		require.NoError(t, err)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		var text strings.Builder
		require.NoError(t, response.Write(&text))
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusBadRequest, response.StatusCode, query)
		require.Contains(t, text.String(), "latestby=cvpv", query)
	}
	require.Nil(t, summary(p, "/matrix?q[][pacticipant]=Foo&q[][pacticipant]=Bar&latestby=cp").Summary.Deployable, "the newest pact has no result")

	original := look(t, history, func(o *broker.Options) { o.Domain.OriginalDecisions = true })
	require.NotNil(t, summary(original, "/matrix?latestby=cp&q[][pacticipant]=Foo&environment=prod"))
}

// A badge is about all the rows of its pair, in the direction that it names.
func TestABadgeOfTwoTagsIsAboutItsPair(t *testing.T) {
	t.Parallel()
	badge := func(p *usecasetest.HTTPPlayer) string {
		p.T.Helper()
		request, err := http.NewRequestWithContext(p.T.Context(), http.MethodGet, p.Base+"/matrix/provider/Bar/latest/gold/consumer/Foo/latest/gold/badge", http.NoBody)
		require.NoError(p.T, err)
		response, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(request)
		require.NoError(p.T, err)
		require.NoError(p.T, response.Body.Close())
		return response.Header.Get("Location")
	}
	const both = "pact Bar 2 -> Foo tags gold\npact Foo 1 -> Bar tags gold\n"
	for _, tt := range []struct{ name, history, says string }{
		{"its pact failed, the other way round it is good", both + "verify Foo 1 : Bar 2 ok\nverify Bar 2 : Foo 1 failed", "failed-red"},
		{"its pact is not verified, the other way round it is good", both + "verify Foo 1 : Bar 2 ok", "unknown-lightgrey"},
		{"its pact is good, the other way round it failed", both + "verify Foo 1 : Bar 2 failed\nverify Bar 2 : Foo 1 ok", "verified-brightgreen"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, badge(look(t, tt.history)), tt.says)
		})
	}
}

// The badge of the main branch says what the API's verdict says, as it was
// recorded of a Pact Broker: unknown where something failed and something else
// has no result. It is not a yes in either.
func TestTheBadgeOfAMergeIsTheVerdictOfTheAPI(t *testing.T) {
	t.Parallel()
	p := look(t, "main Foo main\nmain Bar main\nmain Baz main\npact Foo 1 -> Bar branch main\npact Foo 1 -> Baz\nversion Baz 3 branch main\nverify Bar 2 : Foo 1 failed branch main")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.Base+"/pacticipants/Foo/main-branch/can-i-merge/badge", http.NoBody)
	require.NoError(t, err)
	response, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Contains(t, response.Header.Get("Location"), "can--i--merge-unknown-lightgrey")
}

// What narrows an ignored application counts: leaving it out would ignore a
// failure that nobody wanted to ignore.
func TestIgnoringSomeVersionsIgnoresNoOthers(t *testing.T) {
	t.Parallel()
	p := look(t, "pact Foo 1 -> Bar\nverify Bar 2 : Foo 1 failed branch main\nversion Bar 3 branch feat tags dev\ndeploy Bar 2 prod")
	const ask = "/can-i-deploy?pacticipant=Foo&version=1&environment=prod"
	for query, deployable := range map[string]bool{
		"": false, "&ignore[]=Bar": true, "&ignore[][pacticipant]=Bar": true,
		"&ignore[][pacticipant]=Bar&ignore[][version]=2": true, "&ignore[][pacticipant]=Bar&ignore[][version]=3": false,
		"&ignore[][pacticipant]=Bar&ignore[][branch]=feat": false, "&ignore[][pacticipant]=Bar&ignore[][branch]=main": true,
		"&ignore[][pacticipant]=Bar&ignore[][tag]=dev&ignore[][latest]=true": false, "&ignore[][pacticipant]=Bar&ignore[][branch]=nope": false,
		"&ignore[][pacticipant]=Bar&ignore[][environment]=prod": true, "&ignore[][version]=2": false,
	} {
		require.Equal(t, deployable, *summary(p, ask+query).Summary.Deployable, query)
	}
}
