package matrix

import "strings"

// Verdict is the answer to a question.
type Verdict int

// The verdicts.
const (
	// Unknown means that something that would decide is missing.
	Unknown Verdict = iota
	// Deployable means yes.
	Deployable
	// NotDeployable means no.
	NotDeployable
)

// String returns yes, no or unknown.
func (v Verdict) String() string {
	switch v {
	case Deployable:
		return "yes"
	case NotDeployable:
		return "no"
	default:
		return "unknown"
	}
}

// Counts are numbers of rows. Unknown includes required integrations that have
// no row.
type Counts struct {
	Success, Failed, Unknown, Ignored int
}

// Decision is the answer with everything it rests on.
type Decision struct {
	Verdict Verdict
	Counts  Counts
	// Doubtful is how many of the successes in Counts their own tests do not bear out.
	Doubtful int
	// Considered and Ignored are all rows in output order.
	Considered []Row
	Ignored    []Row
	// Shown are the rows to return: considered, then ignored, after filter and
	// limit.
	Shown []Row
	// Warnings and Reasons are the sentences, warnings first. Reasons of a yes
	// say why it is one.
	Warnings []Reason
	Reasons  []Reason
	// Explanations tell for each reason of a no or an unknown its cause, its
	// owner and what would change the answer. On a yes they may tell what was
	// left out on purpose.
	Explanations []Explanation
	// Specified and Inferred are the selectors as resolved.
	Specified []Resolved
	Inferred  []Resolved
}

// WithoutRows returns the decision for those who keep its sentences and counts.
func (d Decision) WithoutRows() Decision {
	d.Considered, d.Ignored, d.Shown = nil, nil, nil
	return d
}

// Notice is a sentence with its weight.
type Notice struct {
	Level Level
	Text  string
}

// Level is the weight of a notice.
type Level string

// The levels of a notice.
const (
	LevelSuccess Level = "success"
	LevelWarning Level = "warning"
	LevelError   Level = "error"
)

// Notices returns warnings, then reasons.
func (d Decision) Notices() []Notice {
	out := make([]Notice, 0, len(d.Warnings)+len(d.Reasons))
	for _, r := range d.Warnings {
		out = append(out, Notice{Level: LevelWarning, Text: r.String()})
	}
	for _, r := range d.Reasons {
		out = append(out, Notice{Level: r.Level(), Text: r.String()})
	}
	return out
}

// Summary returns the texts of all notices, one a line.
func (d Decision) Summary() string {
	notices := d.Notices()
	texts := make([]string, len(notices))
	for i, n := range notices {
		texts[i] = n.Text
	}
	return strings.Join(texts, "\n")
}
