package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// emptyObject is the body of requests that say all in their address.
var emptyObject = json.RawMessage(`{}`)

// Version is a pacticipant version as the broker describes it. Its links lead
// on, "pb:record-deployment" to each environment for example.
type Version struct {
	Resource
	// Number is the version number: often the hash of a commit.
	Number string `json:"number"`
	// BuildURL is the build that made it; empty if nobody said.
	BuildURL string `json:"buildUrl,omitempty"`
	// Embedded is what belongs to the version; Branches and Tags read it.
	Embedded struct {
		// BranchVersions are the branches it is on, by Name. Latest says that no
		// newer version is on the branch.
		BranchVersions []struct {
			Name   string `json:"name"`
			Latest bool   `json:"latest"`
		} `json:"branchVersions"`
		// Tags are what it is tagged with, by Name.
		Tags []struct {
			Name string `json:"name"`
		} `json:"tags"`
	} `json:"_embedded"`
	// Raw is the version as received.
	Raw json.RawMessage `json:"-"`
}

// Branches returns the names of the branches the version is on, in the broker's
// order; nil if it is on none.
func (v Version) Branches() []string {
	var names []string
	for _, b := range v.Embedded.BranchVersions {
		names = append(names, b.Name)
	}
	return names
}

// Tags returns the names of the version's tags, in the broker's order; nil if it
// has none.
func (v Version) Tags() []string {
	var names []string
	for _, t := range v.Embedded.Tags {
		names = append(names, t.Name)
	}
	return names
}

// AddVersionToBranch puts a version on a branch (PUT
// /pacticipants/{name}/branches/{branch}/versions/{number}). It creates what is
// missing: pacticipant, version and branch. Doing it again changes nothing.
func (c *Client) AddVersionToBranch(ctx context.Context, pacticipant, version, branch string) error {
	values := map[string]string{"pacticipant": pacticipant, "version": version, "branch": branch}
	r := request{method: http.MethodPut, body: emptyObject}
	if err := c.at(ctx, "pb:pacticipant-branch-version", values, r, nil); err != nil {
		return fmt.Errorf("put version %s of %s on branch %s: %w", version, pacticipant, branch, err)
	}
	return nil
}

// TagVersion tags a version (PUT
// /pacticipants/{name}/versions/{number}/tags/{tag}). It creates pacticipant and
// version if they are missing. Doing it again changes nothing.
func (c *Client) TagVersion(ctx context.Context, pacticipant, version, tag string) error {
	values := map[string]string{"pacticipant": pacticipant, "version": version, "tag": tag}
	r := request{method: http.MethodPut, body: emptyObject}
	if err := c.at(ctx, "pb:pacticipant-version-tag", values, r, nil); err != nil {
		return fmt.Errorf("tag version %s of %s as %s: %w", version, pacticipant, tag, err)
	}
	return nil
}

// UntagVersion takes a tag off a version; other versions keep it (DELETE of the
// address of [Client.TagVersion]). ErrNotFound means that it was not there.
func (c *Client) UntagVersion(ctx context.Context, pacticipant, version, tag string) error {
	values := map[string]string{"pacticipant": pacticipant, "version": version, "tag": tag}
	return c.at(ctx, "pb:pacticipant-version-tag", values, request{method: http.MethodDelete}, nil)
}

// SaveVersion creates a version, and its pacticipant if that is missing (PUT
// /pacticipants/{name}/versions/{number}). Branches and tags of a version that is
// there stay; a build URL that it had is taken away, as PUT replaces.
func (c *Client) SaveVersion(ctx context.Context, pacticipant, version string) error {
	values := map[string]string{"pacticipant": pacticipant, "version": version}
	r := request{method: http.MethodPut, body: emptyObject}
	return c.at(ctx, "pb:pacticipant-version", values, r, nil)
}

// FindVersion returns a version (GET /pacticipants/{name}/versions/{number}).
// ErrNotFound means that it or its pacticipant does not exist.
func (c *Client) FindVersion(ctx context.Context, pacticipant, version string) (Version, error) {
	return c.version(ctx, "pb:pacticipant-version", map[string]string{"pacticipant": pacticipant, "version": version})
}

// FindLatestVersion returns the newest version of a pacticipant, or the newest
// with a tag if tag is not empty. ErrNotFound means that there is none.
func (c *Client) FindLatestVersion(ctx context.Context, pacticipant, tag string) (Version, error) {
	values := map[string]string{"pacticipant": pacticipant}
	if tag == "" {
		return c.version(ctx, "pb:latest-version", values)
	}
	values["tag"] = tag
	return c.version(ctx, "pb:latest-tagged-version", values)
}

func (c *Client) version(ctx context.Context, rel string, values map[string]string) (Version, error) {
	var raw json.RawMessage
	if err := c.at(ctx, rel, values, request{method: http.MethodGet}, &raw); err != nil {
		return Version{}, err
	}
	v := Version{Raw: raw}
	err := unmarshal(raw, &v)
	return v, err
}

// DeleteBranch removes a branch; its versions and pacts stay (DELETE
// /pacticipants/{name}/branches/{branch}). ErrNotFound means that there is no
// such branch.
func (c *Client) DeleteBranch(ctx context.Context, pacticipant, branch string) error {
	values := map[string]string{"pacticipant": pacticipant, "branch": branch}
	return c.at(ctx, "pb:pacticipant-branch", values, request{method: http.MethodDelete}, nil)
}
