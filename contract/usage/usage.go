// Package usage tells what a contract takes from its provider: which requests it
// makes, what it sends in them, and which values of the answers it needs. Who is
// about to change a provider learns from it whom that concerns.
//
// Begin with [Of]. It looks at the document alone; a consumer may do more than its
// contracts say. Its functions change nothing and are safe for concurrent use.
package usage

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/internal/walk"
)

// Part is a part of an interaction.
type Part string

// The parts, in the order in which people read an interaction.
const (
	// RequestLine is the request as such: its method and path.
	RequestLine Part = "request"
	// RequestQuery is a parameter of the query that the consumer sends.
	RequestQuery Part = "request query"
	// RequestHeader is a header that the consumer sends.
	RequestHeader Part = "request header"
	// RequestBody is a value that the consumer sends, also in a request message.
	RequestBody Part = "request body"
	// ResponseStatus is a status that the consumer waits for.
	ResponseStatus Part = "response status"
	// ResponseHeader is a header that the consumer needs.
	ResponseHeader Part = "response header"
	// ResponseBody is a value that the consumer needs, also in the answer to a
	// request message.
	ResponseBody Part = "response body"
	// Message and Metadata are those of a message that the provider sends.
	Message  Part = "message"
	Metadata Part = "message metadata"
)

var order = []Part{RequestLine, RequestQuery, RequestHeader, RequestBody, ResponseStatus, ResponseHeader, ResponseBody, Message, Metadata}

// Sent reports whether the consumer makes what is in the part, so that the provider
// has to take it. Otherwise it has to give it.
func (p Part) Sent() bool { return slices.Index(order, p) <= slices.Index(order, RequestBody) }

// Compare orders parts as people read an interaction.
func (p Part) Compare(other Part) int {
	return cmp.Compare(slices.Index(order, p), slices.Index(order, other))
}

// Place is where something is taken from. Two contracts that use the same have equal
// places, whatever their examples.
type Place struct {
	// Method and Path are those of the request, with {} in the place of each segment
	// of the path that names one thing among many: a number, a UUID, or 8 or more
	// hexadecimal digits. Both are empty for messages.
	Method, Path string
	// Part of the interaction.
	Part Part
	// Name is the status, that of the header or parameter (headers in lower case), or
	// the path expression of the value in a body, with an asterisk for each element of a
	// list: in XML the names of the elements, and of an attribute with @ before it. It is
	// empty for the part as a whole.
	Name string
}

// Endpoint is the request in a line, such as "GET /orders/{}"; "message" for what is
// no request.
func (p Place) Endpoint() string {
	if p.Method == "" {
		return "message"
	}
	return p.Method + " " + p.Path
}

// Field is what is used in a word: the path expression of a value in a body, or
// header.NAME, query.NAME, metadata.NAME; "$" for a body that is not looked into, "status" for
// a status, and "" for the request as such.
func (p Place) Field() string {
	switch p.Part {
	case RequestLine:
		return ""
	case ResponseStatus:
		return "status"
	case RequestQuery:
		return "query." + p.Name
	case RequestHeader, ResponseHeader:
		return "header." + p.Name
	case Metadata:
		return "metadata." + p.Name
	default:
		return cmp.Or(p.Name, "$")
	}
}

// Is reports whether the place belongs to an endpoint as people write it, such as
// "GET /orders/{id}" or "GET /orders/7": a segment in braces stands for any.
func (p Place) Is(endpoint string) bool {
	method, path, _ := strings.Cut(strings.TrimSpace(endpoint), " ")
	if p.Method == "" || path == "" {
		return endpoint == p.Endpoint()
	}
	asked, own := strings.Split(template(strings.TrimSpace(path)), "/"), strings.Split(p.Path, "/")
	return strings.EqualFold(method, p.Method) && slices.EqualFunc(asked, own, func(asked, own string) bool {
		return asked == own || strings.HasPrefix(asked, "{") && strings.HasSuffix(asked, "}")
	})
}

