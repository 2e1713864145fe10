package contract

import "maps"

func (e *encoder) rulesAndGenerators(t tree, part string, rules RuleSet, generators GeneratorSet) error {
	written, err := e.rules(part, rules)
	if err != nil {
		return err
	}
	if len(written) > 0 {
		t["matchingRules"] = written
	}
	if len(generators) == 0 {
		return nil
	}
	if e.version < V3 && e.down {
		return e.unsupported(V3, "the generators of the %s", part)
	}
	t["generators"] = generatorsTree(generators)
	return nil
}

func (e *encoder) rules(part string, rules RuleSet) (tree, error) {
	if len(rules) == 0 {
		return nil, nil
	}
	switch {
	case e.version < V2:
		return nil, e.unsupported(V2, "the matching rules of the %s", part)
	case e.version == V2:
		return e.flatRules(part, rules)
	default:
		return RulesTree(rules), nil
	}
}

// RulesTree returns rules as the value of matchingRules in V3 and V4 files,
// ready for encoding/json.
func RulesTree(rules RuleSet) map[string]any {
	t := tree{}
	for category, lists := range rules {
		entries := tree{}
		for key, list := range lists {
			if len(list.Rules) == 0 {
				continue
			}
			if isWhole(category) {
				t[string(category)] = listTree(list)
				continue
			}
			entries[key] = listTree(list)
		}
		if len(entries) > 0 {
			t[string(category)] = entries
		}
	}
	return t
}

// isWhole reports whether a category has no keys of its own.
func isWhole(c Category) bool {
	return c == CategoryMethod || c == CategoryPath || c == CategoryStatus
}

func listTree(list RuleList) tree {
	matchers := []tree{}
	for _, rule := range list.Rules {
		matchers = append(matchers, RuleTree(rule))
	}
	combine := "AND"
	if list.Combine == Or {
		combine = "OR"
	}
	return tree{"combine": combine, "matchers": matchers}
}

// flatRules writes the V2 form. A V2 file that came with more than V2 has
// keeps it; a newer pact is refused.
func (e *encoder) flatRules(part string, rules RuleSet) (tree, error) {
	t := tree{}
	for category, lists := range rules {
		for key, list := range lists {
			name, err := flatKey(category, key)
			if err != nil {
				return nil, err
			}
			switch {
			case len(list.Rules) == 0:
			case len(list.Rules) == 1 && (!e.down || RuleVersion(list.Rules[0]) <= V2):
				t[name] = RuleTree(list.Rules[0])
			case e.down && len(list.Rules) > 1:
				return nil, e.unsupported(V3, "several rules at %s of the %s", name, part)
			case e.down:
				return nil, e.unsupported(RuleVersion(list.Rules[0]), "the rule %s at %s of the %s", list.Rules[0].Name(), name, part)
			default:
				t[name] = listTree(list)
			}
		}
	}
	return t, nil
}

// flatKey is the reverse of splitFlatKey.
func flatKey(category Category, key string) (string, error) {
	root := Path{{Kind: TokenRoot}}
	switch {
	case isWhole(category):
		return root.Field(string(category)).String(), nil
	case category == CategoryHeader:
		return root.Field("headers").Field(key).String(), nil
	case category != CategoryBody:
		return root.Field(string(category)).Field(key).String(), nil
	case key != "" && key[0] == '$':
		return "$.body" + key[1:], nil
	}
	path, err := ParsePath(key)
	if err != nil || len(path) == 0 {
		return "$.body", err
	}
	return append(root.Field("body"), path[1:]...).String(), nil
}

// RuleVersion returns the version of the specification that brought a rule.
func RuleVersion(r Rule) SpecVersion {
	switch r.(type) {
	case RegexRule, TypeRule, MinRule, MaxRule:
		return V2
	case ArrayContainsRule, StatusCodeRule, NotEmptyRule, SemverRule, EachKeyRule, EachValueRule, UnknownRule:
		return V4
	default:
		return V3
	}
}

func generatorsTree(generators GeneratorSet) tree {
	t := tree{}
	for category, entries := range generators {
		keyed := tree{}
		for key, g := range entries {
			if isWhole(category) && key == "" {
				t[string(category)] = generatorTree(g)
				continue
			}
			keyed[key] = generatorTree(g)
		}
		if len(keyed) > 0 {
			t[string(category)] = keyed
		}
	}
	return t
}

func generatorTree(g Generator) tree {
	t := tree{}
	maps.Copy(t, g.Attrs)
	t["type"] = g.Type
	return t
}
