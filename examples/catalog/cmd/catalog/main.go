// Command catalog runs the catalog service of the example.
package main

import (
	"flag"
	"log"
	"net/http"
	"time"

	"github.com/treatyhq/treaty/examples/catalog/catalog"
)

func main() {
	address := flag.String("listen", "127.0.0.1:8081", "address to listen on")
	file := flag.String("file", "catalog.json", "where products are kept; empty keeps them in memory")
	number := flag.String("release", "", "which release of the service to be; the newest if empty")
	flag.Parse()
	if err := run(*address, *file, *number); err != nil {
		log.Fatal(err)
	}
}

func run(address, file, number string) error {
	release, err := catalog.ParseRelease(number)
	if err != nil {
		return err
	}
	store, err := catalog.OpenStore(file)
	if err != nil {
		return err
	}
	if len(store.List("", 0)) == 0 {
		if err := store.Put(catalog.Assortment()...); err != nil {
			return err
		}
	}
	log.Printf("catalog %s on http://%s/products", release, address)
	server := &http.Server{Addr: address, Handler: catalog.Handler(store, release), ReadHeaderTimeout: 5 * time.Second}
	return server.ListenAndServe()
}
