package pactfile_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/pactfile"
)

// moved is how many bytes this process has read and written so far.
func moved(t *testing.T) (read, written int) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Skip("only Linux counts what a process reads and writes")
	}
	for line := range strings.Lines(string(text)) {
		_, _ = fmt.Sscanf(line, "rchar: %d", &read)
		_, _ = fmt.Sscanf(line, "wchar: %d", &written)
	}
	return read, written
}

func product(i int) *contract.HTTP { return numbered(i, "") }

func numbered(i int, version string) *contract.HTTP {
	// The order of descriptions is not the order of writing.
	return get(fmt.Sprintf("product %05d", i*7919%50000), fmt.Sprint("/products/", i, version))
}

// TestWhatIsWrittenIsInStepWithWhatIsProven lets each form of suite write many
// interactions one by one: eight times as many may not take much more than
// eight times the bytes, and all of it together is a fixed multiple of the file.
func TestWhatIsWrittenIsInStepWithWhatIsProven(t *testing.T) {
	outermost, part := true, false
	settle := func(outermost bool) func(*testing.T, pactfile.Process, string) {
		return func(t *testing.T, p pactfile.Process, path string) { require.NoError(t, p.Settle(path, outermost)) }
	}
	leave := func(t *testing.T, p pactfile.Process, path string) { require.NoError(t, p.Leave(path)) }
	nothing := func(*testing.T, pactfile.Process, string) {}
	const old = "/old"
	for _, tt := range []struct {
		name string
		// before writes what an earlier run or another package left.
		before func(t *testing.T, dir string, n int)
		owners int
		whole  bool
		// after is done after each interaction, and leaves so much sorted, in
		// parts of eight.
		after  func(*testing.T, pactfile.Process, string)
		sorted int
	}{
		{name: "one test", after: nothing, whole: true},
		{name: "many tests", after: settle(outermost), sorted: 6, whole: true},
		{name: "many parts of a test", after: settle(part), sorted: 6},
		{name: "a test that is not known", after: leave, whole: true},
		{name: "ten packages at the same time", after: nothing, owners: 10, whole: true},
		{name: "beside another package", after: settle(part), sorted: 6, before: before("shop/admin", 60000, "")},
		{name: "again", after: settle(part), sorted: 6, before: before("shop/0", 0, "")},
		{name: "again in whole", after: settle(part), sorted: 6, before: before("shop/0", 0, ""), whole: true},
		{name: "changed", after: settle(part), sorted: 6, before: before("shop/0", 0, old)},
		{name: "changed by a test that is not known", after: leave, before: before("shop/0", 0, old)},
		{name: "taken over from another package", after: settle(part), sorted: 6, before: before("shop/admin", 0, "")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			run := func(n int) (bytes, reading, size int) {
				dir := t.TempDir()
				if tt.before != nil {
					tt.before(t, dir, n)
				}
				processes := make([]pactfile.Process, max(tt.owners, 1))
				for i := range processes {
					processes[i] = pactfile.NewProcess(fmt.Sprint("shop/", i), tt.whole)
				}
				var path string
				readBefore, writtenBefore := moved(t)
				for i := range n {
					process := processes[i%len(processes)]
					var err error
					path, err = process.Write(dir, pact(product(i)))
					require.NoError(t, err)
					tt.after(t, process, path)
				}
				reading, bytes = moved(t)
				reading, bytes = reading-readBefore, bytes-writtenBefore
				loose, names := len(read(t, path)), descriptions(t, path)
				require.NoError(t, processes[0].Settle(path, true))
				require.LessOrEqual(t, loose, len(read(t, path))*8/5+2000, "what is replaced does not stay for ever")
				require.True(t, slices.IsSorted(names[:len(names)*max(tt.sorted, 2)/8]), "most of it is sorted at all times")
				found := standing(t, path)
				for i := range n {
					require.Equal(t, product(i).Request.Path, found[product(i).Description])
				}
				return bytes, reading, len(read(t, path))
			}
			few, _, _ := run(150)
			many, reading, size := run(1200)
			t.Logf("%d bytes for 150, %d for 1200, %d read; the file has %d", few, many, reading, size)
			require.LessOrEqual(t, many, 12*few+64<<10)
			require.LessOrEqual(t, many, 70*size)
			require.LessOrEqual(t, reading, 100*size)
		})
	}
}

// before writes n interactions of owner at once.
func before(owner string, from int, version string) func(*testing.T, string, int) {
	return func(t *testing.T, dir string, n int) {
		var all []contract.Interaction
		for i := range n {
			i := numbered(i, version)
			if from > 0 {
				i.Description = "admin " + i.Description
			}
			all = append(all, i)
		}
		_, err := pactfile.WriteAs(dir, pact(all...), owner, true)
		require.NoError(t, err)
	}
}
