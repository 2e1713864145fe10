package contract

import (
	"errors"
	"strconv"
	"strings"
)

func numberedPart(name string, i int) string { return name + "[" + strconv.Itoa(i) + "]" }

// rulesAndGenerators reads both maps of a part; beside are the rules of old
// files that stand on the interaction.
func (d *decoder) rulesAndGenerators(o object, beside raw, part string) (RuleSet, GeneratorSet, error) {
	source := o.get("matchingRules")
	if source == nil || source.isNull() {
		source = beside
	}
	rules, err := d.rules(source, join(part, "matchingRules"))
	if err != nil {
		return nil, nil, err
	}
	return rules, d.generators(o.get("generators"), join(part, "generators")), nil
}

// DecodeRules reads the matchingRules of a part, in the flat form of V2 or by
// category as in V3 and V4; the form is recognised. The error is a
// [*FormatError].
func DecodeRules(data []byte) (RuleSet, error) {
	r, err := parseRaw(append([]byte(nil), data...))
	if err != nil {
		return nil, err
	}
	if err := unique(r, nil); err != nil {
		return nil, err
	}
	return new(decoder).rules(r, "matchingRules")
}

// DecodeGenerators reads the generators of a part.
func DecodeGenerators(data []byte) (GeneratorSet, error) {
	r, err := parseRaw(append([]byte(nil), data...))
	if err != nil {
		return nil, err
	}
	return new(decoder).generators(r, "generators"), unique(r, nil)
}

func (d *decoder) rules(r raw, part string) (RuleSet, error) {
	if r == nil || r.isNull() {
		return nil, nil
	}
	if !r.isObject() {
		return nil, d.fail(part, "expected an object, found %s", r.kind())
	}
	o := r.members()
	if len(o) == 0 {
		return nil, nil
	}
	set := RuleSet{}
	read := d.categoryRules
	if strings.HasPrefix(o[0].name, "$") {
		read = d.flatRule
	}
	for _, m := range o {
		if err := read(set, m, join(part, m.name)); err != nil {
			return nil, err
		}
	}
	if len(set) == 0 {
		return nil, nil
	}
	return set, nil
}

// Add appends rules for a category and key to the set.
func (s RuleSet) Add(category Category, key string, list RuleList) {
	if len(list.Rules) == 0 {
		return
	}
	if s[category] == nil {
		s[category] = map[string]RuleList{}
	}
	old, ok := s[category][key]
	if ok {
		list = RuleList{Combine: old.Combine, Rules: append(old.Rules, list.Rules...)}
	}
	s[category][key] = list
}

// flatRule reads one entry of the V2 form: "$.headers.Accept": {"match": "regex", ...}.
func (d *decoder) flatRule(set RuleSet, m member, part string) error {
	category, key, err := splitFlatKey(m.name)
	if err != nil {
		return d.fail(part, "%v", err)
	}
	list, err := d.ruleList(m.value, part)
	if err != nil {
		return err
	}
	set.Add(category, key, list)
	return nil
}

// splitFlatKey returns what a full path of V2 speaks about. Of a header or a
// query parameter only the name counts, an index after it does not.
func splitFlatKey(key string) (Category, string, error) {
	if rest, ok := strings.CutPrefix(key, "$.body"); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
		return CategoryBody, "$" + rest, nil
	}
	path, err := ParsePath(key)
	if err != nil {
		return "", "", err
	}
	if len(path) < 2 || path[1].Kind != TokenField {
		return "", "", errors.New("expected a path such as $.body.id, $.headers.Accept, $.query.page or $.path")
	}
	category, known := categoryOf(path[1].Name)
	switch {
	case !known:
		return "", "", errors.New("expected a path that starts with $.body, $.headers, $.query or $.path")
	case category == CategoryBody:
		return category, append(Path{{Kind: TokenRoot}}, path[2:]...).String(), nil
	case category == CategoryHeader || category == CategoryQuery || category == CategoryMetadata:
		if len(path) < 3 || path[2].Kind != TokenField {
			return "", "", errors.New("expected a name after " + path[:2].String())
		}
		return category, path[2].Name, nil
	default:
		return category, "", nil
	}
}

// categoryOf finds a category by its name in files. Message contents have
// had several names; all are the body.
func categoryOf(name string) (Category, bool) {
	switch c := Category(strings.ToLower(name)); c {
	case CategoryMethod, CategoryPath, CategoryStatus, CategoryQuery, CategoryHeader, CategoryBody, CategoryMetadata:
		return c, true
	case "headers":
		return CategoryHeader, true
	case "content", "contents":
		return CategoryBody, true
	default:
		return CategoryBody, false
	}
}