// Has reports whether the place is a field as people write it: as [Place.Field] has
// it, with any number for an element of a list.
func (p Place) Has(field string) bool {
	if path, err := contract.ParsePath(field); err == nil && strings.HasPrefix(field, "$") {
		for i, token := range path {
			if token.Kind == contract.TokenIndex {
				path[i] = contract.Token{Kind: contract.TokenStarIndex}
			}
		}
		field = path.String()
	}
	own := p.Field()
	return field == own || strings.HasPrefix(own, "header.") && strings.EqualFold(field, own)
}

// Compare orders places by endpoint, part and name; messages come last.
func (p Place) Compare(other Place) int {
	return cmp.Or(-cmp.Compare(min(len(p.Method), 1), min(len(other.Method), 1)), cmp.Compare(p.Path, other.Path), cmp.Compare(p.Method, other.Method),
		p.Part.Compare(other.Part), cmp.Compare(p.Name, other.Name))
}

// Use is something that a contract takes from its provider.
type Use struct {
	Place
	// Rule names the matching rules of the value, joined by "and" or "or"; "equal"
	// where there are none. It is empty for a request as such, for a body that is not
	// looked into or is XML, and where there is too much to look for.
	Rule string
	// How says in words what the contract asks of the value, such as "integer, such
	// as 42", as the first interaction has it. It may be cut, and is empty where
	// there is nothing to say or too much to look for.
	How string
	// Interactions are the descriptions of those that use it, in their order.
	Interactions []string
}

// Limits of what is told of one contract: documents are hostile.
const (
	mostUses = 20_000
	// mostTried bounds how many rules are tried for the values of a body.
	mostTried = 1_000_000
	mostWords = 120
)

// Of returns what a contract uses, in the order of [Place.Compare]. whole is false
// where it uses more than is told, or may: where a body is neither JSON nor XML nor a
// form, which are looked into.
func Of(p *contract.Pact) (uses []Use, whole bool) {
	c := &collection{found: map[Place]*Use{}, whole: true}
	for _, i := range p.Interactions {
		c.interaction(i)
	}
	for _, use := range c.found {
		uses = append(uses, *use)
	}
	slices.SortFunc(uses, func(a, b Use) int { return a.Compare(b.Place) })
	return uses, c.whole
}

// collection gathers uses; at is the place that is looked at.
type collection struct {
	found       map[Place]*Use
	whole       bool
	at          Place
	description string
}

// value adds a value under rules.
func (c *collection) value(part Part, name string, rules contract.RuleList, example string) {
	c.add(part, name, ruleNames(rules), words(rules, example))
}

func (c *collection) add(part Part, name, rule, how string) {
	c.at.Part, c.at.Name = part, name
	use := c.found[c.at]
	if use == nil {
		if len(c.found) >= mostUses {
			c.whole = false
			return
		}
		use = &Use{Place: c.at, Rule: rule, How: clip(how)}
		c.found[c.at] = use
	}
	if n := len(use.Interactions); n == 0 || use.Interactions[n-1] != c.description {
		use.Interactions = append(use.Interactions, c.description)
	}
}

func clip(s string) string {
	if runes := []rune(s); len(runes) > mostWords {
		return string(runes[:mostWords]) + "…"
	}
	return s
}

func (c *collection) interaction(i contract.Interaction) {
	c.description, c.at = i.Base().Description, Place{}
	switch i := i.(type) {
	case *contract.HTTP:
		c.at.Method, c.at.Path = cmp.Or(i.Request.Method, "GET"), template(i.Request.Path)
		c.request(i.Request)
		c.response(i.Response)
	case *contract.AsyncMessage:
		c.message(i.Message, Message)
	case *contract.SyncMessage:
		c.message(i.Request, RequestBody)
		for _, answer := range i.Responses {
			c.message(answer, ResponseBody)
		}
	}
}

func (c *collection) request(r contract.Request) {
	c.add(RequestLine, "", "", "")
	c.named(RequestQuery, r.Query, r.Rules[contract.CategoryQuery], strings.Clone)
	c.named(RequestHeader, r.Headers, r.Rules[contract.CategoryHeader], strings.ToLower)
	c.body(RequestBody, r.Body, r.Rules)
}

