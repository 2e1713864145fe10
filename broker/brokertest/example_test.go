package brokertest_test

import (
	"fmt"
	"testing"

	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/client"
)

// A test that needs a broker starts one of its own, which goes with the test.
func ExampleStart() {
	test := func(t *testing.T) {
		broker := brokertest.Start(t, brokertest.Password("me", "a password"))
		c, err := client.New(client.Config{BaseURL: broker.URL(), Username: "me", Password: "a password"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.CreateEnvironment(t.Context(), client.Environment{Name: "staging", DisplayName: "Staging"}); err != nil {
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

	testing.RunTests(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "Example", F: test}})
	// Output: staging is called Staging
}
