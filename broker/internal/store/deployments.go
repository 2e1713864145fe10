package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

const environmentColumns = ` e.id, e.uuid, e.name, e.display_name, e.production, e.contacts, e.created_at, e.updated_at `

// environmentInto returns where to scan environmentColumns to.
func environmentInto(e *kernel.Environment, contacts *string) []any {
	return []any{&e.ID, &e.UUID, &e.Name, &e.DisplayName, &e.Production, contacts, stamp{&e.CreatedAt}, stamp{&e.UpdatedAt}}
}

const (
	deployedColumns = `SELECT d.id, d.uuid, d.instance, c.deployed_version_id IS NOT NULL, COALESCE(c.rollout, '') <> '', d.created_at, d.undeployed_at, d.auto,
		d.rollout, d.promoted_at, COALESCE(d.gate_answer, 0), d.against_gate, d.rollback, d.reason, d.recorded_by,` +
		environmentColumns + `,` + versionColumns
	deployedJoins = ` JOIN environment e ON e.id = d.environment_id JOIN version v ON v.id = d.version_id JOIN pacticipant p ON p.id = v.pacticipant_id `

	selectDeployed = deployedColumns + `FROM deployed_version d` + deployedJoins + `
		` + whetherLive
	whetherLive = ` LEFT JOIN deployed_current c ON c.pacticipant_id = d.pacticipant_id AND c.environment_id = d.environment_id AND c.deployed_version_id = d.id `
	// selectLive is selectDeployed for what is deployed now: it goes by the few
	// places that are taken, not by all deployments there ever were.
	selectLive = deployedColumns + `FROM deployed_current c JOIN deployed_version d ON d.id = c.deployed_version_id` + deployedJoins
)

func (t *tx) scanDeployed(row engine.Row) (d kernel.DeployedVersion, err error) {
	err = t.scanRecord(row, &d.Environment, &d.Version,
		&d.ID, &d.UUID, &d.Instance, &d.CurrentlyDeployed, &d.Candidate, stamp{&d.CreatedAt}, stamp{&d.UndeployedAt}, &d.Auto,
		&d.Rollout, stamp{&d.PromotedAt}, &d.Gate.Answer, &d.Gate.Against, &d.Rollback, &d.Reason, &d.By)
	return d, err
}

// scanRecord reads a record's own columns into own, and behind them those of
// its environment and its version.
func (t *tx) scanRecord(row engine.Row, e *kernel.Environment, v *kernel.Version, own ...any) (err error) {
	var contacts string
	version, finish := t.versionInto(v)
	if err := row.Scan(slices.Concat(own, environmentInto(e, &contacts), version)...); err != nil {
		return err
	}
	finish()
	e.Contacts, err = contactsOf(contacts)
	return err
}

// recordConditions is a RecordFilter as SQL over d, and over the alias slot for
// what a slot has.
func recordConditions(f kernel.RecordFilter, slot string, instances bool) (string, []any) {
	where, args := `WHERE TRUE`, []any{}
	add := func(column string, arg any) {
		args = append(args, arg)
		where += fmt.Sprintf(" AND %s = $%d", column, len(args))
	}
	if f.UUID != "" {
		add("d.uuid", f.UUID)
	}
	if f.PacticipantID != 0 {
		add(slot+".pacticipant_id", f.PacticipantID)
	}
	if f.VersionID != 0 {
		add(slot+".version_id", f.VersionID)
	}
	if f.EnvironmentID != 0 {
		add(slot+".environment_id", f.EnvironmentID)
	}
	if f.Instance != nil && instances {
		add("d.instance", *f.Instance)
	}
	return where, args
}

func (t *tx) ListDeployedVersions(f kernel.RecordFilter) ([]kernel.DeployedVersion, error) {
	query, slot := selectDeployed, "d"
	if f.Current {
		query, slot = selectLive, "c"
	}
	where, args := recordConditions(f, slot, true)
	t.spare(anyAddition)
	t.recall()
	return all(t, t.scanDeployed, query+where+` ORDER BY d.id DESC`, args...)
}

