package lint_test

import (
	"fmt"

	"github.com/treatyhq/treaty/contract/lint"
)

// A pact file is looked at before a provider meets it.
func ExampleFile() {
	findings := lint.File([]byte(`{
		"consumer": {"name": "storefront"},
		"provider": {"name": "catalog"},
		"interactions": [{
			"description": "a request for tea",
			"request": {"method": "GET", "path": "/tea"},
			"response": {
				"status": 200, "headers": {"Content-Type": "application/json"}, "body": {"code": "tea"},
				"matchingRules": {"$.body.code": {"match": "regex", "regex": "[A-Z]+"}}
			}
		}],
		"metadata": {"pactSpecification": {"version": "2.0.0"}}
	}`))
	for _, finding := range findings {
		fmt.Println(finding.Level, finding.Check, finding.Path)
		fmt.Println(finding.What)
	}
	// Output:
	// error example-breaks-rule $.code
	// the example does not fit its own rule: Expected 'tea' to match '[A-Z]+'
}
