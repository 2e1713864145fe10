package dsl

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/pact-foundation/pact-go/v2/models"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/draft"
)

// Interaction is one expected request with its response, as it is being
// described. The steps of all specification versions fill the same one, and tests
// have no need to name it. What is wrong with a step is told by ExecuteTest.
type Interaction struct {
	version  contract.SpecVersion
	http     contract.HTTP
	request  part
	response part
	errs     []error
	// counted is true once the mock provider knows that it is described whole.
	counted bool
}

func newInteraction(version contract.SpecVersion) *Interaction {
	i := &Interaction{version: version}
	i.http.Request.Method = "GET"
	i.http.Request.Path = "/"
	i.request = part{interaction: i, name: "request"}
	i.response = part{interaction: i, name: "response"}
	return i
}

// WithCompleteRequest describes the request in one value: what stands in it
// replaces what was said before.
func (i *Interaction) WithCompleteRequest(request Request) *Interaction {
	i.method(request.Method)
	i.path(request.Path)
	if request.Body != nil {
		i.request.jsonBody(request.Body)
	}
	i.request.setHeaders(oneEach(request.Headers))
	for _, name := range slices.Sorted(maps.Keys(request.Query)) {
		i.query(name, []matchers.Matcher{request.Query[name]})
	}
	return i
}

// WithCompleteResponse describes the response in one value: what stands in it
// replaces what was said before.
func (i *Interaction) WithCompleteResponse(response Response) *Interaction {
	if response.Body != nil {
		i.response.jsonBody(response.Body)
	}
	i.response.setHeaders(oneEach(response.Headers))
	i.status(response.Status)
	return i
}

func oneEach(values matchers.MapMatcher) map[string][]matchers.Matcher {
	lists := make(map[string][]matchers.Matcher, len(values))
	for name, value := range values {
		lists[name] = []matchers.Matcher{value}
	}
	return lists
}

func (i *Interaction) fail(place string, err error) {
	i.errs = append(i.errs, fmt.Errorf("%s: %w", place, err))
}

func (i *Interaction) given(state models.ProviderState) {
	states, err := draft.AddState(i.http.States, state)
	if err != nil {
		i.fail(fmt.Sprintf("provider state %q", state.Name), err)
	}
	i.http.States = states
}

func (i *Interaction) method(method string) {
	if method != "" {
		i.http.Request.Method = strings.ToUpper(method)
	}
}

func (i *Interaction) status(status int) {
	if status < 100 || status > 999 {
		i.fail("response status", fmt.Errorf("%d is not an HTTP status", status))
		return
	}
	i.http.Response.Status = status
}

func (i *Interaction) path(path matchers.Matcher) {
	if path == nil {
		i.fail("request path", errors.New("it is missing"))
		return
	}
	v, err := compileText(path, i.version)
	if err != nil {
		i.fail("request path", err)
		return
	}
	if v.list {
		i.fail("request path", errors.New("it is one text, not a list"))
		return
	}
	i.http.Request.Path = v.examples[0]
	i.request.set(contract.CategoryPath, "", v.rules)
	if v.generator != nil {
		i.request.addGenerator(contract.CategoryPath, "", *v.generator)
	}
}

func (i *Interaction) query(name string, values []matchers.Matcher) {
	v, err := compileValues(values, i.version)
	if err == nil {
		err = i.request.setValues(contract.CategoryQuery, name, v)
	}
	if err != nil {
		i.fail(fmt.Sprintf("request query parameter %q", name), err)
		return
	}
	if i.http.Request.Query == nil {
		i.http.Request.Query = contract.Values{}
	}
	i.http.Request.Query[name] = v.examples()
	for n, one := range v {
		key := name
		if len(v) > 1 {
			key = fmt.Sprintf("%s[%d]", name, n)
		}
		if one.generator != nil {
			i.request.addGenerator(contract.CategoryQuery, key, *one.generator)
		}
	}
}

// finish returns the interaction for the contract, or all that is wrong with it.
func (i *Interaction) finish() (exchange, error) {
	if i.http.Description == "" {
		i.http.Description = i.http.Request.Method + " " + i.http.Request.Path
	}
	i.request.settle()
	i.response.settle()
	if len(i.errs) > 0 {
		return exchange{}, fmt.Errorf("interaction %q: %w", i.http.Description, errors.Join(i.errs...))
	}
	done := i.http
	done.Request.Headers, done.Response.Headers = i.request.headers, i.response.headers
	done.Request.Body, done.Response.Body = i.request.body, i.response.body
	done.Request.Rules, done.Response.Rules = i.request.rules, i.response.rules
	done.Request.Generators, done.Response.Generators = i.request.generators, i.response.generators
	return i.expand(&done), nil
}
