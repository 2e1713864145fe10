package kernel

// Page names a part of a list. The zero value means the whole list.
type Page struct {
	Number int // from 1
	Size   int
}

// Whole reports whether p means the whole list.
func (p Page) Whole() bool { return p.Size == 0 }

// Offset returns how many items come before the page.
func (p Page) Offset() int {
	if p.Number < 2 {
		return 0
	}
	return (p.Number - 1) * p.Size
}

// Paged is a part of a list.
type Paged[T any] struct {
	Items []T
	// Page is the page asked for; its zero value says that Items is the whole.
	Page Page
	// Total counts all items on all pages.
	Total int
}

// TotalPages returns the number of pages, 1 for a whole list.
func (p Paged[T]) TotalPages() int {
	if p.Page.Whole() {
		return 1
	}
	return (p.Total + p.Page.Size - 1) / p.Page.Size
}
