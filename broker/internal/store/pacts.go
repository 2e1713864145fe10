package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

func (t *tx) AddPublication(n kernel.NewPublication) (kernel.PactPublication, error) {
	p := kernel.PactPublication{
		Consumer: n.Version.Pacticipant, Provider: n.Provider, ConsumerVersion: n.Version,
		ContentID: n.ContentID, CreatedAt: n.At,
	}
	if t.asking != nil {
		t.identity("publication", revisionOf, n.Version.ID, n.Provider.ID)
		return p, errAhead
	}
	// The version's lock keeps others from adding a revision or making it a head.
	if err := t.lockVersion(n.Version.ID); err != nil {
		return p, err
	}
	if err := t.revise(&p, n.SHA); err != nil {
		return p, err
	}
	f := t.freshly(n.Version.ID)
	if err := t.exemptIf(f != nil, pactOfFresh, func() error {
		if err := t.insertPublication(&p); err != nil {
			return err
		}
		return t.addToHeads(p)
	}); err != nil {
		return p, err
	}
	if f != nil {
		f.held = true
		f.providers = append(f.providers, n.Provider.ID)
	}
	t.touch(p.Consumer.ID, p.Provider.ID, n.Version.ID, n.At)
	return p, nil
}

const revisionOf = `SELECT 1 FROM publication WHERE version_id = $1 AND provider_id = $2`

// insertPublication stores a publication and makes it the current one.
func (t *tx) insertPublication(p *kernel.PactPublication) (err error) {
	const (
		add = `INSERT INTO publication (version_id, provider_id, consumer_id, revision, content_id, created_at)
			VALUES ($1, $2, $3, $4, $5, $6)`
		current = `INSERT INTO pact_current (version_id, provider_id, consumer_id, publication_id, content_id, created_at) `
		instead = ` ON CONFLICT (version_id, provider_id) DO UPDATE SET
			publication_id = excluded.publication_id, content_id = excluded.content_id, created_at = excluded.created_at`
	)
	version, provider, consumer, at := p.ConsumerVersion.ID, p.Provider.ID, p.Consumer.ID, t.at(p.CreatedAt)
	args := []any{version, provider, consumer, p.Revision, p.ContentID, at}
	if id, known := t.identity("publication", revisionOf, version, provider); known {
		p.ID = id
		return t.later(`WITH added AS (INSERT INTO publication (id, version_id, provider_id, consumer_id, revision, content_id, created_at)
			VALUES ($7, $1, $2, $3, $4, $5, $6) RETURNING id, version_id, provider_id, consumer_id, content_id, created_at) `+current+
			`SELECT version_id, provider_id, consumer_id, id, content_id, created_at FROM added`+instead, append(args, id)...)
	}
	if t.postgres() { // one way to the server instead of two
		return t.row(`WITH added AS (`+add+` RETURNING id, version_id, provider_id, consumer_id, content_id, created_at) `+current+
			`SELECT version_id, provider_id, consumer_id, id, content_id, created_at FROM added`+instead+` RETURNING publication_id`, args, &p.ID)
	}
	if p.ID, err = t.insert(add, args...); err != nil {
		return err
	}
	_, err = t.exec(current+`VALUES ($1, $2, $3, $4, $5, $6)`+instead, version, provider, consumer, p.ID, p.ContentID, at)
	return err
}

// revise finds the number of a new revision, and the identity of its content
// where the caller did not say it.
func (t *tx) revise(p *kernel.PactPublication, sha string) error {
	if f := t.freshly(p.ConsumerVersion.ID); f != nil && !slices.Contains(f.providers, p.Provider.ID) && sha != "" {
		p.Revision, p.SHA = 1, sha
		return nil
	}
	return t.row(`SELECT COALESCE(MAX(revision), 0) + 1, (SELECT sha FROM content WHERE id = $3)
		FROM publication WHERE version_id = $1 AND provider_id = $2`,
		[]any{p.ConsumerVersion.ID, p.Provider.ID, p.ContentID}, &p.Revision, &p.SHA)
}

