package delivery

import (
	"errors"
	"maps"
	"net/url"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/secret"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

// withheld is why nothing was sent, although a request could be made.
type withheld struct{ error }

func (w withheld) Unwrap() error { return w.error }

// secretKey is how the name of a secret stands among the parameters.
const secretKey = "user."

// withSecrets adds secrets to what a template is filled with.
func withSecrets(values, secrets map[string]string) map[string]string {
	if len(secrets) == 0 {
		return values
	}
	out := maps.Clone(values)
	for name, value := range secrets {
		out[secretKey+name] = value
	}
	return out
}

// mayBeSent says why a webhook with its secrets may not be sent; nil if it may. It is
// asked before anything leaves, a look-up of the host too.
func mayBeSent(run webhook.Run) error {
	if run.Secrets.Problem != nil {
		return withheld{run.Secrets.Problem}
	}
	request := run.Webhook.Request
	authority, _ := splitURL(request.URL)
	if secret.Reference.MatchString(authority) {
		return withheld{secret.ErrElsewhere}
	}
	if len(run.Secrets.Values()) == 0 {
		return nil
	}
	u, err := url.Parse(parameter.ReplaceAllString(request.URL, "parameter"))
	if err != nil {
		return withheld{errors.New("the address is none, so that it cannot be told whether its secrets may go there")}
	}
	hosts := []string{u.Hostname()}
	for _, h := range request.Headers {
		if strings.EqualFold(h.Name, "host") {
			if secret.Reference.MatchString(h.Value) {
				return withheld{secret.ErrElsewhere}
			}
			if parameter.MatchString(h.Value) {
				return withheld{errors.New("the header Host is made of parameters, so that it cannot be told whether the secrets may go there")}
			}
			hosts = append(hosts, (&url.URL{Host: h.Value}).Hostname())
		}
	}
	for _, host := range hosts {
		if err := run.Secrets.MayGo(host); err != nil {
			return withheld{err}
		}
	}
	return nil
}

// splitURL cuts an address before its path: what stands before decides whom it is of.
func splitURL(text string) (authority, rest string) {
	begin := 0
	if at := strings.Index(text, "://"); at >= 0 {
		begin = at + len("://")
	}
	if end := strings.IndexAny(text[begin:], "/?#"); end >= 0 {
		return text[:begin+end], text[begin+end:]
	}
	return text, ""
}

// fillURL fills an address. Secrets stand in path and query alone; in a path a blank is
// no plus sign.
func fillURL(text string, values map[string]string) string {
	secrets, parameters := map[string]string{}, map[string]string{}
	for name, value := range values {
		if strings.HasPrefix(name, secretKey) {
			secrets[name] = value
		} else {
			parameters[name] = value
		}
	}
	authority, rest := splitURL(text)
	if len(secrets) > 0 {
		path, query := rest, ""
		if at := strings.Index(rest, "?"); at >= 0 {
			path, query = rest[:at], rest[at:]
		}
		// An escaped value has no brace, so that nothing in it is filled again.
		rest = fill(path, secrets, func(_, value string) string { return url.PathEscape(value) }) + fill(query, secrets, inForm)
	}
	return fill(authority+rest, parameters, inForm)
}
