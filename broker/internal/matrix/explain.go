package matrix

import (
	"fmt"

	"github.com/treatyhq/treaty/internal/wording"
)

// explanations tell one by one what stands in the way, then what is missing
// from a yes.
func (d *decider) explanations() []Explanation {
	var out []Explanation
	for _, r := range d.out.Reasons {
		switch r.Kind {
		case NoSuchVersion:
			out = append(out, d.explainAbsence(r.Consumer))
		case TooMuchToJudge:
			out = append(out, Explanation{
				Cause: CauseTooMuch, Blocking: true, Sentence: r.String(), Owner: r.Consumer.Name,
				NextStep: "Ask for a version number, a branch, a tag or an environment.",
			})
		case MissingIntegration:
			out = append(out, Explanation{
				Cause: CauseNeverVerified, Blocking: true, Sentence: r.String(),
				Consumer: r.Consumer.Name, Provider: r.Provider.Name, Owner: r.Provider.Name,
				NextStep: fmt.Sprintf("Verify the pact in the pipeline of %s.", r.Provider.Name),
			})
		case OnlyInRollout:
			out = append(out, d.explainOnlyInRollout(r))
		case VerificationFailed:
			out = append(out, d.explainFailure(r))
		case NeverVerified:
			out = append(out, d.explainMissingResult(r))
		default: // nothing stands in the way
		}
	}
	return append(append(out, d.explainDropped()...), d.explainNoContracts()...)
}

// explainAbsence tells of a selector without a version how it gets one.
func (d *decider) explainAbsence(s Resolved) Explanation {
	e := Explanation{
		Cause: CauseNotFound, Blocking: true, Sentence: s.absence() + ".",
		Consumer: s.Name, ConsumerVersion: s.Version, Owner: s.Name,
	}
	which := "a version of " + s.Name + ", for one that is checked out:"
	if s.Version != "" {
		which = "version " + s.Version + " of " + s.Name + ":"
	}
	places := s.places()
	switch {
	case len(places) > 0:
		e.NextStep = "Put there what is asked for, " + which
		e.Steps = places
	case s.Version != "" && d.Provides[s.PacticipantID]:
		e.Cause = CauseNotPublished
		e.NextStep = fmt.Sprintf("Record that version %s of %s exists, best by the verification in its build.", s.Version, s.Name)
		e.Steps = []Step{{Do: CreateVersion, Application: s.Name, Version: s.Version}}
	case s.Version != "":
		e.Cause = CauseNotPublished
		e.NextStep = fmt.Sprintf("Publish the pacts of version %s of %s or, if it has none, record that the version exists.", s.Version, s.Name)
		e.Steps = []Step{{Do: Publish, Application: s.Name, Version: s.Version}}
	default:
		e.NextStep = fmt.Sprintf("Publish the pacts of %s, for the version that is checked out:", s.Name)
		e.Steps = []Step{{Do: Publish, Application: s.Name}}
	}
	return e
}

// places are the steps that put a version wherever the selector looks for one.
func (r Resolved) places() []Step {
	var steps []Step
	if r.MainBranch && r.MainBranchName == "" {
		steps = ontoMainBranch(r.Name, r.Version)
	} else if branch := r.branchName(); branch != "" {
		steps = append(steps, Step{Do: CreateVersion, Application: r.Name, Version: r.Version, Branch: branch})
	}
	if r.Tag != "" {
		steps = append(steps, Step{Do: CreateTag, Application: r.Name, Version: r.Version, Tag: r.Tag})
	}
	if r.Environment != "" {
		steps = append(steps, Step{Do: RecordDeployment, Application: r.Name, Version: r.Version, Environment: r.Environment})
	}
	return steps
}

// branchName is the branch that the selector means, "" if it means none.
func (r Resolved) branchName() string {
	if r.MainBranch {
		return r.MainBranchName
	}
	return r.Branch
}

func (d *decider) explainFailure(r Reason) Explanation {
	e := rowExplanation(CauseFailed, r.Row)
	version := r.Row.ProviderVersion.Number
	e.ProviderVersions = []string{version}
	e.ResultNumber = r.Row.Result.Number
	e.Sentence = fmt.Sprintf("Version %s of %s does not do what version %s of %s expects: its verification failed.",
		version, e.Provider, e.ConsumerVersion, e.Consumer)
	e.NextStep = fmt.Sprintf("See result %d for the mismatches. Make a version of %s that does what the pact says, or change what %s expects. "+
		"If version %s does it after all, start it and verify it again."+toVerify,
		e.ResultNumber, e.Provider, e.Consumer, version)
	e.Steps = verifySteps(r.Row, version)
	if d.Query.LatestBy == EveryRow {
		e.NextStep = fmt.Sprintf("See result %d for the mismatches. Every result counts here, also one that a later one replaced: ask with latestby=cvpv for the newest.", e.ResultNumber)
		e.Steps = nil
	}
	return e
}

func (d *decider) explainMissingResult(r Reason) Explanation {
	if len(r.Row.Unproven) == 0 {
		return d.explainNotInTarget(r)
	}
	e := rowExplanation(CauseNeverVerified, r.Row)
	for _, v := range r.Row.Unproven {
		e.ProviderVersions = append(e.ProviderVersions, v.Number)
	}
	what := "Version " + e.ProviderVersions[0]
	verb, again := "has no result for", ""
	if len(e.ProviderVersions) > 1 {
		what = "None of the versions " + wording.List(e.ProviderVersions, "and")
		verb, again = "has a result for", ", each in turn"
	}
	e.Sentence = fmt.Sprintf("%s of %s %s the pact of version %s of %s.", what, e.Provider, verb, e.ConsumerVersion, e.Consumer)
	e.NextStep = fmt.Sprintf("Start version %s of %s%s, verify the pact with it and publish the result.%s", wording.List(e.ProviderVersions, "and"), e.Provider, again, toVerify)
	e.Steps = verifySteps(r.Row, e.ProviderVersions...)
	return e
}

