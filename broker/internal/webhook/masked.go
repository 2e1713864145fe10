package webhook

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/redact"
)

// Masked is a secret as it is shown: with stars, unless it is made of template
// parameters, which are filled with what is not secret, or is the name of a stored
// secret and no more.
func Masked(text string) string {
	if strings.Contains(text, "${pactbroker.") || onlyNames.MatchString(text) {
		return text
	}
	return redact.Stars
}

// onlyNames is a text that has nothing of a secret but where it is kept, perhaps behind
// the word that says how it is shown to the receiver.
var onlyNames = regexp.MustCompile(`^(?i:(?:basic|bearer|token|apikey|digest|key) +)?(?:\$\{user\.\w+\}[:.,]?)+$`)

// MaskedRequest is a request as API and pages show it: with stars for whatever is
// secret in its address, its headers and its body, and for its password.
func MaskedRequest(r kernel.WebhookRequest) kernel.WebhookRequest {
	r.URL = redact.URLBy(r.URL, Masked)
	r.Headers = slices.Clone(r.Headers)
	for i, h := range r.Headers {
		if redact.Name(h.Name) {
			r.Headers[i].Value = Masked(h.Value)
		}
	}
	r.Body = maskedBody(r)
	if r.Password != "" {
		r.Password = Masked(r.Password)
	}
	return r
}

// maskedBody keeps the kind of the body: an object stays one, and a text stays a text
// although there may be JSON in it.
func maskedBody(r kernel.WebhookRequest) json.RawMessage {
	contentType, _ := headerOf(r, "content-type")
	before := BodyText(r.Body)
	after := redact.BodyBy(contentType, before, Masked)
	switch {
	case after == before:
		return r.Body
	case isText(r.Body):
		return asText(after)
	}
	return json.RawMessage(after)
}

// unmask is in with what is stored in the place of what MaskedRequest has shown of
// its address and its body. It notes what still has stars, and what would take a
// secret elsewhere.
func unmask(fields kernel.Fields, in, stored kernel.WebhookRequest) kernel.WebhookRequest {
	shown := MaskedRequest(stored)
	switch {
	case in.URL == shown.URL && shown.URL != stored.URL && !placeOf(in).sameButAddress(placeOf(stored)):
		fields.Add("request.url", "%s", "has a secret: it "+giveAgain(stored)+" Write the whole address, with its secret.")
	case in.URL == shown.URL:
		in.URL = stored.URL
	case strings.Contains(in.URL, redact.Stars):
		fields.Add("request.url", "%s", "has stars where the stored address has a secret, and is changed otherwise. Write the whole address, with its secret.")
	}
	hidden := !bytes.Equal(shown.Body, stored.Body)
	switch same := sameBody(in.Body, shown.Body); {
	case same && hidden && placeOf(in) != placeOf(stored):
		fields.Add("request.body", "%s", "has secrets: it "+giveAgain(stored)+" Write them again.")
	case same && hidden && !hidesAs(in, stored.Body, shown.Body):
		fields.Add("request.body", "%s", "has secrets, which are known by the Content-Type, and would be shown with another one. Write them again.")
	case same && hidden:
		in.Body = stored.Body
	case hidden && strings.Contains(BodyText(in.Body), redact.Stars):
		fields.Add("request.body", "%s", "has stars where the stored body has secrets, and is changed otherwise. Write the secrets again.")
	}
	refuseStars(fields, in)
	return in
}

// hidesAs reports whether a request with a body that is kept is shown as it was: its
// headers say what is secret in it, and whoever changes them need not know it.
func hidesAs(r kernel.WebhookRequest, body, shown json.RawMessage) bool {
	r.Body = body
	return bytes.Equal(maskedBody(normalised(kernel.Webhook{Request: r}).Request), shown)
}

// sameBody reports whether two bodies say the same: as JSON whatever its spelling and
// the order of its members, else as lines.
func sameBody(a, b json.RawMessage) bool {
	if sameLines(BodyText(a), BodyText(b)) {
		return true
	}
	var left, right any
	return decode(a, &left) && decode(b, &right) && reflect.DeepEqual(left, right)
}

func decode(text json.RawMessage, to *any) bool {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(to) == nil
}

// sameLines reports whether two texts are the same whatever ends their lines: a
// browser sends its own.
func sameLines(a, b string) bool {
	plain := func(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }
	return strings.TrimSpace(plain(a)) == strings.TrimSpace(plain(b))
}