func (t *tx) DeployedOf(versionIDs []int64) (map[int64][]kernel.DeployedVersion, error) {
	t.spare(anyAddition)
	found, err := all(t, t.scanDeployed, selectDeployed+`WHERE d.version_id `+t.in(1)+` ORDER BY d.id`, t.ids(versionIDs))
	return byKey(found, func(d kernel.DeployedVersion) int64 { return d.Version.ID }), err
}

// byKey groups what was found, each group in the order of found.
func byKey[R any](found []R, key func(R) int64) map[int64][]R {
	out := make(map[int64][]R, len(found))
	for _, r := range found {
		out[key(r)] = append(out[key(r)], r)
	}
	return out
}

// candidatePlace is the key of the candidate of a place in deployed_current, beside that
// of what is current, which is the name of the instance.
func candidatePlace(instance string) string { return "\n" + instance }

// place is where one version is current, and another may be the candidate.
type place struct {
	pacticipant, environment int64
	instance                 string
}

func placeOf(d kernel.DeployedVersion) place {
	return place{d.Version.Pacticipant.ID, d.Environment.ID, d.Instance}
}

// args are the values of a statement about a place, before others.
func (p place) args(others ...any) []any {
	return append([]any{p.pacticipant, p.environment, p.instance}, others...)
}

func (t *tx) RecordDeployment(d kernel.DeployedVersion) (kernel.DeployedVersion, error) {
	in := placeOf(d)
	// Two deployments to one place must see one another.
	if err := t.lockPlace(in); err != nil {
		return d, err
	}
	current, candidate, err := t.ownPair(in)
	if t.asking != nil {
		t.identity("deployed_version", "")
		return d, errAhead
	}
	switch {
	case err != nil:
		return d, err
	case current.Version.ID == d.Version.ID:
		return current, nil
	case candidate.Version.ID == d.Version.ID:
		return t.promote(candidate, d.CreatedAt, d.By)
	case candidate.ID != 0:
		why := "replaced by record of " + d.Version.Number
		if err := t.endRollout(candidate.Rollout, kernel.Rollout{State: kernel.RolloutAborted, Outcome: kernel.OutcomeCancelled, Reason: why, EndedAt: d.CreatedAt, EndedBy: d.By}); err != nil {
			return d, err
		}
		if err := t.later(`DELETE FROM deployed_current WHERE pacticipant_id = $1 AND environment_id = $2 AND instance = $3`,
			in.pacticipant, in.environment, candidatePlace(in.instance)); err != nil {
			return d, err
		}
	}
	if err := t.later(`UPDATE deployed_version SET undeployed_at = $4 WHERE pacticipant_id = $1 AND environment_id = $2
		AND instance = $3 AND undeployed_at IS NULL`, in.args(t.at(d.CreatedAt))...); err != nil {
		return d, err
	}
	if d.ID, err = t.insertDeployment(d, current); err != nil {
		return d, err
	}
	d.CurrentlyDeployed = true
	return d, t.makeCurrent(d)
}

// lockPlace lets nobody else deploy the application meanwhile.
func (t *tx) lockPlace(p place) error {
	return t.Lock(kernel.ToChange, kernel.Row{Kind: kernel.RowPacticipant, ID: p.pacticipant})
}

// livePair returns what is current in a place, and the candidate of the rollout that runs
// there. Where there is none it has no identity.
func (t *tx) livePair(p place) (current, candidate kernel.DeployedVersion, err error) {
	found, err := all(t, t.scanDeployed, selectLive+`WHERE c.pacticipant_id = $1 AND c.environment_id = $2 AND c.instance IN ($3, $4)`, p.args(candidatePlace(p.instance))...)
	for _, d := range found {
		if d.Candidate {
			candidate = d
		} else {
			current = d
		}
	}
	return current, candidate, err
}

