package kit

// Twin is where the API says what a page shows.
type Twin struct {
	// Address is the path, Browser the address that opens it in the API browser; ""
	// where that cannot show it.
	Address, Browser string
	// Command asks for it.
	Command string
}
