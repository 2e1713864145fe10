package store

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

func scanContent(row engine.Row) (c kernel.Content, err error) {
	err = row.Scan(&c.ID, &c.ConsumerID, &c.ProviderID, &c.SHA, &c.Interactions, &c.Messages, stamp{&c.CreatedAt})
	return c, err
}

func (t *tx) FindContent(consumerID, providerID int64, sha string) (kernel.Content, error) {
	t.spare(anyAddition)
	t.recall()
	return one(t, scanContent, findContent, consumerID, providerID, sha)
}

const findContent = `SELECT id, consumer_id, provider_id, sha, interactions, messages, created_at
	FROM content WHERE consumer_id = $1 AND provider_id = $2 AND sha = $3`

func (t *tx) EnsureContent(c kernel.Content) (int64, bool, error) {
	if id, isNew, done, err := t.ensureForeseenContent(c); done {
		return id, isNew, err
	}
	found, err := t.FindContent(c.ConsumerID, c.ProviderID, c.SHA)
	if !kernel.IsNotFound(err) {
		return found.ID, false, err
	}
	id, err := t.insertContent(c)
	if err != nil || id != 0 {
		return id, true, err
	}
	found, err = t.FindContent(c.ConsumerID, c.ProviderID, c.SHA)
	if kernel.IsNotFound(err) {
		err = goneSince(kernel.RowContent)
	}
	return found.ID, false, err
}

// placedContent is the identity of a content, or the one that it is to get.
type placedContent struct {
	id    int64
	isNew bool
}

// placeContent finds a content, or takes an identity for it.
const placeContent = `SELECT COALESCE(k.id, nextval('content_id_seq')), k.id IS NULL FROM (SELECT 1) one
	LEFT JOIN content k ON k.consumer_id = $1 AND k.provider_id = $2 AND k.sha = $3`

// ensureForeseenContent is EnsureContent for who has foreseen it: nobody waits for
// the row of a content that is new.
func (t *tx) ensureForeseenContent(c kernel.Content) (id int64, isNew, done bool, err error) {
	key := []any{c.ConsumerID, c.ProviderID, c.SHA}
	if !t.foresees() || t.asking == nil && !t.knows(placeContent, key...) {
		return 0, false, false, nil
	}
	t.spare(anyAddition)
	t.recall()
	placed, err := one(t, func(row engine.Row) (p placedContent, err error) { return p, row.Scan(&p.id, &p.isNew) }, placeContent, key...)
	switch {
	case err != nil, !placed.isNew:
		return placed.id, false, true, err
	case t.asking != nil:
		return 0, false, true, errAhead
	}
	t.forget(placeContent, key...)
	t.forget(findContent, key...)
	t.guessed = true
	t.contents = append(t.contents, placed.id)
	return placed.id, true, true, t.exempt(newContent, func() error {
		return t.later(`WITH added AS (INSERT INTO content (id, consumer_id, provider_id, sha, interactions, messages, created_at)
			VALUES ($8, $1, $2, $3, $4, $5, $6) RETURNING id) INSERT INTO content_body (content_id, body) SELECT id, $7 FROM added`,
			append(key, c.Interactions, c.Messages, t.at(c.CreatedAt), c.Packed, placed.id)...)
	})
}

// insertContent stores a content with its body. It returns 0 if somebody else
// has just done so.
func (t *tx) insertContent(c kernel.Content) (id int64, err error) {
	const (
		add = `INSERT INTO content (consumer_id, provider_id, sha, interactions, messages, created_at)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`
		body = `INSERT INTO content_body (content_id, body) `
	)
	args := []any{c.ConsumerID, c.ProviderID, c.SHA, c.Interactions, c.Messages, t.at(c.CreatedAt)}
	if t.postgres() { // one way to the server instead of two
		err := t.row(`WITH added AS (`+add+` RETURNING id) `+body+`SELECT id, $7 FROM added RETURNING content_id`, append(args, c.Packed), &id)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, nil
		}
		return id, err
	}
	if id, err = t.insert(add, args...); err != nil || id == 0 {
		return 0, err
	}
	_, err = t.exec(body+`VALUES ($1, $2)`, id, c.Packed)
	return id, err
}

