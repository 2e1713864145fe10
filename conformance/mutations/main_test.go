package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const block = `# why this list is here
== a name is needed
says: guide.md: needs a name
in: a.go
- 	if name == "" {
+ 	if false {
proof: ./a: name
`

func TestABlockIsReadWhole(t *testing.T) {
	t.Parallel()
	found, err := parse("list.txt", block)
	require.NoError(t, err)
	require.Equal(t, []breakage{{
		Name: "a name is needed", Document: "guide.md", Words: "needs a name",
		Changes: []change{{File: "a.go", Old: "\tif name == \"\" {\n", New: "\tif false {\n"}},
		Package: "./a", Told: "name", at: "list.txt:2",
	}}, found)
}

func TestWhatABlockLacksIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"in: a.go\n":                               "list.txt:1: begin with",
		"== x\nwhat: ever\n":                       "list.txt:2: \"what: ever\" is not a line of a block",
		"== x\n- y\n":                              "list.txt:2: say first which file",
		"== x\nsays: guide.md\n":                   "list.txt:2: \"says: guide.md\" says too little",
		"== x\nsays: g: w\nproof: ./a: n\n":        "in: which file",
		"== x\nin: a.go\n- y\nproof: ./a: n\n":     "which document",
		"== x\nsays: g: w\nin: a.go\n- y\n":        "which package",
		"== x\nsays: g: w\nin: a\nproof: ./a: n\n": "what is to be replaced",
		"== x\nneeds: mysql\n":                     "list.txt:2: \"needs: mysql\" says too little",
		"== x\nsays: g: w\nin: a\n- y\ntests: TestX/y\nproof: ./a: n\n": "whole test functions",
		"== x\nsays: g: w\nin: a\n- y\ntests: (\nproof: ./a: n\n":       "whole test functions",
	} {
		_, err := parse("list.txt", text)
		require.ErrorContains(t, err, want, text)
	}
}

func TestLinesThatAreNotThereOnceAreAnError(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "x\nx\n"} {
		_, err := change{File: "a.go", Old: "x\n"}.apply(text)
		require.ErrorContains(t, err, "not once")
	}
	got, err := change{File: "a.go", Old: "x\n", New: "y\n"}.apply("a\nx\nb\n")
	require.NoError(t, err)
	require.Equal(t, "a\ny\nb\n", got)
}

// A module of its own, with a function, a test that notices one breakage of it
// and none that notices another.
func TestABreakageIsNoticedOrToldAbout(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":   "module example.org/greet\n\ngo 1.26\n",
		"guide.md": "Whoever greets\nneeds a name.\n",
		"a/a.go":   "package a\n\nfunc Greet(name string) string {\n\tif name == \"\" {\n\t\treturn \"who?\"\n\t}\n\treturn \"hello \" + name\n}\n",
		"a/a_test.go": "package a\n\nimport \"testing\"\n\nfunc TestANameIsNeeded(t *testing.T) {\n" +
			"\tif Greet(\"\") != \"who?\" {\n\t\tt.Error(\"greets nobody\")\n\t}\n}\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	t.Chdir(dir)
	t.Setenv("GOWORK", "off")
	guard := change{File: "a/a.go", Old: "\tif name == \"\" {\n", New: "\tif false {\n"}
	whole := breakage{Name: "b", Document: "guide.md", Words: "needs a name", Changes: []change{guard}, Package: "./a", Told: "greets nobody"}
	for name, tt := range map[string]struct {
		change func(*breakage)
		want   string
	}{
		"noticed":             {func(*breakage) {}, ""},
		"noticed by its name": {func(b *breakage) { b.Told = "anameisneeded" }, ""},
		"not noticed": {func(b *breakage) {
			b.Changes = []change{{File: "a/a.go", Old: "\treturn \"hello \" + name\n", New: "\treturn \"hello\" + name\n"}}
		}, "every test of ./a passes"},
		"not named": {func(b *breakage) { b.Told = "a deployment" }, `names "a deployment"`},
		"no compile": {func(b *breakage) {
			b.Changes = []change{{File: "a/a.go", Old: "\treturn \"hello \" + name\n"}}
		}, "does not compile"},
		"not promised": {func(b *breakage) { b.Words = "needs two names" }, "does not say"},
		"not there":    {func(b *breakage) { b.Changes = []change{{File: "a/a.go", Old: "\tif nobody {\n"}} }, "not once"},
	} {
		t.Run(name, func(t *testing.T) {
			b := whole
			tt.change(&b)
			err := try(b, time.Minute)
			if tt.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tt.want)
			}
		})
	}
}

