package mockserver_test

import (
	"fmt"
	"io"
	"net/http"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/mockserver"
)

// A server plays the interactions of a pact and tells afterwards what it saw.
func ExampleStart() {
	tea := &contract.HTTP{
		Common:  contract.Common{Description: "a request for tea"},
		Request: contract.Request{Method: "GET", Path: "/tea"},
		Response: contract.Response{
			Status: 200, Headers: contract.Values{"Content-Type": {"application/json"}},
			Body: contract.NewBody([]byte(`{"stock":3}`), "application/json"),
		},
	}
	server, err := mockserver.Start([]*contract.HTTP{tea}, mockserver.Config{})
	if err != nil {
		panic(err)
	}
	defer server.Close()

	for _, path := range []string{"/tea", "/coffee"} {
		response, err := http.Get(server.URL() + path)
		if err != nil {
			panic(err)
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			fmt.Println(path, string(body))
		}
	}

	results := server.Results()
	fmt.Println("as expected:", results.OK())
	for _, failure := range results.Failures {
		fmt.Println(failure.Sentence())
	}
	// Output:
	// /tea {"stock":3}
	// as expected: false
	// GET /coffee was received, and no interaction expects it; the nearest is "a request for tea"
}
