package picking

import (
	"context"
	"fmt"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/internal/wording"
)

// WhyQuery asks what a provider version would be asked to verify.
type WhyQuery struct {
	Pacticipant string
	Version     string
	// Selectors are those of the provider's build; none means the default ones.
	Selectors []ConsumerVersionSelector
	// WIPSince adds work in progress published after that time; nil adds none.
	WIPSince *time.Time
}

// WhyAnswer is what a build of the version would be handed, and why.
type WhyAnswer struct {
	Pacticipant string
	Version     string
	// Branch and Tags are those of the version: they decide what is pending.
	Branch string
	Tags   []string
	Pacts  []WhyPact
}

// WhyPact is a pact with the one sentence why it would be verified.
type WhyPact struct {
	Pact     kernel.PactPublication
	Sentence string
	Pending  bool
	WIP      bool
	// Outcome is what this version has found so far, with the number of the
	// result and what its tests say of it; Unverified and 0 if nothing.
	Outcome      matrix.Outcome
	Telling      matrix.Telling
	ResultNumber int64
}

// Why says which pacts a version would be asked to verify and, in a sentence
// each, why. Nothing is changed. It returns CodeNotFound for an unknown
// pacticipant or version, and CodeInvalid for selectors that make no sense.
func (s *Service) Why(ctx context.Context, q WhyQuery) (WhyAnswer, error) {
	out := WhyAnswer{Pacticipant: q.Pacticipant, Version: q.Version}
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		provider, err := tx.FindPacticipant(q.Pacticipant)
		if kernel.IsNotFound(err) {
			near, err := kernel.NearPacticipants(tx, q.Pacticipant)
			if err != nil {
				return err
			}
			unknown := kernel.UnknownName(kernel.RolePacticipant, q.Pacticipant)
			unknown.Message += "." + near
			return unknown
		}
		if err != nil {
			return err
		}
		version, err := tx.FindVersion(provider.ID, q.Version)
		if kernel.IsNotFound(err) {
			return kernel.Errorf(kernel.CodeNotFound, "%s has no version %s: publish a result for it or put it on its branch first", q.Pacticipant, q.Version)
		}
		if err != nil {
			return err
		}
		if out.Tags, out.Branch, err = kernel.WordsOf(tx, version.ID); err != nil {
			return err
		}
		ask := PactsForVerificationQuery{
			Provider: q.Pacticipant, ProviderBranch: out.Branch, ProviderTags: out.Tags, Selectors: q.Selectors, IncludePending: true, WIPSince: q.WIPSince,
		}
		if err := checkVerificationQuery(tx, ask); err != nil {
			return err
		}
		p := s.picking(tx, provider, ask)
		pacts, err := p.pick()
		if err != nil {
			return err
		}
		return out.explain(tx, p, version, pacts)
	})
	return out, err
}

// nextName names a version that is verified.
type nextName struct{ pacticipant, version string }

// LookAtNext is Why for a page, with work in progress of the time since: the answer is
// kept while nothing changes, some seconds at most, and nobody changes it.
func (s *Service) LookAtNext(ctx context.Context, pacticipant, version string, since time.Time) (WhyAnswer, error) {
	return s.next.Of(nextName{pacticipant, version}, kernel.NewStanding[WhyAnswer]).Look(ctx, s.Store, func() (WhyAnswer, error) {
		return s.Why(ctx, WhyQuery{Pacticipant: pacticipant, Version: version, WIPSince: &since})
	})
}

func (a *WhyAnswer) explain(tx kernel.Tx, p *picking, version kernel.Version, pacts []PactForVerification) error {
	pairs := make([]matrix.Pair, len(pacts))
	for i, pact := range pacts {
		pairs[i] = matrix.Pair{Content: pact.Pact.ContentID, ProviderVersion: version.ID}
	}
	results, err := tx.MatrixFacts(time.Time{}).ListResults(matrix.ResultQuery{Pairs: pairs})
	if err != nil {
		return err
	}
	found := map[int64]matrix.Result{}
	for _, r := range results {
		found[r.ContentID] = r
	}
	for _, pact := range pacts {
		w := WhyPact{Pact: pact.Pact, Pending: *pact.Pending, WIP: pact.WIP, Sentence: p.whySentence(pact)}
		if r, known := found[pact.Pact.ContentID]; known {
			w.ResultNumber, w.Outcome, w.Telling = r.Number, matrix.Failed, r.Telling
			if r.Success {
				w.Outcome = matrix.Passed
			}
		}
		a.Pacts = append(a.Pacts, w)
	}
	return nil
}

// whySentence says why a pact was chosen and what a failure would do.
func (p *picking) whySentence(pact PactForVerification) string {
	if pact.WIP {
		return fmt.Sprintf("Work in progress: %s; a failure does not break the build.", pact.ShortDescription)
	}
	reason := wording.List(p.selectorLines(pact.Selected), "and")
	scope := p.scopePhrase(pact.scope)
	if *pact.Pending {
		return fmt.Sprintf("Chosen as %s; pending, so a failure does not break the build: no successful result of %s is known.", reason, scope)
	}
	return fmt.Sprintf("Chosen as %s; a failure breaks the build, because %s has verified it with success.", reason, scope)
}
