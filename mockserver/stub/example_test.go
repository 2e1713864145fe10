package stub_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/treatyhq/treaty/mockserver/stub"
)

// A stand-in for a provider, from the pacts in a folder.
func Example() {
	dir, err := os.MkdirTemp("", "pacts")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	err = os.WriteFile(filepath.Join(dir, "storefront-catalog.json"), []byte(`{
		"consumer": {"name": "storefront"}, "provider": {"name": "catalog"},
		"interactions": [{
			"description": "a request for tea",
			"request": {"method": "GET", "path": "/products/10"},
			"response": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": {"name": "tea"}}
		}],
		"metadata": {"pactSpecification": {"version": "2.0.0"}}
	}`), 0o600)
	if err != nil {
		panic(err)
	}

	feed, err := stub.Open(context.Background(), stub.Sources{Dirs: []string{dir}})
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(stub.New(feed.Table(), stub.Options{})) // a program calls Serve with a listener
	defer server.Close()

	for _, path := range []string{"/products/10", "/products/11"} {
		response, err := http.Get(server.URL + path)
		if err != nil {
			panic(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			panic(err)
		}
		_ = response.Body.Close()
		fmt.Println(response.StatusCode)
		if response.StatusCode == http.StatusOK {
			fmt.Println(string(body))
		}
	}
	// Output:
	// 200
	// {"name":"tea"}
	// 404
}
