package matrix

import (
	"fmt"
	"strings"
)

// explanations tell one by one what stands in the way.
func (d *decider) explanations() []Explanation {
	var out []Explanation
	for _, r := range d.out.Reasons {
		switch r.Kind {
		case NoSuchVersion:
			out = append(out, explainAbsence(r.Consumer))
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
				Command:  verifyCommand(r.Provider.Name, ""),
			})
		case VerificationFailed:
			out = append(out, d.explainFailure(r))
		case NeverVerified:
			out = append(out, d.explainMissingResult(r))
		default: // nothing stands in the way
		}
	}
	return append(out, d.explainNoContracts()...)
}

func explainAbsence(s Resolved) Explanation {
	e := Explanation{
		Cause: CauseNotFound, Blocking: true, Sentence: s.absence() + ".",
		Consumer: s.Name, ConsumerVersion: s.Version, Owner: s.Name,
		NextStep: fmt.Sprintf("Check the name, or see which versions of %s are known.", s.Name),
		Command:  []string{"treaty", "describe-version", "--pacticipant", s.Name},
	}
	if s.Version != "" {
		e.Cause = CauseNotPublished
		e.NextStep = fmt.Sprintf("Publish the pacts of version %s of %s, or, if it has none, record that the version exists.", s.Version, s.Name)
		e.Command = []string{"treaty", "publish", "PACT_FOLDER", "--consumer-app-version", s.Version}
	}
	return e
}

func (d *decider) explainFailure(r Reason) Explanation {
	e := rowExplanation(CauseFailed, r.Row)
	version := r.Row.ProviderVersion.Number
	e.ProviderVersions = []string{version}
	e.ResultNumber = r.Row.Result.Number
	e.Sentence = fmt.Sprintf("Version %s of %s does not do what version %s of %s expects: its verification failed.",
		version, e.Provider, e.ConsumerVersion, e.Consumer)
	e.NextStep = fmt.Sprintf("See result %d for the mismatches. Make %s do what the pact says and verify again, or change what %s expects.",
		e.ResultNumber, e.Provider, e.Consumer)
	e.Command = verifyCommand(e.Provider, "")
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
	if len(e.ProviderVersions) > 1 {
		what = "None of the versions " + joinWords(e.ProviderVersions)
	}
	verb := "has no result for"
	if len(e.ProviderVersions) > 1 {
		verb = "has a result for"
	}
	e.Sentence = fmt.Sprintf("%s of %s %s the pact of version %s of %s.", what, e.Provider, verb, e.ConsumerVersion, e.Consumer)
	e.NextStep = fmt.Sprintf("Verify the pact with version %s of %s and publish the result.", joinWords(e.ProviderVersions), e.Provider)
	e.Command = verifyCommand(e.Provider, e.ProviderVersions[0])
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
		e.NextStep = fmt.Sprintf("Verify the pact in the pipeline of %s.", e.Provider)
		e.Command = verifyCommand(e.Provider, "")
		return e
	}
	e.Sentence = fmt.Sprintf("No version of %s is %s, and version %s of %s needs one.", e.Provider, place, e.ConsumerVersion, e.Consumer)
	e.NextStep = fmt.Sprintf("Bring a version of %s there that has verified this pact, and record it; or ignore %s if it does not matter there.", e.Provider, e.Provider)
	if env := d.Query.Target.Environment; env != "" {
		e.Command = []string{"treaty", "record-deployment", "--pacticipant", e.Provider, "--version", "VERSION", "--environment", env}
	}
	return e
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

func verifyCommand(provider, version string) []string {
	if version == "" {
		version = "VERSION"
	}
	return []string{"treaty", "verify", "--provider-name", provider, "--provider-version", version, "--publish"}
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
	var out []Explanation
	for _, in := range d.Integrations {
		if in.Required {
			continue
		}
		for _, r := range d.Inferred {
			if r.PacticipantID != in.Consumer.ID || r.Finding != OneVersion || met[r.Found.ID] {
				continue
			}
			out = append(out, Explanation{
				Cause: CauseNoContracts, Consumer: r.Name, ConsumerVersion: r.Found.Number, Provider: in.Provider.Name, Owner: r.Name,
				Sentence: fmt.Sprintf("Version %s of %s is %s and has no pact with %s, so it asks nothing of it.",
					r.Found.Number, r.Name, d.Query.Target.place(), in.Provider.Name),
				NextStep: fmt.Sprintf("Nothing, if %s no longer uses %s. Otherwise publish its pacts.", r.Name, in.Provider.Name),
			})
		}
	}
	return out
}

// joinWords writes a list for a person: "1, 2 and 3".
func joinWords(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
