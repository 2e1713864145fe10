package store

import (
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// pastFacts answer as of a moment, from the recorded history. What was deleted
// since, and what a main branch was called then, is not recorded. They read
// more than the facts of now: every revision and result of what is asked for.
type pastFacts struct {
	facts
	at time.Time
}

// pastSelections are selections as of the moment in $3.
var pastSelections = map[matrix.CriterionKind]string{
	matrix.ByNumber: `FROM {each} w {join} version v ON v.pacticipant_id = w.value AND v.number = $2 WHERE v.created_at <= $3`,
	matrix.ByTag: `FROM tag t JOIN version v ON v.id = t.version_id
		WHERE t.name = $2 AND v.pacticipant_id {ids} AND t.created_at <= $3`,
	matrix.ByTagHead: `FROM {each} w {join} version v ON v.id {is}
		SELECT l.id FROM version l JOIN tag t ON t.version_id = l.id AND t.name = $2
			WHERE l.pacticipant_id = w.value AND t.created_at <= $3 {latest} LIMIT 1{found}`,
	matrix.ByBranch: `FROM {each} w {join} branch b ON b.pacticipant_id = w.value AND b.name = $2
		{join} branch_version bv ON bv.branch_id = b.id {join} version v ON v.id = bv.version_id WHERE bv.created_at <= $3`,
	matrix.ByBranchHead: `FROM {each} w {join} branch b ON b.pacticipant_id = w.value AND b.name = $2
		{join} version v ON v.id = {head}`,
	matrix.ByMainBranch: `FROM {each} w {join} pacticipant p ON p.id = w.value AND p.main_branch > $2
		{join} branch b ON b.pacticipant_id = p.id AND b.name = p.main_branch
		{join} branch_version bv ON bv.branch_id = b.id {join} version v ON v.id = bv.version_id WHERE bv.created_at <= $3`,
	matrix.ByMainBranchHead: `FROM {each} w {join} pacticipant p ON p.id = w.value AND p.main_branch > $2
		{join} branch b ON b.pacticipant_id = p.id AND b.name = p.main_branch
		{join} version v ON v.id = {head}`,
	matrix.ByLatest: `FROM {each} w {join} version v ON v.id {is}
		SELECT l.id FROM version l WHERE l.pacticipant_id = w.value AND l.created_at <= $3 {latest} LIMIT 1{found} AND v.number <> $2`,
}

// liveThen is what was in an environment at the moment in $3: whether as a candidate only
// is behind the columns of the version.
const liveThen = `SELECT ` + gateVersionColumns + `, l.candidate FROM (
		SELECT d.version_id, d.rollout <> '' AND (d.promoted_at IS NULL OR d.promoted_at > $3) AS candidate FROM deployed_version d
			WHERE d.pacticipant_id {ids} AND d.environment_id = (SELECT id FROM environment WHERE name = $2)
			AND d.created_at <= $3 AND (d.undeployed_at IS NULL OR d.undeployed_at > $3)
		UNION ALL SELECT r.version_id, FALSE FROM released_version r
			WHERE r.pacticipant_id {ids} AND r.environment_id = (SELECT id FROM environment WHERE name = $2)
			AND r.created_at <= $3 AND (r.ended_at IS NULL OR r.ended_at > $3)) l
	JOIN version v ON v.id = l.version_id`

// headThen is the head of branch b at the moment in $3.
const headThen = `(SELECT m.version_id FROM branch_version m WHERE m.branch_id = b.id AND m.created_at <= $3 ORDER BY m.seq DESC LIMIT 1)`

// ListSelectedVersions implements matrix.Reader.
func (f pastFacts) ListSelectedVersions(pacticipants []int64, by matrix.Criterion) ([]matrix.Version, error) {
	if len(pacticipants) == 0 {
		return nil, nil
	}
	text, scan := `SELECT `+gateVersionColumns+` `+pastSelections[by.Kind], f.t.scanMatrixVersion
	if by.Kind == matrix.ByEnvironment {
		text, scan = liveThen, f.t.scanLiveVersion
	}
	query := strings.NewReplacer("{each}", f.t.each(1), "{join}", f.t.outerFirst(), "{ids}", f.t.in(1), "{head}", headThen,
		"{latest}", f.t.latestFirst("l", "l.id"), "{is}", f.t.is(), "{found}", f.t.found()).
		Replace(text)
	found, err := all(f.t, scan, query, f.t.ids(pacticipants), by.Name, f.t.at(f.at))
	return f.t.eachOnce(found), err
}

// ListProvidersOf implements matrix.Reader, by the publications of then.
func (f pastFacts) ListProvidersOf(consumerVersions, consumers []int64) ([]matrix.Integration, error) {
	publications, err := f.ListPublications(matrix.PublicationQuery{ConsumerVersions: consumerVersions, Consumers: consumers})
	return integrationsOf(publications), err
}

// ListConsumersOf implements matrix.Reader, by the publications of then.
func (f pastFacts) ListConsumersOf(providers []int64) ([]matrix.Integration, error) {
	if len(providers) == 0 {
		return nil, nil
	}
	publications, err := f.ListPublications(matrix.PublicationQuery{Providers: providers})
	return integrationsOf(publications), err
}

// droppedThen is droppedPacts as of the moment in $2, by all revisions.
var droppedThen = newDropped(`SELECT v.id, p.id, p.name, p.main_branch,
		NOT EXISTS (SELECT 1 FROM publication a WHERE a.version_id = v.id AND a.created_at <= {name})
	FROM {each} w {join} version v ON v.id = w.value {join} integration i ON i.consumer_id = v.pacticipant_id {join} pacticipant p ON p.id = i.provider_id
	WHERE NOT EXISTS (SELECT 1 FROM publication k WHERE k.version_id = v.id AND k.provider_id = i.provider_id AND k.created_at <= {name})
		AND EXISTS (SELECT 1 FROM pact_current e JOIN publication x ON x.version_id = e.version_id AND x.provider_id = e.provider_id AND x.created_at <= {name}
			WHERE e.provider_id = i.provider_id AND e.consumer_id = i.consumer_id AND e.version_id < v.id)`)

// ListDropped implements matrix.Reader.
func (f pastFacts) ListDropped(consumerVersions []int64) ([]matrix.Dropped, error) {
	return f.dropped(droppedThen, consumerVersions, f.t.at(f.at))
}

func integrationsOf(publications []matrix.Publication) []matrix.Integration {
	type pair struct{ consumer, provider int64 }
	seen := map[pair]bool{}
	var out []matrix.Integration
	for _, p := range publications {
		if key := (pair{p.Consumer.ID, p.Provider.ID}); !seen[key] {
			seen[key] = true
			out = append(out, matrix.Integration{Consumer: p.Consumer, Provider: p.Provider})
		}
	}
	return out
}

// ListPublications implements matrix.Reader. An empty question selects nothing.
func (f pastFacts) ListPublications(q matrix.PublicationQuery) ([]matrix.Publication, error) {
	if len(q.Pairs)+len(q.ConsumerVersions)+len(q.Consumers)+len(q.Contents)+len(q.Providers) == 0 {
		return nil, nil
	}
	every := q
	every.EveryRevision = true
	found, err := f.facts.ListPublications(every)
	if err != nil {
		return nil, err
	}
	type key struct{ version, provider int64 }
	at := map[key]int{}
	var out []matrix.Publication
	for _, p := range found {
		if p.CreatedAt.After(f.at) {
			continue
		}
		i, seen := at[key{p.ConsumerVersion.ID, p.Provider.ID}]
		switch {
		case q.EveryRevision || !seen:
			at[key{p.ConsumerVersion.ID, p.Provider.ID}] = len(out)
			out = append(out, p)
		case p.Revision > out[i].Revision:
			out[i] = p
		}
	}
	return out, nil
}

// ListResults implements matrix.Reader.
func (f pastFacts) ListResults(q matrix.ResultQuery) ([]matrix.Result, error) {
	every := q
	every.EveryResult = true
	found, err := f.facts.ListResults(every)
	if err != nil {
		return nil, err
	}
	at := map[matrix.Pair]int{}
	var out []matrix.Result
	for _, r := range found {
		if r.CreatedAt.After(f.at) {
			continue
		}
		key := matrix.Pair{Content: r.ContentID, ProviderVersion: r.ProviderVersion.ID}
		i, seen := at[key]
		switch {
		case q.EveryResult || !seen:
			at[key] = len(out)
			out = append(out, r)
		case r.ID > out[i].ID:
			out[i] = r
		}
	}
	return out, nil
}
