package kit

// Comparison is what was expected beside what came.
type Comparison []Difference

// Difference is one place in which they differ.
type Difference struct {
	Where            string
	Expected, Actual string
	Why              string
}
