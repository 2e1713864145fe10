package root_test

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A no names its evidence, its owner and the command that changes it, within
// a screen.
func TestANoSaysWhatWouldChangeIt(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	const ask = "can-i-deploy -a Foo -e 1 --to-environment production"
	unknown := s.Run(ask).stdout
	require.Contains(t, unknown, "  owner     Bar\n")
	require.Contains(t, unknown, "  run       treaty verify")
	require.Contains(t, unknown, "  evidence  "+s.url+"/pacts/provider/Bar/consumer/Foo/pact-version/")

	s.verify("5", false)
	no := s.Run(ask).stdout
	require.Contains(t, no, "/verification-results/")
	require.Contains(t, no, "  next")
	require.Less(t, strings.Count(no, "\n"), 24)

	s.verify("5", true)
	require.NotContains(t, s.must(ask), "owner")
}

func TestTheGateAnswersBuildServersInTheirForms(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	const ask = "can-i-deploy -a Foo -e 1 --to-environment production --output "
	junit := func(got outcome) map[string]string {
		t.Helper()
		var root struct {
			Attributes []xml.Attr `xml:",any,attr"`
		}
		require.NoError(t, xml.Unmarshal([]byte(got.stdout), &root), got.stdout)
		all := map[string]string{}
		for _, a := range root.Attributes {
			all[a.Name.Local] = a.Value
		}
		return all
	}
	issues := func(got outcome) []map[string]any {
		t.Helper()
		var list []map[string]any
		require.NoError(t, json.Unmarshal([]byte(got.stdout), &list), got.stdout)
		return list
	}

	got := s.Run(ask + "junit")
	require.Equal(t, 1, got.status)
	require.Equal(t, map[string]string{"name": "can-i-deploy", "tests": "2", "failures": "0", "errors": "2", "skipped": "0"}, junit(got))
	require.Contains(t, s.Run(ask+"github").stdout, "::warning title=can-i-deploy::")
	require.Equal(t, "major", issues(s.Run(ask + "gitlab"))[0]["severity"])

	s.verify("5", false)
	require.Equal(t, "2", junit(s.Run(ask + "junit"))["failures"])
	require.Contains(t, s.Run(ask+"github").stdout, "::error title=can-i-deploy::")
	require.Equal(t, "blocker", issues(s.Run(ask + "gitlab"))[0]["severity"])

	s.verify("5", true)
	got = s.Run(ask + "junit")
	require.Equal(t, 0, got.status)
	require.Equal(t, "0", junit(got)["failures"])
	require.Contains(t, s.must(ask+"github"), "::notice title=can-i-deploy::")
	require.Empty(t, issues(s.Run(ask+"gitlab")))

	s.must("create-or-update-version -a Foo -e 2")
	const doubt = "can-i-deploy -a Foo -e 2 --to-environment production --output "
	got = s.Run(doubt + "junit")
	require.Equal(t, 0, got.status)
	require.Equal(t, map[string]string{"name": "can-i-deploy", "tests": "2", "failures": "0", "errors": "0", "skipped": "1"}, junit(got), "a yes to doubt is not all green")
	require.Contains(t, got.stdout, "Version 2 of Foo has published no pact at all.")
	require.Contains(t, s.must(doubt+"github"), "::warning title=can-i-deploy::")
	doubted := issues(s.Run(doubt + "gitlab"))
	require.Len(t, doubted, 1)
	require.Equal(t, "minor", doubted[0]["severity"])
}

// A runner of GitHub obeys lines that begin with two colons, and a table begins
// with a name.
func TestNoNameIsACommandToARunner(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	const name = "::add-mask::yes"
	pact := filepath.Join(s.dir, "mask.json")
	require.NoError(t, os.WriteFile(pact, []byte(`{"consumer":{"name":"`+name+`"},"provider":{"name":"Bar"},"interactions":[]}`), 0o600))
	s.must("publish " + pact + " --consumer-app-version 1 --branch main")
	got := s.Run("can-i-deploy -a " + name + " -e 1 --to-environment production --output github").stdout
	require.Contains(t, got, name+" | 1")
	for line := range strings.Lines(got) {
		if strings.HasPrefix(line, "::") {
			require.Contains(t, line, "::warning title=can-i-deploy::")
		}
	}
}

func TestAnswersOfTheGateAreShownAgain(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	const ask = "can-i-deploy -a Foo -e 1 --to-environment production"
	require.Equal(t, 1, s.Run(ask).status)
	require.Equal(t, 1, s.Run(ask).status)
	s.verify("5", true)
	s.must(ask)

	history := s.must("gate history -a Foo")
	require.Contains(t, history, "Foo 1 to production")
	require.Contains(t, history, "| yes")
	require.Contains(t, history, "| unknown")
	require.NotEmpty(t, decode(t, s.must("gate history --output json")))
	s.must(ask + " --ignore Bar --version 5")
	require.Contains(t, s.must("gate history -a Foo"), "Foo 1 to production ignoring Bar 5", "such a yes is no plain one")
	shown := s.must("gate show 1")
	require.Contains(t, shown, "Not yet known")
	require.Contains(t, shown, "Foo      | 1")
	require.NotEmpty(t, decode(t, s.must("gate show 1 -o json")))
	for _, line := range []string{"gate show", "gate show one", "gate show 999", "gate history --limit 0x", "gate frob"} {
		got := s.Run(line)
		require.Equal(t, 1, got.status, line)
		require.Contains(t, got.stderr, "treaty: ", line)
	}
}

func TestTheGateAnswersForAMomentInThePast(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	got := s.Run("can-i-deploy -a Foo -e 1 --to-environment production --at 2001-01-01T00:00:00Z")
	require.Equal(t, 1, got.status)
	got = s.Run("can-i-deploy -a Foo -e 1 --to-environment production --at yesterday")
	require.Equal(t, 1, got.status)
	require.Contains(t, got.stderr, "date and time")
}

func TestWhySaysWhatAVersionWouldVerify(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	s.must("create-or-update-pacticipant --name Foo --main-branch main")
	told := s.must("why Bar 5")
	require.Contains(t, told, "Foo 1")
	require.Contains(t, told, "[pending]")
	require.Contains(t, told, "so far: unverified")
	s.verify("5", true)
	require.Contains(t, s.must("why Bar 5"), "so far: success")
	require.Contains(t, s.must("why Foo 1"), "would be asked to verify nothing")
	require.NotEmpty(t, decode(t, s.must("why Bar 5 -o json")))
	require.Contains(t, s.Run("why Barr 5").stderr, "Did you mean 'Bar'?")
	for _, line := range []string{"why", "why Bar", "why Bar 6", "why Nobody 1"} {
		got := s.Run(line)
		require.Equal(t, 1, got.status, line)
		require.Contains(t, got.stderr, "treaty: ", line)
	}
}
