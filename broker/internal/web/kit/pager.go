package kit

// Pager leads to the neighbouring pages of a long list.
type Pager struct {
	Previous, Next string
	// Text says where the page stands, such as "Page 2 of 7".
	Text string
	// Of is what the pages are of, where there is more than one list on a page.
	Of string
}
