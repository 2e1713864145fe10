package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// Selector names versions of one pacticipant in a question to the matrix. What is
// empty or false is not asked for; a pacticipant alone stands for all its
// versions.
type Selector struct {
	// Pacticipant is the application, by name; it is needed.
	Pacticipant string
	// Version is a version number.
	Version string
	// Latest narrows Branch, Tag or MainBranch to the newest version; alone
	// it means the newest version overall.
	Latest bool
	// Branch and Tag are names; MainBranch is the pacticipant's own.
	Branch     string
	Tag        string
	MainBranch bool
	// Environment is the name of one: what is deployed or released there.
	Environment string
}

// CanIDeployQuery asks whether versions may go to a target.
type CanIDeployQuery struct {
	// Selectors name what is to be deployed; one at least.
	Selectors []Selector
	// Ignore names pacticipants, or versions of them, whose results do not
	// count.
	Ignore []Selector

	// Environment, Tag and MainBranch are the target: what is in the
	// environment, the latest versions with the tag, or those of the main
	// branches. Of several, the first of this list counts. With none the
	// versions are compared with each other or, if there is one selector only,
	// with the latest version of every other pacticipant.
	Environment string
	Tag         string
	MainBranch  bool

	// At asks for the answer of a moment in the past, as RFC 3339; now if
	// empty. Only Treaty brokers know it.
	At string

	// Limit is the most rows in the answer; the broker's own when 0. It does not
	// change the verdict.
	Limit int

	// BuildURL is the address of the build that asks. Treaty brokers keep it with
	// the answer.
	BuildURL string
}

// headerBuildURL says which build asks.
const headerBuildURL = "Treaty-Build-Url"

// Verdict is the answer to a [CanIDeployQuery].
type Verdict string

// The verdicts.
const (
	// Deployable means that all results that are needed are there and are
	// successes.
	Deployable Verdict = "yes"
	// NotDeployable means that one is a failure, or that a version is missing.
	NotDeployable Verdict = "no"
	// Unknown means that a result is still missing. It is not a yes.
	Unknown Verdict = "unknown"
)

// Decision is the broker's answer with its evidence.
type Decision struct {
	// Summary is the answer in numbers and a sentence.
	Summary DecisionSummary `json:"summary"`
	// Notices are the broker's lines for people; nil from old ones.
	Notices []Notice `json:"notices"`
	// Rows are the pairs of versions that it rests on.
	Rows []MatrixRow `json:"matrix"`
	// Explanations say more about a no or an unknown; only Treaty brokers send
	// them.
	Explanations []Explanation `json:"explanations"`
	// Raw is the answer as received.
	Raw json.RawMessage `json:"-"`
}

// DecisionSummary counts what the decision rests on.
type DecisionSummary struct {
	// Deployable is nil where a result is missing; [Decision.Verdict] reads it.
	Deployable *bool `json:"deployable"`
	// Reason is the answer in words, in one or more lines.
	Reason string `json:"reason"`
	// Success and Failed count rows by their results, Unknown those that lack
	// one. Ignored counts the rows that the question left out of account.
	Success int `json:"success"`
	Failed  int `json:"failed"`
	Unknown int `json:"unknown"`
	Ignored int `json:"ignored"`
}

// Verdict returns what Summary.Deployable says: only an explicit true is a yes,
// and nothing said is Unknown.
func (d Decision) Verdict() Verdict {
	switch deployable := d.Summary.Deployable; {
	case deployable == nil:
		return Unknown
	case *deployable:
		return Deployable
	default:
		return NotDeployable
	}
}

// Headline is a decision as people are told it. It is the verdict but for two
// cases: a failure is a no, whatever else is unknown, and a yes may be one to
// doubt.
type Headline string

// The headlines.
const (
	// HeadlineYes is [Deployable] without doubt.
	HeadlineYes Headline = "yes"
	// HeadlineNo is [NotDeployable], or [Unknown] with a failure.
	HeadlineNo Headline = "no"
	// HeadlineUnknown is [Unknown] without a failure.
	HeadlineUnknown Headline = "unknown"
	// HeadlineDoubt: nothing stands in the way, and a version that takes part
	// has published no pact although earlier ones had.
	HeadlineDoubt Headline = "yes, but"
)

// Headline returns the decision as people are told it. What is not "yes" or "yes,
// but" must not go out.
func (d Decision) Headline() Headline {
	switch d.Verdict() {
	case NotDeployable:
		return HeadlineNo
	case Unknown:
		if d.Summary.Failed > 0 {
			return HeadlineNo
		}
		return HeadlineUnknown
	case Deployable:
	}
	for _, e := range d.Explanations {
		if e.Doubt {
			return HeadlineDoubt
		}
	}
	return HeadlineYes
}

