package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"math/big"
	"strings"
)

// A value is "trt_", a prefix by which the token is found, "_", the secret, and a
// checksum of all that, by which scanners of secrets, and the broker before it asks the
// database, know a value from other texts.
const (
	valueStart   = "trt_"
	prefixLength = 8
	secretLength = 43 // 256 bits in base 62
	sumLength    = 6  // 32 bits in base 62
	valueLength  = len(valueStart) + prefixLength + 1 + secretLength + sumLength
)

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// NewValue makes a value.
func NewValue() string {
	text := valueStart + randomText(prefixLength) + "_" + randomText(secretLength)
	return text + checksum(text)
}

// randomText is n random digits. Reading random bytes cannot fail (crypto/rand ends
// the process where there are none).
func randomText(n int) string {
	out := make([]byte, n)
	for i := range out {
		digit, _ := rand.Int(rand.Reader, big.NewInt(int64(len(digits))))
		out[i] = digits[digit.Int64()]
	}
	return string(out)
}

func checksum(text string) string {
	sum := crc32.ChecksumIEEE([]byte(text))
	out := make([]byte, sumLength)
	for i := range out {
		out[sumLength-1-i] = digits[sum%uint32(len(digits))]
		sum /= uint32(len(digits))
	}
	return string(out)
}

// IsValue reports whether a text is written as the value of a token is. Whether there
// is such a token, it does not say.
func IsValue(text string) bool {
	if len(text) != valueLength || !strings.HasPrefix(text, valueStart) || text[len(valueStart)+prefixLength] != '_' {
		return false
	}
	return checksum(text[:valueLength-sumLength]) == text[valueLength-sumLength:]
}

// prefixOf is the part of a value that its token is found by.
func prefixOf(value string) string { return value[len(valueStart) : len(valueStart)+prefixLength] }

// newSecret is 256 random bits in base 62.
func newSecret() string { return randomText(secretLength) }

// hashOf is what is stored of a value.
func hashOf(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}
