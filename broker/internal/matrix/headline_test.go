package matrix_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
)

// decide answers a story in memory.
func decide(t *testing.T, text string) matrix.Decision {
	t.Helper()
	s, err := story.Parse("story", text)
	require.NoError(t, err)
	d, err := matrix.Ask(story.NewWorld().Play(s.Steps), s.Query)
	require.NoError(t, err)
	return d
}

// People are told the worst: the verdict of the API keeps to Pact Broker's.
func TestAFailureWinsInWhatPeopleAreTold(t *testing.T) {
	t.Parallel()
	const both = "pact Foo 1 -> Bar\npact Foo 1 -> Baz\nversion Baz 3\nverify Bar 2 : Foo 1 failed\ndeploy Bar 2 prod\ndeploy Baz 3 prod\n"
	for _, tt := range []struct {
		name, text string
		verdict    matrix.Verdict
		want       matrix.Headline
	}{
		{"failed and unknown", both + "ask Foo 1\nto environment prod", matrix.Unknown, matrix.HeadlineNo},
		{"the failure is ignored", both + "ask Foo 1\nto environment prod\nignore Bar", matrix.Unknown, matrix.HeadlineUnknown},
		{"the unknown is ignored", both + "ask Foo 1\nto environment prod\nignore Baz", matrix.NotDeployable, matrix.HeadlineNo},
		{"both are ignored", both + "ask Foo 1\nto environment prod\nignore Bar\nignore Baz", matrix.Deployable, matrix.HeadlineYes},
		{"no such version", both + "ask Foo 9\nto environment prod", matrix.NotDeployable, matrix.HeadlineNo},
		{"the failed row is not shown", both + "ask Foo 1\nto environment prod\nshow unverified\nlimit 1", matrix.Unknown, matrix.HeadlineNo},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := decide(t, tt.text)
			require.Equal(t, tt.verdict, d.Verdict)
			require.Equal(t, tt.want, d.Headline())
		})
	}
}

func TestAYesWithoutThePactsOfBeforeIsOneToDoubt(t *testing.T) {
	t.Parallel()
	const before = "pact Foo 1 -> Bar\npact Foo 1 -> Baz\nverify Bar 2 : Foo 1 ok\nverify Baz 3 : Foo 1 ok\ndeploy Bar 2 prod\ndeploy Baz 3 prod\n"
	for _, tt := range []struct {
		name, text string
		want       matrix.Headline
		says       string
	}{
		{"nothing published", before + "version Foo 2\nask Foo 2\nto environment prod", matrix.HeadlineDoubt,
			"Version 2 of Foo has published no pact at all. Earlier versions had pacts with Bar and Baz."},
		{"one of two published", before + "pact Foo 2 -> Bar\nask Foo 2\nto environment prod", matrix.HeadlineYes,
			"Version 2 of Foo has no pact with Baz, which earlier versions had."},
		{"both published", before + "pact Foo 2 -> Bar\npact Foo 2 -> Baz\nask Foo 2\nto environment prod", matrix.HeadlineYes, ""},
		{"only later versions have the pact", "version Foo 1\npact Foo 2 -> Bar\nask Foo 1\nto environment prod", matrix.HeadlineYes, ""},
		{"the provider is ignored", before + "version Foo 2\nask Foo 2\nto environment prod\nignore Bar\nignore Baz", matrix.HeadlineYes, ""},
		{"the version itself is ignored", before + "version Foo 2\nask Foo 2\nto environment prod\nignore Foo", matrix.HeadlineYes, ""},
		{"a consumer that is there", before + "deploy Foo 2 prod\nask Bar 2\nto environment prod", matrix.HeadlineDoubt,
			"Version 2 of Foo is in prod and has no pact with Bar, so it asks nothing of it."},
		{"a consumer that is there and ignored", before + "deploy Foo 2 prod\nask Bar 2\nto environment prod\nignore Foo", matrix.HeadlineYes,
			"Version 2 of Foo is in prod and has no pact with Bar, so it asks nothing of it."},
		{"to a tag", before + "version Foo 2\nversion Bar 2 tags gold\nask Foo 2\nto tag gold latest", matrix.HeadlineDoubt,
			"Version 2 of Foo has published no pact at all. Earlier versions had pacts with Bar and Baz."},
		{"to nowhere", before + "version Foo 2\nask Foo 2", matrix.HeadlineDoubt,
			"Version 2 of Foo has published no pact at all. Earlier versions had pacts with Bar and Baz."},
		{"beside a named version", before + "version Foo 2\nask Foo 2\nask Bar 2", matrix.HeadlineDoubt,
			"Version 2 of Foo has published no pact at all. Earlier versions had pacts with Bar and Baz."},
		{"beside the one that it no longer uses", before + "pact Foo 2 -> Baz\nverify Baz 3 : Foo 2 ok\nask Foo 2\nask Bar 2", matrix.HeadlineYes,
			"Version 2 of Foo has no pact with Bar, which earlier versions had."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := decide(t, tt.text)
			require.Equal(t, matrix.Deployable, d.Verdict, "nothing stands in the way")
			require.Equal(t, tt.want, d.Headline())
			var said []string
			for _, e := range d.Explanations {
				require.False(t, e.Blocking)
				said = append(said, e.Sentence)
			}
			if tt.says == "" {
				require.Empty(t, said)
				return
			}
			require.Equal(t, []string{tt.says}, said)
		})
	}
}

// What was told is told again of a kept answer.
func TestAHeadlineIsToldAgain(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"pact Foo 1 -> Bar\nversion Foo 2\nask Foo 2\nto environment prod",
		"pact Foo 1 -> Bar\npact Foo 1 -> Baz\nverify Bar 2 : Foo 1 failed\ndeploy Bar 2 prod\nask Foo 1\nto environment prod",
	} {
		d := decide(t, text)
		require.Equal(t, d.Headline(), matrix.Tell(d.Verdict, d.Counts, d.Explanations))
	}
}
