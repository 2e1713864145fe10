package broker

// MatrixReader reads what the gate decides on: heads, live versions, and the
// result of a content by a provider version.
type MatrixReader interface{}