// categoryRules reads one category of the V3 form. The reference
// implementation takes a category it does not know as the body.
func (d *decoder) categoryRules(set RuleSet, m member, part string) error {
	category, known := categoryOf(m.name)
	if !known {
		d.note(part, "is not a known category; it is taken as the body")
	}
	if m.value.isNull() {
		return nil
	}
	if !m.value.isObject() {
		return d.fail(part, "expected an object, found %s", m.value.kind())
	}
	o := m.value.members()
	if category == CategoryMethod || category == CategoryPath || category == CategoryStatus {
		return d.wholeRules(set, category, m.value, o, part)
	}
	for _, entry := range o {
		list, err := d.ruleList(entry.value, join(part, entry.name))
		if err != nil {
			return err
		}
		set.Add(category, d.ruleKey(category, entry.name), list)
	}
	return nil
}

// flat reports whether the file is known to be of a version whose rules have full
// paths.
func (d *decoder) flat() bool { return d.version != VersionUnknown && d.version < V3 }

// ruleKey is the key of a rule of the V3 form. In a file of V2, which has only
// full paths, a body key without its root is completed.
func (d *decoder) ruleKey(category Category, key string) string {
	if category != CategoryBody || !d.flat() || strings.HasPrefix(key, "$") {
		return key
	}
	path, err := ParsePath(key)
	switch {
	case err != nil:
		return key
	case len(path) == 0:
		return "$"
	}
	return path.String()
}

// wholeRules reads the rules of a category without keys. Some tools write an
// empty key, or "$", around them.
func (d *decoder) wholeRules(set RuleSet, category Category, r raw, o object, part string) error {
	if o.get("matchers") != nil || o.get("match") != nil {
		list, err := d.ruleList(r, part)
		set.Add(category, "", list)
		return err
	}
	for _, entry := range o {
		if entry.name == "combine" {
			continue
		}
		list, err := d.ruleList(entry.value, join(part, entry.name))
		if err != nil {
			return err
		}
		set.Add(category, "", list)
	}
	return nil
}

// ruleList reads {"combine": …, "matchers": […]}, or a single rule.
func (d *decoder) ruleList(r raw, part string) (RuleList, error) {
	if !r.isObject() {
		return RuleList{}, d.fail(part, "expected an object with matchers, found %s", r.kind())
	}
	o := r.members()
	matchers := o.get("matchers")
	if matchers == nil {
		if len(o) == 0 || len(o) == 1 && o[0].name == "combine" {
			return RuleList{}, nil
		}
		rule, err := d.rule(r, part)
		return RuleList{Rules: []Rule{rule}}, err
	}
	if !matchers.isArray() {
		return RuleList{}, d.fail(part, "expected a list of matchers, found %s", matchers.kind())
	}
	var list RuleList
	if strings.EqualFold(o.get("combine").text(), "OR") {
		list.Combine = Or
	}
	for i, element := range matchers.elements() {
		rule, err := d.rule(element, join(part, numberedPart("matchers", i)))
		if err != nil {
			return RuleList{}, err
		}
		list.Rules = append(list.Rules, rule)
	}
	if len(list.Rules) < 2 && d.flat() {
		list.Combine = And // V2 has no place for how one rule is combined
	}
	return list, nil
}

// generators reads generators by category. What cannot be read is left out
// with a note, as the reference implementation does.
func (d *decoder) generators(r raw, part string) GeneratorSet {
	if r == nil || r.isNull() {
		return nil
	}
	if !r.isObject() {
		d.note(part, "is %s instead of an object and is left out", r.kind())
	}
	set := GeneratorSet{}
	for _, m := range r.members() {
		category, known := categoryOf(m.name)
		if !known {
			category = Category(m.name)
			d.note(join(part, m.name), "is not a known category; it has no effect")
		}
		d.categoryGenerators(set, category, m.value, join(part, m.name))
	}
	if len(set) == 0 {
		return nil
	}
	return set
}

func (d *decoder) categoryGenerators(set GeneratorSet, category Category, r raw, part string) {
	whole := category == CategoryMethod || category == CategoryPath || category == CategoryStatus
	o := r.members()
	if whole && o.get("type").isString() {
		o = object{{name: "", value: r}}
	}
	for _, m := range o {
		g, ok := generatorOf(m.value)
		if !ok {
			d.note(join(part, m.name), "is not a generator, which is an object with a type; it is left out")
			continue
		}
		key := m.name
		if whole {
			key = ""
		}
		set.Add(category, key, g)
	}
}

// Add sets the generator for a category and key.
func (s GeneratorSet) Add(category Category, key string, g Generator) {
	if s[category] == nil {
		s[category] = map[string]Generator{}
	}
	s[category][key] = g
}

func generatorOf(r raw) (Generator, bool) {
	attrs := r.values()
	kind, ok := attrs["type"].(string)
	if !ok || kind == "" {
		return Generator{}, false
	}
	delete(attrs, "type")
	if len(attrs) == 0 {
		attrs = nil
	}
	return Generator{Type: kind, Attrs: attrs}, true
}
