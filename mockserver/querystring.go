package mockserver

import (
	"net/url"

	"github.com/treatyhq/treaty/contract"
)

// QueryString writes a query with its names sorted.
func QueryString(query contract.Values) string {
	return url.Values(query).Encode()
}
