package stub_test

import (
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/tornpact"
	"github.com/treatyhq/treaty/mockserver/stub"
)

func TestAPactOfATestProcessThatDiedIsServedWhole(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "storefront-catalog.json")
	text, err := contract.Encode(&contract.Pact{Consumer: "storefront", Provider: "catalog", Interactions: []contract.Interaction{
		exchange("GET", "/a", 200), exchange("GET", "/b", 201),
	}}, contract.V3)
	require.NoError(t, err)
	require.NoError(t, tornpact.Write(path, text))
	feed, err := stub.Open(t.Context(), stub.Sources{Files: []string{path}})
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, ask(stub.New(feed.Table(), stub.Options{}), "GET", "/b", "").StatusCode)
}
