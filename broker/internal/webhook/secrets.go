package webhook

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/redact"
)

// The API shows secrets of a webhook as stars, and takes stars back for what is
// stored. Whoever may change a webhook could so have the broker send a secret
// that they do not know to a place of their own: a secret stays with the place
// that it was given for.

// keepSecrets is in with the secrets of stored where in does not give them: a
// password that is absent, empty or starred, and starred values of headers that
// are stored. It refuses that for a request that goes elsewhere, and stars for
// which there is nothing to keep.
func keepSecrets(in, stored kernel.WebhookRequest) (kernel.WebhookRequest, error) {
	fields := kernel.Fields{}
	moved := placeOf(in) != placeOf(stored)
	switch {
	case in.NoPassword || (in.Password != "" && !starred(in.Password)):
	case stored.Password == "":
		// A user without a password is shown with stars too: it sends an empty one.
		if in.Password != "" && stored.Username == "" {
			fields.Add("request.password", "%s", nothingToKeep)
		}
		in.Password = ""
	case moved:
		fields.Add("request.password", "%s", giveAgain(stored)+" Give the password again, or null to have none.")
	default:
		in.Password = stored.Password
	}
	for i, h := range in.Headers {
		if !starred(h.Value) {
			continue
		}
		field := "request.headers." + h.Name
		value, known := headerOf(stored, h.Name)
		switch {
		case !known:
			fields.Add(field, "%s", nothingToKeep)
		case moved:
			fields.Add(field, "%s", giveAgain(stored)+" Give the value again.")
		default:
			in.Headers[i].Value = value
		}
	}
	return in, fields.Err()
}

// checkSecretsGiven refuses stars in a webhook that has nothing stored: they
// come from a copy of another webhook, and would be sent as they are.
func checkSecretsGiven(in kernel.WebhookRequest) error {
	fields := kernel.Fields{}
	refuseStars(fields, in)
	_, err := keepSecrets(in, kernel.WebhookRequest{})
	return also(fields, err)
}

// refuseStars notes stars that stand for a secret of the address or of the body,
// unless something is noted of that place already.
func refuseStars(fields kernel.Fields, in kernel.WebhookRequest) {
	if len(fields["request.url"]) == 0 && slices.ContainsFunc(redact.URLSecrets(in.URL), starred) {
		fields.Add("request.url", "%s", nothingInPlace)
	}
	contentType, _ := headerOf(in, "content-type")
	if len(fields["request.body"]) == 0 && slices.ContainsFunc(redact.BodySecrets(contentType, BodyText(in.Body)), starred) {
		fields.Add("request.body", "%s", nothingInPlace)
	}
}

const nothingInPlace = "has stars for a secret, which stand for a stored value, and none is stored. Give the secret itself."

const nothingToKeep = "is only stars, which stand for a stored value, and none is stored. Give the value itself."

func giveAgain(stored kernel.WebhookRequest) string {
	p := placeOf(stored)
	return "is kept only for " + p.method + " " + p.scheme + "://" + p.host + ", and this request goes elsewhere or by another method."
}

// sameButAddress reports whether a request goes the same way as another, apart from
// what its address says.
func (p place) sameButAddress(other place) bool {
	return p.method == other.method && p.virtual == other.virtual
}

// place is where the secrets of a request go, and by what method.
type place struct {
	method, scheme, host string // host with its port
	// virtual is the host that is named to the receiver: behind one address
	// there may be several owners.
	virtual string
}

func placeOf(r kernel.WebhookRequest) place {
	out := place{method: strings.ToUpper(r.Method)}
	if u, err := url.Parse(placeholder.ReplaceAllString(r.URL, "parameter")); err == nil {
		out.scheme = strings.ToLower(u.Scheme)
		port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[out.scheme])
		out.host = strings.ToLower(u.Hostname()) + ":" + port
	}
	out.virtual, _ = headerOf(r, "host")
	return out
}

// headerOf returns the value of a header, whose name is in lower case.
func headerOf(r kernel.WebhookRequest, name string) (string, bool) {
	for _, h := range r.Headers {
		if h.Name == name {
			return h.Value, true
		}
	}
	return "", false
}

// starred reports whether a secret was not given but stands for the stored one.
func starred(value string) bool { return value != "" && strings.Trim(value, "*") == "" }
