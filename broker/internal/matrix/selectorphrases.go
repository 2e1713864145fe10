package matrix

import (
	"fmt"
	"strings"
)

// Finding says what a selector resolved to.
type Finding int

// The findings.
const (
	// AnyVersion is the finding of a bare name.
	AnyVersion Finding = iota
	// OneVersion is a version.
	OneVersion
	// NoVersion means that the selector matches nothing.
	NoVersion
)

// Resolved is a selector with one of the versions it stands for. A selector
// that stands for several versions resolves to several of these.
type Resolved struct {
	// Selector is what was asked. For an inferred selector it is the target,
	// with the partner's name.
	Selector
	// Name is the pacticipant's name as stored.
	Name string
	// PacticipantID is 0 if no such pacticipant exists.
	PacticipantID int64
	// MainBranchName is what the pacticipant calls its main branch.
	MainBranchName string
	Finding        Finding
	// Found is the version if Finding is OneVersion.
	Found Version
	// OneOfMany says that the selector stands for more than one version.
	OneOfMany bool
	// Ignored says that an ignore selector names it.
	Ignored bool
	// Numbers are set where the phrase is about several of the versions.
	Numbers []string
}

// matches reports whether the resolved selector stands for the version.
func (r *Resolved) matches(pacticipantID, versionID int64) bool {
	if r.PacticipantID != pacticipantID {
		return false
	}
	return r.Finding == AnyVersion || r.Finding == OneVersion && r.Found.ID == versionID
}

// Phrase names the selection in a sentence, such as "the version of Bar now in production (10)".
func (r Resolved) Phrase() string {
	name, number := r.Name, r.Found.Number
	branch := r.Branch
	if r.MainBranch {
		branch = r.MainBranchName
	}
	found := r.Finding == OneVersion
	some := "the version"
	switch {
	case len(r.Numbers) > 0:
		some, number = "any of the versions", strings.Join(r.Numbers, ", ")
	case r.OneOfMany:
		some = "one of the versions"
	}
	switch {
	case r.Latest && r.Tag != "":
		return fmt.Sprintf("the latest version of %s with tag %s (%s)", name, r.Tag, orNone(found, number))
	case r.MainBranch && !found && r.Latest:
		return fmt.Sprintf("the latest version of %s on its main branch (there is none)", name)
	case r.MainBranch && !found:
		return fmt.Sprintf("a version of %s on its main branch (there is none)", name)
	case branch != "" && r.Latest:
		return fmt.Sprintf("the latest version of %s on branch %s (%s)", name, branch, orNone(found, number))
	case branch != "":
		return fmt.Sprintf("%s of %s on branch %s (%s)", some, name, branch, orNone(found, number))
	case r.Latest:
		return fmt.Sprintf("the latest version of %s (%s)", name, orNone(found, number))
	case r.Tag != "" && found:
		return fmt.Sprintf("%s of %s with tag %s (%s)", some, name, r.Tag, number)
	case r.Tag != "":
		return fmt.Sprintf("a version of %s with tag %s (there is none)", name, r.Tag)
	case r.Environment != "" && found:
		return fmt.Sprintf("%s of %s now in %s (%s)", some, name, r.Environment, number)
	case r.Environment != "":
		return fmt.Sprintf("a version of %s in %s (none is deployed or released there)", name, r.Environment)
	case r.Version != "" && r.PacticipantID == 0:
		return fmt.Sprintf("version %s of %s (no such application)", r.Version, name)
	case len(r.Numbers) > 0:
		return fmt.Sprintf("any of the versions %s of %s", number, name)
	case r.Version != "" && !found:
		return fmt.Sprintf("version %s of %s (no such version)", r.Version, name)
	case found:
		return fmt.Sprintf("version %s of %s", number, name)
	case r.PacticipantID == 0:
		return fmt.Sprintf("any version of %s (no such application)", name)
	default:
		return "any version of " + name
	}
}

func orNone(found bool, number string) string {
	if found {
		return number
	}
	return "there is none"
}

// absence is the sentence for a selector that found nothing. It names all that
// was asked for: there may well be a version for a part of it.
func (r Resolved) absence() string {
	what := "version of " + r.Name
	if r.Version != "" {
		what = fmt.Sprintf("version %s of %s", r.Version, r.Name)
	}
	where := ""
	if r.Tag != "" {
		where += " with tag " + r.Tag
	}
	switch {
	case r.MainBranch:
		where += " on its main branch"
	case r.Branch != "":
		where += " on branch " + r.Branch
	}
	switch {
	case r.Environment != "" && r.Version != "":
		return fmt.Sprintf("There is no %s%s that is recorded as deployed to or released in %s", what, where, r.Environment)
	case r.Environment != "":
		return fmt.Sprintf("No %s%s is recorded as deployed to or released in %s", what, where, r.Environment)
	case where != "":
		return "There is no " + what + where
	case r.Version != "":
		return "Nothing has been published for " + what
	default:
		return "Nothing has been published for " + r.Name
	}
}
