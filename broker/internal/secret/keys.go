package secret

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// keyLength is that of AES-256, in bytes.
const keyLength = 32

// Keys are what secrets are encrypted with. The first encrypts, all of them decrypt.
// The zero value has none. It is safe for concurrent use, and prints nothing of them.
type Keys struct{ all []key }

type key struct {
	// name is told, and says nothing of the key.
	name string
	gcm  cipher.AEAD
}

// String keeps the keys out of logs.
func (k Keys) String() string { return fmt.Sprintf("%d keys for secrets", len(k.all)) }

// GoString is String.
func (k Keys) GoString() string { return k.String() }

// ParseKeys reads keys: each is 32 bytes in base64, and they are separated by spaces,
// commas or lines. An error says which of them is none, by its place alone.
func ParseKeys(text string) (Keys, error) {
	var out Keys
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n,", r) })
	for i, word := range words {
		raw, err := decode(word)
		if err != nil || len(raw) != keyLength {
			return Keys{}, fmt.Errorf("key %d of %d is not %d bytes in base64; make one with: openssl rand -base64 %d", i+1, len(words), keyLength, keyLength)
		}
		block, err := aes.NewCipher(raw)
		if err != nil {
			return Keys{}, errors.New("a key does not fit AES-256")
		}
		gcm, err := cipher.NewGCM(block)
		if err != nil {
			return Keys{}, errors.New("a key does not fit AES-256-GCM")
		}
		name := nameOf(raw)
		if slices.ContainsFunc(out.all, func(k key) bool { return k.name == name }) {
			return Keys{}, fmt.Errorf("key %d of %d stands there twice", i+1, len(words))
		}
		out.all = append(out.all, key{name, gcm})
	}
	return out, nil
}

// decode reads base64 in both alphabets, with padding or without.
func decode(word string) ([]byte, error) {
	word = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(word), "=")
	return base64.RawStdEncoding.DecodeString(word)
}

// nameOf names a key by what leads nobody back to it.
func nameOf(raw []byte) string {
	sum := sha256.Sum256(append([]byte("the name of a key for secrets\x00"), raw...))
	return hex.EncodeToString(sum[:6])
}

// Any reports whether there is a key.
func (k Keys) Any() bool { return len(k.all) > 0 }

// Newest names the key that encrypts; empty if there is none.
func (k Keys) Newest() string {
	if !k.Any() {
		return ""
	}
	return k.all[0].name
}

// seal encrypts a value for a secret with the first key, and notes which that is.
func (k Keys) seal(s *kernel.Secret, value string) error {
	if !k.Any() {
		return errNoKey()
	}
	first := k.all[0]
	nonce := make([]byte, first.gcm.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return fmt.Errorf("draw a nonce: %w", err)
	}
	s.Sealed, s.Key = first.gcm.Seal(nonce, nonce, []byte(value), boundTo(*s)), first.name
	return nil
}

// open decrypts the value of a secret. The error says what is wrong for whoever runs
// the broker, and nothing of the value.
func (k Keys) open(s kernel.Secret) (string, error) {
	at := slices.IndexFunc(k.all, func(k key) bool { return k.name == s.Key })
	if at < 0 {
		return "", fmt.Errorf("the secret %s was encrypted with the key %s, which this broker does not have: it has to stand in --secrets-key or --secrets-key-file, after the newest one", s.Name, s.Key)
	}
	gcm := k.all[at].gcm
	if len(s.Sealed) >= gcm.NonceSize() {
		nonce, sealed := s.Sealed[:gcm.NonceSize()], s.Sealed[gcm.NonceSize():]
		if value, err := gcm.Open(nil, nonce, sealed, boundTo(s)); err == nil {
			return string(value), nil
		}
	}
	return "", fmt.Errorf("the secret %s cannot be decrypted: its row in the database was changed from outside. Give its value again", s.Name)
}

// boundTo is what a sealed value belongs to. Each part is preceded by its length, so
// that no two lists of parts are the same bytes.
func boundTo(s kernel.Secret) []byte {
	var out bytes.Buffer
	for _, part := range append([]string{"secret 1", s.UUID, s.Name, s.Team}, s.Hosts...) {
		fmt.Fprintf(&out, "%d:%s", len(part), part)
	}
	return out.Bytes()
}

// errNoKey tells whoever wants to keep a secret what the broker lacks.
func errNoKey() error {
	return kernel.Errorf(kernel.CodeConflict, "This broker has no key to encrypt secrets with. Its operator sets --secrets-key-file (PACT_BROKER_SECRETS_KEY_FILE) to a file with 32 random bytes in base64, or PACT_BROKER_SECRETS_KEY; openssl rand -base64 32 makes one.")
}