// TestOnlyTheTestsThatAreNamedAreRun: the two others in the package would fail.
func TestOnlyTheTestsThatAreNamedAreRun(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":   "module example.org/greet\n\ngo 1.26\n",
		"guide.md": "Whoever greets needs a name.\n",
		"a.go":     "package greet\n\nfunc Greet() string {\n\treturn \"hello\"\n}\n",
		"a_test.go": "package greet\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\n" +
			"func TestPolite(t *testing.T) {\n\tif Greet() != \"hello\" {\n\t\tt.Error(\"rude, database \" + os.Getenv(\"TREATY_TEST_POSTGRES_URL\"))\n\t}\n}\n\n" +
			"func TestNever(t *testing.T) { t.Fatal(\"not asked for\") }\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	t.Chdir(dir)
	t.Setenv("GOWORK", "off")
	t.Setenv(postgresURL, "postgres://a-server")
	b := breakage{
		Name: "b", Document: "guide.md", Words: "needs a name", Package: ".", Tests: "TestPolite", Told: "database \n",
		Changes: []change{{File: "a.go", Old: "\treturn \"hello\"\n", New: "\treturn \"hey\"\n"}},
	}
	require.NoError(t, try(b, time.Minute), "without the database, which it does not need")
	b.Told = "not asked for"
	require.ErrorContains(t, try(b, time.Minute), "nothing in it names")
	b.Needs, b.Told = needsPostgres, "database postgres://a-server"
	require.NoError(t, try(b, time.Minute))
}

func TestWhatNeedsPostgreSQLIsSkippedWithAWordElsewhere(t *testing.T) {
	t.Setenv(postgresURL, "")
	require.Contains(t, breakage{Needs: needsPostgres}.lacks(), postgresURL)
	require.Empty(t, breakage{}.lacks())
	t.Setenv(postgresURL, "postgres://a-server")
	require.Empty(t, breakage{Needs: needsPostgres}.lacks())
}

func TestAPartIsChosenBySeed(t *testing.T) {
	t.Parallel()
	var all []breakage
	for i := range 25 {
		all = append(all, breakage{Name: string(rune('a' + i))})
	}
	one, again := choose(all, options{part: 10, seed: 7}), choose(all, options{part: 10, seed: 7})
	require.Len(t, one, 3)
	require.Equal(t, one, again)
	require.NotEqual(t, one, choose(all, options{part: 10, seed: 8}))
	require.Len(t, choose(all, options{part: 1}), 25)
	require.Len(t, choose(all, options{part: 1, words: "c"}), 1)
}

// TestTheListIsTrue holds the list to its form, to the documents and to the code
// that it breaks, without running a test.
func TestTheListIsTrue(t *testing.T) {
	t.Chdir("../..")
	all, err := readList("conformance/mutations/list")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(all), 60)
	for _, b := range all {
		said, err := promised(b)
		require.NoError(t, err, b.at)
		require.True(t, said, "%s: %s does not say %q", b.at, b.Document, b.Words)
		_, err = writeOverlay(b, t.TempDir())
		require.NoError(t, err, b.at)
	}
}

// TestWhatDoesNotCompileIsNamed: whichever part of the list is tried.
func TestWhatDoesNotCompileIsNamed(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.org/greet\n\ngo 1.26\n",
		"a.go":   "package greet\n\nfunc Greet() string {\n\tname := \"you\"\n\treturn name\n}\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	t.Chdir(dir)
	t.Setenv("GOWORK", "off")
	with := func(name, line string) breakage {
		return breakage{Name: name, Package: ".", Changes: []change{{File: "a.go", Old: "\treturn name\n", New: "\t" + line + "\n"}}}
	}
	all := []breakage{with("rude", "return name[:1]"), with("unused", `return "you"`)}
	require.Len(t, apart(all), 2, "both change the same file")
	require.NoError(t, compileAll(all[:1]))
	err := compileAll(all)
	require.ErrorContains(t, err, "declared and not used: name")
	require.ErrorContains(t, err, `"unused"`)
	require.NotContains(t, err.Error(), "rude")
}
