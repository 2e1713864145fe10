package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Deployment says that a version runs in an environment.
type Deployment struct {
	// Pacticipant and Version name what runs, by name and version number.
	Pacticipant string
	Version     string
	// Environment is where, by its name (not its UUID).
	Environment string
	// Instance tells several places of one environment apart, such as the
	// machines of customers; usually empty. Releases have none.
	Instance string
}

// DeployedVersion is the broker's record of a deployment.
type DeployedVersion struct {
	Resource
	// UUID names the record.
	UUID string `json:"uuid"`
	// CurrentlyDeployed is false once another version has taken the place, or
	// [Client.EndDeployment] has ended it.
	CurrentlyDeployed bool `json:"currentlyDeployed"`
	// Instance is where in the environment it runs, Target the older name of
	// the same; both are empty where there is one place only. At reads them.
	Instance string `json:"applicationInstance"`
	Target   string `json:"target"`
	// Candidate is true for that of a rollout that is running, beside what is current.
	// Only Treaty brokers tell.
	Candidate bool `json:"candidate"`
	// Embedded tells which version it is: Version.Number is its version number.
	// Lists of a broker have it.
	Embedded struct {
		Version struct {
			Number string `json:"number"`
		} `json:"version"`
	} `json:"_embedded"`
	// Raw is the record as received; empty in lists.
	Raw json.RawMessage `json:"-"`
}

// At returns the instance, under whichever name the broker sent it; "" where the
// environment has one place only.
func (d DeployedVersion) At() string { return orDefault(d.Instance, d.Target) }

// RecordDeployment records that a version now runs in an environment (POST
// /pacticipants/{name}/versions/{number}/deployed-versions/environment/{uuid}).
// It takes the place of the version recorded there before, on the same instance.
// Where it is deployed already the record that is there is returned. ErrNotFound
// means that the broker does not know the version ([ErrNoVersion]) or the
// environment ([ErrNoEnvironment]).
func (c *Client) RecordDeployment(ctx context.Context, d Deployment) (DeployedVersion, error) {
	var body any = emptyObject
	if d.Instance != "" {
		body = map[string]string{"applicationInstance": d.Instance, "target": d.Instance}
	}
	raw, err := c.record(ctx, "pb:record-deployment", d, body)
	if err != nil {
		return DeployedVersion{}, err
	}
	deployed := DeployedVersion{Raw: raw}
	err = unmarshal(raw, &deployed)
	return deployed, err
}

// RecordRelease records that a version is released and supported in an
// environment, beside the versions already there (POST
// /pacticipants/{name}/versions/{number}/released-versions/environment/{uuid}),
// and returns the record as received. Doing it again changes nothing. The errors
// are those of [Client.RecordDeployment].
func (c *Client) RecordRelease(ctx context.Context, d Deployment) (json.RawMessage, error) {
	return c.record(ctx, "pb:record-release", d, emptyObject)
}

// noVersion is the error that the version of d is not known.
func noVersion(d Deployment) error {
	return missing{fmt.Sprintf("the broker knows no version %q of %q", d.Version, d.Pacticipant), ErrNoVersion}
}

// record posts to the link of a version that has the environment's name.
func (c *Client) record(ctx context.Context, rel string, d Deployment, body any) (json.RawMessage, error) {
	version, err := c.FindVersion(ctx, d.Pacticipant, d.Version)
	if errors.Is(err, ErrNotFound) {
		return nil, noVersion(d)
	}
	if err != nil {
		return nil, err
	}
	link, found := version.Links.Named(rel, d.Environment)
	if !found {
		var names []string
		for _, l := range version.Links[rel] {
			names = append(names, l.Name)
		}
		return nil, missing{fmt.Sprintf("there is no environment named %q (known: %s)", d.Environment, enumerate(names)), ErrNoEnvironment}
	}
	var raw json.RawMessage
	err = c.call(ctx, request{method: http.MethodPost, url: link.Href, body: body}, &raw)
	return raw, err
}

