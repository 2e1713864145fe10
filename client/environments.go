package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// Environment is a place where versions run.
type Environment struct {
	Resource    `json:"-"`
	UUID        string    `json:"uuid,omitempty"`
	Name        string    `json:"name"`
	DisplayName string    `json:"displayName,omitempty"`
	Production  bool      `json:"production"`
	Contacts    []Contact `json:"contacts,omitempty"`
	// Raw is the environment as received.
	Raw json.RawMessage `json:"-"`
}

// Contact is who looks after an environment.
type Contact struct {
	Name    string         `json:"name"`
	Details map[string]any `json:"details,omitempty"`
}

// CreateEnvironment creates an environment and returns it with its UUID.
// ErrInvalid means, among others, that the name is taken.
func (c *Client) CreateEnvironment(ctx context.Context, e Environment) (Environment, error) {
	r := request{method: http.MethodPost, body: e, once: true}
	return c.environment(ctx, "pb:environments", nil, r)
}

// UpdateEnvironment replaces the environment with the UUID of e.
func (c *Client) UpdateEnvironment(ctx context.Context, e Environment) (Environment, error) {
	uuid := e.UUID
	e.UUID = ""
	r := request{method: http.MethodPut, body: e}
	return c.environment(ctx, "pb:environment", map[string]string{"uuid": uuid}, r)
}

// FindEnvironment returns an environment by its UUID.
func (c *Client) FindEnvironment(ctx context.Context, uuid string) (Environment, error) {
	return c.environment(ctx, "pb:environment", map[string]string{"uuid": uuid}, request{})
}

// DeleteEnvironment deletes an environment with all its deployments.
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

// Listing is a collection: its entries and the document they came in.
type Listing[T any] struct {
	Entries []T
	Raw     json.RawMessage
}

// ListEnvironments returns all environments.
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

// FindEnvironmentByName returns an environment by its name. The error is an
// [ErrNotFound] that lists the names there are.
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
