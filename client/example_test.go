package client_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/treatyhq/treaty/client"
)

// A pipeline publishes what a consumer's tests have written, and asks whether
// the version may go to production.
func Example() {
	ctx := context.Background()
	brokerURL := exampleBroker() // such as https://broker.example.com
	pact := []byte(`{"consumer": {"name": "storefront"}, "provider": {"name": "catalog"}, "interactions": []}`)

	c, err := client.New(client.Config{BaseURL: brokerURL})
	if err != nil {
		panic(err)
	}
	_, err = c.Publish(ctx, client.Publication{
		Pacticipant: "storefront", Version: "5d1f2c9", Branch: "main",
		Pacts: []client.PublishedPact{{Consumer: "storefront", Provider: "catalog", Content: pact}},
	})
	switch {
	case errors.Is(err, client.ErrConflict):
		fmt.Println("this version has published another pact before")
	case err != nil:
		panic(err)
	}

	decision, err := c.CanIDeploy(ctx, client.CanIDeployQuery{
		Selectors:   []client.Selector{{Pacticipant: "storefront", Version: "5d1f2c9"}},
		Environment: "production",
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(decision.Verdict())
	fmt.Println(decision.Summary.Reason)
	// Output:
	// yes
	// All required verification results are published and successful
}
