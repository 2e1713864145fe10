package store

import (
	"fmt"
	"strconv"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

func (t *tx) AddTag(v kernel.Version, name string, at time.Time) (kernel.Tag, bool, error) {
	added, heads, err := t.addTags(v, []string{name}, at)
	if err != nil {
		return kernel.Tag{}, false, err
	}
	if len(added) == 0 {
		tag, err := t.FindTag(v.ID, name)
		return tag, false, err
	}
	return kernel.Tag{Name: name, Pacticipant: v.Pacticipant.Name, Version: v.Number, Latest: len(heads) > 0, CreatedAt: at}, true, nil
}

func (t *tx) AddTags(v kernel.Version, names []string, at time.Time) error {
	if len(names) == 0 {
		return nil
	}
	if t.asking != nil {
		return errAhead
	}
	if f := t.freshly(v.ID); f != nil && !f.held && !f.tagged && t.postgres() {
		return t.addTagsOf(f, v, names, at)
	}
	_, _, err := t.addTags(v, names, at)
	return err
}

// addTagsOf adds tags to the fresh version, which has neither tags nor pacts nor
// results: all names are new, and their heads are moved at the end.
func (t *tx) addTagsOf(f *fresh, v kernel.Version, names []string, at time.Time) error {
	f.tagged = true
	t.tags = append(t.tags, tagMove{v, names})
	t.outdate(tablesOfTags, ofTags)
	return t.exempt(tagsOfFresh, func() error {
		return t.later(`INSERT INTO tag (version_id, name, created_at) SELECT CAST($1 AS BIGINT), n.name, n.moment FROM `+t.eachMoment(2, 3)+` n`,
			v.ID, t.names(names), t.at(at))
	})
}

// addTags returns the names that are new and the heads that v has become. It
// takes as many statements for many as for one.
func (t *tx) addTags(v kernel.Version, names []string, at time.Time) (added []string, heads []int64, err error) {
	if t.asking != nil {
		return nil, nil, errAhead
	}
	if err := t.lockVersion(v.ID); err != nil {
		return nil, nil, err
	}
	f := t.freshly(v.ID)
	var refs []int64
	if err := t.exemptIf(f != nil, tagsOfFresh, func() (err error) {
		added, refs, heads, err = t.insertTags(v, names, at)
		return err
	}); err != nil || len(added) == 0 {
		return nil, nil, err
	}
	if f != nil {
		f.tagged, f.tags = true, append(f.tags, heads...)
		if !f.held { // so it has no successes to note
			return added, heads, nil
		}
	}
	return added, heads, t.noteSuccesses(byTag, refs, v.ID)
}

// insertTags returns, of the names that are new, the heads and those that are v.
func (t *tx) insertTags(v kernel.Version, names []string, at time.Time) (added []string, refs, heads []int64, err error) {
	added, err = all(t, scanText, `INSERT INTO tag (version_id, name, created_at) SELECT CAST($1 AS BIGINT), n.name, n.moment FROM `+t.eachMoment(2, 3)+` n
		WHERE TRUE ON CONFLICT DO NOTHING RETURNING name`, v.ID, t.names(names), t.at(at))
	if err != nil || len(added) == 0 {
		return nil, nil, nil, err
	}
	if refs, heads, err = t.moveTagHeads(v, added); err == nil && len(heads) > 0 {
		err = t.rebuildHeads(byTag, heads, v.ID)
	}
	return added, refs, heads, err
}

// moveTagHeads makes v the head of each tag if it is later than the present one.
// It returns the heads' ids, and those that are v. Whoever moves several goes in
// the order of their names, so that two do not wait in a circle.
func (t *tx) moveTagHeads(v kernel.Version, names []string) (refs, heads []int64, err error) {
	moved, err := all(t, scanPair, t.moveTags(), v.Pacticipant.ID, v.ID, t.names(names))
	for _, m := range moved {
		refs = append(refs, m[0])
		if m[1] == v.ID {
			heads = append(heads, m[0])
		}
	}
	return refs, heads, err
}

func (t *tx) moveTags() string {
	return `INSERT INTO tag_head (pacticipant_id, name, version_id, first_at)
		SELECT CAST($1 AS BIGINT), g.name, g.version_id, g.created_at FROM tag g
		WHERE g.version_id = $2 AND g.name ` + t.inNames(3) + ` ORDER BY g.name
		ON CONFLICT (pacticipant_id, name) DO UPDATE SET version_id = CASE
			WHEN ` + t.ranksBefore("tag_head.version_id", "excluded.version_id") + `
			THEN excluded.version_id ELSE tag_head.version_id END
		RETURNING id, version_id`
}

// eachMoment is a list of names in parameter names as rows of name and moment,
// from parameter at on, a microsecond apart each: lists of tags are in the order
// of adding.
func (t *tx) eachMoment(names, at int) string {
	if t.postgres() {
		return fmt.Sprintf(`(SELECT w.name, $%d::timestamptz + (w.place - 1) * interval '1 microsecond' AS moment
			FROM unnest($%d::text[]) WITH ORDINALITY AS w(name, place))`, at, names)
	}
	return fmt.Sprintf(`(SELECT value AS name, $%d + key AS moment FROM json_each($%d))`, at, names)
}

// fewTagged is how many versions may have a tag that is followed to its versions.
const fewTagged = 100

// EarlierContents implements kernel.Pacts. A tag that few versions have, of all
// applications, is followed to those. One that many have is looked for along the
// pacts of the pair, latest first: it is on a version nearby.
func (t *tx) EarlierContents(v kernel.Version, providerID int64, tags []string) (map[string]string, error) {
	type found struct{ tag, sha string }
	list := `json_each($4)`
	if t.postgres() {
		list = `(SELECT unnest($4::text[]) AS value)`
	}
	earlier := t.ordKey("v") + ` < $3`
	if !t.store.options.OrderBySemver {
		t.spareEarlier() // the version made last comes after all others
		earlier = `pc.version_id < $3`
	}
	rows, err := all(t, func(row engine.Row) (f found, err error) { return f, row.Scan(&f.tag, &f.sha) },
		`SELECT n.value, COALESCE(CASE WHEN (SELECT count(*) FROM (SELECT 1 FROM tag r WHERE r.name = n.value LIMIT `+strconv.Itoa(fewTagged+1)+`) few) <= `+strconv.Itoa(fewTagged)+`
			THEN (SELECT k.sha FROM tag g `+t.outerFirst()+` pact_current pc ON pc.version_id = g.version_id AND pc.provider_id = $2
				JOIN version v ON v.id = g.version_id JOIN content k ON k.id = pc.content_id
				WHERE g.name = n.value AND pc.consumer_id = $1 AND `+earlier+t.latestFirst("v", "g.version_id")+`LIMIT 1)
			ELSE (SELECT k.sha FROM pact_current pc JOIN version v ON v.id = pc.version_id JOIN content k ON k.id = pc.content_id
				WHERE pc.provider_id = $2 AND pc.consumer_id = $1 AND `+earlier+`
				AND (SELECT EXISTS (SELECT 1 FROM tag g WHERE g.version_id = pc.version_id AND g.name = n.value))`+t.latestFirst("v", "pc.version_id")+`LIMIT 1) END, '')
		FROM `+list+` n WHERE EXISTS (SELECT 1 FROM pact_current y WHERE y.provider_id = $2 AND y.consumer_id = $1 AND y.version_id <> $5)`,
		v.Pacticipant.ID, providerID, v.Order, t.names(tags), v.ID)
	out := make(map[string]string, len(rows))
	for _, f := range rows {
		if f.sha != "" {
			out[f.tag] = f.sha
		}
	}
	return out, err
}

func (t *tx) CountTags(versionID int64) (int, error) {
	n, err := one(t, scanID, `SELECT count(*) FROM tag WHERE version_id = $1`, versionID)
	return int(n), err
}

const (
	tagColumns = `SELECT t.name, p.name, v.number, COALESCE(h.version_id, 0) = v.id, t.created_at, v.id `
	ofTag      = ` JOIN pacticipant p ON p.id = v.pacticipant_id
		LEFT JOIN tag_head h ON h.pacticipant_id = v.pacticipant_id AND h.name = t.name `
)

type tagRow struct {
	kernel.Tag
	versionID int64
}

func scanTag(row engine.Row) (r tagRow, err error) {
	err = row.Scan(&r.Name, &r.Pacticipant, &r.Version, &r.Latest, stamp{&r.CreatedAt}, &r.versionID)
	return r, err
}

func (t *tx) FindTag(versionID int64, name string) (kernel.Tag, error) {
	r, err := one(t, scanTag, tagColumns+`FROM tag t JOIN version v ON v.id = t.version_id`+ofTag+`WHERE t.version_id = $1 AND t.name = $2`, versionID, name)
	return r.Tag, err
}

var tagsOfVersions = &lookup[tagRow]{
	query: tagColumns + `FROM tag t JOIN version v ON v.id {is}t.version_id{found}` + ofTag + `WHERE t.version_id {ids} ORDER BY t.version_id, t.created_at, t.name`,
	scan:  func(_ *tx, row engine.Row) (tagRow, error) { return scanTag(row) },
	of:    func(r tagRow) int64 { return r.versionID },
}

func (t *tx) TagsOf(versionIDs []int64) (map[int64][]kernel.Tag, error) {
	if len(versionIDs) == 1 {
		if f := t.freshly(versionIDs[0]); f != nil && !f.tagged {
			return map[int64][]kernel.Tag{}, nil
		}
	}
	found, err := tagsOfVersions.find(t, versionIDs)
	out := make(map[int64][]kernel.Tag, len(versionIDs))
	for _, r := range found {
		out[r.versionID] = append(out[r.versionID], r.Tag)
	}
	return out, err
}

func (t *tx) FindTagHead(pacticipantID int64, name string) (kernel.Version, error) {
	if found, known := tagHeadsByName.seen(t, []int64{pacticipantID}, name); known {
		return onlyOne(found)
	}
	return one(t, t.scanVersion, selectVersion+`JOIN tag_head h ON h.version_id = v.id
		WHERE h.pacticipant_id = $1 AND h.name = $2`, pacticipantID, name)
}

var tagHeadsByName = &lookup[kernel.Version]{
	query: selectVersion + `JOIN tag_head h ON h.version_id = v.id WHERE h.pacticipant_id {ids} AND h.name = {name}`,
	scan:  (*tx).scanVersion,
	of:    func(v kernel.Version) int64 { return v.Pacticipant.ID },
}

func (t *tx) RemoveTag(v kernel.Version, name string) error {
	removed, err := t.RemoveTags(v, []string{name})
	if err == nil && removed == 0 {
		return notFound()
	}
	return err
}

func (t *tx) RemoveTags(v kernel.Version, names []string) (int, error) {
	if err := t.lockVersion(v.ID); err != nil {
		return 0, err
	}
	var lost losses
	var err error
	if lost.tags, lost.firsts, err = t.headsOfTags(`WHERE t.version_id = $1 AND t.name `+t.inNames(2), v.ID, t.names(names)); err != nil || len(lost.tags) == 0 {
		return 0, err
	}
	removed, err := t.exec(`DELETE FROM tag WHERE version_id = $1 AND name `+t.inNames(2), v.ID, t.names(names))
	if err != nil {
		return 0, err
	}
	if lost.verified, err = t.verifiedBy(v.ID); err != nil {
		return 0, err
	}
	return int(removed), t.recompute(lost)
}

// verifiedBy returns the contents that the version has results for.
func (t *tx) verifiedBy(versionID int64) ([]int64, error) {
	return all(t, scanID, `SELECT content_id FROM verification_current WHERE provider_version_id = $1 ORDER BY content_id`, versionID)
}
