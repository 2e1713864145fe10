package store

import (
	"fmt"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const (
	rolloutColumns = `SELECT r.id, r.uuid, r.instance, r.strategy, r.share, r.state, r.previous, r.started_at, r.started_by, r.ended_at, r.ended_by,
	r.outcome, r.reason, r.updated_at, d.uuid, COALESCE(d.gate_answer, 0), d.against_gate, d.rollback,` + environmentColumns + `,` + versionColumns
	selectRollout = rolloutColumns + `FROM rollout r JOIN deployed_version d ON d.id = r.deployed_version_id` + deployedJoins
)

func (t *tx) scanRollout(row engine.Row) (r kernel.Rollout, err error) {
	err = t.scanRecord(row, &r.Environment, &r.Version,
		&r.ID, &r.UUID, &r.Instance, &r.Strategy, &r.Share, &r.State, &r.Previous, stamp{&r.StartedAt}, &r.StartedBy, stamp{&r.EndedAt}, &r.EndedBy,
		&r.Outcome, &r.Reason, stamp{&r.UpdatedAt}, &r.Record, &r.Gate.Answer, &r.Gate.Against, &r.Rollback)
	return r, err
}

// ListRollouts implements kernel.Rollouts.
func (t *tx) ListRollouts(f kernel.RolloutFilter) ([]kernel.Rollout, error) {
	where, args := `WHERE TRUE`, []any{}
	add := func(condition string, arg any) {
		args = append(args, arg)
		where += fmt.Sprintf(" AND "+condition, len(args))
	}
	if f.UUID != "" {
		add("r.uuid = $%d", f.UUID)
	}
	if f.PacticipantID != 0 {
		add("r.pacticipant_id = $%d", f.PacticipantID)
	}
	if f.EnvironmentID != 0 {
		add("r.environment_id = $%d", f.EnvironmentID)
	}
	if f.VersionID != 0 {
		add("d.version_id = $%d", f.VersionID)
	}
	if f.Instance != nil {
		add("r.instance = $%d", *f.Instance)
	}
	if f.State == kernel.RolloutRunning {
		where += ` AND r.running` // as the index of those that run has it
	} else if f.State != "" {
		add("r.state = $%d", string(f.State))
	}
	if f.Before != 0 {
		add("r.id < $%d", f.Before)
	}
	query := selectRollout
	if f.VersionID != 0 { // which has few, however many there are in its places
		query = rolloutColumns + `FROM deployed_version d ` + t.outerFirst() + ` rollout r ON r.deployed_version_id = d.id` + deployedJoins
	}
	query += where + ` ORDER BY r.id DESC`
	if f.Limit != 0 {
		query += fmt.Sprintf(` LIMIT %d`, f.Limit)
	}
	return all(t, t.scanRollout, query, args...)
}

// StartRollout implements kernel.Rollouts.
func (t *tx) StartRollout(r kernel.Rollout) (kernel.Rollout, error) {
	d := kernel.DeployedVersion{
		UUID: r.Record, Version: r.Version, Environment: r.Environment, Instance: r.Instance, CreatedAt: r.StartedAt,
		Rollout: r.UUID, Gate: r.Gate, Rollback: r.Rollback, Reason: r.Reason, By: r.StartedBy,
	}
	in := placeOf(d)
	if err := t.lockPlace(in); err != nil {
		return r, err
	}
	current, _, err := t.ownPair(in)
	if err != nil {
		return r, err
	}
	r.Previous = current.Version.Number
	if d.ID, err = t.insertDeployment(d, current); err != nil {
		return r, err
	}
	if _, err := t.exec(`INSERT INTO deployed_current (pacticipant_id, environment_id, instance, version_id, deployed_version_id, rollout) VALUES ($1, $2, $3, $4, $5, $6)`,
		in.pacticipant, in.environment, candidatePlace(in.instance), d.Version.ID, d.ID, r.UUID); err != nil {
		return r, err
	}
	r.ID, err = t.insert(`INSERT INTO rollout (uuid, deployed_version_id, pacticipant_id, environment_id, instance, strategy, share, state, previous,
			started_at, started_by, ended_by, outcome, reason, updated_at, running)
		VALUES ($4, $5, $1, $2, $3, $6, $7, $8, $9, $10, $11, '', '', $12, $10, TRUE)`,
		in.args(r.UUID, d.ID, r.Strategy, int(r.Share), string(r.State), r.Previous, t.at(r.StartedAt), r.StartedBy, r.Reason)...)
	if err != nil {
		return r, err
	}
	found, err := t.ListRollouts(kernel.RolloutFilter{UUID: r.UUID})
	if err == nil && len(found) == 1 {
		r = found[0]
	}
	return r, err
}

// SaveRollout implements kernel.Rollouts.
func (t *tx) SaveRollout(r kernel.Rollout) error {
	in := place{r.Version.Pacticipant.ID, r.Environment.ID, r.Instance}
	if err := t.lockPlace(in); err != nil {
		return err
	}
	if r.State == kernel.RolloutRunning {
		return t.changed(kernel.RowRollout, `UPDATE rollout SET share = $2, updated_at = $3 WHERE uuid = $1 AND running`, r.UUID, int(r.Share), t.at(r.UpdatedAt))
	}
	_, candidate, err := t.ownPair(in)
	switch {
	case err != nil:
		return err
	case candidate.Rollout != r.UUID:
		return goneSince(kernel.RowRollout)
	case r.State == kernel.RolloutPromoted:
		_, err = t.promote(candidate, r.EndedAt, r.EndedBy)
		return err
	}
	if err := t.endRollout(r.UUID, r); err != nil {
		return err
	}
	return t.endRecord(candidate, r.EndedAt)
}

// promote makes a candidate what is current in its place.
func (t *tx) promote(d kernel.DeployedVersion, at time.Time, by string) (kernel.DeployedVersion, error) {
	in := placeOf(d)
	if err := t.endRollout(d.Rollout, kernel.Rollout{State: kernel.RolloutPromoted, EndedAt: at, EndedBy: by}); err != nil {
		return d, err
	}
	if _, err := t.exec(`UPDATE deployed_version SET undeployed_at = $4 WHERE pacticipant_id = $1 AND environment_id = $2
		AND instance = $3 AND undeployed_at IS NULL AND id <> $5`, in.args(t.at(at), d.ID)...); err != nil {
		return d, err
	}
	if err := t.changed(kernel.RowDeployed, `UPDATE deployed_version SET promoted_at = $2 WHERE id = $1`, d.ID, t.at(at)); err != nil {
		return d, err
	}
	if _, err := t.exec(`DELETE FROM deployed_current WHERE pacticipant_id = $1 AND environment_id = $2 AND deployed_version_id = $3`, in.pacticipant, in.environment, d.ID); err != nil {
		return d, err
	}
	d.Candidate, d.PromotedAt = false, at
	return d, t.makeCurrent(d)
}

// endRollout writes the end of one that runs: where nobody gave a reason for that, the one
// of its start stays.
func (t *tx) endRollout(uuid string, end kernel.Rollout) error {
	return t.changed(kernel.RowRollout, `UPDATE rollout SET running = NULL, state = $2, outcome = $3, reason = CASE WHEN $4 = '' THEN reason ELSE $4 END, ended_at = $5, ended_by = $6, updated_at = $5
		WHERE uuid = $1 AND running`, uuid, string(end.State), string(end.Outcome), end.Reason, t.at(end.EndedAt), end.EndedBy)
}
