package members_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/members"
)

func TestAMemberThatStandsTwiceIsFound(t *testing.T) {
	t.Parallel()
	many := make([]string, 0, 41)
	for i := range 40 {
		many = append(many, fmt.Sprintf(`"m%d":%d`, i, i))
	}
	for _, tt := range []struct{ name, text, want string }{
		{"none", `{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}`, ""},
		{"at the top", `{"a":1,"b":2,"a":1}`, `has the member "a" twice`},
		{"in an object", `{"a":{"b":1,"b":1}}`, `a: has the member "b" twice`},
		{"in an element", `{"a":[0,[{"b":1}, {"b":1 , "c":{}, "b":[]}]]}`, `a[1][1]: has the member "b" twice`},
		{"in a list", `[{"a":1,"a":1}]`, `[0]: has the member "a" twice`},
		{"escaped", `{"abc":1,"\u0061bc":1}`, `has the member "abc" twice`},
		{"escaped quote", `{"a\"b":1,"a\"c":1,"x":"\\"}`, ""},
		{"letters of another case", `{"a":1,"A":1}`, ""},
		{"many without", `{` + strings.Join(many, ",") + `}`, ""},
		{"many with", `{` + strings.Join(append(many, `"m7":0`), ",") + `}`, `has the member "m7" twice`},
		{"after a text that looks like one", `{"x":"}{\"a\":1","a":[],"b":"\\","a":0}`, `has the member "a" twice`},
		{"empty names", `{"":1,"":2}`, `has the member "" twice`},
		{"before the names around it are known", `{"a":{"c":1,"c":1},"a":1}`, `a: has the member "c" twice`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.True(t, json.Valid([]byte(tt.text)))
			err := members.Unique([]byte(tt.text), nil)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			var repeated *members.RepeatedError
			require.ErrorAs(t, err, &repeated)
			require.Contains(t, err.Error(), tt.want)
		})
	}
}

func TestDataIsNotJudged(t *testing.T) {
	t.Parallel()
	isBody := func(p members.Path) bool { return p.Is("list", "", "body") }
	require.NoError(t, members.Unique([]byte(`{"list":[{"body":{"a":"}","a":[{"a":1,"a":2}]},"b":1}]}`), isBody))
	require.NoError(t, members.Unique([]byte(`{"list":[{"body":[{"a":1,"a":2}]}]}`), isBody))
	require.Error(t, members.Unique([]byte(`{"list":[{"body":{"a":1},"body":{"a":1}}]}`), isBody), "the member itself")
	require.Error(t, members.Unique([]byte(`{"list":[{"body":{"a":"}","a":1},"b":1,"b":2}]}`), isBody), "what follows data")
	require.Error(t, members.Unique([]byte(`{"list":{"x":{"body":{"a":1,"a":2}}}}`), isBody), "a member is not an element")
}

func TestTextThatIsNoJSONIsNotJudged(t *testing.T) {
	t.Parallel()
	whole := `{"a":[1,"x\"",{"b":null,"c":{}}],"d":"e"}`
	for length := range whole {
		require.NoError(t, members.Unique([]byte(whole[:length]), nil), whole[:length])
	}
	for _, text := range []string{strings.Repeat("[", 1<<20), strings.Repeat(`{"a":`, 1<<20), `{"a":1 "a":1`, `[,]`, `{"a"}`, `{:}`, `]`, `{"a":}`, `[}`, `{"a":[}`, "\xff", `"`, `{"a":{"b":1,"b":`} {
		require.NoError(t, members.Unique([]byte(text), nil), text[:min(len(text), 20)])
	}
}

func FuzzUnique(f *testing.F) {
	f.Add([]byte(`{"a":{"b":[1,{"c":"\\\""}]},"\u0061":null}`))
	f.Add([]byte(`[[{"a":1,"a":{}}]]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		err := members.Unique(text, nil)
		if !json.Valid(text) || !utf8.Valid(text) {
			return // it ends, and that is all
		}
		// What a decoder keeps of a text without repeated members, written again,
		// has as many members as the text.
		var value any
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		require.NoError(t, decoder.Decode(&value))
		require.Equal(t, err == nil, count(value) == countTokens(t, text))
	})
}

func TestMembersComeInTheirOrderWithTheTextOfTheirValues(t *testing.T) {
	t.Parallel()
	var got []string
	ok := members.Each([]byte(` {"b" : [1, {"x":"}"}] ,"a\u00e9":"\"","b":{ "c":-1.0 },"":null}`), func(name string, value []byte) {
		got = append(got, name+"="+string(value))
	})
	require.True(t, ok)
	require.Equal(t, []string{`b=[1, {"x":"}"}]`, `aé="\""`, `b={ "c":-1.0 }`, `=null`}, got)
	for _, text := range []string{"", " ", "[]", `"x"`, "1", "{", `{"a"}`, `{"a":}`, `{"a":1`, `{"a":"`, `{"a":[1}`, `{"a":{`, `{1:2}`} {
		require.False(t, members.Each([]byte(text), func(string, []byte) {}), text)
	}
}

func FuzzEach(f *testing.F) {
	f.Add([]byte(`{"a":{"b":[1,{"c":"\\\""}]},"\u0061":null,"d" : "\u2028"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		type member struct {
			name  string
			value string
		}
		var got []member
		ok := members.Each(text, func(name string, value []byte) { got = append(got, member{name, string(value)}) })
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		opening, err := decoder.Token()
		if !json.Valid(text) || !utf8.Valid(text) {
			return // it ends, and that is all
		}
		require.NoError(t, err)
		require.Equal(t, opening == json.Delim('{'), ok)
		var want []member
		for ok && decoder.More() {
			name, err := decoder.Token()
			require.NoError(t, err)
			var value json.RawMessage
			require.NoError(t, decoder.Decode(&value))
			want = append(want, member{name.(string), string(value)})
		}
		require.Equal(t, want, got)
	})
}

// count counts the members of all objects.
func count(value any) int {
	n := 0
	switch value := value.(type) {
	case map[string]any:
		for _, v := range value {
			n += 1 + count(v)
		}
	case []any:
		for _, v := range value {
			n += count(v)
		}
	}
	return n
}

// countTokens counts the members of all objects in the text.
func countTokens(t *testing.T, text []byte) int {
	t.Helper()
	var raw map[string]json.RawMessage
	var list []json.RawMessage
	n := 0
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	switch {
	case json.Unmarshal(text, &list) == nil:
		for _, item := range list {
			n += countTokens(t, item)
		}
	case json.Unmarshal(text, &raw) == nil && raw != nil:
		_, err := decoder.Token()
		require.NoError(t, err)
		for decoder.More() {
			_, err := decoder.Token()
			require.NoError(t, err)
			var value json.RawMessage
			require.NoError(t, decoder.Decode(&value))
			n += 1 + countTokens(t, value)
		}
	}
	return n
}

func TestGetComparesNamesLetterByLetter(t *testing.T) {
	t.Parallel()
	text := []byte(`{"Consumer":{"name":"A"},"consumer":{"Name":"B","name":"C"}}`)
	name, ok := members.Text(text, "consumer", "name")
	require.True(t, ok)
	require.Equal(t, "C", name)
	for _, path := range [][]string{{"CONSUMER", "name"}, {"consumer", "NAME"}, {"consumer"}, {"consumer", "name", "x"}} {
		_, ok := members.Text(text, path...)
		require.False(t, ok, path)
	}
}
