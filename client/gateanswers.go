package client

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
)

// GateAnswer is an answer to a can-i-deploy that the broker has kept. Only
// Treaty brokers keep them.
type GateAnswer struct {
	Resource
	// Number counts the answers of the broker from 1.
	Number int64 `json:"number"`
	// Question is what was asked: whether the versions that Selectors name may
	// go to Target, without the results of those that Ignore names.
	Question struct {
		Selectors []GateSelector `json:"selectors"`
		Ignore    []GateSelector `json:"ignore"`
		Target    GateSelector   `json:"target"`
	} `json:"question"`
	// Summary, Notices and Explanations are what was answered, as in a
	// [Decision].
	Summary      DecisionSummary `json:"summary"`
	Notices      []Notice        `json:"notices"`
	Explanations []Explanation   `json:"explanations"`
	// Rows are the pairs of versions that the answer rests on.
	Rows []GateRow `json:"rows"`
	// AskedBy is who asked, as far as it is known: Principal is the user that
	// the broker knew, BuildURL what the question said; either may be empty.
	AskedBy struct {
		Principal string `json:"principal"`
		BuildURL  string `json:"buildUrl"`
	} `json:"askedBy"`
	// Times is how often this answer was given from FirstAt to LastAt, which are
	// times of RFC 3339.
	Times   int    `json:"times"`
	FirstAt string `json:"firstAt"`
	LastAt  string `json:"lastAt"`
	// Raw is the answer as received.
	Raw json.RawMessage `json:"-"`
}

// Decision returns the kept answer in the form in which it was given, without
// rows.
func (a GateAnswer) Decision() Decision {
	return Decision{Summary: a.Summary, Notices: a.Notices, Explanations: a.Explanations}
}

// GateSelector is a selector as a kept answer tells it; what was not asked for
// is empty.
type GateSelector struct {
	// Pacticipant is the application; empty in a target.
	Pacticipant string `json:"pacticipant"`
	// Version is a version number.
	Version string `json:"version"`
	// Branch, Tag and Environment are names; MainBranch means each pacticipant's
	// own.
	Branch      string `json:"branch"`
	Tag         string `json:"tag"`
	Environment string `json:"environment"`
	MainBranch  bool   `json:"mainBranch"`
	// Latest means the newest version of what is named.
	Latest bool `json:"latest"`
}

// GateRow is a row of a kept answer: a pact's consumer version with a provider
// version.
type GateRow struct {
	// Consumer and Provider are names; ConsumerVersion and ProviderVersion are
	// version numbers, the latter empty where nobody has verified the pact.
	Consumer        string `json:"consumer"`
	ConsumerVersion string `json:"consumerVersion"`
	Provider        string `json:"provider"`
	ProviderVersion string `json:"providerVersion"`
	// Outcome is success, failed or unverified.
	Outcome string `json:"outcome"`
	// Ignored is true for a row that the question left out of account.
	Ignored bool `json:"ignored"`
}

// ListGateAnswers returns kept answers, newest first (GET /gate/answers): about
// one pacticipant and one version number if they are not empty, limit at most
// (the broker's own limit if 0). Only Treaty brokers have them; from others it is
// ErrNotFound.
func (c *Client) ListGateAnswers(ctx context.Context, pacticipant, version string, limit int) (Listing[GateAnswer], error) {
	var query []pair
	if pacticipant != "" {
		query = append(query, pair{"pacticipant", pacticipant})
	}
	if version != "" {
		query = append(query, pair{"version", version})
	}
	if limit > 0 {
		query = append(query, pair{"limit", strconv.Itoa(limit)})
	}
	var raw json.RawMessage
	if err := c.Get(ctx, withQuery(c.base+"/gate/answers", query...), &raw); err != nil {
		return Listing[GateAnswer]{}, err
	}
	var found struct {
		Embedded struct {
			Answers []GateAnswer `json:"answers"`
		} `json:"_embedded"`
	}
	err := unmarshal(raw, &found)
	return Listing[GateAnswer]{Entries: found.Embedded.Answers, Raw: raw}, err
}

// FindGateAnswer returns one kept answer by its number (GET
// /gate/answers/{number}). ErrNotFound means that there is none, or that the
// broker keeps none.
func (c *Client) FindGateAnswer(ctx context.Context, number int64) (GateAnswer, error) {
	var raw json.RawMessage
	if err := c.Get(ctx, c.base+"/gate/answers/"+strconv.FormatInt(number, 10), &raw); err != nil {
		return GateAnswer{}, err
	}
	answer := GateAnswer{Raw: raw}
	err := unmarshal(raw, &answer)
	return answer, err
}

// WhyPact is a pact that a provider version would be asked to verify.
type WhyPact struct {
	Resource
	// Consumer and ConsumerVersion are name and version number of who published
	// the pact.
	Consumer        string `json:"consumer"`
	ConsumerVersion string `json:"consumerVersion"`
	// Why is the reason in a sentence.
	Why string `json:"why"`
	// Pending says that a failure would not fail the build, WIP that the pact is
	// work in progress.
	Pending bool `json:"pending"`
	WIP     bool `json:"wip"`
	// Outcome of the version so far: success, failed or unverified.
	Outcome string `json:"outcome"`
}

// Why returns which pacts a provider version would be asked to verify, and why,
// without anything happening (GET
// /pacticipants/{name}/versions/{number}/why). Only Treaty brokers can tell; from
// others it is ErrNotFound, as it is for a version that is not known.
func (c *Client) Why(ctx context.Context, pacticipant, version string) (Listing[WhyPact], error) {
	address := c.base + "/pacticipants/" + url.PathEscape(pacticipant) + "/versions/" + url.PathEscape(version) + "/why"
	var raw json.RawMessage
	if err := c.Get(ctx, address, &raw); err != nil {
		return Listing[WhyPact]{}, err
	}
	var found struct {
		Embedded struct {
			Pacts []WhyPact `json:"pacts"`
		} `json:"_embedded"`
	}
	err := unmarshal(raw, &found)
	return Listing[WhyPact]{Entries: found.Embedded.Pacts, Raw: raw}, err
}
