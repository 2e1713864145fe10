package store

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// facts is the matrix.Reader of a transaction. Each of its statements reaches
// every row by a key of an index, which TestNoHotQueryScans holds it to.
type facts struct{ t *tx }

// MatrixFacts implements kernel.MatrixReader.
func (t *tx) MatrixFacts(at time.Time) matrix.Reader {
	if at.IsZero() {
		return facts{t}
	}
	return pastFacts{facts{t}, at}
}

// FindPacticipants implements matrix.Reader. It goes by the name one at a time,
// so that names compare as everywhere else.
func (f facts) FindPacticipants(names []string) (map[string]matrix.Pacticipant, error) {
	out := make(map[string]matrix.Pacticipant, len(names))
	for _, name := range names {
		if _, done := out[name]; done {
			continue
		}
		p, err := f.t.FindPacticipant(name)
		if kernel.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out[name] = matrix.Pacticipant{ID: p.ID, Name: p.Name, MainBranch: p.MainBranch}
	}
	return out, nil
}

// gateVersionColumns are read by scanMatrixVersion.
const gateVersionColumns = `v.id, v.pacticipant_id, v.number, v.ord, v.created_at`

func (t *tx) scanMatrixVersion(row engine.Row) (matrix.Version, error) {
	var v matrix.Version
	err := row.Scan(versionFields(&v)...)
	v.Order = t.orderOf(v.Order, v.ID)
	return v, err
}

// scanLiveVersion reads whether the version is a candidate behind gateVersionColumns.
func (t *tx) scanLiveVersion(row engine.Row) (matrix.Version, error) {
	var v matrix.Version
	err := row.Scan(append(versionFields(&v), &v.Candidate)...)
	v.Order = t.orderOf(v.Order, v.ID)
	return v, err
}

func versionFields(v *matrix.Version) []any {
	return []any{&v.ID, &v.PacticipantID, &v.Number, &v.Order, stamp{&v.CreatedAt}}
}

// selections are the look-ups for each kind of criterion, by pacticipant. Heads are
// looked up pacticipant by pacticipant whatever a planner thinks of small tables.
var selections = map[matrix.CriterionKind]*lookup[matrix.Version]{
	matrix.ByNumber: newSelection(`FROM {each} w {join} version v ON v.pacticipant_id = w.value AND v.number = {name}`),
	matrix.ByTag: newSelection(`FROM tag t JOIN version v ON v.id = t.version_id
		WHERE t.name = {name} AND v.pacticipant_id {ids}`),
	matrix.ByTagHead: newSelection(`FROM {each} w {join} tag_head h ON h.pacticipant_id = w.value AND h.name = {name}
		{join} version v ON v.id = h.version_id`),
	matrix.ByBranch: newSelection(`FROM {each} w {join} branch b ON b.pacticipant_id = w.value AND b.name = {name}
		{join} branch_version bv ON bv.branch_id = b.id {join} version v ON v.id = bv.version_id`),
	matrix.ByBranchHead: newSelection(`FROM {each} w {join} branch b ON b.pacticipant_id = w.value AND b.name = {name}
		{join} version v ON v.id = b.head_version_id`),
	matrix.ByMainBranch: newSelection(`FROM {each} w {join} pacticipant p ON p.id = w.value AND p.main_branch > {name}
		{join} branch b ON b.pacticipant_id = p.id AND b.name = p.main_branch
		{join} branch_version bv ON bv.branch_id = b.id {join} version v ON v.id = bv.version_id`),
	matrix.ByMainBranchHead: newSelection(`FROM {each} w {join} pacticipant p ON p.id = w.value AND p.main_branch > {name}
		{join} branch b ON b.pacticipant_id = p.id AND b.name = p.main_branch
		{join} version v ON v.id = b.head_version_id`),
	matrix.ByEnvironment: {
		query: `SELECT ` + gateVersionColumns + `, d.rollout <> '' FROM {each} w {join} deployed_current d ON d.pacticipant_id = w.value
			AND d.environment_id = (SELECT id FROM environment WHERE name = {name})
			{join} version v ON v.id = d.version_id
		UNION ALL SELECT ` + gateVersionColumns + `, FALSE FROM {each} w {join} released_version r ON r.pacticipant_id = w.value
			AND r.environment_id = (SELECT id FROM environment WHERE name = {name}) AND r.ended_at IS NULL
			{join} version v ON v.id = r.version_id`,
		scan: (*tx).scanLiveVersion,
		of:   func(v matrix.Version) int64 { return v.PacticipantID },
	},
	matrix.ByLatest: newSelection(`FROM {each} w {join} version v ON v.id {is}
		SELECT l.id FROM version l WHERE l.pacticipant_id = w.value {latest} LIMIT 1{found} AND v.number <> {name}`),
}

