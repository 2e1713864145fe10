package client

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
)

// GateAnswer is an answer of the gate that the broker has kept.
type GateAnswer struct {
	Resource
	Number   int64 `json:"number"`
	Question struct {
		Selectors []GateSelector `json:"selectors"`
		Ignore    []GateSelector `json:"ignore"`
		Target    GateSelector   `json:"target"`
	} `json:"question"`
	Summary      DecisionSummary `json:"summary"`
	Notices      []Notice        `json:"notices"`
	Explanations []Explanation   `json:"explanations"`
	Rows         []GateRow       `json:"rows"`
	// AskedBy is who asked, as far as it is known.
	AskedBy struct {
		Principal string `json:"principal"`
		BuildURL  string `json:"buildUrl"`
	} `json:"askedBy"`
	// Times is how often this answer was given from FirstAt to LastAt.
	Times   int    `json:"times"`
	FirstAt string `json:"firstAt"`
	LastAt  string `json:"lastAt"`
	// Raw is the answer as received.
	Raw json.RawMessage `json:"-"`
}

// Decision is the kept answer as a decision.
func (a GateAnswer) Decision() Decision {
	return Decision{Summary: a.Summary, Notices: a.Notices, Explanations: a.Explanations}
}

// GateSelector is a selector as a kept answer tells it.
type GateSelector struct {
	Pacticipant string `json:"pacticipant"`
	Version     string `json:"version"`
	Branch      string `json:"branch"`
	Tag         string `json:"tag"`
	Environment string `json:"environment"`
	MainBranch  bool   `json:"mainBranch"`
	Latest      bool   `json:"latest"`
}

// GateRow is a row of a kept answer.
type GateRow struct {
	Consumer        string `json:"consumer"`
	ConsumerVersion string `json:"consumerVersion"`
	Provider        string `json:"provider"`
	ProviderVersion string `json:"providerVersion"`
	// Outcome is success, failed or unverified.
	Outcome string `json:"outcome"`
	Ignored bool   `json:"ignored"`
}

// ListGateAnswers returns kept answers, newest first: about one application
// and one version if given, limit at most (the broker's own limit if 0).
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

// FindGateAnswer returns one kept answer.
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
	Consumer        string `json:"consumer"`
	ConsumerVersion string `json:"consumerVersion"`
	Why             string `json:"why"`
	Pending         bool   `json:"pending"`
	WIP             bool   `json:"wip"`
	// Outcome of the version so far: success, failed or unverified.
	Outcome string `json:"outcome"`
}

// Why returns which pacts a provider version would be asked to verify, and
// why, without anything happening.
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