func (c *collection) response(r contract.Response) {
	rules := r.Rules[contract.CategoryStatus]
	list, ok := rules[""]
	if !ok {
		list = rules["$"]
	}
	c.value(ResponseStatus, strconv.Itoa(r.Status), list, "")
	c.named(ResponseHeader, r.Headers, r.Rules[contract.CategoryHeader], strings.ToLower)
	c.body(ResponseBody, r.Body, r.Rules)
}

func (c *collection) message(m contract.Message, part Part) {
	c.body(part, m.Contents, m.Rules)
	for _, key := range walk.SortedKeys(m.Metadata) {
		c.value(Metadata, key, m.Rules[contract.CategoryMetadata][key], walk.Text(m.Metadata[key]))
	}
}

func (c *collection) named(part Part, all contract.Values, rules map[string]contract.RuleList, norm func(string) string) {
	byName := map[string]contract.RuleList{}
	for name, list := range rules {
		byName[norm(name)] = list
	}
	for _, name := range walk.SortedKeys(all) {
		c.value(part, norm(name), byName[norm(name)], strings.Join(all[name], ", "))
	}
}

// body tells each value of a body of JSON, of a form and of XML, and any other as a
// whole: then something may be in it that is not told.
func (c *collection) body(part Part, body contract.Body, rules contract.RuleSet) {
	if body.State != contract.BodyPresent {
		return
	}
	data, isJSON := walk.JSON(body)
	kind, _ := contract.ParseContentType(body.ContentType)
	switch {
	case isJSON:
	case kind.IsForm():
		form, err := formValues(body.Content)
		if err != nil {
			c.opaque(part, body)
			return
		}
		data = form
	case kind.IsXML():
		c.xml(part, body)
		return
	default:
		c.opaque(part, body)
		return
	}
	v := values{collection: c, part: part, rules: walk.Compile(rules[contract.CategoryBody]), cost: len(rules[contract.CategoryBody]) + 1}
	root := contract.Path{{Kind: contract.TokenRoot}}
	v.look(root, root, data)
}

// opaque tells a body that is not looked into.
func (c *collection) opaque(part Part, body contract.Body) {
	c.add(part, "", "", body.ContentType)
	c.whole = c.whole && len(body.Content) == 0
}

// values tells the values of one body. cost is what it takes to find the rule of one.
type values struct {
	*collection
	part  Part
	rules walk.Rules
	cost  int
	tried int
}

// look tells a value without others below it, or those below it. named is its path
// with an asterisk for each element.
func (v *values) look(path, named contract.Path, data any) {
	if len(path) <= walk.MaxDepth {
		switch data := data.(type) {
		case map[string]any:
			for _, name := range walk.SortedKeys(data) {
				v.look(path.Field(name), named.Field(name), data[name])
			}
			if len(data) > 0 {
				return
			}
		case []any:
			each := append(slices.Clip(named), contract.Token{Kind: contract.TokenStarIndex})
			for i, item := range data {
				v.look(path.Elem(i), each, item)
			}
			if len(data) > 0 {
				return
			}
		}
	}
	if v.tried += v.cost; v.tried > mostTried {
		v.add(v.part, named.String(), "", "")
		return
	}
	list, _, _ := v.rules.Best(path)
	v.value(v.part, named.String(), list, walk.Text(data))
}

func words(list contract.RuleList, example string) string {
	switch {
	case len(list.Rules) == 0:
		return example
	case example == "":
		return walk.Words(list)
	}
	return walk.Words(list) + ", such as " + example
}

func ruleNames(list contract.RuleList) string {
	names := make([]string, len(list.Rules))
	for i, rule := range list.Rules {
		if names[i] = rule.Name(); names[i] == "equality" {
			names[i] = "equal"
		}
	}
	joint := " and "
	if list.Combine == contract.Or {
		joint = " or "
	}
	return cmp.Or(strings.Join(names, joint), "equal")
}

// template is a path with {} for each segment that names one thing.
func template(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if one.MatchString(s) {
			segments[i] = "{}"
		}
	}
	return strings.Join(segments, "/")
}

// one is a segment that names one thing.
var one = regexp.MustCompile(`^(?:[0-9]+|[0-9a-fA-F]{8,}|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})$`)
