package mockserver

import (
	"net/http"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// corsHeaders lets a page of any origin read the answer; a header that the
// interaction itself defines replaces the one set here.
func corsHeaders(header http.Header, origin string) {
	if origin == "" {
		origin = "*"
	}
	header.Set("Access-Control-Allow-Origin", origin)
	header.Set("Access-Control-Allow-Headers", "*")
	header.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH")
	header.Set("Access-Control-Expose-Headers", "Location, Link")
	header.Set("Access-Control-Allow-Credentials", "true")
}

// preflight answers a browser's OPTIONS request that no interaction expects.
func preflight(w http.ResponseWriter, request contract.Request) {
	origin, wanted := "", []string{}
	for name, values := range request.Headers {
		switch strings.ToLower(name) {
		case "origin":
			origin = values[0]
		case "access-control-request-headers":
			wanted = append(wanted, values...)
		}
	}
	corsHeaders(w.Header(), origin)
	w.Header().Set("Access-Control-Allow-Headers", strings.Join(append(wanted, "*"), ", "))
	w.WriteHeader(http.StatusNoContent)
}
