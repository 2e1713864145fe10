package webhook

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
)

var webhookUUID = regexp.MustCompile(`^[A-Za-z0-9_-]{16,}$`)

const seeWhitelist = " The operator of this broker sets what is allowed; /doc/webhooks#whitelist says how."

// checkWebhook returns what is wrong with a webhook, by field.
func (s *Service) checkWebhook(tx kernel.Tx, w kernel.Webhook) error {
	fields := kernel.Fields{}
	if w.UUID != "" && !webhookUUID.MatchString(w.UUID) {
		fields.Add("uuid", "must be 16 characters or longer and made of letters, digits, _ and - only")
	}
	for _, side := range []struct {
		name string
		side kernel.WebhookSide
	}{{"consumer", w.Consumer}, {"provider", w.Provider}} {
		if side.side.Label != "" {
			s.CheckName(fields, side.name+".label", side.side.Label)
		}
		if err := checkSide(tx, fields, side.name, side.side); err != nil {
			return err
		}
	}
	if w.Events != nil && len(w.Events) == 0 {
		fields.Add("events", "must name one at least")
	}
	for _, event := range w.Events {
		if !slices.Contains(EventNames(), event) {
			fields.Add("events", "name %q is not an event", event)
		}
	}
	s.checkRequest(fields, w.Request)
	kernel.CheckText(fields, "description", w.Description)
	checkLength(fields, "description", w.Description, mostDescription)
	return fields.Err()
}

func checkSide(tx kernel.Tx, fields kernel.Fields, name string, side kernel.WebhookSide) error {
	if side.Name != "" && side.Label != "" {
		fields.Add(name+".label", "stands beside a name: a side is chosen by one of them")
		return nil
	}
	if side.Name == "" {
		return nil
	}
	_, err := tx.FindPacticipant(side.Name)
	if kernel.IsNotFound(err) {
		fields.Add(name+".name", "does not match an existing pacticipant")
		return nil
	}
	return err
}

func (s *Service) checkRequest(fields kernel.Fields, r kernel.WebhookRequest) {
	rules := s.Settings.Webhooks
	method := strings.ToUpper(r.Method)
	switch {
	case !knownMethod(method):
		fields.Add("request.method", "is not an HTTP method")
	case len(rules.Methods) > 0 && !slices.Contains(rules.Methods, method):
		fields.Add("request.method", "%s", "must be "+oneOf(rules.Methods)+"."+seeWhitelist)
	}
	kernel.CheckText(fields, "request.username", r.Username)
	kernel.CheckText(fields, "request.password", r.Password)
	kernel.CheckText(fields, "request.body", string(r.Body))
	checkLength(fields, "request.username", r.Username, mostHeader)
	checkLength(fields, "request.password", r.Password, mostHeader)
	checkLength(fields, "request.body", string(r.Body), mostBody)
	checkLength(fields, "request.url", r.URL, mostAddress)
	if len(r.Headers) > mostHeaders {
		fields.Add("request.headers", "cannot be more than %d", mostHeaders)
	}
	seen := map[string]bool{}
	for _, h := range r.Headers {
		kernel.CheckLine(fields, "request.headers", h.Name)
		kernel.CheckText(fields, "request.headers", h.Value)
		if strings.EqualFold(h.Name, "host") && !rules.AllowsHostHeader(h.Value) {
			fields.Add("request.headers.host", "%s", `must be in the whitelist "`+strings.Join(rules.Hosts, ", ")+`".`+seeWhitelist)
		}
		if strings.EqualFold(h.Name, "host") && secret.Reference.MatchString(h.Value) {
			fields.Add("request.headers.host", "must name the host itself, and not by a secret")
		}
		checkLength(fields, "request.headers", h.Name+h.Value, mostHeader)
		if name := strings.ToLower(h.Name); seen[name] {
			fields.Add("request.headers", "%s is given more than once: upper and lower case do not make two headers", name)
		} else {
			seen[name] = true
		}
	}
	checkWebhookURL(fields, rules, r.URL)
}

// What a webhook may hold, in bytes: far more than any receiver takes, and so little
// that a list of webhooks stays one.
const (
	mostDescription = 1000
	mostAddress     = 8 << 10
	mostHeader      = 8 << 10
	mostBody        = 100 << 10
	// mostHeaders counts them.
	mostHeaders = 100
)

func checkLength(fields kernel.Fields, name, text string, most int) {
	if len(text) > most {
		fields.Add(name, "cannot be longer than %d bytes", most)
	}
}

func knownMethod(method string) bool { return slices.Contains(knownMethods(), method) }

func oneOf(allowed []string) string {
	if len(allowed) == 1 {
		return allowed[0]
	}
	return "one of " + strings.Join(allowed, ", ")
}

// placeholder stands for template parameters and secrets while an address is parsed.
var placeholder = regexp.MustCompile(`\$\{(?:pactbroker\.[^}]+|user\.\w+)\}`)

func checkWebhookURL(fields kernel.Fields, rules kernel.WebhookRules, text string) {
	const field = "request.url"
	u, err := url.Parse(placeholder.ReplaceAllString(text, "parameter"))
	if err != nil || u.Scheme == "" || u.Host == "" || strings.ContainsAny(text, "\n\r\x00") {
		fields.Add(field, "is not a URL; it looks like https://ci.example.org/start")
		return
	}
	if strings.ContainsAny(placeholder.ReplaceAllString(text, ""), " \t") {
		fields.Add(field, "has a blank in it: write %%20 for one that belongs there")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			fields.Add(field, "has the port %s, and ports go from 1 to 65535", port)
		}
	}
	if scheme := strings.ToLower(u.Scheme); len(rules.Schemes) > 0 && !slices.Contains(rules.Schemes, scheme) {
		fields.Add(field, "%s", "scheme must be "+oneOf(rules.Schemes)+"."+seeWhitelist)
	}
	if hostIsTemplate(text) {
		fields.Add(field, "must name its host itself; a template parameter may stand in path and query")
		return
	}
	if !rules.AllowsAddress(text) {
		fields.Add(field, "%s", `host must be in the whitelist "`+strings.Join(rules.Hosts, ", ")+`".`+seeWhitelist)
	}
}

// hostIsTemplate reports whether a template parameter has a say in where a
// request goes: in anything before path and query.
func hostIsTemplate(text string) bool {
	scheme, after, _ := strings.Cut(text, "://")
	authority := after
	if end := strings.IndexAny(after, "/?#"); end >= 0 {
		authority = after[:end]
	}
	return placeholder.MatchString(scheme) || placeholder.MatchString(authority)
}
