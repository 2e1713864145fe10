package egress

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Policy says where requests may go.
type Policy struct {
	// Rules are the operator's lists of methods, schemes and hosts.
	Rules kernel.WebhookRules
	// OwnMachine lets requests reach this machine: loopback, and every address of
	// its interfaces.
	OwnMachine bool
	// Private lets requests reach private networks.
	Private bool
	// Wording is how refusals speak of the requests and of what the operator can set; the
	// zero value is that of [Webhooks].
	Wording Wording
}

// Wording names those who make requests, and the settings that let them.
type Wording struct{ Who, Schemes, Methods, Hosts, HostsFlag, OwnMachine, Private string }

// Webhooks and Issuers are the two that the broker makes requests for: whoever saves a
// webhook, and whoever trusts tokens of an issuer.
var (
	Webhooks = Wording{
		Who: "webhooks", Schemes: "webhook scheme whitelist", Methods: "webhook http method whitelist", Hosts: "webhook host whitelist",
		HostsFlag: "--webhook-host-whitelist", OwnMachine: "--webhook-allow-loopback", Private: "--webhook-allow-private",
	}
	Issuers = Wording{
		Who: "issuers of tokens", Schemes: "https, unless by --issuer-allow-loopback", Methods: "GET and POST", Hosts: "--issuer-hosts",
		HostsFlag: "--issuer-hosts", OwnMachine: "--issuer-allow-loopback", Private: "--issuer-allow-private",
	}
)

func (p Policy) wording() Wording {
	if p.Wording == (Wording{}) {
		return Webhooks
	}
	return p.Wording
}

// Refusal is why a request is not sent. It tells whoever tries a webhook out what
// to do, and nothing of the network that the broker is in.
type Refusal struct {
	told string
	// detail is for the log.
	detail string
}

// Error is for the log of the operator.
func (r *Refusal) Error() string {
	if r.detail == "" {
		return r.told
	}
	return r.told + " (" + r.detail + ")"
}

// Told is what those may read who may not see the log.
func (r *Refusal) Told() string { return r.told }

// check refuses a request that is not on the lists.
func (p Policy) check(r *http.Request) error {
	w := p.wording()
	scheme, method := strings.ToLower(r.URL.Scheme), strings.ToUpper(r.Method)
	switch {
	case len(p.Rules.Schemes) > 0 && !slices.Contains(p.Rules.Schemes, scheme):
		return &Refusal{told: fmt.Sprintf("the scheme %s is not among those that %s may use on this broker (%s)", scheme, w.Who, w.Schemes)}
	case len(p.Rules.Methods) > 0 && !slices.Contains(p.Rules.Methods, method):
		return &Refusal{told: fmt.Sprintf("the method %s is not among those that %s may use on this broker (%s)", method, w.Who, w.Methods)}
	case !p.Rules.AllowsHost(r.URL.Hostname()):
		return &Refusal{told: fmt.Sprintf("the host is not among those that %s may reach on this broker (%s)", w.Who, w.Hosts)}
	}
	// Behind one address there may be several owners, whom this header tells apart.
	if r.Host != "" && !p.Rules.AllowsHostHeader(r.Host) {
		return &Refusal{told: fmt.Sprintf("the host in the header Host is not among those that %s may reach on this broker (%s)", w.Who, w.Hosts)}
	}
	return nil
}

// checkAddress refuses an address that host resolves to, or is.
func (p Policy) checkAddress(host string, ip netip.Addr, interfaces []netip.Addr) error {
	v := judge(ip, interfaces)
	switch {
	case v.place == public,
		v.place == private && (p.Private || p.Rules.NamesHost(host)),
		v.place == own && (p.OwnMachine || p.Rules.NamesThisMachine(host)):
		return nil
	}
	w := p.wording()
	return &Refusal{
		told: fmt.Sprintf("the host is at an address that %s may not reach on this broker: the broker's own machine, a private network, or a service of the network itself. "+
			"The operator finds in the log which it is, and can allow the machine by %s, and private networks by %s or by naming the host in %s", w.Who, w.OwnMachine, w.Private, w.HostsFlag),
		detail: fmt.Sprintf("%s is at %s, %s", host, ip.WithZone(""), v.what),
	}
}
