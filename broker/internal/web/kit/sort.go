package kit

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// Sort orders the rows as the address asks, and makes the titles of the columns
// that have a key into links that ask for it. A column that is not there is
// ignored, and the rows stay as they are.
func (t *Table) Sort(query url.Values) {
	asked := cmp.Or(query.Get(t.parameter("sort")), t.Begin)
	key, descending := strings.CutPrefix(asked, "-")
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Key == "" {
			continue
		}
		sorted := c.Key == key && key != ""
		if sorted {
			c.Order = "ascending"
			if descending {
				c.Order = "descending"
			}
			t.order(i, descending)
		}
		next := c.Key
		if sorted && !descending || !sorted && c.NewestFirst {
			next = "-" + c.Key
		}
		c.URL = With(query, map[string]string{t.parameter("sort"): next, t.parameter("page"): ""})
	}
}

// order sorts by a column. What is not there comes last in both directions.
func (t *Table) order(column int, descending bool) {
	slices.SortStableFunc(t.Rows, func(a, b Row) int {
		x, y := a.key(column), b.key(column)
		switch {
		case x == y:
			return 0
		case x == last:
			return 1
		case y == last:
			return -1
		case descending:
			return strings.Compare(y, x)
		}
		return strings.Compare(x, y)
	})
}

func (r Row) key(column int) string {
	if column >= len(r) || len(r[column]) == 0 {
		return last
	}
	return r[column][0].key()
}

// parameter is the name of one of the table's parameters.
func (t *Table) parameter(of string) string {
	if t.Name == "" {
		return of
	}
	return t.Name + "-" + of
}

// isPage reports whether a parameter of the address is the page of a table.
func isPage(parameter string) bool {
	return parameter == "page" || strings.HasSuffix(parameter, "-page")
}

// With is the address of the same page with some parameters changed; an empty
// value takes one away. Whoever asks for another list begins with its first page:
// taking "page" away takes away the pages of all tables.
func With(query url.Values, change map[string]string) string {
	out := url.Values{}
	value, given := change["page"]
	first := given && value == ""
	for key, values := range query {
		if !first || !isPage(key) {
			out[key] = values
		}
	}
	for key, value := range change {
		if value == "" {
			out.Del(key)
		} else {
			out.Set(key, value)
		}
	}
	return "?" + out.Encode()
}
