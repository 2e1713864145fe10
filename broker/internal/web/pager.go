package web

import (
	"net/http"
	"strconv"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

const pageSize = 50

// pageOf reads the page number of a request; anything odd is page 1.
func pageOf(r *http.Request) kernel.Page {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		n = 1
	}
	return kernel.Page{Number: n, Size: pageSize}
}

func pagerFor(r *http.Request, p kernel.Page, totalPages int) kit.Pager {
	return kit.PagerAt("", r.URL.Query(), "page", p.Number, totalPages)
}
