package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/internal/walk"
)

// Exact bodies are reported from these sizes on; below, they are readable.
const (
	manyValues = 5
	longText   = 300
)

// body checks an example with its rules. produced tells that the other side
// makes the real one, so that exact values are a burden on it.
func (l *linter) body(part string, b contract.Body, rules contract.RuleSet, generators contract.GeneratorSet, produced bool) {
	own := rules[contract.CategoryBody]
	if b.State != contract.BodyPresent {
		if len(own) > 0 {
			l.add(Risky, "rule-without-example", part, "", "there are rules but no example, so they check nothing", "add an example")
		}
		return
	}
	l.charset(part, b)
	data, ok := walk.JSON(b)
	if !ok {
		l.opaque(part, b, own, produced)
		return
	}
	values := walk.Values(data)
	l.paths(part, values, rules, generators)
	compiled := walk.Compile(own)
	l.emptyLists(part, values, compiled)
	l.unstableValues(part, values, compiled, generators[contract.CategoryBody], produced)
	if produced {
		l.tooExact(part, values, compiled)
	}
}

// charset checks that the text of a body can be sent as its type says.
func (l *linter) charset(part string, b contract.Body) {
	var unknown *contract.UnknownCharsetError
	switch err := b.CheckCharset(); {
	case errors.As(err, &unknown):
		l.add(Risky, "unknown-charset", part, "", err.Error()+", so its bytes are sent and compared as they are", "use utf-8")
	case err != nil:
		l.add(Wrong, "charset", part, "", err.Error()+", so nobody can answer with it", "use utf-8, or a charset that has the letters")
	}
}

// opaque checks text and bytes.
func (l *linter) opaque(part string, b contract.Body, rules map[string]contract.RuleList, produced bool) {
	kind, _ := contract.ParseContentType(b.ContentType)
	if kind.IsJSON() {
		l.add(Wrong, "not-json", part, "", "is declared as "+b.ContentType+" and is not JSON", "correct the body or its content type")
		return
	}
	if !produced || len(rules) > 0 {
		return
	}
	if kind.IsBinary() {
		l.add(Risky, "exact-body", part, "", fmt.Sprintf("%d bytes of %s are compared byte by byte", len(b.Content), b.ContentType),
			"use a contentType rule, which accepts any content of the type")
	} else if len(b.Content) > longText {
		l.add(Risky, "exact-body", part, "", fmt.Sprintf("a text of %d bytes is compared character by character", len(b.Content)),
			"use rules for the parts that the consumer reads")
	}
}

// emptyLists finds rules on lists whose example is empty: nothing of them is
// checked, not even their length.
func (l *linter) emptyLists(part string, values []walk.Value, rules walk.Rules) {
	for _, v := range values {
		items, isList := v.Data.([]any)
		list, cascaded, found := rules.Best(v.Path)
		if isList && len(items) == 0 && found && !cascaded && walk.Shaped(list) {
			l.add(Risky, "empty-example", part, v.Key, "the example list is empty, so its rules check nothing",
				"give the list one example element")
		}
	}
}

// tooExact reports a body of which most values must be equal to the example.
func (l *linter) tooExact(part string, values []walk.Value, rules walk.Rules) {
	exact, leaves := 0, 0
	for _, v := range values {
		if !v.IsLeaf() {
			continue
		}
		leaves++
		if isExact(rules, v.Path) {
			exact++
		}
	}
	if exact >= manyValues && exact == leaves {
		l.add(Risky, "exact-body", part, "",
			fmt.Sprintf("all %d values must be equal to the example, so any other data of the provider fails", exact),
			"use type rules (matchers.Like, EachLike) and keep exact values for what the consumer depends on")
	}
}

func isExact(rules walk.Rules, at contract.Path) bool {
	list, _, found := rules.Best(at)
	return !found || slices.ContainsFunc(list.Rules, func(r contract.Rule) bool {
		_, equality := r.(contract.EqualityRule)
		return equality
	})
}

// unstableValues finds examples that look as if a clock or dice made them.
func (l *linter) unstableValues(part string, values []walk.Value, rules walk.Rules, generators map[string]contract.Generator, produced bool) {
	for _, v := range values {
		text, ok := v.Data.(string)
		if !ok || isGenerated(generators, v.Path) {
			continue
		}
		what := unstable(text)
		switch {
		case what == "":
		case isExact(rules, v.Path) && produced && !strings.Contains(l.given, text):
			l.add(Risky, "unstable-value", part, v.Key,
				fmt.Sprintf("%q must be equal to the example, and %s often changes by itself", clip(text), what),
				"use a rule for its form (regex, date, timestamp, type), unless the provider state fixes the value")
		case fresh(text):
			l.add(Hint, "unstable-example", part, v.Key,
				fmt.Sprintf("%q looks like %s made during the test", clip(text), what),
				"use a fixed example: otherwise each run makes a new contract that has to be verified again")
		}
	}
}

func isGenerated(generators map[string]contract.Generator, at contract.Path) bool {
	for key := range generators {
		if path, err := contract.ParsePath(key); err == nil && len(path) == len(at) && path.Weight(at).Applies() {
			return true
		}
	}
	return false
}

func clip(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// unstableHeaders are headers whose value a server makes anew each time.
var unstableHeaders = []string{
	"date", "etag", "last-modified", "expires", "age", "set-cookie", "x-request-id", "x-correlation-id", "request-id",
	"traceparent", "x-amzn-trace-id", "cf-ray", "content-length", "server",
}

// headers checks the headers of a response.
func (l *linter) headers(r contract.Response) {
	for _, name := range r.Headers.Names() {
		if hasRule(r.Rules[contract.CategoryHeader], name) {
			continue
		}
		value := strings.Join(r.Headers[name], ", ")
		if slices.Contains(unstableHeaders, strings.ToLower(name)) || unstable(value) != "" {
			l.add(Risky, "unstable-header", "response header", name,
				fmt.Sprintf("%q must be equal to the example, but servers make it anew", clip(value)),
				"leave the header out, or use a rule for its form")
		}
	}
}

func hasRule(rules map[string]contract.RuleList, name string) bool {
	for key := range rules {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}
