package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// object is a JSON object.
type object = map[string]any

// size is one of the pacts of the performance targets.
type size struct {
	name  string
	count int
	items int // in each body
}

// sizes are 1 to 1,000 interactions of about 1 KB, and one body of 1.9 MB.
var sizes = []size{
	{"1 interaction", 1, 15}, {"10 interactions", 10, 15}, {"100 interactions", 100, 15}, {"1,000 interactions", 1000, 15},
	{"1 of 1.9 MB", 1, 29000},
}

// pact is one file to verify and what its provider answers.
type pact struct {
	bodies map[string][]byte // by path
	rules  object
}

func (s size) pact() pact {
	p := pact{bodies: map[string][]byte{}, rules: object{
		"$.items":          object{"matchers": []object{{"match": "type", "min": 1}}},
		"$.items[*].price": object{"matchers": []object{{"match": "decimal"}}},
	}}
	for n := range s.count {
		p.bodies[fmt.Sprintf("/products/%d", n)] = product(n, s.items)
	}
	return p
}

// provide writes the pact of a size to path, says where it listens, and
// answers as the pact expects until it is killed.
func provide(number, path string) error {
	n, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	p := sizes[n].pact()
	if err := os.WriteFile(path, p.file(), 0o600); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", listener.Addr())
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := p.bodies[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})}
	return server.Serve(listener)
}

func product(id, items int) []byte {
	list := make([]object, items)
	for n := range list {
		list[n] = object{"sku": fmt.Sprintf("s%d-%d", id, n), "qty": n, "price": 1.5, "note": "a text of some length"}
	}
	data, _ := json.Marshal(object{"id": id, "name": "product", "items": list})
	return data
}

// file is the pact as JSON of specification version 4.
func (p pact) file() []byte {
	var interactions []object
	for path, body := range p.bodies {
		interactions = append(interactions, object{
			"type": "Synchronous/HTTP", "description": "a request for " + path,
			"request": object{"method": "GET", "path": path, "headers": object{"Accept": []string{"application/json"}}},
			"response": object{
				"status": 200, "headers": object{"Content-Type": []string{"application/json"}},
				"body":          object{"content": json.RawMessage(body), "contentType": "application/json", "encoded": false},
				"matchingRules": object{"body": p.rules},
			},
		})
	}
	data, _ := json.Marshal(object{
		"consumer": object{"name": "C"}, "provider": object{"name": "P"}, "interactions": interactions,
		"metadata": object{"pactSpecification": object{"version": "4.0"}},
	})
	return data
}

// floor does the least a verifier must: it reads the pact, sends each request
// and decodes each answer.
func floor(base, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var file struct {
		Interactions []struct{ Request struct{ Method, Path string } }
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return err
	}
	for _, i := range file.Interactions {
		if err := ask(i.Request.Method, base+i.Request.Path); err != nil {
			return err
		}
	}
	return nil
}

func ask(method, url string) error {
	request, err := http.NewRequest(method, url, http.NoBody) //nolint:noctx // the process ends with its requests
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	var value any
	return json.Unmarshal(content, &value)
}
