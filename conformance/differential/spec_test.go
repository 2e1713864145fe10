package differential_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

func conformanceDir(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("TREATY_CONFORMANCE_DIR")
	if dir == "" {
		t.Skip("TREATY_CONFORMANCE_DIR is not set")
	}
	return filepath.Join(dir, name)
}

// specVersions are the folders of the specification and what pact files of
// them say.
var specVersions = []struct{ folder, version string }{
	{"v1", "1.0.0"}, {"v1.1", "1.1.0"}, {"v2", "2.0.0"}, {"v3", "3.0.0"}, {"v4", "4.0"},
}

// TestCasesOfTheSpecification serves the "actual" of every response and
// message case to both verifiers with the "expected" as the pact.
func TestCasesOfTheSpecification(t *testing.T) {
	dir := conformanceDir(t, "pact-specification")
	pactBinary(t)
	for _, v := range specVersions {
		for _, part := range []string{"response", "message"} {
			c := corpus{version: v.version, messages: part == "message" && v.folder == "v3"}
			files, err := filepath.Glob(filepath.Join(dir, v.folder, "testcases", part, "*", "*.json"))
			require.NoError(t, err)
			for _, file := range files {
				if s, ok := specSample(t, file, part, v.version); ok {
					c.samples = append(c.samples, s)
				}
			}
			if len(c.samples) == 0 {
				continue
			}
			name := v.folder + " " + part
			t.Run(name, func(t *testing.T) { compare(t, name, c) })
		}
	}
}

func specSample(t *testing.T, file, part, version string) (sample, bool) {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var spec struct{ Expected, Actual object }
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &spec); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	name := filepath.Base(filepath.Dir(file)) + ": " + strings.TrimSuffix(filepath.Base(file), ".json")
	s := sample{name: name}
	if part == "message" {
		s.interaction = spec.Expected
		if version == "4.0" {
			s.interaction["type"] = "Asynchronous/Messages"
		}
		s.answer = messageAnswer(t, spec.Actual, version)
		return s, true
	}
	s.interaction = httpInteraction(spec.Expected, version)
	s.answer = responseAnswer(t, spec.Actual, version)
	for _, values := range s.answer.header {
		for _, value := range values {
			if strings.ContainsAny(value, "\r\n") {
				return s, false // no server can send it
			}
		}
	}
	return s, true
}

func httpInteraction(response object, version string) object {
	i := object{"request": object{"method": "GET", "path": "/"}, "response": response}
	if version == "4.0" {
		i["type"] = "Synchronous/HTTP"
	}
	return i
}

// decodeOne reads a pact with one interaction.
func decodeOne(t *testing.T, interaction object, version string) contract.Interaction {
	t.Helper()
	member := "interactions"
	if _, message := interaction["contents"]; message && version != "4.0" {
		member = "messages"
	}
	data, err := json.Marshal(object{
		"consumer": object{"name": "C"}, "provider": object{"name": "P"}, member: []object{interaction},
		"metadata": object{"pactSpecification": object{"version": version}},
	})
	require.NoError(t, err)
	pact, err := contract.Decode(data)
	require.NoError(t, err)
	return pact.Interactions[0]
}

func responseAnswer(t *testing.T, response object, version string) answer {
	t.Helper()
	decoded := decodeOne(t, httpInteraction(response, version), version).(*contract.HTTP).Response
	a := answer{status: decoded.Status, header: decoded.Headers, body: decoded.Body.Content}
	// A null body is sent as none: "null" on the wire would be content.
	if version == "4.0" && len(a.body) > 0 {
		a.typed(decoded.Body.ContentType)
	}
	return a
}

// typed adds the content type unless the headers have one.
func (a *answer) typed(contentType string) {
	header := map[string][]string{}
	for name, values := range a.header {
		if strings.EqualFold(name, "Content-Type") {
			return
		}
		header[name] = values
	}
	if contentType != "" {
		header["Content-Type"] = []string{contentType}
	}
	a.header = header
}

func messageAnswer(t *testing.T, message object, version string) answer {
	t.Helper()
	if version == "4.0" {
		message["type"] = "Asynchronous/Messages"
	}
	decoded, ok := decodeOne(t, message, version).(*contract.AsyncMessage)
	require.True(t, ok)
	a := answer{status: 200, body: decoded.Contents.Content}
	a.typed(decoded.Contents.ContentType)
	if len(decoded.Metadata) > 0 {
		data, err := json.Marshal(decoded.Metadata)
		require.NoError(t, err)
		a.metadata = string(data)
	}
	return a
}

// TestPactsOfBrokerClients serves the examples of real pact files, whole and
// with a defect each.
func TestPactsOfBrokerClients(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(conformanceDir(t, "broker-clients"), "*.json"))
	require.NoError(t, err)
	pactBinary(t)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) { compare(t, name, clientCorpus(t, file)) })
	}
}

func clientCorpus(t *testing.T, file string) corpus {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var raw struct{ Interactions []object }
	require.NoError(t, json.Unmarshal(data, &raw))
	pact, err := contract.Decode(data)
	require.NoError(t, err)
	c := corpus{version: "2.0.0"}
	for n, i := range pact.Interactions {
		response := i.(*contract.HTTP).Response
		whole := answer{status: response.Status, header: response.Headers, body: response.Body.Content}
		for _, variant := range []struct {
			name string
			a    answer
		}{{"kept", whole}, {"other status", otherStatus(whole)}, {"a member lost", memberLost(whole)}} {
			c.samples = append(c.samples, sample{
				name: fmt.Sprintf("%d %s", n, variant.name), interaction: raw.Interactions[n], answer: variant.a,
			})
		}
	}
	return c
}

func otherStatus(a answer) answer {
	a.status++
	return a
}

// memberLost takes the first member in order out of a JSON object.
func memberLost(a answer) answer {
	var members object
	if json.Unmarshal(a.body, &members) != nil || len(members) == 0 {
		return a
	}
	first := ""
	for name := range members {
		if first == "" || name < first {
			first = name
		}
	}
	delete(members, first)
	a.body, _ = json.Marshal(members)
	return a
}
