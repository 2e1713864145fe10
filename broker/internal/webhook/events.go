package webhook

import (
	"fmt"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Cause is a publication as the events see it that follow from it.
type Cause struct {
	At      time.Time
	Version kernel.Version // of the consumer
	// Branch of the consumer version; nil if the request did not say.
	Branch   *string
	BuildURL string
	Provider kernel.Party
	// ProviderMain is the main branch of the provider, empty if it has none.
	ProviderMain string
	// Tags are those of the version in the order of adding, if TagsKnown.
	Tags      []string
	TagsKnown bool
	// Former is the pact that the version had before; nil if it had none.
	Former      *kernel.PactPublication
	Publication kernel.PactPublication
	// Webhooks are those that wait for some event of the pair.
	Webhooks []kernel.Webhook
}

// Fired is what the publication of one pact caused. Its firings are not stored.
type Fired struct {
	Events    []kernel.EventName
	Reasons   []string // why the content counts as changed
	Triggered []Firing
}

// Firing is a triggered webhook and how its webhook is called.
type Firing struct {
	kernel.TriggeredWebhook
	Title string
}

// FirePublication stores the firings of the webhooks that wait for what a
// publication causes.
func (s *Service) FirePublication(tx kernel.Tx, c Cause) error {
	listening, err := tx.HasWebhooks()
	if err != nil || !listening {
		return err
	}
	if c.Webhooks, err = tx.MatchingWebhooks(c.Version.Pacticipant, c.Provider); err != nil || len(c.Webhooks) == 0 {
		return err
	}
	caused, err := s.FireAll(tx, c)
	if err != nil {
		return err
	}
	return Enqueue(tx, caused.Triggered)
}

// ForeseeEvents asks what FireAll will, as far as it is known what that is.
func ForeseeEvents(ahead kernel.Tx, c Cause, tags []string) {
	current := kernel.RecordFilter{PacticipantID: c.Provider.ID, Current: true}
	_, _ = ahead.ListDeployedVersions(current)
	_, _ = ahead.ListReleasedVersions(current)
	if candidates, err := relevantVersions(ahead, c); err == nil {
		for _, w := range candidates {
			if c.Publication.ContentID != 0 {
				_, _ = ahead.HasVerification(c.Publication.ContentID, w.version.ID)
			}
			if w.branch == "" {
				_, _ = ahead.BranchesOf([]int64{w.version.ID})
			}
		}
	}
	if c.Former == nil && c.Version.ID != 0 {
		_, _ = whyChanged(ahead, c, tags)
	}
}

// Enqueue stores firings, all at once.
func Enqueue(tx kernel.Tx, triggered []Firing) error {
	firings := make([]kernel.TriggeredWebhook, len(triggered))
	for i, t := range triggered {
		firings[i] = t.TriggeredWebhook
	}
	_, err := tx.EnqueueWebhooks(firings...)
	return err
}

// FireAll finds all events of a publication, and what its webhooks do about them.
func (s *Service) FireAll(tx kernel.Tx, c Cause) (Fired, error) {
	out := Fired{Events: []kernel.EventName{kernel.EventContractPublished}}
	context, err := publicationContext(tx, c)
	if err != nil {
		return out, err
	}
	s.trigger(c, &out, kernel.EventContractPublished, context)
	wanting, err := versionsToVerify(tx, c)
	if err != nil {
		return out, err
	}
	if len(wanting) > 0 {
		out.Events = append(out.Events, kernel.EventContractRequiresVerification)
	}
	for _, w := range wanting {
		of := context
		of.ProviderVersionNumber, of.ProviderVersionBranch, of.ProviderVersionDescriptions = w.version.Number, w.branch, w.reasons
		s.trigger(c, &out, kernel.EventContractRequiresVerification, of)
	}
	if out.Reasons, err = whyChanged(tx, c, context.ConsumerVersionTags); err != nil || len(out.Reasons) == 0 {
		return out, err
	}
	out.Events = append(out.Events, kernel.EventContractContentChanged)
	s.trigger(c, &out, kernel.EventContractContentChanged, context)
	return out, nil
}

func publicationContext(tx kernel.Tx, c Cause) (kernel.EventContext, error) {
	context := kernel.EventContext{ConsumerVersionNumber: c.Version.Number, ConsumerVersionBranch: c.Branch, BuildURL: c.BuildURL}
	if c.TagsKnown {
		context.ConsumerVersionTags = append([]string{}, c.Tags...)
		return context, nil
	}
	tags, err := tx.TagsOf([]int64{c.Version.ID})
	context.ConsumerVersionTags = kernel.TagNames(tags[c.Version.ID])
	return context, err
}

// trigger adds a firing of each webhook that waits for the event.
func (s *Service) trigger(c Cause, out *Fired, event kernel.EventName, context kernel.EventContext) {
	for _, w := range Waiting(c.Webhooks, event) {
		out.Triggered = append(out.Triggered, Firing{kernel.TriggeredWebhook{
			UUID: s.NewID(), WebhookID: w.ID, WebhookUUID: w.UUID, Event: event, Context: context,
			Consumer: c.Version.Pacticipant, Provider: c.Provider, PublicationID: c.Publication.ID,
			Status: kernel.TriggerNotRun, CreatedAt: c.At,
		}, w.Title()})
	}
}

// whyChanged says why the content of a publication counts as changed; nothing
// means that it does not. A first publication is compared with the nearest
// earlier version for each of its tags, or with the nearest earlier untagged
// one; branches play no role, as in Pact Broker.
func whyChanged(tx kernel.Tx, c Cause, tags []string) ([]string, error) {
	consumer, number := c.Version.Pacticipant.Name, c.Version.Number
	if c.Former != nil {
		if c.Former.SHA == c.Publication.SHA {
			return nil, nil
		}
		return []string{fmt.Sprintf("%s %s was published before with other content", consumer, number)}, nil
	}
	if len(tags) == 0 {
		switch earlier, err := tx.EarlierUntagged(c.Version, c.Provider.ID); {
		case kernel.IsNotFound(err):
			return []string{"there is no earlier pact of a version without tags to compare with"}, nil
		case err != nil:
			return nil, err
		case earlier != c.Publication.SHA:
			return []string{"the last version without tags had other content"}, nil
		}
		return nil, nil
	}
	earlier, err := tx.EarlierContents(c.Version, c.Provider.ID, tags)
	if err != nil {
		return nil, err
	}
	var reasons []string
	for _, tag := range tags {
		switch sha, found := earlier[tag]; {
		case !found:
			reasons = append(reasons, fmt.Sprintf("no version with tag %s had a pact before", tag))
		case sha != c.Publication.SHA:
			reasons = append(reasons, fmt.Sprintf("the version with tag %s before this one had other content", tag))
		}
	}
	return reasons, nil
}

// wanted is a provider version that should verify a pact, and why.
type wanted struct {
	version kernel.Version
	branch  string
	reasons []string
}

// versionsToVerify returns the provider versions that matter and have no result
// for the content at all: the latest of the main branch and all that are live.
func versionsToVerify(tx kernel.Tx, c Cause) ([]wanted, error) {
	candidates, err := relevantVersions(tx, c)
	if err != nil {
		return nil, err
	}
	var out []wanted
	for _, w := range candidates {
		known, err := tx.HasVerification(c.Publication.ContentID, w.version.ID)
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
			w.branch = kernel.VersionDetails{Branches: branches[w.version.ID]}.Branch()
		}
		out = append(out, w)
	}
	return out, nil
}

