package kernel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func TestWebhooksReachOnlyHostsThatAreListed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		hosts   []string
		allowed []string
		refused []string
	}{
		{"no list", nil, []string{"anything.example", "10.0.0.1"}, nil},
		{"a name", []string{"ci.example"}, []string{"ci.example", "CI.Example"}, []string{"x.ci.example", "ci.example.evil", "cixexample"}},
		{"a label below a domain", []string{"*.example"}, []string{"ci.example", "CI.EXAMPLE"}, []string{"example", ".example", "a.ci.example", "ciexample"}},
		{"an address", []string{"10.0.0.1"}, []string{"10.0.0.1"}, []string{"10.0.0.10", "10.0.0.2"}},
		{"an address in another form", []string{"2001:db8::1"}, []string{"2001:db8:0::1"}, []string{"2001:db8::2"}},
		{"a network", []string{"10.1.0.0/16"}, []string{"10.1.2.3"}, []string{"10.2.0.1", "ci.example"}},
		{"an expression", []string{"/^ci-[0-9]+$/"}, []string{"ci-7"}, []string{"ci-x", "xci-7"}},
		{"an expression that is none", []string{"/(/"}, nil, []string{"(", "/(/"}},
		{"the second of two", []string{"a.example", "b.example"}, []string{"b.example"}, []string{"c.example"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rules := kernel.WebhookRules{Hosts: tt.hosts}
			for _, host := range tt.allowed {
				require.True(t, rules.AllowsHost(host), "webhooks may call %s where %v are listed", host, tt.hosts)
			}
			for _, host := range tt.refused {
				require.False(t, rules.AllowsHost(host), "webhooks may not call %s where %v are listed", host, tt.hosts)
			}
		})
	}
}

func TestAHostThatCanMatchNothingIsRefused(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"ci.example", "*.example", "10.0.0.1", "10.0.0.0/8", "2001:db8::/32", "/^ci$/"} {
		require.NoError(t, kernel.CheckHostPattern(good), "a host that webhooks may be limited to")
	}
	require.ErrorContains(t, kernel.CheckHostPattern("/(/"), "is not a regular expression")
	for _, bad := range []string{"10.0.0.0/33", "ci.example/path", "/^ci$"} {
		require.ErrorContains(t, kernel.CheckHostPattern(bad), "is not a network, such as 10.0.0.0/8, and not an /expression/")
	}
}

func TestAnUnconfiguredBrokerCallsBySafeMeansOnly(t *testing.T) {
	t.Parallel()
	s := kernel.DefaultSettings()
	require.Equal(t, []string{"POST"}, s.Webhooks.Methods, "webhooks send POST alone unless more is allowed")
	require.Equal(t, []string{"https"}, s.Webhooks.Schemes, "webhooks go out encrypted unless http is allowed")
	require.False(t, s.AllowContractModification, "what is published does not change unless it is allowed")
	require.False(t, s.OriginalDecisions, "the gate says no where a pair is not proven, unless Pact Broker's answers are wanted")
	for name, limit := range map[string]int{
		"contracts": s.Limits.Contracts, "tags": s.Limits.Tags, "branches": s.Limits.Branches, "selectors": s.Limits.Selectors, "names": s.MaxNameLength,
	} {
		require.Positive(t, limit, "%s are bounded where nobody configured a bound", name)
	}
}

func TestPeopleKnowAWebhookByItsDescription(t *testing.T) {
	t.Parallel()
	require.Equal(t, "build it", kernel.Webhook{UUID: "u", Description: "build it"}.Title())
	require.Equal(t, "u", kernel.Webhook{UUID: "u"}.Title(), "a webhook without a description is known by its UUID")
	require.True(t, kernel.WebhookSide{}.Any(), "a side that names nothing does not restrict")
	require.False(t, kernel.WebhookSide{Name: "Foo"}.Any(), "a name restricts")
	require.False(t, kernel.WebhookSide{Label: "team"}.Any(), "a label restricts")
}

// What the list names may be in a private network; an expression names nobody.
func TestWhomAListOfHostsNames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, host string
		named, own    bool
	}{
		{"ci.example.org", "CI.example.org", true, false},
		{"*.example.org", "ci.example.org", true, false},
		{"10.0.0.0/8", "10.1.2.3", true, false},
		{"10.1.2.3", "10.1.2.3", true, true},
		{"/.*/", "ci.example.org", false, false},
		{"/127/", "127.0.0.1", false, false},
		{"localhost", "localhost", true, true},
		{"ci.example.org", "localhost", false, false},
		{"127.0.0.0/8", "127.0.0.1", true, true},
		{"0.0.0.0/0", "127.0.0.1", true, false},
		{"other.example.org", "ci.example.org", false, false},
	} {
		rules := kernel.WebhookRules{Hosts: []string{tt.pattern}}
		require.Equal(t, tt.named, rules.NamesHost(tt.host), "%v names %s", tt.pattern, tt.host)
		require.Equal(t, tt.own, rules.NamesThisMachine(tt.host), "%v names %s as this machine", tt.pattern, tt.host)
	}
	require.False(t, kernel.WebhookRules{}.NamesHost("ci.example.org"), "an empty list allows every host and names none")
}

func TestTheHeaderHostIsJudgedAsAHost(t *testing.T) {
	t.Parallel()
	rules := kernel.WebhookRules{Hosts: []string{"ci.example.org", "::1"}}
	for host, want := range map[string]bool{"ci.example.org": true, "ci.example.org:8443": true, "[::1]:80": true, "other.example.org": false, "": false} {
		require.Equal(t, want, rules.AllowsHostHeader(host), host)
	}
}
