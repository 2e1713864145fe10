package kit

// Cause is one reason for a no, told once, whatever it stands in the way of.
type Cause struct {
	Verdict Verdict
	// Title is the cause in a few words; with an address it leads to where it is
	// told whole.
	Title Link
	// Sentence says it for a person.
	Sentence string
	// Blocks is what it stands in the way of.
	Blocks Links
	// Since is when it began; a zero Time is not shown.
	Since Time
	// Asked say, each in a sentence, what was done about it already.
	Asked []string
	// Owner says whose it is and what they would do.
	Owner string
	// Whose leads to who can change it.
	Whose Cell
	// Evidence leads to what proves it.
	Evidence Links
	// Commands would change the answer, in their order.
	Commands []Code
}
