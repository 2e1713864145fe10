package contract

// RuleTree returns a rule as the object that files hold, ready for
// encoding/json.
func RuleTree(rule Rule) map[string]any {
	t := tree{"match": rule.Name()}
	switch r := rule.(type) {
	case RegexRule:
		t["regex"] = r.Pattern
	case TypeRule:
		setInt(t, "min", r.Min)
		setInt(t, "max", r.Max)
	case MinRule:
		t["min"] = r.Min
	case MaxRule:
		t["max"] = r.Max
	case IncludeRule:
		t["value"] = r.Value
	case ContentTypeRule:
		t["value"] = r.Value
	case DateRule:
		setText(t, "format", r.Format)
	case TimeRule:
		setText(t, "format", r.Format)
	case DateTimeRule:
		setText(t, "format", r.Format)
	case StatusCodeRule:
		t["status"] = statusTree(r)
	case EachKeyRule:
		eachTree(t, r.Rules, r.Value, r.Generator)
	case EachValueRule:
		eachTree(t, r.Rules, r.Value, r.Generator)
	case ArrayContainsRule:
		t["variants"] = variantsTree(r.Variants)
	case UnknownRule:
		for name, value := range r.Attrs {
			t[name] = value
		}
	}
	return t
}

func setInt(t tree, name string, n *int) {
	if n != nil {
		t[name] = *n
	}
}

func setText(t tree, name, s string) {
	if s != "" {
		t[name] = s
	}
}

func statusTree(r StatusCodeRule) any {
	if r.Class != "" {
		return r.Class
	}
	return r.Codes
}

func eachTree(t tree, rules []Rule, value any, g *Generator) {
	list := []tree{}
	for _, rule := range rules {
		list = append(list, RuleTree(rule))
	}
	t["rules"] = list
	if value != nil {
		t["value"] = value
	}
	if g != nil {
		t["generator"] = generatorTree(*g)
	}
}

func variantsTree(variants []Variant) []tree {
	list := []tree{}
	for _, v := range variants {
		one := tree{"index": v.Index}
		rules := tree{}
		for path, l := range v.Rules {
			rules[path] = listTree(l)
		}
		one["rules"] = rules
		if len(v.Generators) > 0 {
			generators := tree{}
			for path, g := range v.Generators {
				generators[path] = generatorTree(g)
			}
			one["generators"] = generators
		}
		list = append(list, one)
	}
	return list
}
