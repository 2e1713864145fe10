package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

// look plays a history on a fresh broker and returns who looks at its pages.
func look(t *testing.T, history string, options ...brokertest.Option) *usecasetest.HTTPPlayer {
	t.Helper()
	options = append(options, func(o *broker.Options) {
		o.Domain.CheckSimilarNames, o.Domain.DeployedVersionsForTags, o.Domain.AllowContractModification = false, false, true
	})
	p := &usecasetest.HTTPPlayer{T: t, Base: brokertest.Start(t, options...).URL()}
	p.Play(history)
	return p
}

var (
	tags       = regexp.MustCompile(`<[^>]*>`)
	greenMark  = regexp.MustCompile(`class="(?:status|card|verdict) yes"`)
	redVerdict = regexp.MustCompile(`class="(?:card|verdict) no"`)
)

// words is a page without its tags.
func words(page string) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(page, " ")), " ")
}

// The start page judges everything, whatever it has room to show: the one pair
// that is not proven changed before all the others.
func TestTheStartPageJudgesWhatItDoesNotShow(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, first, headline string }{
		{"unproven", "pact Old 1 -> Legacy\nversion Legacy 1\n", "Look at prod"},
		{"failed", "pact Old 1 -> Legacy\nverify Legacy 1 : Old 1 failed\n", "Look at prod"},
		{"not deployed and unproven", "pact Old 1 -> Legacy\n", "1 promotion blocked"},
		{"not deployed and without pacts", "pact Old 1 -> Hub\nverify Hub 1 : Old 1 ok\nversion Old 2\n", "1 application without contracts"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var later strings.Builder
			later.WriteString(tt.first)
			if strings.HasPrefix(tt.headline, "Look") {
				later.WriteString("deploy Old 1 prod\ndeploy Legacy 1 prod\n")
			}
			for i := range 30 {
				fmt.Fprintf(&later, "pact App%02d 1 -> Hub\nverify Hub 1 : App%02d 1 ok\ndeploy App%02d 1 prod\n", i, i, i)
			}
			later.WriteString("deploy Hub 1 prod\n")
			p := look(t, later.String())
			for _, path := range []string{"/", "/?page=1", "/?page=2", "/?page=3", "/?page=99"} {
				require.Contains(t, words(p.Page(path)), tt.headline, path)
				require.NotContains(t, p.Page(path), "Everything fits", path)
			}
		})
	}
}

func TestTheStartPageSaysThatEverythingFitsWhenItDoes(t *testing.T) {
	t.Parallel()
	p := look(t, "pact Foo 1 -> Bar\nverify Bar 2 : Foo 1 ok\ndeploy Bar 2 prod\ndeploy Foo 1 prod")
	require.Contains(t, words(p.Page("/")), "Everything fits")
	p.Play("pact Foo 1 -> Baz")
	require.NotContains(t, words(p.Page("/")), "Everything fits")
}

// What failed is told before what is not proven, and as what it is.
func TestTheStartPageTellsFailuresFirst(t *testing.T) {
	t.Parallel()
	p := look(t, `
		pact Foo 1 -> Bar
		version Bar 2
		deploy Foo 1 alpha
		deploy Bar 2 alpha
		pact Old 1 -> Legacy
		verify Legacy 3 : Old 1 failed`)
	text := words(p.Page("/"))
	require.Contains(t, text, "Look at alpha")
	require.Contains(t, text, "Not everything that runs there together was proven to fit. 3 promotions blocked, 1 application deployable.")
	p.Play("deploy Old 1 omega\ndeploy Legacy 3 omega")
	text = words(p.Page("/"))
	require.Contains(t, text, "Look at omega and alpha")
	require.Contains(t, text, "Something that runs together failed its verification in 1 environment, and not everything is proven in 1 other.")
	p.Play("verify Bar 2 : Foo 1 failed")
	require.Contains(t, words(p.Page("/")), "Something that runs there together failed its verification.")
}

// Of what is not there, nothing is said to fit.
func TestTheStartPageOfABrokerWithoutDeploymentsClaimsNothing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ history, headline, says string }{
		{"pact Foo 1 -> Bar", "Nothing is deployed", "There is no environment yet"},
		{"pact Foo 1 -> Bar\nenvironment prod", "1 promotion blocked", "Nothing is deployed yet."},
		{"pact Foo 1 -> Bar\nversion Foo 2\nversion Bar 3\npact Foo 2 -> Baz\nenvironment prod\nverify Baz 1 : Foo 2 ok", "1 promotion blocked", "Nothing is deployed yet."},
	} {
		text := words(look(t, tt.history).Page("/"))
		require.Contains(t, text, tt.headline, tt.history)
		require.Contains(t, text, tt.says, tt.history)
		require.NotContains(t, text, "proven to fit", tt.history)
	}
}

