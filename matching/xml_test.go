package matching_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

func TestXML(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, expected, actual string
		rules                  contract.RuleSet
		request, response      []string
	}{
		{name: "order of attributes and of names, comments, CDATA", expected: `<a x="1" y="2"><b>t</b><c/></a>`,
			actual: `<?xml version="1.0"?><!-- c --><a y="2" x="1"><c/><b><![CDATA[t]]></b></a>`},
		{name: "any declaration", expected: `<?xml version="1.1" encoding="UTF-8" standalone="yes"?><a>t</a>`, actual: "\uFEFF<?xml\n version='1.1'?>\n<a>t</a>"},
		{name: "a place behind a declaration", expected: `<a/>`, actual: "<?xml\nversion='1.1'?><a></b>",
			request:  []string{"$: Expected an XML body but could not read it: </b> stands where </a> is expected at line 2 column 23"},
			response: []string{"$: Expected an XML body but could not read it: </b> stands where </a> is expected at line 2 column 23"}},
		{name: "prefixes do not count", expected: `<a xmlns="urn:x"><b/></a>`, actual: `<p:a xmlns:p="urn:x"><p:b/></p:a>`},
		{name: "namespaces do", expected: `<a/>`, actual: `<a xmlns="urn:x"/>`,
			request:  []string{"$.a: Expected 'urn:x:a' to be equal to 'a'"},
			response: []string{"$.a: Expected 'urn:x:a' to be equal to 'a'"}},
		{name: "text", expected: `<a>x</a>`, actual: `<a> y </a>`,
			request:  []string{"$.a['#text']: Expected 'y' to be equal to 'x'"},
			response: []string{"$.a['#text']: Expected 'y' to be equal to 'x'"}},
		{name: "unexpected attribute", expected: `<a/>`, actual: `<a x="1"/>`,
			request: []string{`$.a: Did not expect any attributes but received {"x": "1"}`}},
		{name: "missing attribute", expected: `<a x="1" y="2"/>`, actual: `<a x="1"/>`,
			request: []string{"$.a: Expected 2 attribute(s) but received 1 attribute(s)", "$.a['@y']: Expected attribute 'y'='2' but was missing"},
			response: []string{"$.a: Expected at least 2 attribute(s) but received 1 attribute(s)",
				"$.a['@y']: Expected attribute 'y'='2' but was missing"}},
		{name: "children", expected: `<a><b/><c/></a>`, actual: `<a><b/><b/><d/></a>`,
			request:  []string{"$.a.b: Unexpected child <b/>", "$.a.c: Expected child <c/> but was missing", "$.a: Unexpected child <d/>"},
			response: []string{"$.a.c: Expected child <c/> but was missing"}},
		{name: "no children expected", expected: `<a/>`, actual: `<a><b/></a>`,
			request: []string{"$.a: Expected no children but received [b]"}},
		{name: "one example stands for all under a type rule", expected: `<a><b n="1"/></a>`, actual: `<a><b n="2"/><b n="x"/></a>`,
			rules:    bodyRules("$.a", contract.TypeRule{}, "$.a.b['@n']", contract.IntegerRule{}),
			request:  []string{"$.a.b['@n']: Expected 'x' to match an integer number"},
			response: []string{"$.a.b['@n']: Expected 'x' to match an integer number"}},
		{name: "an element unknown to a type rule", expected: `<a><b/></a>`, actual: `<a><b><c/></b></a>`, rules: bodyRules("$.a", contract.TypeRule{}),
			request:  []string{"$.a.b: Expected no children but received [c]"},
			response: []string{"$.a.b: Unexpected child <c/>"}},
		{name: "a missing element under a type rule", expected: `<a><b/></a>`, actual: `<a/>`, rules: bodyRules("$.a.b", contract.TypeRule{Min: number(0)}),
			request:  []string{"$.a.b: Expected child <b/> but was missing"},
			response: []string{"$.a.b: Expected child <b/> but was missing"}},
		{name: "bounds count children", expected: `<a><b/></a>`, actual: `<a><b/></a>`,
			rules:    bodyRules("$.a", contract.TypeRule{Min: number(2)}),
			request:  []string{"$.a: Expected [b] (size 1) to have minimum size of 2"},
			response: []string{"$.a: Expected [b] (size 1) to have minimum size of 2"}},
		{name: "a rule on an element is asked for its text", expected: `<a><b>red</b></a>`, actual: `<a><b>blue</b></a>`,
			rules: bodyRules("$.a.b", contract.RegexRule{Pattern: "red|blue"})},
		{name: "such a rule is not asked again for attributes and children", expected: `<a><b n="1">red<c>x</c></b></a>`, actual: `<a><b n="1">blue<c>x</c></b></a>`,
			rules: bodyRules("$.a.b", contract.RegexRule{Pattern: "red|blue"})},
		{name: "which must be equal then", expected: `<a><b n="1">red<c>x</c></b></a>`, actual: `<a><b n="2">blue<c>red</c></b></a>`,
			rules:    bodyRules("$.a.b", contract.RegexRule{Pattern: "red|blue"}),
			request:  []string{"$.a.b['@n']: Expected '2' to be equal to '1'", "$.a.b.c['#text']: Expected 'red' to be equal to 'x'"},
			response: []string{"$.a.b['@n']: Expected '2' to be equal to '1'", "$.a.b.c['#text']: Expected 'red' to be equal to 'x'"}},
		{name: "or fit the rules from further up, and their own", expected: `<a><b n="1" m="7">red<c>x</c></b></a>`, actual: `<a><b n="2" m="8">blue<c>y</c></b><b n="3" m="x">green<c>z</c></b></a>`,
			rules:    bodyRules("$.a", contract.TypeRule{}, "$.a.b", contract.RegexRule{Pattern: "red|blue"}, "$.a.b['@m']", contract.IntegerRule{}),
			request:  []string{"$.a.b: Unexpected child <b/>"},
			response: nil},
		{name: "where there is no text the rule cascades", expected: `<a><b n="1"><c>2</c></b></a>`, actual: `<a><b n="3"><c>x</c></b></a>`,
			rules:    bodyRules("$.a.b", contract.IntegerRule{}),
			request:  []string{"$.a.b.c['#text']: Expected 'x' to match an integer number"},
			response: []string{"$.a.b.c['#text']: Expected 'x' to match an integer number"}},
		{name: "bounds at an element are not those of its children", expected: `<a><b><c/><c/></b></a>`, actual: `<a><b><c/><c/></b></a>`,
			rules: bodyRules("$.a.b", contract.TypeRule{Min: number(2)})},
		{name: "a star index takes no step", expected: `<a><b n="1"/></a>`, actual: `<a><b n="x"/></a>`,
			rules:    bodyRules("$.a[*].b['@n']", contract.IntegerRule{}),
			request:  []string{"$.a.b['@n']: Expected 'x' to match an integer number"},
			response: []string{"$.a.b['@n']: Expected 'x' to match an integer number"}},
		{name: "bounds at a star index count the elements of the name", expected: `<a><b><c/></b><b><c/></b></a>`, actual: `<a><b><c/></b></a>`,
			rules:    bodyRules("$.a.b", contract.TypeRule{}, "$.a.b[*]", contract.TypeRule{Min: number(2)}),
			request:  []string{"$.a.b: Expected [b] (size 1) to have minimum size of 2"},
			response: []string{"$.a.b: Expected [b] (size 1) to have minimum size of 2"}},
		{name: "and accept as many as they say, whatever their children", expected: `<a><b><c/></b></a>`,
			actual: `<a><b><c/></b><b><c/></b><b><c/></b></a>`, rules: bodyRules("$.a.b[*]", contract.TypeRule{Min: number(2), Max: number(3)})},
		{name: "in each place of that name", expected: `<a><g><b/></g></a>`, actual: `<a><g><b/><b/></g><g><b/></g></a>`,
			rules:    bodyRules("$.a.g[*]", contract.MaxRule{Max: 2}, "$.a.g[*].b[*]", contract.MinRule{Min: 2}),
			request:  []string{"$.a.g.b: Expected [b] (size 1) to have minimum size of 2"},
			response: []string{"$.a.g.b: Expected [b] (size 1) to have minimum size of 2"}},
		{name: "names by prefix", expected: `<p:a xmlns:p="urn:x"><p:b>1</p:b></p:a>`, actual: `<q:a xmlns:q="urn:x"><q:b>2</q:b></q:a>`,
			rules: bodyRules("$['p:a']['p:b']", contract.IntegerRule{})},
		{name: "names by namespace", expected: `<p:a xmlns:p="urn:x"><p:b>1</p:b></p:a>`, actual: `<q:a xmlns:q="urn:x"><q:b>2</q:b></q:a>`,
			rules: bodyRules("$['urn:x:a']['urn:x:b']", contract.IntegerRule{})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			request, response := compareBodies("application/xml", tt.expected, tt.actual, tt.rules)
			require.Equal(t, tt.request, request)
			require.Equal(t, tt.response, response)
		})
	}
}