func newSelection(from string) *lookup[matrix.Version] {
	return &lookup[matrix.Version]{
		query: `SELECT ` + gateVersionColumns + ` ` + from,
		scan:  (*tx).scanMatrixVersion,
		of:    func(v matrix.Version) int64 { return v.PacticipantID },
	}
}

// Together implements matrix.Reader.
func (f facts) Together(looks ...func() error) error { return f.t.Together(looks...) }

// ListSelectedVersions implements matrix.Reader.
func (f facts) ListSelectedVersions(pacticipants []int64, by matrix.Criterion) ([]matrix.Version, error) {
	if len(pacticipants) == 0 {
		return nil, nil
	}
	found, err := selections[by.Kind].find(f.t, pacticipants, by.Name)
	return f.t.eachOnce(found), err
}

// eachOnce notes the versions and drops repetitions: a version may be deployed
// and released.
func (t *tx) eachOnce(found []matrix.Version) []matrix.Version {
	at := make(map[int64]int, len(found))
	out := found[:0]
	for _, v := range found {
		i, seen := at[v.ID]
		if seen {
			out[i].Candidate = out[i].Candidate && v.Candidate
			continue
		}
		at[v.ID] = len(out)
		out = append(out, v)
		v.Candidate = false // that is so of one environment
		t.known.version(v)
	}
	return out
}

// pairColumns are the consumer c and the provider p of a pair, after the identity
// by which it was found.
const pairColumns = `c.id, c.name, c.main_branch, p.id, p.name, p.main_branch`

// foundPair is an integration with the identity by which it was found.
type foundPair struct {
	by int64
	matrix.Integration
}

func newPairLookup(by, from string) *lookup[foundPair] {
	return &lookup[foundPair]{
		query: `SELECT ` + by + `, ` + pairColumns + ` FROM ` + from,
		scan: func(_ *tx, row engine.Row) (p foundPair, err error) {
			return p, row.Scan(&p.by, &p.Consumer.ID, &p.Consumer.Name, &p.Consumer.MainBranch, &p.Provider.ID, &p.Provider.Name, &p.Provider.MainBranch)
		},
		of: func(p foundPair) int64 { return p.by },
	}
}

var (
	providersOfVersions = newPairLookup("pc.version_id", `pact_current pc
		JOIN pacticipant c ON c.id = pc.consumer_id JOIN pacticipant p ON p.id = pc.provider_id
		WHERE pc.version_id {ids}`)
	providersOfConsumers = newPairLookup("i.consumer_id", `integration i
		JOIN pacticipant c ON c.id = i.consumer_id JOIN pacticipant p ON p.id = i.provider_id
		WHERE i.consumer_id {ids} AND EXISTS (
			SELECT 1 FROM pact_current pc WHERE pc.consumer_id = i.consumer_id AND pc.provider_id = i.provider_id)`)
	consumersOfProviders = newPairLookup("i.provider_id", `integration i
		JOIN pacticipant c ON c.id = i.consumer_id JOIN pacticipant p ON p.id = i.provider_id
		WHERE i.provider_id {ids}`)
)

