package egress

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

var mine = []netip.Addr{netip.MustParseAddr("10.77.0.5"), netip.MustParseAddr("93.184.216.99"), netip.MustParseAddr("2001:db8::5")}

func TestWhatAnAddressBelongsTo(t *testing.T) {
	t.Parallel()
	for want, addresses := range map[place][]string{
		public: {
			"93.184.216.34", "8.8.8.8", "100.128.0.1", "172.32.0.1", "2606:2800::1", "2a00:1450:4001::8a",
			"64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8", "::8.8.8.8", "2001:0:808:808:0:0:f7f7:f7f7", "2606::5efe:808:808",
		},
		private: {
			"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.5", "100.64.0.1", "198.18.0.1", "fd00::1", "fc00::1", "fec0::1", "64:ff9b:1::808:808",
			"::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "::ffff:0:10.0.0.1", "2606::5efe:10.0.0.1", "2606::200:5efe:10.0.0.1",
			"2001:0:a00:1:0:0:f7f7:f7f7", "2001:0:808:808::f5ff:fffe",
		},
		own: {
			"127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "::", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
			"10.77.0.5", "93.184.216.99", "2001:db8::5", "64:ff9b::a4d:5",
		},
		never: {
			"169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.0.1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42",
			"168.63.129.16", "100.100.100.200", "192.0.0.192", "224.0.0.1", "ff02::1", "255.255.255.255", "240.0.0.1",
			"::ffff:169.254.169.254", "::169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1:0:a9:fea9:fe00:0",
			"64:ff9b:1:ffa9:fe:a9fe::", "2002:a9fe:a9fe::1", "::ffff:0:169.254.169.254", "2606::5efe:a9fe:a9fe", "2001:0:a9fe:a9fe::", "2001:0:808:808::5601:5601",
		},
	} {
		for _, address := range addresses {
			require.Equal(t, want, judge(netip.MustParseAddr(address), mine).place, "%s: %s", address, judge(netip.MustParseAddr(address), mine).what)
		}
	}
}

func TestPrivateNetworksAndThisMachineAreExplicitChoices(t *testing.T) {
	t.Parallel()
	listed := func(hosts ...string) Policy { return Policy{Rules: kernel.WebhookRules{Hosts: hosts}} }
	for _, tt := range []struct {
		name          string
		policy        Policy
		host, address string
		want          bool
	}{
		{"public", Policy{}, "ci.example.org", "93.184.216.34", true},
		{"private", Policy{}, "ci.example.org", "10.0.0.1", false},
		{"private, allowed", Policy{Private: true}, "ci.example.org", "10.0.0.1", true},
		{"private, its name is listed", listed("ci.example.org"), "ci.example.org", "10.0.0.1", true},
		{"private, its domain is listed", listed("*.example.org"), "ci.example.org", "10.0.0.1", true},
		{"private, its network is listed", listed("10.0.0.0/8"), "10.0.0.1", "10.0.0.1", true},
		{"private, an expression fits", listed("/example/"), "ci.example.org", "10.0.0.1", false},
		{"private does not mean this machine", Policy{Private: true}, "ci.example.org", "127.0.0.1", false},
		{"an address of this machine in a private network", Policy{Private: true}, "ci.example.org", "10.77.0.5", false},
		{"and in a network that is listed", listed("10.0.0.0/8"), "10.77.0.5", "10.77.0.5", false},
		{"and listed alone", listed("10.77.0.5"), "10.77.0.5", "10.77.0.5", true},
		{"this machine, allowed", Policy{OwnMachine: true}, "ci.example.org", "10.77.0.5", true},
		{"loopback, allowed", Policy{OwnMachine: true}, "localhost", "127.0.0.1", true},
		{"this machine does not mean private networks", Policy{OwnMachine: true}, "ci.example.org", "10.0.0.1", false},
		{"localhost is listed", listed("localhost"), "localhost", "::1", true},
		{"loopback is listed", listed("127.0.0.0/8"), "127.0.0.1", "127.0.0.1", true},
		{"a listed name that turns to loopback", listed("ci.example.org", "127.0.0.1"), "ci.example.org", "127.0.0.1", false},
		{"a metadata service, whatever is allowed", Policy{OwnMachine: true, Private: true, Rules: kernel.WebhookRules{Hosts: []string{"169.254.169.254"}}}, "169.254.169.254", "169.254.169.254", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := tt.policy.checkAddress(tt.host, netip.MustParseAddr(tt.address), mine)
			require.Equal(t, tt.want, err == nil)
			var refused *Refusal
			if err != nil {
				require.ErrorAs(t, err, &refused)
				require.NotContains(t, refused.Told(), tt.address, "who tries a webhook out is not told where a name leads")
				require.Contains(t, refused.Error(), tt.address, "the operator is")
			}
		})
	}
}

