package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// pager leads to the neighbouring pages of a list.
type pager struct{ Previous, Next string }

const pageSize = 50

// pageOf reads the page number of a request; anything odd is page 1.
func pageOf(r *http.Request) kernel.Page {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		n = 1
	}
	return kernel.Page{Number: n, Size: pageSize}
}

func pagerFor(r *http.Request, p kernel.Page, totalPages int) pager {
	at := func(n int) string {
		query := url.Values{}
		for key, values := range r.URL.Query() {
			query[key] = values
		}
		query.Set("page", strconv.Itoa(n))
		return "?" + query.Encode()
	}
	var out pager
	if p.Number > 1 {
		out.Previous = at(p.Number - 1)
	}
	if p.Number < totalPages {
		out.Next = at(p.Number + 1)
	}
	return out
}
