package delivery

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/internal/redact"
)

// shortestHidden is how long a secret is that is hidden where a receiver says it
// again, in bytes. Shorter ones would star half of the words.
const shortestHidden = 4

// masks hide secrets in what is kept and shown of an attempt, in whatever way they are
// written there.
type masks struct {
	texts    []string // the longest first
	replacer *strings.Replacer
}

// masks are those of the secrets that a webhook has itself, which an operator may want
// to see in logs, and of stored ones, which nobody is shown.
func (s *sender) masks(own []string, stored map[string]string) masks {
	var m masks
	if !s.config.ShowSecrets {
		for _, secret := range own {
			m.texts = append(m.texts, waysToWrite(secret)...)
		}
	}
	for _, secret := range stored {
		if len(secret) >= shortestHidden {
			m.texts = append(m.texts, waysToWrite(secret)...)
		}
	}
	// The longest first, lest a part of it be starred and the rest stay.
	slices.SortFunc(m.texts, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	m.texts = slices.Compact(m.texts)
	pairs := make([]string, 0, 2*len(m.texts))
	for _, text := range m.texts {
		pairs = append(pairs, text, redact.Stars)
	}
	m.replacer = strings.NewReplacer(pairs...)
	return m
}

// hide puts stars for secrets.
func (m masks) hide(text string) string { return m.replacer.Replace(text) }

// hideCut is hide for a text that was cut somewhere: a secret that was cut with it has
// to go too.
func (m masks) hideCut(text string) string {
	if len(m.texts) == 0 {
		return text
	}
	for n := min(len(m.texts[0]), len(text)); n > 0; n-- {
		end := text[len(text)-n:]
		if slices.ContainsFunc(m.texts, func(secret string) bool { return strings.HasPrefix(secret, end) }) {
			text = text[:len(text)-n]
			break
		}
	}
	return m.hide(text)
}

// shortestPiece is how long a piece of a secret is that is hidden wherever it stands, in
// bytes. Shorter ones are words of their own too often.
const shortestPiece = 8

// pieces are the parts of a secret that every way to write a text leaves as they are. A
// receiver may say JSON within JSON, or write a letter as two of another alphabet: what
// it changes is then little, and the rest must not stand there.
func pieces(secret string) []string {
	parts := strings.FieldsFunc(secret, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~", r))
	})
	return slices.DeleteFunc(parts, func(piece string) bool { return len(piece) < shortestPiece })
}

// waysToWrite are the forms that a secret may come in: as it is, in a header, as JSON
// and XML escape it, in an address or a form, in hex digits of either case, in
// base64, also in the middle of a longer text, and in its longer pieces.
func waysToWrite(secret string) []string {
	out := []string{secret, inLine("", secret), inJSON("", secret), unescapedJSON(secret), inXML("", secret)}
	out = append(out, pieces(secret)...)
	for _, escaped := range []string{url.QueryEscape(secret), url.PathEscape(secret), (&url.URL{Path: secret}).EscapedPath()} {
		out = append(out, escaped, lowerEscapes(escaped))
	}
	for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		out = append(out, alphabet.EncodeToString([]byte(secret)))
		for _, text := range append(pieces(secret), secret) {
			for before := range 3 {
				out = append(out, insideBase64(alphabet, text, before))
			}
		}
	}
	return slices.DeleteFunc(out, func(text string) bool { return len(text) < shortestHidden })
}

// unescapedJSON is a secret as JSON that is not made for HTML writes it.
func unescapedJSON(secret string) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(secret) != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(out.String(), "\n"), `"`), `"`)
}

// lowerEscapes writes %2F as %2f.
func lowerEscapes(text string) string {
	out := []byte(text)
	for i := 0; i+2 < len(out); i++ {
		if out[i] == '%' {
			copy(out[i+1:], strings.ToLower(string(out[i+1:i+3])))
		}
	}
	return string(out)
}

// insideBase64 is what of a longer text in base64 comes from the secret alone, where so
// many bytes, modulo three, stand before it.
func insideBase64(alphabet *base64.Encoding, secret string, before int) string {
	text := alphabet.EncodeToString(append(make([]byte, before), secret...))
	text = text[(8*before+5)/6:]
	if (before+len(secret))%3 != 0 {
		text = text[:max(0, len(text)-1)] // its last digit has bits of what follows
	}
	return text
}
