package generate

import (
	"net/url"
	"strings"

	"github.com/treatyhq/treaty/contract"
)

// form applies generators at "$.name" or "$.name[1]" to an URL-encoded form.
// Fields keep their order.
func (p *player) form(set map[string]contract.Generator, content []byte) []byte {
	fields := strings.Split(string(content), "&")
	for _, key := range sortedKeys(set) {
		g := set[key]
		path, err := contract.ParsePath(key)
		if err != nil {
			p.report(contract.CategoryBody, key, g, err)
			continue
		}
		p.formAt(fields, key, path, g)
	}
	return []byte(strings.Join(fields, "&"))
}

func (p *player) formAt(fields []string, key string, path contract.Path, g contract.Generator) {
	if len(path) < 2 || path[1].Kind != contract.TokenField {
		return
	}
	seen := 0
	for i, field := range fields {
		name, value, _ := strings.Cut(field, "=")
		if unescape(name) != path[1].Name {
			continue
		}
		index := seen
		seen++
		if len(path) > 2 && path[2].Kind == contract.TokenIndex && path[2].Index != index {
			continue
		}
		text := unescape(value)
		if err := p.text(g, &text); err != nil {
			p.report(contract.CategoryBody, key, g, err)
			continue
		}
		fields[i] = name + "=" + url.QueryEscape(text)
	}
}

func unescape(s string) string {
	if t, err := url.QueryUnescape(s); err == nil {
		return t
	}
	return s
}
