package api

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestACellOfCSVIsNoFormula(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"catalog": "catalog", "a-b=c": "a-b=c", "a,b": `"a,b"`, "": "",
		`=HYPERLINK("http://x")`: `"'=HYPERLINK(""http://x"")"`, "+cmd|x": "'+cmd|x", "-1": "'-1", "@a": "'@a",
	} {
		require.Equal(t, want, csvCell(text))
	}
}
