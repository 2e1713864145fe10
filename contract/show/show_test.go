package show_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/contract/show"
	"github.com/treatyhq/treaty/internal/golden"
)

const everything = `{"consumer":{"name":"web"},"provider":{"name":"api"},"metadata":{"pactSpecification":{"version":"4.0"}},"interactions":[
{"type":"Synchronous/HTTP","description":"an order","pending":true,"transport":"https","comments":{"text":["why it is there"],
  "references":{"Jira":{"SHOP-7":"https://jira.example.com/browse/SHOP-7"},"AsyncAPI":{"operationId":7}}},
 "providerStates":[{"name":"order 5 exists","params":{"id":5}},{"name":"shop is open"}],
 "request":{"method":"PUT","path":"/orders/5","query":{"q":["a b"]},"headers":{"Accept":["application/json"]},
  "body":{"content":{"id":5,"items":[{"sku":"a"}]},"contentType":"application/json"},
  "matchingRules":{"path":{"combine":"AND","matchers":[{"match":"regex","regex":"/orders/\\d+"}]},
   "query":{"q":{"matchers":[{"match":"type"}]}},"header":{"Accept":{"combine":"OR","matchers":[{"match":"include","value":"json"},{"match":"semver"}]}}},
  "generators":{"path":{"type":"ProviderState","expression":"/orders/${id}"},"body":{"$.id":{"type":"RandomInt"}}}},
 "response":{"status":200,"headers":{"Content-Type":["application/json"]},
  "body":{"content":{"items":[{"sku":"a"}],"at":"2020-01-01","n":1},"contentType":"application/json"},
  "matchingRules":{"status":{"matchers":[{"match":"statusCode","status":"success"}]},
   "body":{"$.items":{"matchers":[{"match":"type","min":1,"max":3}]},"$.items[*].sku":{"matchers":[{"match":"notEmpty"}]},
    "$.at":{"matchers":[{"match":"date","format":"yyyy-MM-dd"}]},"$.n":{"matchers":[{"match":"integer"}]},
    "$.m":{"matchers":[{"match":"eachKey","rules":[{"match":"regex","regex":"[a-z]+"}]},{"match":"eachValue","rules":[{"match":"number"}]}]}}}}},
{"type":"Synchronous/HTTP","description":"bodies","request":{"body":{"content":""}},"response":{"status":204,"body":null}},
{"type":"Synchronous/HTTP","description":"texts and bytes","request":{"body":{"content":"one\ntwo\u001b[31m","contentType":"text/plain"}},
 "response":{"body":{"content":"/w==","encoded":"base64","contentType":"image/png"}}},
{"type":"Asynchronous/Messages","description":"an event","contents":{"content":{"a":1},"contentType":"application/json"},"metadata":{"topic":"orders","n":1}},
{"type":"Synchronous/Messages","description":"a call","request":{"contents":{"content":"q"}},"response":[{"contents":{"content":"r"}},{}]}]}`

func TestAContractIsPrintedForPeople(t *testing.T) {
	t.Parallel()
	p, err := contract.Decode([]byte(everything))
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, show.Write(&b, p))
	require.NotContains(t, b.String(), "\x1b", "a contract cannot steer the terminal")
	golden.Equal(t, "everything.txt", b.String())
}
