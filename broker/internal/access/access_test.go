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
			require.Equal(t, contains(tt.may, p.Right), tt.who.MaySome(p.Right), "%s, %s", tt.name, p.Right)
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
	require.ElementsMatch(t, []string{read, "audit:read:*", "environment:read:*", "role:read:*", "secret:read:*", "secret:read:team", "system_account:read:*", "team:read:*"}, access.Texts(access.Reading(access.All())))
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
	for _, name := range []string{"Team CI/CD", "Team member"} {
		require.True(t, of[name].May(access.ReadContracts), name)
		for _, p := range access.All() {
			require.Equal(t, p.Right == access.ReadContracts || p.Right == access.ReadEnvironments || name == "Team member" && p.Right == access.ReadTeams, of[name].May(p.Right), "%s, all: %s", name, p)
		}
	}
	require.True(t, of["CI/CD"].May(access.ManageContracts))
	require.True(t, of["CI/CD"].May(access.Record))
	for _, right := range []access.Right{access.DeleteInBulk, access.ManageWebhooks, access.ManageEnvironments, access.ManageRoles, access.ManageAccounts, access.ReadAccounts, access.ReadSecrets, access.ManageSecrets, access.ReadAudit} {
		require.False(t, of["CI/CD"].May(right), right.String())
	}
	for _, p := range access.All() {
		require.Equal(t, p.Right == access.ReadContracts || p.Right == access.ReadEnvironments, of["Viewer"].May(p.Right), p.String())
	}
}

// TestWhatARightIsFor is the whole decision: each permission against each thing.
func TestWhatARightIsFor(t *testing.T) {
	t.Parallel()
	checkout := access.Team{UUID: "t1", Name: "checkout", Applications: []string{"Cart", "Shop"}, Environments: []string{"e1"}}
	administered := checkout
	administered.Administers = true
	shop, stranger := access.Application("Shop"), access.Application("Other")
	own := access.Thing{Kind: access.KindApplication, ID: "New", Own: true}
	ours, free, theirs := access.Environment("e1"), access.Environment("e0"), access.Environment("e2")
	for _, tt := range []struct {
		name        string
		permissions string
		teams       []access.Team
		need        access.Right
		on          []access.Thing
		may         bool
	}{
		{"all", "contract_data:manage:*", nil, access.ManageContracts, []access.Thing{shop}, true},
		{"all, and no thing", "contract_data:manage:*", nil, access.ManageContracts, nil, true},
		{"the team's", "contract_data:manage:team", []access.Team{checkout}, access.ManageContracts, []access.Thing{shop}, true},
		{"the team's, and no thing", "contract_data:manage:team", []access.Team{checkout}, access.ManageContracts, nil, false},
		{"another right", "contract_data:manage:team", []access.Team{checkout}, access.DeleteInBulk, []access.Thing{shop}, false},
		{"no team", "contract_data:manage:team", nil, access.ManageContracts, []access.Thing{shop}, false},
		{"somebody's", "contract_data:manage:team", []access.Team{checkout}, access.ManageContracts, []access.Thing{stranger}, false},
		{"one of two", "contract_data:manage:team", []access.Team{checkout}, access.ManageContracts, []access.Thing{shop, stranger}, false},
		{"a name in another case", "contract_data:manage:team", []access.Team{checkout}, access.ManageContracts, []access.Thing{access.Application("shop")}, false},
		{"an application with the uuid of an environment", "contract_data:manage:team", []access.Team{checkout}, access.ManageContracts, []access.Thing{access.Application("e1")}, false},
		{"one's own", "contract_data:manage:own", nil, access.ManageContracts, []access.Thing{own}, true},
		{"not one's own", "contract_data:manage:own", []access.Team{checkout}, access.ManageContracts, []access.Thing{shop}, false},
		{"one's own is not the team's", "contract_data:manage:team", []access.Team{checkout}, access.ManageContracts, []access.Thing{own}, false},
		{"recording at the team's", "deployment_and_release:record:team", []access.Team{checkout}, access.Record, []access.Thing{shop, ours}, true},
		{"recording where nobody keeps it", "deployment_and_release:record:team", []access.Team{checkout}, access.Record, []access.Thing{shop, free}, true},
		{"recording at another team's", "deployment_and_release:record:team", []access.Team{checkout}, access.Record, []access.Thing{shop, theirs}, false},
		{"recording somebody's", "deployment_and_release:record:team", []access.Team{checkout}, access.Record, []access.Thing{stranger, ours}, false},
		{"recording all", "deployment_and_release:record:*", nil, access.Record, []access.Thing{stranger, theirs}, true},
		{"the team's webhook", "webhook:manage:team", []access.Team{checkout}, access.ManageWebhooks, []access.Thing{access.Webhook("t1")}, true},
		{"another team's webhook", "webhook:manage:team", []access.Team{checkout}, access.ManageWebhooks, []access.Thing{access.Webhook("t2")}, false},
		{"nobody's webhook", "webhook:manage:team", []access.Team{checkout}, access.ManageWebhooks, []access.Thing{access.Webhook("")}, false},
		{"the team that one administers", "", []access.Team{administered}, access.ManageTeams, []access.Thing{access.OneTeam("t1")}, true},
		{"a team that one is in", "", []access.Team{checkout}, access.ManageTeams, []access.Thing{access.OneTeam("t1")}, false},
		{"a team beside it", "", []access.Team{administered}, access.ManageTeams, []access.Thing{access.OneTeam("t2")}, false},
		{"all teams", "", []access.Team{administered}, access.ManageTeams, nil, false},
		{"a team's things by who administers it", "", []access.Team{administered}, access.ManageContracts, []access.Thing{shop}, false},
		{"reading by a part", "contract_data:manage:team", []access.Team{checkout}, access.ReadContracts, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			who := access.Who{UUID: "1", Teams: tt.teams, Guarded: []string{"e1", "e2"}}
			if tt.permissions != "" {
				who.Permissions = parsed(t, []string{tt.permissions})
			}
			require.Equal(t, tt.may, who.May(tt.need, tt.on...))
			if !tt.may {
				require.Contains(t, who.Refusal(tt.need, tt.on...), tt.need.String())
			}
		})
	}
}

