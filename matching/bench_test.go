package matching_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

const orderJSON = `{"id":%d,"reference":"ORD-2024-%06d","customer":{"name":"Mary Alligator","email":"mary@example.org"},` +
	`"lines":[{"sku":"A-100","quantity":2,"price":19.99}],"paid":true,"note":null}`

// bigBody is a list of n orders, about 200 bytes each.
func bigBody(n int) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, orderJSON, i, i)
	}
	b.WriteByte(']')
	return b.Bytes()
}

func jsonResponse(body []byte, rules contract.RuleSet) contract.Response {
	return contract.Response{
		Status:  200,
		Headers: contract.Values{"Content-Type": {"application/json"}},
		Body:    contract.NewBody(body, "application/json"),
		Rules:   rules,
	}
}

func eachLike() contract.RuleSet {
	one := 1
	return contract.RuleSet{contract.CategoryBody: {
		"$":             {Rules: []contract.Rule{contract.TypeRule{Min: &one}}},
		"$[*].id":       {Rules: []contract.Rule{contract.IntegerRule{}}},
		"$[*].customer": {Rules: []contract.Rule{contract.TypeRule{}}},
	}}
}

// BenchmarkEachLike matches a list of 10,000 elements (2 MB) by a type rule;
// compare with BenchmarkDecodeSameBody.
func BenchmarkEachLike(b *testing.B) {
	expected, actual := jsonResponse(bigBody(1), eachLike()), jsonResponse(bigBody(10_000), nil)
	require.Empty(b, matching.Response(expected, actual).Mismatches)
	b.SetBytes(int64(len(actual.Body.Content)))
	b.ReportAllocs()
	for b.Loop() {
		if !matching.Response(expected, actual).OK() {
			b.Fatal("the bodies match")
		}
	}
}

// BenchmarkDecodeSameBody is the measure: what encoding/json needs to decode
// the same body, before anything is compared.
func BenchmarkDecodeSameBody(b *testing.B) {
	body := bigBody(10_000)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkInteractions matches requests of about 1 KB one by one; the time
// must grow with their number and no faster.
func BenchmarkInteractions(b *testing.B) {
	rules := contract.RuleSet{contract.CategoryBody: {
		"$.orders":        {Rules: []contract.Rule{contract.TypeRule{}}},
		"$.orders[*].id":  {Rules: []contract.Rule{contract.IntegerRule{}}},
		"$.reference":     {Rules: []contract.Rule{contract.RegexRule{Pattern: `[A-Z]+-\d+`}}},
		"$.created":       {Rules: []contract.Rule{contract.DateRule{Format: "yyyy-MM-dd"}}},
		"$.orders[*].sum": {Rules: []contract.Rule{contract.DecimalRule{}}},
	}}
	for _, n := range []int{100, 1000} {
		var expected, actual []contract.Request
		for i := range n {
			expected, actual = append(expected, orderRequest(i, rules)), append(actual, orderRequest(i, nil))
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for i := range expected {
					if r := matching.Request(expected[i], actual[i]); !r.OK() {
						b.Fatal(r.Mismatches)
					}
				}
			}
		})
	}
}

func orderRequest(i int, rules contract.RuleSet) contract.Request {
	body := fmt.Sprintf(`{"reference":"R-%d","created":"2024-05-%02d","orders":%s}`, i, i%28+1, bigBody(4))
	return contract.Request{
		Method: "POST", Path: fmt.Sprintf("/orders/%d", i),
		Query:   contract.Values{"page": {"1"}},
		Headers: contract.Values{"Content-Type": {"application/json"}, "Accept": {"application/json"}},
		Body:    contract.NewBody([]byte(body), "application/json"), Rules: rules,
	}
}
