package api

import (
	"fmt"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/hal"
)

// defaultPageSize is the size of a page if only its number is given.
const defaultPageSize = 100

// readQuery reads the query string of a request.
func readQuery(c echo.Context) (query, error) {
	q, err := parseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return q, kernel.Errorf(kernel.CodeInvalid, "The query string cannot be read: %v", err)
	}
	return q, nil
}

// readPage reads page and size, or the older pageNumber and pageSize. Without
// either it returns otherwise, mostly the whole list.
func readPage(q query, otherwise kernel.Page) (kernel.Page, error) {
	number, size := "page", "size"
	if !q.has(number) && !q.has(size) {
		number, size = "pageNumber", "pageSize"
	}
	if !q.has(number) && !q.has(size) {
		return otherwise, nil
	}
	found := &fieldProblems{}
	page := kernel.Page{
		Number: atLeastOne(found, q, number, 1),
		Size:   atLeastOne(found, q, size, defaultPageSize),
	}
	return page, found.err()
}

// checkPage refuses page parameters that are none.
func checkPage(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	_, err = readPage(q, kernel.Page{})
	return err
}

// maxPageNumber keeps offsets within what databases count.
const maxPageNumber = 1 << 31

func atLeastOne(found *fieldProblems, q query, name string, otherwise int) int {
	if !q.has(name) {
		return otherwise
	}
	value, err := strconv.Atoi(q.text(name))
	switch {
	case err != nil:
		found.fail(name, "must be an integer")
	case value < 1:
		found.fail(name, "must be greater than or equal to 1")
	case value > maxPageNumber:
		found.fail(name, fmt.Sprintf("must be less than or equal to %d", maxPageNumber))
	}
	return value
}

// addPage adds the numbers of a page and the links to its neighbours. A whole
// list has neither.
func addPage[T any](r *hal.Resource, list kernel.Paged[T], resource string) *hal.Resource {
	page := list.Page
	if page.Whole() {
		return r
	}
	r.Set("page", new(hal.Object).
		Set("number", page.Number).Set("size", page.Size).
		Set("totalElements", list.Total).Set("totalPages", list.TotalPages()))
	if page.Number < list.TotalPages() {
		r.Link("next", pageLink(resource, page.Size, page.Number+1, "Next page"))
	}
	if page.Number > 1 {
		r.Link("previous", pageLink(resource, page.Size, page.Number-1, "Previous page"))
	}
	return r
}

func pageLink(resource string, size, number int, title string) hal.Link {
	return hal.Link{Href: fmt.Sprintf("%s?size=%d&page=%d", resource, size, number), Title: title}
}

// selfWithQuery is the address of a request with its query string.
func (a *API) selfWithQuery(c echo.Context) string {
	if raw := c.Request().URL.RawQuery; raw != "" {
		return a.requestURL(c) + "?" + raw
	}
	return a.requestURL(c)
}
