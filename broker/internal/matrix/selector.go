package matrix

// Selector names versions of one pacticipant in a question. The attributes
// narrow each other; a selector with a name alone stands for any version.
type Selector struct {
	// Pacticipant is the name of the application.
	Pacticipant string
	// Version is an exact version number.
	Version string
	// Latest keeps the newest of the versions that the rest selects; with a
	// branch, its head.
	Latest bool
	// Tag selects versions that carry the tag.
	Tag string
	// Branch selects versions on the branch.
	Branch string
	// MainBranch selects versions on the branch that the pacticipant calls its
	// main branch.
	MainBranch bool
	// Environment selects versions that are deployed or released there now.
	Environment string
}

// IsBare reports whether the selector is a name alone.
func (s Selector) IsBare() bool {
	return s == Selector{Pacticipant: s.Pacticipant}
}

// Target says which versions of the partners the asked version would meet. The
// zero Target means none was given.
type Target struct {
	// Latest keeps the newest version of what the rest selects, or the overall
	// latest version.
	Latest bool
	// Tag, Branch, MainBranch and Environment select as in Selector.
	Tag         string
	Branch      string
	MainBranch  bool
	Environment string
}

// IsZero reports whether no target was given.
func (t Target) IsZero() bool { return t == Target{} }

// IsPlace reports whether the target is more than "the latest of everything".
func (t Target) IsPlace() bool {
	return t.Tag != "" || t.Branch != "" || t.MainBranch || t.Environment != ""
}

// Selector is the target as a selector for one partner.
func (t Target) Selector(name string) Selector {
	return Selector{
		Pacticipant: name, Latest: t.Latest, Tag: t.Tag, Branch: t.Branch,
		MainBranch: t.MainBranch, Environment: t.Environment,
	}
}

// LatestBy says which rows stand for many (rule S7).
type LatestBy string

// The values of the query parameter latestby.
const (
	// EveryRow shows every revision and every result. It is the default of a
	// matrix query, not of can-i-deploy.
	EveryRow LatestBy = ""
	// ByVersions shows one row per consumer version and provider version.
	ByVersions LatestBy = "cvpv"
	// ByConsumerVersion shows one row per consumer version and provider.
	ByConsumerVersion LatestBy = "cvp"
	// ByIntegration shows one row per consumer and provider.
	ByIntegration LatestBy = "cp"
)

// Valid reports whether the value is one of the four.
func (l LatestBy) Valid() bool {
	switch l {
	case EveryRow, ByVersions, ByConsumerVersion, ByIntegration:
		return true
	}
	return false
}

// Outcome is what a row says about its pair.
type Outcome int

// The outcomes of a row.
const (
	// Unverified means no result.
	Unverified Outcome = iota
	// Passed means the newest result is a success.
	Passed
	// Failed means the newest result is a failure.
	Failed
)

// Query is a question to the matrix.
type Query struct {
	// Selectors name what the question is about, at least one.
	Selectors []Selector
	// Ignore names pacticipants, with or without a version, whose rows do not
	// decide.
	Ignore []Selector
	// Target selects the partners that Selectors do not name.
	Target Target
	// Between says that the question is about the named pacticipants with each
	// other alone, also where it names one twice.
	Between bool
	// Promoting says that what is asked about is the candidate of a rollout that is about
	// to be promoted: a provider that is there as a candidate only does then.
	Promoting bool
	// LatestBy merges rows that differ in unselected versions.
	LatestBy LatestBy
	// Show restricts the shown rows to these outcomes; empty shows all.
	Show []Outcome
	// Limit caps the shown rows; 0 shows all.
	Limit int
	// Compat restores answers of Pact Broker.
	Compat Compat
}

// Compat switches between the safe answers and those of Pact Broker.
type Compat bool

const (
	// Strict never answers a false yes. It is the zero value.
	Strict Compat = false
	// Original gives Pact Broker's answer also where it is a false yes: a partner
	// version without result hides behind one with a result (S5), a
	// self-integration counts any result (S6), latestby hides selected versions
	// (S7), and limits and filters decide.
	Original Compat = true
)