// More rows than fit are counted, not left out in silence, and are a page away.
func TestTheStartPageSaysHowMuchItDoesNotShow(t *testing.T) {
	t.Parallel()
	history := "environment prod\n"
	for i := range 60 {
		history += fmt.Sprintf("pact App%02d 1 -> Hub%02d\n", i, i)
	}
	p := look(t, history)
	for path, shown := range map[string]string{"/": "App00", "/?causes-page=2": "App15", "/?causes-page=4": "App59", "/?causes-page=99": "App59", "/?causes-page=x": "App00", "/?waiting-page=2": "App10 → Hub10"} {
		text := words(p.Page(path))
		require.Contains(t, text, "60 promotions blocked", path)
		require.Contains(t, text, "Blocked: 60 causes", path)
		require.Contains(t, text, "Waiting for a verification: 60 contracts", path)
		require.Contains(t, text, shown, path)
	}
	require.Contains(t, words(p.Page("/?causes-page=2")), "Page 2 of 4")
}

// Many reasons do not push the rows that they are about out of sight.
func TestAnEnvironmentTellsItsFirstReasonsAndCountsTheOthers(t *testing.T) {
	t.Parallel()
	history := "version Hub 1\ndeploy Hub 1 prod\n"
	for i := range 61 {
		history += fmt.Sprintf("pact App%02d 1 -> Hub\ndeploy App%02d 1 prod\n", i, i)
	}
	p := look(t, history)
	text := words(p.Page("/ui/environments/prod"))
	require.Contains(t, text, "61 pairs that meet here")
	require.Contains(t, text, "App02 and version 1 of Hub And 58 more reasons, in the rows below.")
	require.Contains(t, text, "Page 1 of 3")
	require.Contains(t, text, "App24 1 Hub 1 ? not verified")
	require.NotContains(t, text, "App25 1 Hub 1 ? not verified")
	second := words(p.Page("/ui/environments/prod?pairs-page=2"))
	require.Contains(t, second, "App25 1 Hub 1 ? not verified")
	require.NotContains(t, second, "App24 1 Hub 1 ? not verified")
	require.Contains(t, second, "61 pairs that meet here", "the answer is of all rows, whatever page of them is shown")
}

// A failure is told as one on every page, also where something is missing
// besides.
func TestAFailureIsToldFirstOnEveryPage(t *testing.T) {
	t.Parallel()
	p := look(t, `
		pact Foo 1 -> Bar
		pact Foo 1 -> Baz
		verify Bar 2 : Foo 1 failed
		version Baz 3
		deploy Foo 1 prod
		deploy Bar 2 prod
		deploy Baz 3 prod`)
	for path, says := range map[string]string{
		"/": "failed verification, and 1 is not proven", "/ui/applications/Foo": "failed verification", "/ui/environments": "failed verification, and 1 is not proven",
		"/ui/environments/prod": "failed verification, and 1 is not proven", "/ui/gate?application=Foo&version=1&to=prod": "No, Foo 1 may not go to prod.",
	} {
		page := p.Page(path)
		require.Contains(t, words(page), says, path)
		require.NotContains(t, words(page), "Not yet", path)
		if path != "/ui/environments" {
			require.Regexp(t, redVerdict, page, path)
		}
		require.NotRegexp(t, `class="(card|verdict) unknown"`, page, path)
	}
}

// A head that published nothing, although earlier versions had pacts, has no
// green mark anywhere.
func TestAHeadWithoutThePactsOfBeforeIsNotGreen(t *testing.T) {
	t.Parallel()
	const before = `
		main Foo main
		pact Foo 1 -> Bar branch main
		pact Foo 1 -> Baz branch main
		verify Bar 2 : Foo 1 ok
		verify Baz 3 : Foo 1 ok
		deploy Foo 1 prod
		deploy Bar 2 prod
		deploy Baz 3 prod
	`
	p := look(t, before)
	paths := map[string]string{
		"/": "", "/ui/applications/Foo": "", "/ui/gate?application=Foo&to=prod": "", "/ui/contracts/Foo/Bar": "", "/ui/environments": "", "/ui/environments/prod": "",
	}
	for path := range paths {
		require.Regexp(t, greenMark, p.Page(path), "%s before", path)
	}
	p.Play("version Foo 2 branch main\ndeploy Foo 2 prod")
	paths = map[string]string{
		"/": "has published no pact at all", "/ui/applications/Foo": "has published no pact at all",
		"/ui/gate?application=Foo&to=prod": "has published no pact at all", "/ui/contracts/Foo/Bar": "has no contract with Bar",
		"/ui/environments": "has published no contract", "/ui/environments/prod": "has published no pact at all",
	}
	for path, says := range paths {
		page := p.Page(path)
		require.Contains(t, words(page), says, path)
		require.NotRegexp(t, greenMark, page, path)
	}
	require.NotContains(t, words(p.Page("/")), "Everything fits")
	require.Regexp(t, greenMark, p.Page("/ui/contracts/Foo/Bar/1"), "the version that has the pact was verified")
}

