// Command storefront runs the shop pages of the example.
package main

import (
	"flag"
	"log"
	"net/http"
	"time"

	"github.com/treatyhq/treaty/examples/catalog/storefront"
)

func main() {
	address := flag.String("listen", "127.0.0.1:8080", "address to listen on")
	catalog := flag.String("catalog", "http://127.0.0.1:8081", "address of the catalog service")
	flag.Parse()
	log.Printf("storefront on http://%s, catalog at %s", *address, *catalog)
	server := &http.Server{
		Addr:              *address,
		Handler:           storefront.Handler(storefront.NewCatalog(*catalog)),
		ReadHeaderTimeout: 5 * time.Second,
	}
	log.Fatal(server.ListenAndServe())
}
