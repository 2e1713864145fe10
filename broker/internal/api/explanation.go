package api

import (
	"github.com/treatyhq/treaty/broker/internal/advice"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/internal/hal"
)

// explanationDocs tell for each cause of a no or an unknown its evidence, its
// owner and what would change the answer. They stand beside what Pact Broker
// answers, which says the sentence only.
func explanationDocs(l links.Links, explanations []matrix.Explanation) []*hal.Resource {
	out := make([]*hal.Resource, 0, len(explanations))
	for _, e := range explanations {
		out = append(out, explanationDoc(l, e))
	}
	return out
}

func explanationDoc(l links.Links, e matrix.Explanation) *hal.Resource {
	r := hal.New().
		Set("cause", string(e.Cause)).
		Set("blocking", e.Blocking).
		Set("text", e.Sentence)
	for _, member := range [][2]string{
		{"consumer", e.Consumer}, {"consumerVersion", e.ConsumerVersion}, {"provider", e.Provider},
		{"owner", e.Owner}, {"nextStep", e.NextStep},
	} {
		if member[1] != "" {
			r.Set(member[0], member[1])
		}
	}
	if len(e.ProviderVersions) > 0 {
		r.Set("providerVersions", e.ProviderVersions)
	}
	if len(e.Asked) > 0 {
		r.Set("asked", e.Asked)
	}
	if e.Doubt {
		r.Set("doubt", true)
	}
	if commands := advice.Of(l, e.Steps); len(commands) > 0 {
		docs := make([]*hal.Object, len(commands))
		for i, c := range commands {
			docs[i] = new(hal.Object).Set("words", c.Words).Set("line", c.Line)
		}
		r.Set("command", commands[0].Words).Set("commands", docs)
	}
	if e.Owner != "" {
		r.Link("pb:owner", hal.Link{Href: l.Pacticipant(e.Owner), Name: e.Owner})
	}
	if e.SHA == "" {
		return r
	}
	pair := l.Pair(e.Provider, e.Consumer)
	r.Link("pb:pact-version", hal.Link{Href: pair.Content(e.SHA)})
	if e.ResultNumber != 0 {
		r.Link("pb:verification-result", hal.Link{Href: pair.Result(e.SHA, e.ResultNumber)})
	}
	return r
}