// TestXMLIsComparedWhateverItsWriting: white space between elements, comments,
// CDATA and processing instructions are not what a document says.
func TestXMLIsComparedWhateverItsWriting(t *testing.T) {
	t.Parallel()
	const plain = `<a><b n="1">x y</b><c/><d>1<e/>2</d></a>`
	for name, written := range map[string]string{
		"indented":                  "<?xml version=\"1.0\"?>\n<a>\n\t<b n=\"1\">\n x y </b>\n\t<c></c>\n  <d>1<e/>2</d>\n</a>\n",
		"with line ends of Windows": "<a>\r\n  <b n='1'>x y</b>\r\n  <c/>\r\n  <d>1<e/>2</d>\r\n</a>\r\n",
		"with comments":             `<!-- 1 --><a> <!-- 2 --><b n="1">x<!-- 3 --> y</b> <!-- 4 --> <c> <!-- --> </c> <d>1<e/>2</d> </a><!-- 5 -->`,
		"with CDATA":                `<a> <b n="1"><![CDATA[x]]> y</b> <c><![CDATA[]]></c><d>1<e/>2</d></a>`,
		"with instructions":         `<?xml-stylesheet href="x"?><a> <?b?> <b n="1">x y</b> <c/> <d>1<e><?e f?></e>2</d> </a>`,
		"with a document type":      `<!DOCTYPE a SYSTEM "a.dtd"> <a> <b n="1">x y</b> <c/> <d>1<e/>2</d> </a>`,
		"with references":           `<a> <b n="&#49;">x&#x20;y</b> <c/> <d>&#49;<e/>2</d> </a>`,
		"with a byte order mark":    "\uFEFF<a> <b n=\"1\">x y</b> <c/> <d>1<e/>2</d> </a>",
	} {
		for _, pair := range [][2]string{{plain, written}, {written, plain}, {written, written}} {
			request, response := compareBodies("application/xml", pair[0], pair[1], nil)
			require.Empty(t, request, name)
			require.Empty(t, response, name)
		}
		request, _ := compareBodies("application/xml", plain, strings.Replace(written, "2", "3", 1), nil)
		if !strings.Contains(written, "<!-- 2") { // the first 2 stands in a comment there
			require.NotEmpty(t, request, name)
		}
	}
}

func TestBrokenXMLIsAMismatch(t *testing.T) {
	t.Parallel()
	for body, why := range map[string]string{
		"":                          "the document has no element",
		"text":                      "text outside of the root element",
		"<a>":                       "<a> does not end",
		"<a></b>":                   "</b> stands where </a> is expected",
		"<a/></a>":                  "</a> ends an element that is not open",
		"<a/><b/>":                  "a second root element",
		"<p:a/>":                    `the prefix "p" is not declared`,
		`<a x="1" x="2"/>`:          `the attribute "x" stands twice on an element`,
		"<a>&bomb;</a>":             "invalid character entity &bomb;",
		strings.Repeat("<a>", 2000): "elements nested deeper than 1000 levels",
		`<!DOCTYPE a [<!ENTITY b "cccc">]><a>&b;</a>`: "invalid character entity &b;",
	} {
		request, _ := compareBodies("application/xml", "<a/>", body+" ", nil)
		require.Len(t, request, 1, body)
		require.Contains(t, request[0], why)
	}
}

func TestXMLInOtherCharsets(t *testing.T) {
	t.Parallel()
	request, _ := compareBodies("application/xml", "<a>é</a>", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9</a>", nil)
	require.Empty(t, request)
}
