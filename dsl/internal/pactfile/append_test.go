package pactfile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/pactfile"
	"github.com/treatyhq/treaty/internal/chance"
)

// large is an interaction of some kilobytes: a few of them make a file that is
// appended to.
func large(description, path string) *contract.HTTP {
	i := get(description, path)
	i.Response.Body = contract.NewBody([]byte(`"`+strings.Repeat("lamp ", 800)+`"`), "application/json")
	return i
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return text
}

// standing is what a file says: the path of each interaction.
func standing(t *testing.T, path string) map[string]string {
	t.Helper()
	pact, err := contract.Decode(read(t, path))
	require.NoError(t, err)
	found := map[string]string{}
	for _, i := range pact.Interactions {
		require.NotContains(t, found, i.Base().Description, "twice in the file")
		found[i.Base().Description] = i.(*contract.HTTP).Request.Path
	}
	return found
}

func TestALargeFileIsWholeAfterEachTestAndSortedInTheEnd(t *testing.T) {
	dir := t.TempDir()
	process := pactfile.NewProcess("x", true)
	var path string
	want := map[string]string{}
	inPlace := 0
	for i := range 60 {
		name := fmt.Sprint("product ", 999-i)
		var err error
		path, err = process.Write(dir, pact(large(name, "/")))
		require.NoError(t, err)
		want[name] = "/"
		require.Equal(t, want, standing(t, path))
		if _, since := process.Since(path); since > 0 {
			inPlace++
		}
	}
	require.Greater(t, inPlace, 30)
	require.False(t, slices.IsSorted(descriptions(t, path)))
	require.NoError(t, process.Settle(path, true))
	require.Equal(t, want, standing(t, path))

	atOnce := t.TempDir()
	var all []contract.Interaction
	for name := range want {
		all = append(all, large(name, "/"))
	}
	other, err := pactfile.WriteAs(atOnce, pact(all...), "x", true)
	require.NoError(t, err)
	require.Equal(t, string(read(t, other)), string(read(t, path)), "as if it had been written at once")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left beside the file")
}

// TestALargeFileOfPartsIsTheSameBytesButForItsEnd holds what rule 2 promises of
// suites whose tests are parts of one: the order of the tests may show in less
// than an eighth of the file, and in nothing once it is sorted.
func TestALargeFileOfPartsIsTheSameBytesButForItsEnd(t *testing.T) {
	run := func(place func(int) int) (path string, end func() []byte) {
		dir := t.TempDir()
		process := pactfile.NewProcess("x", true)
		for i := range 150 {
			var err error
			path, err = process.Write(dir, pact(large(fmt.Sprintf("product %03d", place(i)), "/")))
			require.NoError(t, err)
			require.NoError(t, process.Settle(path, i < 20)) // more than have it sorted at once
		}
		return path, func() []byte {
			require.NoError(t, pactfile.NewProcess("x", false).Settle(path, true))
			return read(t, path)
		}
	}
	sorted := func(path string) (front int) {
		names := descriptions(t, path)
		for front < len(names) && (front == 0 || names[front-1] < names[front]) {
			front++
		}
		return front
	}
	// The last one comes first in one order, so that what is behind shows.
	forwards, endForwards := run(func(i int) int { return (i + 1) % 150 })
	backwards, endBackwards := run(func(i int) int { return 149 - i })
	require.Equal(t, standing(t, forwards), standing(t, backwards))
	front := sorted(backwards)
	require.Less(t, front, 150, "all is sorted, and this test shows nothing")
	require.Greater(t, front, 150*7/8-1)
	require.Equal(t, string(endForwards()), string(endBackwards())) //nolint:testifylint // every byte counts
}

func TestATestThatIsRunAgainWritesNothing(t *testing.T) {
	dir := t.TempDir()
	process := pactfile.NewProcess("x", false)
	var path string
	write := func(process pactfile.Process) {
		for i := range 40 {
			var err error
			path, err = process.Write(dir, pact(large(fmt.Sprint(i), "/")))
			require.NoError(t, err)
		}
	}
	write(process)
	require.NoError(t, process.Settle(path, true))
	text, before := string(read(t, path)), stat(t, path)
	write(process)
	write(pactfile.NewProcess("x", false))
	require.Equal(t, text, string(read(t, path)))
	require.True(t, os.SameFile(before, stat(t, path)))
	require.Equal(t, before.ModTime(), stat(t, path).ModTime())
}

func stat(t *testing.T, path string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info
}

// opened writes enough interactions of owner to make a file that is appended to.
func opened(t *testing.T, dir, owner string) (process pactfile.Process, path string) {
	t.Helper()
	process = pactfile.NewProcess(owner, false)
	for i := range 40 {
		var err error
		path, err = process.Write(dir, pact(large(fmt.Sprint(owner, " ", i), "/")))
		require.NoError(t, err)
	}
	_, since := process.Since(path)
	require.Positive(t, since)
	return process, path
}

func TestAKeyIsOfOneInteractionInALargeFileToo(t *testing.T) {
	dir := t.TempDir()
	process, path := opened(t, dir, "x")
	keyed := func(description string) *contract.HTTP {
		i := large(description, "/keyed")
		i.Key = "product"
		return i
	}
	n := len(descriptions(t, path))
	for _, descriptions := range [][]string{{"one"}, {"another"}, {"a third", "a fourth"}} {
		var interactions []contract.Interaction
		for _, d := range descriptions {
			interactions = append(interactions, keyed(d))
		}
		_, err := process.Write(dir, pact(interactions...))
		require.NoError(t, err)
		require.Len(t, standing(t, path), n+1)
	}
}

