package root_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

const (
	orderContract = `{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[
		{"description":"an order","request":{"method":"GET","path":"/orders/5"},"response":{"status":200,"body":{"id":5}}}],
		"metadata":{"pactSpecification":{"version":"3.0.0"}}}`
	clockContract = `{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[
		{"description":"an order","request":{"method":"GET","path":"/orders/5"},"response":{"status":200,"body":{"id":5,"at":"2026-01-02T03:04:05.678Z"}}}],
		"metadata":{"pactSpecification":{"version":"3.0.0"}}}`
	brokenExample = `{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[
		{"description":"an order","request":{"method":"GET","path":"/orders/5"},"response":{"status":200,"body":{"id":"x"},
		"matchingRules":{"body":{"$.id":{"matchers":[{"match":"integer"}]}}}}}],
		"metadata":{"pactSpecification":{"version":"3.0.0"}}}`
	messageContract = `{"messages":[{"description":"an event","contents":{"a":1}}],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`
)

// contractFolder is a folder with the contracts above.
func contractFolder(t *testing.T) command.Env {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"order.json": orderContract, "clock.json": clockContract, "message.json": messageContract, "broken.json": "{", "example.json": brokenExample,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return command.Env{Dir: dir}
}

func TestLintSaysNoWhenSomethingIsWrong(t *testing.T) {
	t.Parallel()
	e := contractFolder(t)
	good := treatyIn(t, e, "pact", "lint", "order.json")
	require.Equal(t, 0, good.status)
	require.Equal(t, "order.json: 0 errors, 0 warnings, 0 hints\n", good.stdout)
	bad := treatyIn(t, e, "pact", "lint", "order.json", "example.json")
	require.Equal(t, 1, bad.status)
	require.Empty(t, bad.stderr)
	require.Contains(t, bad.stdout, `example.json: error: interactions[0] "an order" response body $.id: the example does not fit its own rule`)
	require.Contains(t, bad.stdout, "[example-breaks-rule]")
	legal := treatyIn(t, e, "pact", "lint", "clock.json")
	require.Equal(t, 0, legal.status, "what the specification allows is no error")
	require.Contains(t, legal.stdout, "warning: ")
	require.Contains(t, legal.stdout, "[unstable-value]")
	broken := treatyIn(t, e, "pact", "lint", "broken.json")
	require.Equal(t, 1, broken.status)
	require.Contains(t, broken.stdout, "[unreadable]")
	warned := treatyIn(t, e, "pact", "lint", "message.json")
	require.Equal(t, 0, warned.status)
	require.Equal(t, 1, treatyIn(t, e, "pact", "lint", "--strict", "message.json").status)
}

func TestLintAnswersForMachines(t *testing.T) {
	t.Parallel()
	got := treatyIn(t, contractFolder(t), "pact", "lint", "--output", "json", "--strict", "order.json", "clock.json")
	require.Equal(t, 1, got.status)
	var answers []struct {
		File     string
		Findings []struct{ Level, Check, Path string }
	}
	require.NoError(t, json.Unmarshal([]byte(got.stdout), &answers))
	require.Len(t, answers, 2)
	require.Empty(t, answers[0].Findings)
	require.Equal(t, "unstable-value", answers[1].Findings[0].Check)
}

func TestLintTakesFoldersAndPatterns(t *testing.T) {
	t.Parallel()
	e := contractFolder(t)
	whole := treatyIn(t, e, "pact", "lint", ".")
	require.Equal(t, 1, whole.status)
	for _, name := range []string{"order.json", "clock.json", "message.json", "broken.json", "example.json"} {
		require.Contains(t, whole.stdout, name+": ")
	}
	some := treatyIn(t, e, "pact", "lint", "o*.json")
	require.Equal(t, 0, some.status)
	require.Equal(t, 1, strings.Count(some.stdout, "\n"))
	e.Stdin = strings.NewReader(brokenExample)
	require.Equal(t, 1, treatyIn(t, e, "pact", "lint", "-").status)
	require.NoError(t, os.Mkdir(filepath.Join(e.Dir, "none"), 0o700))
	empty := treatyIn(t, e, "pact", "lint", "none")
	require.Equal(t, 1, empty.status)
	require.Contains(t, empty.stderr, "there is no pact file at none")
}

