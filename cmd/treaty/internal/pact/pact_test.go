package pact_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
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
	good := commandtest.RunIn(t, e, "pact", "lint", "order.json")
	require.Equal(t, 0, good.Status)
	require.Equal(t, "order.json: 0 errors, 0 warnings, 0 hints\n", good.Stdout)
	bad := commandtest.RunIn(t, e, "pact", "lint", "order.json", "example.json")
	require.Equal(t, 1, bad.Status)
	require.Empty(t, bad.Stderr)
	require.Contains(t, bad.Stdout, `example.json: error: interactions[0] "an order" response body $.id: the example does not fit its own rule`)
	require.Contains(t, bad.Stdout, "[example-breaks-rule]")
	legal := commandtest.RunIn(t, e, "pact", "lint", "clock.json")
	require.Equal(t, 0, legal.Status, "what the specification allows is not an error")
	require.Contains(t, legal.Stdout, "warning: ")
	require.Contains(t, legal.Stdout, "[unstable-value]")
	broken := commandtest.RunIn(t, e, "pact", "lint", "broken.json")
	require.Equal(t, 1, broken.Status)
	require.Contains(t, broken.Stdout, "[unreadable]")
	warned := commandtest.RunIn(t, e, "pact", "lint", "message.json")
	require.Equal(t, 0, warned.Status)
	require.Equal(t, 1, commandtest.RunIn(t, e, "pact", "lint", "--strict", "message.json").Status)
}

func TestLintAnswersForMachines(t *testing.T) {
	t.Parallel()
	got := commandtest.RunIn(t, contractFolder(t), "pact", "lint", "--output", "json", "--strict", "order.json", "clock.json")
	require.Equal(t, 1, got.Status)
	var answers []struct {
		File     string
		Findings []struct{ Level, Check, Path string }
	}
	require.NoError(t, json.Unmarshal([]byte(got.Stdout), &answers))
	require.Len(t, answers, 2)
	require.Empty(t, answers[0].Findings)
	require.Equal(t, "unstable-value", answers[1].Findings[0].Check)
}

func TestLintTakesFoldersAndPatterns(t *testing.T) {
	t.Parallel()
	e := contractFolder(t)
	whole := commandtest.RunIn(t, e, "pact", "lint", ".")
	require.Equal(t, 1, whole.Status)
	for _, name := range []string{"order.json", "clock.json", "message.json", "broken.json", "example.json"} {
		require.Contains(t, whole.Stdout, name+": ")
	}
	some := commandtest.RunIn(t, e, "pact", "lint", "o*.json")
	require.Equal(t, 0, some.Status)
	require.Equal(t, 1, strings.Count(some.Stdout, "\n"))
	e.Stdin = strings.NewReader(brokenExample)
	require.Equal(t, 1, commandtest.RunIn(t, e, "pact", "lint", "-").Status)
	require.NoError(t, os.Mkdir(filepath.Join(e.Dir, "none"), 0o700))
	empty := commandtest.RunIn(t, e, "pact", "lint", "none")
	require.Equal(t, 1, empty.Status)
	require.Contains(t, empty.Stderr, "there is no pact file at none")
}

func TestShowReadsFilesAndStandardInput(t *testing.T) {
	t.Parallel()
	e := contractFolder(t)
	file := commandtest.RunIn(t, e, "pact", "show", "order.json")
	require.Equal(t, 0, file.Status)
	require.Contains(t, file.Stdout, "web -> api\n1 interaction, specification version 3.0.0\n")
	e.Stdin = strings.NewReader(orderContract)
	require.Equal(t, file.Stdout, commandtest.RunIn(t, e, "pact", "show", "-").Stdout)
	require.Equal(t, 0, commandtest.RunIn(t, e, "pact", "show", "message.json").Status)
}

func TestDiffListsWhatChangedByMeaning(t *testing.T) {
	t.Parallel()
	e := contractFolder(t)
	got := commandtest.RunIn(t, e, "pact", "diff", "order.json", "clock.json")
	require.Equal(t, 0, got.Status)
	require.Equal(t, "\"an order\"\n  tightened     response body $.at\n                now: \"2026-01-02T03:04:05.678Z\"\n"+
		"\n1 change; a provider that keeps the old contract may break the new one (1)\n", got.Stdout)
	require.Contains(t, commandtest.RunIn(t, e, "pact", "diff", "clock.json", "order.json").Stdout,
		"\n1 change; a provider that keeps the old contract keeps the new one\n")
	require.Equal(t, 1, commandtest.RunIn(t, e, "pact", "diff", "--breaking", "order.json", "clock.json").Status)
	require.Equal(t, 0, commandtest.RunIn(t, e, "pact", "diff", "--breaking", "clock.json", "order.json").Status)
	require.Equal(t, "Both contracts mean the same.\n", commandtest.RunIn(t, e, "pact", "diff", "order.json", "order.json").Stdout)
	require.Equal(t, "[]\n", commandtest.RunIn(t, e, "pact", "diff", "-o", "json", "order.json", "order.json").Stdout)
}

func TestConvertWritesAnotherVersionOrSaysWhichCan(t *testing.T) {
	t.Parallel()
	e := contractFolder(t)
	got := commandtest.RunIn(t, e, "pact", "convert", "order.json")
	require.Equal(t, 0, got.Status)
	require.Contains(t, got.Stdout, `"version": "4.0"`)
	require.Contains(t, got.Stdout, `"type": "Synchronous/HTTP"`)
	refused := commandtest.RunIn(t, e, "pact", "convert", "--to", "2", "message.json")
	require.Equal(t, 1, refused.Status)
	require.Empty(t, refused.Stdout)
	require.Contains(t, refused.Stderr, "version 2.0.0 cannot express a message")
	require.Contains(t, refused.Stderr, "next: treaty pact convert --to 3.0.0 message.json")
	require.Equal(t, 0, commandtest.RunIn(t, e, "pact", "convert", "--to", "2", "--out", "two.json", "order.json").Status)
	require.Contains(t, commandtest.RunIn(t, e, "pact", "show", "two.json").Stdout, "version 2.0.0")
	for _, spelling := range []string{"V2", "v2", "2", "2.0", "2.0.0"} {
		require.Contains(t, commandtest.RunIn(t, e, "pact", "convert", "--to", spelling, "order.json").Stdout, `"version": "2.0.0"`, spelling)
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
		got := commandtest.RunIn(t, e, args...)
		require.Equal(t, 1, got.Status, args)
		require.Contains(t, got.Stderr, next, args)
	}
}
