package story_test

import (
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/matrix/story"
)

func TestAnErrorOfAScenarioNamesItsLine(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"a step that there is not":          {"# about\n\npublish Foo 1 -> Bar", `x: line 3: unknown step "publish"`},
		"a step that is too short":          {"pact Foo 1 ->", "x: line 1: pact needs: APP N -> PARTNER"},
		"another word for the arrow":        {"pact Foo 1 => Bar", `x: line 1: unknown word "->"`},
		"a word without its value":          {"pact Foo 1 -> Bar content", `x: line 1: "content" needs a value`},
		"a word that there is not":          {"pact Foo 1 -> Bar colour red", `x: line 1: unknown word "colour"`},
		"an outcome that there is not":      {"verify Bar 1 : Foo 1 good", `x: line 1: the outcome is ok or failed, not "good"`},
		"an empty selector":                 {"version Foo 1\nask Foo 1,", "x: line 2: a selector is empty"},
		"nothing to ignore":                 {"ask Foo 1\nignore", "x: line 2: ignore needs: APP [N]"},
		"rows by what there is not":         {"ask Foo 1\nby day", `x: line 2: rows are by cvpv, cvp, cp or every, not by "day"`},
		"a limit that is not a number":      {"ask Foo 1\nlimit few", `x: line 2: strconv.Atoi: parsing "few"`},
		"rows with what there is not":       {"ask Foo 1\nshow good", `x: line 2: unknown outcome "good"`},
		"a verdict that there is not":       {"ask Foo 1\n---\nperhaps", "x: line 3: the verdict is yes, no, unknown or invalid, not \"perhaps\""},
		"a verdict without counts":          {"ask Foo 1\n---\nyes", "x: line 3: the verdict needs its counts, such as 1/0/0"},
		"counts that are none":              {"ask Foo 1\n---\nyes 1/0", `x: line 3: the counts are like 1/0/0, not "1/0"`},
		"ignored rows that are not counted": {"ask Foo 1\n---\nyes 1/0/0 ignored some", `x: line 3: strconv.Atoi: parsing "some"`},
		"no answer by Pact Broker":          {"ask Foo 1\n---\nno 0/0/0\noriginal:", "x: line 4: the verdict is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := story.Parse("x", tt.text)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestAScenarioIsReadAsItStands(t *testing.T) {
	t.Parallel()
	s, err := story.Parse("x", `# why
		pact    Foo 1 -> Bar  content new  branch main  tags a,b
		verify  Bar 5 : Foo 1 ok
		undeploy Bar 5 prod instance blue
		ask     Foo tag a latest, Bar branch feat, Baz main-branch, Qux environment prod
		to      main-branch latest
		by      cp
		ignore  Bar 5
		limit   3
		show    failed
		---
		no 1/2/3 ignored 4
		A sentence.
		original: unknown 1/0/0`)
	require.NoError(t, err)
	require.Equal(t, []story.Step{
		{Verb: story.Publish, App: "Foo", Number: "1", Partner: "Bar", Content: "new", Branch: "main", Tags: []string{"a", "b"}},
		{Verb: story.Verify, App: "Bar", Number: "5", Partner: "Foo", PartnerNumber: "1", Success: true},
		{Verb: story.Undeploy, App: "Bar", Number: "5", Environment: "prod", Instance: "blue"},
	}, s.Steps, "steps are in their order, with all their words")
	require.Equal(t, matrix.Query{
		Selectors: []matrix.Selector{{Pacticipant: "Foo", Tag: "a", Latest: true}, {Pacticipant: "Bar", Branch: "feat"},
			{Pacticipant: "Baz", MainBranch: true}, {Pacticipant: "Qux", Environment: "prod"}},
		Target: matrix.Target{MainBranch: true, Latest: true}, LatestBy: matrix.ByIntegration,
		Ignore: []matrix.Selector{{Pacticipant: "Bar", Version: "5"}}, Limit: 3, Show: []matrix.Outcome{matrix.Failed},
	}, s.Query, "a question has all its lines")
	require.Equal(t, story.Answer{Verdict: matrix.NotDeployable, Counts: matrix.Counts{Success: 1, Failed: 2, Unknown: 3, Ignored: 4}, Sentences: []string{"A sentence."}}, s.Want)
	require.Equal(t, &story.Answer{Verdict: matrix.Unknown, Counts: matrix.Counts{Success: 1}}, s.Original, "Pact Broker's answer is beside ours")
}

// A random story that fails is shown as a scenario, so that it can be kept as one.
func TestAStoryIsWrittenAsItIsRead(t *testing.T) {
	t.Parallel()
	for number := range uint64(300) {
		s := story.Random(1, number)
		require.Equal(t, s, story.Random(1, number), "the same numbers draw the same story")
		s.Name, s.About, s.Want = "x", []string{"drawn"}, story.Answer{Verdict: matrix.Unknown, Counts: matrix.Counts{Ignored: 1}, Sentences: []string{"A sentence."}}
		s.Original = &story.Answer{Invalid: true}
		read, err := story.Parse("x", s.String())
		require.NoError(t, err, "what is written can be read:\n%s", s)
		require.Equal(t, s.String(), read.String(), "what is read is what was written")
		require.Equal(t, s.Query, read.Query, "the question is what was written:\n%s", s)
	}
}

func TestAFolderWithoutScenariosProvesNothing(t *testing.T) {
	t.Parallel()
	_, err := story.ReadAll(fstest.MapFS{"a.txt": {}})
	require.ErrorContains(t, err, "there is no scenario here")
	_, err = story.ReadAll(fstest.MapFS{"a.scenario": {Data: []byte("ask Foo 1\n---\nyes 0/0/0")}, "b.scenario": {Data: []byte("bad")}})
	require.ErrorContains(t, err, "b: line 1: ", "the file is named with the line")
	for text, want := range map[string]string{"version Foo 1\n---\nyes 0/0/0": "a: nothing is asked", "ask Foo 1": "a: there is no answer"} {
		_, err = story.ReadAll(fstest.MapFS{"a.scenario": {Data: []byte(text)}})
		require.ErrorContains(t, err, want, "a file without question or answer proves nothing")
	}
	all, err := story.ReadAll(os.DirFS("../testdata"))
	require.NoError(t, err)
	require.IsIncreasing(t, names(all), "scenarios are sorted by name")
}

func names(stories []story.Story) (out []string) {
	for _, s := range stories {
		out = append(out, s.Name)
	}
	return out
}
