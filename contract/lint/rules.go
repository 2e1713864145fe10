package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/internal/walk"
	"github.com/treatyhq/treaty/internal/pattern"
)

// rules checks rules and generators by themselves.
func (l *linter) rules(part string, rules contract.RuleSet, generators contract.GeneratorSet) {
	for _, category := range categories(rules) {
		for _, key := range walk.SortedKeys(rules[category]) {
			for _, rule := range rules[category][key].Rules {
				l.rule(part+" "+string(category), key, rule)
			}
			if category == contract.CategoryBody || category == contract.CategoryMetadata {
				l.expression(part+" "+string(category), key)
			}
		}
	}
	for _, key := range walk.SortedKeys(generators[contract.CategoryBody]) {
		l.expression(part+" body generators", key)
	}
}

func categories[V any](set map[contract.Category]V) []contract.Category {
	var list []contract.Category
	for category := range set {
		list = append(list, category)
	}
	slices.Sort(list)
	return list
}

func (l *linter) expression(part, key string) {
	if _, err := contract.ParsePath(key); err != nil {
		l.add(Wrong, "invalid-path", part, key, err.Error(), "correct the path expression; it has no effect now")
	}
}

func (l *linter) rule(part, key string, rule contract.Rule) {
	switch r := rule.(type) {
	case contract.UnknownRule:
		l.add(Risky, "unknown-rule", part, key, fmt.Sprintf("the rule %q is not part of the specification", r.Match),
			"use a rule of the specification, or make sure that the plugin is there when the provider verifies")
		return
	case contract.RegexRule:
		l.pattern(part, key, r.Pattern)
	case contract.EachKeyRule:
		for _, sub := range r.Rules {
			l.rule(part, key, sub)
		}
	case contract.EachValueRule:
		for _, sub := range r.Rules {
			l.rule(part, key, sub)
		}
	}
	if needs := contract.RuleVersion(rule); needs > l.version {
		l.add(Risky, "newer-rule", part, key,
			fmt.Sprintf("the rule %s came with version %s, the file says %s", rule.Name(), needs, l.version),
			fmt.Sprintf("write the contract as version %s: treaty pact convert --to %s", needs, needs))
	}
}

// pattern checks that a regular expression has a meaning.
func (l *linter) pattern(part, key, source string) {
	if _, err := pattern.Compile(source); err != nil {
		l.add(Wrong, "invalid-regex", part, key, err.Error(), "correct the pattern; no value can match it now")
	}
}

func headerNames(h contract.Values) []string {
	var names []string
	for _, name := range h.Names() {
		names = append(names, strings.ToLower(name))
	}
	return names
}

// names checks that rules of headers and parameters have one to apply to.
func (l *linter) names(part, kind string, names []string, rules map[string]contract.RuleList) {
	for _, key := range walk.SortedKeys(rules) {
		known := slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, key) })
		if !known {
			l.add(Risky, "rule-without-example", part+" "+kind, key, "there is a rule for it but no example, so it is never checked",
				"add the "+kind+" to the example, or remove the rule")
		}
	}
}

// metadataNames are the rules for metadata by the name that each selects; those
// that select something below or any name are left out.
func metadataNames(rules map[string]contract.RuleList) map[string]contract.RuleList {
	named := map[string]contract.RuleList{}
	for key, list := range rules {
		path, err := contract.ParsePath(key)
		if err == nil && len(path) == 2 && path[1].Kind == contract.TokenField {
			named[path[1].Name] = list
		}
	}
	return named
}

// paths checks that rules and generators of a body have something to apply to.
func (l *linter) paths(part string, values []walk.Value, rules contract.RuleSet, generators contract.GeneratorSet) {
	for _, key := range walk.SortedKeys(rules[contract.CategoryBody]) {
		path, err := contract.ParsePath(key)
		if err == nil && len(path) > 0 && !walk.Selects(path, values) && !belowFree(path, values) {
			l.add(Risky, "rule-without-example", part, key, "the rule selects nothing in the example, so it checks nothing",
				"correct the path, or add the value to the example")
		}
	}
	for _, key := range walk.SortedKeys(generators[contract.CategoryBody]) {
		path, err := contract.ParsePath(key)
		if err == nil && len(path) > 0 && !walk.Selects(path, values) {
			l.add(Risky, "generator-without-example", part, key, "the generator selects nothing in the example",
				"correct the path, or remove the generator")
		}
	}
}

// belowFree reports whether a path leads below an empty list or object, which
// another check reports.
func belowFree(path contract.Path, values []walk.Value) bool {
	return slices.ContainsFunc(values, func(v walk.Value) bool {
		_, isMap := v.Data.(map[string]any)
		_, isList := v.Data.([]any)
		return v.IsLeaf() && (isMap || isList) && len(v.Path) < len(path) && path[:len(v.Path)].Weight(v.Path).Applies()
	})
}