func (t *tx) Body(contentID int64) ([]byte, error) {
	found, err := bodiesOfContents.find(t, []int64{contentID})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 && !t.reading && t.postgres() {
		return nil, goneSince(kernel.RowContent) // no content is without
	}
	if len(found) == 0 {
		return nil, notFound()
	}
	return kernel.UnpackBody(found[0].packed)
}

// contentBody is the document of a content as it is stored.
type contentBody struct {
	content int64
	packed  []byte
}

var bodiesOfContents = &lookup[contentBody]{
	query: `SELECT content_id, body FROM content_body WHERE content_id {ids}`,
	scan: func(_ *tx, row engine.Row) (b contentBody, err error) {
		return b, row.Scan(&b.content, &b.packed)
	},
	of: func(b contentBody) int64 { return b.content },
}

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
	if len(f.VersionIDs) > 0 {
		t.spare(anyAddition &^ ofPacts)
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

// conditions is a PublicationFilter as SQL over pc, v and p. Its arguments come
// after those that there are.
type conditions struct {
	and   string // " AND …"
	args  []any
	plain bool // restricts nothing but the pair
}

// conditions writes a filter. Where it is for the pacts of one pair, latest first,
// consumer is the identity of that pair's consumer. Then each pact is looked at by
// itself in that order, from the first that the tag or the branch may have: the
// one that is wanted stands near there, however many the pair has.
func (t *tx) conditions(f kernel.PublicationFilter, consumer string, before ...any) conditions {
	c := conditions{plain: true, args: before}
	add := func(plain bool, condition string, args ...any) {
		marks := make([]any, len(args))
		for i, arg := range args {
			c.args = append(c.args, arg)
			marks[i] = fmt.Sprintf("$%d", len(c.args))
		}
		c.and += ` AND ` + fmt.Sprintf(condition, marks...)
		c.plain = c.plain && plain
	}
	switch single := f.ConsumerID != 0 && f.ProviderID != 0; {
	case single && f.ContentID != 0:
		// All pacts with a content are of its pair: the way is along those, latest first.
		add(true, `(SELECT o.consumer_id = %s AND o.provider_id = %s FROM content o WHERE o.id = pc.content_id)`, f.ConsumerID, f.ProviderID)
	case single:
		add(true, `pc.consumer_id = %s AND pc.provider_id = %s`, f.ConsumerID, f.ProviderID)
	case f.ConsumerID != 0:
		add(true, `pc.consumer_id = %s`, f.ConsumerID)
	case f.ProviderID != 0:
		add(true, `pc.provider_id = %s`, f.ProviderID)
	}
	if f.VersionID != 0 {
		add(false, `pc.version_id = %s`, f.VersionID)
	}
	if len(f.VersionIDs) > 0 {
		add(false, `pc.version_id `+strings.ReplaceAll(t.in(0), "$0", "%s"), t.ids(f.VersionIDs))
	}
	if f.ContentID != 0 {
		add(false, `pc.content_id = %s`, f.ContentID)
	}
	if f.Tag != "" {
		add(false, t.taggedOf(consumer), f.Tag)
	}
	if f.Untagged {
		add(false, t.untaggedOf(consumer))
	}
	if f.Branch != "" {
		condition, args := t.onBranchOf(f, consumer)
		add(false, condition, args...)
	}
	if f.MainBranch {
		condition, args := t.onMainBranch(f)
		add(false, condition, args...)
	}
	if f.Before != nil {
		if t.store.options.OrderBySemver {
			add(false, t.ordKey("v")+` < %s`, f.Before.Order)
		} else {
			add(false, `pc.version_id < %s`, f.Before.ID)
		}
	}
	return c
}

// taggedOf is the condition that the version of pc has a tag.
func (t *tx) taggedOf(consumer string) string {
	if consumer == "" {
		return `pc.version_id IN (SELECT g.version_id FROM tag g WHERE g.name = %s)`
	}
	from := ""
	if !t.store.options.OrderBySemver {
		from = `pc.version_id <= (SELECT h.version_id FROM tag_head h WHERE h.pacticipant_id = ` + consumer + ` AND h.name = %[1]s) AND `
	}
	return from + `(SELECT EXISTS (SELECT 1 FROM tag g WHERE g.version_id = pc.version_id AND g.name = %[1]s))`
}

// untaggedOf is the condition that the version of pc has no tag.
func (t *tx) untaggedOf(consumer string) string {
	const none = `NOT EXISTS (SELECT 1 FROM tag g WHERE g.version_id = pc.version_id)`
	if consumer == "" {
		return none
	}
	return `(SELECT ` + none + `)`
}

// onBranchOf is the condition that the version of pc is on a branch, or its head,
// with its arguments.
func (t *tx) onBranchOf(f kernel.PublicationFilter, consumer string) (string, []any) {
	branch := `(SELECT b.id FROM branch b WHERE b.pacticipant_id = ` + consumer + ` AND b.name = %[1]s)`
	switch {
	case consumer != "" && f.HeadOnly:
		return `pc.version_id = (SELECT b.head_version_id FROM branch b WHERE b.pacticipant_id = ` + consumer + ` AND b.name = %s)`, []any{f.Branch}
	case consumer != "":
		return `pc.version_id <= (SELECT MAX(m.version_id) FROM branch_version m WHERE m.branch_id = ` + branch + `)
			AND (SELECT EXISTS (SELECT 1 FROM branch_version m WHERE m.branch_id = ` + branch + ` AND m.version_id = pc.version_id))`, []any{f.Branch}
	case f.HeadOnly && f.ProviderID != 0:
		return `pc.version_id ` + t.oneOf(`SELECT b.head_version_id FROM integration n `+t.outerFirst()+` branch b ON b.pacticipant_id = n.consumer_id
			AND b.name = %s WHERE n.provider_id = %s`), []any{f.Branch, f.ProviderID}
	case f.HeadOnly:
		return `pc.version_id ` + t.oneOf(`SELECT b.head_version_id FROM branch b WHERE b.name = %s`), []any{f.Branch}
	}
	return `pc.version_id IN (SELECT bv.version_id FROM branch b JOIN branch_version bv ON bv.branch_id = b.id WHERE b.name = %s)`, []any{f.Branch}
}

// onMainBranch is onBranchOf for the branch that the consumer calls its main one.
func (t *tx) onMainBranch(f kernel.PublicationFilter) (string, []any) {
	switch {
	case f.HeadOnly && f.ProviderID != 0:
		return `pc.version_id ` + t.oneOf(`SELECT b.head_version_id FROM integration n `+t.outerFirst()+` pacticipant m ON m.id = n.consumer_id
			`+t.outerFirst()+` branch b ON b.pacticipant_id = m.id AND b.name = m.main_branch WHERE n.provider_id = %s`), []any{f.ProviderID}
	case f.HeadOnly:
		return `pc.version_id ` + t.oneOf(`SELECT b.head_version_id FROM pacticipant m `+t.outerFirst()+` branch b ON b.pacticipant_id = m.id AND b.name = m.main_branch`), nil
	}
	return `pc.version_id IN (SELECT bv.version_id FROM branch b JOIN branch_version bv ON bv.branch_id = b.id WHERE b.pacticipant_id = p.id AND b.name = p.main_branch)`, nil
}

// oneOf is the condition to be in a list that another query makes first. On
// PostgreSQL it comes as an array: planners guess the length of a joined list by the
// history that it stands beside, and then go through that.
func (t *tx) oneOf(query string) string {
	if t.postgres() {
		return `= ANY(ARRAY(` + query + `))`
	}
	return `IN (` + query + `)`
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
