package broker

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var webhookUUID = regexp.MustCompile(`^[A-Za-z0-9_-]{16,}$`)

const seeWhitelist = " The operator of this broker sets what is allowed; /doc/webhooks#whitelist says how."

// checkWebhook returns what is wrong with a webhook, by field.
func (s *Service) checkWebhook(tx Tx, w Webhook) error {
	fields := Fields{}
	if w.UUID != "" && !webhookUUID.MatchString(w.UUID) {
		fields.Add("uuid", "must be 16 characters or longer and made of letters, digits, _ and - only")
	}
	for _, side := range []struct {
		name string
		side WebhookSide
	}{{"consumer", w.Consumer}, {"provider", w.Provider}} {
		if side.side.Label != "" {
			s.checkName(fields, side.name+".label", side.side.Label)
		}
		if err := checkSide(tx, fields, side.name, side.side); err != nil {
			return err
		}
	}
	for _, event := range w.Events {
		if !slices.Contains(EventNames(), event) {
			fields.Add("events", "name %q is not an event", event)
		}
	}
	s.checkRequest(fields, w.Request)
	checkText(fields, "description", w.Description)
	return fields.Err()
}

func checkSide(tx Tx, fields Fields, name string, side WebhookSide) error {
	if side.Name != "" && side.Label != "" {
		fields.Add(name+".label", "stands beside a name: a side is chosen by one of them")
		return nil
	}
	if side.Name == "" {
		return nil
	}
	_, err := tx.FindPacticipant(side.Name)
	if IsNotFound(err) {
		fields.Add(name+".name", "does not match an existing pacticipant")
		return nil
	}
	return err
}

func (s *Service) checkRequest(fields Fields, r WebhookRequest) {
	rules := s.Settings.Webhooks
	method := strings.ToUpper(r.Method)
	switch {
	case !knownMethod(method):
		fields.Add("request.method", "is no HTTP method")
	case len(rules.Methods) > 0 && !slices.Contains(rules.Methods, method):
		fields.Add("request.method", "%s", "must be "+oneOf(rules.Methods)+"."+seeWhitelist)
	}
	checkText(fields, "request.username", r.Username)
	checkText(fields, "request.password", r.Password)
	checkText(fields, "request.body", string(r.Body))
	seen := map[string]bool{}
	for _, h := range r.Headers {
		checkLine(fields, "request.headers", h.Name)
		checkText(fields, "request.headers", h.Value)
		if name := strings.ToLower(h.Name); seen[name] {
			fields.Add("request.headers", "%s is given more than once: upper and lower case do not make two headers", name)
		} else {
			seen[name] = true
		}
	}
	checkWebhookURL(fields, rules, r.URL)
}

func knownMethod(method string) bool {
	return slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}, method)
}

func oneOf(allowed []string) string {
	if len(allowed) == 1 {
		return allowed[0]
	}
	return "one of " + strings.Join(allowed, ", ")
}

// placeholder stands for template parameters while an address is parsed.
var placeholder = regexp.MustCompile(`\$\{pactbroker\.[^}]+\}`)

func checkWebhookURL(fields Fields, rules WebhookRules, text string) {
	const field = "request.url"
	u, err := url.Parse(placeholder.ReplaceAllString(text, "parameter"))
	if err != nil || u.Scheme == "" || u.Host == "" || strings.ContainsAny(text, "\n\r\x00") {
		fields.Add(field, "is no URL; it looks like https://ci.example.org/start")
		return
	}
	if scheme := strings.ToLower(u.Scheme); len(rules.Schemes) > 0 && !slices.Contains(rules.Schemes, scheme) {
		fields.Add(field, "%s", "scheme must be "+oneOf(rules.Schemes)+"."+seeWhitelist)
	}
	if hostIsTemplate(text) {
		fields.Add(field, "must name its host itself; a template parameter may stand in path and query")
		return
	}
	if len(rules.Hosts) > 0 && !rules.AllowsHost(u.Hostname()) {
		fields.Add(field, "%s", `host must be in the whitelist "`+strings.Join(rules.Hosts, ", ")+`".`+seeWhitelist)
	}
}

// hostIsTemplate tells whether a template parameter has a say in where a request
// goes: in anything before path and query.
func hostIsTemplate(text string) bool {
	scheme, after, _ := strings.Cut(text, "://")
	authority := after
	if end := strings.IndexAny(after, "/?#"); end >= 0 {
		authority = after[:end]
	}
	return placeholder.MatchString(scheme) || placeholder.MatchString(authority)
}

// AllowsHost tells whether webhooks may call the host.
func (r WebhookRules) AllowsHost(host string) bool {
	return len(r.Hosts) == 0 || slices.ContainsFunc(r.Hosts, func(pattern string) bool { return matchesHost(pattern, host) })
}

// CheckHostPattern tells what is wrong with an item of WebhookRules.Hosts that
// can match nothing.
func CheckHostPattern(pattern string) error {
	if expression, ok := strings.CutPrefix(pattern, "/"); ok && strings.HasSuffix(expression, "/") {
		if _, err := regexp.Compile(strings.TrimSuffix(expression, "/")); err != nil {
			return fmt.Errorf("%q is no regular expression: %w", pattern, err)
		}
		return nil
	}
	if _, err := netip.ParsePrefix(pattern); err != nil && strings.Contains(pattern, "/") {
		return fmt.Errorf("%q is no network, such as 10.0.0.0/8, and no /expression/", pattern)
	}
	return nil
}

// matchesHost understands exact names, *.domain for one label, addresses,
// networks and /regular expressions/.
func matchesHost(pattern, host string) bool {
	if expression, ok := strings.CutPrefix(pattern, "/"); ok && strings.HasSuffix(expression, "/") {
		r, err := regexp.Compile(strings.TrimSuffix(expression, "/"))
		return err == nil && r.MatchString(host)
	}
	if address, err := netip.ParseAddr(host); err == nil {
		if network, err := netip.ParsePrefix(pattern); err == nil {
			return network.Contains(address)
		}
		other, err := netip.ParseAddr(pattern)
		return err == nil && other == address
	}
	if domain, ok := strings.CutPrefix(pattern, "*."); ok {
		label, rest, found := strings.Cut(host, ".")
		return found && label != "" && strings.EqualFold(rest, domain)
	}
	return strings.EqualFold(pattern, host)
}