// explainNotInTarget covers an unverified row without any selected provider
// version.
func (d *decider) explainNotInTarget(r Reason) Explanation {
	e := rowExplanation(CauseNotInTarget, r.Row)
	place := d.Query.Target.place()
	if place == "" {
		e.Cause = CauseNeverVerified
		e.Sentence = fmt.Sprintf("No version of %s has a result for the pact of version %s of %s.", e.Provider, e.ConsumerVersion, e.Consumer)
		e.NextStep = fmt.Sprintf("Start %s, verify the pact with the version that is checked out and publish the result.%s", e.Provider, toVerify)
		e.Steps = verifySteps(r.Row, "")
		return e
	}
	e.Sentence = fmt.Sprintf("No version of %s is %s, and version %s of %s needs one.", e.Provider, place, e.ConsumerVersion, e.Consumer)
	proven, known := d.Proven[r.Row.Publication.ContentID]
	ignore := fmt.Sprintf("or ignore %s if it does not matter there.", e.Provider)
	if known {
		e.NextStep = fmt.Sprintf("Bring version %s of %s there, which has verified this pact, and record it; %s", proven.Number, e.Provider, ignore)
	} else {
		e.NextStep = fmt.Sprintf("No version of %s has verified this pact. Start one, verify the pact with it, bring it there and record it; %s%s", e.Provider, ignore, toVerify)
		e.Steps = verifySteps(r.Row, "")
	}
	if d.Query.Target.MainBranch && r.Row.Publication.Provider.MainBranch == "" {
		e.NextStep += fmt.Sprintf(" %s has not said which branch is its main branch: the command takes %s.", e.Provider, UsualMainBranch)
	}
	e.Steps = append(e.Steps, d.bring(r.Row.Publication.Provider, proven.Number)...)
	return e
}

// bring is what puts a version into the target; an empty one is what is checked
// out.
func (d *decider) bring(p Pacticipant, version string) []Step {
	s := Step{Application: p.Name, Version: version}
	switch t := d.Query.Target; {
	case t.Environment != "":
		s.Do, s.Environment = RecordDeployment, t.Environment
	case t.Tag != "":
		s.Do, s.Tag = CreateTag, t.Tag
	case t.MainBranch && p.MainBranch == "":
		return ontoMainBranch(p.Name, version)
	case t.MainBranch:
		s.Do, s.Branch = CreateVersion, p.MainBranch
	default:
		s.Do, s.Branch = CreateVersion, t.Branch
	}
	return []Step{s}
}

// ontoMainBranch puts a version on the main branch of an application that has
// none yet.
func ontoMainBranch(name, version string) []Step {
	return []Step{
		{Do: SetMainBranch, Application: name, Branch: UsualMainBranch},
		{Do: CreateVersion, Application: name, Version: version, Branch: UsualMainBranch},
	}
}

// place names the target in a sentence, "" without one.
func (t Target) place() string {
	switch {
	case t.Environment != "":
		return "in " + t.Environment
	case t.Tag != "":
		return "tagged " + t.Tag
	case t.MainBranch:
		return "on its main branch"
	case t.Branch != "":
		return "on branch " + t.Branch
	default:
		return ""
	}
}

func rowExplanation(cause Cause, row *Row) Explanation {
	return Explanation{
		Cause: cause, Blocking: true, Row: row,
		Consumer: row.Publication.Consumer.Name, Provider: row.Publication.Provider.Name,
		ConsumerVersion: row.Publication.ConsumerVersion.Number, SHA: row.Publication.SHA,
		Owner: row.Publication.Provider.Name,
	}
}

// explainNoContracts tells about consumers in the target that are known to use
// the application, but not in the version that is there.
func (d *decider) explainNoContracts() []Explanation {
	if d.Query.Target.IsZero() {
		return nil
	}
	met := map[int64]bool{}
	for _, list := range [][]Row{d.out.Considered, d.out.Ignored} {
		for _, r := range list {
			met[r.Publication.ConsumerVersion.ID] = true
		}
	}
	inferred := map[int64][]Resolved{} // a thousand consumers are a thousand of both
	for _, r := range d.Inferred {
		inferred[r.PacticipantID] = append(inferred[r.PacticipantID], r)
	}
	var out []Explanation
	for _, in := range d.Integrations {
		if in.Required {
			continue
		}
		for _, r := range inferred[in.Consumer.ID] {
			if r.Finding != OneVersion || met[r.Found.ID] {
				continue
			}
			out = append(out, Explanation{
				Cause: CauseNoContracts, Doubt: d.droppedAll(r, in.Provider), Consumer: r.Name, ConsumerVersion: r.Found.Number, Provider: in.Provider.Name, Owner: r.Name,
				Sentence: fmt.Sprintf("Version %s of %s is %s and has no pact with %s, so it asks nothing of it.",
					r.Found.Number, r.Name, d.Query.Target.place(), in.Provider.Name),
				NextStep: fmt.Sprintf("Nothing, if %s no longer uses %s. Otherwise publish its pacts.", r.Name, in.Provider.Name),
			})
		}
	}
	return out
}

// droppedAll reports whether a version that counts has published no pact at all
// although an earlier one had a pact with the provider.
func (d *decider) droppedAll(consumer Resolved, provider Pacticipant) bool {
	if d.ignores(consumer.PacticipantID, &consumer.Found) {
		return false
	}
	for _, gone := range d.Dropped {
		if gone.All && gone.ConsumerVersion == consumer.Found.ID && gone.Provider.ID == provider.ID {
			return true
		}
	}
	return false
}
