package web

import (
	"fmt"
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
	at := func(n int) string { return kit.With(r.URL.Query(), map[string]string{"page": strconv.Itoa(n)}) }
	var out kit.Pager
	if p.Number > 1 {
		out.Previous = at(p.Number - 1)
	}
	if p.Number < totalPages {
		out.Next = at(p.Number + 1)
	}
	if p.Number <= totalPages {
		out.Text = fmt.Sprintf("Page %d of %d", p.Number, totalPages)
	}
	return out
}
