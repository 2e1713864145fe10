package verifier_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/internal/tornpact"
	"github.com/treatyhq/treaty/verifier"
)

func TestAPactOfATestProcessThatDiedIsVerifiedWhole(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "storefront-catalog.json")
	pact := pactJSON("3.0.0", get("a", "/a", `{"n":1}`), get("b", "/b", `{"n":1}`))
	require.NoError(t, tornpact.Write(path, []byte(pact)))
	for name, o := range map[string]verifier.Options{
		"file":   {Files: []string{path}},
		"folder": {Dirs: []string{filepath.Dir(path)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o.Provider, o.Handler = "catalog", answering(map[string]string{"/a": `{"n":1}`})
			report := verify(t, o)
			require.Len(t, report.Pacts, 1)
			require.Len(t, report.Pacts[0].Interactions, 2)
			require.False(t, report.OK(), "the last interaction counts too")
		})
	}
}
