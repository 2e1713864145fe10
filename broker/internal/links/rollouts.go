package links

import "net/url"

// Rollout is one rollout.
func (l Links) Rollout(uuid string) string { return l.Path("rollouts", uuid) }

// Rollouts lists the rollouts to an environment.
func (l Links) Rollouts(environmentUUID string) string {
	return l.Path("environments", environmentUUID, "rollouts")
}

// RolloutsAfter is the page of rollouts to an environment that follows the one with a
// uuid. An empty application or state does not restrict.
func (l Links) RolloutsAfter(environmentUUID, pacticipant, state, uuid string) string {
	q := url.Values{"before": {uuid}}
	if pacticipant != "" {
		q.Set("pacticipant", pacticipant)
	}
	if state != "" {
		q.Set("state", state)
	}
	return l.Rollouts(environmentUUID) + "?" + q.Encode()
}

// StartRollout starts rollouts of a version to an environment.
func (l Links) StartRollout(pacticipant, number, environmentUUID string) string {
	return l.Path("pacticipants", pacticipant, "versions", number, "rollouts", "environment", environmentUUID)
}
