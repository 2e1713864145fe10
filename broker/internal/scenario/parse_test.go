package scenario

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/golden"
)

func TestAFileHasActsWithTheirAnswers(t *testing.T) {
	t.Parallel()
	s, err := Parse("tags/first.scenario", `# Why it is here,
# in two lines.
environment test

publish Foo 1, branch main
  → Bar: a request for /
show all labels
---
first
  indented

# what comes now
try label Foo x
show all labels
---
second
`)
	require.NoError(t, err)
	require.Equal(t, "tags/first", s.Name)
	require.Equal(t, []string{"Why it is here,", "in two lines.", "what comes now"}, s.About)
	require.Len(t, s.Acts, 2)
	require.Equal(t, []string{"first", "  indented"}, s.Acts[0].Want)
	require.Equal(t, []string{"second"}, s.Acts[1].Want)
	numbers := []int{}
	for _, act := range s.Acts {
		for _, line := range act.Lines {
			numbers = append(numbers, line.Number)
		}
	}
	require.Equal(t, []int{3, 5, 7, 13, 14}, numbers)
	publication := s.Acts[0].Lines[1].Sentence
	require.Equal(t, "main", publication.get("branch BRANCH"))
	require.Equal(t, []map[string]string{{"PROVIDER": "Bar", "CONTENT": "a request for /"}}, publication.all("→ PROVIDER: CONTENT"))
	require.True(t, s.Acts[1].Lines[0].Try)
	require.False(t, s.Acts[1].Lines[1].Try)
}

// Answers are put where they belong, and the story stays as it is.
func TestAnswersAreWrittenIntoTheFile(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, before, want string }{
		{"none yet", "# why\nshow all labels\n---", "# why\nshow all labels\n---\na1\na2\n"},
		{"none yet, and a line end", "# why\nshow all labels\n---\n", "# why\nshow all labels\n---\na1\na2\n"},
		{"others", "# why\nshow all labels\n---\nold\nolder\noldest\n", "# why\nshow all labels\n---\na1\na2\n"},
		{"two acts", "# why\nshow all labels\n---\nold\n\nshow all labels\n---\n", "# why\nshow all labels\n---\na1\na2\n\nshow all labels\n---\nb1\n"},
		{"two acts without answers", "# why\nshow all labels\n---\n\nshow all labels\n---", "# why\nshow all labels\n---\na1\na2\n\nshow all labels\n---\nb1\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := Parse("x.scenario", tt.before)
			require.NoError(t, err)
			got := withAnswers(tt.before, s, [][]string{{"a1", "a2"}, {"b1"}}[:len(s.Acts)])
			require.Equal(t, tt.want, got)
			again, err := Parse("x.scenario", got)
			require.NoError(t, err)
			require.Equal(t, []string{"a1", "a2"}, again.Acts[0].Want)
			require.Equal(t, got, withAnswers(got, again, [][]string{{"a1", "a2"}, {"b1"}}[:len(s.Acts)]), "writing again changes nothing")
		})
	}
}

