package identity

// WithPrefixOf makes a value that is written as a token's is, with the prefix of another.
func WithPrefixOf(value string) string {
	text := value[:len(valueStart)+prefixLength] + "_" + randomText(secretLength)
	return text + checksum(text)
}

// PrefixOf is the part of a value by which its token is found.
func PrefixOf(value string) string { return prefixOf(value) }
