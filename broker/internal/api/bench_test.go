package api_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/treatyhq/treaty/broker/internal/api"
)

// serve answers one request without a network between.
func serve(b *testing.B, handler http.Handler, method, path, body string) {
	b.Helper()
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.Header.Set("Accept", "application/hal+json")
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	if recorder.Code >= http.StatusMultipleChoices {
		text, _ := io.ReadAll(recorder.Body)
		b.Fatalf("%s %s: %d %s", method, path, recorder.Code, text)
	}
}

// manyThings is a contract with ten interactions and one of its own.
func manyThings(own int) string {
	var interactions []string
	for i := range 10 {
		interactions = append(interactions, fmt.Sprintf(`{"description":"request %d","providerState":"s","request":`+
			`{"method":"GET","path":"/x/%d"},"response":{"status":200,"body":{"id":%d,"name":"thing"}}}`, i, i, i))
	}
	interactions = append(interactions, fmt.Sprintf(`{"description":"own %d","request":{"method":"GET","path":"/"},"response":{"status":200}}`, own))
	return `{"consumer":{"name":"Foo"},"provider":{"name":"Bar"},"interactions":[` + strings.Join(interactions, ",") + `]}`
}

func BenchmarkFetchPact(b *testing.B) {
	handler := handlerFor(b)
	serve(b, handler, http.MethodPut, fooBar+"/version/1", manyThings(0))
	b.ReportAllocs()
	for b.Loop() {
		serve(b, handler, http.MethodGet, fooBar+"/latest", "")
	}
}

func BenchmarkPublishContracts(b *testing.B) {
	handler := handlerFor(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		content := base64.StdEncoding.EncodeToString([]byte(manyThings(i)))
		serve(b, handler, http.MethodPost, "/contracts/publish", fmt.Sprintf(`{"pacticipantName":"Foo","pacticipantVersionNumber":"%d",`+
			`"branch":"main","contracts":[{"consumerName":"Foo","providerName":"Bar","specification":"pact",`+
			`"contentType":"application/json","content":"%s"}]}`, i, content))
	}
}

func BenchmarkIndex(b *testing.B) {
	handler := handlerFor(b)
	b.ReportAllocs()
	for b.Loop() {
		serve(b, handler, http.MethodGet, "/", "")
	}
}

func handlerFor(b *testing.B) http.Handler {
	b.Helper()
	return newAPI(b, api.Config{})
}