// ownPair is livePair for who holds the place. A replica of a release that knows of no
// rollouts ends the record of a candidate and leaves its place taken: that is put right.
func (t *tx) ownPair(p place) (current, candidate kernel.DeployedVersion, err error) {
	current, candidate, err = t.livePair(p)
	if err != nil || candidate.ID == 0 || candidate.UndeployedAt.IsZero() {
		return current, candidate, err
	}
	if err := t.endRollout(candidate.Rollout, kernel.Rollout{State: kernel.RolloutAborted, Outcome: kernel.OutcomeCancelled, Reason: "ended by an older release", EndedAt: candidate.UndeployedAt}); err != nil {
		return current, candidate, err
	}
	_, err = t.exec(`DELETE FROM deployed_current WHERE pacticipant_id = $1 AND environment_id = $2 AND deployed_version_id = $3`, p.pacticipant, p.environment, candidate.ID)
	return current, kernel.DeployedVersion{}, err
}

// makeCurrent makes a record what is current in its place.
func (t *tx) makeCurrent(d kernel.DeployedVersion) error {
	return t.later(`INSERT INTO deployed_current (pacticipant_id, environment_id, instance, version_id, deployed_version_id)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (pacticipant_id, environment_id, instance) DO UPDATE SET
		version_id = excluded.version_id, deployed_version_id = excluded.deployed_version_id`, placeOf(d).args(d.Version.ID, d.ID)...)
}

// wasCurrent finds a record of the version in $2 by which it was once current in the place
// that $4 and $5 name.
const wasCurrent = `EXISTS (SELECT 1 FROM deployed_version o WHERE o.version_id = $2 AND o.environment_id = $4 AND o.instance = $5
	AND (o.rollout = '' OR o.promoted_at IS NOT NULL))`

// insertDeployment stores the record of d, which replaces a version. That it is a rollback
// is found out with it, if that is not said.
func (t *tx) insertDeployment(d, replaces kernel.DeployedVersion) (int64, error) {
	rollback := int64(d.Rollback)
	var answer any
	if d.Gate.Answer != 0 {
		answer = d.Gate.Answer
	}
	const columns = `uuid, version_id, pacticipant_id, environment_id, instance, auto, created_at, rollout, gate_answer, against_gate, reason, recorded_by, rollback`
	values := `$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13`
	if d.Rollback == kernel.MaybeRollback {
		rollback = int64(kernel.NoRollback)
		if replaces.ID != 0 && d.Version.Order < replaces.Version.Order {
			rollback = int64(kernel.InferredRollback)
			values = strings.TrimSuffix(values, `$13`) + `CASE WHEN ` + wasCurrent + ` THEN CAST($13 AS SMALLINT) ELSE 0 END`
		}
	}
	args := []any{d.UUID, d.Version.ID, d.Version.Pacticipant.ID, d.Environment.ID, d.Instance, d.Auto, t.at(d.CreatedAt),
		d.Rollout, answer, d.Gate.Against, d.Reason, d.By, rollback}
	if id, known := t.identity("deployed_version", ""); known {
		return id, t.later(`INSERT INTO deployed_version (id, `+columns+`) VALUES ($14, `+values+`)`, append(args, id)...)
	}
	return t.insert(`INSERT INTO deployed_version (`+columns+`) VALUES (`+values+`)`, args...)
}

func (t *tx) EndDeployment(d kernel.DeployedVersion, at time.Time, by string) error {
	if err := t.lockPlace(placeOf(d)); err != nil {
		return err
	}
	if d.Candidate {
		if err := t.endRollout(d.Rollout, kernel.Rollout{State: kernel.RolloutAborted, Outcome: kernel.OutcomeCancelled, Reason: "undeployed", EndedAt: at, EndedBy: by}); err != nil {
			return err
		}
	}
	return t.endRecord(d, at)
}

