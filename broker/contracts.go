package broker

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// PublishContracts stores a consumer version with all its pacts or, on any
// conflict, nothing. Its CodeConflict errors carry notices and fields.
func (s *Service) PublishContracts(ctx context.Context, in ContractsPublication) (ContractsPublished, error) {
	docs, err := s.prepareContracts(in)
	if err != nil {
		return ContractsPublished{}, err
	}
	in.Tags = unique(in.Tags)
	var out ContractsPublished
	at := s.now()
	err = s.Store.Update(ctx, func(tx Tx) error {
		parties, err := s.ensureParties(tx, in.names(), at)
		if err != nil {
			return publicationConflict(err)
		}
		if len(in.Contracts) > 1 || len(in.Tags) > 1 {
			// Who publishes the same in another order would wait in a circle.
			if err := tx.LockPacticipant(parties[in.Pacticipant].ID); err != nil {
				return err
			}
		}
		version, isNew, err := s.ensurePublishedVersion(tx, parties[in.Pacticipant], in, at)
		if err != nil {
			return err
		}
		out = ContractsPublished{Version: version, Branch: in.Branch, Tags: in.Tags}
		out.Notices = versionNotices(in, isNew)
		hidden, err := hiddenNotices(tx, in, parties, at)
		if err != nil {
			return err
		}
		out.Notices = append(out.Notices, hidden...)
		return s.publishAll(tx, in, docs, parties, &out, isNew, at)
	})
	return out, err
}

func (in ContractsPublication) names() []string {
	names := []string{in.Pacticipant}
	for _, c := range in.Contracts {
		names = append(names, c.Consumer, c.Provider)
	}
	return names
}

// prepareContracts checks the request and reads its documents.
func (s *Service) prepareContracts(in ContractsPublication) ([]document, error) {
	fields := Fields{}
	s.checkName(fields, "pacticipantName", in.Pacticipant)
	s.checkName(fields, "pacticipantVersionNumber", in.VersionNumber)
	if in.Branch != "" {
		s.checkName(fields, "branch", in.Branch)
	}
	for _, tag := range in.Tags {
		s.checkName(fields, "tags", tag)
	}
	checkLine(fields, "buildUrl", in.BuildURL)
	if len(in.Contracts) == 0 {
		fields.Add("contracts", "size cannot be less than 1")
	}
	docs := make([]document, len(in.Contracts))
	for i, c := range in.Contracts {
		at := fmt.Sprintf(" (at index %d)", i)
		for _, name := range []string{c.Consumer, c.Provider} {
			problems := Fields{}
			s.checkName(problems, "", name)
			for _, text := range problems[""] {
				fields.Add("contracts", "%s", text+at)
			}
		}
		if c.Consumer != in.Pacticipant {
			fields.Add("contracts", "consumerName ('%s') must match pacticipantName ('%s')%s", c.Consumer, in.Pacticipant, at)
		}
		var err error
		if docs[i], err = s.prepare(c.Content); err != nil {
			fields.Add("contracts", "%s", err.Error()+at)
		}
		checkNames(fields, c, docs[i], at)
	}
	return docs, fields.Err()
}

// checkNames compares the names in a document with those around it.
func checkNames(fields Fields, c ContractDocument, doc document, at string) {
	if doc.consumer != "" && doc.consumer != c.Consumer {
		fields.Add("contracts", "consumer name in contract content ('%s') must match consumerName in contract params ('%s')%s", doc.consumer, c.Consumer, at)
	}
	if doc.provider != "" && doc.provider != c.Provider {
		fields.Add("contracts", "provider name in contract content ('%s') must match providerName in contract params ('%s')%s", doc.provider, c.Provider, at)
	}
}

