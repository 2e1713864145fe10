package shell_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/chance"
	"github.com/treatyhq/treaty/internal/shell"
	"github.com/treatyhq/treaty/internal/visible"
)

// said asks a real shell which words a line has.
func said(t *testing.T, line string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sh", "-c", `printf '%s\0' `+line).Output()
	require.NoError(t, err, "%q", line)
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

func needShell(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no POSIX shell here to ask")
	}
}

func TestAShellReadsTheWordsThatWereQuoted(t *testing.T) {
	t.Parallel()
	needShell(t)
	words := []string{
		"plain", "", " ", "two words", "it's", `'`, `''`, `"`, `\`, `\'`, "$HOME", "$(id)", "`id`", "a\nb", "\n", "\t", "a;b", "a&b", "a|b",
		"-rf", "--", "*", "?", "~", "~root", "#no", "!x", "{a,b}", "[a]", "<in", ">out", "(x)", "%s", "=x", "FOO=bar", "naïve", "店", "\u200b", "\r", "\x01", "\xff",
	}
	require.Equal(t, words, said(t, shell.Join(words)))
}

func TestAShellReadsAnyWordsThatWereQuoted(t *testing.T) {
	t.Parallel()
	needShell(t)
	random := chance.New(t, 7)
	const alphabet = `ab '"$` + "`" + `\!;&|<>(){}[]*?~#=%-` + "\n\t\r\x01é"
	letters := []rune(alphabet)
	for range 60 {
		words := make([]string, 20)
		for i := range words {
			for range random.IntN(12) {
				words[i] += string(letters[random.IntN(len(letters))])
			}
		}
		require.Equal(t, words, said(t, shell.Join(words)))
	}
}

func TestAZeroByteIsLeftOut(t *testing.T) {
	t.Parallel()
	require.Equal(t, "ab", shell.Quote("a\x00b"))
}

func TestWhatIsPastedIsWhatIsSeen(t *testing.T) {
	t.Parallel()
	needShell(t)
	for _, word := range []string{"Fo\u200bo", "a'b\u202e\\c%s", "x\U000e0041", "a\x1b[31m", "a\xffb\u200b", "-\u200b", "\u200b7"} {
		line := shell.Quote(word)
		require.False(t, visible.Any(line), line)
		require.Equal(t, []string{word}, said(t, line), line)
	}
}

// What shells do beyond POSIX: an old bash looks for exclamation marks in double
// quotes, and zsh for an equals sign at the beginning of a word.
func TestNoShellReadsMoreIntoAWord(t *testing.T) {
	t.Parallel()
	require.Equal(t, `"$(printf 'a\041b\342\200\213')"`, shell.Quote("a!b\u200b"))
	require.Equal(t, `'a!b'`, shell.Quote("a!b"))
	require.Equal(t, `'=ls'`, shell.Quote("=ls"))
	require.Equal(t, `--tag=ls`, shell.Quote("--tag=ls"))
}