// TestWhatAnotherToolMadeOfALargeFileStays lets another tool take an
// interaction out of a file that two packages have appended to.
func TestWhatAnotherToolMadeOfALargeFileStays(t *testing.T) {
	dir := t.TempDir()
	_, path := opened(t, dir, "shop/web")
	_, err := pactfile.WriteAs(dir, pact(large("of admin", "/")), "shop/admin", false)
	require.NoError(t, err)
	owners, err := pactfile.Owners(read(t, path))
	require.NoError(t, err)
	require.Equal(t, "shop/admin", owners["of admin"])
	require.Equal(t, "shop/web", owners["shop/web 39"])

	var all map[string]any
	require.NoError(t, json.Unmarshal(read(t, path), &all))
	list := all["interactions"].([]any)
	all["interactions"] = slices.Delete(list, 20, 21)
	text, err := json.Marshal(all)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o600))
	left := standing(t, path)
	for _, owner := range []string{"shop/admin", "shop/web"} {
		_, err = pactfile.WriteAs(dir, pact(get("new of "+owner, "/")), owner, true)
		require.NoError(t, err)
		left["new of "+owner] = "/"
	}
	require.Equal(t, left, standing(t, path))
}

// TestManyProcessesAndRunsKeepTheRules plays a long random story of processes
// that write one file at the same time, beside a plain account of the rules.
func TestManyProcessesAndRunsKeepTheRules(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			s := newStory(t, seed)
			for range 120 {
				s.step()
				s.check()
			}
			_, err := s.processes[0].Write(s.dir, pact(large("the end", "/")))
			require.NoError(t, err)
			s.settle()
			require.True(t, slices.IsSorted(descriptions(t, s.path)))
		})
	}
}

type story struct {
	*testing.T
	random *rand.Rand
	dir    string
	path   string
	// packages of the processes; "" is not known.
	packages []string
	// processes that run now; each knows what its run said.
	processes []*teller
	// paths and owners are what must stand in the file.
	paths, owners map[string]string
}

type teller struct {
	pactfile.Process
	owner   string
	whole   bool
	claimed bool
	said    map[string]string
}

func newStory(t *testing.T, seed uint64) *story {
	packages := [][]string{{"shop/web", "shop/admin", ""}, {"shop/web", "shop/web", "shop/web"}}[seed%2]
	s := &story{T: t, packages: packages, random: chance.New(t, seed), dir: t.TempDir(), paths: map[string]string{}, owners: map[string]string{}}
	s.path = filepath.Join(s.dir, "storefront-catalog.json")
	s.processes = make([]*teller, 3)
	for i := range s.processes {
		s.begin(i)
	}
	return s
}

// begin lets process i end and its package's tests run again.
func (s *story) begin(i int) {
	owner := s.packages[i]
	whole := owner != "" && s.random.IntN(3) == 0
	s.processes[i] = &teller{pactfile.NewProcess(owner, whole), owner, whole, false, map[string]string{}}
}

func (s *story) step() {
	i := s.random.IntN(len(s.processes))
	switch s.random.IntN(40) {
	case 0:
		s.begin(i)
	case 1:
		s.settle()
	case 2:
		s.reformat()
	default:
		s.write(s.processes[i])
	}
}

func (s *story) write(p *teller) {
	said := map[string]string{}
	var interactions []contract.Interaction
	for range 1 + s.random.IntN(2) {
		name, path := fmt.Sprint("product ", s.random.IntN(60)), fmt.Sprint("/", s.random.IntN(3))
		if _, twice := said[name]; !twice {
			said[name] = path
			interactions = append(interactions, large(name, path))
		}
	}
	contradicts := false
	for name, path := range said {
		earlier, ok := p.said[name]
		contradicts = contradicts || ok && earlier != path
	}
	_, err := p.Write(s.dir, pact(interactions...))
	if contradicts {
		var repeat *pactfile.RepeatError
		require.ErrorAs(s, err, &repeat)
		return
	}
	require.NoError(s, err)
	if p.whole && !p.claimed {
		for name, owner := range s.owners {
			if owner == p.owner {
				delete(s.owners, name)
				delete(s.paths, name)
			}
		}
	}
	p.claimed = true
	for name, path := range said {
		p.said[name], s.paths[name], s.owners[name] = path, path, p.owner
	}
}

// reformat is another program that writes the file in its own way.
func (s *story) reformat() {
	if len(s.paths) == 0 {
		return
	}
	var all any
	require.NoError(s, json.Unmarshal(read(s.T, s.path), &all))
	text, err := json.MarshalIndent(all, "", []string{"", "\t", "  "}[s.random.IntN(3)])
	require.NoError(s, err)
	require.NoError(s, os.WriteFile(s.path, text, 0o600))
}

func (s *story) settle() {
	for _, p := range s.processes {
		require.NoError(s, p.Settle(s.path, true))
	}
}

func (s *story) check() {
	text, err := os.ReadFile(s.path)
	if errors.Is(err, os.ErrNotExist) {
		require.Empty(s, s.paths)
		return
	}
	require.NoError(s, err)
	require.Equal(s, s.paths, standing(s.T, s.path))
	owners, err := pactfile.Owners(text)
	require.NoError(s, err)
	require.Equal(s, s.owners, owners)
}
