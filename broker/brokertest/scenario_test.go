package brokertest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
)

// The scenarios of broker/internal/matrix decide the same through HTTP, by requests that
// Pact clients send.
func TestScenariosDecideAsWrittenThroughHTTP(t *testing.T) {
	t.Parallel()
	stories, err := story.ReadAll(os.DirFS("../internal/matrix/testdata"))
	require.NoError(t, err)
	for _, mode := range []struct {
		name     string
		original bool
	}{{"strict", false}, {"original", true}} {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			broker := brokertest.Start(t, func(o *broker.Options) {
				d := &o.Domain
				d.CheckSimilarNames, d.AutoDetectMainBranch, d.UseFirstTagAsBranch, d.DeployedVersionsForTags = false, false, false, false
				d.AllowContractModification = true
				d.OriginalDecisions = mode.original
			})
			for i, s := range stories {
				if mode.original && s.Original == nil {
					continue
				}
				t.Run(s.Name, func(t *testing.T) {
					p := &httpPlayer{t: t, base: broker.URL(), prefix: fmt.Sprintf("s%d-", i)}
					for _, step := range s.Steps {
						p.step(step)
					}
					want := s.Want
					if mode.original {
						want = *s.Original
					}
					require.Equal(t, want.String(), p.ask(s.Query, len(want.Sentences) > 0).String(), "%s", s)
				})
			}
		})
	}
}

// httpPlayer plays a story with plain requests.
type httpPlayer struct {
	t            *testing.T
	base, prefix string
}

func (p *httpPlayer) name(word string) string { return p.prefix + word }