// MatrixRow is a pact and, if there is one, its verification result.
type MatrixRow struct {
	// Consumer and Provider are the two versions that meet.
	Consumer MatrixSide `json:"consumer"`
	Provider MatrixSide `json:"provider"`
	// Pact leads to the pact by its link "self".
	Pact Resource `json:"pact"`
	// Result is nil where there is none. Success says that the provider version
	// keeps the pact, VerifiedAt when that was found, a time of RFC 3339.
	Result *struct {
		Resource
		Success    bool   `json:"success"`
		VerifiedAt string `json:"verifiedAt"`
	} `json:"verificationResult"`
	// Ignored is true for a row that the question left out of account.
	Ignored bool `json:"ignored"`
}

// MatrixSide is the consumer or the provider of a row.
type MatrixSide struct {
	// Name of the pacticipant.
	Name string `json:"name"`
	// Version is nil for the provider of a pact that nobody has verified. Number
	// is the version number, Branch the branch it is on; may be empty.
	Version *struct {
		Number string `json:"number"`
		Branch string `json:"branch"`
	} `json:"version"`
}

// VersionNumber returns the number of the side's version; "" where there is
// none.
func (s MatrixSide) VersionNumber() string {
	if s.Version == nil {
		return ""
	}
	return s.Version.Number
}

// CanIDeploy asks the broker whether versions may go to a target (GET /matrix).
// A no is a [Decision] and not an error; an error means that there is no answer:
// ErrInvalid that the broker does not take the question, for example that it does
// not know an environment. An answer without a decision is an error too.
func (c *Client) CanIDeploy(ctx context.Context, q CanIDeployQuery) (Decision, error) {
	var raw json.RawMessage
	r := request{method: http.MethodGet, url: withQuery(c.base+"/matrix", q.pairs()...)}
	if q.BuildURL != "" {
		r.header = http.Header{headerBuildURL: {q.BuildURL}}
	}
	if err := c.call(ctx, r, &raw); err != nil {
		return Decision{}, err
	}
	d := Decision{Raw: raw}
	if err := unmarshal(raw, &d); err != nil {
		return Decision{}, err
	}
	if err := hasSummary(raw); err != nil {
		return Decision{}, fmt.Errorf("ask %s whether to deploy: %w", c.base, err)
	}
	return d, nil
}

// hasSummary guards against taking any JSON for a decision: a missing
// summary would read as unknown.
func hasSummary(raw json.RawMessage) error {
	var d struct {
		Summary *struct{} `json:"summary"`
	}
	if err := unmarshal(raw, &d); err != nil {
		return err
	}
	if d.Summary == nil {
		return fmt.Errorf("the answer holds no decision")
	}
	return nil
}

// pairs writes the question as a query string. The row of a consumer version
// and a provider version each counts (latestby cvpv) where a target may hold
// several versions of a provider; otherwise the newest result per consumer
// version and provider does (cvp).
func (q CanIDeployQuery) pairs() []pair {
	var pairs []pair
	for _, s := range q.Selectors {
		pairs = append(pairs, s.pairs("q[]")...)
	}
	latestBy := "cvp"
	if q.Environment != "" || len(q.Selectors) > 1 {
		latestBy = "cvpv"
	}
	pairs = append(pairs, pair{"latestby", latestBy})
	pairs = append(pairs, q.target()...)
	if q.At != "" {
		pairs = append(pairs, pair{"at", q.At})
	}
	if q.Limit > 0 {
		pairs = append(pairs, pair{"limit", strconv.Itoa(q.Limit)})
	}
	for _, s := range q.Ignore {
		pairs = append(pairs, s.pairs("ignore[]")...)
	}
	return pairs
}

func (q CanIDeployQuery) target() []pair {
	switch {
	case q.Environment != "":
		return []pair{{"environment", q.Environment}}
	case q.Tag != "":
		return []pair{{"latest", "true"}, {"tag", q.Tag}}
	case q.MainBranch:
		return []pair{{"latest", "true"}, {"mainBranch", "true"}}
	case len(q.Selectors) == 1:
		return []pair{{"latest", "true"}}
	default:
		return nil
	}
}

// pairs writes one selector; the pacticipant comes first, because brokers
// start a new selector where a name repeats.
func (s Selector) pairs(prefix string) []pair {
	pairs := []pair{{prefix + "[pacticipant]", s.Pacticipant}}
	add := func(name, value string) {
		if value != "" {
			pairs = append(pairs, pair{prefix + "[" + name + "]", value})
		}
	}
	add("version", s.Version)
	if s.Latest {
		add("latest", "true")
	}
	add("branch", s.Branch)
	add("tag", s.Tag)
	add("environment", s.Environment)
	if s.MainBranch {
		add("mainBranch", "true")
	}
	return pairs
}