// addToHeads writes the publication into head_pact for each branch and tag
// whose head its version is, in one statement however many they are. Their locks
// keep the heads where they are.
func (t *tx) addToHeads(p kernel.PactPublication) error {
	heads, err := t.headsOf(p.ConsumerVersion.ID)
	if err != nil || len(heads) == 0 {
		return err
	}
	return t.later(`INSERT INTO head_pact (provider_id, kind, ref_id, consumer_id, publication_id, content_id, published_at)
		SELECT CAST($1 AS BIGINT), h.kind, h.ref, x.consumer_id, x.id, x.content_id, x.created_at
		FROM publication x CROSS JOIN (SELECT 1 AS kind, b.id AS ref `+headedBy("$3")+`
			UNION ALL SELECT 2, g.id FROM tag_head g WHERE g.version_id = $3) h
		WHERE x.id = $2 ORDER BY h.kind, h.ref`+overHead, p.Provider.ID, p.ID, p.ConsumerVersion.ID)
}

// headedBy is the part of a query after SELECT that has the branches b whose head
// a version is: they are among those that it is on.
func headedBy(version string) string {
	return `FROM branch_version m JOIN branch b ON b.id = m.branch_id WHERE m.version_id = ` + version + ` AND b.head_version_id = ` + version
}

// headsOf returns the branches and tags whose head a version is, locked.
func (t *tx) headsOf(versionID int64) ([]head, error) {
	if f := t.freshly(versionID); f != nil {
		return f.heads(), nil
	}
	locked := func(alias string) string {
		if !t.postgres() {
			return ""
		}
		return ` ORDER BY ` + alias + `.id FOR NO KEY UPDATE OF ` + alias
	}
	branches, err := all(t, scanID, `SELECT b.id `+headedBy("$1")+locked("b"), versionID)
	if err != nil {
		return nil, err
	}
	tags, err := all(t, scanID, `SELECT h.id FROM tag_head h WHERE h.version_id = $1`+locked("h"), versionID)
	heads := make([]head, 0, len(branches)+len(tags))
	for _, id := range branches {
		heads = append(heads, head{byBranch, id})
	}
	for _, id := range tags {
		heads = append(heads, head{byTag, id})
	}
	return heads, err
}

const (
	publicationColumns = ` x.id, x.provider_id, r.name, x.revision, x.content_id, k.sha, x.created_at,` + versionColumns
	publicationJoins   = ` JOIN version v ON v.id = x.version_id JOIN pacticipant p ON p.id = v.pacticipant_id
		JOIN pacticipant r ON r.id = x.provider_id JOIN content k ON k.id = x.content_id `
	selectCurrent = `SELECT` + publicationColumns + `FROM pact_current pc JOIN publication x ON x.id = pc.publication_id` + publicationJoins
)

func (t *tx) scanPublication(row engine.Row) (p kernel.PactPublication, err error) {
	into, finish := t.versionInto(&p.ConsumerVersion)
	into = append([]any{&p.ID, &p.Provider.ID, &p.Provider.Name, &p.Revision, &p.ContentID, &p.SHA, stamp{&p.CreatedAt}}, into...)
	if err := row.Scan(into...); err != nil {
		return p, err
	}
	finish()
	p.Consumer = p.ConsumerVersion.Pacticipant
	if t.reading {
		t.known.publication(p)
	}
	return p, nil
}

func (t *tx) FindPublication(versionID, providerID int64) (kernel.PactPublication, error) {
	return one(t, t.scanPublication, selectCurrent+`WHERE pc.version_id = $1 AND pc.provider_id = $2`, versionID, providerID)
}

func (t *tx) FindPublicationByID(id int64) (kernel.PactPublication, error) {
	return one(t, t.scanPublication, `SELECT`+publicationColumns+`FROM publication x`+publicationJoins+`WHERE x.id = $1`, id)
}

func (t *tx) LatestRevision(contentID int64) (kernel.PactPublication, error) {
	return one(t, t.scanPublication, `SELECT`+publicationColumns+`FROM publication x`+publicationJoins+
		`WHERE x.content_id = $1`+strings.TrimSuffix(t.latestFirst("v", "x.version_id"), " ")+`, x.revision DESC LIMIT 1`, contentID)
}

