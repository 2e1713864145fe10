package client_test

import (
	"net/http"
	"net/http/httptest"
)

// exampleBroker answers the example as a broker does, and returns its address.
// It listens until the tests end.
func exampleBroker() string {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", hal(http.StatusOK, index))
	mux.Handle("POST /contracts/publish", hal(http.StatusOK, `{"notices":[],"_links":{}}`))
	mux.Handle("GET /matrix", hal(http.StatusOK,
		`{"summary":{"deployable":true,"reason":"All required verification results are published and successful"}}`))
	return httptest.NewServer(mux).URL
}
