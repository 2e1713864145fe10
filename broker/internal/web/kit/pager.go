package kit

import (
	"fmt"
	"net/url"
	"strconv"
)

// Pager leads to the neighbouring pages of a long list.
type Pager struct {
	Previous, Next string
	// Text says where the page stands, such as "Page 2 of 7".
	Text string
	// Of is what the pages are of, where there is more than one list on a page.
	Of string
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
	at := func(n int) string { return With(query, map[string]string{name: strconv.Itoa(n)}) }
	t.Pages.Text = fmt.Sprintf("Page %d of %d", page, pages)
	if page > 1 {
		t.Pages.Previous = at(page - 1)
	}
	if page < pages {
		t.Pages.Next = at(page + 1)
	}
	t.Rows = t.Rows[(page-1)*size : min(page*size, len(t.Rows))]
}
