package engine

// Answers are what was found out about the database on a snapshot, for those who
// look at the same state of it again. They are not safe for concurrent use, and
// nobody changes what is in them.
type Answers struct {
	kept   map[any]any
	weight int
}

const (
	// heaviest is how many bytes answers may have together, of which all are given
	// up at once; one alone may have half of it.
	heaviest = 1 << 19
	// frame is what one has at least.
	frame = 1 << 10
)

// Get returns the answer that was kept under a key.
func (a *Answers) Get(key any) (answer any, known bool) {
	answer, known = a.kept[key]
	return answer, known
}

// Put keeps an answer of about so many bytes.
func (a *Answers) Put(key, answer any, weight int) {
	if weight += frame; weight > heaviest/2 {
		return
	}
	if a.weight += weight; a.kept == nil || a.weight > heaviest {
		a.kept, a.weight = map[any]any{}, weight
	}
	a.kept[key] = answer
}

// Clear gives up all of them.
func (a *Answers) Clear() { *a = Answers{} }
