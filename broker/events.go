package broker

import (
	"fmt"
	"slices"
	"time"
)

// cause is a publication as the events see it that follow from it.
type cause struct {
	at      time.Time
	version Version // of the consumer
	// branch of the consumer version; nil if the request did not say.
	branch   *string
	buildURL string
	provider Party
	// providerMain is the main branch of the provider, empty if it has none.
	providerMain string
	// untagged says that the version certainly has no tags.
	untagged bool
	// former is the pact that the version had before; nil if it had none.
	former      *PactPublication
	publication PactPublication
	// webhooks are those that wait for some event of the pair.
	webhooks []Webhook
}

// fired is what the publication of one pact caused. Its firings are not stored.
type fired struct {
	events    []EventName
	reasons   []string // why the content counts as changed
	triggered []firing
}

// firing is a triggered webhook and how its webhook is called.
type firing struct {
	TriggeredWebhook
	title string
}

// firePublication stores the firings of the webhooks that wait for what a
// publication causes.
func (s *Service) firePublication(tx Tx, c cause) error {
	listening, err := tx.HasWebhooks()
	if err != nil || !listening {
		return err
	}
	if c.webhooks, err = tx.MatchingWebhooks(c.version.Pacticipant, c.provider); err != nil || len(c.webhooks) == 0 {
		return err
	}
	caused, err := s.fireAll(tx, c)
	if err != nil {
		return err
	}
	return enqueue(tx, caused.triggered)
}

// enqueue stores firings, all at once.
func enqueue(tx Tx, triggered []firing) error {
	firings := make([]TriggeredWebhook, len(triggered))
	for i, t := range triggered {
		firings[i] = t.TriggeredWebhook
	}
	_, err := tx.EnqueueWebhooks(firings...)
	return err
}

// fireAll finds all events of a publication, and what its webhooks do about them.
func (s *Service) fireAll(tx Tx, c cause) (fired, error) {
	out := fired{events: []EventName{EventContractPublished}}
	context, err := publicationContext(tx, c)
	if err != nil {
		return out, err
	}
	s.trigger(c, &out, EventContractPublished, context)
	wanting, err := versionsToVerify(tx, c)
	if err != nil {
		return out, err
	}
	if len(wanting) > 0 {
		out.events = append(out.events, EventContractRequiresVerification)
	}
	for _, w := range wanting {
		of := context
		of.ProviderVersionNumber, of.ProviderVersionBranch, of.ProviderVersionDescriptions = w.version.Number, w.branch, w.reasons
		s.trigger(c, &out, EventContractRequiresVerification, of)
	}
	if out.reasons, err = whyChanged(tx, c, context.ConsumerVersionTags); err != nil || len(out.reasons) == 0 {
		return out, err
	}
	out.events = append(out.events, EventContractContentChanged)
	s.trigger(c, &out, EventContractContentChanged, context)
	return out, nil
}

func publicationContext(tx Tx, c cause) (EventContext, error) {
	context := EventContext{ConsumerVersionNumber: c.version.Number, ConsumerVersionBranch: c.branch, BuildURL: c.buildURL}
	var tags map[int64][]Tag
	var err error
	if !c.untagged {
		tags, err = tx.TagsOf([]int64{c.version.ID})
	}
	context.ConsumerVersionTags = tagNames(tags[c.version.ID])
	return context, err
}

// trigger adds a firing of each webhook that waits for the event.
func (s *Service) trigger(c cause, out *fired, event EventName, context EventContext) {
	for _, w := range waiting(c.webhooks, event) {
		out.triggered = append(out.triggered, firing{TriggeredWebhook{
			UUID: s.NewID(), WebhookID: w.ID, WebhookUUID: w.UUID, Event: event, Context: context,
			Consumer: c.version.Pacticipant, Provider: c.provider, PublicationID: c.publication.ID,
			Status: TriggerNotRun, CreatedAt: c.at,
		}, w.Title()})
	}
}

// waiting returns those of webhooks that wait for the event.
func waiting(webhooks []Webhook, event EventName) []Webhook {
	var out []Webhook
	for _, w := range webhooks {
		if slices.Contains(w.Events, event) {
			out = append(out, w)
		}
	}
	return out
}

