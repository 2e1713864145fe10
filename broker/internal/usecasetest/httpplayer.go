package usecasetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
)

// HTTPPlayer plays a story with plain requests.
type HTTPPlayer struct {
	T            *testing.T
	Base, Prefix string
}

// Name returns the name by which the broker knows word.
func (p *HTTPPlayer) Name(word string) string { return p.Prefix + word }

// Send sends a request and decodes the answer. It returns the status.
func (p *HTTPPlayer) Send(method, path string, body, into any) int {
	p.T.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		require.NoError(p.T, err)
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(p.T.Context(), method, p.Base+path, reader)
	require.NoError(p.T, err)
	request.Header.Set("Accept", "application/hal+json")
	request.Header.Set("Content-Type", "application/json")
	if method == http.MethodPatch {
		request.Header.Set("Content-Type", "application/merge-patch+json")
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(p.T, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(p.T, err)
	require.Less(p.T, response.StatusCode, 500, "%s %s: %s", method, path, text)
	if into != nil && response.StatusCode < 300 {
		require.NoError(p.T, json.Unmarshal(text, into), "%s", text)
	}
	return response.StatusCode
}

// Must is Send for requests that have to succeed.
func (p *HTTPPlayer) Must(method, path string, body, into any) {
	p.T.Helper()
	status := p.Send(method, path, body, into)
	require.Less(p.T, status, 300, "%s %s", method, path)
}

// Step does one step of a history.
func (p *HTTPPlayer) Step(s story.Step) {
	p.T.Helper()
	app := "/pacticipants/" + p.Name(s.App)
	switch s.Verb {
	case story.AddEnvironment:
		p.environment(s.Environment)
		return
	case story.SetMainBranch:
		p.Must(http.MethodPatch, app, map[string]any{"mainBranch": s.Branch}, nil)
		return
	default: // a version acts, below
	}
	p.Must(http.MethodPut, app+"/versions/"+s.Number, map[string]any{}, nil)
	if s.Branch != "" {
		p.Must(http.MethodPut, app+"/branches/"+s.Branch+"/versions/"+s.Number, map[string]any{}, nil)
	}
	for _, tag := range s.Tags {
		p.Must(http.MethodPut, app+"/versions/"+s.Number+"/tags/"+tag, map[string]any{}, nil)
	}
	switch s.Verb {
	case story.Publish:
		p.publish(s)
	case story.Verify:
		p.verify(s)
	case story.Deploy:
		p.Must(http.MethodPost, app+"/versions/"+s.Number+"/deployed-versions/environment/"+p.environment(s.Environment), instance(s), nil)
	case story.Release:
		p.Must(http.MethodPost, app+"/versions/"+s.Number+"/released-versions/environment/"+p.environment(s.Environment), map[string]any{}, nil)
	case story.Undeploy:
		p.end(s, "deployed-versions", map[string]any{"currentlyDeployed": false})
	case story.StartRollout:
		body := instance(s)
		body["gate"] = "skip"
		p.Send(http.MethodPost, app+"/versions/"+s.Number+"/rollouts/environment/"+p.environment(s.Environment), body, nil) // refused where another one runs
	case story.Promote:
		p.endRollout(s, map[string]any{"state": "promoted", "gate": "skip"})
	case story.Abort:
		p.endRollout(s, map[string]any{"state": "aborted"})
	case story.Unrelease:
		p.end(s, "released-versions", map[string]any{"currentlySupported": false})
	default: // the version is there now, which is all
	}
}

// endRollout ends the rollout that runs in the place, if it is of the version.
func (p *HTTPPlayer) endRollout(s story.Step, how map[string]any) {
	var list struct {
		Embedded struct {
			Rollouts []struct{ UUID, State, ApplicationInstance string }
		} `json:"_embedded"`
	}
	p.Must(http.MethodGet, "/pacticipants/"+p.Name(s.App)+"/versions/"+s.Number+"/rollouts/environment/"+p.environment(s.Environment), nil, &list)
	for _, r := range list.Embedded.Rollouts {
		if r.State == "running" && r.ApplicationInstance == s.Instance {
			p.Must(http.MethodPatch, "/rollouts/"+r.UUID, how, nil)
		}
	}
}

func instance(s story.Step) map[string]any {
	if s.Instance == "" {
		return map[string]any{}
	}
	return map[string]any{"applicationInstance": s.Instance}
}

// PactPath returns the address of the pact of a version.
func (p *HTTPPlayer) PactPath(consumer, number, provider string) string {
	return "/pacts/provider/" + p.Name(provider) + "/consumer/" + p.Name(consumer) + "/version/" + number
}

func (p *HTTPPlayer) publish(s story.Step) {
	p.Must(http.MethodPut, p.PactPath(s.App, s.Number, s.Partner), map[string]any{
		"consumer": map[string]any{"name": p.Name(s.App)}, "provider": map[string]any{"name": p.Name(s.Partner)},
		"interactions": []any{map[string]any{
			"description": "content " + s.Content, "request": map[string]any{"method": "GET", "path": "/"}, "response": map[string]any{"status": 200},
		}},
		"metadata": map[string]any{"pactSpecification": map[string]any{"version": "2.0.0"}},
	}, nil)
}

func (p *HTTPPlayer) verify(s story.Step) {
	var pact struct {
		Links map[string]json.RawMessage `json:"_links"`
	}
	if p.Send(http.MethodGet, p.PactPath(s.Partner, s.PartnerNumber, s.App), nil, &pact) == http.StatusNotFound {
		return
	}
	var content struct{ Name string }
	require.NoError(p.T, json.Unmarshal(pact.Links["pb:pact-version"], &content))
	p.Must(http.MethodPost, "/pacts/provider/"+p.Name(s.App)+"/consumer/"+p.Name(s.Partner)+"/pact-version/"+content.Name+"/verification-results",
		map[string]any{"success": s.Success, "providerApplicationVersion": s.Number}, nil)
}

// environment returns the UUID of an environment, which it creates if need be.
func (p *HTTPPlayer) environment(name string) string {
	var list struct {
		Embedded struct {
			Environments []struct{ UUID, Name string }
		} `json:"_embedded"`
	}
	p.Must(http.MethodGet, "/environments", nil, &list)
	for _, e := range list.Embedded.Environments {
		if e.Name == p.Name(name) {
			return e.UUID
		}
	}
	var created struct{ UUID string }
	p.Must(http.MethodPost, "/environments", map[string]any{"name": p.Name(name), "production": false}, &created)
	return created.UUID
}

// end ends the live records of a version in an environment.
func (p *HTTPPlayer) end(s story.Step, kind string, change map[string]any) {
	var list struct {
		Embedded map[string][]struct {
			UUID, ApplicationInstance             string
			CurrentlyDeployed, CurrentlySupported bool
		} `json:"_embedded"`
	}
	p.Must(http.MethodGet, "/pacticipants/"+p.Name(s.App)+"/versions/"+s.Number+"/"+kind+"/environment/"+p.environment(s.Environment), nil, &list)
	for _, records := range list.Embedded {
		for _, r := range records {
			if r.ApplicationInstance == s.Instance && (r.CurrentlyDeployed || r.CurrentlySupported) {
				p.Must(http.MethodPatch, "/"+kind+"/"+r.UUID, change, nil)
			}
		}
	}
}

// Ask puts the question of a story to /matrix.
func (p *HTTPPlayer) Ask(q matrix.Query, sentences bool) story.Answer {
	p.T.Helper()
	var decision struct {
		Summary struct {
			Deployable                        *bool
			Success, Failed, Unknown, Ignored int
		}
		Notices []struct{ Text string }
	}
	status := p.Send(http.MethodGet, "/matrix?"+p.QueryString(q), nil, &decision)
	if status == http.StatusBadRequest {
		return story.Answer{Invalid: true}
	}
	require.Equal(p.T, http.StatusOK, status)
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
			out.Sentences = append(out.Sentences, strings.ReplaceAll(n.Text, p.Prefix, ""))
		}
	}
	return out
}

