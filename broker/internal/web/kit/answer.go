package kit

// Answer is the verdict of a page in a sentence, with what it rests on.
type Answer struct {
	Verdict  Verdict
	Sentence string
	// Reasons say more, a sentence each.
	Reasons []string
}
