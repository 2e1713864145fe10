package webhook

import (
	"context"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

const (
	// happeningsShown is how many publications of a pair are looked at, each with
	// the newest result of its content.
	happeningsShown = 5
	// firingsOfEvent is how many firings by one event of a pair are looked through.
	firingsOfEvent = 100
)

// Why says of a webhook whether it fired for what happened lately to a pair, and if
// not, what kept it from that.
type Why struct {
	// Consumer and Provider are the pair, as far as it is known.
	Consumer, Provider string
	// Wrong says why there is no pair to tell of; "" if there is one.
	Wrong string
	// Events are those of the newest contracts of the pair and their newest results,
	// newest first.
	Events []WhyEvent
}

// WhyEvent is an event and what the webhook did about it.
type WhyEvent struct {
	Event       kernel.EventName
	At          time.Time
	Publication kernel.PactPublication
	// Verification is the result, if the event was one.
	Verification *kernel.Verification
	// Fired are the firings of the webhook by the event, newest first.
	Fired []kernel.TriggeredWebhook
	// Hindrances are why it did not fire, if it did not.
	Hindrances []Hindrance
	// SinceChanged says that the webhook was changed after the event, so that the
	// hindrances are those of what it says now.
	SinceChanged bool
}

// Explain says what a webhook did about the last events of a pair: of the two that
// are named, or else of those that the webhook names, that it fired for last, or
// between which something happened last.
func (s *Service) Explain(ctx context.Context, uuid, consumer, provider string) (Why, error) {
	var out Why
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		w, err := tx.FindWebhook(uuid)
		if err != nil {
			return err
		}
		out, err = explain(tx, w, consumer, provider)
		return err
	})
	return out, err
}