// ListProvidersOf implements matrix.Reader.
func (f facts) ListProvidersOf(consumerVersions, consumers []int64) ([]matrix.Integration, error) {
	var out []matrix.Integration
	for _, part := range []struct {
		ids  []int64
		find *lookup[foundPair]
	}{{consumerVersions, providersOfVersions}, {consumers, providersOfConsumers}} {
		if len(part.ids) == 0 {
			continue
		}
		found, err := part.find.find(f.t, part.ids)
		if err != nil {
			return nil, err
		}
		pairs := sortedPairs(found, func(i matrix.Integration) string { return i.Provider.Name })
		out = append(out, slices.CompactFunc(pairs, func(a, b matrix.Integration) bool { return a == b })...)
	}
	f.t.learnFrom(out)
	return out, nil
}

// sortedPairs are sorted by a name, then by identity: equal pairs stand together.
func sortedPairs(found []foundPair, name func(matrix.Integration) string) []matrix.Integration {
	list := make([]matrix.Integration, len(found))
	for i, p := range found {
		list[i] = p.Integration
	}
	slices.SortFunc(list, func(a, b matrix.Integration) int {
		return cmp.Or(strings.Compare(name(a), name(b)), cmp.Compare(a.Consumer.ID, b.Consumer.ID), cmp.Compare(a.Provider.ID, b.Provider.ID))
	})
	return list
}

// droppedPacts finds by key, of each version and each provider of its
// pacticipant, a pact of an earlier version where there is none of its own.
var droppedPacts = newDropped(`SELECT v.id, p.id, p.name, p.main_branch, NOT EXISTS (SELECT 1 FROM pact_current a WHERE a.version_id = v.id)
	FROM {each} w {join} version v ON v.id = w.value {join} integration i ON i.consumer_id = v.pacticipant_id {join} pacticipant p ON p.id = i.provider_id
	WHERE NOT EXISTS (SELECT 1 FROM pact_current k WHERE k.version_id = v.id AND k.provider_id = i.provider_id)
		AND EXISTS (SELECT 1 FROM pact_current e WHERE e.provider_id = i.provider_id AND e.consumer_id = i.consumer_id AND e.version_id < v.id)`)

func newDropped(query string) *lookup[matrix.Dropped] {
	return &lookup[matrix.Dropped]{
		query: query,
		scan: func(_ *tx, row engine.Row) (d matrix.Dropped, err error) {
			return d, row.Scan(&d.ConsumerVersion, &d.Provider.ID, &d.Provider.Name, &d.Provider.MainBranch, &d.All)
		},
		of: func(d matrix.Dropped) int64 { return d.ConsumerVersion },
	}
}

// ListDropped implements matrix.Reader.
func (f facts) ListDropped(consumerVersions []int64) ([]matrix.Dropped, error) {
	return f.dropped(droppedPacts, consumerVersions)
}

// dropped answers ListDropped.
func (f facts) dropped(look *lookup[matrix.Dropped], consumerVersions []int64, more ...any) ([]matrix.Dropped, error) {
	if len(consumerVersions) == 0 {
		return nil, nil
	}
	found, err := look.find(f.t, consumerVersions, more...)
	slices.SortFunc(found, func(a, b matrix.Dropped) int {
		return cmp.Or(cmp.Compare(a.ConsumerVersion, b.ConsumerVersion), strings.Compare(a.Provider.Name, b.Provider.Name))
	})
	return found, err
}

// withIDs puts the condition for the ids in $1, or the table of them, into a
// statement, and returns it with the value of $1. SQLite reads a list as JSON, which
// costs more than most of what is looked up by it: a single identity stands there as
// itself.
func (t *tx) withIDs(query string, ids []int64) (string, any) {
	condition, table, value := t.in(1), t.each(1), t.ids
	if len(ids) == 1 && !t.postgres() {
		condition, table, value = `= `+oneID, `(SELECT `+oneID+` AS value)`, func(ids []int64) any { return ids[0] }
	}
	return t.text(idsText{query, condition}, func() string {
		return strings.NewReplacer("{ids}", condition, "{each}", table, "{join}", t.outerFirst(), "{name}", "$2",
			"{latest}", t.latestFirst("l", "l.id"), "{is}", t.is(), "{found}", t.found()).Replace(query)
	}), value(ids)
}

