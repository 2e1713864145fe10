// Package show prints pacts for people, as treaty pact show does: each
// interaction with what is sent, what is answered, and the matching rules in
// words. Begin with [Write]. It is for reading: what is printed cannot be read
// back, and its form may change.
package show

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/internal/walk"
)

// Write prints a pact as text: each interaction with its provider states, what
// is sent, what is answered, and the rules in words. p is not changed. The error is
// that of w.
func Write(w io.Writer, p *contract.Pact) error {
	s := &printer{}
	s.line(0, "%s -> %s", p.Consumer, p.Provider)
	s.line(0, "%s, specification version %s", count(len(p.Interactions), "interaction"), p.Version)
	for n, i := range p.Interactions {
		s.line(0, "")
		s.line(0, "%d. %s", n+1, i.Base().Description)
		s.common(i.Base())
		s.interaction(i)
	}
	_, err := w.Write(s.text.Bytes())
	return err
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// printer collects lines.
type printer struct{ text bytes.Buffer }

func (s *printer) line(indent int, format string, args ...any) {
	line := printable(fmt.Sprintf(format, args...))
	if line != "" {
		s.text.WriteString(strings.Repeat("  ", indent))
	}
	s.text.WriteString(line + "\n")
}

// printable replaces control characters, so that a contract cannot steer the
// terminal it is shown on.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '\ufffd'
		}
		return r
	}, s)
}

func (s *printer) common(c *contract.Common) {
	for _, state := range c.States {
		params := ""
		if len(state.Params) > 0 {
			params = " " + walk.Text(state.Params)
		}
		s.line(1, "given %s%s", state.Name, params)
	}
	if c.Pending {
		s.line(1, "pending: may fail without failing a build")
	}
	if c.Transport != "" {
		s.line(1, "over %s", c.Transport)
	}
	if text, ok := c.Comments["text"].([]any); ok {
		for _, comment := range text {
			s.line(1, "# %v", comment)
		}
	}
	for _, reference := range c.References() {
		s.line(1, "see %s", reference)
	}
}

func (s *printer) interaction(i contract.Interaction) {
	switch i := i.(type) {
	case *contract.HTTP:
		s.request(i.Request)
		s.response(i.Response)
	case *contract.AsyncMessage:
		s.line(1, "message")
		s.message(i.Message)
	case *contract.SyncMessage:
		s.line(1, "request message")
		s.message(i.Request)
		for _, answer := range i.Responses {
			s.line(1, "answer message")
			s.message(answer)
		}
	}
}

func (s *printer) request(r contract.Request) {
	target := r.Path
	if len(r.Query) > 0 {
		target += "?" + contract.FormatQuery(r.Query)
	}
	s.line(1, "%s %s", r.Method, target)
	s.part(r.Headers, r.Body, r.Rules, r.Generators)
}

func (s *printer) response(r contract.Response) {
	s.line(1, "answers %d", r.Status)
	s.part(r.Headers, r.Body, r.Rules, r.Generators)
}

func (s *printer) part(headers contract.Values, b contract.Body, rules contract.RuleSet, generators contract.GeneratorSet) {
	for _, name := range headers.Names() {
		s.line(2, "%s: %s", name, strings.Join(headers[name], ", "))
	}
	s.body(b)
	s.rules(rules)
	s.generators(generators)
}

func (s *printer) message(m contract.Message) {
	for _, key := range walk.SortedKeys(m.Metadata) {
		s.line(2, "%s: %s", key, walk.Text(m.Metadata[key]))
	}
	s.body(m.Contents)
	s.rules(m.Rules)
	s.generators(m.Generators)
}

// mostBody bounds how much of a body is printed, in bytes.
const mostBody = 64 << 10

func (s *printer) body(b contract.Body) {
	switch b.State {
	case contract.BodyMissing:
		return
	case contract.BodyNull:
		s.line(2, "body: null")
		return
	case contract.BodyEmpty:
		s.line(2, "body: empty")
		return
	case contract.BodyPresent:
	}
	s.line(2, "body (%s, %s)", typeOf(b), count(len(b.Content), "byte"))
	var pretty bytes.Buffer
	text := b.Content
	if _, ok := walk.JSON(b); ok && json.Indent(&pretty, text, "", "  ") == nil {
		text = pretty.Bytes()
	}
	if !utf8.Valid(text) {
		return
	}
	if len(text) > mostBody {
		text = []byte(strings.ToValidUTF8(string(text[:mostBody]), "") + "\n…")
	}
	for _, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		s.line(3, "%s", line)
	}
}

func typeOf(b contract.Body) string {
	if b.ContentType == "" {
		return "unknown type"
	}
	return b.ContentType
}

// order is the order in which the parts of an exchange are shown.
var order = []contract.Category{
	contract.CategoryMethod, contract.CategoryPath, contract.CategoryQuery, contract.CategoryStatus,
	contract.CategoryHeader, contract.CategoryMetadata, contract.CategoryBody,
}

func (s *printer) rules(rules contract.RuleSet) {
	if len(rules) == 0 {
		return
	}
	s.line(2, "accepts")
	for _, category := range order {
		for _, key := range walk.SortedKeys(rules[category]) {
			s.line(3, "%s: %s", where(category, key), walk.Words(rules[category][key]))
		}
	}
}

func (s *printer) generators(generators contract.GeneratorSet) {
	if len(generators) == 0 {
		return
	}
	s.line(2, "generates")
	for _, category := range order {
		for _, key := range walk.SortedKeys(generators[category]) {
			g := generators[category][key]
			text := g.Type
			if len(g.Attrs) > 0 {
				text += " " + walk.Text(g.Attrs)
			}
			s.line(3, "%s: %s", where(category, key), text)
		}
	}
}

func where(category contract.Category, key string) string {
	switch {
	case category == contract.CategoryBody:
		return key
	case key == "":
		return string(category)
	default:
		return string(category) + " " + key
	}
}
