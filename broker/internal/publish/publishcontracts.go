package publish

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/webhook"
	"github.com/treatyhq/treaty/contract"
)

// PublishContracts stores a consumer version with all its pacts or, on any
// conflict, nothing. Its CodeConflict errors carry notices and fields.
func (s *Service) PublishContracts(ctx context.Context, in ContractsPublication) (ContractsPublished, error) {
	in.Tags, in.BuildURL = kernel.Unique(in.Tags), kernel.WithoutUser(in.BuildURL)
	docs, err := s.prepareContracts(ctx, in)
	if err != nil {
		return ContractsPublished{}, err
	}
	pacts, err := s.gather(ctx, in, docs)
	if err != nil {
		return ContractsPublished{}, err
	}
	mergings, err := s.lookAheadAll(ctx, in, pacts)
	if err != nil {
		return ContractsPublished{}, err
	}
	var out ContractsPublished
	err = s.merging(mergings, func() (err error) {
		out, err = s.publishContracts(ctx, in, pacts, mergings)
		return err
	})
	return out, publicationConflict(err)
}

func (s *Service) publishContracts(ctx context.Context, in ContractsPublication, pacts []gathered, mergings []*merging) (ContractsPublished, error) {
	var out ContractsPublished
	var refused *publishing
	at := s.Moment()
	err := s.Store.Update(ctx, func(tx kernel.Tx) error {
		refused = nil
		if err := s.foresee(tx, in, pacts, at); err != nil {
			return err
		}
		parties, err := s.ensureParties(ctx, tx, in.Pacticipant, in.names(), at)
		if err != nil {
			return publicationConflict(err)
		}
		if in.several() {
			// Who publishes the same in another order would wait in a circle.
			if err := tx.Lock(kernel.ToChange, parties[in.Pacticipant].Row()); err != nil {
				return err
			}
		}
		version, isNew, err := s.ensurePublishedVersion(tx, parties[in.Pacticipant], in, at)
		if err != nil {
			return err
		}
		out = ContractsPublished{Version: version, Branch: in.Branch, Tags: in.Tags, Contracts: make([]kernel.PactPublication, len(in.Contracts))}
		out.Notices = versionNotices(in, isNew)
		hidden, err := hiddenNotices(tx, in, parties, at)
		if err != nil {
			return err
		}
		out.Notices = append(out.Notices, hidden...)
		r := contractsRun{tx: tx, in: in, mergings: mergings, parties: parties, isNew: isNew, at: at, refused: &refused}
		return s.publishAll(r, pacts, &out)
	})
	if refused != nil && kernel.ReasonOf(err) == kernel.ReasonContentChanged {
		err = s.conflictWithDiff(ctx, refused, err)
	}
	return out, err
}

