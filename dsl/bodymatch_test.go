package dsl_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl"
)

type colour int

func (c colour) MarshalText() ([]byte, error) { return []byte([]string{"red", "blue"}[c]), nil }

type money struct{ cents int }

func (m *money) MarshalJSON() ([]byte, error) { return []byte(fmt.Sprintf("%d.50", m.cents)), nil }

type empty struct{}

func (empty) MarshalJSON() ([]byte, error) { return nil, errors.New("empty") }

type panicking struct{ at *int }

func (p panicking) MarshalJSON() ([]byte, error) { return []byte(fmt.Sprint(*p.at)), nil }

type address struct {
	Street string
	City   string `json:"city" pact:"example=Bad Honnef,regex=[A-Z].*"`
}

type base struct {
	ID      int       `json:"id"`
	Created time.Time `json:"created"`
}

type order struct {
	base
	*address
	Ignored  chan int `json:"-"`
	Dash     string   `json:"-,"` //nolint:staticcheck // it is meant: the member is named "-"
	Untagged *bool
	Colour   colour            `json:"colour"`
	Price    money             `json:"price"`
	Quoted   int64             `json:"quoted,string,omitempty" pact:"example=7"`
	Raw      []byte            `json:"raw"`
	Tags     []string          `json:"tags" pact:"min=2"`
	Labels   map[string]int    `json:"labels"`
	Lines    []struct{ N int } `json:"lines"`
	Weight   float32           `json:"weight" pact:"example=5"`
	Count    json.Number       `json:"count" pact:"example=12"`
	Exact    *json.Number      `json:"exact,string"`
	hidden   string            //nolint:unused // never written
}

const anOrder = `{"id":1,"created":"2020-01-01T00:00:00Z","Street":"x","city":"Bonn","-":"x","Untagged":false,"colour":"blue","price":9.99,` +
	`"quoted":"12","raw":"AA==","tags":["a","b"],"labels":{"k":1},"lines":[{"N":2}],"weight":1,"count":3,"exact":"1.25"}`

func TestABodyMatchIsWhatEncodingJSONWrites(t *testing.T) {
	t.Parallel()
	c := config(t)
	require.NoError(t, proven(t, c, func(b *dsl.V4ResponseBuilder) { b.BodyMatch(&order{}) }))
	example := readPact(t, file(c)).Interactions[0].(*contract.HTTP).Response.Body.Content
	require.JSONEq(t, `{"id":1,"created":"2000-02-01T12:30:00Z","Street":"string","city":"Bad Honnef","-":"string","Untagged":true,"colour":"red","price":0.50,
		"quoted":"7","raw":"dHJlYXR5","tags":["string","string"],"labels":{"key":1},"lines":[{"N":1}],"weight":5.0,"count":12,"exact":"1"}`, string(example))
	require.Contains(t, string(example), `"weight":5.0`)
	var back order
	require.NoError(t, json.Unmarshal([]byte(`{"id":1}`), &back), "the example is for the same struct")
	require.True(t, jsonAnswer(anOrder).keeps(t, c))
	for was, is := range map[string]any{
		"id": "1", "created": 5, "Street": nil, "city": "bonn", "-": 1, "Untagged": "no", "colour": 1, "price": "9", "quoted": "x", "raw": []int{1},
		"tags": []string{"a"}, "labels": map[string]string{"k": "x"}, "lines": []any{map[string]any{"N": "x"}}, "weight": "1", "count": "3", "exact": "many",
	} {
		var object map[string]any
		require.NoError(t, json.Unmarshal([]byte(anOrder), &object))
		object[was] = is
		wrong, err := json.Marshal(object)
		require.NoError(t, err)
		require.False(t, jsonAnswer(string(wrong)).keeps(t, c), was)
		delete(object, was)
		wrong, err = json.Marshal(object)
		require.NoError(t, err)
		require.False(t, jsonAnswer(string(wrong)).keeps(t, c), "without %s", was)
	}
}

type node struct {
	Name     string
	Children []node
}

type loop struct {
	Next map[string]*[]loop `json:"next"`
}

