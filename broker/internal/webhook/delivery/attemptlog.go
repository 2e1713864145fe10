package delivery

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/treatyhq/treaty/broker/internal/webhook"
	"github.com/treatyhq/treaty/internal/redact"
)

// journal writes the log of one attempt, a line a fact.
type journal struct {
	now func() time.Time
	b   strings.Builder
}

func (j *journal) line(level, format string, args ...any) {
	// A database keeps neither what is not text nor a zero byte.
	text := strings.ReplaceAll(strings.ToValidUTF8(fmt.Sprintf(format, args...), "\uFFFD"), "\x00", "\uFFFD")
	fmt.Fprintf(&j.b, "[%s] %s: %s\n", j.now().UTC().Format(time.RFC3339), level, text)
}

// logs is the text kept of an attempt, from which masks have yet to take what the
// receiver said again.
func (s *sender) logs(now func() time.Time, run webhook.Run, a answer, e webhook.Execution) string {
	j := &journal{now: now}
	j.line("DEBUG", "event %s, consumer %s %s, provider %s %s", cmp.Or(run.Triggered.Event, webhook.EventTest),
		run.Publication.Consumer.Name, run.Publication.ConsumerVersion.Number, run.Publication.Provider.Name, run.ProviderVersionNumber)
	if a.request != nil {
		j.line("INFO", "HTTP/1.1 %s %s", a.request.Method, redact.URL(a.request.URL.String()))
		writeHeaders(j, e.RequestHeaders)
		if len(e.RequestBody) > 0 {
			j.line("INFO", "%s", text(e.RequestBody))
		}
	}
	switch {
	case e.Error != "":
		j.line("ERROR", "%s", e.Error)
	case e.Hidden:
		j.line("INFO", "the response is hidden, because the broker has no list of hosts that webhooks may reach (webhook host whitelist)")
	case e.Response != nil:
		j.line("INFO", "HTTP/1.1 %d", e.Response.Status)
		writeHeaders(j, e.Response.Headers)
		j.line("INFO", "%s", text(e.Response.Body))
	}
	if e.Success {
		j.line("INFO", "the webhook was delivered")
	} else {
		j.line("INFO", "the webhook was not delivered")
	}
	return j.b.String()
}

func writeHeaders(j *journal, headers map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		j.line("INFO", "%s: %s", name, headers[name])
	}
}

// secretsOf lists the secrets of a webhook as they were sent.
func secretsOf(r rendered, a answer) []string {
	secrets := append([]string{r.password}, redact.URLSecrets(r.url)...)
	secrets = append(secrets, redact.BodySecrets(r.contentType(), string(r.body))...)
	for _, h := range r.headers {
		if redact.Name(h.Name) {
			secrets = append(secrets, h.Value)
			_, token, _ := strings.Cut(h.Value, " ") // Bearer, Basic
			secrets = append(secrets, token)
		}
	}
	if a.request != nil {
		_, credentials, _ := strings.Cut(a.request.Header.Get("Authorization"), " ")
		secrets = append(secrets, credentials)
		if user := a.request.URL.User; user != nil { // net/http sends it as Basic
			password, _ := user.Password()
			secrets = append(secrets, base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
		}
	}
	return slices.DeleteFunc(secrets, func(secret string) bool { return len(secret) < shortestHidden })
}

func text(body []byte) string {
	if !utf8.Valid(body) {
		return fmt.Sprintf("(%d bytes that are not text)", len(body))
	}
	return string(body)
}
