package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Rollout brings a version to an environment beside the one that is current there. Both
// are live from its start to its end. Only Treaty brokers have them.
type Rollout struct {
	Resource
	// UUID is the broker's name for it.
	UUID string `json:"uuid"`
	// State is running, promoted or aborted.
	State RolloutState `json:"state"`
	// Strategy is a word for people: rolling, blue-green, canary or another.
	Strategy string `json:"strategy"`
	// Share is how far it is, in per cent.
	Share float64 `json:"share"`
	// Instance is the application instance; empty where the environment has one place only.
	Instance string `json:"applicationInstance"`
	// StartedAt and EndedAt are times of RFC 3339; EndedAt is empty while it runs.
	StartedAt string `json:"startedAt"`
	EndedAt   string `json:"endedAt"`
	// StartedBy and EndedBy are who did it; empty where nobody is known.
	StartedBy string `json:"startedBy"`
	EndedBy   string `json:"endedBy"`
	// Outcome of an abort is failed or cancelled, Reason what somebody said.
	Outcome string `json:"outcome"`
	Reason  string `json:"reason"`
	// AgainstGate is true if it was recorded although the gate did not say yes.
	AgainstGate bool `json:"againstGate"`
	// Embedded tells of which application and version it is, and which was current at its start: Number is
	// empty for none.
	Embedded struct {
		// Pacticipant is the application.
		Pacticipant struct {
			// Name is that of the application.
			Name string `json:"name"`
		} `json:"pacticipant"`
		// Version is the one that comes.
		Version struct {
			// Number is what its builds call it, such as a commit.
			Number string `json:"number"`
		} `json:"version"`
		// Previous is the one that was current at the start.
		Previous struct {
			// Number is its version number; empty for none.
			Number string `json:"number"`
		} `json:"previous"`
	} `json:"_embedded"`
	// Raw is the rollout as received; empty in lists.
	Raw json.RawMessage `json:"-"`
}

// RolloutState is where a [Rollout] is.
type RolloutState string

// The states. The last two are final.
const (
	// RolloutRunning means that both versions are live.
	RolloutRunning RolloutState = "running"
	// RolloutPromoted means that the version before no longer answers.
	RolloutPromoted RolloutState = "promoted"
	// RolloutAborted means that the new version no longer runs.
	RolloutAborted RolloutState = "aborted"
)

// The usual strategies.
const (
	// StrategyRolling replaces one server after the other; the share is the part that is
	// replaced.
	StrategyRolling = "rolling"
	// StrategyBlueGreen tries the new version beside the old one and switches over; the
	// share is 0 before and 100 after.
	StrategyBlueGreen = "blue-green"
	// StrategyCanary lets a part of the traffic meet the new version.
	StrategyCanary = "canary"
)

// RolloutStart is what [Client.StartRollout] needs: a version, where it comes to, and how.
type RolloutStart struct {
	// Deployment is which version comes where.
	Deployment
	// Strategy is rolling if it is empty; Share is in per cent, from 0 to 100.
	Strategy string
	Share    float64
	// Reason is kept for people.
	Reason string
	// Rollback says whether it brings back what was there before; nil lets the broker
	// find out.
	Rollback *bool
	// RecordOnly records it whatever the gate says. Otherwise the gate is asked in the
	// same transaction, and an answer other than yes is an [*Error] with its Decision.
	RecordOnly bool
	// By is who does it, where the broker asks nobody who they are.
	By string
}

// RolloutChange is what [Client.ChangeRollout] does to a rollout that is running. What is
// empty stays.
type RolloutChange struct {
	// Share is in per cent.
	Share *float64
	// State is where to take it: [RolloutPromoted] or [RolloutAborted].
	State RolloutState
	// Cancelled says of an abort that it says nothing against the version.
	Cancelled bool
	// Reason is kept for people.
	Reason string
	// RecordOnly promotes without asking the gate again.
	RecordOnly bool
	// By is who does it, where the broker asks nobody who they are.
	By string
}

// headerActor says for whom a program works.
const headerActor = "Treaty-Actor"

// asActor are the headers of a request for somebody, which wants to know of what kind an
// error is.
func asActor(by string) http.Header {
	h := http.Header{"Accept": {typeHAL + ", " + typeProblem + ";q=0.9"}}
	if by != "" {
		h.Set(headerActor, by)
	}
	return h
}

