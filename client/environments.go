package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Environment is a place where versions run.
type Environment struct {
	Resource `json:"-"`
	// UUID is the broker's name for it, which stays when Name changes.
	UUID string `json:"uuid,omitempty"`
	// Name is what commands and questions call it, such as production; unique.
	Name string `json:"name"`
	// DisplayName is what pages call it.
	DisplayName string `json:"displayName,omitempty"`
	// Production marks environments that end users meet.
	Production bool `json:"production"`
	// Contacts are the people to ask; may be empty.
	Contacts []Contact `json:"contacts,omitempty"`
	// Raw is the environment as received.
	Raw json.RawMessage `json:"-"`
}

// Contact is who looks after an environment.
type Contact struct {
	// Name of a person or a team.
	Name string `json:"name"`
	// Details are free, such as {"emailAddress": "team@example.com"}.
	Details map[string]any `json:"details,omitempty"`
}

// CreateEnvironment creates an environment and returns it with its UUID, which
// the broker chooses (POST /environments). ErrInvalid means, among others, that
// the name is taken.
func (c *Client) CreateEnvironment(ctx context.Context, e Environment) (Environment, error) {
	r := request{method: http.MethodPost, body: e, once: true}
	return c.environment(ctx, "pb:environments", nil, r)
}

// UpdateEnvironment replaces the environment with the UUID of e: an empty member
// is taken away (PUT /environments/{uuid}). ErrNotFound means that there is none
// with it.
func (c *Client) UpdateEnvironment(ctx context.Context, e Environment) (Environment, error) {
	uuid := e.UUID
	e.UUID = ""
	r := request{method: http.MethodPut, body: e}
	return c.environment(ctx, "pb:environment", map[string]string{"uuid": uuid}, r)
}

// FindEnvironment returns the environment with a UUID (GET
// /environments/{uuid}). ErrNotFound means that there is none.
func (c *Client) FindEnvironment(ctx context.Context, uuid string) (Environment, error) {
	return c.environment(ctx, "pb:environment", map[string]string{"uuid": uuid}, request{})
}

// DeleteEnvironment deletes an environment with its record of deployments and
// releases (DELETE /environments/{uuid}). ErrNotFound means that there is none.
func (c *Client) DeleteEnvironment(ctx context.Context, uuid string) error {
	r := request{method: http.MethodDelete}
	return c.at(ctx, "pb:environment", map[string]string{"uuid": uuid}, r, nil)
}

func (c *Client) environment(ctx context.Context, rel string, values map[string]string, r request) (Environment, error) {
	var raw json.RawMessage
	if err := c.at(ctx, rel, values, r, &raw); err != nil {
		return Environment{}, err
	}
	return readEnvironment(raw)
}

func readEnvironment(raw json.RawMessage) (Environment, error) {
	e := Environment{Raw: raw}
	if err := unmarshal(raw, &e); err != nil {
		return Environment{}, err
	}
	err := unmarshal(raw, &e.Resource)
	return e, err
}

// Listing is a collection of a broker.
type Listing[T any] struct {
	// Entries in the broker's order; nil when there are none.
	Entries []T
	// Raw is the whole document as received, with the links that Entries lack.
	Raw json.RawMessage
}

// ListEnvironments returns all environments (GET /environments).
func (c *Client) ListEnvironments(ctx context.Context) (Listing[Environment], error) {
	var raw json.RawMessage
	if err := c.at(ctx, "pb:environments", nil, request{}, &raw); err != nil {
		return Listing[Environment]{}, err
	}
	var found struct {
		Embedded struct {
			Environments []json.RawMessage `json:"environments"`
		} `json:"_embedded"`
	}
	if err := unmarshal(raw, &found); err != nil {
		return Listing[Environment]{}, err
	}
	list := Listing[Environment]{Raw: raw}
	for _, entry := range found.Embedded.Environments {
		e, err := readEnvironment(entry)
		if err != nil {
			return Listing[Environment]{}, err
		}
		list.Entries = append(list.Entries, e)
	}
	return list, nil
}

// FindEnvironmentByName returns the environment of that name, as the list of all
// has it. Where there is none the error is an [ErrNotFound] that lists the names
// there are.
func (c *Client) FindEnvironmentByName(ctx context.Context, name string) (Environment, error) {
	list, err := c.ListEnvironments(ctx)
	if err != nil {
		return Environment{}, err
	}
	var names []string
	for _, e := range list.Entries {
		if e.Name == name {
			return e, nil
		}
		names = append(names, e.Name)
	}
	return Environment{}, fmt.Errorf("there is no environment named %q (known: %s): %w", name, enumerate(names), ErrNotFound)
}
