package kernel

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// StateOf is a short text that stands for everything of a thing that a form shows. Who
// changes the thing says which state they saw, so that nobody overwrites what they have
// not seen.
func StateOf(parts ...string) string {
	text, _ := json.Marshal(parts) // texts always have a form in JSON
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}
