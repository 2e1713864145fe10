package contract

import (
	"bytes"
	"cmp"
	"crypto/sha1" //nolint:gosec // it tells texts apart; not a security measure
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
)

// Replacing says what a new interaction may replace when [MergeFiles] finds
// another one that is the same expectation.
type Replacing int

// What may be replaced. What may not is a conflict.
const (
	// ReplaceNothing takes only what is equal to what is there.
	ReplaceNothing Replacing = iota
	// ReplaceSameRequest replaces an interaction that makes the same request.
	ReplaceSameRequest
	// ReplaceAll replaces whatever is there.
	ReplaceAll
)

// MergeFiles returns the pact file base with the interactions and messages of
// added. Unlike [Merge] it leaves the text of both as it is where it can: what
// this package does not understand goes through untouched.
//
//  1. Files of different consumers or providers do not go together.
//  2. A file has a list of interactions, a list of messages, or both.
//  3. Both files are brought to the newer of their versions, and to V4 if the
//     result would have both HTTP and messages: in an older file, verifiers
//     check one half and pass over the other.
//  4. Two interactions are the same expectation when both have a key and it is
//     equal, else when kind, description and provider states are. Those of one
//     file never are.
//  5. What is the same expectation with other content is a conflict, unless
//     replacing allows it. What is equal is kept once.
//  6. All other members are those of base; added gives what is missing there,
//     and V4 plugins.
//
// What breaks 1, 2 and 5 is a [*ConflictError], what cannot be read for 3 a
// [*FormatError]. An "_id" that a broker gave does not count.
func MergeFiles(base, added []byte, replacing Replacing) ([]byte, error) {
	to, err := readMerged(base)
	if err != nil {
		return nil, err
	}
	from, err := readMerged(added)
	if err != nil {
		return nil, err
	}
	if conflicts := append(fileConflicts(to, from), listConflicts(to, from)...); len(conflicts) > 0 {
		return nil, &ConflictError{Conflicts: conflicts}
	}
	declare := !to.declared && from.declared && (to.version != from.version || from.hasRules())
	target := max(to.version, from.version)
	if to.count("interactions")+from.count("interactions") > 0 && to.count("messages")+from.count("messages") > 0 {
		target = V4
	}
	if to, err = to.upgraded(target); err != nil {
		return nil, err
	}
	if from, err = from.upgraded(target); err != nil {
		return nil, err
	}
	var conflicts []Conflict
	for _, name := range []string{"interactions", "messages"} {
		list, found := mergeLists(to.elements(name), from.elements(name), replacing)
		conflicts = append(conflicts, found...)
		if list != nil {
			to.members = to.members.with(name, rawList(list))
		}
	}
	if len(conflicts) > 0 {
		return nil, &ConflictError{Conflicts: conflicts}
	}
	return to.completed(from, declare).text(), nil
}

// mergedFile is a pact file on its way into another.
type mergedFile struct {
	whole    raw
	members  object
	version  SpecVersion
	declared bool // whether the file says its version
}

func readMerged(data []byte) (mergedFile, error) {
	r, err := parseRaw(data)
	if err != nil {
		return mergedFile{}, err
	}
	if !r.isObject() {
		return mergedFile{}, &FormatError{What: "expected an object with consumer, provider and interactions, found " + r.kind()}
	}
	f := mergedFile{whole: r, members: r.members(), version: V3}
	if err := r.checkUnique(f.members); err != nil {
		return mergedFile{}, err
	}
	if version, found := takeVersion(f.members.get("metadata").values()); found {
		f.version, f.declared = cmp.Or(version, V3), true
	}
	return f, nil
}

// elements returns the list of that name without the ids that a broker gave, nil
// if there is none.
func (f mergedFile) elements(name string) []raw {
	list := f.members.get(name).elements()
	for i, e := range list {
		if e.isObject() && e.members().get("_id") != nil {
			list[i] = withoutID(e.members()).text()
		}
	}
	return list
}

func (f mergedFile) count(name string) int { return len(f.members.get(name).elements()) }

func (f mergedFile) hasRules() bool {
	return bytes.Contains(f.whole, []byte(`"matchingRules"`)) || bytes.Contains(f.whole, []byte(`"generators"`))
}

// upgraded returns f as a file of version v, for rule 3.
func (f mergedFile) upgraded(v SpecVersion) (mergedFile, error) {
	if f.version == v {
		return f, nil
	}
	p, err := Decode(f.whole)
	if err != nil {
		return f, err
	}
	text, err := Encode(p, v)
	if err != nil {
		return f, err
	}
	return readMerged(text)
}