// notableAmong is among how many versions with a content, the newest, one of the main
// branch is looked for.
const notableAmong = 20

// NotableRevisions implements kernel.Pacts. Each way goes by a key: what is live and what
// is the head are few, and of those that have the content the newest are looked at.
func (t *tx) NotableRevisions(contentIDs []int64) (map[int64]kernel.PactPublication, error) {
	const (
		its  = ` pact_current pc ON pc.version_id = l.version_id AND pc.provider_id = c.provider_id WHERE l.pacticipant_id = c.consumer_id AND pc.content_id = c.id`
		main = ` FROM branch b JOIN pacticipant m ON m.id = b.pacticipant_id AND m.main_branch = b.name `
	)
	live := func(table, still string) string {
		return `(SELECT MAX(pc.publication_id) FROM ` + table + ` l ` + t.outerFirst() + its + still + `)`
	}
	found, err := all(t, t.scanPublication, `SELECT`+publicationColumns+`FROM content c `+t.outerFirst()+` publication x ON x.id `+t.is()+`COALESCE(`+
		live(`deployed_current`, ``)+`, `+live(`released_version`, ` AND l.ended_at IS NULL`)+`,
		(SELECT pc.publication_id`+main+t.outerFirst()+` pact_current pc ON pc.version_id = b.head_version_id AND pc.provider_id = c.provider_id
			WHERE b.pacticipant_id = c.consumer_id AND pc.content_id = c.id LIMIT 1),
		(SELECT MAX(n.publication_id) FROM (SELECT pc.publication_id, pc.version_id FROM pact_current pc WHERE pc.content_id = c.id
				ORDER BY pc.version_id DESC LIMIT `+strconv.Itoa(notableAmong)+`) n
			WHERE EXISTS (SELECT 1`+main+`JOIN branch_version bv ON bv.branch_id = b.id AND bv.version_id = n.version_id WHERE b.pacticipant_id = c.consumer_id)),
		(SELECT y.id FROM publication y JOIN version w ON w.id = y.version_id WHERE y.content_id = c.id`+
		strings.TrimSuffix(t.latestFirst("w", "y.version_id"), " ")+`, y.revision DESC LIMIT 1))`+t.found()+publicationJoins+`WHERE c.id `+t.in(1), t.ids(contentIDs))
	out := make(map[int64]kernel.PactPublication, len(found))
	for _, p := range found {
		out[p.ContentID] = p
	}
	return out, err
}

func (t *tx) ListPublications(f kernel.PublicationFilter) ([]kernel.PactPublication, error) {
	single := f.ConsumerID != 0 && f.ProviderID != 0
	c := t.conditions(f, "")
	query := selectCurrent
	switch {
	case single:
		c = t.conditions(f, "$1")
		if f.LatestPerPair {
			f.Limit = 1
		}
	case f.LatestPerPair && c.plain:
		query = t.selectByPair(`= i.latest_version_id`)
	case f.LatestPerPair:
		c = t.conditions(f, "i.consumer_id")
		query = t.selectByPair(t.is() + `SELECT pc.version_id FROM pact_current pc JOIN version v ON v.id = pc.version_id
				JOIN pacticipant p ON p.id = v.pacticipant_id
				WHERE pc.consumer_id = i.consumer_id AND pc.provider_id = i.provider_id` + c.and + t.latestFirst("v", "pc.version_id") + `LIMIT 1` + t.found())
	}
	switch {
	case len(f.VersionIDs) > 0:
		t.spare(anyAddition &^ ofPacts)
	case f.ContentID != 0:
		t.spare(ofVersion | ofResults) // without a pact, or of the provider
	}
	if f.Before != nil && !t.store.options.OrderBySemver {
		t.spareEarlier() // the version made last comes after all others
	}
	query += `WHERE TRUE` + c.and + t.latestFirst("v", "pc.version_id")
	if f.Limit > 0 {
		query += fmt.Sprintf(` LIMIT %d`, f.Limit)
	}
	return all(t, t.scanPublication, query, c.args...)
}

