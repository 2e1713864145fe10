package publish

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"unicode/utf8"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/contract"
)

// document is a pact file, ready to be stored.
type document struct {
	sha          string
	body         []byte // with an _id in each interaction
	packed       []byte
	interactions int
	messages     int
	// consumer and provider are the names it has, perhaps none.
	consumer, provider string
}

// prepare reads a pact file. It is done before the transaction: hashing and
// compressing must not keep others waiting.
func (s *Service) prepare(content []byte) (document, error) {
	if !utf8.Valid(content) {
		return document{}, kernel.Errorf(kernel.CodeInvalid, "the pact is not UTF-8 text")
	}
	trimmed := bytes.TrimSpace(content)
	if len(trimmed) == 0 || trimmed[0] != '{' {
		return document{}, kernel.Errorf(kernel.CodeInvalid, "the pact must be a JSON object")
	}
	stored, err := contract.ForStorage(content)
	if err != nil {
		return document{}, kernel.Errorf(kernel.CodeInvalid, "the pact cannot be read: %v", err)
	}
	d := document{
		sha: stored.Digest, body: stored.Body, interactions: stored.Interactions, messages: stored.Messages,
		consumer: stored.Consumer, provider: stored.Provider,
	}
	if !s.Settings.EqualityOnContentOnly {
		if d.sha, err = wholeDigest(content); err != nil {
			return d, kernel.Errorf(kernel.CodeInvalid, "the pact cannot be read: %v", err)
		}
	}
	d.packed, err = kernel.PackBody(d.body)
	return d, err
}

// wholeDigest is the identity of a pact where all of its text counts.
func wholeDigest(content []byte) (string, error) {
	var whole bytes.Buffer
	if err := json.Compact(&whole, content); err != nil {
		return "", err
	}
	sum := sha1.Sum(whole.Bytes()) //nolint:gosec // see above
	return hex.EncodeToString(sum[:]), nil
}

// encodePlain is json.Marshal without escaping what HTML minds.
func encodePlain(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}