// whyChanged says why the content of a publication counts as changed; nothing
// means that it does not. A first publication is compared with the nearest
// earlier version for each of its tags, or with the nearest earlier untagged
// one; branches play no role, as in Pact Broker.
func whyChanged(tx Tx, c cause, tags []string) ([]string, error) {
	consumer, number := c.version.Pacticipant.Name, c.version.Number
	if c.former != nil {
		if c.former.SHA == c.publication.SHA {
			return nil, nil
		}
		return []string{fmt.Sprintf("%s %s was published before with other content", consumer, number)}, nil
	}
	if len(tags) == 0 {
		earlier, err := tx.ListPublications(PublicationFilter{
			ConsumerID: c.version.Pacticipant.ID, ProviderID: c.provider.ID, Before: &c.version, Untagged: true, Limit: 1,
		})
		switch {
		case err != nil:
			return nil, err
		case len(earlier) == 0:
			return []string{"there is no earlier pact of a version without tags to compare with"}, nil
		case earlier[0].SHA != c.publication.SHA:
			return []string{"the last version without tags had other content"}, nil
		}
		return nil, nil
	}
	earlier, err := tx.EarlierContents(c.version, c.provider.ID, tags)
	if err != nil {
		return nil, err
	}
	var reasons []string
	for _, tag := range tags {
		switch sha, found := earlier[tag]; {
		case !found:
			reasons = append(reasons, fmt.Sprintf("no version with tag %s had a pact before", tag))
		case sha != c.publication.SHA:
			reasons = append(reasons, fmt.Sprintf("the version with tag %s before this one had other content", tag))
		}
	}
	return reasons, nil
}

// wanted is a provider version that should verify a pact, and why.
type wanted struct {
	version Version
	branch  string
	reasons []string
}

// versionsToVerify returns the provider versions that matter and have no result
// for the content at all: the latest of the main branch and all that are live.
func versionsToVerify(tx Tx, c cause) ([]wanted, error) {
	candidates, err := relevantVersions(tx, c)
	if err != nil {
		return nil, err
	}
	var out []wanted
	for _, w := range candidates {
		known, err := tx.HasVerification(c.publication.ContentID, w.version.ID)
		if err != nil {
			return nil, err
		}
		if known {
			continue
		}
		if w.branch == "" {
			branches, err := tx.BranchesOf([]int64{w.version.ID})
			if err != nil {
				return nil, err
			}
			w.branch = VersionDetails{Branches: branches[w.version.ID]}.Branch()
		}
		out = append(out, w)
	}
	return out, nil
}

func relevantVersions(tx Tx, c cause) ([]wanted, error) {
	provider := c.provider
	var out []wanted
	add := func(v Version, branch, reason string) {
		at := slices.IndexFunc(out, func(w wanted) bool { return w.version.ID == v.ID })
		if at < 0 {
			out = append(out, wanted{version: v, branch: branch})
			at = len(out) - 1
		}
		if !slices.Contains(out[at].reasons, reason) {
			out[at].reasons = append(out[at].reasons, reason)
		}
	}
	main, branch, err := latestOfMain(tx, provider, c.providerMain)
	if err != nil {
		return nil, err
	}
	if main != nil {
		add(*main, branch, "latest from main branch")
	}
	deployed, err := tx.ListDeployedVersions(RecordFilter{PacticipantID: provider.ID, Current: true})
	if err != nil {
		return nil, err
	}
	for _, d := range slices.Backward(deployed) {
		add(d.Version, "", "deployed in "+d.Environment.Name)
	}
	released, err := tx.ListReleasedVersions(RecordFilter{PacticipantID: provider.ID, Current: true})
	for _, r := range slices.Backward(released) {
		add(r.Version, "", "released in "+r.Environment.Name)
	}
	return out, err
}

// latestOfMain returns the head of the provider's main branch or, without such
// a branch, the latest version tagged with its name; nil if there is none.
func latestOfMain(tx Tx, provider Party, main string) (*Version, string, error) {
	if main == "" {
		return nil, "", nil
	}
	p := Pacticipant{ID: provider.ID, Name: provider.Name, MainBranch: main}
	v, err := latestVersion(tx, p, LatestVersionQuery{Branch: main})
	if IsNotFound(err) {
		v, err = latestVersion(tx, p, LatestVersionQuery{Tag: main})
	}
	if IsNotFound(err) {
		return nil, "", nil
	}
	return &v, main, err
}