// Of two providers the head dropped one: that may be meant, and it is said.
func TestAHeadWithoutOneOfItsPactsIsToldSo(t *testing.T) {
	t.Parallel()
	p := look(t, `
		main Foo main
		pact Foo 1 -> Bar branch main
		pact Foo 1 -> Baz branch main
		pact Foo 2 -> Bar branch main
		verify Bar 2 : Foo 1 ok
		verify Baz 3 : Foo 1 ok
		deploy Bar 2 prod
		deploy Baz 3 prod`)
	for _, path := range []string{"/", "/ui/applications/Foo", "/ui/gate?application=Foo&to=prod"} {
		require.Contains(t, words(p.Page(path)), "Version 2 of Foo has no pact with Baz, which earlier versions had.", path)
	}
	require.Contains(t, words(p.Page("/ui/contracts/Foo/Baz")), "has no contract with Baz")
	require.NotRegexp(t, greenMark, p.Page("/ui/contracts/Foo/Baz"))
	require.Contains(t, words(p.Page("/ui/applications/Foo")), "verified, but not in 2")
}

// answers returns the kept answers, newest first.
func answers(p *usecasetest.HTTPPlayer) []keptAnswer {
	p.T.Helper()
	var list struct {
		Embedded struct{ Answers []keptAnswer } `json:"_embedded"`
	}
	p.Must(http.MethodGet, "/gate/answers", nil, &list)
	return list.Embedded.Answers
}

type keptAnswer struct {
	Times   int
	AskedBy struct{ Principal, BuildURL *string }
}

// Looking is not asking: whoever looks at pages and badges leaves nothing in the
// history of the gate. Whoever asks does, by name.
func TestLookingIsNotAsking(t *testing.T) {
	t.Parallel()
	p := look(t, "main Foo main\nmain Bar main\npact Foo 1 -> Bar branch main tags gold\nverify Bar 2 : Foo 1 ok branch main tags gold\ndeploy Bar 2 prod\ndeploy Foo 1 prod")
	for _, path := range []string{
		"/", "/ui/applications", "/ui/applications/Foo", "/ui/environments", "/ui/environments/prod", "/ui/gate", "/ui/gate?application=Foo&version=1&to=prod",
		"/ui/contracts/Foo/Bar", "/ui/contracts/Foo/Bar/1", "/matrix/provider/Bar/consumer/Foo", "/pacts/provider/Bar/consumer/Foo/latest/badge",
		"/matrix/provider/Bar/latest/gold/consumer/Foo/latest/gold/badge", "/pacticipants/Foo/main-branch/can-i-merge/badge",
		"/pacticipants/Foo/latest-version/gold/can-i-deploy/to/gold/badge", "/pacticipants/Foo/branches/main/latest-version/can-i-deploy/to-environment/prod/badge",
	} {
		p.Page(path)
		require.Empty(t, answers(p), path)
	}
	questions := []string{
		"/can-i-deploy?pacticipant=Foo&version=1&environment=prod", "/can-i-deploy?pacticipant=Foo&version=1&to=gold",
		"/matrix?q[][pacticipant]=Foo&q[][version]=1&environment=prod&latestby=cvpv", "/pacticipants/Foo/latest-version/gold/can-i-deploy/to/gold",
		"/pacticipants/Bar/branches/main/latest-version/can-i-deploy/to-environment/prod",
	}
	for _, path := range questions {
		p.Must(http.MethodHead, path, nil, nil)
		require.Empty(t, answers(p), "HEAD %s: an answer without its verdict", path)
	}
	for i, path := range questions {
		p.Must(http.MethodGet, path, nil, nil)
		want := i + 1
		if i >= 2 {
			want = i // the third is the question of the first
		}
		require.Len(t, answers(p), want, path)
	}
}

// The page says of an answer what it was about, and what it left out.
func TestThePageOfTheGateSaysWhatWasAsked(t *testing.T) {
	t.Parallel()
	p := look(t, "pact Foo 1 -> Bar\nverify Bar 2 : Foo 1 failed\ndeploy Bar 2 prod")
	p.Must(http.MethodGet, "/matrix?q[][pacticipant]=Foo&q[][version]=1&q[][pacticipant]=Bar&q[][version]=2&environment=prod&latestby=cvpv", nil, nil)
	p.Must(http.MethodGet, "/can-i-deploy?pacticipant=Foo&version=1&environment=prod&ignore[][pacticipant]=Bar&ignore[][version]=2", nil, nil)
	require.Regexp(t, "1 prod ignoring Bar 2 – yes, nothing proven .* 1 with Bar 2 prod ✗ no ", words(p.Page("/ui/gate?application=Foo")))
}

