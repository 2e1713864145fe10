package store

import (
	"fmt"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// newest is the table of the newest rows of another. They are read from the end of its
// key, which is asked for as a range, so that a plan says so.
func newest(table string, limit int) string {
	return fmt.Sprintf(`(SELECT * FROM %s WHERE id > 0 ORDER BY id DESC LIMIT %d)`, table, limit)
}

// RecentPublications implements kernel.Happenings.
func (t *tx) RecentPublications(limit int) ([]kernel.PactPublication, error) {
	return all(t, t.scanPublication, `SELECT`+publicationColumns+`FROM `+newest("publication", limit)+` x`+t.lookedUpAll(publicationJoins)+`ORDER BY x.id DESC`)
}

// RecentVerifications implements kernel.Happenings.
func (t *tx) RecentVerifications(limit int) ([]kernel.Verification, error) {
	return all(t, t.scanVerification, verificationColumns+`FROM `+newest("verification", limit)+` f`+t.lookedUpAll(verificationJoins)+`ORDER BY f.id DESC`)
}

// RecentDeployments implements kernel.Happenings.
func (t *tx) RecentDeployments(limit int) ([]kernel.DeployedVersion, error) {
	return all(t, t.scanDeployed, deployedColumns+`FROM `+newest("deployed_version", limit)+` d`+t.lookedUpAll(deployedJoins)+whetherLive+`ORDER BY d.id DESC`)
}

// RecentReleases implements kernel.Happenings.
func (t *tx) RecentReleases(limit int) ([]kernel.ReleasedVersion, error) {
	return all(t, t.scanReleased, releasedColumns+`FROM `+newest("released_version", limit)+` d`+t.lookedUpAll(deployedJoins)+`ORDER BY d.id DESC`)
}

// ResultsBefore implements kernel.Happenings.
func (t *tx) ResultsBefore(contentID, number int64, limit int) ([]matrix.Result, error) {
	return all(t, scanMatrixResult, fmt.Sprintf(resultColumns+` FROM verification r WHERE r.content_id = $1 AND r.id <= $2 ORDER BY r.id DESC LIMIT %d`, limit), contentID, number)
}

// ContentStates implements kernel.Happenings.
func (t *tx) ContentStates(contentIDs []int64) (map[int64]kernel.ContentState, error) {
	out := make(map[int64]kernel.ContentState, len(contentIDs))
	if len(contentIDs) == 0 {
		return out, nil
	}
	_, err := all(t, func(row engine.Row) (id int64, err error) {
		var s kernel.ContentState
		err = row.Scan(&id, stamp{&s.CreatedAt}, &s.Verified, &s.MainResult)
		s.VerifiedByMain = s.MainResult != 0
		out[id] = s
		return id, err
	}, `SELECT k.id, k.created_at, s.content_id IS NOT NULL, COALESCE(s.latest_main_verification_id, 0)
		FROM `+t.each(1)+` w `+t.outerFirst()+` content k ON k.id = w.value LEFT JOIN content_state s ON s.content_id = k.id`, t.ids(contentIDs))
	return out, err
}