// ensurePublishedVersion creates or updates the version with its branch and
// tags, and tells whether it is new.
func (s *Service) ensurePublishedVersion(tx Tx, p Pacticipant, in ContractsPublication, at time.Time) (Version, bool, error) {
	v, isNew, err := tx.EnsureVersion(Version{Pacticipant: p.Party(), Number: in.VersionNumber, BuildURL: in.BuildURL, CreatedAt: at})
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
		if err := s.detectMainBranch(tx, p, in.Branch, at); err != nil {
			return v, isNew, err
		}
		branch, _, err := tx.EnsureBranch(p.ID, in.Branch, at)
		if err != nil {
			return v, isNew, err
		}
		if _, err := tx.AddToBranch(branch, v, false, at); err != nil {
			return v, isNew, err
		}
	}
	for i, tag := range in.Tags {
		// A moment apart each: webhooks list tags in the order of adding.
		if _, _, err := s.addTag(tx, p, v, tag, at.Add(time.Duration(i)*time.Microsecond)); err != nil {
			return v, isNew, err
		}
	}
	return v, isNew, nil
}

func (s *Service) publishAll(tx Tx, in ContractsPublication, docs []document, parties map[string]Pacticipant, out *ContractsPublished, isNew bool, at time.Time) error {
	listening, err := tx.HasWebhooks()
	if err != nil {
		return err
	}
	var added []int64
	for i, c := range in.Contracts {
		p := publishing{
			// A moment apart each, so that lists by time keep the order.
			tx: tx, at: at.Add(time.Duration(i) * time.Microsecond), version: out.Version,
			untagged: isNew && len(in.Tags) == 0,
			// A second document for the same provider meets the first one.
			versionIsNew: isNew && !hasProvider(in.Contracts[:i], c.Provider),
			guarded:      c.OnConflict != Merge && !s.Settings.AllowContractModification,
			mine:         added,
		}
		provider := parties[c.Provider]
		if provider.ID == out.Version.Pacticipant.ID { // its main branch may have just been found
			if provider, err = tx.FindPacticipantByID(provider.ID); err != nil {
				return err
			}
		}
		p.providedBy(provider)
		if err := s.publish(&p, s.chooser(&p, c, docs[i])); err != nil {
			return s.conflictWithDiff(tx, &p, docs[i], err)
		}
		caused, err := s.fireAll(&p, eventFacts{branch: &in.Branch, buildURL: in.BuildURL}, listening)
		if err != nil {
			return err
		}
		added = append(added, p.result.ID)
		out.Contracts = append(out.Contracts, p.result)
		notices, err := contractNotices(&p, caused, listening)
		if err != nil {
			return err
		}
		out.Notices = append(out.Notices, notices...)
	}
	return nil
}

func hasProvider(contracts []ContractDocument, provider string) bool {
	for _, c := range contracts {
		if c.Provider == provider {
			return true
		}
	}
	return false
}

// chooser returns what to store for a contract.
func (s *Service) chooser(p *publishing, c ContractDocument, doc document) func(Tx, *PactPublication) (document, error) {
	return func(tx Tx, present *PactPublication) (document, error) {
		if present == nil || c.OnConflict != Merge || present.SHA == doc.sha {
			return doc, nil
		}
		p.merged = true
		return s.merged(tx, *present, c.Content, false)
	}
}

// conflictWithDiff adds to a refused change what would have changed.
func (s *Service) conflictWithDiff(tx Tx, p *publishing, doc document, err error) error {
	if ReasonOf(err) != ReasonContentChanged {
		return err
	}
	present, bodyErr := tx.Body(p.former.ContentID)
	if bodyErr != nil {
		return bodyErr
	}
	// Others wait for this transaction, so that it looks only for a moment.
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	text, diffErr := diffBodies(ctx, present, doc.body)
	if CodeOf(diffErr) == CodeTimeout {
		text, diffErr = "The difference is too large to be shown here.", nil
	}
	if diffErr != nil {
		return diffErr
	}
	return publicationConflict(err, Notice{Level: LevelInfo, Text: text})
}

