package kit

// Facts are what is known of one thing, each with its name.
type Facts []Fact

// Fact is one of them.
type Fact struct {
	Name string
	Cell Cell
}

// Add adds a fact that is known: one without parts is left out.
func (f *Facts) Add(name string, parts ...Part) {
	if len(parts) > 0 {
		*f = append(*f, Fact{name, parts})
	}
}