// lookAheadAll finds what the version has of the pacts that are to be added to
// that; the others are nil.
func (s *Service) lookAheadAll(ctx context.Context, in ContractsPublication, pacts []gathered) ([]*merging, error) {
	out := make([]*merging, len(pacts))
	for i, g := range pacts {
		if !g.merge {
			continue
		}
		out[i] = &merging{content: g.content, replacing: contract.ReplaceNothing}
		if s.Settings.AllowContractModification {
			out[i].replacing = contract.ReplaceAll
		}
		if err := s.lookAhead(ctx, in.Pacticipant, in.VersionNumber, g.provider, out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (in ContractsPublication) names() []string {
	names := []string{in.Pacticipant}
	for _, c := range in.Contracts {
		names = append(names, c.Consumer, c.Provider)
	}
	return names
}

// ensurePublishedVersion creates or updates the version with its branch and
// tags, and reports whether it is new.
func (s *Service) ensurePublishedVersion(tx kernel.Tx, p kernel.Pacticipant, in ContractsPublication, at time.Time) (kernel.Version, bool, error) {
	if err := s.registry.DetectMainBranch(tx, p, at, append([]string{in.Branch}, in.Tags...)...); err != nil {
		return kernel.Version{}, false, err
	}
	v, isNew, err := tx.EnsureVersion(in.version(p, at))
	if err != nil {
		return v, isNew, err
	}
	if !isNew && in.BuildURL != "" && in.BuildURL != v.BuildURL {
		v.BuildURL, v.UpdatedAt = in.BuildURL, at
		if err := tx.SaveVersion(v); err != nil {
			return v, isNew, err
		}
	}
	if in.Branch != "" {
		if !isNew {
			if err := s.registry.CheckBranchCount(tx, v, in.Branch); err != nil {
				return v, isNew, err
			}
		}
		branch, _, err := tx.EnsureBranch(p.ID, in.Branch, at)
		if err != nil {
			return v, isNew, err
		}
		if _, err := tx.AddToBranch(branch, v, false, at); err != nil {
			return v, isNew, err
		}
	}
	return v, isNew, s.registry.AddTags(tx, v, isNew, in.Tags, at)
}

// contractsRun is what publishing needs in one try of its transaction.
type contractsRun struct {
	tx       kernel.Tx
	in       ContractsPublication
	mergings []*merging
	parties  map[string]kernel.Pacticipant
	isNew    bool
	at       time.Time
	refused  **publishing // the pact that made it fail
}

func (s *Service) publishAll(r contractsRun, pacts []gathered, out *ContractsPublished) error {
	listening, err := r.tx.HasWebhooks()
	if err != nil {
		return err
	}
	// What the pairs had before: what is told of one does not depend on the others.
	verified := make([]bool, len(pacts))
	for i, g := range pacts {
		if verified[i], err = r.tx.ProviderHasVerified(out.Version.Pacticipant.ID, r.parties[g.provider].ID); err != nil {
			return err
		}
	}
	// All of them are stored at once: pacts and webhooks may be hundreds each.
	var triggered []webhook.Firing
	for i, g := range pacts {
		p := &publishing{
			// A moment apart each, so that lists by time keep the order.
			tx: r.tx, at: r.at.Add(time.Duration(i) * time.Microsecond), version: out.Version,
			tags: r.in.Tags, versionIsNew: r.isNew,
			guarded: !g.merge && !s.Settings.AllowContractModification,
		}
		provider := r.parties[g.provider]
		if provider.ID == out.Version.Pacticipant.ID { // its main branch may have just been found
			if provider, err = r.tx.FindPacticipantByID(provider.ID); err != nil {
				return err
			}
		}
		p.providedBy(provider)
		if err := s.publish(p, s.chooser(p, g, r.mergings[i])); err != nil {
			p.body = g.doc.body
			*r.refused = p
			return publicationConflict(err)
		}
		c := p.cause()
		c.Branch, c.BuildURL = &r.in.Branch, r.in.BuildURL
		if listening {
			if c.Webhooks, err = r.tx.MatchingWebhooks(out.Version.Pacticipant, p.provider); err != nil {
				return err
			}
		}
		caused, err := s.webhook.FireAll(r.tx, c)
		if err != nil {
			return err
		}
		triggered = append(triggered, caused.Triggered...)
		for _, at := range g.at {
			out.Contracts[at] = p.result
		}
		out.Notices = append(out.Notices, contractNotices(p, g, caused, steps{listening: listening, waited: len(c.Webhooks) > 0, verified: verified[i]})...)
	}
	return webhook.Enqueue(r.tx, triggered)
}

// chooser returns what to store for a pact.
func (s *Service) chooser(p *publishing, g gathered, m *merging) func(kernel.Tx, *kernel.PactPublication) (document, error) {
	return func(tx kernel.Tx, present *kernel.PactPublication) (document, error) {
		if present == nil || !g.merge || present.SHA == g.doc.sha {
			return g.doc, nil
		}
		p.merged = true
		return s.merged(tx, *present, m)
	}
}

// refusedDiff is the longest text that is compared only to explain a refusal:
// comparing takes many times the room, beside what the request has already.
const refusedDiff = 2 << 20

// conflictWithDiff adds to a refused change what would have changed. It is done
// after the transaction, for which others wait.
func (s *Service) conflictWithDiff(ctx context.Context, p *publishing, err error) error {
	const tooLarge = "The difference is too large to be shown here. Fetch the pact that is published as published.json, and compare it with yours, here mine.json: treaty pact diff published.json mine.json"
	var present []byte
	bodyErr := s.Store.View(ctx, func(tx kernel.Tx) (err error) {
		present, err = tx.Body(p.former.ContentID)
		return err
	})
	if bodyErr != nil {
		return bodyErr
	}
	if max(len(present), len(p.body)) > refusedDiff {
		return publicationConflict(err, kernel.Notice{Level: kernel.LevelInfo, Text: tooLarge})
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	text, diffErr := "", s.diffs.enter(ctx)
	if diffErr == nil {
		text, diffErr = diffBodies(ctx, present, p.body)
		s.diffs.leave()
	}
	if kernel.CodeOf(diffErr) == kernel.CodeTimeout || errors.Is(diffErr, context.DeadlineExceeded) {
		text, diffErr = tooLarge, nil
	}
	if diffErr != nil {
		return diffErr
	}
	if text == "" {
		text = "The two say the same and are written differently: in the order of their parts, or in what no verification looks at."
	}
	return publicationConflict(err, kernel.Notice{Level: kernel.LevelInfo, Text: text})
}

// publicationConflict gives a conflict the form of PublishContracts. Other
// errors pass.
func publicationConflict(err error, more ...kernel.Notice) error {
	var known *kernel.Error
	if kernel.CodeOf(err) != kernel.CodeConflict || len(more) == 0 && errors.As(err, &known) && len(known.Notices) > 0 {
		return err
	}
	e := kernel.Errorf(kernel.CodeConflict, "%s", err.Error()).WithReason(kernel.ReasonOf(err))
	e.Fields = kernel.Fields{"contracts": {e.Message}}
	e.Notices = append([]kernel.Notice{{Level: kernel.LevelError, Text: e.Message}}, more...)
	return e
}

func versionNotices(in ContractsPublication, isNew bool) []kernel.Notice {
	verb := "Updated"
	if isNew {
		verb = "Created"
	}
	text := fmt.Sprintf("%s %s version %s", verb, in.Pacticipant, in.VersionNumber)
	var with []string
	if in.Branch != "" {
		with = append(with, "branch "+in.Branch)
	}
	if len(in.Tags) > 0 {
		with = append(with, "tags "+strings.Join(in.Tags, ", "))
	}
	if len(with) > 0 {
		text += " with " + strings.Join(with, " and ")
	}
	notices := []kernel.Notice{{Level: kernel.LevelDebug, Text: text}}
	if in.Branch == "" {
		notices = append(notices, kernel.Notice{Level: kernel.LevelPrompt, Text: "  Next steps:\n    Publish with the branch of the repository (--branch), so that selectors can find this version."})
	}
	return notices
}

// steps are what is set up for a pair.
type steps struct {
	listening bool // there is a webhook
	waited    bool // some webhook waits for events of the pair
	verified  bool // the provider has verified a pact of it
}

func contractNotices(p *publishing, g gathered, caused webhook.Fired, done steps) []kernel.Notice {
	notices := append([]kernel.Notice{outcomeNotice(p)}, g.notices()...)
	notices = append(notices, []kernel.Notice{
		{Level: kernel.LevelDebug, Text: "  View the published pact at", Link: &kernel.NoticeLink{Pact: &p.result}},
		{Level: kernel.LevelDebug, Text: "  Events detected: " + eventTexts(caused)},
	}...)
	for _, t := range caused.Triggered {
		notices = append(notices, kernel.Notice{
			Level: kernel.LevelDebug, Text: fmt.Sprintf("  Webhook \"%s\" triggered for event %s.\n    View logs at", t.Title, t.Event),
			Link: &kernel.NoticeLink{Triggered: t.UUID},
		})
	}
	if done.listening && len(caused.Triggered) == 0 {
		notices = append(notices, kernel.Notice{Level: kernel.LevelDebug, Text: "  No enabled webhook waits for these events"})
	}
	return addNextSteps(p, done, notices)
}

func outcomeNotice(p *publishing) kernel.Notice {
	subject := fmt.Sprintf("%s version %s and provider %s", p.version.Pacticipant.Name, p.version.Number, p.provider.Name)
	switch {
	case p.former == nil:
		return kernel.Notice{Level: kernel.LevelSuccess, Text: "Pact successfully published for " + subject + "."}
	case p.merged:
		return kernel.Notice{Level: kernel.LevelSuccess, Text: "Merged with what was published before: " + subject + "."}
	case p.former.SHA == p.result.SHA:
		return kernel.Notice{Level: kernel.LevelSuccess, Text: "Pact successfully republished for " + subject + " with no content changes."}
	}
	return kernel.Notice{Level: kernel.LevelWarning, Text: "Replaced what was published before, by other content: " + subject +
		". Give each build its own version number: a result of the old content says nothing about the new one."}
}

func eventTexts(caused webhook.Fired) string {
	texts := make([]string, len(caused.Events))
	for i, event := range caused.Events {
		texts[i] = string(event)
		if event == kernel.EventContractContentChanged {
			texts[i] += " (" + strings.Join(caused.Reasons, ", ") + ")"
		}
	}
	return strings.Join(texts, ", ")
}

// addNextSteps tells what is not set up yet for the pair.
func addNextSteps(p *publishing, done steps, notices []kernel.Notice) []kernel.Notice {
	provider := p.provider
	if done.verified && done.waited {
		return notices
	}
	notices = append(notices, kernel.Notice{Level: kernel.LevelPrompt, Text: "  Next steps:"})
	if !done.verified {
		notices = append(notices, kernel.Notice{Level: kernel.LevelPrompt, Text: fmt.Sprintf(
			"    * Verify this pact in the build of %s: `treaty verify`, or the verifier of its language", provider.Name)})
	}
	if !done.waited {
		notices = append(notices, kernel.Notice{Level: kernel.LevelPrompt, Text: fmt.Sprintf(
			"    * Let a webhook start a verification of %s whenever a contract changes: `treaty create-webhook`", provider.Name)})
	}
	return notices
}
