package generate_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/generate"
)

// member decodes {"one": value}.
func member(t *testing.T, body string) any {
	t.Helper()
	var doc map[string]any
	require.NoError(t, json.Unmarshal([]byte(body), &doc), body)
	return doc["one"]
}

func TestGeneratorsOfText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, kind string
		attrs      map[string]any
		want       string
	}{
		{"integer", "RandomInt", nil, `^([0-9]|10)$`},
		{"integer in bounds", "RandomInt", map[string]any{"min": json.Number("-3"), "max": "-3"}, `^-3$`},
		{"decimal", "RandomDecimal", map[string]any{"digits": json.Number("4")}, `^(0|[1-9]\d{0,2})\.\d{1,3}$`},
		{"decimal of two digits", "RandomDecimal", map[string]any{"digits": json.Number("2")}, `^\d\.\d$`},
		{"decimal of one digit", "RandomDecimal", map[string]any{"digits": json.Number("1")}, `^\d$`},
		{"hexadecimal", "RandomHexadecimal", map[string]any{"digits": json.Number("40")}, `^[0-9A-F]{40}$`},
		{"string", "RandomString", map[string]any{"size": json.Number("7")}, `^[0-9A-Za-z]{7}$`},
		{"string by default", "RandomString", nil, `^[0-9A-Za-z]{10}$`},
		{"boolean", "RandomBoolean", nil, `^(true|false)$`},
		{"uuid", "Uuid", nil, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`},
		{"uuid simple", "Uuid", map[string]any{"format": "simple"}, `^[0-9a-f]{32}$`},
		{"uuid upper", "Uuid", map[string]any{"format": "upper-case-hyphenated"}, `^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$`},
		{"uuid lower", "Uuid", map[string]any{"format": "lower-case-hyphenated"}, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`},
		{"uuid urn", "Uuid", map[string]any{"format": "URN"}, `^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`},
		{"date by default", "Date", nil, `^\d{4}-\d\d-\d\d$`},
		{"time by default", "Time", nil, `^\d\d:\d\d:\d\d$`},
		{"date and time by default", "DateTime", nil, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for range 50 {
				got, err := one(t, generate.Context{}, tt.kind, tt.attrs)
				require.NoError(t, err)
				require.Regexp(t, tt.want, member(t, got))
			}
		})
	}
}

func TestATextMadeFromAPatternMatchesIt(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{
		`\d{1,8}`, `^[a-z]+$`, `(foo|bar)\s?baz*`, `[^a]`, `.{3}`, `\bword\b`, `(?i)abc`, `\p{Greek}+`, `[\x00-\x1f]`,
		`((a*)*)*`, `([a-z]{1,9}){2,9}`, `a{1000}`, `^$`, ``, `\w+@\w+\.(com|org)`, `x{0}`, `[[:alpha:]]{2}`,
	} {
		t.Run(pattern, func(t *testing.T) {
			t.Parallel()
			whole := regexp.MustCompile(`^(?:` + pattern + `)$`)
			for range 20 {
				got, err := one(t, generate.Context{}, "Regex", map[string]any{"regex": pattern})
				require.NoError(t, err)
				text, ok := member(t, got).(string)
				require.True(t, ok, got)
				require.True(t, whole.MatchString(text), "%q", text)
			}
		})
	}
}

