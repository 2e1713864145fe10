package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// Pacticipant is an application as the broker describes it: a consumer, a
// provider, or both. An empty member is one that is not known or, in
// [Client.SavePacticipant], one that stays as it is.
type Pacticipant struct {
	Resource `json:"-"`
	// Name is what pacts call it; the broker has one pacticipant of a name.
	Name string `json:"name,omitempty"`
	// DisplayName is what pages call it.
	DisplayName string `json:"displayName,omitempty"`
	// MainBranch is the branch whose newest version counts where none is named.
	MainBranch string `json:"mainBranch,omitempty"`
	// RepositoryURL is where its code is.
	RepositoryURL string `json:"repositoryUrl,omitempty"`
	// Raw is the pacticipant as received.
	Raw json.RawMessage `json:"-"`
}

// FindPacticipant returns the pacticipant of that name (GET
// /pacticipants/{name}). ErrNotFound means that there is none.
func (c *Client) FindPacticipant(ctx context.Context, name string) (Pacticipant, error) {
	return c.pacticipant(ctx, "pb:pacticipant", map[string]string{"pacticipant": name}, request{})
}

// SavePacticipant creates a pacticipant, or changes the given members of the
// one that has its name (POST /pacticipants, PATCH /pacticipants/{name}).
// created tells which.
func (c *Client) SavePacticipant(ctx context.Context, p Pacticipant) (saved Pacticipant, created bool, err error) {
	found, err := c.FindPacticipant(ctx, p.Name)
	if errors.Is(err, ErrNotFound) {
		r := request{method: http.MethodPost, body: p, once: true}
		saved, err = c.pacticipant(ctx, "pb:pacticipants", nil, r)
		return saved, true, err
	}
	if err != nil {
		return Pacticipant{}, false, err
	}
	p.Name = ""
	var raw json.RawMessage
	r := request{method: http.MethodPatch, url: found.Self(), body: p}
	if err := c.call(ctx, r, &raw); err != nil {
		return Pacticipant{}, false, err
	}
	saved, err = readPacticipant(raw)
	return saved, false, err
}

func (c *Client) pacticipant(ctx context.Context, rel string, values map[string]string, r request) (Pacticipant, error) {
	var raw json.RawMessage
	if err := c.at(ctx, rel, values, r, &raw); err != nil {
		return Pacticipant{}, err
	}
	return readPacticipant(raw)
}

func readPacticipant(raw json.RawMessage) (Pacticipant, error) {
	p := Pacticipant{Raw: raw}
	if err := unmarshal(raw, &p); err != nil {
		return Pacticipant{}, err
	}
	err := unmarshal(raw, &p.Resource)
	return p, err
}

// ListPacticipants returns all pacticipants (GET /pacticipants). The links and
// the Raw of the entries are empty: the whole document is in Listing.Raw.
func (c *Client) ListPacticipants(ctx context.Context) (Listing[Pacticipant], error) {
	var raw json.RawMessage
	if err := c.at(ctx, "pb:pacticipants", nil, request{}, &raw); err != nil {
		return Listing[Pacticipant]{}, err
	}
	var found struct {
		Embedded struct {
			Pacticipants []Pacticipant `json:"pacticipants"`
		} `json:"_embedded"`
	}
	err := unmarshal(raw, &found)
	return Listing[Pacticipant]{Entries: found.Embedded.Pacticipants, Raw: raw}, err
}