func TestTheListsHoldWhenARequestIsSent(t *testing.T) {
	t.Parallel()
	policy := Policy{Rules: kernel.WebhookRules{Methods: []string{"POST"}, Schemes: []string{"https"}, Hosts: []string{"ci.example.org"}}}
	for _, tt := range []struct{ name, method, url, host, want string }{
		{"as listed", "POST", "https://ci.example.org/x", "", ""},
		{"another scheme", "POST", "http://ci.example.org/x", "", "scheme http is not"},
		{"another method", "DELETE", "https://ci.example.org/x", "", "method DELETE is not"},
		{"another host", "POST", "https://other.example.org/x", "", "the host is not"},
		{"another owner behind the host", "POST", "https://ci.example.org/x", "other.example.org:8443", "header Host is not"},
		{"its own name again", "POST", "https://ci.example.org/x", "CI.example.org:443", ""},
	} {
		request, err := http.NewRequestWithContext(t.Context(), tt.method, tt.url, nil)
		require.NoError(t, err)
		if tt.host != "" {
			request.Host = tt.host
		}
		if err := policy.check(request); tt.want == "" {
			require.NoError(t, err, tt.name)
		} else {
			require.ErrorContains(t, err, tt.want, tt.name)
		}
	}
}

func TestTheListsHoldBeforeAConnectionIsMade(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request came through") }))
	t.Cleanup(server.Close)
	client := NewClient(Config{Timeout: 5 * time.Second, Policy: Policy{OwnMachine: true, Rules: kernel.WebhookRules{Methods: []string{"PUT"}}}})
	_, err := client.Post(server.URL, "text/plain", nil) //nolint:bodyclose // there is none
	require.ErrorContains(t, err, "method POST")
}

func TestARedirectIsAnAnswer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.RedirectHandler("/elsewhere", http.StatusFound))
	t.Cleanup(server.Close)
	response, err := NewClient(Config{Timeout: 5 * time.Second, Policy: Policy{OwnMachine: true}}).Post(server.URL, "text/plain", nil)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusFound, response.StatusCode)
}

// A name is judged by what it resolves to as the connection is made.
func TestANameThatLeadsToThisMachineIsRefusedAsTheConnectionIsMade(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request came through") }))
	t.Cleanup(server.Close)
	client := NewClient(Config{Timeout: 5 * time.Second, Policy: Policy{Private: true, Rules: kernel.WebhookRules{Hosts: []string{"/.*/"}}}})
	for _, address := range []string{server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)} {
		_, err := client.Post(address, "text/plain", nil) //nolint:bodyclose // there is none
		var refused *Refusal
		require.ErrorAs(t, err, &refused, address)
	}
}

func TestTheProxyOfTheEnvironmentIsNotUsed(t *testing.T) {
	t.Parallel()
	require.Nil(t, NewClient(Config{}).Transport.(*guard).next.(*http.Transport).Proxy)
}

func TestAProxyIsAskedOnlyForWhatMayBeReached(t *testing.T) {
	t.Parallel()
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked = append(asked, r.URL.Host) }))
	t.Cleanup(proxy.Close)
	address, err := url.Parse(proxy.URL)
	require.NoError(t, err)
	send := func(hosts []string, target string) error {
		client := NewClient(Config{Timeout: 5 * time.Second, Proxy: address, Policy: Policy{Rules: kernel.WebhookRules{Hosts: hosts}}})
		client.Transport.(*guard).lookup = func(_ context.Context, _, host string) ([]netip.Addr, error) {
			switch host {
			case "public.example":
				return []netip.Addr{netip.MustParseAddr("93.184.216.34")}, nil
			case "inner.example":
				return []netip.Addr{netip.MustParseAddr("93.184.216.34"), netip.MustParseAddr("169.254.169.254")}, nil
			}
			return nil, errors.New("no such host")
		}
		response, err := client.Post("http://"+target+"/", "text/plain", nil)
		if err == nil {
			err = response.Body.Close()
		}
		return err
	}
	for _, tt := range []struct {
		hosts  []string
		target string
		want   bool
	}{
		{nil, "public.example", true},
		{nil, "93.184.216.34", true},
		{nil, "169.254.169.254", false},
		{nil, "127.0.0.1:1", false},
		{nil, "[64:ff9b::a9fe:a9fe]", false},
		{nil, "inner.example", false},
		{nil, "unknown.example", false},
		{[]string{"unknown.example"}, "unknown.example", true},
		{[]string{"/unknown/"}, "unknown.example", false},
		{[]string{"inner.example"}, "inner.example", false},
	} {
		asked = nil
		err := send(tt.hosts, tt.target)
		var refused *Refusal
		require.Equal(t, tt.want, !errors.As(err, &refused), "%v %s: %v", tt.hosts, tt.target, err)
		require.Equal(t, tt.want, len(asked) == 1, fmt.Sprint(tt.hosts, tt.target))
	}
}
