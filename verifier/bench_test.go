package verifier_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/verifier"
)

// BenchmarkThousandInteractions verifies 1,000 interactions of about 1 KB over
// a socket. The floor beside it is in conformance/benchverify.
func BenchmarkThousandInteractions(b *testing.B) {
	items := strings.TrimSuffix(strings.Repeat(`{"sku":"s","qty":1,"price":1.5,"note":"a text of some length"},`, 15), ",")
	content := fmt.Sprintf(`{"id":1,"items":[%s]}`, items)
	var interactions []string
	bodies := map[string]string{}
	for n := range 1000 {
		path := fmt.Sprintf("/p/%d", n)
		bodies[path] = content
		interactions = append(interactions, get(fmt.Sprint(n), path, content))
	}
	url := serve(b, answering(bodies))
	file := writePact(b, b.TempDir(), "p.json", pactJSON("3.0.0", interactions...))
	b.ReportAllocs()
	for b.Loop() {
		report, err := verifier.Verify(b.Context(), verifier.Options{BaseURL: url, Files: []string{file}})
		require.NoError(b, err)
		require.True(b, report.OK())
	}
}
