package client

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
)

// Notice is a line of a broker's answer for people.
type Notice struct {
	// Type is debug, info, success, prompt, warning, error or danger.
	Type string `json:"type"`
	// Text is a sentence, or a line of a longer text.
	Text string `json:"text"`
}

// Publication is what a consumer version publishes in one go.
type Publication struct {
	// Pacticipant and Version are the consumer's name and version number.
	Pacticipant string
	Version     string
	// Branch and Tags are given to the version; none when empty.
	Branch string
	Tags   []string
	// BuildURL is the build that publishes; empty if there is none.
	BuildURL string
	// Pacts are published together or, if one is refused, not at all.
	Pacts []PublishedPact
}

// PublishedPact is one pact of a [Publication].
type PublishedPact struct {
	// Consumer and Provider are the names that Content has.
	Consumer string
	Provider string
	// Content is the text of the pact file.
	Content []byte
	// OnConflict is what to do if the version has published this pact already:
	// "merge" adds the interactions to those that are there, "overwrite"
	// replaces them. When empty, other content is refused or overwrites, as the
	// broker is configured.
	OnConflict string
}

// Published is the broker's answer to a publication.
type Published struct {
	Resource
	// Notices say what was done and what to do next.
	Notices []Notice `json:"notices"`
	// Logs is how older brokers send their notices: Level is Notice.Type under
	// another name, Message its Text.
	Logs []struct {
		Level   string `json:"level"`
		Message string `json:"message"`
	} `json:"logs"`
	// Raw is the answer as received.
	Raw json.RawMessage `json:"-"`
}

// Pacts returns the links of the published pacts, in the order of
// [Publication.Pacts]; nil from a broker that sends none.
func (p Published) Pacts() []Link { return p.Links["pb:contracts"] }

// Publish sends pacts with the version, branch and tags of their consumer, in
// one transaction of the broker (POST /contracts/publish). Doing it again with
// the same content changes nothing. ErrConflict means that the version has
// published other content before, or that a name looks like a misspelt one;
// ErrInvalid that something is missing, or is not a pact.
func (c *Client) Publish(ctx context.Context, p Publication) (Published, error) {
	var raw json.RawMessage
	r := request{method: http.MethodPost, body: publishBody(p)}
	if err := c.at(ctx, "pb:publish-contracts", nil, r, &raw); err != nil {
		return Published{}, err
	}
	published := Published{Raw: raw}
	err := unmarshal(raw, &published)
	return published, err
}

func publishBody(p Publication) any {
	type contract struct {
		ConsumerName  string `json:"consumerName"`
		ProviderName  string `json:"providerName"`
		Specification string `json:"specification"`
		ContentType   string `json:"contentType"`
		Content       string `json:"content"`
		OnConflict    string `json:"onConflict,omitempty"`
	}
	body := struct {
		PacticipantName          string     `json:"pacticipantName"`
		PacticipantVersionNumber string     `json:"pacticipantVersionNumber"`
		Branch                   string     `json:"branch,omitempty"`
		Tags                     []string   `json:"tags,omitempty"`
		BuildURL                 string     `json:"buildUrl,omitempty"`
		Contracts                []contract `json:"contracts"`
	}{
		PacticipantName:          p.Pacticipant,
		PacticipantVersionNumber: p.Version,
		Branch:                   p.Branch,
		Tags:                     p.Tags,
		BuildURL:                 p.BuildURL,
	}
	for _, pact := range p.Pacts {
		body.Contracts = append(body.Contracts, contract{
			ConsumerName:  pact.Consumer,
			ProviderName:  pact.Provider,
			Specification: "pact",
			ContentType:   typeJSON,
			Content:       base64.StdEncoding.EncodeToString(pact.Content),
			OnConflict:    pact.OnConflict,
		})
	}
	return body
}
