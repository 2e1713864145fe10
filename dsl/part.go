package dsl

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime/multipart"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"

	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/gojson"
	"github.com/treatyhq/treaty/dsl/internal/integration"
	"github.com/treatyhq/treaty/matching"
)

// part is the request or the response of an interaction: what both can have.
type part struct {
	interaction *Interaction
	name        string // "request" or "response"
	headers     contract.Values
	body        contract.Body
	rules       contract.RuleSet
	generators  contract.GeneratorSet
	// stricter holds rules that the version of the pact cannot hold whole.
	stricter map[ruleKey]contract.RuleList
	// variants are further forms of the body.
	variants []bodyVariant
}

func (p *part) fail(place string, err error) {
	p.interaction.fail(p.name+" "+place, err)
}

// set replaces the rules of one name in a category, and forgets its generator.
func (p *part) set(category contract.Category, name string, rules contract.RuleList) {
	delete(p.rules[category], name)
	delete(p.generators[category], name)
	delete(p.stricter, ruleKey{category, name})
	if len(rules.Rules) > 0 {
		p.addRules(category, name, rules)
	}
}

// setValues sets the rules for the values of a header or query parameter. What
// an old version of the file cannot say, the mock provider asks for all the
// same. For a response nobody would: there it is refused.
func (p *part) setValues(category contract.Category, name string, v values) error {
	rules, err := v.rules()
	if err != nil {
		return err
	}
	fitting, whole := fit(rules, p.interaction.version)
	switch {
	case !whole && p.name == "response":
		return fmt.Errorf("a pact of version %s cannot say how many values a name has if they have matchers: use %s or later, or plain text",
			p.interaction.version, contract.V3)
	case !whole && len(v) == 1:
		return fmt.Errorf("a pact of version %s cannot hold several matchers for one value: use %s or later", p.interaction.version, contract.V3)
	}
	p.set(category, name, fitting)
	if !whole {
		if p.stricter == nil {
			p.stricter = map[ruleKey]contract.RuleList{}
		}
		p.stricter[ruleKey{category, name}] = rules
	}
	return nil
}

// ruleKey is the place of a rule list in a [contract.RuleSet].
type ruleKey struct {
	category contract.Category
	name     string
}

// played returns the rules that the mock provider asks for.
func (p *part) played() contract.RuleSet {
	if len(p.stricter) == 0 {
		return p.rules
	}
	rules := contract.RuleSet{}
	for category, lists := range p.rules {
		rules[category] = maps.Clone(lists)
	}
	for key, list := range p.stricter {
		rules[key.category][key.name] = list
	}
	return rules
}

func (p *part) addRules(category contract.Category, name string, list contract.RuleList) {
	if p.rules == nil {
		p.rules = contract.RuleSet{}
	}
	if p.rules[category] == nil {
		p.rules[category] = map[string]contract.RuleList{}
	}
	p.rules[category][name] = list
}

func (p *part) addGenerator(category contract.Category, name string, generator contract.Generator) {
	if p.generators == nil {
		p.generators = contract.GeneratorSet{}
	}
	if p.generators[category] == nil {
		p.generators[category] = map[string]contract.Generator{}
	}
	p.generators[category][name] = generator
}

func (p *part) header(name string, values []matchers.Matcher) {
	if err := p.setHeader(name, values); err != nil {
		p.fail(fmt.Sprintf("header %q", name), err)
	}
}

// setHeaders sets headers that are given together: two spellings of one name
// would be one header.
func (p *part) setHeaders(headers matchers.HeadersMatcher) {
	spellings := map[string]string{}
	for _, name := range sortedNames(headers) {
		lower := strings.ToLower(name)
		if other, twice := spellings[lower]; twice {
			p.fail(fmt.Sprintf("header %q", name), fmt.Errorf("it is given as %q too, and header names have no case: give all values under one name", other))
		}
		spellings[lower] = name
		p.header(name, headers[name])
	}
}

func (p *part) setHeader(name string, values []matchers.Matcher) error {
	v, err := compileValues(values, p.interaction.version)
	if err != nil {
		return err
	}
	for n, one := range v {
		if one.generator != nil && len(v) > 1 {
			return errors.New("a generator is for a header with one value: a pact does not say for which of several it is")
		}
		var split []string
		for _, example := range one.examples {
			split = append(split, contract.SplitHeader(name, example)...)
		}
		v[n].examples = split
	}
	p.dropHeader(name)
	if err := p.setValues(contract.CategoryHeader, name, v); err != nil {
		return err
	}
	if p.headers == nil {
		p.headers = contract.Values{}
	}
	p.headers[name] = v.examples()
	if len(v) == 1 && v[0].generator != nil {
		p.addGenerator(contract.CategoryHeader, name, *v[0].generator)
	}
	return nil
}

// dropHeader forgets a header in whatever case it was written.
func (p *part) dropHeader(name string) {
	for known := range p.headers {
		if strings.EqualFold(known, name) {
			delete(p.headers, known)
			p.set(contract.CategoryHeader, known, contract.RuleList{})
		}
	}
}

