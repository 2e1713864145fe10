package web

import (
	"fmt"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/broker/internal/webhook"
	"github.com/treatyhq/treaty/internal/redact"
	"github.com/treatyhq/treaty/internal/wording"
)

// Webhooks in plain words.

var eventWords = map[kernel.EventName]string{
	kernel.EventContractPublished:            "a contract is published",
	kernel.EventContractContentChanged:       "the content of a contract changes",
	kernel.EventVerificationPublished:        "a verification result comes in",
	kernel.EventVerificationSucceeded:        "a verification succeeds",
	kernel.EventVerificationFailed:           "a verification fails",
	kernel.EventContractRequiresVerification: "a contract comes that a provider version in use has not verified",
}

// eventText is an event in words; one that is not known is named.
func eventText(e kernel.EventName) string {
	if words := eventWords[e]; words != "" {
		return words
	}
	return string(e)
}

// briefWords are events in a table.
var briefWords = map[kernel.EventName]string{
	kernel.EventContractPublished: "publication", kernel.EventContractContentChanged: "changed content", kernel.EventVerificationPublished: "any result",
	kernel.EventVerificationSucceeded: "success", kernel.EventVerificationFailed: "failure", kernel.EventContractRequiresVerification: "missing result",
}

// briefly is whenText for a table.
func briefly(events []kernel.EventName) string {
	texts := make([]string, len(events))
	for i, e := range events {
		if texts[i] = briefWords[e]; texts[i] == "" {
			texts[i] = string(e)
		}
	}
	return strings.Join(texts, ", ")
}

// whenText says when a webhook fires.
func whenText(events []kernel.EventName) string {
	texts := make([]string, len(events))
	for i, e := range events {
		texts[i] = eventText(e)
	}
	return "when " + wording.List(texts, "or")
}

// sideText says whom one side of a webhook is about.
func sideText(s kernel.WebhookSide) string {
	switch {
	case s.Name != "":
		return s.Name
	case s.Label != "":
		return "any with the label " + s.Label
	}
	return "any"
}

// aboutText says which pairs a webhook is about.
func aboutText(w kernel.Webhook) string {
	if w.Consumer.Any() && w.Provider.Any() {
		return "every contract"
	}
	return sideText(w.Consumer) + " → " + sideText(w.Provider)
}

