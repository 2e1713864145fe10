package gate_test

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

// A no names its evidence, its owner and the command that changes it, within
// a screen.
func TestANoSaysWhatWouldChangeIt(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	const ask = "can-i-deploy -a Foo -e 1 --to-environment production"
	unknown := s.Run(ask).Stdout
	require.Contains(t, unknown, "  owner     Bar\n")
	require.Contains(t, unknown, "  run       treaty verify")
	require.Contains(t, unknown, "  evidence  "+s.URL+"/pacts/provider/Bar/consumer/Foo/pact-version/")

	s.Verify("5", false)
	no := s.Run(ask).Stdout
	require.Contains(t, no, "/verification-results/")
	require.Contains(t, no, "  next")
	require.Less(t, strings.Count(no, "\n"), 24)

	s.Verify("5", true)
	require.NotContains(t, s.Must(ask), "owner")
}

func TestTheGateAnswersBuildServersInTheirForms(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	const ask = "can-i-deploy -a Foo -e 1 --to-environment production --output "
	junit := func(got commandtest.Outcome) map[string]string {
		t.Helper()
		var root struct {
			Attributes []xml.Attr `xml:",any,attr"`
		}
		require.NoError(t, xml.Unmarshal([]byte(got.Stdout), &root), got.Stdout)
		all := map[string]string{}
		for _, a := range root.Attributes {
			all[a.Name.Local] = a.Value
		}
		return all
	}
	issues := func(got commandtest.Outcome) []map[string]any {
		t.Helper()
		var list []map[string]any
		require.NoError(t, json.Unmarshal([]byte(got.Stdout), &list), got.Stdout)
		return list
	}

	got := s.Run(ask + "junit")
	require.Equal(t, 1, got.Status)
	require.Equal(t, map[string]string{"name": "can-i-deploy", "tests": "2", "failures": "0", "errors": "2", "skipped": "0"}, junit(got))
	require.Contains(t, s.Run(ask+"github").Stdout, "::warning title=can-i-deploy::")
	require.Equal(t, "major", issues(s.Run(ask + "gitlab"))[0]["severity"])

	s.Verify("5", false)
	require.Equal(t, "2", junit(s.Run(ask + "junit"))["failures"])
	require.Contains(t, s.Run(ask+"github").Stdout, "::error title=can-i-deploy::")
	require.Equal(t, "blocker", issues(s.Run(ask + "gitlab"))[0]["severity"])

	s.Verify("5", true)
	got = s.Run(ask + "junit")
	require.Equal(t, 0, got.Status)
	require.Equal(t, "0", junit(got)["failures"])
	require.Contains(t, s.Must(ask+"github"), "::notice title=can-i-deploy::")
	require.Empty(t, issues(s.Run(ask+"gitlab")))

	s.Must("create-or-update-version -a Foo -e 2")
	const doubt = "can-i-deploy -a Foo -e 2 --to-environment production --output "
	got = s.Run(doubt + "junit")
	require.Equal(t, 0, got.Status)
	require.Equal(t, map[string]string{"name": "can-i-deploy", "tests": "2", "failures": "0", "errors": "0", "skipped": "1"}, junit(got), "a yes to doubt is not all green")
	require.Contains(t, got.Stdout, "Version 2 of Foo has published no pact at all.")
	require.Contains(t, s.Must(doubt+"github"), "::warning title=can-i-deploy::")
	doubted := issues(s.Run(doubt + "gitlab"))
	require.Len(t, doubted, 1)
	require.Equal(t, "minor", doubted[0]["severity"])
}

// A runner of GitHub obeys lines that begin with two colons, and a table begins
// with a name.
func TestNoNameIsACommandToARunner(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	const name = "::add-mask::yes"
	pact := filepath.Join(s.Dir, "mask.json")
	require.NoError(t, os.WriteFile(pact, []byte(`{"consumer":{"name":"`+name+`"},"provider":{"name":"Bar"},"interactions":[]}`), 0o600))
	s.Must("publish " + pact + " --consumer-app-version 1 --branch main")
	got := s.Run("can-i-deploy -a " + name + " -e 1 --to-environment production --output github").Stdout
	require.Contains(t, got, name+" | 1")
	for line := range strings.Lines(got) {
		if strings.HasPrefix(line, "::") {
			require.Contains(t, line, "::warning title=can-i-deploy::")
		}
	}
}

func TestAnswersOfTheGateAreShownAgain(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	const ask = "can-i-deploy -a Foo -e 1 --to-environment production"
	require.Equal(t, 1, s.Run(ask).Status)
	require.Equal(t, 1, s.Run(ask).Status)
	s.Verify("5", true)
	s.Must(ask)

	history := s.Must("gate history -a Foo")
	require.Contains(t, history, "Foo 1 to production")
	require.Contains(t, history, "| yes")
	require.Contains(t, history, "| unknown")
	require.NotEmpty(t, commandtest.Decode(t, s.Must("gate history --output json")))
	s.Must(ask + " --ignore Bar --version 5")
	require.Contains(t, s.Must("gate history -a Foo"), "Foo 1 to production ignoring Bar 5", "such a yes is not a plain one")
	shown := s.Must("gate show 1")
	require.Contains(t, shown, "Not yet known")
	require.Contains(t, shown, "Foo      | 1")
	require.NotEmpty(t, commandtest.Decode(t, s.Must("gate show 1 -o json")))
	for _, line := range []string{"gate show", "gate show one", "gate show 999", "gate history --limit 0x", "gate frob"} {
		got := s.Run(line)
		require.Equal(t, 1, got.Status, line)
		require.Contains(t, got.Stderr, "treaty: ", line)
	}
}

func TestTheGateAnswersForAMomentInThePast(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	got := s.Run("can-i-deploy -a Foo -e 1 --to-environment production --at 2001-01-01T00:00:00Z")
	require.Equal(t, 1, got.Status)
	got = s.Run("can-i-deploy -a Foo -e 1 --to-environment production --at yesterday")
	require.Equal(t, 1, got.Status)
	require.Contains(t, got.Stderr, "date and time")
}

func TestWhySaysWhatAVersionWouldVerify(t *testing.T) {
	t.Parallel()
	s := commandtest.Stocked(t)
	s.Must("create-or-update-pacticipant --name Foo --main-branch main")
	told := s.Must("why Bar 5")
	require.Contains(t, told, "Foo 1")
	require.Contains(t, told, "[pending]")
	require.Contains(t, told, "so far: unverified")
	s.Verify("5", true)
	require.Contains(t, s.Must("why Bar 5"), "so far: success")
	require.Contains(t, s.Must("why Foo 1"), "would be asked to verify nothing")
	require.NotEmpty(t, commandtest.Decode(t, s.Must("why Bar 5 -o json")))
	require.Contains(t, s.Run("why Barr 5").Stderr, "Did you mean 'Bar'?")
	require.Equal(t, s.Must("why Bar 5"), s.Must("why --pacticipant Bar --version 5"), "the options of the other commands do the same")
	require.Contains(t, s.Run("why Bar 5 -a Foo").Stderr, "named twice")
	for _, line := range []string{"why", "why Bar", "why Bar 6", "why Nobody 1", "why -a Bar", "why -e 5"} {
		got := s.Run(line)
		require.Equal(t, 1, got.Status, line)
		require.Contains(t, got.Stderr, "treaty: ", line)
	}
}
