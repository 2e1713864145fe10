package kit

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Pager leads to the neighbouring pages of a long list.
type Pager struct {
	Previous, Next string
	// Text says where the page stands, such as "Page 2 of 7".
	Text string
	// Of is what the pages are of, where there is more than one list on a page.
	Of string
}

// PagerAt leads from one of so many pages to its neighbours, which a parameter of the
// address asks for; address is what stands before the parameters, "" for the same
// page of the dashboard. What comes before "-page" in the name of the parameter is what
// the pages are of. A page after the last says nothing of where it stands.
func PagerAt(address string, query url.Values, parameter string, page, pages int) Pager {
	at := func(n int) string {
		return address + With(query, map[string]string{parameter: strconv.Itoa(n)})
	}
	var out Pager
	if of, others := strings.CutSuffix(parameter, "-page"); others {
		out.Of = strings.ReplaceAll(of, "-", " ")
	}
	if page > 1 {
		out.Previous = at(page - 1)
	}
	if page < pages {
		out.Next = at(page + 1)
	}
	if page <= pages {
		out.Text = fmt.Sprintf("Page %d of %d", page, pages)
	}
	return out
}

// Cut leaves the rows of the page that the address asks for, of so many rows, and
// leads to its neighbours. A page that is not there is the nearest that is. It goes
// after Sort.
func (t *Table) Cut(query url.Values, size int) {
	if len(t.Rows) <= size {
		return
	}
	pages := (len(t.Rows) + size - 1) / size
	name := t.parameter("page")
	page, err := strconv.Atoi(query.Get(name))
	if err != nil {
		page = 1
	}
	page = min(max(page, 1), pages)
	t.Pages = PagerAt("", query, name, page, pages)
	t.Rows = t.Rows[(page-1)*size : min(page*size, len(t.Rows))]
}
