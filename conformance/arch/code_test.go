package arch_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

// loaded is all shipped code with its types, read once for the tests that look
// through it.
var loaded = sync.OnceValues(func() ([]*packages.Package, error) {
	return packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedExportFile,
		// Another test than the one that came first may need it when that has ended.
		Context: context.Background(),
	}, module+"...")
})

// shippedCode returns the packages whose path begins with prefix, below the module.
func shippedCode(t *testing.T, prefix string) []*packages.Package {
	t.Helper()
	all, err := loaded()
	require.NoError(t, err)
	var list []*packages.Package
	for _, p := range all {
		require.Empty(t, p.Errors, p.PkgPath)
		if strings.HasPrefix(p.PkgPath+"/", module+prefix) {
			list = append(list, p)
		}
	}
	return list
}
