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
	scheme, method := strings.ToLower(r.URL.Scheme), strings.ToUpper(r.Method)
	switch {
	case len(p.Rules.Schemes) > 0 && !slices.Contains(p.Rules.Schemes, scheme):
		return &Refusal{told: fmt.Sprintf("the scheme %s is not among those that webhooks may use on this broker (webhook scheme whitelist)", scheme)}
	case len(p.Rules.Methods) > 0 && !slices.Contains(p.Rules.Methods, method):
		return &Refusal{told: fmt.Sprintf("the method %s is not among those that webhooks may use on this broker (webhook http method whitelist)", method)}
	case !p.Rules.AllowsHost(r.URL.Hostname()):
		return &Refusal{told: "the host is not among those that webhooks may reach on this broker (webhook host whitelist)"}
	}
	// Behind one address there may be several owners, whom this header tells apart.
	if r.Host != "" && !p.Rules.AllowsHostHeader(r.Host) {
		return &Refusal{told: "the host in the header Host is not among those that webhooks may reach on this broker (webhook host whitelist)"}
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
	return &Refusal{
		told: "the host is at an address that webhooks may not reach on this broker: the broker's own machine, a private network, or a service of the network itself. " +
			"The operator finds in the log which it is, and can allow the machine by --webhook-allow-loopback, and private networks by --webhook-allow-private or by naming the host in --webhook-host-whitelist",
		detail: fmt.Sprintf("%s is at %s, %s", host, ip.WithZone(""), v.what),
	}
}