func explain(tx kernel.Tx, w kernel.Webhook, consumer, provider string) (Why, error) {
	out := Why{Consumer: consumer, Provider: provider}
	if consumer == "" || provider == "" {
		if err := out.choosePair(tx, w); err != nil || out.Wrong != "" {
			return out, err
		}
	}
	c, p, err := kernel.FindPair(tx, out.Consumer, out.Provider)
	if kernel.IsNotFound(err) {
		out.Wrong = err.Error()
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.Consumer, out.Provider = c.Name, p.Name
	return out, out.addEvents(tx, w, c.Party(), p.Party())
}

// choosePair finds the pair that is most likely asked about. Names that were given
// stay.
func (y *Why) choosePair(tx kernel.Tx, w kernel.Webhook) error {
	fill := func(consumer, provider string) {
		if y.Consumer == "" {
			y.Consumer = consumer
		}
		if y.Provider == "" {
			y.Provider = provider
		}
	}
	if y.Consumer != "" || y.Provider != "" {
		fill(w.Consumer.Name, w.Provider.Name)
		if y.Consumer == "" || y.Provider == "" {
			y.Wrong = "Name both, the consumer and the provider: an event is one of a pair."
		}
		return nil
	}
	if w.Consumer.Name != "" && w.Provider.Name != "" {
		fill(w.Consumer.Name, w.Provider.Name)
		return nil
	}
	fired, err := tx.ListFirings(kernel.WebhookFiringFilter{WebhookID: w.ID, Limit: 1})
	if err != nil {
		return err
	}
	if len(fired) > 0 {
		fill(fired[0].Consumer.Name, fired[0].Provider.Name)
		return nil
	}
	pairs, _, err := tx.ListIntegrations(kernel.IntegrationQuery{Page: kernel.Page{Number: 1, Size: 1}})
	if err != nil {
		return err
	}
	if len(pairs) == 0 {
		y.Wrong = "There is no contract yet, so that nothing has happened that a webhook could be told of."
		return nil
	}
	fill(pairs[0].Consumer.Name, pairs[0].Provider.Name)
	return nil
}

// records are what is kept of the pair and of what the webhook did about it.
type records struct {
	match        kernel.WebhookMatch
	publications []kernel.PactPublication
	results      map[int64]kernel.Verification // by content
	tags         map[int64][]kernel.Tag
	ofContracts  map[kernel.EventName][]kernel.TriggeredWebhook
	ofResults    map[int64][]kernel.TriggeredWebhook // by result
}

var contractEvents = []kernel.EventName{kernel.EventContractPublished, kernel.EventContractContentChanged, kernel.EventContractRequiresVerification}

func readRecords(tx kernel.Tx, w kernel.Webhook, c, p kernel.Party) (r records, err error) {
	r.ofContracts, r.ofResults = map[kernel.EventName][]kernel.TriggeredWebhook{}, map[int64][]kernel.TriggeredWebhook{}
	looks := []func() error{func() (err error) {
		r.match, err = tx.MatchWebhook(w.ID, c, p)
		return err
	}, func() (err error) {
		r.publications, err = tx.ListPublications(kernel.PublicationFilter{ConsumerID: c.ID, ProviderID: p.ID, Limit: happeningsShown})
		return err
	}}
	for _, event := range contractEvents {
		looks = append(looks, func() error {
			found, err := tx.ListFiringsOfPair(w.ID, c.ID, p.ID, event, firingsOfEvent)
			r.ofContracts[event] = found
			return err
		})
	}
	if err := tx.Together(looks...); err != nil {
		return r, err
	}
	var contents, versions []int64
	for _, publication := range r.publications {
		contents, versions = append(contents, publication.ContentID), append(versions, publication.ConsumerVersion.ID)
	}
	slices.Sort(contents)
	if err := tx.Together(func() (err error) {
		r.results, err = tx.LatestVerifications(slices.Compact(contents))
		return err
	}, func() (err error) {
		r.tags, err = tx.TagsOf(versions)
		return err
	}); err != nil {
		return r, err
	}
	looks = nil
	for _, v := range r.results {
		looks = append(looks, func() error {
			found, err := tx.ListTriggeredWebhooks(kernel.TriggeredWebhookFilter{VerificationID: v.ID, WebhookID: w.ID, Limit: firingsOfEvent})
			r.ofResults[v.ID] = found
			return err
		})
	}
	return r, tx.Together(looks...)
}

// addEvents adds the events of the newest contracts and of their newest results.
func (y *Why) addEvents(tx kernel.Tx, w kernel.Webhook, c, p kernel.Party) error {
	r, err := readRecords(tx, w, c, p)
	if err != nil {
		return err
	}
	told := map[int64]bool{} // results: several versions may have one content
	for _, publication := range r.publications {
		if err := y.addPublication(tx, w, r, publication); err != nil {
			return err
		}
		if v, known := r.results[publication.ContentID]; known && !told[v.ID] {
			told[v.ID] = true
			y.addResult(w, r, publication, v)
		}
	}
	slices.SortStableFunc(y.Events, func(a, b WhyEvent) int { return b.At.Compare(a.At) })
	return nil
}

// addPublication tells of the events of a publication. What the webhook waited for and
// was none, or may have been none, is told as why it did not fire for the publication,
// which was one in any case.
func (y *Why) addPublication(tx kernel.Tx, w kernel.Webhook, r records, publication kernel.PactPublication) error {
	told := false
	instead := WhyEvent{Event: kernel.EventContractPublished, At: publication.CreatedAt, Publication: publication}
	for _, event := range contractEvents {
		one := WhyEvent{Event: event, At: publication.CreatedAt, Publication: publication}
		for _, f := range r.ofContracts[event] {
			if f.PublicationID == publication.ID {
				one.Fired = append(one.Fired, f)
			}
		}
		if !waitsFor(w, event) && len(one.Fired) == 0 {
			continue
		}
		if len(one.Fired) == 0 {
			none, err := noEvent(tx, event, publication, r)
			if err != nil {
				return err
			}
			one.keptBy(w, r.match, none)
			if len(none) > 0 {
				instead.Hindrances, instead.SinceChanged = append(instead.Hindrances, one.Hindrances...), one.SinceChanged
				continue
			}
		}
		told = true
		y.Events = append(y.Events, one)
	}
	switch {
	case told:
	case len(instead.Hindrances) > 0:
		slices.Sort(instead.Hindrances)
		instead.Hindrances = slices.Compact(instead.Hindrances)
		y.Events = append(y.Events, instead)
	default: // it waits for none of the events of a contract
		one := WhyEvent{Event: kernel.EventContractPublished, At: publication.CreatedAt, Publication: publication}
		one.keptBy(w, r.match, nil)
		y.Events = append(y.Events, one)
	}
	return nil
}

// noEvent says why an event may not have been: that a contract was published is one in
// any case.
func noEvent(tx kernel.Tx, event kernel.EventName, publication kernel.PactPublication, r records) ([]Hindrance, error) {
	if event == kernel.EventContractRequiresVerification {
		return []Hindrance{HindranceUnknown}, nil
	}
	if event != kernel.EventContractContentChanged {
		return nil, nil
	}
	changed, err := hadChanged(tx, publication, kernel.TagNames(r.tags[publication.ConsumerVersion.ID]))
	if err != nil || changed {
		return nil, err
	}
	return []Hindrance{HindranceUnchanged}, nil
}

// hadChanged asks what the publication asked when it came.
func hadChanged(tx kernel.Tx, publication kernel.PactPublication, tags []string) (bool, error) {
	c := Cause{Version: publication.ConsumerVersion, Provider: publication.Provider, Publication: publication}
	if publication.Revision > 1 { // a revision is added where the content is another
		c.Former = &kernel.PactPublication{}
	}
	reasons, err := whyChanged(tx, c, tags)
	return len(reasons) > 0, err
}

func (y *Why) addResult(w kernel.Webhook, r records, publication kernel.PactPublication, v kernel.Verification) {
	outcome := OutcomeEvent(v)
	told := false
	for _, event := range []kernel.EventName{kernel.EventVerificationPublished, outcome} {
		one := WhyEvent{Event: event, At: v.CreatedAt, Publication: publication, Verification: &v}
		for _, f := range r.ofResults[v.ID] {
			if f.Event == event {
				one.Fired = append(one.Fired, f)
			}
		}
		if !waitsFor(w, event) && len(one.Fired) == 0 {
			continue
		}
		if len(one.Fired) == 0 {
			one.keptBy(w, r.match, nil)
		}
		told = true
		y.Events = append(y.Events, one)
	}
	if !told {
		one := WhyEvent{Event: outcome, At: v.CreatedAt, Publication: publication, Verification: &v}
		one.keptBy(w, r.match, nil)
		y.Events = append(y.Events, one)
	}
}

// keptBy says why there is no firing: what is known of the event itself comes
// first, then the conditions that choose webhooks, then what else may be.
func (e *WhyEvent) keptBy(w kernel.Webhook, m kernel.WebhookMatch, ofEvent []Hindrance) {
	conditions := hindrances(w, m, e.Event)
	switch {
	case e.At.Before(w.CreatedAt):
		e.Hindrances = []Hindrance{HindranceYounger}
		return
	case len(ofEvent) > 0 && (ofEvent[0] != HindranceUnknown || len(conditions) == 0):
		e.Hindrances = ofEvent
		return
	}
	e.SinceChanged = e.At.Before(w.UpdatedAt)
	switch {
	case len(conditions) > 0:
		e.Hindrances = conditions
	case e.SinceChanged:
		e.Hindrances = []Hindrance{HindranceChanged}
	default:
		e.Hindrances = []Hindrance{HindranceNoRecord}
	}
}

// OutcomeEvent is the event of what a result says.
func OutcomeEvent(v kernel.Verification) kernel.EventName {
	if v.Success {
		return kernel.EventVerificationSucceeded
	}
	return kernel.EventVerificationFailed
}
