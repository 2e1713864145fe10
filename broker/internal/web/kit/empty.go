package kit

// Empty stands where there is nothing yet, and says what to do next.
type Empty struct {
	Text string
	// Commands would change it.
	Commands []Code
	Links    Links
}

// IsZero reports whether it says nothing.
func (e Empty) IsZero() bool { return e.Text == "" && len(e.Commands) == 0 && len(e.Links) == 0 }
