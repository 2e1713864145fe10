// Package links builds every URL of the broker, so that each address is
// spelled in one place. It imports no other package of the project: the API,
// the dashboard and the webhook deliveries all use it.
package links

import (
	"net/url"
	"strings"
)

// Links builds URLs below one base URL. Values are small and may be copied.
// Every name is percent-encoded except for letters, digits and -_.~, so a
// branch feat/x becomes one path segment feat%2Fx.
type Links struct {
	base string
	// shown is what Base returns where links are relative.
	shown string
}

// Below returns the links below base, an absolute URL or "" for links
// relative to the root of the host. A slash at the end of base is dropped.
func Below(base string) Links { return Links{base: strings.TrimRight(base, "/")} }

// Base is the base URL itself, without a slash at the end. For links of pages
// it is the URL that people are told, and no part of the links.
func (l Links) Base() string {
	if l.shown != "" {
		return l.shown
	}
	return l.base
}

// Path returns base followed by the path segments, each encoded.
func (l Links) Path(segments ...string) string {
	size := len(l.base)
	for _, segment := range segments {
		size += 1 + len(segment)
	}
	var out strings.Builder
	out.Grow(size)
	out.WriteString(l.base)
	for _, segment := range segments {
		out.WriteByte('/')
		out.WriteString(Escape(segment))
	}
	return out.String()
}

// Template returns base followed by an address as it stands, for addresses
// with {variables} and for fixed ones.
func (l Links) Template(address string) string { return l.base + address }

// Escape percent-encodes one path segment or query value.
func Escape(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

// Doc is the address of the documentation of relations; it holds {rel}.
func (l Links) Doc(context string) string {
	return l.base + "/doc/{rel}?context=" + Escape(context)
}

// WebhookDoc is the address of the documentation of webhook relations; it
// holds {rel}.
func (l Links) WebhookDoc() string { return l.base + "/doc/webhooks-{rel}" }

// DocPage is the page that documents one relation.
func (l Links) DocPage(rel string) string { return l.Path("doc", rel) }

// Problem is the type of a problem+json document of several errors.
func (l Links) Problem(kind string) string { return l.Path("problem", kind) }

// Problems is the type of a single error inside such a document. That the two
// spellings differ is Pact Broker's history, and clients compare them.
func (l Links) Problems(kind string) string { return l.Path("problems", kind) }

// Heartbeat is the address that says the broker is alive.
func (l Links) Heartbeat() string { return l.Template("/diagnostic/status/heartbeat") }

// Dependencies is the address that reports whether the database answers.
func (l Links) Dependencies() string { return l.Template("/diagnostic/status/dependencies") }

// Metrics is the address of the counts of what the broker holds.
func (l Links) Metrics() string { return l.Template("/metrics") }

// Environments is the list of environments.
func (l Links) Environments() string { return l.Template("/environments") }

// Environment is one environment.
func (l Links) Environment(uuid string) string { return l.Path("environments", uuid) }

// CurrentlyDeployed lists what is deployed to an environment now.
func (l Links) CurrentlyDeployed(uuid string) string {
	return l.Path("environments", uuid, "deployed-versions", "currently-deployed")
}

// CurrentlySupported lists what is released in an environment and supported.
func (l Links) CurrentlySupported(uuid string) string {
	return l.Path("environments", uuid, "released-versions", "currently-supported")
}

// DeployedVersion is the record of one deployment.
func (l Links) DeployedVersion(uuid string) string { return l.Path("deployed-versions", uuid) }

// ReleasedVersion is the record of one release.
func (l Links) ReleasedVersion(uuid string) string { return l.Path("released-versions", uuid) }

// Integrations is the list of consumer-provider pairs.
func (l Links) Integrations() string { return l.Template("/integrations") }

// Integration is one consumer-provider pair.
func (l Links) Integration(provider, consumer string) string {
	return l.Path("integrations", "provider", provider, "consumer", consumer)
}

// Dashboard is the dashboard of one pair.
func (l Links) Dashboard(provider, consumer string) string {
	return l.Path("dashboard", "provider", provider, "consumer", consumer)
}

// Matrix is the matrix of one pair.
func (l Links) Matrix(provider, consumer string) string {
	return l.Path("matrix", "provider", provider, "consumer", consumer)
}

// MatrixForVersion is the matrix of one consumer version.
func (l Links) MatrixForVersion(pacticipant, number string) string {
	return l.base + "/matrix?q%5B%5D%5Bpacticipant%5D=" + url.QueryEscape(pacticipant) +
		"&q%5B%5D%5Bversion%5D=" + url.QueryEscape(number) + "&latestby=cvpv"
}
