package mockserver

import (
	"net/url"

	"github.com/treatyhq/treaty/contract"
)

// QueryString returns a query as it stands in an address, percent-encoded, with its
// names sorted; "" for none.
func QueryString(query contract.Values) string {
	return url.Values(query).Encode()
}