func TestARefusalSaysWhatForAndWhichTeams(t *testing.T) {
	t.Parallel()
	who := access.Who{Name: "CI", Token: "t", Permissions: parsed(t, []string{"contract_data:manage:team"}), Teams: []access.Team{{Name: "checkout"}, {Name: "search"}}}
	require.Equal(t, `This needs contract_data:manage for the application Shop; the token "t" of CI has contract_data:manage:team and is in checkout, search.`,
		who.Refusal(access.ManageContracts, access.Application("Shop")))
	require.Equal(t, `This needs contract_data:manage for all; the token "t" of CI has contract_data:manage:team and is in checkout, search.`, who.Refusal(access.ManageContracts))
	who.Teams = nil
	require.Contains(t, who.Refusal(access.ManageContracts, access.Application("Shop")), "is in no team")
}

// TestAPermissionIsToldInASentenceThatStandsAlone: in the list of all, one says "the same"
// of the one before it.
func TestAPermissionIsToldInASentenceThatStandsAlone(t *testing.T) {
	t.Parallel()
	for _, p := range access.All() {
		require.NotContains(t, access.InWords(p), "the same", p.String())
		require.NotEmpty(t, access.InWords(p), p.String())
	}
	require.Equal(t, "record deployments, releases and their end: for the applications of one's teams, in environments that belong to one of them or to nobody", access.InWords(access.Permission{Right: access.Record, Scope: access.OfTeams}))
}

// TestASecretIsItsTeams, and one without a team is for the scope * alone.
func TestASecretIsItsTeams(t *testing.T) {
	t.Parallel()
	who := access.Who{Teams: []access.Team{{UUID: "t1", Name: "us"}}, Permissions: []access.Permission{{Right: access.ManageSecrets, Scope: access.OfTeams}}}
	require.True(t, who.May(access.ManageSecrets, access.Secret("t1")))
	require.True(t, who.May(access.ReadSecrets, access.Secret("t1")), "to manage includes to read")
	require.False(t, who.May(access.ManageSecrets, access.Secret("t2")))
	require.False(t, who.May(access.ManageSecrets, access.Secret("")))
	require.False(t, who.May(access.ManageSecrets))
	require.Contains(t, who.Refusal(access.ManageSecrets, access.Secret("")), "for a secret without a team")
}
