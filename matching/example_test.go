package matching_test

import (
	"os"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

func ExampleResponse() {
	expected := contract.Response{
		Status: 200,
		Body:   contract.NewBody([]byte(`{"id": 1, "name": "Mary"}`), "application/json"),
		Rules: contract.RuleSet{contract.CategoryBody: {
			"$.id":   {Rules: []contract.Rule{contract.IntegerRule{}}},
			"$.name": {Rules: []contract.Rule{contract.TypeRule{}}},
		}},
	}
	actual := contract.Response{
		Status: 200,
		Body:   contract.NewBody([]byte(`{"id": "7", "name": "Fred", "age": 30}`), "application/json"),
	}
	result := matching.Response(expected, actual)
	_ = matching.Report(os.Stdout, result, matching.ReportOptions{})
	// Output:
	// 1 difference
	//
	//   body $.id
	//     Expected '7' (String) to be an integer
	//     expected  1
	//     got       "7"
	//     rule      integer
}
