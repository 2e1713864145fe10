package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
)

func TestPermissionsAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, p := range access.All() {
		got, err := access.Parse(p.String())
		require.NoError(t, err)
		require.Equal(t, p, got)
		require.NotEmpty(t, access.Meaning(p))
	}
	for _, text := range []string{"", "contract_data", "contract_data:read", "contract_data:read:", "contract_data:read:team", "contract_data:read:*:*", "CONTRACT_DATA:read:*", "contract_data:read:* "} {
		_, err := access.Parse(text)
		require.ErrorContains(t, err, "contract_data:manage:*", "%q: it says what there is", text)
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	nobody, reader, writer := access.Who{}, access.Reader("r"), access.Writer("w")
	manager := access.Who{Permissions: []access.Permission{{Right: access.ManageContracts, Scope: access.Everything}}}
	for _, tt := range []struct {
		name string
		who  access.Who
		may  []access.Right
	}{
		{"nobody", nobody, nil},
		{"the reader", reader, []access.Right{access.ReadContracts, access.ReadEnvironments}},
		{"the writer", writer, []access.Right{
			access.ReadContracts, access.ManageContracts, access.DeleteInBulk, access.Record, access.ReadEnvironments, access.ManageEnvironments, access.ManageWebhooks,
		}},
		{"who manages contracts reads them, and no more", manager, []access.Right{access.ReadContracts, access.ManageContracts}},
	} {
		for _, p := range access.All() {
			require.Equal(t, contains(tt.may, p.Right), tt.who.May(p.Right), "%s, %s", tt.name, p.Right)
		}
	}
}

func contains(rights []access.Right, right access.Right) bool {
	for _, r := range rights {
		if r == right {
			return true
		}
	}
	return false
}