// oneID is an identity in $1. SQLite plans a statement anew for an identity of 1,
// unless it cannot tell.
const oneID = `CAST($1 AS BIGINT)`

// idsText is what the text of a statement with identities is made of.
type idsText struct{ query, condition string }

// is and found stand around a query for the one value that something is equal to. On
// PostgreSQL it is the only member of an array, so that the value is looked up: as a
// plain value it may be joined with all there are, which planners take for cheap
// while there are few.
func (t *tx) is() string {
	if t.postgres() {
		return `= ANY(ARRAY[(`
	}
	return `= (`
}

func (t *tx) found() string {
	if t.postgres() {
		return `)])`
	}
	return `)`
}

// lookedUp is a condition that a key is equal to the value of a row before it in the
// join, by which it is looked up for each of these rows. It is for few rows that are
// joined with what grows with history: a planner that takes them for more than they
// are would go through all of it.
func (t *tx) lookedUp(key, value string) string { return key + ` ` + t.is() + value + t.found() }

// lookedUpAll does the same for all that joins name by its identity.
func (t *tx) lookedUpAll(joins string) string {
	if !t.postgres() {
		return joins
	}
	return t.text(joinsText(joins), func() string {
		return strings.NewReplacer("{is}", t.is(), "{found}", t.found()).Replace(lookingUp(joins))
	})
}

// joinsText is what the text of joins is made of.
type joinsText string

// lookingUp writes lookedUp into joins that are part of a look-up by identities.
func lookingUp(joins string) string {
	return namedByID.ReplaceAllString(joins, "$1 {is}$2{found}")
}

var namedByID = regexp.MustCompile(`(\w\.id) = (\w\.\w+)`)

// ListConsumersOf implements matrix.Reader.
func (f facts) ListConsumersOf(providers []int64) ([]matrix.Integration, error) {
	if len(providers) == 0 {
		return nil, nil
	}
	found, err := consumersOfProviders.find(f.t, providers)
	if err != nil {
		return nil, err
	}
	pairs := sortedPairs(found, func(i matrix.Integration) string { return i.Consumer.Name })
	f.t.learnFrom(pairs)
	return pairs, nil
}

func (t *tx) learnFrom(integrations []matrix.Integration) {
	for _, i := range integrations {
		t.known.party(i.Consumer)
		t.known.party(i.Provider)
	}
}

// ListPublications implements matrix.Reader.
func (f facts) ListPublications(q matrix.PublicationQuery) (found []matrix.Publication, err error) {
	looks := append(f.t.describeAhead(), func() (err error) {
		found, err = f.listPublications(q)
		return err
	})
	err = f.t.Together(looks...)
	if f.t.foresight.results != nil && !q.EveryRevision {
		f.t.foresight.pacts = found
	}
	return found, err
}

func (f facts) listPublications(q matrix.PublicationQuery) ([]matrix.Publication, error) {
	parts := []struct {
		ids    []int64
		column string
	}{
		{q.ConsumerVersions, "version_id"}, {q.Consumers, "consumer_id"}, {q.Contents, "content_id"},
	}
	if len(q.Pairs)+len(q.ConsumerVersions)+len(q.Consumers)+len(q.Contents) == 0 {
		parts = append(parts[:0], struct {
			ids    []int64
			column string
		}{q.Providers, "provider_id"})
	}
	var rows []publicationRow
	seen := map[int64]bool{}
	if len(q.Pairs) > 0 {
		found, err := all(f.t, scanPublicationRow, f.t.publicationsOfPairs(q.EveryRevision), f.t.versionPairArgs(q.Pairs)...)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			seen[r.publication.ID] = true
		}
		rows = found
	}
	for _, part := range parts {
		if len(part.ids) == 0 {
			continue
		}
		query, args := f.t.publicationQuery(part.column, part.ids, q)
		found, err := all(f.t, scanPublicationRow, query, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			if !seen[r.publication.ID] {
				seen[r.publication.ID] = true
				rows = append(rows, r)
			}
		}
	}
	return f.t.completePublications(rows)
}