func TestShowReadsFilesAndStandardInput(t *testing.T) {
	t.Parallel()
	e := contractFolder(t)
	file := treatyIn(t, e, "pact", "show", "order.json")
	require.Equal(t, 0, file.status)
	require.Contains(t, file.stdout, "web -> api\n1 interaction, specification version 3.0.0\n")
	e.Stdin = strings.NewReader(orderContract)
	require.Equal(t, file.stdout, treatyIn(t, e, "pact", "show", "-").stdout)
	require.Equal(t, 0, treatyIn(t, e, "pact", "show", "message.json").status)
}

func TestDiffListsWhatChangedByMeaning(t *testing.T) {
	t.Parallel()
	e := contractFolder(t)
	got := treatyIn(t, e, "pact", "diff", "order.json", "clock.json")
	require.Equal(t, 0, got.status)
	require.Equal(t, "\"an order\"\n  tightened     response body $.at\n                now: \"2026-01-02T03:04:05.678Z\"\n", got.stdout)
	require.Equal(t, 1, treatyIn(t, e, "pact", "diff", "--breaking", "order.json", "clock.json").status)
	require.Equal(t, 0, treatyIn(t, e, "pact", "diff", "--breaking", "clock.json", "order.json").status)
	require.Equal(t, "Both contracts mean the same.\n", treatyIn(t, e, "pact", "diff", "order.json", "order.json").stdout)
	require.Equal(t, "[]\n", treatyIn(t, e, "pact", "diff", "-o", "json", "order.json", "order.json").stdout)
}

func TestConvertWritesAnotherVersionOrSaysWhichCan(t *testing.T) {
	t.Parallel()
	e := contractFolder(t)
	got := treatyIn(t, e, "pact", "convert", "order.json")
	require.Equal(t, 0, got.status)
	require.Contains(t, got.stdout, `"version": "4.0"`)
	require.Contains(t, got.stdout, `"type": "Synchronous/HTTP"`)
	refused := treatyIn(t, e, "pact", "convert", "--to", "2", "message.json")
	require.Equal(t, 1, refused.status)
	require.Empty(t, refused.stdout)
	require.Contains(t, refused.stderr, "version 2.0.0 cannot express a message")
	require.Contains(t, refused.stderr, "next: treaty pact convert --to 3.0.0 message.json")
	require.Equal(t, 0, treatyIn(t, e, "pact", "convert", "--to", "2", "--out", "two.json", "order.json").status)
	require.Contains(t, treatyIn(t, e, "pact", "show", "two.json").stdout, "version 2.0.0")
	for _, spelling := range []string{"V2", "v2", "2", "2.0", "2.0.0"} {
		require.Contains(t, treatyIn(t, e, "pact", "convert", "--to", spelling, "order.json").stdout, `"version": "2.0.0"`, spelling)
	}
}

func TestWrongPactCallsNameTheNextStep(t *testing.T) {
	t.Parallel()
	e := contractFolder(t)
	for next, args := range map[string][]string{
		"treaty pact --help":            {"pact", "frob"},
		"treaty pact lint broken.json":  {"pact", "show", "broken.json"},
		"give the path of a pact file":  {"pact", "show", "none.json"},
		"treaty pact diff BEFORE AFTER": {"pact", "diff", "order.json"},
		"give --to 1.0, 1.1, 2, 3 or 4": {"pact", "convert", "--to", "9", "order.json"},
		"treaty pact show FILE":         {"pact", "show"},
		`"xml" is none of text, json`:   {"pact", "lint", "-o", "xml", "order.json"},
	} {
		got := treatyIn(t, e, args...)
		require.Equal(t, 1, got.status, args)
		require.Contains(t, got.stderr, next, args)
	}
}
