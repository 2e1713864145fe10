package suite_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/cucumber/godog"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/generate"
)

// generatedState is what the generator steps prepare.
type generatedState struct {
	mode     generate.Mode
	request  contract.Request
	response contract.Response
	body     []byte // of the part that was prepared
	original []byte
}

// kinds are the shapes that the suite asks generated values for.
var kinds = map[string]string{
	"integer": `^-?\d+$`, "decimal number": `^\d+\.\d+$`, "hexadecimal number": `^[a-fA-F0-9]+$`,
	"random string": `^[a-zA-Z0-9]+$`, "string from the regex": `^\d{1,8}$`,
	"date": `^\d{4}-\d{2}-\d{2}$`, "time": `^\d{2}:\d{2}:\d{2}$`, "date-time": `^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$`,
	"UUID": `^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`, "boolean": `^(true|false)$`,
	"simple UUID": `^[0-9a-fA-F]{32}$`, "lower-case-hyphenated UUID": `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`,
	"upper-case-hyphenated UUID": `^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$`,
	"URN UUID":                   `^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`,
}

func (w *world) registerGenerators(sc *godog.ScenarioContext) {
	g := &w.generated
	sc.Step(`^a request configured with the following generators:$`, func(table *godog.Table) error {
		return w.request(rows(table)[0], &g.request)
	})
	sc.Step(`^a response configured with the following generators:$`, func(table *godog.Table) error {
		var r contract.Request // the columns are those of a request
		if err := w.request(rows(table)[0], &r); err != nil {
			return err
		}
		g.response = contract.Response{Status: 200, Headers: r.Headers, Body: r.Body, Generators: r.Generators}
		return nil
	})
	sc.Step(`^the generator test mode is set as "([^"]*)"$`, func(mode string) {
		if mode == "Provider" {
			g.mode = generate.Provider
		}
	})
	sc.Step(`^the request is prepared for use$`, func() error { return g.prepareRequest(generate.Context{Mode: g.mode}) })
	sc.Step(`^the request is prepared for use with a "([^"]*)" context:$`, func(name string, table *godog.Table) error {
		var values map[string]any
		if err := json.Unmarshal([]byte(table.Rows[0].Cells[0].Value), &values); err != nil {
			return err
		}
		c := generate.Context{Mode: g.mode}
		if name == "providerState" {
			c.StateValues = values
		} else {
			c.MockServerURL = fmt.Sprint(values["href"])
		}
		return g.prepareRequest(c)
	})
	sc.Step(`^the response is prepared for use$`, func() error {
		g.original = g.response.Body.Content
		r, err := generate.Response(g.response, generate.Context{Mode: g.mode})
		g.response, g.body = r, r.Body.Content
		return err
	})
	sc.Step(`^the body value for "([^"]*)" will have been replaced with an? "([^"]*)"$`, func(path, kind string) error {
		return replaced(g.original, g.body, path, kind)
	})
	sc.Step(`^the body value for "([^"]*)" will have been replaced with "([^"]*)"$`, func(path, want string) error {
		return replaced(g.original, g.body, path, want)
	})
	sc.Step(`^the (request|response) "([^"]*)" will be set as "([^"]*)"$`, func(part, name, want string) error {
		got, err := g.value(part, name)
		if err == nil && got != want {
			err = fmt.Errorf("%s is %q", name, got)
		}
		return err
	})
	sc.Step(`^the (request|response) "([^"]*)" will not be "([^"]*)"$`, func(part, name, other string) error {
		got, err := g.value(part, name)
		if err == nil && got == other {
			err = fmt.Errorf("%s is %q", name, got)
		}
		return err
	})
	sc.Step(`^the (request|response) "([^"]*)" will match "([^"]*)"$`, func(part, name, pattern string) error {
		got, err := g.value(part, name)
		if err == nil && !regexp.MustCompile("^("+pattern+")$").MatchString(got) {
			err = fmt.Errorf("%s is %q", name, got)
		}
		return err
	})
}

func (g *generatedState) prepareRequest(c generate.Context) error {
	g.original = g.request.Body.Content
	r, err := generate.Request(g.request, c)
	g.request, g.body = r, r.Body.Content
	return err
}

// value finds a part by names such as "path", "status", "header[X]" and
// "queryParameter[v1]".
func (g *generatedState) value(part, name string) (string, error) {
	headers := g.request.Headers
	if part == "response" {
		headers = g.response.Headers
	}
	kind, key, _ := strings.Cut(strings.TrimSuffix(name, "]"), "[")
	var list []string
	switch kind {
	case "path":
		return g.request.Path, nil
	case "status":
		return strconv.Itoa(g.response.Status), nil
	case "header":
		list = headers.Get(key)
	case "queryParameter":
		list = g.request.Query[key]
	}
	if len(list) == 0 {
		return "", fmt.Errorf("there is no %s", name)
	}
	return list[0], nil
}

// replaced asks that the value of a member is another one, of a kind or equal
// to text.
func replaced(before, after []byte, path, kind string) error {
	old, err := member(before, path)
	if err != nil {
		return err
	}
	got, err := member(after, path)
	switch {
	case err != nil:
		return err
	case got == old:
		return errors.New("the value has not been replaced")
	}
	return isKind(got, kind)
}

func isKind(got, kind string) error {
	if pattern, ok := kinds[kind]; ok {
		if !regexp.MustCompile(pattern).MatchString(got) {
			return fmt.Errorf("%q is not a %s", got, kind)
		}
		return nil
	}
	if got != kind {
		return fmt.Errorf("%q is not %q", got, kind)
	}
	return nil
}

// member returns the member of a JSON object named by a path such as "$.one",
// as text.
func member(body []byte, path string) (string, error) {
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	var document map[string]any
	if err := d.Decode(&document); err != nil {
		return "", err
	}
	value, ok := document[strings.TrimPrefix(path, "$.")]
	if !ok {
		return "", fmt.Errorf("%s has no %s", body, path)
	}
	return fmt.Sprint(value), nil
}
