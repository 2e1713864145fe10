package kit

// Act is a button that does something at once. What cannot be undone asks again
// first: see [Confirm].
type Act struct {
	// Action is where it is sent, by POST.
	Action string
	Hidden []Parameter
	Text   string
	// About says what it is done to, for who does not see where the button stands.
	About string
}

// Part implements [Part].
func (Act) Part() string { return "act" }

// Plain implements [Part].
func (a Act) Plain() string { return a.Text }

func (Act) key() string { return last }