// publicationConflict gives a conflict the form of PublishContracts. Other
// errors pass.
func publicationConflict(err error, more ...Notice) error {
	if CodeOf(err) != CodeConflict {
		return err
	}
	e := Errorf(CodeConflict, "%s", err.Error()).WithReason(ReasonOf(err))
	e.Fields = Fields{"contracts": {e.Message}}
	e.Notices = append([]Notice{{Level: LevelError, Text: e.Message}}, more...)
	return e
}

func versionNotices(in ContractsPublication, isNew bool) []Notice {
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
	notices := []Notice{{Level: LevelDebug, Text: text}}
	if in.Branch == "" {
		notices = append(notices, Notice{Level: LevelPrompt, Text: "  Next steps:\n    Publish with the branch of the repository (--branch), so that selectors can find this version."})
	}
	return notices
}

func contractNotices(p *publishing, caused fired, listening bool) ([]Notice, error) {
	notices := []Notice{
		outcomeNotice(p),
		{Level: LevelDebug, Text: "  View the published pact at", Link: &NoticeLink{Pact: &p.result}},
		{Level: LevelDebug, Text: "  Events detected: " + eventTexts(caused)},
	}
	for _, t := range caused.triggered {
		notices = append(notices, Notice{
			Level: LevelDebug, Text: fmt.Sprintf("  Webhook \"%s\" triggered for event %s.\n    View logs at", t.title, t.Event),
			Link: &NoticeLink{Triggered: t.UUID},
		})
	}
	if listening && len(caused.triggered) == 0 {
		notices = append(notices, Notice{Level: LevelDebug, Text: "  No enabled webhook waits for these events"})
	}
	return addNextSteps(p, notices, listening)
}

func outcomeNotice(p *publishing) Notice {
	subject := fmt.Sprintf("%s version %s and provider %s", p.version.Pacticipant.Name, p.version.Number, p.provider.Name)
	switch {
	case p.former == nil:
		return Notice{Level: LevelSuccess, Text: "Pact successfully published for " + subject + "."}
	case p.merged:
		return Notice{Level: LevelSuccess, Text: "Merged with what was published before: " + subject + "."}
	case p.former.SHA == p.result.SHA:
		return Notice{Level: LevelSuccess, Text: "Pact successfully republished for " + subject + " with no content changes."}
	}
	return Notice{Level: LevelWarning, Text: "Replaced what was published before, by other content: " + subject +
		". Give each build its own version number: a result of the old content says nothing about the new one."}
}

func eventTexts(caused fired) string {
	texts := make([]string, len(caused.events))
	for i, event := range caused.events {
		texts[i] = string(event)
		if event == EventContractContentChanged {
			texts[i] += " (" + strings.Join(caused.reasons, ", ") + ")"
		}
	}
	return strings.Join(texts, ", ")
}

// addNextSteps tells what is not set up yet for the pair.
func addNextSteps(p *publishing, notices []Notice, listening bool) ([]Notice, error) {
	consumer, provider := p.version.Pacticipant, p.provider
	verified, err := p.tx.ProviderHasVerified(consumer.ID, provider.ID)
	if err != nil {
		return nil, err
	}
	var webhooks []Webhook
	if listening {
		if webhooks, err = p.tx.MatchingWebhooks("", consumer, provider); err != nil {
			return nil, err
		}
	}
	if verified && len(webhooks) > 0 {
		return notices, nil
	}
	notices = append(notices, Notice{Level: LevelPrompt, Text: "  Next steps:"})
	if !verified {
		notices = append(notices, Notice{Level: LevelPrompt, Text: fmt.Sprintf(
			"    * Verify this pact in the build of %s: `treaty verify`, or the verifier of its language", provider.Name)})
	}
	if len(webhooks) == 0 {
		notices = append(notices, Notice{Level: LevelPrompt, Text: fmt.Sprintf(
			"    * Let a webhook start a verification of %s whenever a contract changes: `treaty create-webhook`", provider.Name)})
	}
	return notices, nil
}