// EarlierUntagged implements kernel.Pacts.
func (t *tx) EarlierUntagged(v kernel.Version, providerID int64) (string, error) {
	rank, versions := "pc.version_id", ""
	if t.store.options.OrderBySemver {
		rank, versions = t.ordKey("v"), "JOIN version v ON v.id = pc.version_id "
	} else {
		t.spareEarlier() // the version made last comes after all others
	}
	// SQLite plans a statement anew for an identity of 1, unless it cannot tell.
	return one(t, scanText, `SELECT k.sha FROM pact_current pc JOIN content k ON k.id = pc.content_id `+versions+`
		WHERE pc.consumer_id = CAST($1 AS BIGINT) AND pc.provider_id = CAST($2 AS BIGINT) AND `+rank+` < $3
		AND NOT EXISTS (SELECT 1 FROM tag g WHERE g.version_id = pc.version_id)`+t.latestFirst("v", "pc.version_id")+`LIMIT 1`,
		v.Pacticipant.ID, providerID, v.Order)
}

// selectByPair reads one current pact of each pair, whose version is as given: the
// way is from the pairs, of which there are few, and not through all pacts that
// there were.
func (t *tx) selectByPair(version string) string {
	return `SELECT` + publicationColumns + `FROM integration i ` + t.outerFirst() + ` pact_current pc ON pc.version_id ` + version + `
		AND pc.provider_id = i.provider_id AND pc.consumer_id = i.consumer_id ` + t.outerFirst() + ` publication x ON x.id = pc.publication_id` + publicationJoins
}

func (t *tx) LatestPublications(pairs [][2]int64) ([]kernel.PactPublication, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	return all(t, t.scanPublication, `SELECT`+publicationColumns+`FROM `+t.pairTable()+` `+t.outerFirst()+` integration i ON i.consumer_id = w.a AND i.provider_id = w.b
		`+t.outerFirst()+` pact_current pc ON pc.version_id = i.latest_version_id AND pc.provider_id = i.provider_id
		`+t.outerFirst()+` publication x ON x.id = pc.publication_id`+publicationJoins, t.pairList(pairs)...)
}

func (t *tx) NotablePublications(consumerID, providerID int64) ([]kernel.PactPublication, error) {
	upToHead := ` AND pc.version_id <= h.version_id`
	if t.store.options.OrderBySemver {
		upToHead = ``
	}
	return all(t, t.scanPublication, selectCurrent+`WHERE pc.provider_id = $2 AND pc.version_id IN (
		SELECT i.latest_version_id FROM integration i WHERE i.consumer_id = $1 AND i.provider_id = $2
		UNION SELECT (SELECT pc.version_id FROM pact_current pc JOIN version v ON v.id = pc.version_id
				WHERE pc.provider_id = $2 AND pc.consumer_id = $1`+upToHead+` AND (SELECT EXISTS (SELECT 1 FROM tag g
				WHERE g.version_id = pc.version_id AND g.name = h.name))`+t.latestFirst("v", "pc.version_id")+`LIMIT 1)
			FROM tag_head h WHERE h.pacticipant_id = $1
		UNION SELECT d.version_id FROM deployed_current d WHERE d.pacticipant_id = $1
		UNION SELECT e.version_id FROM released_version e WHERE e.pacticipant_id = $1 AND e.ended_at IS NULL)
		AND pc.consumer_id = $1`+t.latestFirst("v", "pc.version_id"), consumerID, providerID)
}

func (t *tx) DeletePublications(ps []kernel.PactPublication) error {
	if err := t.deletePublications(ps); err != nil {
		return err
	}
	var pairs [][2]int64
	for _, p := range ps {
		pairs = append(pairs, [2]int64{p.Consumer.ID, p.Provider.ID})
	}
	return t.recomputeIntegrations(pairs)
}

