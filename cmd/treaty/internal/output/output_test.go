package output_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

func TestATableIsAligned(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, output.WriteTable(&out, []string{"NAME", "PRODUCTION"}, [][]string{{"test", "no"}, {"größer als", ""}, {"two\nlines", "yes"}}))
	require.Equal(t, ""+
		"NAME             | PRODUCTION\n"+
		"-----------------|-----------\n"+
		"test             | no\n"+
		"größer als       |\n"+
		"two[U+000A]lines | yes\n", out.String())
}

// One very long name makes its own row long, and no other.
func TestALongCellLeavesTheOtherRowsAsTheyAre(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	long := strings.Repeat("x", 200)
	require.NoError(t, output.WriteTable(&out, []string{"NAME", "BRANCH"}, [][]string{{"shop", "main"}, {long, "main"}}))
	lines := strings.Split(out.String(), "\n")
	require.Equal(t, []string{"NAME | BRANCH", "-----|-------", "shop | main", long + " | main", ""}, lines)
}

func TestFieldsWithoutAValueAreLeftOut(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, output.WriteFields(&out, [2]string{"Name", "shop"}, [2]string{"Repository of the source", ""}, [2]string{"Branch", "main"}))
	require.Equal(t, "Name    shop\nBranch  main\n", out.String())
}

func TestAFormIsOneOfThoseThatTheCommandHas(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		allowed     []string
		given, want string
	}{
		{[]string{output.Text, output.JSON}, "", "text"},
		{[]string{output.Text, output.JSON}, "pretty", "json"},
		{[]string{output.Text, output.JSON}, "table", "text"},
		{[]string{output.Table, output.JSON}, "text", "table"},
		{[]string{output.Text, output.Table}, "table", "table"},
	} {
		var form string
		f := pflag.NewFlagSet("x", pflag.ContinueOnError)
		output.Bind(f, &form, tt.allowed...)
		if tt.given != "" {
			require.NoError(t, f.Parse([]string{"-o", tt.given}))
		}
		require.Equal(t, tt.want, form)
		require.Equal(t, tt.want, f.Lookup("output").Value.String())
		require.ErrorContains(t, f.Parse([]string{"--output", "xml"}), "is none of "+strings.Join(tt.allowed, ", "))
	}
}

func TestJSONIsIndentedAndExact(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, output.WriteJSON(output.NewScreen(&out), map[string]string{"a": "<\u200b>"}))
	require.Equal(t, "{\n  \"a\": \"<\u200b>\"\n}\n", out.String()) //nolint:testifylint // the very bytes
}

func TestWhereJSONBreaksIsSaid(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"{\n\"a\": 1,\n}", "line 3: "},
		{"", "line 1: unexpected end of JSON input"},
		{`[1]`, "it has not the form of one (array"},
	} {
		var v struct{ A int }
		require.Contains(t, output.JSONProblem([]byte(tt.text), json.Unmarshal([]byte(tt.text), &v)), tt.want)
	}
}

func TestNoticesHaveTheColourOfTheirKind(t *testing.T) {
	t.Parallel()
	notices := []client.Notice{{Type: "success", Text: "s"}, {Type: "warning", Text: "w"}, {Type: "prompt", Text: "p"}, {Type: "error", Text: "e"}, {Type: "danger", Text: "d"}, {Type: "info", Text: "i"}}
	var plain, coloured bytes.Buffer
	require.NoError(t, output.WriteNotices(output.NewScreen(&plain), false, notices))
	require.Equal(t, "s\nw\np\ne\nd\ni\n", plain.String())
	require.NoError(t, output.WriteNotices(output.NewScreen(&coloured), true, notices))
	require.Equal(t, "\x1b[32ms\x1b[0m\n\x1b[33mw\x1b[0m\n\x1b[33mp\x1b[0m\n\x1b[31me\x1b[0m\n\x1b[31md\x1b[0m\ni\n", coloured.String())
}

func TestWhatIsLongIsCut(t *testing.T) {
	t.Parallel()
	require.Equal(t, "short", output.Shorten("short"))
	require.Equal(t, strings.Repeat("ö", 80)+"…", output.Shorten(strings.Repeat("ö", 81)))
	require.Equal(t, "0123456…", output.ShortVersion(strings.Repeat("0123456789", 4)))
	require.Equal(t, "1.2.3", output.ShortVersion("1.2.3"))
	require.Equal(t, "???", output.ShortVersion(""))
	require.Equal(t, strings.Repeat("z", 40), output.ShortVersion(strings.Repeat("z", 40)), "no hash")
}
