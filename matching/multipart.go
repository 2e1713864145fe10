package matching

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// mimePart is one part of a multipart body, its transfer encoding undone.
type mimePart struct {
	name   string // of Content-Disposition, else its number
	nth    int    // among the parts of that name
	named  bool
	file   bool // it has a file name, or no disposition at all
	header textproto.MIMEHeader
	body   []byte
}

// compareMultipart compares multipart bodies part by part (rule 22 in
// doc.go). Further actual parts are ignored.
func compareMultipart(b bodies, out *collector) {
	if b.depth++; b.depth > maxMultipartDepth {
		out.add(Mismatch{Kind: KindBody, Path: "$", Why: fmt.Sprintf("Multipart bodies nest deeper than %d levels", maxMultipartDepth)})
		return
	}
	expected, err := parseMultipart(b.expected, ownBoundary(b.expected, b.expectedType))
	if err != nil {
		out.add(Mismatch{Kind: KindBody, Path: "$", Why: fmt.Sprintf("The expected multipart body cannot be read: %v; correct the contract", err)})
		return
	}
	actual, err := parseMultipart(b.actual, b.actualType)
	if err != nil {
		out.add(Mismatch{Kind: KindBody, Path: "$", Actual: cut(string(b.actual)), Why: fmt.Sprintf("Expected a multipart body but could not read it: %v", err)})
		return
	}
	found := map[string]mimePart{}
	for _, p := range actual {
		found[p.key()] = p
	}
	for _, e := range expected {
		w := partWalk{bodies: b, part: e, out: out, state: b.rules.root.part(e)}
		a, ok := found[e.key()]
		switch {
		case !ok:
			w.add(Mismatch{Expected: e.name, Absent: true, Why: fmt.Sprintf("Expected a MIME part '%s' but was missing", e.name)})
		case e.file != a.file:
			w.add(Mismatch{Why: fmt.Sprintf("Expected a MIME %s '%s' but was %s", e.kind(), e.name, a.kind())})
		default:
			w.compare(a)
		}
	}
}

// maxMultipartDepth bounds multipart bodies inside of each other: each level
// is read once more.
const maxMultipartDepth = 10

// ownBoundary is the type of a contract's body with the boundary that stands
// in it: headers of contracts are examples, whose boundary may be another. What
// is received must have the boundary that it says.
func ownBoundary(content []byte, t contract.ContentType) contract.ContentType {
	if boundary := t.Params["boundary"]; boundary != "" && bytes.Contains(content, []byte("--"+boundary)) {
		return t
	}
	bare := contract.ContentType{Main: t.Main, Sub: t.Sub, Suffix: t.Suffix}
	if found := bare.WithBoundary(contract.ContentType{}, content); found.Params["boundary"] != "" {
		return found
	}
	return t
}

func (p mimePart) key() string { return p.name + "\x00" + strconv.Itoa(p.nth) }

func (p mimePart) kind() string {
	if p.file {
		return "file"
	}
	return "field"
}

// token is the part's step in a path expression.
func (p mimePart) token() contract.Token {
	if i, err := strconv.Atoi(p.name); err == nil && !p.named {
		return contract.Token{Kind: contract.TokenIndex, Index: i}
	}
	return field(p.name)
}

// part is the state for a part of a multipart body.
func (s *ruleState) part(p mimePart) *ruleState {
	if t := p.token(); t.Kind == contract.TokenIndex {
		return s.element(t.Index)
	}
	return s.member(p.name)
}

// parseMultipart reads all parts by the boundary of the content type.
func parseMultipart(data []byte, t contract.ContentType) ([]mimePart, error) {
	boundary := t.Params["boundary"]
	if boundary == "" {
		return nil, errors.New("the content type has no boundary")
	}
	var parts []mimePart
	seen := map[string]int{}
	for r := multipart.NewReader(bytes.NewReader(data), boundary); ; {
		raw, err := r.NextRawPart()
		if errors.Is(err, io.EOF) && errors.Unwrap(err) == nil {
			return parts, nil // a wrapped EOF is a body that was cut off
		}
		if err != nil {
			return nil, err
		}
		part, err := readPart(raw, len(parts))
		if err != nil {
			return nil, err
		}
		part.nth = seen[part.name]
		seen[part.name]++
		parts = append(parts, part)
	}
}

func readPart(raw *multipart.Part, number int) (mimePart, error) {
	disposition := raw.Header.Get("Content-Disposition")
	p := mimePart{name: raw.FormName(), header: raw.Header}
	p.named = p.name != ""
	p.file = disposition == "" || raw.FileName() != ""
	if !p.named {
		p.name = strconv.Itoa(number)
	}
	body, err := io.ReadAll(decodeTransfer(raw, raw.Header.Get("Content-Transfer-Encoding")))
	if err != nil {
		return p, fmt.Errorf("part '%s': %w", cut(p.name), err)
	}
	p.body = body
	return p, nil
}