// callText is where a request goes: method, host and path, without what may be
// secret.
func callText(r kernel.WebhookRequest) string {
	_, rest, _ := strings.Cut(redact.URL(r.URL), "://")
	if at := strings.Index(rest, "@"); at >= 0 && !strings.Contains(rest[:at], "/") {
		rest = rest[at+1:]
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, _, _ = strings.Cut(rest, "?")
	return strings.TrimSuffix(r.Method+" "+rest, "/")
}

// webhookTitle is what people know a webhook by.
func webhookTitle(w kernel.Webhook) string {
	if w.Description != "" {
		return w.Description
	}
	return callText(w.Request)
}

// mostInRow is how much of a text of somebody's own stands in a row, in characters.
const mostInRow = 120

// cut is a text as it stands in a row; all of it is on the page that the row leads to.
func cut(text string) string {
	if runes := []rune(text); len(runes) > mostInRow {
		return string(runes[:mostInRow-1]) + "…"
	}
	return text
}

var healthWords = map[overview.WebhookHealth]func(string) kit.Verdict{
	overview.WebhookFailing: kit.No, overview.WebhookUnderWay: kit.Unknown, overview.WebhookDelivered: kit.Yes,
	overview.WebhookNeverUsed: kit.None, overview.WebhookOff: kit.None,
}

func healthVerdict(h overview.WebhookHealth) kit.Verdict { return healthWords[h](string(h)) }

// firingVerdict is how a delivery stands.
func firingVerdict(s kernel.TriggerStatus) kit.Verdict {
	switch s {
	case kernel.TriggerSuccess:
		return kit.Yes("delivered")
	case kernel.TriggerFailure:
		return kit.No("given up")
	case kernel.TriggerRetrying:
		return kit.No("retrying")
	default:
		return kit.Unknown("on its way")
	}
}

// planText says what is planned about a delivery; "" if nothing is.
func (w *web) planText(d webhook.Delivery) string {
	switch {
	case d.Status == kernel.TriggerNotRun:
		return "It is sent as soon as a broker gets to it."
	case d.Status == kernel.TriggerRetrying && d.Next.IsZero():
		return "It is tried again."
	case d.Status == kernel.TriggerRetrying && d.Next.Before(w.config.Now()):
		return "It is due to be tried again."
	case d.Status == kernel.TriggerRetrying:
		return "It is tried again in " + inWords(d.Next.Sub(w.config.Now())) + ", at " + d.Next.UTC().Format("15:04:05 UTC") + "."
	}
	return ""
}

// inWords is a length of time that is to come.
func inWords(d time.Duration) string {
	switch {
	case d < time.Minute:
		return wording.Count(int(d.Round(time.Second)/time.Second), "second")
	case d < time.Hour:
		return wording.Count(int(d.Round(time.Minute)/time.Minute), "minute")
	case d < 48*time.Hour:
		return wording.Count(int(d.Round(time.Hour)/time.Hour), "hour")
	}
	return wording.Count(int(d/(24*time.Hour)), "day")
}

// hindranceText says what kept a webhook from firing.
func hindranceText(h webhook.Hindrance, w kernel.Webhook, e webhook.WhyEvent) string {
	consumer, provider := e.Publication.Consumer.Name, e.Publication.Provider.Name
	switch h {
	case webhook.HindranceDisabled:
		return "It is switched off."
	case webhook.HindranceEvent:
		return "It does not wait for this event, only for: " + strings.TrimPrefix(whenText(w.Events), "when ") + "."
	case webhook.HindranceConsumer:
		return fmt.Sprintf("It is for the consumer %s, and this one is %s.", w.Consumer.Name, consumer)
	case webhook.HindranceProvider:
		return fmt.Sprintf("It is for the provider %s, and this one is %s.", w.Provider.Name, provider)
	case webhook.HindranceConsumerLabel:
		return fmt.Sprintf("It is for consumers with the label %s, which %s does not have.", w.Consumer.Label, consumer)
	case webhook.HindranceProviderLabel:
		return fmt.Sprintf("It is for providers with the label %s, which %s does not have.", w.Provider.Label, provider)
	case webhook.HindranceYounger:
		return "It was made after this happened."
	case webhook.HindranceUnchanged:
		return "It waits for a content that has changed, and this one was the same as that of the version before."
	case webhook.HindranceUnknown:
		return "It fires only for provider versions in use that have no result for the contract. Whether there were any at that moment is not kept."
	case webhook.HindranceChanged:
		return "It was changed after this happened. As it is now it would fire."
	default:
		return "Nothing keeps it from firing, and there is no delivery any more: those that newer ones have replaced are cleaned up after some days."
	}
}

// ended ends a sentence, unless it has an end.
func ended(text string) string {
	if strings.HasSuffix(text, "?") || strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}

// lastError is why an attempt failed, as far as its log says it in a line.
func lastError(a kernel.WebhookAttempt) string {
	status := ""
	for line := range strings.Lines(a.Logs) {
		// [time] LEVEL: text, as the broker writes it
		_, text, found := strings.Cut(strings.TrimRight(line, "\r\n"), "] ")
		if !found || !strings.HasPrefix(line, "[") {
			continue
		}
		if reason, is := strings.CutPrefix(text, "ERROR: "); is {
			return reason
		}
		if code, is := strings.CutPrefix(text, "INFO: HTTP/1.1 "); is && len(code) == 3 && status == "" {
			status = code
		}
	}
	switch {
	case a.Success && status != "":
		return "the receiver answered " + status
	case a.Success:
		return "the receiver took it"
	case status != "":
		return "the receiver answered " + status + ", which does not count as delivered"
	}
	return "the receiver's answer does not count as delivered"
}