// Whatever a line holds, it is read or there is an error that names the line and
// says what is wrong with it.
func TestALineThatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, line, want string }{
		{"no such sentence", "frobnicate Foo", `no sentence begins with "frobnicate"`},
		{"nearly a sentence", "publish Foo → Bar: nothing", "none of the sentences with publish: publish APP N → PROVIDER"},
		{"no such part", "publish Foo 1 → Bar, colour red: nothing", `"colour red" is not a part`},
		{"a part twice", "publish Foo 1 → Bar, branch a, branch b: nothing", `"branch BRANCH" is there twice`},
		{"parts where none are", "delete application Foo, now", "takes no parts"},
		{"an empty part", "publish Foo 1 → Bar,: nothing", "something is missing before or after a ','"},
		{"no content", "publish Foo 1 → Bar", "needs a colon with CONTENT after it"},
		{"an empty content", "publish Foo 1 → Bar:", "needs a colon with CONTENT after it"},
		{"a content of nonsense", "publish Foo 1 → Bar: cats", "is not a content"},
		{"a content with half a word", "publish Foo 1 → Bar: a request for /x answered", `"answered" has nothing after it`},
		{"a content with another word", "publish Foo 1 → Bar: a request for /x sung loudly", "none of given, answered, called and by"},
		{"a status that is none", "publish Foo 1 → Bar: a request for /x answered well", "not a number"},
		{"an and too much", "publish Foo 1 → Bar: a request for /x and", "is not a content"},
		{"something after a colon", "delete application Foo: now", "nothing comes after a colon"},
		{"an open quotation", `application "Foo`, "quotation mark has no partner"},
		{"a quotation that runs on", `application "Foo"Bar`, "a blank is missing"},
		{"an open bracket", "ask pacts for verification of Bar, selectors {latest", "a bracket is not closed"},
		{"a bracket too much", "ask pacts for verification of Bar, selectors latest}", "closes nothing"},
		{"a selector of nonsense", "ask pacts for verification of Bar, selectors latest", "is not a selector"},
		{"an unknown member", "ask pacts for verification of Bar, selectors {latests}", "is not a member of a selector"},
		{"a member without value", "ask pacts for verification of Bar, selectors {branch}", "is not a member of a selector with its value"},
		{"a day that is none", "ask pacts for verification of Bar, WIP since yesterday", "not a day such as"},
		{"an outcome that is none", "verify Foo 1 by Bar 1: maybe", "none of success, failure"},
		{"a unit that is none", "2 fortnights later", "none of seconds, minutes, hours and days"},
		{"a number that is none", "many days later", "not a number"},
		{"a number below zero", "-2 days later", "not a number"},
		{"a number too large", "99999999999999999999 days later", "not a number"},
		{"no JSON", "webhook x on contract_published\n  body: {", "is not JSON"},
		{"no JSON among parts", "verify Foo 1 by Bar 1: success\n  noting: three", "is not JSON"},
		{"events that are none", "webhook x on a and ", "names no events, joined by and"},
		{"a setting that is none", "with good will", "is none of the settings"},
		{"a method that is none", "FETCH /x", `no sentence begins with "FETCH"`},
		{"nothing to try", "try 2 days later", "nothing to try"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("x.scenario", "# why\nenvironment test\n"+tt.line+"\nshow all labels\n---\n")
			require.ErrorContains(t, err, tt.want)
			require.True(t, strings.HasPrefix(err.Error(), "x.scenario:3: "), err.Error())
		})
	}
}

func TestAFileThatCannotBePlayedIsRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "x.scenario:1: the file has no story"},
		{"no reason", "show all labels\n---\n", "x.scenario:1: the file does not say why it is here"},
		{"no answer", "# why\nshow all labels\n", "x.scenario:2: the story that begins here has no answer"},
		{"no answer at the end", "# why\nshow all labels\n---\nx\n\nlabel Foo x\n", "x.scenario:6: the story that begins here has no answer"},
		{"no question", "# why\nenvironment test\n---\n", "x.scenario:3: there is no question before this line"},
		{"no story before the answer", "# why\n---\n", "x.scenario:2: there is no question before this line"},
		{"indented without a sentence", "# why\n  branch main\n", "x.scenario:2: an indented line belongs to a sentence"},
		{"indented after an empty line", "# why\nenvironment test\n\n  for production\n", "x.scenario:4: an indented line belongs to a sentence"},
		{"other line ends", "# why\r\nshow all labels\r\n---\r\n", "x.scenario:1: the file is not UTF-8"},
		{"other bytes", "# \xff\nshow all labels\n---\n", "x.scenario:1: the file is not UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("x.scenario", tt.text)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestFoldersAreReadInOrder(t *testing.T) {
	t.Parallel()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	const story = "# why\nshow all labels\n---\n"
	all, err := ReadAll(fstest.MapFS{
		"b/2.scenario": file(story), "b/1.scenario": file(story), "a.scenario": file(story), "b/notes.md": file("x"),
	})
	require.NoError(t, err)
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
	}
	require.Equal(t, []string{"a", "b/1", "b/2"}, names)
	_, err = ReadAll(fstest.MapFS{"a.scenario": file(story), "b/1.scenario": file("nonsense")})
	var wrong *Error
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, "b/1.scenario", wrong.File)
	require.Equal(t, 1, wrong.Line)
}

