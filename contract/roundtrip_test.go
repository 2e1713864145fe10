package contract_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

// conformanceDir returns the folder of the public suites, or skips.
func conformanceDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("TREATY_CONFORMANCE_DIR")
	if dir == "" {
		t.Skip("TREATY_CONFORMANCE_DIR is not set: it names the folder of the public Pact suites")
	}
	return dir
}

// filesUnder returns the files below dir whose path has the suffix.
func filesUnder(t *testing.T, dir, suffix string) []string {
	t.Helper()
	var files []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, suffix) {
			files = append(files, path)
		}
		return err
	}))
	require.NotEmpty(t, files, "files *%s below %s", suffix, dir)
	return files
}

// requireRoundTrip writes p as its own version and reads it back.
func requireRoundTrip(t *testing.T, p *contract.Pact) {
	t.Helper()
	written, err := contract.Encode(p, p.Version)
	require.NoError(t, err)
	again, err := contract.Decode(written)
	require.NoError(t, err, "%s", written)
	require.Equal(t, plain(p), plain(again), "%s", written)
	twice, err := contract.Encode(again, p.Version)
	require.NoError(t, err)
	require.Equal(t, string(written), string(twice))
}

// plain takes away what has no meaning: space in unknown members and in JSON
// bodies.
func plain(p *contract.Pact) *contract.Pact {
	for name, value := range p.Extra {
		p.Extra[name] = compact(value)
	}
	for _, i := range p.Interactions {
		for _, b := range bodies(i) {
			if kind, err := contract.ParseContentType(b.ContentType); err == nil && kind.IsJSON() {
				b.Content = compact(b.Content)
			}
		}
	}
	return p
}

func compact(text []byte) []byte {
	var b bytes.Buffer
	if json.Compact(&b, text) != nil {
		return text
	}
	return b.Bytes()
}

// bodies returns all bodies of an interaction.
func bodies(i contract.Interaction) []*contract.Body {
	switch i := i.(type) {
	case *contract.HTTP:
		return []*contract.Body{&i.Request.Body, &i.Response.Body}
	case *contract.AsyncMessage:
		return []*contract.Body{&i.Contents}
	case *contract.SyncMessage:
		list := []*contract.Body{&i.Request.Contents}
		for at := range i.Responses {
			list = append(list, &i.Responses[at].Contents)
		}
		return list
	}
	return nil
}

// refusedOnPurpose names the files of the suites that are not pacts, with what
// the error has to say about each. The first asks a comparison with an OpenAPI
// document to pass over an interaction of a kind that no specification has; a
// reader of contracts that did so would drop a promise without a word.
var refusedOnPurpose = map[string]string{
	"bidirectional/fixtures/oas/pact-formats/pact.json": `interactions[2].type: expected one of`,
}

func TestPactFilesOfTheSuitesSurviveReadWriteRead(t *testing.T) {
	t.Parallel()
	root := conformanceDir(t)
	for _, file := range filesUnder(t, root, ".json") {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var probe struct {
			Interactions, Messages json.RawMessage
		}
		if json.Unmarshal(data, &probe) != nil || probe.Interactions == nil && probe.Messages == nil {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			p, err := contract.Decode(data)
			below, inside := strings.CutPrefix(filepath.ToSlash(file), filepath.ToSlash(root)+"/")
			require.True(t, inside, file)
			if refusal, ok := refusedOnPurpose[below]; ok {
				require.ErrorContains(t, err, refusal, file)
				return
			}
			require.NoError(t, err, file)
			requireRoundTrip(t, p)
		})
	}
}

// TestSpecificationCasesSurviveReadWriteRead makes a pact of each case's
// expected and actual part in the version of the case.
func TestSpecificationCasesSurviveReadWriteRead(t *testing.T) {
	t.Parallel()
	root := filepath.Join(conformanceDir(t), "pact-specification")
	version := regexp.MustCompile(`/v([0-9.]+)/testcases/(request|response|message)/`)
	for _, file := range filesUnder(t, root, ".json") {
		found := version.FindStringSubmatch(filepath.ToSlash(file))
		require.NotNil(t, found, file)
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var c struct{ Expected, Actual json.RawMessage }
		require.NoError(t, json.Unmarshal([]byte(strings.TrimPrefix(string(data), "\ufeff")), &c), file)
		for _, side := range []json.RawMessage{c.Expected, c.Actual} {
			p := &contract.Pact{Consumer: "a", Provider: "b", Version: contract.ParseSpecVersion(found[1])}
			i, err := caseInteraction(found[2], side, p.Version)
			require.NoError(t, err, file)
			p.Interactions = []contract.Interaction{i}
			t.Run(strings.TrimPrefix(file, root), func(t *testing.T) {
				requireRoundTrip(t, p)
			})
		}
	}
}

func caseInteraction(part string, side []byte, v contract.SpecVersion) (contract.Interaction, error) {
	var err error
	exchange := &contract.HTTP{
		Common:   contract.Common{Description: "case"},
		Request:  contract.Request{Method: "GET", Path: "/"},
		Response: contract.Response{Status: 200},
	}
	switch part {
	case "request":
		exchange.Request, err = contract.DecodeRequest(side, v)
	case "response":
		exchange.Response, err = contract.DecodeResponse(side, v)
	case "message":
		m := &contract.AsyncMessage{Common: contract.Common{Description: "case"}}
		m.Message, err = contract.DecodeMessage(side, v)
		return m, err
	default:
		err = errors.New("unknown part " + part)
	}
	return exchange, err
}