// QueryString returns the query of a question to the matrix.
func (p *HTTPPlayer) QueryString(q matrix.Query) string {
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
			add(prefix+"[pacticipant]", p.Name(s.Pacticipant))
			add(prefix+"[version]", s.Version)
			add(prefix+"[tag]", s.Tag)
			add(prefix+"[branch]", s.Branch)
			add(prefix+"[environment]", s.Environment)
			add(prefix+"[mainBranch]", yes(s.MainBranch))
			add(prefix+"[latest]", yes(s.Latest))
		}
	}
	if q.Target.Environment != "" {
		add("environment", p.Name(q.Target.Environment))
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

// Play does the steps of a history.
func (p *HTTPPlayer) Play(history string) {
	p.T.Helper()
	s, err := story.Parse("history", history)
	require.NoError(p.T, err)
	for _, step := range s.Steps {
		p.Step(step)
	}
}

// Page returns a page as it is sent.
func (p *HTTPPlayer) Page(path string) string {
	p.T.Helper()
	request, err := http.NewRequestWithContext(p.T.Context(), http.MethodGet, p.Base+path, http.NoBody)
	require.NoError(p.T, err)
	request.Header.Set("Accept", "text/html,image/svg+xml,*/*;q=0.8")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	require.NoError(p.T, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(p.T, err)
	require.Less(p.T, response.StatusCode, 400, path)
	return html.UnescapeString(string(text))
}
