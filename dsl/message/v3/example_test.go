package v3_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/treatyhq/treaty/contract"
	v3 "github.com/treatyhq/treaty/dsl/message/v3"
)

// printing stands for the *testing.T of a test.
type printing struct{}

func (printing) Helper() {}

func (printing) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// sold is the consumer's message, and book its own code that handles one.
type sold struct {
	Product string `json:"product"`
	Pieces  int    `json:"pieces"`
}

func book(s sold) error {
	if s.Pieces < 1 {
		return fmt.Errorf("%s: nothing was sold", s.Product)
	}
	fmt.Println("booked:", s.Pieces, s.Product)
	return nil
}

// A test of who listens to a queue describes the message, and hands it to the code
// that handles it. No queue is needed.
func Example() {
	dir, err := os.MkdirTemp("", "pacts")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	t := printing{} // in a test, its *testing.T

	pact, err := v3.NewAsynchronousPact(v3.Config{Consumer: "accounts", Provider: "shop-events", PactDir: dir})
	if err != nil {
		panic(err)
	}
	err = pact.AddAsynchronousMessage().
		Given("product tea exists").
		ExpectsToReceive("a product was sold").
		WithJSONContent(matchers.Map{"product": matchers.Like("tea"), "pieces": matchers.Integer(3)}).
		AsType(&sold{}).
		ConsumedBy(func(m v3.MessageContents) error { return book(*m.Content.(*sold)) }).
		Verify(t)
	if err != nil {
		panic(err)
	}

	file, err := os.ReadFile(filepath.Join(dir, "accounts-shop-events.json"))
	if err != nil {
		panic(err)
	}
	written, err := contract.Decode(file)
	if err != nil {
		panic(err)
	}
	fmt.Println("written:", written.Interactions[0].Base().Description, "-", written.Version)
	// Output:
	// booked: 3 tea
	// written: a product was sold - 3.0.0
}
