package picking

import (
	"fmt"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// The fields of a request for pacts to verify, in the POST and in the older GET
// form.
var (
	postFields = verificationFields{
		branch: "providerVersionBranch", tags: "providerVersionTags", selectors: "consumerVersionSelectors",
		pending: "includePendingStatus", wipSince: "includeWipPactsSince", fallbackTag: "fallbackTag",
	}
	getFields = verificationFields{
		branch: "provider_version_branch", tags: "provider_version_tags", selectors: "consumer_version_selectors",
		pending: "include_pending_status", wipSince: "include_wip_pacts_since", fallbackTag: "fallback_tag",
	}
)

type verificationFields struct {
	branch, tags, selectors, pending, wipSince, fallbackTag string
}

// DecodePactsForVerification reads the decoded JSON body of the POST form. A
// nil document means all defaults. Wrong types are CodeInvalid, keyed by field;
// what concerns one selector says so by " (at index N)" at the end.
func DecodePactsForVerification(provider string, document any) (PactsForVerificationQuery, error) {
	q := PactsForVerificationQuery{Provider: provider, IncludePending: true}
	if document == nil {
		return q, nil
	}
	values, ok := document.(map[string]any)
	if !ok {
		return q, kernel.Fields{"": {"the body must be a JSON object"}}.Err()
	}
	d := verificationDecoder{values: values, fields: postFields, problems: kernel.Fields{}}
	d.decode(&q)
	for i, item := range d.list(postFields.selectors) {
		selector := decodeSelector(item, func(format string, args ...any) {
			d.problems.Add(postFields.selectors, "%s (at index %d)", fmt.Sprintf(format, args...), i)
		})
		q.Selectors = append(q.Selectors, selector)
	}
	return q, d.problems.Err()
}

// DecodePactsForVerificationQuery reads the older GET form: query parameters,
// nested as Pact clients nest them.
func DecodePactsForVerificationQuery(provider string, values map[string]any) (PactsForVerificationQuery, error) {
	q := PactsForVerificationQuery{Provider: provider, IncludePending: true, Beta: true}
	d := verificationDecoder{values: withBooleans(values), fields: getFields, problems: kernel.Fields{}}
	d.decode(&q)
	for i, item := range d.list(getFields.selectors) {
		selector, ok := item.(map[string]any)
		tag, _ := selector["tag"].(string)
		if !ok || tag == "" {
			d.problems.Add(getFields.selectors, "tag is missing (at index %d)", i)
			continue
		}
		selector = withBooleans(selector)
		fallback, _ := selector[getFields.fallbackTag].(string)
		consumer, _ := selector["consumer"].(string)
		latest, given := selector["latest"].(bool)
		q.Selectors = append(q.Selectors, ConsumerVersionSelector{
			Tag: tag, Latest: latest, NotLatest: given && !latest, FallbackTag: fallback, Consumer: consumer,
		})
	}
	return q, d.problems.Err()
}

// withBooleans reads the texts true and false, for query parameters.
func withBooleans(values map[string]any) map[string]any {
	out := make(map[string]any, len(values))
	for key, value := range values {
		switch value {
		case "true":
			out[key] = true
		case "false":
			out[key] = false
		default:
			out[key] = value
		}
	}
	return out
}

type verificationDecoder struct {
	values   map[string]any
	fields   verificationFields
	problems kernel.Fields
}

func (d verificationDecoder) decode(q *PactsForVerificationQuery) {
	pendingAsked := d.pending(q)
	d.wipSince(q)
	for _, tag := range d.list(d.fields.tags) {
		if text, ok := tag.(string); ok {
			q.ProviderTags = append(q.ProviderTags, text)
			continue
		}
		d.problems.Add(d.fields.tags, "must hold text only")
	}
	d.branch(q, pendingAsked)
}

// branch reads the provider's branch. An empty one is forgiven unless it would
// decide something: older clients send it for "none".
func (d verificationDecoder) branch(q *PactsForVerificationQuery, pendingAsked bool) {
	value, given := d.values[d.fields.branch]
	if !given || value == nil {
		return
	}
	text, ok := value.(string)
	switch {
	case !ok:
		d.problems.Add(d.fields.branch, "must be a string")
	case text != "" && strings.TrimSpace(text) == "":
		d.problems.Add(d.fields.branch, "cannot be blank")
	case text == "" && len(q.ProviderTags) == 0 && (pendingAsked || q.WIPSince != nil):
		d.problems.Add(d.fields.branch, "must not be empty when pending or work in progress pacts are asked for and there are no provider tags")
	default:
		q.ProviderBranch = text
	}
}

func (d verificationDecoder) pending(q *PactsForVerificationQuery) (asked bool) {
	value, given := d.values[d.fields.pending]
	if !given || value == nil {
		return false
	}
	include, ok := value.(bool)
	if !ok {
		d.problems.Add(d.fields.pending, "must be one of: true, false")
		return false
	}
	q.IncludePending = include
	return include
}

func (d verificationDecoder) wipSince(q *PactsForVerificationQuery) {
	value, given := d.values[d.fields.wipSince]
	if !given || value == nil {
		return
	}
	text, _ := value.(string)
	since, err := parseDay(text)
	if err != nil {
		d.problems.Add(d.fields.wipSince, "must be a date, such as 2024-01-31")
		return
	}
	q.WIPSince = &since
}

// parseDay reads an ISO date, with or without a time of day.
func parseDay(text string) (time.Time, error) {
	var err error
	for _, layout := range []string{time.DateOnly, time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05-0700"} {
		var at time.Time
		if at, err = time.Parse(layout, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, err
}

func (d verificationDecoder) list(field string) []any {
	value, given := d.values[field]
	if !given || value == nil {
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		d.problems.Add(field, "must be an array")
	}
	return list
}

// decodeSelector reads one selector. Keys it does not know are ignored: newer
// clients send more.
func decodeSelector(item any, problem func(string, ...any)) ConsumerVersionSelector {
	values, ok := item.(map[string]any)
	if !ok {
		problem("must be an object")
		return ConsumerVersionSelector{Latest: true}
	}
	r := selectorReader{values, problem}
	s := ConsumerVersionSelector{
		MainBranch: r.onlyTrue("mainBranch"), MatchingBranch: r.onlyTrue("matchingBranch"),
		Deployed: r.onlyTrue("deployed"), Released: r.onlyTrue("released"), DeployedOrReleased: r.onlyTrue("deployedOrReleased"),
		Tag: r.text("tag"), FallbackTag: r.text("fallbackTag"), FallbackBranch: r.text("fallbackBranch"),
		Environment: r.text("environment"), Consumer: r.text("consumer"),
	}
	if values["branch"] == true {
		s.EveryBranch = true
	} else {
		s.Branch = r.text("branch")
	}
	if latest, given := values["latest"]; given && latest != nil {
		value, ok := latest.(bool)
		if !ok {
			problem("latest must be one of: true, false")
		}
		s.Latest, s.NotLatest = value, ok && !value
	}
	return s
}

type selectorReader struct {
	values  map[string]any
	problem func(string, ...any)
}

func (r selectorReader) onlyTrue(key string) bool {
	value, given := r.values[key]
	if !given || value == nil {
		return false
	}
	if value != true {
		r.problem("%s must be true, or left out", key)
	}
	return value == true
}

func (r selectorReader) text(key string) string {
	value, given := r.values[key]
	if !given || value == nil {
		return ""
	}
	text, ok := value.(string)
	switch {
	case !ok:
		r.problem("%s must be a string", key)
	case strings.TrimSpace(text) == "":
		r.problem("%s cannot be blank", key)
	}
	return text
}
