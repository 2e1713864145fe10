package picking

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/internal/wording"
)

const (
	pendingDocs = "https://docs.pact.io/go/pending"
	wipDocs     = "https://docs.pact.io/go/wip"
)

// notices are what the verifier prints for a pact, in a fixed order.
func (p *picking) notices(m merged, status pendingStatus, wip bool) []VerificationNotice {
	var out []VerificationNotice
	add := func(when, text string) {
		out = append(out, VerificationNotice{When: when, Text: text, LinkPact: strings.Contains(text, PactURLPlaceholder)})
	}
	const before = "before_verification"
	if p.query.Beta {
		add(before, "Your Pact library asks for its pacts in an outdated way. Please upgrade it.")
	}
	if wip {
		add(before, p.wipReason(m))
	} else {
		add(before, p.selectionReason(m))
	}
	if !p.query.IncludePending {
		return out
	}
	add(before, p.pendingReason(status, wip))
	if !status.pending {
		return out
	}
	add(after(true, false), "This pact stays pending for now: the successful result was not published.")
	add(after(false, false), "This pact is still pending, so the failure does not break your build.")
	add(after(true, true), "This pact is no longer pending. From now on, a failure breaks your build.")
	add(after(false, true), "This pact is still pending, so the failure does not break your build.")
	return out
}

func after(success, published bool) string {
	return "after_verification:success_" + strconv.FormatBool(success) + "_published_" + strconv.FormatBool(published)
}

func (p *picking) selectionReason(m merged) string {
	lines := p.selectorLines(m.selectors)
	noun := "criterion"
	if len(lines) > 1 {
		noun = "criteria"
	}
	versions := map[int64]bool{}
	for _, s := range m.selectors {
		versions[s.Version.ID] = true
	}
	who := "a consumer version that matches"
	if len(versions) > 1 {
		who = "consumer versions that match"
	}
	return fmt.Sprintf("The pact at %s is up for verification: it belongs to %s the following %s:\n    * %s",
		PactURLPlaceholder, who, noun, strings.Join(lines, "\n    * "))
}

func (p *picking) wipReason(m merged) string {
	var from []string
	for _, b := range m.wipBranches {
		from = append(from, fmt.Sprintf("branch '%s'", b))
	}
	for _, t := range m.wipTags {
		from = append(from, fmt.Sprintf("tag '%s'", t))
	}
	version, same := "the latest version", ""
	if len(from) == 2 {
		version, same = "the latest versions", " (both have the same content)"
	} else if len(from) > 2 {
		version, same = "the latest versions", " (all have the same content)"
	}
	return fmt.Sprintf("The pact at %s is work in progress. It is that of %s of %s from %s%s, and no %s has verified it with success yet after asking for it. See %s",
		PactURLPlaceholder, version, m.pact.Consumer.Name, wording.List(from, "and"), same, p.versionOf(m.wipFor), wipDocs)
}

func (p *picking) pendingReason(status pendingStatus, wip bool) string {
	switch {
	case wip:
		return "This pact is pending because it is work in progress: a failure does not break your build. See " + pendingDocs
	case status.pending:
		return fmt.Sprintf("This pact is pending because no successful result of %s has been published: a failure does not break your build. See %s",
			p.scopePhrase(status.tags), pendingDocs)
	default:
		return fmt.Sprintf("This pact has been verified with success by %s, so a failure breaks your build. See %s",
			p.scopePhrase(status.tags), pendingDocs)
	}
}

// versionOf names the provider's scope after "no".
func (p *picking) versionOf(names []string) string {
	return strings.TrimPrefix(p.scopePhrase(names), "a ")
}

// scopePhrase names whose results count.
func (p *picking) scopePhrase(names []string) string {
	switch {
	case p.query.ProviderBranch != "":
		return fmt.Sprintf("a version of %s on branch '%s'", p.provider.Name, p.query.ProviderBranch)
	case len(names) == 0:
		return p.provider.Name
	case len(names) == 1:
		return fmt.Sprintf("a version of %s with tag '%s'", p.provider.Name, names[0])
	default:
		return fmt.Sprintf("a version of %s with tags %s", p.provider.Name, wording.List(quoteAll(names), "and"))
	}
}