// samples are values for words in capitals.
var samples = map[string]string{
	"NUMBER": "3", "K": "2", "UNIT": "days", "DAY": "2024-01-31", "JSON": `{"a": [1, 2]}`, "SETTING": "names in any case", "METHOD": "PUT",
	"EVENTS": "contract_published and contract_content_changed", "CONTENT": "a request for / and a message born", "[CONTENT]": "nothing",
	"OUTCOME": "success", "SELECTOR": "{latest} {tag x, latest}", "WORDS": "a b", "[JSON]": "{}",
}

func sampleOf(shape string) string {
	words := strings.Fields(shape)
	for i, word := range words {
		if !isPlace(strings.TrimSuffix(strings.TrimSuffix(word, ":"), "...")) {
			continue
		}
		value, known := samples[strings.TrimSuffix(word, "...")]
		if !known {
			value = `"a: b, c"`
			if strings.HasSuffix(word, "...") || i > 0 && strings.HasSuffix(words[i-1], ":") {
				value = "the rest, of it: all"
			}
		}
		words[i] = value + word[len(strings.TrimSuffix(word, ":")):]
	}
	return strings.Join(words, " ")
}

// No sentence is hidden by one before it in the list, and each part of each can
// be said.
func TestEverySentenceCanBeSaid(t *testing.T) {
	t.Parallel()
	for i := range Words {
		w := &Words[i]
		t.Run(w.Shape, func(t *testing.T) {
			t.Parallel()
			var below []string
			for _, shape := range w.Parts {
				below = append(below, sampleOf(strings.TrimSuffix(shape, "*")))
			}
			first := sampleOf(w.Shape)
			if w.About != "" {
				first += ": " + samples[w.About]
			}
			s, err := readSentence(first, below)
			require.NoError(t, err, "%s\n%s", first, strings.Join(below, "\n"))
			require.Equal(t, w.Shape, s.word.Shape)
			require.Len(t, s.parts, len(w.Parts))
			for j, p := range s.parts {
				require.Equal(t, strings.TrimSuffix(w.Parts[j], "*"), p.shape)
			}
		})
	}
}

// The list of all sentences, for who writes a story.
func TestTheSentencesAreListed(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, w := range Words {
		b.WriteString(w.Shape)
		if w.About != "" {
			b.WriteString(": " + w.About)
		}
		b.WriteString("\n")
		for _, part := range w.Parts {
			b.WriteString("    " + part + "\n")
		}
	}
	b.WriteString("\nwith ...\n")
	for _, s := range settings {
		b.WriteString("    " + s.shape + "\n")
	}
	golden.Equal(t, "sentences.txt", b.String())
}

func FuzzParse(f *testing.F) {
	f.Add("# why\npublish Foo 1 → Bar, branch \"a b\": a request for / given \"x\"\n  tags a b\nshow all labels\n---\nx\n")
	f.Add("# why\nask pacts for verification of Bar, selectors {branch x, consumer \"a}\"} {latest}\n---\n")
	f.Add("# why\nwebhook x on a\n  body: {\"a\": \"}\"}\n  header A: b\nshow all webhooks\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse("x.scenario", text)
		if err == nil {
			answers := make([][]string, len(s.Acts))
			_, err := Parse("x.scenario", withAnswers(text, s, answers))
			require.NoError(t, err)
		}
	})
}
