package v4_test

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/pact-foundation/pact-go/v2/matchers"

	v4 "github.com/treatyhq/treaty/dsl/message/v4"
)

// printing stands for the *testing.T of a test.
type printing struct{}

func (printing) Helper() {}

func (printing) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// handle is the consumer's code: it takes a message as its queue gives it.
func handle(contents []byte) error {
	var order struct{ ID int }
	if err := json.Unmarshal(contents, &order); err != nil {
		return err
	}
	fmt.Println("order:", order.ID)
	return nil
}

// A consumer of messages hands an example of each to its own code; the pact
// file holds those that the code accepts.
func Example() {
	dir, err := os.MkdirTemp("", "pacts")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	t := printing{} // in a test, its *testing.T

	pact, err := v4.NewAsynchronousPact(v4.Config{Consumer: "mailer", Provider: "shop", PactDir: dir})
	if err != nil {
		panic(err)
	}
	err = pact.AddAsynchronousMessage().
		Given("an order was placed").
		AddExternalReference("AsyncAPI", "operationId", "onOrder").
		ExpectsToReceive("an order").
		WithJSONContent(matchers.Map{"id": matchers.Integer(7)}).
		ConsumedBy(func(m v4.AsynchronousMessage) error { return handle(m.Contents) }).
		Verify(t)
	fmt.Println("error:", err)
	// Output:
	// order: 7
	// error: <nil>
}
