package scenario

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// playing plays the acts of a text on an SQLite database.
func playing(t *testing.T, text string) ([]string, error) {
	t.Helper()
	s, err := Parse("x.scenario", text)
	require.NoError(t, err)
	db := &files{folder: t.TempDir()}
	address, remove, err := db.open(t.Context())
	require.NoError(t, err)
	p := newPlayer(t.Context(), address)
	t.Cleanup(func() {
		require.NoError(t, p.stop())
		require.NoError(t, remove())
	})
	var out []string
	for _, act := range s.Acts {
		lines, err := p.play("x.scenario", act)
		if err != nil {
			return out, err
		}
		out = append(out, lines...)
	}
	return out, nil
}

// What was to happen and did not ends the scenario, by line and with what the
// broker said.
func TestWhatDoesNotSucceedNamesItsLine(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, line, want string }{
		{"refused", "tag Foo 1 ..", "x.scenario:3: it was to succeed, and the broker answered:\n400 Bad Request\ntag: cannot be made of dots alone"},
		{"refused on the way", "verify Foo 1 by Bar 2: success", "x.scenario:3: it was to succeed, and the broker answered:\n404 Not Found"},
		{"settings too late", "with names in any case", "x.scenario:3: the broker runs already"},
		{"nothing asked yet", "verify Foo 1 by Bar 2, as asked: success", "x.scenario:3: the last question for pacts to verify was not answered with Foo 1"},
		{"no webhook yet", "verify Foo 1 by Bar 2, as the webhook asked: success", "x.scenario:3: no webhook has named a pact yet"},
		{"not there", "record undeployment Foo 1 from test", "x.scenario:3: the version is not deployed there"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := playing(t, "# why\nenvironment test\n"+tt.line+"\nshow all labels\n---\n")
			require.ErrorContains(t, err, tt.want)
		})
	}
}

// A question that is refused is answered by the refusal: to be told so is an
// answer.
func TestARefusedQuestionIsAnAnswer(t *testing.T) {
	t.Parallel()
	got, err := playing(t, "# why\nshow application Foo\n---\n")
	require.NoError(t, err)
	require.Equal(t, []string{"404 Not Found", "No pacticipant with name 'Foo' found"}, got)
}

func TestTimePassesAsTheStorySays(t *testing.T) {
	t.Parallel()
	got, err := playing(t, "# why\nenvironment test\nversion Foo 1\n2 days later\n3 hours later\nrecord deployment Foo 1 to test\nshow deployments in test\n---\n")
	require.NoError(t, err)
	require.Equal(t, []string{"Foo 1, since 2024-01-03T15:00:05+00:00"}, got)
}

// What differs from run to run is named by when it first comes up.
func TestWhatChanceMadeIsScrubbed(t *testing.T) {
	t.Parallel()
	one, other := "0123456789abcdef0123456789abcdef01234567", "89abcdef0123456789abcdef0123456789abcdef"
	p := newPlayer(t.Context(), "")
	t.Cleanup(p.receiver.close)
	require.Equal(t, []string{
		"{content 1} {content 2} {content 1}", "/pact-version/{content 2}/metadata/{metadata}/x", "{uuid}", p.receiver.url()[:4],
	}, p.names.scrub(p, []string{
		one + " " + other + " " + one, "/pact-version/" + other + "/metadata/cz0x_-=/x", "01890a5d-ac96-774b-bcce-b302099a8057", "http",
	}))
	require.Equal(t, []string{"http://receiver/x", "receiver"}, p.names.scrub(p, []string{p.receiver.url() + "/x", p.receiver.url()[7:]}))
}

func TestDifferencesAreShownWhereTheyAre(t *testing.T) {
	t.Parallel()
	require.Equal(t, "  a\n- b\n- c\n+ x\n  d\n", differences([]string{"a", "b", "c", "d"}, []string{"a", "x", "d"}))
	require.Equal(t, "  a\n+ a\n", differences([]string{"a"}, []string{"a", "a"}))
	require.Equal(t, "- a\n", differences([]string{"a"}, nil))
}

// An update writes answers and leaves stories alone, comments and empty lines too.
func TestAnswersAreWrittenBelowTheirQuestions(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.scenario")
	text := "# why\nversion Foo 1\n\nshow all labels\n---\nold\nolder\n\ntag Foo 1 dev\nshow all labels\n---\n"
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	s, err := Parse("x.scenario", text)
	require.NoError(t, err)
	require.NoError(t, write(file, s, [][]string{{"nothing"}, {"a", "b"}}))
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "# why\nversion Foo 1\n\nshow all labels\n---\nnothing\n\ntag Foo 1 dev\nshow all labels\n---\na\nb\n", string(got))
	require.Error(t, write(file+".not", s, [][]string{nil, nil}))
}
