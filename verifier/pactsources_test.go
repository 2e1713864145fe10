package verifier_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/verifier"
)

func consumers(r verifier.Report) []string {
	var names []string
	for _, p := range r.Pacts {
		names = append(names, p.Consumer)
	}
	return names
}

func named(consumer, provider string) string {
	s := strings.Replace(pactJSON("3.0.0", get("a", "/a", `{}`)), "storefront", consumer, 1)
	return strings.Replace(s, "catalog", provider, 1)
}

func TestFoldersAreReadWithTheirFoldersForThisProvider(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writePact(t, dir, "b.json", named("beta", "catalog"))
	writePact(t, dir, "deep/er/a.json", named("alpha", "catalog"))
	writePact(t, dir, "other.json", named("gamma", "warehouse"))
	writePact(t, dir, "notes.txt", "no pact")
	report := verify(t, verifier.Options{Handler: answering(map[string]string{"/a": `{}`}), Dirs: []string{dir}, Provider: "catalog"})
	require.True(t, report.OK(), report.Summary())
	require.Equal(t, []string{"beta", "alpha"}, consumers(report))
}

func TestFilesAndURLsAreVerifiedWhateverProviderTheyName(t *testing.T) {
	t.Parallel()
	file := writePact(t, t.TempDir(), "p.json", named("alpha", "warehouse"))
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "me" || password != "pw" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, named("beta", "elsewhere"))
	}))
	report := verify(t, verifier.Options{
		Handler: answering(map[string]string{"/a": `{}`}), Provider: "catalog",
		Files: []string{file}, URLs: []string{url + "/p.json"}, Auth: verifier.Auth{Username: "me", Password: "pw"},
	})
	require.True(t, report.OK(), report.Problems)
	require.Equal(t, []string{"alpha", "beta"}, consumers(report))
}

// A page of a broker, or a file beside the pacts, is an object without any
// interactions, which every provider would keep.
func TestWhatIsNoPactIsNotKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"an index": `{"_links":{"self":{"href":"/"}}}`, "a package": `{"name":"catalog","version":"1"}`, "nothing": `{}`, "a list": `[]`,
	} {
		at := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, content) }))
		for _, o := range []verifier.Options{
			{Files: []string{writePact(t, dir, name+".json", content)}},
			{URLs: []string{at}},
			{Provider: "catalog", Broker: &verifier.BrokerOptions{URL: at, WebhookURL: at}},
		} {
			o.Handler = http.NotFoundHandler()
			report := verify(t, o)
			require.False(t, report.OK(), name)
			require.Len(t, report.Problems, 1, name)
		}
	}
	writePact(t, dir, "p.json", named("alpha", "catalog"))
	report := verify(t, verifier.Options{Handler: answering(map[string]string{"/a": `{}`}), Dirs: []string{dir}})
	require.True(t, report.OK(), report.Problems)
	require.Equal(t, []string{"alpha"}, consumers(report), "a folder may hold other files")
}

func TestSourceThatFailsDoesNotCostTheOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := writePact(t, dir, "good.json", named("alpha", "catalog"))
	broken := writePact(t, dir, "broken.json", `{"consumer":`)
	html := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html>Log in</html>")
	}))
	report := verify(t, verifier.Options{
		Handler: answering(map[string]string{"/a": `{}`}),
		Files:   []string{filepath.Join(dir, "absent.json"), broken, good},
		Dirs:    []string{filepath.Join(dir, "nowhere")},
		URLs:    []string{html},
	})
	require.Equal(t, verifier.Counts{Total: 1, Passed: 1}, report.Counts())
	require.False(t, report.OK(), "a pact that was not verified is not a success")
	require.Len(t, report.Problems, 4)
	require.ErrorIs(t, report.Err(), verifier.ErrNotVerified)
	all := strings.Join(report.Problems, "\n")
	for _, name := range []string{"absent.json", "broken.json", "nowhere", html} {
		require.Contains(t, all, name)
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	p := func() *contract.Pact {
		return pact(t, get("buy tea", "/a", `{}`), getGiven("buy milk", "milk is there", "/a", `{}`), getGiven("sell", "tea is there", "/a", `{}`))
	}
	for _, tt := range []struct {
		name   string
		filter verifier.Filter
		want   []string
	}{
		{"none", verifier.Filter{}, []string{"buy tea", "buy milk", "sell"}},
		{"description anywhere", verifier.Filter{Description: "tea|mil"}, []string{"buy tea", "buy milk"}},
		{"state", verifier.Filter{State: "^tea"}, []string{"sell"}},
		{"no state", verifier.Filter{NoState: true}, []string{"buy tea"}},
		{"both", verifier.Filter{Description: "buy", State: "."}, []string{"buy milk"}},
		{"consumer", verifier.Filter{Consumers: []string{"storefront"}}, []string{"buy tea", "buy milk", "sell"}},
		{"function", verifier.Filter{Only: func(c string, i contract.Interaction) bool { return i.Base().Description == "sell" }}, []string{"sell"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			report := verify(t, verifier.Options{
				Handler: answering(map[string]string{"/a": `{}`}), Pacts: []*contract.Pact{p()}, Filter: tt.filter,
			})
			var got []string
			for _, i := range report.Pacts[0].Interactions {
				got = append(got, i.Description)
			}
			require.Equal(t, tt.want, got)
		})
	}
}

func TestConsumerFilterThatLeavesNothingIsTold(t *testing.T) {
	t.Parallel()
	report := verify(t, verifier.Options{
		Handler: answering(nil), Pacts: []*contract.Pact{pact(t)}, Filter: verifier.Filter{Consumers: []string{"another"}},
	})
	require.True(t, report.OK())
	require.Contains(t, report.Warnings[0], "filter")
}

func TestAFilterThatLeavesNoInteractionIsTold(t *testing.T) {
	t.Parallel()
	report := verify(t, verifier.Options{
		Handler: answering(nil), Pacts: []*contract.Pact{pact(t, get("a", "/a", `{}`))}, Filter: verifier.Filter{Description: "nowhere"},
	})
	require.Contains(t, report.Warnings, "the filter lets no interaction through: nothing was verified")
}
