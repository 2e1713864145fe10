package broker

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"time"

	"github.com/treatyhq/treaty/broker/internal/egress"
	"github.com/treatyhq/treaty/broker/internal/issuer"
	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Issuers says where the broker asks for the keys of those whose tokens it takes by trust
// rules.
type Issuers struct {
	// Hosts are those that are asked, written as the hosts of webhooks are; none allows
	// every host at a public address.
	Hosts []string
	// AllowLoopback and AllowPrivate let issuers be on this machine and in private
	// networks; the first also by http. Naming a host among Hosts lets it be there.
	AllowLoopback, AllowPrivate bool
	// Certificates are texts in PEM format that are trusted besides the system's.
	Certificates []string
	// Proxy is the URL of a proxy that makes the connections; none when empty, whatever
	// the environment says.
	Proxy string
}

// issuerTime bounds connecting to an issuer and, separately, waiting for its answer.
const issuerTime = 3 * time.Second

// client asks the issuers of trust rules, which somebody has written who need not know the
// network.
func (o Issuers) client() *http.Client {
	rules := kernel.WebhookRules{Schemes: []string{"https"}, Hosts: o.Hosts}
	if o.AllowLoopback {
		rules.Schemes = append(rules.Schemes, "http")
	}
	return o.asking(egress.Policy{Rules: rules, OwnMachine: o.AllowLoopback, Private: o.AllowPrivate})
}

// ofOperator asks the provider by which people log in, and what it names. The operator has
// said which that is, wherever it stands; metadata services of clouds are asked for nobody.
func (o Issuers) ofOperator() *http.Client {
	return o.asking(egress.Policy{OwnMachine: true, Private: true})
}

func (o Issuers) asking(policy egress.Policy) *http.Client {
	policy.Wording = egress.Issuers
	policy.Rules.Methods = []string{http.MethodGet, http.MethodPost}
	var proxy *url.URL
	if o.Proxy != "" {
		proxy, _ = url.Parse(o.Proxy) // checked when the broker starts
	}
	return egress.NewClient(egress.Config{
		Policy: policy, Proxy: proxy, Timeout: issuerTime, MaxHeaderBytes: 64 << 10,
		TLS: &tls.Config{RootCAs: trusted(o.Certificates), MinVersion: tls.VersionTLS12},
	})
}

// issuers knows the keys of issuers.
func (b *Broker) issuers() *issuer.Issuers {
	return issuer.New(b.options.Issuers.client(), b.service.Now, b.log)
}
