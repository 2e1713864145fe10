package web

import (
	"net/http"
	"net/url"
	"slices"
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

// cutList leaves the part of a list that the address asks for, and leads to its
// neighbours. A page that is not there is the nearest that is. The part is a copy.
func cutList[T any](query url.Values, parameter string, list []T, size int) ([]T, kit.Pager) {
	pages := max(1, (len(list)+size-1)/size)
	page, err := strconv.Atoi(query.Get(parameter))
	if err != nil {
		page = 1
	}
	page = min(max(page, 1), pages)
	part := slices.Clone(list[(page-1)*size : min(page*size, len(list))])
	if pages == 1 {
		return part, kit.Pager{}
	}
	return part, kit.PagerAt("", query, parameter, page, pages)
}
