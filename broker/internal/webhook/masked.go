package webhook

import (
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/redact"
)

// Masked is a secret as it is shown: with stars, unless it is made of template
// parameters, which are filled with what is not secret.
func Masked(secret string) string {
	if strings.Contains(secret, "${pactbroker.") {
		return secret
	}
	return redact.Stars
}

// MaskedRequest is a request as a page shows it: with stars for whatever is secret
// in its address, its headers and its body, and for its password.
func MaskedRequest(r kernel.WebhookRequest) kernel.WebhookRequest {
	contentType, _ := headerOf(r, "content-type")
	r.URL = redact.URL(r.URL)
	r.Headers = slices.Clone(r.Headers)
	for i, h := range r.Headers {
		if redact.Name(h.Name) {
			r.Headers[i].Value = Masked(h.Value)
		}
	}
	if len(r.Body) > 0 {
		r.Body = TextBody(redact.Body(contentType, BodyText(r.Body)))
	}
	if r.Password != "" {
		r.Password = redact.Stars
	}
	return r
}

// unmask is in with what is stored in the place of what MaskedRequest has shown of
// it. It notes what still has stars, and what would take a secret elsewhere.
func unmask(fields kernel.Fields, in, stored kernel.WebhookRequest) kernel.WebhookRequest {
	shown := MaskedRequest(stored)
	switch {
	case in.URL == shown.URL:
		in.URL = stored.URL
	case strings.Contains(in.URL, redact.Stars):
		fields.Add("request.url", "%s", "has stars where the stored address has a secret, and is changed otherwise. Write the whole address, with its secret.")
		return in
	}
	contentType, _ := headerOf(stored, "content-type")
	before, now := BodyText(stored.Body), BodyText(in.Body)
	seen := redact.Body(contentType, before)
	switch hidden := seen != before; {
	case sameLines(now, seen) && hidden && placeOf(in) != placeOf(stored):
		fields.Add("request.body", "%s", "has secrets: it "+giveAgain(stored)+" Write them again.")
	case sameLines(now, seen):
		in.Body = stored.Body
	case hidden && strings.Contains(now, redact.Stars):
		fields.Add("request.body", "%s", "has stars where the stored body has secrets, and is changed otherwise. Write the secrets again.")
	}
	for i, h := range in.Headers {
		// A secret that was left empty is meant to stay.
		if _, known := headerOf(stored, strings.ToLower(h.Name)); known && h.Value == "" && redact.Name(h.Name) {
			in.Headers[i].Value = redact.Stars
		}
	}
	return in
}

// sameLines reports whether two texts are the same whatever ends their lines: a
// browser sends its own.
func sameLines(a, b string) bool {
	plain := func(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }
	return strings.TrimSpace(plain(a)) == strings.TrimSpace(plain(b))
}
