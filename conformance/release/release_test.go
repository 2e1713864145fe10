package main

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheModulesOfThisRepositoryCanBeReleasedTogether guards what make tag
// would refuse at the end: one version, named everywhere, and no replacement.
func TestTheModulesOfThisRepositoryCanBeReleasedTogether(t *testing.T) {
	t.Parallel()
	r, err := open("../..")
	require.NoError(t, err)
	version, err := r.version()
	require.NoError(t, err)
	require.Empty(t, r.problems(version))

	var tags []string
	for _, m := range r.released() {
		tags = append(tags, m.tagFor(version))
	}
	require.Equal(t, []string{version, "broker/" + version, "cmd/" + version}, tags)
	// Users of Go 1.26.0 can take it: a later go line asks them for another Go.
	require.Equal(t, "1.26.0", r.work.Go.Version)
}

func TestWhatCannotBeReleasedIsNamed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, file, from, to, want string
	}{
		{"another version", "cmd/go.mod", "treaty/broker v1.2.0", "treaty/broker v1.1.0", "cmd/go.mod requires github.com/treatyhq/treaty/broker v1.1.0 instead of v1.2.0: run make version VERSION=v1.2.0"},
		{"a replacement", "broker/go.mod", "go 1.26.0", "go 1.26.0\n\nreplace github.com/treatyhq/treaty => ../", "broker/go.mod replaces github.com/treatyhq/treaty"},
		{"an exclusion", "go.mod", "go 1.26.0", "go 1.26.0\n\nexclude example.test/x v1.0.0", "go.mod excludes example.test/x"},
		{"another Go", "cmd/go.mod", "go 1.26.0", "go 1.26.5", "cmd/go.mod has another go line than go.work, which says 1.26.0"},
		{"a path that is not the folder's", "cmd/go.mod", "treaty/cmd\n", "treaty/command\n", "cmd/go.mod names the module github.com/treatyhq/treaty/command and lies where github.com/treatyhq/treaty/cmd has to be"},
		{"a module that stays here", "cmd/go.mod", "treaty/broker v1.2.0", "treaty/conformance v1.2.0", "cmd/go.mod requires github.com/treatyhq/treaty/conformance, which is not released"},
		{"a workspace that does not know the version", "go.work", "treaty/broker v1.2.0", "treaty/broker v1.1.0", "go.work does not say where github.com/treatyhq/treaty/broker v1.2.0 is"},
		{"a workspace that looks elsewhere", "go.work", "=> ./broker", "=> ./cmd", "go.work does not say where github.com/treatyhq/treaty/broker v1.2.0 is"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := newRepository(t)
			require.Empty(t, opened(t, dir).problems("v1.2.0"))
			change(t, dir, tt.file, tt.from, tt.to)
			require.Contains(t, strings.Join(opened(t, dir).problems("v1.2.0"), "\n"), tt.want)
		})
	}
}

func TestOneCommandNamesTheNextVersionEverywhere(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	require.NoError(t, run(t.Context(), []string{"version", "v1.3.0"}, dir, nil))
	require.Empty(t, opened(t, dir).problems("v1.3.0"))
	require.NotEmpty(t, opened(t, dir).problems("v1.2.0"))
	for _, file := range []string{"go.work", "broker/go.mod", "cmd/go.mod", "conformance/go.mod"} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		require.NoError(t, err)
		require.NotContains(t, string(text), "v1.2.0", file)
	}
	require.Error(t, run(t.Context(), []string{"version", "1.4"}, dir, nil))
}

func TestATagIsSetOnceForEachModule(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	var out strings.Builder
	require.NoError(t, run(t.Context(), []string{"tag", "v1.2.0"}, dir, &out))
	require.Equal(t, "broker/v1.2.0\ncmd/v1.2.0\nv1.2.0", git(t, dir, "tag", "--list"))
	require.Contains(t, out.String(), "git push --atomic origin v1.2.0 broker/v1.2.0 cmd/v1.2.0")
	require.ErrorContains(t, run(t.Context(), []string{"tag", "v1.2.0"}, dir, &out), "the tag v1.2.0 exists")
}

