package contract_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/treatyhq/treaty/contract"
)

// largePact is a file of about 1.9 MB with one body of 10,000 elements.
func largePact() []byte {
	var items []string
	for n := range 10_000 {
		items = append(items, fmt.Sprintf(`{"id":%d,"name":"item number %d","tags":["a","b","c"],"price":%d.50,"stock":{"count":%d,"place":"shelf %d"},"ok":true,"note":null}`, n, n, n%100, n%7, n%50))
	}
	body := "[" + strings.Join(items, ",\n") + "]"
	return []byte(file("4.0", `{"type":"Synchronous/HTTP","description":"a","request":{"method":"GET","path":"/"},
		"response":{"status":200,"headers":{"Content-Type":["application/json"]},"body":{"content":`+body+`,"contentType":"application/json","encoded":false},
		"matchingRules":{"body":{"$":{"combine":"AND","matchers":[{"match":"type","min":1}]}}}}}`))
}

func BenchmarkDecodeLarge(b *testing.B) {
	data := largePact()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := contract.Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecodeLargeWithEncodingJSON is what [BenchmarkDecodeLarge] is measured against.
func BenchmarkDecodeLargeWithEncodingJSON(b *testing.B) {
	data := largePact()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeLarge(b *testing.B) {
	data := largePact()
	p, err := contract.Decode(data)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := contract.Encode(p, p.Version); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDigestLarge(b *testing.B) {
	data := largePact()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := contract.Digest(data); err != nil {
			b.Fatal(err)
		}
	}
}
