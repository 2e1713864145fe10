package kernel

// Asker is who asked the gate, as far as it is known.
type Asker struct {
	// Principal is the user whose credentials came with the question.
	Principal string `json:",omitempty"`
	// BuildURL is the address of the build that asks, as it says itself.
	BuildURL string `json:",omitempty"`
}
