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
			access.ReadContracts, access.ManageContracts, access.DeleteInBulk, access.Record, access.ReadEnvironments, access.ManageEnvironments, access.ManageWebhooks, access.ReadSecrets, access.ManageSecrets,
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

func TestPermissionsAreNarrowed(t *testing.T) {
	t.Parallel()
	read, manage := "contract_data:read:*", "contract_data:manage:*"
	for _, tt := range []struct{ of, by, want []string }{
		{[]string{manage}, []string{read}, []string{read}},
		{[]string{read}, []string{manage}, []string{read}},
		{[]string{manage, "webhook:manage:*"}, []string{manage, "role:read:*"}, []string{manage}},
		{[]string{manage}, nil, nil},
		{nil, []string{manage}, nil},
	} {
		require.ElementsMatch(t, tt.want, access.Texts(access.Narrow(parsed(t, tt.of), parsed(t, tt.by))), "%v by %v", tt.of, tt.by)
	}
	require.ElementsMatch(t, []string{read, "audit:read:*", "environment:read:*", "role:read:*", "secret:read:*", "system_account:read:*"}, access.Texts(access.Reading(access.All())))
	require.ElementsMatch(t, []string{read}, access.Texts(access.Reading(parsed(t, []string{manage, "webhook:manage:*", "token:manage:own"}))))
}

func parsed(t *testing.T, texts []string) []access.Permission {
	t.Helper()
	var out []access.Permission
	for _, text := range texts {
		p, err := access.Parse(text)
		require.NoError(t, err)
		out = append(out, p)
	}
	return out
}

func TestNobodyHasMoreToGiveThanTheyHave(t *testing.T) {
	t.Parallel()
	require.Empty(t, access.Operator().Lacks(access.All()))
	require.Equal(t, []string{"contract_data:manage:*"}, access.Texts(access.Reader("r").Lacks(parsed(t, []string{"contract_data:read:*", "contract_data:manage:*"}))))
	require.Empty(t, access.Writer("w").Lacks(parsed(t, []string{"environment:read:*", "webhook:manage:*"})))
}

func TestARefusalSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	who := access.Who{Name: "Shop's CI", Token: "read", Permissions: parsed(t, []string{"contract_data:read:*"})}
	require.Equal(t, `This needs webhook:manage; the token "read" of Shop's CI has contract_data:read:*.`, who.Refusal(access.ManageWebhooks))
	require.Equal(t, "This needs webhook:manage; Jo has nothing.", access.Who{Name: "Jo"}.Refusal(access.ManageWebhooks))
}

func TestPredefinedRoles(t *testing.T) {
	t.Parallel()
	of := map[string]access.Who{}
	for _, r := range access.Predefined() {
		of[r.Name] = access.Who{Permissions: r.Permissions}
	}
	require.Empty(t, of["Administrator"].Lacks(access.All()))
	require.True(t, of["CI/CD"].May(access.ManageContracts))
	require.True(t, of["CI/CD"].May(access.Record))
	for _, right := range []access.Right{access.DeleteInBulk, access.ManageWebhooks, access.ManageEnvironments, access.ManageRoles, access.ManageAccounts, access.ReadAccounts, access.ReadSecrets, access.ManageSecrets, access.ReadAudit} {
		require.False(t, of["CI/CD"].May(right), right.String())
	}
	for _, p := range access.All() {
		require.Equal(t, p.Right == access.ReadContracts || p.Right == access.ReadEnvironments, of["Viewer"].May(p.Right), p.String())
	}
}
