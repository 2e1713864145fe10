package kernel_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func TestANameThatNoClientCouldAddressIsRefused(t *testing.T) {
	t.Parallel()
	base := kernel.Base{Settings: kernel.Settings{MaxNameLength: 20}}
	for name, want := range map[string]string{
		"Foo": "", "feat/x y": "", "größe": "", "v1..2": "", "...a": "",
		"": "cannot be blank", " \t": "cannot be blank", "a\nb": "cannot contain multiple lines", "a\rb": "cannot contain multiple lines",
		"a\x00b": "cannot contain a zero byte", "a\xffb": "must be UTF-8", "a\tb": "control characters", "a\ufffdb": "send the name as UTF-8",
		".": "cannot be made of dots alone", "..": "cannot be made of dots alone", "\u200b": "that are not seen", " a": "cannot begin or end with a blank",
		"a ": "cannot begin or end with a blank", strings.Repeat("a", 20): "", strings.Repeat("a", 21): "cannot be longer than 20 bytes",
	} {
		fields := kernel.Fields{}
		base.CheckName(fields, "name", name)
		if want == "" {
			require.Empty(t, fields, "%q may be a name", name)
			continue
		}
		require.Len(t, fields["name"], 1, "%q cannot be a name", name)
		require.Contains(t, fields["name"][0], want, "why %q cannot be a name", name)
	}
}

func TestANumberNeedsAPlaceInTheOrderOfVersions(t *testing.T) {
	t.Parallel()
	check := func(byDate bool, number string) kernel.Fields {
		fields := kernel.Fields{}
		base := kernel.Base{Settings: kernel.Settings{OrderVersionsByDate: byDate}}
		base.CheckNumber(fields, "number", number)
		return fields
	}
	require.Empty(t, check(true, "abc"), "by date any number has a place")
	require.Empty(t, check(false, "1.2.3"), "a semantic number has a place among semantic ones")
	require.Contains(t, check(false, "abc").String(), "'abc' is not a semantic version", "a broker that orders semantically refuses others")
	require.Equal(t, []string{"cannot be blank"}, check(false, "")["number"], "what is not a name at all is told once")
}

// A rule is for what comes: what came before it must stay of use.
func TestARuleDoesNotLockOutWhatIsThere(t *testing.T) {
	t.Parallel()
	base := kernel.NewBase(history(t, "version Foo 1\nversion Foo abc"), kernel.DefaultSettings())
	for _, tt := range []struct {
		name, app, number string
		left              []string
	}{
		{"an application and its version", "Foo", "abc", nil},
		{"an application alone", "Foo", "", []string{"number"}},
		{"a new version", "Foo", "xyz", []string{"number"}},
		{"a new application", "Fox", "abc", []string{"app", "number"}},
		{"what no database can look up", "Foo\x00", "abc", []string{"app", "number"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fields := kernel.Fields{"app": {"is odd"}, "number": {"is odd"}}
			require.NoError(t, base.AllowKnown(t.Context(), fields, "app", tt.app, "number", tt.number))
			for _, field := range []string{"app", "number"} {
				require.Equal(t, slices.Contains(tt.left, field), len(fields[field]) > 0, "what is wrong with the %s of %s", field, tt.name)
			}
		})
	}
	require.NoError(t, base.Store.Close())
	require.NoError(t, base.AllowKnown(t.Context(), kernel.Fields{}, "app", "Foo", "number", "1"), "where nothing is wrong nothing is looked up")
	for _, known := range [][2]string{{"Foo\x00", "1"}, {"Foo", "1\xff"}} {
		require.NoError(t, base.AllowKnown(t.Context(), kernel.Fields{"app": {"is odd"}}, "app", known[0], "number", known[1]), "what no database can store is not looked up")
	}
	require.Error(t, base.AllowKnown(t.Context(), kernel.Fields{"app": {"is odd"}}, "app", "Foo", "number", "1"), "a database that is away is not permission")
}

func TestATextIsWhatADatabaseCanStore(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"plain": {}, "": {}, "two\nlines": {"", "text cannot contain multiple lines"},
		"a\x00": {"text cannot contain a zero byte", "text cannot contain a zero byte"}, "a\xff": {"text must be UTF-8", "text must be UTF-8"},
	} {
		asText, asLine := kernel.Fields{}, kernel.Fields{}
		kernel.CheckText(asText, "text", text)
		kernel.CheckLine(asLine, "text", text)
		require.Equal(t, want[0], asText.String(), "%q as a text", text)
		require.Equal(t, want[1], asLine.String(), "%q as a line", text)
	}
}

func TestWhatGoesBeyondALimitIsToldWithWhatToDo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n, limit int
		want     string
	}{
		{3, 3, ""}, {1000, 0, ""}, {4, 3, "tags has 4 tags, but 3 are the most that this broker takes: use a branch"},
	} {
		fields := kernel.Fields{}
		kernel.CheckCount(fields, "tags", tt.n, tt.limit, "tags", "use a branch")
		require.Equal(t, tt.want, fields.String(), "%d where the limit is %d", tt.n, tt.limit)
	}
}
