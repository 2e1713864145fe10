package store

import (
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// placeEvents are where what happens in an environment is kept: for each event the
// columns of its record, and the one with its time.
var placeEvents = []struct {
	event            kernel.PlaceEvent
	from, at, extras string
}{
	{kernel.EventDeployed, "deployed_version", "created_at", "instance, auto"},
	{kernel.EventReleased, "released_version", "created_at", "'' AS instance, FALSE AS auto"},
	{kernel.EventUndeployed, "deployed_version", "undeployed_at", "instance, auto"},
	{kernel.EventSupportEnded, "released_version", "ended_at", "'' AS instance, FALSE AS auto"},
}

// ListPlaceChanges implements kernel.Deployments. Of each event it reads as many as
// are asked for, by an index that has them in their order, and no more.
func (t *tx) ListPlaceChanges(q kernel.PlaceHistoryQuery) ([]kernel.PlaceChange, error) {
	args := []any{q.EnvironmentID}
	if !q.Before.IsZero() {
		args = append(args, t.at(q.Before.At))
	}
	parts := make([]string, len(placeEvents))
	for i, p := range placeEvents {
		where := `environment_id = $1 AND ` + p.at + ` IS NOT NULL`
		switch {
		case q.Before.IsZero():
		case p.event < q.Before.Event:
			where += ` AND ` + p.at + ` < $2`
		case p.event > q.Before.Event:
			where += ` AND ` + p.at + ` <= $2`
		default:
			args = append(args, q.Before.Record)
			where += fmt.Sprintf(` AND %s <= $2 AND (%s < $2 OR id < $%d)`, p.at, p.at, len(args))
		}
		parts[i] = fmt.Sprintf(`SELECT * FROM (SELECT %d AS event, %s AS happened, id, version_id, %s FROM %s WHERE %s ORDER BY %s DESC, id DESC LIMIT %d) e%d`,
			p.event, p.at, p.extras, p.from, where, p.at, q.Limit, p.event)
	}
	query := `SELECT x.event, x.happened, x.id, x.instance, x.auto,` + versionColumns + `FROM (` + strings.Join(parts, ` UNION ALL `) + `) x
		JOIN version v ON v.id = x.version_id JOIN pacticipant p ON p.id = v.pacticipant_id
		ORDER BY x.happened DESC, x.event, x.id DESC LIMIT ` + fmt.Sprint(q.Limit)
	return all(t, t.scanPlaceChange, query, args...)
}

func (t *tx) scanPlaceChange(row engine.Row) (c kernel.PlaceChange, err error) {
	version, finish := t.versionInto(&c.Version)
	if err := row.Scan(append([]any{&c.Event, stamp{&c.At}, &c.Record, &c.Instance, &c.Auto}, version...)...); err != nil {
		return c, err
	}
	finish()
	return c, nil
}