func (t *tx) endRecord(d kernel.DeployedVersion, at time.Time) error {
	if _, err := t.exec(`DELETE FROM deployed_current WHERE pacticipant_id = $1 AND environment_id = $2 AND deployed_version_id = $3`,
		d.Version.Pacticipant.ID, d.Environment.ID, d.ID); err != nil {
		return err
	}
	return t.changed(kernel.RowDeployed, `UPDATE deployed_version SET undeployed_at = COALESCE(undeployed_at, $2) WHERE id = $1`, d.ID, t.at(at))
}

const (
	releasedColumns = `SELECT d.id, d.uuid, d.ended_at IS NULL, d.created_at, d.updated_at, d.ended_at,` + environmentColumns + `,` + versionColumns
	selectReleased  = releasedColumns + `FROM released_version d` + deployedJoins
)

func (t *tx) scanReleased(row engine.Row) (r kernel.ReleasedVersion, err error) {
	err = t.scanRecord(row, &r.Environment, &r.Version,
		&r.ID, &r.UUID, &r.CurrentlySupported, stamp{&r.CreatedAt}, stamp{&r.UpdatedAt}, stamp{&r.SupportEndedAt})
	return r, err
}

func (t *tx) ListReleasedVersions(f kernel.RecordFilter) ([]kernel.ReleasedVersion, error) {
	where, args := recordConditions(f, "d", false)
	query := selectReleased
	if f.Current {
		where += ` AND d.ended_at IS NULL`
		if !t.postgres() && f.VersionID == 0 && f.UUID == "" { // it would go through all that were ever released, in the order of the answer
			query = strings.Replace(query, ` released_version d `, ` released_version d INDEXED BY released_version_open `, 1)
		}
	}
	t.spare(anyAddition)
	t.recall()
	return all(t, t.scanReleased, query+where+` ORDER BY d.id DESC`, args...)
}

func (t *tx) ReleasedOf(versionIDs []int64) (map[int64][]kernel.ReleasedVersion, error) {
	t.spare(anyAddition)
	found, err := all(t, t.scanReleased, selectReleased+`WHERE d.version_id `+t.in(1)+` ORDER BY d.id`, t.ids(versionIDs))
	return byKey(found, func(r kernel.ReleasedVersion) int64 { return r.Version.ID }), err
}

func (t *tx) RecordRelease(r kernel.ReleasedVersion) (kernel.ReleasedVersion, bool, error) {
	id, err := t.insert(`INSERT INTO released_version (uuid, version_id, pacticipant_id, environment_id, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING`,
		r.UUID, r.Version.ID, r.Version.Pacticipant.ID, r.Environment.ID, t.at(r.CreatedAt))
	if err != nil {
		return r, false, err
	}
	if id == 0 {
		if t.postgres() { // its end may be under way
			if err := t.q.Later(t.ctx, `SELECT 1 FROM released_version WHERE version_id = $1 AND environment_id = $2 FOR NO KEY UPDATE`,
				[]any{r.Version.ID, r.Environment.ID}, nil); err != nil {
				return r, false, err
			}
		}
		if _, err := t.exec(`UPDATE released_version SET ended_at = NULL, updated_at = $3
			WHERE version_id = $1 AND environment_id = $2 AND ended_at IS NOT NULL`,
			r.Version.ID, r.Environment.ID, t.at(r.CreatedAt)); err != nil {
			return r, false, err
		}
	}
	stored, err := one(t, t.scanReleased, selectReleased+`WHERE d.version_id = $1 AND d.environment_id = $2`, r.Version.ID, r.Environment.ID)
	if kernel.IsNotFound(err) {
		err = goneSince(kernel.RowReleased)
	}
	return stored, id != 0, err
}

func (t *tx) EndRelease(r kernel.ReleasedVersion, at time.Time) error {
	return t.changed(kernel.RowReleased, `UPDATE released_version SET ended_at = COALESCE(ended_at, $2), updated_at = CASE WHEN ended_at IS NULL THEN $2 ELSE updated_at END WHERE id = $1`,
		r.ID, t.at(at))
}
