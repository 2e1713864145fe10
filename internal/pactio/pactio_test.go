package pactio_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/pactio"
)

const before = `{"list": [ONE, TWO]}` + "\n"

var edits = []pactio.Edit{{At: 18, Text: []byte(",THREE and a half]}\n")}, {At: 10, Text: []byte("    ")}}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a-b.json")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func text(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(content)
}

func lengths(t *testing.T) (journal, changed int) {
	t.Helper()
	journal, err := pactio.JournalLength(file(t, before), edits)
	require.NoError(t, err)
	for _, e := range edits {
		changed += len(e.Text)
	}
	return journal, changed
}

func patched() string {
	want := []byte(before[:18] + string(edits[0].Text))
	copy(want[10:], edits[1].Text)
	return string(want)
}

func TestAPatchLeavesTheEditsAndNothingElse(t *testing.T) {
	t.Parallel()
	path := file(t, before)
	patcher := pactio.NewPatcher(path)
	info, err := patcher.Patch(edits)
	require.NoError(t, err)
	require.Equal(t, patched(), text(t, path))
	require.EqualValues(t, len(patched()), info.Size())
	read, err := pactio.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, patched(), string(read), "a journal that was carried out says nothing")
	patcher.Close()
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

// TestAProcessMayDieAtAnyByte stops a change after each byte of its journal,
// and then after each byte of the change.
func TestAProcessMayDieAtAnyByte(t *testing.T) {
	t.Parallel()
	journal, changed := lengths(t)
	check := func(written, made int, want string, journalBefore []byte) {
		path := file(t, before)
		if journalBefore != nil {
			require.NoError(t, os.WriteFile(pactio.JournalPath(path), journalBefore, 0o600))
		}
		require.NoError(t, pactio.Dying(path, edits, written, made))
		left := text(t, path)
		read, err := pactio.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, want, string(read), "journal %d, change %d", written, made)
		require.Equal(t, left, text(t, path), "reading changes nothing")
		require.NoError(t, pactio.NewPatcher(path).Recover())
		require.Equal(t, want, text(t, path), "journal %d, change %d", written, made)
		require.NoFileExists(t, pactio.JournalPath(path))
	}
	earlier, err := pactio.CarriedOut(file(t, before), []pactio.Edit{{At: 18, Text: bytes.Repeat([]byte(",]}\n"), 50)}})
	require.NoError(t, err)
	for _, journalBefore := range [][]byte{nil, earlier} {
		for written := range journal {
			check(written, 0, before, journalBefore)
		}
		for made := range changed + 1 {
			check(journal, made, patched(), journalBefore)
		}
	}
}

func TestAJournalIsForOneStateOfTheFile(t *testing.T) {
	t.Parallel()
	journal, changed := lengths(t)
	for name, other := range map[string]string{
		"shorter":   "{}\n",
		"longer":    before + strings.Repeat(" ", 100),
		"as long":   strings.Repeat(" ", len(before)),
		"empty":     "",
		"in reach":  strings.Replace(before, "TWO", "2nd", 1) + "    ",
		"unrelated": strings.Repeat("x", len(before)+5),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := file(t, before)
			require.NoError(t, pactio.Dying(path, edits, journal, changed/2))
			require.NoError(t, os.WriteFile(path, []byte(other), 0o600))
			read, err := pactio.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, other, string(read))
			require.NoError(t, pactio.NewPatcher(path).Recover())
			require.Equal(t, other, text(t, path))
			require.NoFileExists(t, pactio.JournalPath(path))
		})
	}
	t.Run("gone", func(t *testing.T) {
		t.Parallel()
		path := file(t, before)
		require.NoError(t, pactio.Dying(path, edits, journal, 0))
		require.NoError(t, os.Remove(path))
		require.NoError(t, pactio.NewPatcher(path).Recover())
		require.NoFileExists(t, pactio.JournalPath(path))
		require.NoFileExists(t, path)
	})
}

func TestAJournalOfRubbishIsThrownAway(t *testing.T) {
	t.Parallel()
	for _, rubbish := range []string{"", "\n", "treaty", "00000000 treaty 1 21 0 00000000", "00000000 treaty 1 21 0 00000000\n", "00000000 treaty 1 21 -5 00000000\nx", "00000000 treaty 1 99999999999999999999 1 0\n1 1\nx"} {
		path := file(t, before)
		require.NoError(t, os.WriteFile(pactio.JournalPath(path), []byte(rubbish), 0o600))
		read, err := pactio.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, before, string(read)) //nolint:testifylint // every byte counts
		require.NoError(t, pactio.NewPatcher(path).Recover())
		require.Equal(t, before, text(t, path)) //nolint:testifylint // every byte counts
	}
}

// TestTwoPatchersOfOneFileShareItsJournal is what two processes do.
func TestTwoPatchersOfOneFileShareItsJournal(t *testing.T) {
	t.Parallel()
	path := file(t, "0\n")
	a, b := pactio.NewPatcher(path), pactio.NewPatcher(path)
	grow := func(p *pactio.Patcher, letter string) {
		require.NoError(t, p.Recover())
		_, err := p.Patch([]pactio.Edit{{At: int64(len(text(t, path)) - 1), Text: []byte(letter + "\n")}})
		require.NoError(t, err)
	}
	grow(a, "a")
	grow(b, "b")
	a.Close()
	grow(b, "c")
	grow(a, "d")
	require.Equal(t, "0abcd\n", text(t, path))

	// One of them dies in between: the other one finds it, though it has the
	// journal open.
	more := []pactio.Edit{{At: 5, Text: []byte("e\n")}}
	length, err := pactio.JournalLength(path, more)
	require.NoError(t, err)
	require.NoError(t, pactio.Dying(path, more, length, 1))
	require.NoError(t, a.Recover())
	require.Equal(t, "0abcde\n", text(t, path))
	grow(a, "f")
	require.Equal(t, "0abcdef\n", text(t, path))
}

func TestAReaderNeverMeetsHalfAChange(t *testing.T) {
	t.Parallel()
	path := file(t, "[]\n")
	done := make(chan error, 1)
	stop := make(chan struct{})
	var once sync.Once
	go func() {
		patcher := pactio.NewPatcher(path)
		size := int64(1)
		for range 2000 {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			unlock, err := pactio.Lock(filepath.Dir(path))
			if err != nil {
				done <- err
				return
			}
			added := append(bytes.Repeat([]byte("x"), 5000), "]\n"...)
			_, err = patcher.Patch([]pactio.Edit{{At: size, Text: added}})
			unlock()
			if err != nil {
				done <- err
				return
			}
			size += 5000
		}
		done <- nil
	}()
	defer once.Do(func() { close(stop) })
	for {
		select {
		case err := <-done:
			require.NoError(t, err)
			return
		default:
		}
		read, err := pactio.ReadFile(path)
		require.NoError(t, err)
		require.True(t, bytes.HasSuffix(read, []byte("]\n")) && (len(read)-3)%5000 == 0, "%d bytes", len(read))
		if len(read) > 2_000_000 {
			once.Do(func() { close(stop) })
		}
	}
}

func TestAFolderThatTakesNoJournalLeavesTheFileAsItIs(t *testing.T) {
	t.Parallel()
	path := file(t, before)
	require.NoError(t, os.Mkdir(pactio.JournalPath(path), 0o700)) // in its place
	_, err := pactio.NewPatcher(path).Patch(edits)
	require.ErrorContains(t, err, pactio.JournalPath(path))
	require.Equal(t, before, text(t, path)) //nolint:testifylint // every byte counts
}