func TestNothingIsTaggedThatIsNotWhole(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, version, want string
		before              func(t *testing.T, dir string)
	}{
		{"a change in no commit", "v1.2.0", "changes that are in no commit", func(t *testing.T, dir string) { change(t, dir, "LICENSE", "free", "freer") }},
		{"a file in no commit", "v1.2.0", "changes that are in no commit", func(t *testing.T, dir string) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "new.go"), nil, 0o600))
		}},
		{"another version than is required", "v1.3.0", "instead of v1.3.0", nil},
		{"no version", "v1.2", "not a version like v1.2.3", nil},
		{"a version that one module has", "v1.2.0", "the tag cmd/v1.2.0 exists", func(t *testing.T, dir string) { git(t, dir, "tag", "cmd/v1.2.0") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := newRepository(t)
			if tt.before != nil {
				tt.before(t, dir)
			}
			tags := git(t, dir, "tag", "--list")
			require.ErrorContains(t, run(t.Context(), []string{"tag", tt.version}, dir, nil), tt.want)
			require.Equal(t, tags, git(t, dir, "tag", "--list"))
		})
	}
}

// TestAModuleHoldsItsFolderAlone looks into the archives: those of other
// modules would be twice in the world, and one without a licence is of no use.
func TestAModuleHoldsItsFolderAlone(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("/bin/\n"), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "bin"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bin", "treaty"), []byte("binary"), 0o600))
	proxy := t.TempDir()
	require.NoError(t, opened(t, dir).writeProxy(t.Context(), proxy, "v1.2.0"))
	for at, want := range map[string][]string{
		library:             {".gitignore", "LICENSE", "go.mod", "go.work", "lib.go"},
		library + "/broker": {"LICENSE", "broker.go", "go.mod"},
		library + "/cmd":    {"LICENSE", "cmd.go", "go.mod"},
	} {
		packed, err := zip.OpenReader(filepath.Join(proxy, filepath.FromSlash(at), "@v", "v1.2.0.zip"))
		require.NoError(t, err)
		defer packed.Close()
		var names []string
		for _, file := range packed.File {
			names = append(names, strings.TrimPrefix(file.Name, at+"@v1.2.0/"))
		}
		require.ElementsMatch(t, want, names, at)
	}
	require.NoDirExists(t, filepath.Join(proxy, filepath.FromSlash(library+"/conformance")))
}

// newRepository is a repository in the shape of this one, with one commit.
func newRepository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"LICENSE": "free\n",
		"go.work": "go 1.26.0\n\nuse (\n\t.\n\t./broker\n\t./cmd\n\t./conformance\n)\n\nreplace (\n" +
			"\tgithub.com/treatyhq/treaty v1.2.0 => .\n\tgithub.com/treatyhq/treaty/broker v1.2.0 => ./broker\n)\n",
		"go.mod":             moduleFile(""),
		"broker/go.mod":      moduleFile("/broker", ""),
		"cmd/go.mod":         moduleFile("/cmd", "", "/broker"),
		"conformance/go.mod": moduleFile("/conformance", "", "/broker"),
		"lib.go":             "package treaty\n",
		"broker/broker.go":   "package broker\n",
		"cmd/cmd.go":         "package cmd\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	git(t, dir, "init", "-q")
	git(t, dir, "config", "user.name", "somebody")
	git(t, dir, "config", "user.email", "somebody@example.test")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "all")
	return dir
}

func moduleFile(name string, required ...string) string {
	text := "module github.com/treatyhq/treaty" + name + "\n\ngo 1.26.0\n"
	for _, r := range required {
		text += "\nrequire github.com/treatyhq/treaty" + r + " v1.2.0\n"
	}
	return text
}

func opened(t *testing.T, dir string) *repository {
	t.Helper()
	r, err := open(dir)
	require.NoError(t, err)
	return r
}

func change(t *testing.T, dir, name, from, to string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(text), from)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o600))
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "git %s: %s", strings.Join(args, " "), out)
	return strings.TrimSpace(string(out))
}