// defaultContentType sets the header unless the test did.
func (p *part) defaultContentType(contentType string) {
	if contentType == "" || len(p.headers.Get("Content-Type")) > 0 {
		return
	}
	if p.headers == nil {
		p.headers = contract.Values{}
	}
	p.headers["Content-Type"] = []string{contentType}
}

// setBody replaces the body and everything said about the one before.
func (p *part) setBody(content []byte, contentType string) {
	delete(p.rules, contract.CategoryBody)
	delete(p.generators, contract.CategoryBody)
	p.variants = nil
	p.body = contract.NewBody(content, contentType)
	p.defaultContentType(contentType)
}

const jsonType = "application/json"

// jsonBody takes any value with matchers in it. A string that is JSON is taken
// as that JSON, as pact-go does.
func (p *part) jsonBody(value any) {
	if text, ok := value.(string); ok {
		if decoded, err := integration.DecodeJSON([]byte(text)); err == nil {
			value = decoded
		}
	}
	compiled, forms, err := integration.CompileVariants(value)
	if err != nil {
		p.fail("body", err)
		return
	}
	p.compiledBody(compiled, jsonType)
	for _, form := range forms {
		p.addVariant(form)
	}
}

func (p *part) compiledBody(compiled integration.Compiled, contentType string) {
	if err := compiled.Check(p.interaction.version); err != nil {
		p.fail("body", err)
		return
	}
	content, err := integration.EncodeJSON(compiled.Example)
	if err != nil {
		p.fail("body", err)
		return
	}
	p.setBody(content, contentType)
	if compiled.Example == nil && p.interaction.version < contract.V4 { // which have one null for a JSON null and for no body
		p.body = contract.Body{State: contract.BodyNull, ContentType: contentType}
	}
	for path, list := range compiled.Rules {
		p.addRules(contract.CategoryBody, path, list)
	}
	for path, generator := range compiled.Generators {
		p.addGenerator(contract.CategoryBody, path, generator)
	}
}

// rawBody takes content as it is sent. JSON may have matchers in it, as
// integration JSON.
func (p *part) rawBody(contentType string, content []byte) {
	if kind, err := contract.ParseContentType(contentType); err == nil && kind.IsJSON() {
		if decoded, err := integration.DecodeJSON(content); err == nil {
			compiled, err := integration.CompileJSON(decoded)
			if err != nil {
				p.fail("body", err)
				return
			}
			p.compiledBody(compiled, contentType)
			return
		}
	}
	if kind, err := contract.ParseContentType(contentType); err == nil && kind.IsXML() && bytes.HasPrefix(bytes.TrimSpace(content), []byte("{")) {
		p.xml(json.RawMessage(content), contentType) // XML as integration JSON
		return
	}
	p.setBody(bytes.Clone(content), contentType)
}

const binaryType = "application/octet-stream"

// binaryBody takes bytes that nobody compares one by one: from V3 on what they
// look like is what counts.
func (p *part) binaryBody(content []byte) {
	p.setBody(bytes.Clone(content), binaryType)
	if p.interaction.version >= contract.V3 && len(content) > 0 {
		p.addRules(contract.CategoryBody, "$", contract.RuleList{Rules: []contract.Rule{contract.ContentTypeRule{Value: matching.MediaType(content)}}})
	}
}

// bodyMatch derives the body from a struct and its tags.
func (p *part) bodyMatch(value any) {
	matcher, err := gojson.Match(value)
	if err != nil {
		p.fail("body", err)
		return
	}
	p.jsonBody(matcher)
}

// multipartBody is a form with one file in it. The boundary comes from the
// content, so that the pact is the same on every run.
func (p *part) multipartBody(contentType, filename, partName string) {
	content, err := os.ReadFile(filename)
	if err != nil {
		p.fail("multipart body", err)
		return
	}
	digest := sha256.Sum256(append([]byte(partName+"\x00"), content...))
	boundary := "treaty" + hex.EncodeToString(digest[:12])
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	err = errors.Join(writer.SetBoundary(boundary), writeFilePart(writer, contentType, filename, partName, content), writer.Close())
	if err != nil {
		p.fail("multipart body", err)
		return
	}
	p.dropHeader("Content-Type")
	p.setBody(body.Bytes(), "multipart/form-data; boundary="+boundary)
	// Each client chooses its own boundary.
	p.addRules(contract.CategoryHeader, "Content-Type", contract.RuleList{Rules: []contract.Rule{
		contract.RegexRule{Pattern: `multipart/form-data;(\s*charset=[^;]*;)?\s*boundary=.*`},
	}})
	if p.interaction.version >= contract.V3 {
		path := contract.Path{{Kind: contract.TokenRoot}}.Field(partName).String()
		p.addRules(contract.CategoryBody, path, contract.RuleList{Rules: []contract.Rule{contract.ContentTypeRule{Value: contentType}}})
	}
}

func writeFilePart(writer *multipart.Writer, contentType, filename, partName string, content []byte) error {
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename=%q`, partName, filepath.Base(filename)))
	header.Set("Content-Type", contentType)
	out, err := writer.CreatePart(header)
	if err != nil {
		return err
	}
	_, err = out.Write(content)
	return err
}
