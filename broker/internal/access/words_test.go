package access_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/access"
)

func TestThingsAreCalledByWhatPeopleKnowThemBy(t *testing.T) {
	t.Parallel()
	for want, thing := range map[string]access.Thing{
		"the application Shop":                access.Application("Shop"),
		"the environment e1":                  access.Environment("e1"),
		"the environment production":          {Kind: access.KindEnvironment, ID: "e1", Name: "production"},
		"the team t1":                         access.OneTeam("t1"),
		"the team checkout":                   {Kind: access.KindTeam, ID: "t1", Name: "checkout"},
		"a webhook without a team":            access.Webhook(""),
		"a webhook of the team t1":            access.Webhook("t1"),
		"a secret without a team":             access.Secret(""),
		"a secret of the team t1":             access.Secret("t1"),
		"the webhook tell the provider of it": {Kind: access.KindWebhook, Name: "tell the provider of it"},
	} {
		require.Equal(t, want, thing.String())
	}
}

// TestARightIsExplainedByTheFirstPermissionThatReaches: what stands there is what an
// administrator would have to take away.
func TestARightIsExplainedByTheFirstPermissionThatReaches(t *testing.T) {
	t.Parallel()
	checkout := access.Team{UUID: "t1", Name: "checkout", Applications: []string{"Cart", "Shop"}, Environments: []string{"e1"}}
	search := access.Team{UUID: "t2", Name: "search", Applications: []string{"Find", "Shop"}}
	own := access.Thing{Kind: access.KindApplication, ID: "New", Own: true}
	for _, tt := range []struct {
		name        string
		permissions []string
		need        access.Right
		on          []access.Thing
		want        string
	}{
		{"for all", []string{"contract_data:manage:*"}, access.ManageContracts, nil, "contract_data:manage:*"},
		{"reading, by managing", []string{"contract_data:manage:*"}, access.ReadContracts, nil, "contract_data:manage:*"},
		{"both, where both would do", []string{"contract_data:read:*", "contract_data:manage:*"}, access.ReadContracts, nil, "contract_data:read:*, contract_data:manage:*"},
		{"a part is not all", []string{"contract_data:manage:team", "contract_data:manage:own"}, access.ManageContracts, nil, ""},
		{"the team is named", []string{"contract_data:manage:team"}, access.ManageContracts, []access.Thing{access.Application("Find")}, "contract_data:manage:team in search"},
		{"the first of two teams", []string{"contract_data:manage:team"}, access.ManageContracts, []access.Thing{access.Application("Shop")}, "contract_data:manage:team in checkout"},
		{"all comes with no team", []string{"contract_data:manage:*", "contract_data:manage:team"}, access.ManageContracts, []access.Thing{access.Application("Shop")}, "contract_data:manage:*"},
		{"each thing by its own", []string{"contract_data:manage:team", "contract_data:manage:own"}, access.ManageContracts, []access.Thing{access.Application("Cart"), own}, "contract_data:manage:team in checkout, contract_data:manage:own"},
		{"the same reason once", []string{"contract_data:manage:team"}, access.ManageContracts, []access.Thing{access.Application("Cart"), access.Application("Shop")}, "contract_data:manage:team in checkout"},
		{"an environment that is nobody's", []string{"deployment_and_release:record:team"}, access.Record, []access.Thing{access.Environment("e0")}, "deployment_and_release:record:team"},
		{"an environment of the team", []string{"deployment_and_release:record:team"}, access.Record, []access.Thing{access.Environment("e1")}, "deployment_and_release:record:team in checkout"},
		{"an environment of another team", []string{"deployment_and_release:record:team"}, access.Record, []access.Thing{access.Environment("e2")}, ""},
		{"another right", []string{"contract_data:manage:*"}, access.ManageWebhooks, []access.Thing{access.Webhook("t1")}, ""},
		{"what is not one's own", []string{"contract_data:manage:own"}, access.ManageContracts, []access.Thing{access.Application("Cart")}, ""},
	} {
		who := access.Who{Permissions: parsed(t, tt.permissions), Teams: []access.Team{checkout, search}, Guarded: []string{"e1", "e2"}}
		require.Equal(t, tt.want, who.Because(tt.need, tt.on...), tt.name)
		require.Equal(t, tt.want != "", who.May(tt.need, tt.on...), "%s: who may has a reason, and nobody else", tt.name)
	}
}

