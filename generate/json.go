package generate

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// node is a JSON value whose objects keep the order of their keys, so that a
// body differs from its example in the generated values only.
type node struct {
	open  json.Delim // '{', '[' or 0
	names []string
	items []*node
	// scalar is a decoded value other than object and list.
	scalar any
	// text replaces the value when it is not nil.
	text json.RawMessage
}

// parseNode reads valid JSON; nil if it is not. Nesting is limited to 10,000
// levels by encoding/json.
func parseNode(data []byte) *node {
	if !json.Valid(data) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return readNode(d)
}

func readNode(d *json.Decoder) *node {
	t, err := d.Token()
	if err != nil {
		return &node{}
	}
	open, ok := t.(json.Delim)
	if !ok {
		return &node{scalar: t}
	}
	n := &node{open: open}
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return n
			}
			n.names = append(n.names, name.(string)) //nolint:forcetypeassert // a key of valid JSON
		}
		n.items = append(n.items, readNode(d))
	}
	_, _ = d.Token()
	return n
}

func (n *node) write(b *bytes.Buffer) {
	switch {
	case n.text != nil:
		b.Write(n.text)
		return
	case n.open == 0:
		b.Write(marshal(n.scalar))
		return
	}
	b.WriteByte(byte(n.open))
	for i, item := range n.items {
		if i > 0 {
			b.WriteByte(',')
		}
		if n.open == '{' {
			b.Write(marshal(n.names[i]))
			b.WriteByte(':')
		}
		item.write(b)
	}
	b.WriteByte(byte(n.open) + 2) // '}' and ']' stand two after their openings in ASCII
}

// marshal writes a value without escaping for HTML.
func marshal(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// sel returns the nodes that a path selects: "[*]" only elements of lists,
// ".*" only members of objects.
func (n *node) sel(path contract.Path) []*node {
	if len(path) == 0 {
		return []*node{n}
	}
	var out []*node
	for i, item := range n.items {
		if n.steps(path[0], i) {
			out = append(out, item.sel(path[1:])...)
		}
	}
	return out
}

func (n *node) steps(t contract.Token, i int) bool {
	switch t.Kind {
	case contract.TokenField:
		return n.open == '{' && n.names[i] == t.Name
	case contract.TokenStar:
		return n.open == '{'
	case contract.TokenIndex:
		return n.open == '[' && i == t.Index
	case contract.TokenStarIndex:
		return n.open == '['
	default:
		return false
	}
}

// json applies generators to the values that their paths select in content,
// and those that stand in rules.
func (p *player) json(set map[string]contract.Generator, rules map[string]contract.RuleList, content []byte) []byte {
	root := parseNode(content)
	if root == nil {
		return content
	}
	for _, key := range sortedKeys(set) {
		p.jsonAt(root, key, set[key])
	}
	p.fromRules(root, rules)
	var b bytes.Buffer
	root.write(&b)
	return b.Bytes()
}

// jsonAt applies one generator below root.
func (p *player) jsonAt(root *node, key string, g contract.Generator) {
	path, err := contract.ParsePath(key)
	if err != nil {
		p.report(contract.CategoryBody, key, g, err)
		return
	}
	for _, n := range root.sel(path[min(1, len(path)):]) {
		p.report(contract.CategoryBody, key, g, p.fill(n, g))
	}
}

func (p *player) fill(n *node, g contract.Generator) error {
	v, err := p.context.value(g, n.example())
	if err != nil {
		return err
	}
	text := marshal(v)
	if text == nil {
		_, err := textOf(v)
		return err
	}
	n.text = text
	return nil
}

// example is the value that a generator replaces, as far as it matters.
func (n *node) example() any {
	if n.open != 0 {
		return nil
	}
	return n.scalar
}

// rulesGenerate reports whether a rule carries generators of its own.
func rulesGenerate(rules map[string]contract.RuleList) bool {
	for _, list := range rules {
		for _, rule := range list.Rules {
			switch r := rule.(type) {
			case contract.EachKeyRule:
				if r.Generator != nil {
					return true
				}
			case contract.EachValueRule:
				if r.Generator != nil {
					return true
				}
			case contract.ArrayContainsRule:
				return true
			}
		}
	}
	return false
}

// fromRules applies the generators that stand inside rules: those of the
// variants of arrayContains to the variant's example, that of eachValue to
// every value, that of eachKey to every key.
func (p *player) fromRules(root *node, rules map[string]contract.RuleList) {
	for _, key := range sortedKeys(rules) {
		path, err := contract.ParsePath(key)
		if err != nil {
			continue // matching reports it
		}
		for _, n := range root.sel(path[min(1, len(path)):]) {
			for _, rule := range rules[key].Rules {
				p.fromRule(n, key, rule)
			}
		}
	}
}

func (p *player) fromRule(n *node, key string, rule contract.Rule) {
	switch r := rule.(type) {
	case contract.ArrayContainsRule:
		p.variants(n, r.Variants)
	case contract.EachValueRule:
		for _, item := range n.items {
			if r.Generator != nil {
				p.report(contract.CategoryBody, key, *r.Generator, p.fill(item, *r.Generator))
			}
		}
	case contract.EachKeyRule:
		if r.Generator != nil && n.open == '{' {
			p.keys(n, key, *r.Generator)
		}
	}
}

func (p *player) variants(n *node, variants []contract.Variant) {
	for _, v := range variants {
		if n.open != '[' || v.Index < 0 || v.Index >= len(n.items) {
			continue
		}
		for _, key := range sortedKeys(v.Generators) {
			p.jsonAt(n.items[v.Index], key, v.Generators[key])
		}
	}
}

// keys renames the members of an object; two that came out the same keep
// their examples.
func (p *player) keys(n *node, key string, g contract.Generator) {
	used := map[string]bool{}
	for i, name := range n.names {
		fresh := strings.Clone(name)
		if err := p.text(g, &fresh); err != nil {
			p.report(contract.CategoryBody, key, g, err)
			continue
		}
		if !used[fresh] {
			n.names[i] = fresh
		}
		used[n.names[i]] = true
	}
}
