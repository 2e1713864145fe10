package manager_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/treatyhq/treaty/mockserver/manager"
)

// A consumer in any language: it sends its draft of a pact, asks the mock server that
// it gets, and has the pact written when it was asked all that the draft says.
func Example() {
	dir, err := os.MkdirTemp("", "pacts")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	m := manager.New(manager.Config{Output: dir})
	defer m.Close()
	master := httptest.NewServer(m.Handler()) // a program calls http.ListenAndServe
	defer master.Close()

	post := func(path, body string, into any) int {
		response, err := http.Post(master.URL+path, "application/json", bytes.NewBufferString(body))
		if err != nil {
			panic(err)
		}
		defer response.Body.Close()
		if err := json.NewDecoder(response.Body).Decode(into); err != nil {
			panic(err)
		}
		return response.StatusCode
	}
	var created manager.CreatedDoc
	post("/", `{
		"consumer": {"name": "storefront"}, "provider": {"name": "catalog"},
		"interactions": [{"description": "a request for tea", "request": {"method": "GET", "path": "/tea"}, "response": {"status": 204}}],
		"metadata": {"pactSpecification": {"version": "2.0.0"}}
	}`, &created)
	verify := "/mockserver/" + created.MockServer.ID + "/verify"

	var verified manager.VerifiedDoc
	fmt.Println("before:", post(verify, "", &verified), verified.Mismatches[0].Type)
	response, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/tea", created.MockServer.Port))
	if err != nil {
		panic(err)
	}
	_ = response.Body.Close()
	fmt.Println("asked:", response.StatusCode)
	fmt.Println("after:", post(verify, "", &verified))

	files, err := os.ReadDir(dir)
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		fmt.Println("written:", file.Name())
	}
	// Output:
	// before: 422 missing-request
	// asked: 204
	// after: 200
	// written: storefront-catalog.json
}