// send sends a request and decodes the answer. It returns the status.
func (p *httpPlayer) send(method, path string, body, into any) int {
	p.t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		require.NoError(p.t, err)
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(p.t.Context(), method, p.base+path, reader)
	require.NoError(p.t, err)
	request.Header.Set("Accept", "application/hal+json")
	request.Header.Set("Content-Type", "application/json")
	if method == http.MethodPatch {
		request.Header.Set("Content-Type", "application/merge-patch+json")
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(p.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(p.t, err)
	require.Less(p.t, response.StatusCode, 500, "%s %s: %s", method, path, text)
	if into != nil && response.StatusCode < 300 {
		require.NoError(p.t, json.Unmarshal(text, into), "%s", text)
	}
	return response.StatusCode
}

// must is send for requests that have to succeed.
func (p *httpPlayer) must(method, path string, body, into any) {
	p.t.Helper()
	status := p.send(method, path, body, into)
	require.Less(p.t, status, 300, "%s %s", method, path)
}

func (p *httpPlayer) step(s story.Step) {
	p.t.Helper()
	app := "/pacticipants/" + p.name(s.App)
	switch s.Verb {
	case story.AddEnvironment:
		p.environment(s.Environment)
		return
	case story.SetMainBranch:
		p.must(http.MethodPatch, app, map[string]any{"mainBranch": s.Branch}, nil)
		return
	default: // a version acts, below
	}
	p.must(http.MethodPut, app+"/versions/"+s.Number, map[string]any{}, nil)
	if s.Branch != "" {
		p.must(http.MethodPut, app+"/branches/"+s.Branch+"/versions/"+s.Number, map[string]any{}, nil)
	}
	for _, tag := range s.Tags {
		p.must(http.MethodPut, app+"/versions/"+s.Number+"/tags/"+tag, map[string]any{}, nil)
	}
	switch s.Verb {
	case story.Publish:
		p.publish(s)
	case story.Verify:
		p.verify(s)
	case story.Deploy:
		p.must(http.MethodPost, app+"/versions/"+s.Number+"/deployed-versions/environment/"+p.environment(s.Environment), instance(s), nil)
	case story.Release:
		p.must(http.MethodPost, app+"/versions/"+s.Number+"/released-versions/environment/"+p.environment(s.Environment), map[string]any{}, nil)
	case story.Undeploy:
		p.end(s, "deployed-versions", map[string]any{"currentlyDeployed": false})
	case story.Unrelease:
		p.end(s, "released-versions", map[string]any{"currentlySupported": false})
	default: // the version is there now, which is all
	}
}

func instance(s story.Step) map[string]any {
	if s.Instance == "" {
		return map[string]any{}
	}
	return map[string]any{"applicationInstance": s.Instance}
}

func (p *httpPlayer) pactPath(consumer, number, provider string) string {
	return "/pacts/provider/" + p.name(provider) + "/consumer/" + p.name(consumer) + "/version/" + number
}

func (p *httpPlayer) publish(s story.Step) {
	p.must(http.MethodPut, p.pactPath(s.App, s.Number, s.Partner), map[string]any{
		"consumer": map[string]any{"name": p.name(s.App)}, "provider": map[string]any{"name": p.name(s.Partner)},
		"interactions": []any{map[string]any{
			"description": "content " + s.Content, "request": map[string]any{"method": "GET", "path": "/"}, "response": map[string]any{"status": 200},
		}},
		"metadata": map[string]any{"pactSpecification": map[string]any{"version": "2.0.0"}},
	}, nil)
}

func (p *httpPlayer) verify(s story.Step) {
	var pact struct {
		Links map[string]json.RawMessage `json:"_links"`
	}
	if p.send(http.MethodGet, p.pactPath(s.Partner, s.PartnerNumber, s.App), nil, &pact) == http.StatusNotFound {
		return
	}
	var content struct{ Name string }
	require.NoError(p.t, json.Unmarshal(pact.Links["pb:pact-version"], &content))
	p.must(http.MethodPost, "/pacts/provider/"+p.name(s.App)+"/consumer/"+p.name(s.Partner)+"/pact-version/"+content.Name+"/verification-results",
		map[string]any{"success": s.Success, "providerApplicationVersion": s.Number}, nil)
}

// environment returns the UUID of an environment, which it creates if need be.
func (p *httpPlayer) environment(name string) string {
	var list struct {
		Embedded struct {
			Environments []struct{ UUID, Name string }
		} `json:"_embedded"`
	}
	p.must(http.MethodGet, "/environments", nil, &list)
	for _, e := range list.Embedded.Environments {
		if e.Name == p.name(name) {
			return e.UUID
		}
	}
	var created struct{ UUID string }
	p.must(http.MethodPost, "/environments", map[string]any{"name": p.name(name), "production": false}, &created)
	return created.UUID
}

// end ends the live records of a version in an environment.
func (p *httpPlayer) end(s story.Step, kind string, change map[string]any) {
	var list struct {
		Embedded map[string][]struct {
			UUID, ApplicationInstance             string
			CurrentlyDeployed, CurrentlySupported bool
		} `json:"_embedded"`
	}
	p.must(http.MethodGet, "/pacticipants/"+p.name(s.App)+"/versions/"+s.Number+"/"+kind+"/environment/"+p.environment(s.Environment), nil, &list)
	for _, records := range list.Embedded {
		for _, r := range records {
			if r.ApplicationInstance == s.Instance && (r.CurrentlyDeployed || r.CurrentlySupported) {
				p.must(http.MethodPatch, "/"+kind+"/"+r.UUID, change, nil)
			}
		}
	}
}

// ask puts the question of a story to /matrix.
func (p *httpPlayer) ask(q matrix.Query, sentences bool) story.Answer {
	p.t.Helper()
	var decision struct {
		Summary struct {
			Deployable                        *bool
			Success, Failed, Unknown, Ignored int
		}
		Notices []struct{ Text string }
	}
	status := p.send(http.MethodGet, "/matrix?"+p.queryString(q), nil, &decision)
	if status == http.StatusBadRequest {
		return story.Answer{Invalid: true}
	}
	require.Equal(p.t, http.StatusOK, status)
	s := decision.Summary
	out := story.Answer{Counts: matrix.Counts{Success: s.Success, Failed: s.Failed, Unknown: s.Unknown, Ignored: s.Ignored}}
	switch {
	case s.Deployable == nil:
		out.Verdict = matrix.Unknown
	case *s.Deployable:
		out.Verdict = matrix.Deployable
	default:
		out.Verdict = matrix.NotDeployable
	}
	if sentences {
		for _, n := range decision.Notices {
			out.Sentences = append(out.Sentences, strings.ReplaceAll(n.Text, p.prefix, ""))
		}
	}
	return out
}

func (p *httpPlayer) queryString(q matrix.Query) string {
	var parts []string
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, url.QueryEscape(key)+"="+url.QueryEscape(value))
		}
	}
	yes := func(set bool) string {
		if set {
			return "true"
		}
		return ""
	}
	for prefix, list := range map[string][]matrix.Selector{"q[]": q.Selectors, "ignore[]": q.Ignore} {
		for _, s := range list {
			add(prefix+"[pacticipant]", p.name(s.Pacticipant))
			add(prefix+"[version]", s.Version)
			add(prefix+"[tag]", s.Tag)
			add(prefix+"[branch]", s.Branch)
			add(prefix+"[environment]", s.Environment)
			add(prefix+"[mainBranch]", yes(s.MainBranch))
			add(prefix+"[latest]", yes(s.Latest))
		}
	}
	if q.Target.Environment != "" {
		add("environment", p.name(q.Target.Environment))
	}
	add("tag", q.Target.Tag)
	add("mainBranch", yes(q.Target.MainBranch))
	add("latest", yes(q.Target.Latest))
	add("latestby", string(q.LatestBy))
	if q.Limit > 0 {
		add("limit", fmt.Sprint(q.Limit))
	}
	for _, o := range q.Show {
		parts = append(parts, "success[]="+map[matrix.Outcome]string{matrix.Passed: "true", matrix.Failed: "false", matrix.Unverified: ""}[o])
	}
	return strings.Join(parts, "&")
}