// completed adds the members of added that f lacks, for rule 6, and the version
// of added if f has none and must have one.
func (f mergedFile) completed(added mergedFile, declare bool) object {
	out := f.members
	for _, m := range added.members {
		switch present := out.get(m.name); {
		case m.name == "metadata":
			if meta := joinMetadata(present, m.value, declare); meta != nil {
				out = out.with(m.name, meta)
			}
		case m.name == "interactions" || m.name == "messages":
		case present == nil:
			out = append(out, m)
		}
	}
	return out
}

// joinMetadata returns nil where there is nothing to say.
func joinMetadata(present, added raw, declare bool) raw {
	if present != nil && !present.isObject() || !added.isObject() {
		return present
	}
	out, changed := present.members(), false
	for _, m := range added.members() {
		isVersion := m.name == "pactSpecification" || m.name == "pact-specification" || m.name == "pactSpecificationVersion"
		switch has := out.get(m.name); {
		case m.name == "plugins" && has.isArray() && m.value.isArray():
			old, _ := has.value().([]any)
			fresh, _ := m.value.value().([]any)
			if text, err := json.Marshal(mergePlugins(fresh, old)); err == nil { // what was decoded marshals
				out, changed = out.with(m.name, text), true
			}
		case has == nil && (!isVersion || declare):
			out, changed = append(out, m), true
		}
	}
	if !changed {
		return present
	}
	return out.text()
}

func (o object) with(name string, value raw) object {
	out := slices.Clone(o)
	for i := len(out) - 1; i >= 0; i-- { // of members with one name the last counts
		if out[i].name == name {
			out[i].value = value
			return out
		}
	}
	return append(out, member{name, value})
}

