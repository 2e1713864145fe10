package registry

// Change is a field of a request that may be absent. Null and the empty
// string are both Given with an empty Value.
type Change struct {
	Given bool
	Value string
}

// Set returns a given Change.
func Set(value string) Change { return Change{Given: true, Value: value} }

// Or returns the new value if c is given, and old otherwise.
func (c Change) Or(old string) string {
	if c.Given {
		return c.Value
	}
	return old
}