// StartRollout starts a rollout (POST
// /pacticipants/{name}/versions/{number}/rollouts/environment/{uuid}). Where one of the
// same version runs already that is returned. Errors are an [*Error]: of [ErrConflict]
// with Kind gate-refused and the Decision, rollout-running or already-deployed, of
// [ErrNoVersion] or [ErrNoEnvironment] where the version or the environment is not known.
func (c *Client) StartRollout(ctx context.Context, in RolloutStart) (Rollout, error) {
	environment, err := c.FindEnvironmentByName(ctx, in.Environment)
	if errors.Is(err, ErrNotFound) {
		return Rollout{}, missing{fmt.Sprintf("there is no environment named %q", in.Environment), ErrNoEnvironment}
	}
	if err != nil {
		return Rollout{}, err
	}
	body := map[string]any{"share": in.Share}
	for name, value := range map[string]string{"strategy": in.Strategy, "applicationInstance": in.Instance, "reason": in.Reason} {
		if value != "" {
			body[name] = value
		}
	}
	if in.Rollback != nil {
		body["rollback"] = *in.Rollback
	}
	if in.RecordOnly {
		body["gate"] = "skip"
	}
	r, err := c.rollout(ctx, request{method: http.MethodPost, body: body, header: asActor(in.By)},
		"pacticipants", in.Pacticipant, "versions", in.Version, "rollouts", "environment", environment.UUID)
	if !errors.Is(err, ErrNotFound) {
		return r, err
	}
	// A broker that has the version has no rollouts.
	_, findErr := c.FindVersion(ctx, in.Pacticipant, in.Version)
	switch {
	case errors.Is(findErr, ErrNotFound):
		return r, noVersion(in.Deployment)
	case findErr != nil:
		return r, err
	default:
		return r, fmt.Errorf("the broker at %s has no rollouts, which only Treaty brokers have: %w", c.BaseURL(), err)
	}
}

// ChangeRollout changes the share of a rollout, promotes it or aborts it (PATCH
// /rollouts/{uuid}). Errors are an [*Error]: of [ErrConflict] with Kind rollout-ended, or
// gate-refused and the Decision for a promotion that asked.
func (c *Client) ChangeRollout(ctx context.Context, uuid string, in RolloutChange) (Rollout, error) {
	body := map[string]any{}
	if in.Share != nil {
		body["share"] = *in.Share
	}
	if in.State != "" {
		body["state"] = in.State
	}
	if in.Cancelled {
		body["outcome"] = "cancelled"
	}
	if in.Reason != "" {
		body["reason"] = in.Reason
	}
	if in.RecordOnly {
		body["gate"] = "skip"
	}
	return c.rollout(ctx, request{method: http.MethodPatch, body: body, header: asActor(in.By)}, "rollouts", uuid)
}

// FindRollout returns one (GET /rollouts/{uuid}).
func (c *Client) FindRollout(ctx context.Context, uuid string) (Rollout, error) {
	return c.rollout(ctx, request{method: http.MethodGet}, "rollouts", uuid)
}

// ListRollouts returns the newest hundred rollouts to an environment, given by its name,
// the newest first (GET /environments/{uuid}/rollouts). An empty pacticipant or state does
// not restrict.
func (c *Client) ListRollouts(ctx context.Context, environment, pacticipant string, state RolloutState) (Listing[Rollout], error) {
	found, err := c.FindEnvironmentByName(ctx, environment)
	if err != nil {
		return Listing[Rollout]{}, err
	}
	query := url.Values{}
	if pacticipant != "" {
		query.Set("pacticipant", pacticipant)
	}
	if state != "" {
		query.Set("state", string(state))
	}
	var raw json.RawMessage
	if err := c.call(ctx, request{method: http.MethodGet, url: c.below("environments", found.UUID, "rollouts") + "?" + query.Encode()}, &raw); err != nil {
		return Listing[Rollout]{}, err
	}
	var list struct {
		Embedded struct {
			Rollouts []Rollout `json:"rollouts"`
		} `json:"_embedded"`
	}
	err = unmarshal(raw, &list)
	return Listing[Rollout]{Entries: list.Embedded.Rollouts, Raw: raw}, err
}

func (c *Client) rollout(ctx context.Context, r request, segments ...string) (Rollout, error) {
	r.url = c.below(segments...)
	var raw json.RawMessage
	if err := c.call(ctx, r, &raw); err != nil {
		return Rollout{}, err
	}
	out := Rollout{Raw: raw}
	err := unmarshal(raw, &out)
	return out, err
}

// below is an address of the broker that no link of the Pact Broker leads to.
func (c *Client) below(segments ...string) string {
	escaped := make([]string, len(segments))
	for i, s := range segments {
		escaped[i] = url.PathEscape(s)
	}
	return c.base + "/" + strings.Join(escaped, "/")
}
