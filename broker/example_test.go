package broker_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/treatyhq/treaty/broker"
)

// A program runs a broker of its own, on a free port and in a file.
func ExampleNew() {
	dir, err := os.MkdirTemp("", "broker")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)

	options := broker.DefaultOptions()
	options.Host, options.Port = "127.0.0.1", 0
	options.Database = "sqlite:" + filepath.Join(dir, "treaty.db")
	b, err := broker.New(context.Background(), options)
	if err != nil {
		panic(err)
	}
	b.Start()
	defer b.Stop()

	response, err := http.Get(b.URL() + "/diagnostic/status/heartbeat")
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	fmt.Println(response.Status)
	// Output: 200 OK
}