// text writes the object without space between its members. Of members with the
// same name only the last is written.
func (o object) text() raw {
	last := make(map[string]int, len(o))
	for i, m := range o {
		last[m.name] = i
	}
	out := []byte{'{'}
	for i, m := range o {
		if last[m.name] != i {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(appendName(out, m.name), m.value...)
	}
	return append(out, '}')
}

func rawList(list []raw) raw {
	parts := make([][]byte, len(list))
	for i, item := range list {
		parts[i] = item
	}
	return append(append([]byte{'['}, bytes.Join(parts, []byte{','})...), ']')
}

func fileConflicts(to, from mergedFile) []Conflict {
	var out []Conflict
	for _, role := range []string{"consumer", "provider"} {
		a, b := to.party(role), from.party(role)
		if a != "" && b != "" && a != b {
			out = append(out, Conflict{What: role, Existing: a, Added: b})
		}
	}
	return out
}

func (f mergedFile) party(role string) string {
	return document{members: f.members}.party(role)
}

// listConflicts finds what breaks rule 2.
func listConflicts(to, from mergedFile) []Conflict {
	describe := func(f mergedFile) (string, bool) {
		interactions, messages := f.members.get("interactions"), f.members.get("messages")
		for _, r := range []raw{interactions, messages} {
			if r != nil && !r.isNull() && !r.isArray() {
				return r.kind() + " in the place of a list", false
			}
		}
		if !interactions.isArray() && !messages.isArray() {
			return "neither interactions nor messages", false
		}
		return "a list", true
	}
	existing, ok := describe(to)
	added, also := describe(from)
	if ok && also {
		return nil
	}
	return []Conflict{{What: "interactions", Existing: existing, Added: added}}
}

// expectation is an element of a list with what tells it apart. It holds sums
// instead of texts: a large file has a hundred thousand of them.
type expectation struct {
	text raw
	// exact is of the whole, name of kind, description and states, and request of
	// what makes a request. key is zero if there is none.
	exact, name, request, key textSum
}

type textSum [sha1.Size]byte

// sumOf tells lists of texts apart, whatever they hold.
func sumOf(texts ...[]byte) textSum {
	h := sha1.New() //nolint:gosec // it tells texts apart; not a security measure
	var size [8]byte
	for _, text := range texts {
		binary.BigEndian.PutUint64(size[:], uint64(len(text)))
		h.Write(size[:])
		h.Write(text)
	}
	return textSum(h.Sum(nil))
}

func readExpectation(r raw) expectation {
	e := expectation{text: r, exact: sumOf(canonicalText(r))}
	e.name = e.exact
	if !r.isObject() {
		return e
	}
	members := r.members()
	kind := KindHTTP
	if t := members.get("type"); t.isString() {
		kind = Kind(t.text())
	}
	if key := members.get("key"); key.isString() && len(key) > 2 {
		e.key = sumOf(key)
	}
	e.name = sumOf([]byte(kind), []byte(members.get("description").text()), []byte(statesText(members)))
	request := members.get("request").members()
	parts := make([][]byte, len(requestParts))
	for i, part := range requestParts {
		parts[i] = canonicalText(request.get(strings.TrimPrefix(part, "request.")))
	}
	e.request = sumOf(parts...)
	return e
}

func canonicalText(r raw) []byte {
	if r == nil {
		return nil
	}
	b := bytes.NewBuffer(make([]byte, 0, len(r)))
	writeCanonical(b, r, true)
	return b.Bytes()
}

// statesText is equal for provider states that say the same in their different
// spellings, whatever their order.
func statesText(members object) string {
	r := truthy(members.first("provider_state", "providerState", "providerStates"))
	if r.isString() {
		if r.text() == "" {
			return ""
		}
		r = raw(`[{"name":` + string(r) + `}]`)
	}
	if !r.isArray() {
		return r.text()
	}
	var states []string
	for _, state := range r.elements() {
		if o := state.members(); o != nil {
			if params := o.get("params"); params.isNull() || params.isObject() && len(params.members()) == 0 {
				o = slices.DeleteFunc(o, func(m member) bool { return m.name == "params" })
			}
			state = o.text()
		}
		states = append(states, string(canonicalText(state)))
	}
	slices.Sort(states)
	return strings.Join(states, ",")
}

// stateNames is the names of the provider states, for a message.
func stateNames(members object) string {
	r := members.first("provider_state", "providerState", "providerStates")
	if r.isString() {
		return quotedText(r.text())
	}
	var names []string
	for _, state := range r.elements() {
		names = append(names, quotedText(state.members().get("name").text()))
	}
	return strings.Join(names, " and ")
}

// mergeLists follows the rules 4 and 5. It returns nil for no list at all.
func mergeLists(present, added []raw, replacing Replacing) ([]raw, []Conflict) {
	if present == nil && added == nil {
		return nil, nil
	}
	m := newListMerger(present)
	var conflicts []Conflict
	for _, r := range added {
		e := readExpectation(r)
		at, same := m.place(e, replacing)
		switch {
		case !same:
			m.list = append(m.list, r)
		case at < 0:
			conflicts = append(conflicts, expectationConflict(m.known[m.rival(e)], e, replacing))
		default:
			m.list[at], m.taken[at] = r, true
		}
	}
	return m.list, conflicts
}

// listMerger finds in a list what is the same expectation, in a time that does
// not grow with the list.
type listMerger struct {
	list  []raw
	known []expectation
	taken []bool // those that an added one stands for
	// exact, named and asked find by text, by name, and by name and request; keyed
	// by key. An expectation with a key may be the one of a name without: for it
	// there are unkeyed and askedUnkeyed.
	exact, named, asked, keyed, unkeyed, askedUnkeyed places
}

// places are the indexes of a list by a sum, in order.
type places struct {
	first map[textSum]int32
	next  []int32
}

// newPlaces leaves out what has no sum.
func newPlaces(known []expectation, sum func(expectation) textSum) places {
	p := places{first: make(map[textSum]int32, len(known)), next: make([]int32, len(known))}
	for i := len(known) - 1; i >= 0; i-- {
		key := sum(known[i])
		if key == (textSum{}) {
			continue
		}
		p.next[i] = -1
		if later, ok := p.first[key]; ok {
			p.next[i] = later
		}
		p.first[key] = int32(i)
	}
	return p
}

func newListMerger(present []raw) *listMerger {
	m := &listMerger{list: slices.Clone(present), known: make([]expectation, len(present)), taken: make([]bool, len(present))}
	keys := false
	for i, r := range present {
		m.known[i] = readExpectation(r)
		keys = keys || m.known[i].key != textSum{}
	}
	m.exact = newPlaces(m.known, func(e expectation) textSum { return e.exact })
	m.named = newPlaces(m.known, func(e expectation) textSum { return e.name })
	m.asked = newPlaces(m.known, expectation.asks)
	m.unkeyed, m.askedUnkeyed = m.named, m.asked
	if keys {
		unkeyed := func(sum func(expectation) textSum) func(expectation) textSum {
			return func(e expectation) textSum {
				if e.key != (textSum{}) {
					return textSum{}
				}
				return sum(e)
			}
		}
		m.keyed = newPlaces(m.known, func(e expectation) textSum { return e.key })
		m.unkeyed = newPlaces(m.known, unkeyed(func(e expectation) textSum { return e.name }))
		m.askedUnkeyed = newPlaces(m.known, unkeyed(expectation.asks))
	}
	return m
}

// asks is the sum of name and request.
func (e expectation) asks() textSum { return sumOf(e.name[:], e.request[:]) }

// find returns the first place of a sum that nothing stands for yet, -1 if there
// is none.
func (m *listMerger) find(p places, sum textSum) int {
	at, ok := p.first[sum]
	if !ok {
		return -1
	}
	for at >= 0 && m.taken[at] {
		at = p.next[at]
	}
	p.first[sum] = at
	return int(at)
}

// rival returns the place of what is the same expectation as e, -1 if nothing
// is.
func (m *listMerger) rival(e expectation) int {
	if e.key == (textSum{}) {
		return m.find(m.named, e.name)
	}
	if at := m.find(m.keyed, e.key); at >= 0 {
		return at
	}
	return m.find(m.unkeyed, e.name)
}

// place returns where e belongs, and whether something is the same expectation:
// then -1 means that e may not replace it.
func (m *listMerger) place(e expectation, replacing Replacing) (at int, same bool) {
	if at := m.find(m.exact, e.exact); at >= 0 {
		return at, true
	}
	rival := m.rival(e)
	switch {
	case rival < 0:
		return -1, false
	case replacing == ReplaceAll:
		return rival, true
	case replacing == ReplaceNothing:
		return -1, true
	case m.known[rival].request == e.request:
		return rival, true
	case e.key == (textSum{}):
		return m.find(m.asked, e.asks()), true
	}
	return m.find(m.askedUnkeyed, e.asks()), true
}

// requestParts are what makes a request another one, as in Pact Broker, and the
// parts of a response or a message.
var (
	requestParts = []string{"request.method", "request.path", "request.query", "request.body", "request.headers"}
	otherParts   = []string{
		"request.matchingRules", "request.generators", "request", "response.status", "response.headers", "response.body",
		"response.matchingRules", "response.generators", "response", "contents", "metadata", "metaData", "matchingRules", "generators",
	}
)

func differingParts(a, b expectation, parts []string) []string {
	var out []string
	for _, part := range parts {
		if !bytes.Equal(canonicalPart(a.text, part), canonicalPart(b.text, part)) {
			out = append(out, part)
		}
	}
	return out
}

func partOf(r raw, part string) raw {
	for name := range strings.SplitSeq(part, ".") {
		r = r.members().get(name)
	}
	return r
}

func canonicalPart(r raw, part string) []byte { return canonicalText(partOf(r, part)) }

// partText is a part for a message: what a string says, and JSON of all else.
func partText(r raw, part string) string {
	if r = partOf(r, part); r.isString() {
		return shortText([]byte(r.text()))
	}
	return shortText(canonicalText(r))
}

// expectationConflict tells the first part in which two interactions differ,
// with both sides.
func expectationConflict(old, e expectation, replacing Replacing) Conflict {
	members := e.text.members()
	what := "interaction"
	if members.get("request") == nil {
		what = "message"
	}
	what += " " + quotedText(members.get("description").text())
	if given := stateNames(members); given != "" {
		what += " given " + given
	}
	parts := requestParts
	if replacing != ReplaceSameRequest {
		parts = slices.Concat(requestParts, otherParts)
	}
	differing := differingParts(old, e, parts)
	if len(differing) == 0 {
		return Conflict{What: what, Existing: shortText(canonicalText(old.text)), Added: shortText(canonicalText(e.text))}
	}
	part := differing[0]
	return Conflict{What: what, Part: part,
		Existing: partText(old.text, part), Added: partText(e.text, part)}
}

func quotedText(s string) string {
	var b bytes.Buffer
	writeString(&b, s)
	return shortText(b.Bytes())
}

// shortText cuts what is too long for a message.
func shortText(text []byte) string {
	const most = 200
	if len(text) == 0 {
		return "nothing"
	}
	if len(text) <= most {
		return string(text)
	}
	return strings.ToValidUTF8(string(text[:most]), "") + "…"
}
