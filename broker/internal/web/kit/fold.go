package kit

// Fold is what is there on demand: the commands for something, under a few words.
type Fold struct {
	Summary string
	Codes   []Code
}

// Part implements [Part].
func (Fold) Part() string { return "fold" }

// Plain implements [Part].
func (f Fold) Plain() string { return f.Summary }

func (f Fold) key() string { return f.Summary }