// selectorLines says in a line each why a pact was chosen. Live versions of the
// same kind share a line.
func (p *picking) selectorLines(selectors []ResolvedConsumerSelector) []string {
	type liveKey struct {
		deployed bool
		consumer string
	}
	var out []string
	places := map[liveKey][]string{}
	lineOf := map[liveKey]int{}
	for _, s := range selectors {
		if !s.Deployed && !s.Released {
			if line := p.selectorLine(s); !slices.Contains(out, line) {
				out = append(out, line)
			}
			continue
		}
		key := liveKey{s.Deployed, s.ConsumerVersionSelector.Consumer}
		if len(places[key]) == 0 {
			lineOf[key] = len(out)
			out = append(out, "")
		}
		if place := fmt.Sprintf("%s (%s)", s.Place.Name, s.Version.Number); !slices.Contains(places[key], place) {
			places[key] = append(places[key], place)
		}
	}
	for key, list := range places {
		who := "consumer version(s)"
		if key.consumer != "" {
			who = "version(s) of " + key.consumer
		}
		verb := "released and supported in"
		if key.deployed {
			verb = "currently deployed to"
		}
		out[lineOf[key]] = fmt.Sprintf("%s %s %s", who, verb, wording.List(list, "and"))
	}
	return out
}

func (p *picking) selectorLine(s ResolvedConsumerSelector) string {
	asked := s.ConsumerVersionSelector.Consumer
	latest := "latest version"
	if asked != "" {
		latest += " of " + asked
	}
	number := s.Version.Number
	switch {
	case s.MainBranch:
		return fmt.Sprintf("%s on the main branch '%s' (%s)", latest, s.MainBranchName, number)
	case s.Branch != "" && s.FallbackUsed:
		return fmt.Sprintf("%s on branch '%s' (%s), which stands in for the missing branch '%s'", latest, s.FallbackBranch, number, s.Branch)
	case s.Branch != "":
		return fmt.Sprintf("%s on branch '%s' (%s)", latest, s.Branch, number)
	case s.Tag != "" && s.FallbackUsed:
		return fmt.Sprintf("%s with tag '%s' (%s), which stands in for the missing tag '%s'", latest, s.FallbackTag, number, s.Tag)
	case s.Tag != "" && s.Latest:
		return fmt.Sprintf("%s with tag '%s' (%s)", latest, s.Tag, number)
	case s.Tag != "" && asked != "":
		return fmt.Sprintf("all %s versions with tag '%s' (%s)", asked, s.Tag, number)
	case s.Tag != "":
		return fmt.Sprintf("all consumer versions with tag '%s' (%s)", s.Tag, number)
	case s.Environment != "" && asked != "":
		return fmt.Sprintf("version of %s in environment %s (%s)", asked, s.Environment, number)
	case s.Environment != "":
		return fmt.Sprintf("consumer version in environment %s (%s)", s.Environment, number)
	case asked != "":
		return fmt.Sprintf("latest version of %s that has a pact with %s (%s)", asked, p.provider.Name, number)
	default:
		return fmt.Sprintf("latest version of a consumer that has a pact with %s (%s)", p.provider.Name, number)
	}
}

// shortDescription names the selectors in a few words.
func shortDescription(m merged) string {
	var words []string
	for _, s := range m.selectors {
		if word := s.short(); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	for _, b := range m.wipBranches {
		words = append(words, "latest from branch "+b)
	}
	for _, t := range m.wipTags {
		words = append(words, "latest with tag "+t)
	}
	return strings.Join(words, ", ")
}

func (s ResolvedConsumerSelector) short() string {
	switch {
	case s.MainBranch:
		return "latest from main branch"
	case s.Branch != "" && s.FallbackUsed:
		return "latest from branch " + s.FallbackBranch
	case s.Branch != "":
		return "latest from branch " + s.Branch
	case s.Tag != "" && s.FallbackUsed:
		return "latest with tag " + s.FallbackTag
	case s.Tag != "" && s.Latest:
		return "latest with tag " + s.Tag
	case s.Tag != "" && s.ConsumerVersionSelector.Consumer != "":
		return fmt.Sprintf("one of %s %s", s.ConsumerVersionSelector.Consumer, s.Tag)
	case s.Tag != "":
		return "one of " + s.Tag
	case s.Deployed:
		return "deployed to " + s.Place.Name
	case s.Released:
		return "released in " + s.Place.Name
	case s.Environment != "":
		return "in environment " + s.Environment
	default:
		return "latest"
	}
}

func quoteAll(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = "'" + n + "'"
	}
	return out
}