func relevantVersions(tx kernel.Tx, c Cause) ([]wanted, error) {
	provider := c.Provider
	var out []wanted
	add := func(v kernel.Version, branch, reason string) {
		at := slices.IndexFunc(out, func(w wanted) bool { return w.version.ID == v.ID })
		if at < 0 {
			out = append(out, wanted{version: v, branch: branch})
			at = len(out) - 1
		}
		if !slices.Contains(out[at].reasons, reason) {
			out[at].reasons = append(out[at].reasons, reason)
		}
	}
	main, branch, err := latestOfMain(tx, provider, c.ProviderMain)
	if err != nil {
		return nil, err
	}
	if main != nil {
		add(*main, branch, "latest from main branch")
	}
	deployed, err := tx.ListDeployedVersions(kernel.RecordFilter{PacticipantID: provider.ID, Current: true})
	if err != nil {
		return nil, err
	}
	for _, d := range slices.Backward(deployed) {
		add(d.Version, "", "deployed in "+d.Environment.Name)
	}
	released, err := tx.ListReleasedVersions(kernel.RecordFilter{PacticipantID: provider.ID, Current: true})
	for _, r := range slices.Backward(released) {
		add(r.Version, "", "released in "+r.Environment.Name)
	}
	return out, err
}

// latestOfMain returns the head of the provider's main branch or, without such
// a branch, the latest version tagged with its name; nil if there is none.
func latestOfMain(tx kernel.Tx, provider kernel.Party, main string) (*kernel.Version, string, error) {
	if main == "" {
		return nil, "", nil
	}
	p := kernel.Pacticipant{ID: provider.ID, Name: provider.Name, MainBranch: main}
	v, err := kernel.LatestVersion(tx, p, kernel.LatestVersionQuery{Branch: main})
	if kernel.IsNotFound(err) {
		v, err = kernel.LatestVersion(tx, p, kernel.LatestVersionQuery{Tag: main})
	}
	if kernel.IsNotFound(err) {
		return nil, "", nil
	}
	return &v, main, err
}
