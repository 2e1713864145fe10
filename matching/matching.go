package matching

import (
	"github.com/treatyhq/treaty/contract"
)

// Request compares a received request with an expected one. Unexpected query
// parameters, JSON keys, XML attributes and children are mismatches;
// unexpected headers are not.
//
// Of actual only method, path, query, headers and body are looked at. Its
// header values may be given as received or split at commas. Its body's type
// is Body.ContentType, else the Content-Type header, else sniffed.
func Request(expected, actual contract.Request) Result {
	out := newCollector()
	guarded(KindMethod, out, func() { matchMethod(expected, actual, out) })
	guarded(KindPath, out, func() { matchPath(expected, actual, out) })
	guarded(KindQuery, out, func() { matchQuery(expected, actual, out) })
	matchHTTP(
		httpPart{expected.Headers, expected.Body, expected.Rules},
		httpPart{actual.Headers, actual.Body, nil},
		true, out)
	return out.result()
}

// Response compares a received response with an expected one. Unexpected
// headers, JSON keys, XML attributes and children are accepted. For actual the
// same holds as for [Request].
func Response(expected, actual contract.Response) Result {
	out := newCollector()
	guarded(KindStatus, out, func() { matchStatus(expected, actual, out) })
	matchHTTP(
		httpPart{expected.Headers, expected.Body, expected.Rules},
		httpPart{actual.Headers, actual.Body, nil},
		false, out)
	return out.result()
}

// Message compares metadata and contents of a message; unexpected keys of
// either are accepted. The type of the contents is Contents.ContentType, else
// that of the metadata, else sniffed.
func Message(expected, actual contract.Message) Result {
	out := newCollector()
	guarded(KindMetadata, out, func() { matchMetadata(expected, actual, out) })
	guarded(KindBody, out, func() {
		matchBody(bodyPair{
			expected: expected.Contents, actual: actual.Contents,
			expectedType: typeOf(expected.Contents, metadataType(expected)),
			actualType:   typeOf(actual.Contents, metadataType(actual)),
			rules:        expected.Rules, message: true,
		}, out)
	})
	return out.result()
}

func metadataType(m contract.Message) []string {
	if v, ok := contentTypeIn(m.Metadata); ok {
		if s, ok := v.(string); ok {
			return []string{s}
		}
	}
	return nil
}

// httpPart is what requests and responses have in common.
type httpPart struct {
	headers contract.Values
	body    contract.Body
	rules   contract.RuleSet
}

func matchHTTP(expected, actual httpPart, strict bool, out *collector) {
	guarded(KindHeader, out, func() {
		matchHeaders(expected.headers, actual.headers, expected.rules[contract.CategoryHeader], out)
	})
	guarded(KindBody, out, func() {
		actualType := actual.headers.Get("Content-Type")
		matchBody(bodyPair{
			expected: expected.body, actual: actual.body,
			expectedType: typeOf(expected.body, expected.headers.Get("Content-Type")),
			actualType:   typeOf(actual.body, actualType),
			rules:        expected.rules, strict: strict,
			typeAccepted: headerRuleAccepts(expected, actualType),
		}, out)
	})
}

// headerRuleAccepts reports whether the contract has a rule for Content-Type
// that accepts the actual one; then bodies are compared whatever it is.
func headerRuleAccepts(expected httpPart, actual []string) bool {
	for name, list := range expected.rules[contract.CategoryHeader] {
		if !isContentType(name) || len(list.Rules) == 0 || len(actual) == 0 {
			continue
		}
		example := exampleAt(expected.headers.Get(name), 0)
		if len(compileChecks(list).apply(func(k *check) string { return k.text(example, actual[0]) })) == 0 {
			return true
		}
	}
	return false
}