func decodeTransfer(r io.Reader, encoding string) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	}
	return r
}

// partWalk compares one part.
type partWalk struct {
	bodies
	part  mimePart
	state *ruleState
	out   *collector
}

func (w partWalk) add(m Mismatch) {
	m.Kind = KindBody
	if m.Path == "" {
		m.Path = place{w.part.token()}.String()
	}
	w.out.add(m)
}

func (w partWalk) compare(a mimePart) {
	w.headers(a)
	if !w.part.file {
		w.field(a)
		return
	}
	expectedType, actualType := w.part.contentType(), a.contentType()
	parted := expectedType.IsMultipart() && expectedType.Essence() == actualType.Essence()
	if !parted && !expectedType.IsUnknown() && !actualType.IsUnknown() && !expectedType.Accepts(actualType) {
		w.add(Mismatch{Expected: expectedType.String(), Actual: actualType.String(), Why: w.prefix(fmt.Sprintf(
			"Expected a body of '%s' but the actual content type was '%s'", expectedType, actualType))})
		return
	}
	rules := w.rules.under(w.part.token())
	inner := newCollector()
	comparatorFor(expectedType, rules).f(bodies{w.part.body, a.body, expectedType, actualType, rules, w.strict, w.depth}, inner)
	at := place{w.part.token()}.String()
	for _, m := range inner.list {
		m.Path = at + strings.TrimPrefix(m.Path, "$")
		m.Why = w.prefix(m.Why)
		w.out.add(m)
	}
	w.out.omitted += inner.omitted
}

func (w partWalk) prefix(why string) string {
	return fmt.Sprintf("MIME part '%s': %s", cut(w.part.name), why)
}

// field compares a form field as text.
func (w partWalk) field(a mimePart) {
	pair := textsOf(bodies{expected: w.part.body, actual: a.body, expectedType: w.part.declared(), actualType: a.declared()})
	m := Mismatch{Expected: cut(pair.expected), Actual: cut(pair.actual)}
	if w.state.checks == nil {
		if !pair.same() {
			m.Why = w.prefix(textNotEqual(m.Expected, m.Actual) + pair.note())
			w.add(m)
		}
		return
	}
	for _, r := range pair.ask(w.state.checks) {
		m.Rule, m.Why = r.rule, w.prefix(r.why)
		w.add(m)
	}
}

// headers compares the part's headers: by a rule at exactly the header's
// path, else they must be equal. The disposition counts only under a rule.
func (w partWalk) headers(a mimePart) {
	for _, name := range contract.Values(w.part.header).Names() {
		lower := strings.ToLower(name)
		state := w.state.member(lower)
		rules := state.checks
		if !state.exact {
			rules = nil
		}
		want, got := w.part.header.Get(name), a.header.Values(name)
		m := Mismatch{Path: place{w.part.token(), field(lower)}.String(), Expected: cut(want)}
		switch {
		case len(got) == 0:
			if !strings.HasPrefix(lower, "content-") {
				m.Absent = true
				m.Why = w.prefix(fmt.Sprintf("Expected a header '%s' but was missing", name))
				w.add(m)
			}
		case rules != nil:
			m.Actual = cut(got[0])
			for _, r := range rules.apply(func(k *check) string { return k.text(want, got[0]) }) {
				m.Rule, m.Why = r.rule, w.prefix(r.why)
				w.add(m)
			}
		case lower != "content-disposition" && lower != "content-type" && lower != "content-transfer-encoding":
			if why := headerNotEqual(name, want, got[0], 0, false); why != "" {
				m.Actual, m.Why = cut(got[0]), w.prefix(why)
				w.add(m)
			}
		}
	}
}

// contentType is the part's type, declared or sniffed.
func (p mimePart) contentType() contract.ContentType {
	return typeOf(contract.NewBody(p.body, p.header.Get("Content-Type")), nil)
}

// declared is the part's type as its header has it; unknown if it has none.
func (p mimePart) declared() contract.ContentType {
	t, _ := contract.ParseContentType(p.header.Get("Content-Type"))
	return t
}

// under returns the rules below a step with their paths beginning there;
// rules at the root that cascade come along.
func (t *ruleTree) under(at contract.Token) *ruleTree {
	var rules []pathRules
	for _, r := range t.rules {
		switch {
		case len(r.path) == 1:
			rules = append(rules, r)
		default:
			if fits, _ := fitsToken(r.path[1], at); fits {
				path := append(contract.Path{{Kind: contract.TokenRoot}}, r.path[2:]...)
				rules = append(rules, pathRules{path, r.checks})
			}
		}
	}
	return newRuleTree(rules)
}
