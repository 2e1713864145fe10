package contract

// WriteJSON exports writeJSON.
func WriteJSON(doc map[string]any) ([]byte, error) { return writeJSON(doc) }
