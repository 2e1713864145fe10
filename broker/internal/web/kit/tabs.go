package kit

// Tabs switch between views of one thing. Each is an address of its own.
type Tabs struct {
	Label string
	Items []Tab
}

// Tab is one of the views.
type Tab struct {
	Text, URL string
	// Count stands beside the text; "" is none.
	Count   string
	Current bool
}