// TestABodyMatchThatCannotBeReadSaysWhy and neither panics nor hangs.
func TestABodyMatchThatCannotBeReadSaysWhy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value any
		want  string
	}{
		{nil, "BodyMatch needs a value of the struct to match, got nil"},
		{node{}, "$.Children[*]: dsl_test.node stands inside of itself"},
		{&loop{}, "$.next.*[*]: dsl_test.loop stands inside of itself"},
		{struct{ V any }{}, "$.V: interface {} may hold anything"},
		{struct{ V func() }{}, "$.V: func() cannot be written as JSON"},
		{struct{ V complex64 }{}, "$.V: complex64 cannot be written as JSON"},
		{struct{ V map[[2]int]int }{}, "$.V: map[[2]int]int cannot be written as JSON"},
		{struct{ V empty }{}, "$.V: dsl_test.empty writes its own JSON"},
		{struct{ V panicking }{}, "$.V: dsl_test.panicking writes its own JSON"},
		{struct{ V json.RawMessage }{}, "$.V: json.RawMessage writes its own JSON"},
		{struct {
			V int `pact:"example=x"`
		}{}, `$.V: the tag pact:"example=x" cannot be read`},
		{struct {
			V string `pact:"regex=x"`
		}{}, `$.V: the tag pact:"regex=x" cannot be read`},
		{struct {
			V []string `pact:"max=2"`
		}{}, `$.V: the tag pact:"max=2" cannot be read`},
		{struct {
			V string `pact:"example=x,regex=\\d+"`
		}{}, "the example does not fit its own rule"},
		{struct {
			V string `json:",string" pact:"example=x,regex=x"`
		}{}, "$.V: a pattern cannot be asked for inside of a JSON string"},
	} {
		c := config(t)
		err := proven(t, c, func(b *dsl.V4ResponseBuilder) { b.BodyMatch(tt.value) })
		require.ErrorContains(t, err, tt.want)
		notWritten(t, c)
	}
	c := config(t)
	pact, err := dsl.NewV2Pact(c)
	require.NoError(t, err)
	err = pact.AddInteraction().WithRequest("GET", "/").
		WillRespondWith(200, func(b *dsl.V2ResponseBuilder) { b.BodyMatch(struct{ V map[string]int }{}) }).ExecuteTest(nil, get)
	require.ErrorContains(t, err, `$.V: the matcher "values" needs a pact of version 3.0.0 or later`)
}

func TestWhatPactGosMatchV2LosesIsTold(t *testing.T) {
	t.Parallel()
	for _, value := range []any{struct{ Untagged string }{}, struct {
		Skipped string `json:"-"`
	}{}, struct{ base }{}} {
		var matcher matchers.Matcher
		func() {
			defer func() { _ = recover() }() // pact-go panics where it meets unexported fields of its own kind
			matcher = matchers.MatchV2(value)
		}()
		if matcher == nil {
			continue
		}
		err := proven(t, config(t), func(b *dsl.V4ResponseBuilder) { b.JSONBody(matcher) })
		require.ErrorContains(t, err, "give the struct to BodyMatch")
	}
}

func TestNumbersAndNullsKeepTheirKind(t *testing.T) {
	t.Parallel()
	type priced struct {
		P float64  `json:"p"`
		Q *float32 `json:"q"`
	}
	q := float32(2)
	for _, tt := range []struct {
		body any
		want string
	}{
		{matchers.Like(5.0), `5.0`},
		{matchers.Like(float32(5)), `5.0`},
		{matchers.Like(5), `5`},
		{matchers.Like(5.25), `5.25`},
		{matchers.Decimal(5), `5.0`},
		{matchers.Integer(5), `5`},
		{matchers.EachLike(1.0, 2), `[1.0,1.0]`},
		{matchers.Like(map[string]any{"a": 1.0, "b": []any{2.0, 3}, "c": matchers.Equality(4.0)}), `{"a":1.0,"b":[2.0,3],"c":4}`},
		{matchers.Like(&priced{P: 1, Q: &q}), `{"p":1.0,"q":2.0}`},
		{matchers.StructMatcher{"a": matchers.Like(1.0), "b": 1.0}, `{"a":1.0,"b":1}`},
		{matchers.ArrayContaining([]any{matchers.Like(1.0), 2.0}), `[1.0,2]`},
		{map[string]any{"plain": 5.0}, `{"plain":5}`},
		{matchers.Like(1e21), `1e+21`},
		{nil, `null`},
		{matchers.Like(nil), `null`},
		{matchers.Null{}, `null`},
		{"null", `null`},
	} {
		c := config(t)
		pact, err := dsl.NewV4Pact(c)
		require.NoError(t, err)
		var met string
		require.NoError(t, pact.AddInteraction().WithRequest("GET", "/").
			WillRespondWith(200, func(b *dsl.V4ResponseBuilder) { b.JSONBody(tt.body) }).
			ExecuteTest(nil, func(server dsl.MockServerConfig) (err error) {
				_, met, err = fetch(server, "GET", "/", "")
				return err
			}))
		require.Equal(t, tt.want, met, "%v", tt.body)
		require.Equal(t, tt.want, string(readPact(t, file(c)).Interactions[0].(*contract.HTTP).Response.Body.Content), "%v", tt.body)
		if tt.want == "null" {
			require.True(t, jsonAnswer("null").keeps(t, c))
			require.False(t, jsonAnswer("").keeps(t, c), "no body is not null")
			require.False(t, jsonAnswer(`{}`).keeps(t, c))
		}
	}
}

func TestAValueThatPanicsIsAnError(t *testing.T) {
	t.Parallel()
	c := config(t)
	err := proven(t, c, func(b *dsl.V4ResponseBuilder) { b.JSONBody(map[string]any{"v": panicking{}}) })
	require.ErrorContains(t, err, "it cannot be written as JSON")
	_, statErr := os.Stat(file(c))
	require.ErrorIs(t, statErr, os.ErrNotExist)
}