// Where everybody may read, credentials still say who asks, if they are right.
func TestCredentialsSayWhoAsksWhereEverybodyMay(t *testing.T) {
	t.Parallel()
	broker := brokertest.Start(t, brokertest.Password("ann", "secret"), func(o *broker.Options) { o.Auth.PublicRead = true })
	for user, want := range map[string]string{"ann:secret@": "ann", "ann:wrong@": "", "": ""} {
		p := &usecasetest.HTTPPlayer{T: t, Base: strings.Replace(broker.URL(), "http://", "http://ann:secret@", 1)}
		p.Prefix = fmt.Sprintf("x%d-", len(user))
		p.Play("pact Foo 1 -> Bar\nverify Bar 2 : Foo 1 ok\ndeploy Bar 2 prod")
		asking := &usecasetest.HTTPPlayer{T: t, Base: strings.Replace(broker.URL(), "http://", "http://"+user, 1)}
		asking.Must(http.MethodGet, "/can-i-deploy?pacticipant="+p.Name("Foo")+"&version=1&environment="+p.Name("prod"), nil, nil)
		newest := answers(p)[0]
		if want == "" {
			require.Nil(t, newest.AskedBy.Principal, user)
			continue
		}
		require.Equal(t, want, *newest.AskedBy.Principal, user)
	}
}

func TestKeptAnswersSayWhoAsked(t *testing.T) {
	t.Parallel()
	broker := brokertest.Start(t, brokertest.Password("ann", "secret"))
	p := &usecasetest.HTTPPlayer{T: t, Base: strings.Replace(broker.URL(), "http://", "http://ann:secret@", 1)}
	p.Play("pact Foo 1 -> Bar\nverify Bar 2 : Foo 1 ok\ndeploy Bar 2 prod")
	ask := func(build string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.Base+"/can-i-deploy?pacticipant=Foo&version=1&environment=prod", http.NoBody)
		require.NoError(t, err)
		request.Header.Set("Treaty-Build-Url", build)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusOK, response.StatusCode)
	}
	for _, tt := range []struct {
		build, want string
		times       int
	}{
		{"https://ci.example/7", "https://ci.example/7", 1},
		{"https://ci.example/8", "https://ci.example/8", 1},
		{"https://bob:password@ci.example/9", "https://ci.example/9", 1},
		{"javascript:alert(1)", "", 1},
		{"ci.example/10", "", 1},
		{"https://ci.example/" + strings.Repeat("x", 3000), "", 1},
	} {
		ask(tt.build)
		newest := answers(p)[0]
		require.Equal(t, "ann", *newest.AskedBy.Principal)
		if tt.want == "" {
			require.Nil(t, newest.AskedBy.BuildURL, tt.build)
			continue
		}
		require.Equal(t, tt.want, *newest.AskedBy.BuildURL)
	}
	page := words(p.Page("/ui/gate?application=Foo&version=1&to=prod"))
	require.Contains(t, page, "Who asked before")
	require.Contains(t, page, "ann the build")
	require.Contains(t, p.Page("/ui/gate?application=Foo"), `href="https://ci.example/7"`)
	require.Len(t, answers(p), 4, "each build has its answer, those that nobody knows have one")
}

// A provider that is not there meets nobody, and who depends on it is told so.
func TestAPairMeetsWhereBothAre(t *testing.T) {
	t.Parallel()
	p := look(t, `
		pact   Foo 1 -> Bar
		pact   Foo 1 -> Baz
		verify Bar 1 : Foo 1 ok
		version Baz 1
		deploy Foo 1 prod
	`)
	require.Contains(t, words(p.Page("/ui/environments/prod")), "Not proven: 2 pairs lack their providers here.")
	p.Play("deploy Baz 1 prod")
	require.Contains(t, words(p.Page("/ui/environments/prod")), "Not proven: 1 pair that meets here and 1 pair lacks its provider here.")
	p.Play("verify Baz 1 : Foo 1 failed")
	require.Contains(t, words(p.Page("/ui/environments/prod")), "1 pair that meets here failed verification, and 1 pair lacks its provider here.")
	p.Play("deploy Bar 1 prod")
	p.Play("environment test")
	compared := words(p.Page("/ui/environments/" + p.Name("prod") + "/compare?with=" + p.Name("test")))
	require.Contains(t, compared, "2 versions could go from prod to test, each on its own and 1 may not go yet, since something is not proven.")
}
