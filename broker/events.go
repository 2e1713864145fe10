package broker

import (
	"fmt"
	"slices"
)

// eventFacts are what a request adds to the events it causes.
type eventFacts struct {
	branch   *string // of the consumer version; nil if the request did not say
	buildURL string
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
func (s *Service) firePublication(p *publishing, facts eventFacts) error {
	listening, err := p.tx.HasWebhooks()
	if err != nil || !listening {
		return err
	}
	if p.webhooks, err = p.tx.MatchingWebhooks(p.version.Pacticipant, p.provider); err != nil || len(p.webhooks) == 0 {
		return err
	}
	caused, err := s.fireAll(p, facts)
	if err != nil {
		return err
	}
	return enqueue(p.tx, caused.triggered)
}

func enqueue(tx Tx, triggered []firing) error {
	firings := make([]TriggeredWebhook, len(triggered))
	for i, t := range triggered {
		firings[i] = t.TriggeredWebhook
	}
	_, err := tx.EnqueueWebhooks(firings...)
	return err
}

// fireAll finds all events of a publication, and what its webhooks do about them.
func (s *Service) fireAll(p *publishing, facts eventFacts) (fired, error) {
	out := fired{events: []EventName{EventContractPublished}}
	context, err := publicationContext(p, facts)
	if err != nil {
		return out, err
	}
	s.trigger(p, &out, EventContractPublished, context)
	wanting, err := versionsToVerify(p)
	if err != nil {
		return out, err
	}
	if len(wanting) > 0 {
		out.events = append(out.events, EventContractRequiresVerification)
	}
	for _, w := range wanting {
		c := context
		c.ProviderVersionNumber, c.ProviderVersionBranch, c.ProviderVersionDescriptions = w.version.Number, w.branch, w.reasons
		s.trigger(p, &out, EventContractRequiresVerification, c)
	}
	if out.reasons, err = whyChanged(p, context.ConsumerVersionTags); err != nil || len(out.reasons) == 0 {
		return out, err
	}
	out.events = append(out.events, EventContractContentChanged)
	s.trigger(p, &out, EventContractContentChanged, context)
	return out, nil
}

func publicationContext(p *publishing, facts eventFacts) (EventContext, error) {
	context := EventContext{ConsumerVersionNumber: p.version.Number, ConsumerVersionBranch: facts.branch, BuildURL: facts.buildURL}
	var tags map[int64][]Tag
	var err error
	if !p.untagged {
		tags, err = p.tx.TagsOf([]int64{p.version.ID})
	}
	context.ConsumerVersionTags = tagNames(tags[p.version.ID])
	return context, err
}

// trigger adds a firing of each webhook that waits for the event.
func (s *Service) trigger(p *publishing, out *fired, event EventName, context EventContext) {
	for _, w := range waiting(p.webhooks, event) {
		out.triggered = append(out.triggered, firing{TriggeredWebhook{
			UUID: s.NewID(), WebhookID: w.ID, WebhookUUID: w.UUID, Event: event, Context: context,
			Consumer: p.version.Pacticipant, Provider: p.provider, PublicationID: p.result.ID,
			Status: TriggerNotRun, CreatedAt: p.at,
		}, w.title()})
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

func (w Webhook) title() string {
	if w.Description != "" {
		return w.Description
	}
	return w.UUID
}

// whyChanged says why the content of a publication counts as changed; nothing
// means that it does not. A first publication is compared with the nearest
// earlier version for each of its tags, or with the nearest earlier untagged
// one; branches play no role, as in Pact Broker.
func whyChanged(p *publishing, tags []string) ([]string, error) {
	consumer, number := p.version.Pacticipant.Name, p.version.Number
	if p.former != nil {
		if p.former.SHA == p.result.SHA {
			return nil, nil
		}
		return []string{fmt.Sprintf("%s %s was published before with other content", consumer, number)}, nil
	}
	if len(tags) == 0 {
		earlier, err := p.tx.ListPublications(PublicationFilter{
			ConsumerID: p.version.Pacticipant.ID, ProviderID: p.provider.ID, Before: &p.version, Untagged: true, Limit: 1,
		})
		switch {
		case err != nil:
			return nil, err
		case len(earlier) == 0:
			return []string{"there is no earlier pact of a version without tags to compare with"}, nil
		case earlier[0].SHA != p.result.SHA:
			return []string{"the last version without tags had other content"}, nil
		}
		return nil, nil
	}
	earlier, err := p.tx.EarlierContents(p.version, p.provider.ID, tags)
	if err != nil {
		return nil, err
	}
	var reasons []string
	for _, tag := range tags {
		switch sha, found := earlier[tag]; {
		case !found:
			reasons = append(reasons, fmt.Sprintf("no version with tag %s had a pact before", tag))
		case sha != p.result.SHA:
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
func versionsToVerify(p *publishing) ([]wanted, error) {
	candidates, err := relevantVersions(p)
	if err != nil {
		return nil, err
	}
	var out []wanted
	for _, w := range candidates {
		known, err := p.tx.HasVerification(p.result.ContentID, w.version.ID)
		if err != nil {
			return nil, err
		}
		if known {
			continue
		}
		if w.branch == "" {
			branches, err := p.tx.BranchesOf([]int64{w.version.ID})
			if err != nil {
				return nil, err
			}
			w.branch = VersionDetails{Branches: branches[w.version.ID]}.Branch()
		}
		out = append(out, w)
	}
	return out, nil
}

func relevantVersions(p *publishing) ([]wanted, error) {
	tx, provider := p.tx, p.provider
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
	main, branch, err := latestOfMain(tx, provider, p.providerMain)
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