// TestAScopeThatIsUnknownReachesNothing: a newer broker may have stored it.
func TestAScopeThatIsUnknownReachesNothing(t *testing.T) {
	t.Parallel()
	who := access.Who{Permissions: []access.Permission{{Right: access.ManageContracts, Scope: "country"}}, Teams: []access.Team{{UUID: "t1", Applications: []string{"Shop"}}}}
	require.False(t, who.May(access.ManageContracts))
	require.False(t, who.May(access.ManageContracts, access.Thing{Kind: access.KindApplication, ID: "Shop", Own: true}))
	require.Empty(t, who.Because(access.ManageContracts, access.Application("Shop")))
}

func TestRightsAreNamedAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, p := range access.All() {
		got, err := access.RightNamed(p.Right.String())
		require.NoError(t, err)
		require.Equal(t, p.Right, got)
	}
	for _, text := range []string{"", "contract_data", "contract_data:manage:*", "contract_data:write", " contract_data:manage"} {
		_, err := access.RightNamed(text)
		require.ErrorContains(t, err, `"`+text+`"`, "it says what was wrong")
		require.ErrorContains(t, err, "contract_data:read, contract_data:manage, contract_data:bulk_delete, ", "%q: each right once, in the order of the list", text)
	}
}

func TestWhatIsMadeIsForWhomTheScopeOwnNames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		permission string
		need       access.Right
		may        bool
	}{
		{"contract_data:manage:own", access.ManageContracts, true},
		{"contract_data:manage:own", access.ReadContracts, true},
		{"contract_data:manage:own", access.DeleteInBulk, false},
		{"contract_data:manage:team", access.ManageContracts, false},
		{"contract_data:manage:*", access.ManageContracts, false},
		{"token:manage:own", access.ManageTokens, true},
	} {
		require.Equal(t, tt.may, access.Who{Permissions: parsed(t, []string{tt.permission})}.MayOwn(tt.need), "%s for %s", tt.permission, tt.need)
	}
}

func TestWhoComesForAnAccountIsNamedWithIt(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Ada", access.Who{Name: "Ada"}.Title())
	pipeline := access.Who{Name: "CI", Subject: "repo:shop/cart:ref:refs/heads/main", RuleName: "GitHub", Token: "not said"}
	require.Equal(t, "CI (repo:shop/cart:ref:refs/heads/main)", pipeline.Title())
	require.Equal(t, `This needs webhook:manage; repo:shop/cart:ref:refs/heads/main, which the rule "GitHub" lets in as CI, has nothing.`, pipeline.Refusal(access.ManageWebhooks))
}

// TestARefusalNamesTheFirstThingThatIsNotReached, and not one that would be allowed.
func TestARefusalNamesTheFirstThingThatIsNotReached(t *testing.T) {
	t.Parallel()
	who := access.Who{Name: "CI", Permissions: parsed(t, []string{"deployment_and_release:record:team"}), Teams: []access.Team{{Name: "checkout", Applications: []string{"Shop"}}}, Guarded: []string{"e2"}}
	require.Equal(t, "This needs deployment_and_release:record for the environment e2; CI has deployment_and_release:record:team and is in checkout.",
		who.Refusal(access.Record, access.Application("Shop"), access.Environment("e2"), access.Application("Other")))
}

func TestWhoAsksTravelsInTheContext(t *testing.T) {
	t.Parallel()
	_, known := access.FromContext(t.Context())
	require.False(t, known, "nobody was asked")
	ctx := access.NewContext(t.Context(), access.Who{})
	_, known = access.FromContext(ctx)
	require.True(t, known, "nobody in particular was asked all the same")
	who, known := access.FromContext(context.WithoutCancel(access.NewContext(ctx, access.Reader("r"))))
	require.True(t, known)
	require.Equal(t, "r", who.Name, "who was said last")
}
