package brokertest_test

import (
	"fmt"
	"testing"

	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/client"
)

// A test that needs a broker starts one of its own, which goes with the test.
func ExampleStart() {
	var t *testing.T // that of the test

	broker := brokertest.Start(t, brokertest.Password("me", "a password"))
	c, err := client.New(client.Config{BaseURL: broker.URL(), Username: "me", Password: "a password"})
	if err != nil {
		t.Fatal(err)
	}
	environments, err := c.ListEnvironments(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range environments.Entries {
		fmt.Println(e.Name, "is called", e.DisplayName)
	}
}