func TestWhatCannotBeMadeKeepsTheExampleAndSaysWhy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, kind string
		attrs      map[string]any
	}{
		{"unknown type", "Dice", nil},
		{"minimum above maximum", "RandomInt", map[string]any{"min": 5, "max": 1}},
		{"not a number", "RandomInt", map[string]any{"min": "five"}},
		{"no digits", "RandomDecimal", map[string]any{"digits": 0}},
		{"too many digits", "RandomHexadecimal", map[string]any{"digits": json.Number("1e15")}},
		{"look-ahead", "Regex", map[string]any{"regex": `(?=a)a`}},
		{"nothing matches", "Regex", map[string]any{"regex": `a\bb`}},
		{"unknown UUID format", "Uuid", map[string]any{"format": "braces"}},
		{"no URL of a mock server", "MockServerURL", map[string]any{"example": "http://a/b", "regex": ".*(/b)"}},
		{"URL pattern of another language", "MockServerURL", map[string]any{"example": "http://a/b", "regex": "(?<=a)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := one(t, generate.Context{Mode: generate.Consumer}, tt.kind, tt.attrs)
			var failed *generate.Error
			require.ErrorAs(t, err, &failed)
			require.Equal(t, tt.kind, failed.Type)
			require.Equal(t, contract.CategoryBody, failed.Category)
			require.JSONEq(t, `{"one":"example"}`, got)
		})
	}
}

func TestProviderStatesGiveValuesInProviderModeOnly(t *testing.T) {
	t.Parallel()
	c := generate.Context{Mode: generate.Provider, StateValues: map[string]any{
		"id": json.Number("1000"), "name": "Ada", "price": json.Number("1.5"), "on": true, "none": nil,
		"user": map[string]any{"id": "u7"}, "list": []any{"a"}, "text": "12",
	}}
	for _, tt := range []struct{ expression, dataType, want string }{
		{"${id}", "", `1000`},
		{"id", "", `1000`},
		{"/users/${id}/${name}", "", `"/users/1000/Ada"`},
		{"${id}", "STRING", `"1000"`},
		{"${text}", "INTEGER", `12`},
		{"${price}", "integer", `1`},
		{"${id}", "DECIMAL", `1000.0`},
		{"${price}", "FLOAT", `1.5`},
		{"${on}", "INTEGER", `1`},
		{"${none}", "INTEGER", `0`},
		{"${on}", "BOOLEAN", `true`},
		{"${id}", "BOOLEAN", `true`},
		{"${user}", "RAW", `{"id":"u7"}`},
		{"${user.id}", "", `"u7"`},
		{"${list}", "STRING", `"[\"a\"]"`},
		{"${name}", "INTEGER", ``},
		{"${list}", "INTEGER", ``},
		{"${missing}", "", ``},
		{"${open", "", ``},
	} {
		t.Run(tt.expression+" "+tt.dataType, func(t *testing.T) {
			t.Parallel()
			attrs := map[string]any{"expression": tt.expression, "dataType": tt.dataType}
			got, err := one(t, c, "ProviderState", attrs)
			if tt.want == "" {
				require.Error(t, err)
				tt.want = `"example"`
			} else {
				require.NoError(t, err)
			}
			require.Equal(t, `{"one":`+tt.want+`}`, got)
			c := c
			c.Mode = generate.Consumer
			got, err = one(t, c, "ProviderState", attrs)
			require.NoError(t, err)
			require.JSONEq(t, `{"one":"example"}`, got)
		})
	}
}

func TestTheMockServersURLReplacesWhatThePatternMatches(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ example, regex, url, want string }{
		{"http://localhost:1234/path", ".*(/path)$", "http://192.168.2.1:2345/p", "http://192.168.2.1:2345/p/path"},
		{"http://1234:8080/a", ".*(/a)", "http://somewhere.world", "http://somewhere.world/a"},
		{"see http://x/a now", `http://\w+(/a)`, "http://y", "see http://y/a now"},
		{"http://x/a", "(/b)", "http://y", "http://x/a"},
	} {
		attrs := map[string]any{"example": tt.example, "regex": tt.regex}
		got, err := one(t, generate.Context{MockServerURL: tt.url}, "MockServerURL", attrs)
		require.NoError(t, err)
		require.Equal(t, tt.want, member(t, got))
		got, err = one(t, generate.Context{MockServerURL: tt.url, Mode: generate.Provider}, "MockServerURL", attrs)
		require.NoError(t, err)
		require.Equal(t, "example", member(t, got))
	}
}