// deletePublications leaves the integrations as they are.
func (t *tx) deletePublications(ps []kernel.PactPublication) error {
	var versions []kernel.Row
	for _, p := range ps {
		versions = append(versions, p.ConsumerVersion.Row())
	}
	if err := t.LockLeft(kernel.ToChange, versions...); err != nil {
		return err
	}
	if err := t.lockHeadsOf(versions); err != nil {
		return err
	}
	for _, p := range ps {
		if err := t.run([]any{p.ConsumerVersion.ID, p.Provider.ID},
			`DELETE FROM head_pact WHERE provider_id = $2 AND kind = 1 AND ref_id IN (SELECT b.id `+headedBy("$1")+`)`,
			`DELETE FROM head_pact WHERE provider_id = $2 AND kind = 2 AND ref_id IN (SELECT id FROM tag_head WHERE version_id = $1)`,
			`DELETE FROM pact_current WHERE version_id = $1 AND provider_id = $2`,
			`DELETE FROM publication WHERE version_id = $1 AND provider_id = $2`); err != nil {
			return err
		}
	}
	return nil
}

// lockHeadsOf keeps the branches and tags where they are whose heads versions
// are.
func (t *tx) lockHeadsOf(versions []kernel.Row) error {
	if !t.postgres() || len(versions) == 0 {
		return nil
	}
	ids := make([]int64, len(versions))
	for i, v := range versions {
		ids[i] = v.ID
	}
	for _, query := range []string{
		`SELECT b.id FROM branch_version m JOIN branch b ON b.id = m.branch_id AND b.head_version_id = m.version_id
			WHERE m.version_id = ANY($1::bigint[]) ORDER BY b.id FOR NO KEY UPDATE OF b`,
		`SELECT id FROM tag_head WHERE version_id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE`,
	} {
		if err := t.q.Later(t.ctx, query, []any{ids}, nil); err != nil {
			return err
		}
	}
	return nil
}

// taggedPact is a publication with a tag for which it is the newest of its pair.
type taggedPact struct {
	id   int64
	name string
}

// newestTaggedPacts are the look-ups of them, by id and by semantic version. By id
// the way begins at the latest version with the tag, and the first step is enough
// unless that one has no pact of the pair.
var newestTaggedPacts = [2]*lookup[taggedPact]{
	newNewestTagged(`(SELECT NOT EXISTS (SELECT 1 FROM pact_current y WHERE y.provider_id = x.provider_id AND y.consumer_id = x.consumer_id
			AND y.version_id > x.version_id
			AND y.version_id <= (SELECT t.version_id FROM tag_head t WHERE t.pacticipant_id = x.consumer_id AND t.name = g.name)
			AND (SELECT EXISTS (SELECT 1 FROM tag h WHERE h.version_id = y.version_id AND h.name = g.name))))`),
	newNewestTagged(`NOT EXISTS (SELECT 1 FROM pact_current y
			JOIN version w ON w.id = y.version_id JOIN tag h ON h.version_id = y.version_id
			WHERE y.provider_id = x.provider_id AND y.consumer_id = x.consumer_id AND h.name = g.name
			AND (w.ord > v.ord OR w.ord = v.ord AND w.id > v.id))`),
}

func (t *tx) newestTagged() *lookup[taggedPact] {
	if t.store.options.OrderBySemver {
		return newestTaggedPacts[1]
	}
	return newestTaggedPacts[0]
}

func newNewestTagged(none string) *lookup[taggedPact] {
	return &lookup[taggedPact]{
		query: `SELECT x.id, g.name FROM publication x JOIN version v ON v.id = x.version_id JOIN tag g ON g.version_id = x.version_id
		WHERE x.id {ids} AND ` + none + ` ORDER BY x.id, g.name`,
		scan: func(_ *tx, row engine.Row) (p taggedPact, err error) { return p, row.Scan(&p.id, &p.name) },
		of:   func(p taggedPact) int64 { return p.id },
	}
}

func (t *tx) LatestTags(ps []kernel.PactPublication) (map[int64][]string, error) {
	ids := make([]int64, len(ps))
	for i, p := range ps {
		ids[i] = p.ID
	}
	found, err := t.newestTagged().find(t, ids)
	out := make(map[int64][]string, len(ps))
	for _, n := range found {
		out[n.id] = append(out[n.id], n.name)
	}
	return out, err
}