// ListDeployed returns the versions of a pacticipant that are currently
// deployed to an environment, given by its name, on all instances (GET
// /environments/{uuid}/deployed-versions/currently-deployed). ErrNotFound means
// that there is no such environment; for a pacticipant that is not known the
// list is empty.
func (c *Client) ListDeployed(ctx context.Context, pacticipant, environment string) ([]DeployedVersion, error) {
	var found struct {
		Embedded struct {
			Versions []DeployedVersion `json:"deployedVersions"`
		} `json:"_embedded"`
	}
	err := c.inEnvironment(ctx, environment,
		[]string{"pb:currently-deployed-deployed-versions", "pb:currently-deployed-versions"},
		[]pair{{"pacticipant", pacticipant}}, &found)
	return found.Embedded.Versions, err
}

// EndDeployment marks a deployment as over, for good, and returns the record as
// received (PATCH of the record's own address). d comes from [Client.ListDeployed]
// or [Client.RecordDeployment]: it is found by its link "self".
func (c *Client) EndDeployment(ctx context.Context, d DeployedVersion) (json.RawMessage, error) {
	var raw json.RawMessage
	body := map[string]bool{"currentlyDeployed": false}
	r := request{method: http.MethodPatch, url: d.Self(), contentType: typePatch, body: body}
	err := c.call(ctx, r, &raw)
	return raw, err
}

// ReleasedVersion is the broker's record of a release.
type ReleasedVersion struct {
	Resource
	// UUID names the record.
	UUID string `json:"uuid"`
	// CurrentlySupported is false once [Client.EndSupport] has ended it.
	CurrentlySupported bool `json:"currentlySupported"`
	// Embedded tells which version it is, as lists of a broker have it:
	// Version.Number is its version number.
	Embedded struct {
		Version struct {
			Number string `json:"number"`
		} `json:"version"`
	} `json:"_embedded"`
}

// ListSupported returns the releases of one version, or of all if d.Version is
// empty, that are currently supported in an environment (GET
// /environments/{uuid}/released-versions/currently-supported). d.Instance does
// not count. ErrNotFound means that there is no such environment.
func (c *Client) ListSupported(ctx context.Context, d Deployment) ([]ReleasedVersion, error) {
	var found struct {
		Embedded struct {
			Versions []ReleasedVersion `json:"releasedVersions"`
		} `json:"_embedded"`
	}
	query := []pair{{"pacticipant", d.Pacticipant}}
	if d.Version != "" {
		query = append(query, pair{"version", d.Version})
	}
	err := c.inEnvironment(ctx, d.Environment,
		[]string{"pb:currently-supported-released-versions"},
		query, &found)
	return found.Embedded.Versions, err
}

// ListVersionsIn returns the numbers of the versions of a pacticipant that are
// in an environment: those deployed, those released, or both, each once, sorted
// as text. ErrNotFound means that there is no such environment.
func (c *Client) ListVersionsIn(ctx context.Context, pacticipant, environment string, deployed, released bool) ([]string, error) {
	var numbers []string
	if deployed {
		found, err := c.ListDeployed(ctx, pacticipant, environment)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			numbers = append(numbers, d.Embedded.Version.Number)
		}
	}
	if released {
		found, err := c.ListSupported(ctx, Deployment{Pacticipant: pacticipant, Environment: environment})
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			numbers = append(numbers, r.Embedded.Version.Number)
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers), nil
}

// EndSupport marks a release as no longer supported, for good, and returns the
// record as received (PATCH of the record's own address). v comes from
// [Client.ListSupported]: it is found by its link "self".
func (c *Client) EndSupport(ctx context.Context, v ReleasedVersion) (json.RawMessage, error) {
	var raw json.RawMessage
	body := map[string]bool{"currentlySupported": false}
	r := request{method: http.MethodPatch, url: v.Self(), contentType: typePatch, body: body}
	err := c.call(ctx, r, &raw)
	return raw, err
}

// inEnvironment follows the first of rels that the named environment has.
func (c *Client) inEnvironment(ctx context.Context, name string, rels []string, query []pair, v any) error {
	environment, err := c.FindEnvironmentByName(ctx, name)
	if err != nil {
		return err
	}
	if environment.UUID != "" { // the entry of a list may carry fewer links
		if environment, err = c.FindEnvironment(ctx, environment.UUID); err != nil {
			return err
		}
	}
	for _, rel := range rels {
		if link, found := environment.Links.Find(rel); found {
			return c.Get(ctx, withQuery(link.Href, query...), v)
		}
	}
	return fmt.Errorf("the broker at %s has no %s: its version may be too old", c.base, rels[0])
}

func enumerate(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