// publicationRow is a publication with the identities of what it names.
type publicationRow struct {
	publication                 matrix.Publication
	consumer, provider, version int64
}

func scanPublicationRow(row engine.Row) (publicationRow, error) {
	var r publicationRow
	p := &r.publication
	return r, row.Scan(&p.ID, &p.ContentID, &p.SHA, &p.Revision, stamp{&p.CreatedAt}, &r.consumer, &r.provider, &r.version)
}

func (t *tx) completePublications(rows []publicationRow) ([]matrix.Publication, error) {
	parties, versions := make([]int64, 0, 2*len(rows)), make([]int64, 0, len(rows))
	for _, r := range rows {
		parties, versions = append(parties, r.consumer, r.provider), append(versions, r.version)
	}
	if err := t.learnBoth(parties, versions); err != nil {
		return nil, err
	}
	out := make([]matrix.Publication, len(rows))
	for i, r := range rows {
		out[i] = r.publication
		out[i].Consumer, out[i].Provider = t.known.parties[r.consumer], t.known.parties[r.provider]
		out[i].ConsumerVersion = t.known.versions[r.version]
	}
	return out, nil
}

const gatePublicationColumns = `SELECT pub.id, pub.content_id, ct.sha, pub.revision, pub.created_at, pub.consumer_id, pub.provider_id, pub.version_id`

// publicationsOfPairs looks up each consumer version with each provider by key.
func (t *tx) publicationsOfPairs(every bool) string {
	source := `pact_current k ON k.version_id = w.a AND k.provider_id = w.b JOIN publication pub ON pub.id = k.publication_id`
	if every {
		source = `publication pub ON pub.version_id = w.a AND pub.provider_id = w.b`
	}
	return gatePublicationColumns + ` FROM ` + t.pairTable() + ` ` + t.outerFirst() + ` ` + source + ` JOIN content ct ON ct.id = pub.content_id`
}

func (t *tx) versionPairArgs(pairs []matrix.VersionPair) []any {
	list := make([][2]int64, len(pairs))
	for i, p := range pairs {
		list[i] = [2]int64{p.ConsumerVersion, p.Provider}
	}
	return t.pairList(list)
}

// publicationQuery writes the statement for publications by one column. Both
// sources give a row its publication pub.
func (t *tx) publicationQuery(column string, ids []int64, q matrix.PublicationQuery) (string, []any) {
	source, key := `pact_current k JOIN publication pub ON pub.id = k.publication_id`, "k."
	if q.EveryRevision {
		source, key = `publication pub`, "pub."
	}
	where := key + column + ` ` + t.in(1)
	args := []any{t.ids(ids)}
	if q.Providers != nil && column != "provider_id" {
		args = append(args, t.ids(q.Providers))
		where += ` AND ` + key + `provider_id ` + t.in(2)
	} else if column == "consumer_id" && q.EveryRevision {
		where += ` AND pub.provider_id IN (SELECT i.provider_id FROM integration i WHERE i.consumer_id ` + t.in(1) + `)`
	}
	limit := ""
	if q.Max > 0 {
		limit = fmt.Sprintf(` ORDER BY %sversion_id DESC LIMIT %d`, key, q.Max)
	}
	return gatePublicationColumns + ` FROM ` + source + ` JOIN content ct ON ct.id = pub.content_id
		WHERE ` + where + limit, args
}
