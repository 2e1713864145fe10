package broker_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/brokertest"
)

// BenchmarkPublish publishes new versions with new pacts over HTTP, to a file.
func BenchmarkPublish(b *testing.B) {
	address := brokertest.Start(b).URL() + "/contracts/publish"
	var count atomic.Int64
	b.SetParallelism(2)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			send(b, address, publication(count.Add(1)))
		}
	})
}

// BenchmarkRecordResult publishes results of one pact by new provider versions.
func BenchmarkRecordResult(b *testing.B) {
	base := brokertest.Start(b).URL()
	send(b, base+"/contracts/publish", publication(1))
	response, err := http.Get(base + "/pacts/provider/provider/consumer/consumer/latest")
	require.NoError(b, err)
	var pact struct {
		Links struct {
			Results struct{ Href string } `json:"pb:publish-verification-results"`
		} `json:"_links"`
	}
	require.NoError(b, json.NewDecoder(response.Body).Decode(&pact))
	require.NoError(b, response.Body.Close())
	var count atomic.Int64
	b.SetParallelism(2)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			send(b, pact.Links.Results.Href, fmt.Sprintf(`{"success":true,"providerApplicationVersion":"%d"}`, count.Add(1)))
		}
	})
}

func publication(n int64) string {
	var list []string
	for i := range 5 {
		list = append(list, fmt.Sprintf(`{"description":"request %d for order %d","request":{"method":"GET","path":"/orders/%d"},`+
			`"response":{"status":200,"body":{"id":%d,"lines":[{"sku":"a","count":1}]},`+
			`"matchingRules":{"body":{"$.id":{"matchers":[{"match":"integer"}]}}}}}`, n, i, i, i))
	}
	pact := `{"consumer":{"name":"consumer"},"provider":{"name":"provider"},"interactions":[` + strings.Join(list, ",") +
		`],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`
	return fmt.Sprintf(`{"pacticipantName":"consumer","pacticipantVersionNumber":"%d","branch":"main","contracts":[{"consumerName":"consumer",`+
		`"providerName":"provider","specification":"pact","contentType":"application/json","content":%q}]}`,
		n, base64.StdEncoding.EncodeToString([]byte(pact)))
}

// send posts JSON and fails the benchmark if the broker does not take it. It is
// called from many goroutines, so it does not end the benchmark itself.
func send(b *testing.B, address, body string) {
	response, err := http.Post(address, "application/json", strings.NewReader(body))
	if err != nil {
		b.Error(err)
		return
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		b.Errorf("%s: %s: %v", response.Status, answer, err)
	}
	_ = response.Body.Close() // it was read to its end
}
