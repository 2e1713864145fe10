package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

func (t *tx) AddVerification(n kernel.NewVerification) (kernel.Verification, error) {
	if t.asking != nil {
		t.askAroundResult(n)
		return kernel.Verification{}, errAhead
	}
	// The version's lock keeps its branches and tags where they are.
	if err := t.lockVersion(n.ProviderVersion.ID); err != nil {
		return kernel.Verification{}, err
	}
	t.contents = slices.DeleteFunc(t.contents, func(id int64) bool { return id == n.ContentID })
	f := t.freshly(n.ProviderVersion.ID)
	var id int64
	if err := t.exemptIf(f != nil, resultOfFresh, func() (err error) {
		id, err = t.insertResult(n)
		return err
	}); err != nil {
		return kernel.Verification{}, err
	}
	if err := t.noteResult(id, n); err != nil {
		return kernel.Verification{}, err
	}
	v, err := t.describeResult(id, n)
	if err == nil {
		t.touch(v.Consumer.ID, v.Provider.ID, 0, n.At)
	}
	return v, err
}

// noteResult moves the derived rows of the content forward.
func (t *tx) noteResult(id int64, n kernel.NewVerification) error {
	if f := t.freshly(n.ProviderVersion.ID); f != nil {
		f.held = true
		if f.plain() { // so it is on no main branch, and counts for none
			t.moveState(id, n, false)
			return nil
		}
	}
	if err := t.keepMain(n.ProviderVersion.Pacticipant.ID); err != nil {
		return err
	}
	main, err := t.exists(onMain, n.ProviderVersion.ID)
	if err != nil {
		return err
	}
	t.moveState(id, n, main)
	if !n.Success {
		return nil
	}
	return t.addSuccess(n)
}

const onMain = `SELECT 1 FROM branch_version bv JOIN branch b ON b.id = bv.branch_id
	JOIN pacticipant p ON p.id = b.pacticipant_id AND p.main_branch = b.name WHERE bv.version_id = $1`

// askAroundResult asks what storing a result will, of a version that is locked
// ahead or new.
func (t *tx) askAroundResult(n kernel.NewVerification) {
	existing := t.held[n.ProviderVersion.Row()] >= kernel.ToChange
	if existing { // the lock first: what is asked before it does not hold after it
		_ = t.keepMain(n.ProviderVersion.Pacticipant.ID)
	}
	t.identity("verification", "")
	_ = t.addConsumerVersion(&kernel.Verification{ContentID: n.ContentID}) // what it says comes later
	if version := n.ProviderVersion; existing {
		_, _ = t.exists(onMain, version.ID)
		for _, scope := range scopes {
			_, _ = t.refsOf(scope, version)
		}
	}
}

// describeResult returns the result as it was stored.
func (t *tx) describeResult(id int64, n kernel.NewVerification) (kernel.Verification, error) {
	if n.SHA == "" {
		return t.findVerification(`WHERE f.id = $1`, id)
	}
	v := kernel.Verification{
		ID: id, Number: id, ContentID: n.ContentID, SHA: n.SHA, Consumer: n.Consumer, Provider: n.ProviderVersion.Pacticipant,
		ProviderVersion: n.ProviderVersion, Success: n.Success, Telling: n.Telling, WIP: n.WIP, Pending: n.Pending, BuildURL: n.BuildURL,
		ExecutedAt: n.ExecutedAt, CreatedAt: n.At,
	}
	return v, t.addConsumerVersion(&v)
}

// insertResult stores a result with its details and makes it the current one of
// its content and version.
func (t *tx) insertResult(n kernel.NewVerification) (id int64, err error) {
	selectors, err := selectorsText(n.Selectors)
	if err != nil {
		return 0, err
	}
	const (
		result  = `content_id, provider_version_id, success, wip, pending, build_url, executed_at, created_at, telling`
		add     = `INSERT INTO verification (` + result + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
		detail  = `INSERT INTO verification_detail (verification_id, test_results, verified_by, selectors) `
		current = `INSERT INTO verification_current (content_id, provider_version_id, verification_id, success) `
		instead = ` ON CONFLICT (content_id, provider_version_id) DO UPDATE SET
			verification_id = excluded.verification_id, success = excluded.success`
	)
	args := []any{n.ContentID, n.ProviderVersion.ID, n.Success, n.WIP, n.Pending, n.BuildURL, t.at(n.ExecutedAt), t.at(n.At), int(n.Telling)}
	detailed := n.TestResults != nil || n.VerifiedBy != nil || selectors != nil
	if t.postgres() { // one way to the server instead of three
		id, ahead := t.identity("verification", "")
		columns, values := ``, ``
		if ahead {
			args = append(args, id)
			columns, values = `id, `, `$10, `
		}
		query := `WITH added AS (INSERT INTO verification (` + columns + result + `) VALUES (` + values + `$1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id, content_id, provider_version_id, success)`
		if detailed {
			at := len(args)
			query += fmt.Sprintf(`, detailed AS (`+detail+`SELECT id, $%d, $%d, $%d FROM added)`, at+1, at+2, at+3)
			args = append(args, n.TestResults, n.VerifiedBy, selectors)
		}
		if ahead {
			return id, t.later(query+current+`SELECT content_id, provider_version_id, id, success FROM added`+instead, args...)
		}
		err = t.row(query+current+`SELECT content_id, provider_version_id, id, success FROM added`+instead+` RETURNING verification_id`, args, &id)
		return id, err
	}
	if id, err = t.insert(add, args...); err != nil {
		return 0, err
	}
	if detailed {
		if _, err := t.exec(detail+`VALUES ($1, $2, $3, $4)`, id, n.TestResults, n.VerifiedBy, selectors); err != nil {
			return 0, err
		}
	}
	_, err = t.exec(current+`VALUES ($1, $2, $3, $4)`+instead, n.ContentID, n.ProviderVersion.ID, id, n.Success)
	return id, err
}

// selectorsText is the JSON of selectors, nil if there are none.
func selectorsText(selectors []kernel.MetadataSelector) (any, error) {
	if len(selectors) == 0 {
		return nil, nil
	}
	text, err := json.Marshal(selectors)
	return string(text), err
}

// stateChange makes a result the newest of its content.
type stateChange struct {
	contentID, id     int64
	mainID, successAt any // nil if it is not by the main branch, or no success
}

// moveState notes that a result is the newest of its content. The row is
// written at the end of the transaction: all results of a content need it.
func (t *tx) moveState(id int64, n kernel.NewVerification, main bool) {
	change := stateChange{contentID: n.ContentID, id: id}
	if main {
		change.mainID = id
	}
	if n.Success {
		change.successAt = t.at(n.At)
	}
	t.states = append(t.states, change)
	t.outdate(tablesOfStates, ofResults)
}

// writeState makes a result the newest of its content. Two requests may do
// this at once: the greater id must win, and the earlier success.
func (t *tx) writeState(c stateChange) error {
	return t.later(`INSERT INTO content_state (content_id, latest_verification_id, latest_main_verification_id, any_success_at)
		VALUES ($1, $2, $3, $4) ON CONFLICT (content_id) DO UPDATE SET
		latest_verification_id = CASE WHEN excluded.latest_verification_id > content_state.latest_verification_id
			THEN excluded.latest_verification_id ELSE content_state.latest_verification_id END,
		latest_main_verification_id = CASE WHEN excluded.latest_main_verification_id > COALESCE(content_state.latest_main_verification_id, 0)
			THEN excluded.latest_main_verification_id ELSE content_state.latest_main_verification_id END,
		any_success_at = CASE WHEN content_state.any_success_at IS NULL OR excluded.any_success_at < content_state.any_success_at
			THEN excluded.any_success_at ELSE content_state.any_success_at END`,
		c.contentID, c.id, c.mainID, c.successAt)
}

// scope is where a success counts, and how its references are found.
type scope struct {
	kind int
	refs string
}

var scopes = []scope{
	{byBranch, `SELECT branch_id FROM branch_version WHERE version_id = $1 ORDER BY branch_id`},
	{byTag, `SELECT h.id FROM tag g JOIN tag_head h ON h.pacticipant_id = $2 AND h.name = g.name WHERE g.version_id = $1 ORDER BY h.id`},
}

// refsOf returns the branches or tags of a version.
func (t *tx) refsOf(s scope, v kernel.Version) ([]int64, error) {
	args := []any{v.ID}
	if s.kind == byTag {
		args = append(args, v.Pacticipant.ID)
	}
	return all(t, scanID, s.refs, args...)
}

// addSuccess notes a success for each branch and tag of the provider version.
func (t *tx) addSuccess(n kernel.NewVerification) error {
	for _, scope := range scopes {
		refs, err := t.refsOf(scope, n.ProviderVersion)
		if err != nil {
			return err
		}
		for _, ref := range refs {
			if err := t.later(scopeColumns+`VALUES ($1, $2, $3, $4, $5, $6, $6)`+upsertScope,
				n.ContentID, scope.kind, ref, n.WIP, t.at(n.At), t.at(n.ExecutedAt)); err != nil {
				return err
			}
		}
	}
	return nil
}

const (
	verificationColumns = `SELECT f.id, f.content_id, k.sha, c.id, c.name, f.success, f.telling, f.wip, f.pending, f.build_url, f.executed_at, f.created_at,` + versionColumns
	verificationJoins   = ` JOIN version v ON v.id = f.provider_version_id JOIN pacticipant p ON p.id = v.pacticipant_id
		JOIN content k ON k.id = f.content_id JOIN pacticipant c ON c.id = k.consumer_id `
	selectVerification = verificationColumns + `FROM verification f` + verificationJoins
)

func (t *tx) scanVerification(row engine.Row) (f kernel.Verification, err error) {
	into, finish := t.versionInto(&f.ProviderVersion)
	into = append([]any{
		&f.ID, &f.ContentID, &f.SHA, &f.Consumer.ID, &f.Consumer.Name, &f.Success, &f.Telling, &f.WIP, &f.Pending, &f.BuildURL,
		stamp{&f.ExecutedAt}, stamp{&f.CreatedAt},
	}, into...)
	if err := row.Scan(into...); err != nil {
		return f, err
	}
	finish()
	f.Number, f.Provider = f.ID, f.ProviderVersion.Pacticipant
	return f, nil
}

func (t *tx) findVerification(where string, args ...any) (kernel.Verification, error) {
	f, err := one(t, t.scanVerification, selectVerification+where, args...)
	if err != nil {
		return f, err
	}
	return f, t.addConsumerVersion(&f)
}

// addConsumerVersion finds the newest consumer version with the content.
func (t *tx) addConsumerVersion(f *kernel.Verification) error {
	t.spare(anyAddition &^ ofPacts)
	v, err := one(t, t.scanVersion, selectVersion+`JOIN pact_current pc ON pc.version_id = v.id
		WHERE pc.content_id = `+oneID+t.latestFirst("v", "pc.version_id")+`LIMIT 1`, f.ContentID)
	if kernel.IsNotFound(err) { // it was replaced wherever it was published
		var p kernel.PactPublication
		if p, err = t.LatestRevision(f.ContentID); kernel.IsNotFound(err) {
			err = nil
		}
		v = p.ConsumerVersion
	}
	f.ConsumerVersion = v
	return err
}

func (t *tx) FindVerification(contentID, number int64) (kernel.Verification, error) {
	return t.findVerification(`WHERE f.id = $1 AND f.content_id = $2`, number, contentID)
}

func (t *tx) FindVerificationByID(id int64) (kernel.Verification, error) {
	return t.findVerification(`WHERE f.id = $1`, id)
}

// FindVerificationsByID implements kernel.Verifications.
func (t *tx) FindVerificationsByID(ids []int64) (map[int64]kernel.Verification, error) {
	out := make(map[int64]kernel.Verification, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	found, err := all(t, t.scanVerification, selectVerification+`WHERE f.id `+t.in(1), t.ids(ids))
	if err != nil || len(found) == 0 {
		return out, err
	}
	contents := make([]int64, len(found))
	for i, f := range found {
		contents[i] = f.ContentID
	}
	slices.Sort(contents)
	placed, err := t.newestWith().find(t, slices.Compact(contents))
	versions := make(map[int64]kernel.Version, len(placed))
	for _, p := range placed {
		versions[p.content] = p.version
	}
	for _, f := range found {
		f.ConsumerVersion = versions[f.ContentID]
		out[f.ID] = f
	}
	return out, err
}

func (t *tx) LatestVerification(contentID int64) (kernel.Verification, error) {
	return t.findVerification(`JOIN content_state s ON s.latest_verification_id = f.id WHERE s.content_id = $1`, contentID)
}

func (t *tx) LatestMainVerification(contentID int64) (kernel.Verification, error) {
	return t.findVerification(`JOIN content_state s ON s.latest_main_verification_id = f.id WHERE s.content_id = $1`, contentID)
}

func (t *tx) LatestVerifications(contentIDs []int64) (map[int64]kernel.Verification, error) {
	var found []kernel.Verification
	var versions []placedVersion
	err := t.Together(func() (err error) {
		found, err = latestVerifications.find(t, contentIDs)
		return err
	}, func() (err error) {
		if t.ways() {
			versions, err = t.newestWith().find(t, contentIDs)
		}
		return err
	})
	out := make(map[int64]kernel.Verification, len(found))
	for _, f := range found {
		out[f.ContentID] = f
	}
	if err != nil || len(out) == 0 {
		return out, err
	}
	if !t.ways() {
		if versions, err = t.newestWith().find(t, contentIDs); err != nil {
			return out, err
		}
	}
	placeVersions(out, versions)
	return out, nil
}

var latestVerifications = &lookup[kernel.Verification]{
	query: verificationColumns + `FROM content_state s JOIN verification f ON f.id {is}s.latest_verification_id{found}` +
		lookingUp(verificationJoins) + `WHERE s.content_id {ids}`,
	scan: (*tx).scanVerification,
	of:   func(f kernel.Verification) int64 { return f.ContentID },
}

// placedVersion is the newest consumer version with a content.
type placedVersion struct {
	content int64
	version kernel.Version
}

// newestWithContent are the look-ups of the newest versions with contents, by id
// and by semantic version.
var newestWithContent = [2]*lookup[placedVersion]{
	newNewestWith(`SELECT pc.version_id FROM pact_current pc WHERE pc.content_id = k.id ORDER BY pc.version_id DESC LIMIT 1`,
		`SELECT x.version_id FROM publication x WHERE x.content_id = k.id ORDER BY x.version_id DESC LIMIT 1`),
	newNewestWith(`SELECT w.id FROM pact_current pc JOIN version w ON w.id = pc.version_id WHERE pc.content_id = k.id ORDER BY w.ord DESC, w.id DESC LIMIT 1`,
		`SELECT w.id FROM publication x JOIN version w ON w.id = x.version_id WHERE x.content_id = k.id ORDER BY w.ord DESC, w.id DESC LIMIT 1`),
}

func (t *tx) newestWith() *lookup[placedVersion] {
	if t.store.options.OrderBySemver {
		return newestWithContent[1]
	}
	return newestWithContent[0]
}

func newNewestWith(current, ever string) *lookup[placedVersion] {
	return &lookup[placedVersion]{
		query: `SELECT k.id,` + versionColumns + `FROM content k {join} version v ON v.id {is}COALESCE((` + current + `), (` + ever + `)){found}
		JOIN pacticipant p ON p.id = v.pacticipant_id WHERE k.id {ids}`,
		scan: func(t *tx, row engine.Row) (p placedVersion, err error) {
			into, finish := t.versionInto(&p.version)
			if err = row.Scan(append([]any{&p.content}, into...)...); err == nil {
				finish()
			}
			return p, err
		},
		of: func(p placedVersion) int64 { return p.content },
	}
}

func placeVersions(to map[int64]kernel.Verification, found []placedVersion) {
	for _, p := range found {
		if f, ok := to[p.content]; ok {
			f.ConsumerVersion = p.version
			to[p.content] = f
		}
	}
}

// TestsAfter implements kernel.Verifications.
func (t *tx) TestsAfter(id int64, at time.Time, limit int) (found []kernel.SentTests, last int64, err error) {
	young := false
	_, err = all(t, func(row engine.Row) (int64, error) {
		var one kernel.SentTests
		var packed []byte
		var created time.Time
		if err := row.Scan(&one.ID, &one.ContentID, &one.Success, stamp{&created}, &packed); err != nil {
			return 0, err
		}
		if young = young || !created.Before(at); young {
			return 0, nil
		}
		last = one.ID
		if packed == nil {
			return 0, nil
		}
		one.Results, err = kernel.UnpackBody(packed)
		found = append(found, one)
		return 0, err
	}, `SELECT f.id, f.content_id, f.success, f.created_at, CASE WHEN f.success THEN d.test_results END
		FROM (SELECT * FROM verification_detail WHERE verification_id > $1 ORDER BY verification_id LIMIT $2) d
		`+t.outerFirst()+` verification f ON f.id = d.verification_id ORDER BY f.id`, id, limit)
	return found, last, err
}

// NoteTelling implements kernel.Verifications. What the tests of a result say never
// changes: two who write it write the same.
func (t *tx) NoteTelling(id int64, telling matrix.Telling) error {
	_, err := t.exec(`UPDATE verification SET telling = $2 WHERE id = $1`, id, int(telling))
	return err
}

func (t *tx) VerificationDetail(id int64) (testResults, verifiedBy []byte, err error) {
	type detail struct{ results, by []byte }
	d, err := one(t, func(row engine.Row) (d detail, err error) { return d, row.Scan(&d.results, &d.by) },
		`SELECT test_results, verified_by FROM verification_detail WHERE verification_id = $1`, id)
	if kernel.IsNotFound(err) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if testResults, err = kernel.UnpackBody(d.results); err != nil {
		return nil, nil, err
	}
	verifiedBy, err = kernel.UnpackBody(d.by)
	return testResults, verifiedBy, err
}

func (t *tx) HasVerification(contentID, providerVersionID int64) (bool, error) {
	if t.isNewContent(contentID) {
		return false, nil
	}
	t.spare(anyAddition &^ ofResults)
	return t.exists(`SELECT 1 FROM verification_current WHERE content_id = $1 AND provider_version_id = $2`, contentID, providerVersionID)
}

func (t *tx) ProviderHasVerified(consumerID, providerID int64) (bool, error) {
	t.spare(ofVersion | ofBranch | ofTags | ofContent)
	return t.exists(`SELECT 1 FROM (SELECT pc.content_id FROM pact_current pc
			WHERE pc.provider_id = CAST($2 AS BIGINT) AND pc.consumer_id = CAST($1 AS BIGINT) ORDER BY pc.version_id DESC LIMIT 20) newest
		JOIN content_state s ON s.content_id = newest.content_id LIMIT 1`, consumerID, providerID)
}

func (t *tx) DeleteVerification(id int64) error {
	f, err := t.findVerification(`WHERE f.id = $1`, id)
	if err != nil {
		return err
	}
	version := f.ProviderVersion.ID
	if err := t.lockVersion(version); err != nil {
		return err
	}
	held, err := t.whatVersionsHold([]int64{version})
	if err != nil {
		return err
	}
	if err := t.changed(kernel.RowVerification, `DELETE FROM verification WHERE id = $1`, id); err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM verification_current WHERE content_id = $1 AND provider_version_id = $2 AND verification_id = $3`,
		f.ContentID, version, id); err != nil {
		return err
	}
	if _, err := t.exec(`INSERT INTO verification_current (content_id, provider_version_id, verification_id, success)
		SELECT content_id, provider_version_id, id, success FROM verification WHERE id =
			(SELECT MAX(id) FROM verification WHERE content_id = $1 AND provider_version_id = $2)
		ON CONFLICT DO NOTHING`, f.ContentID, version); err != nil {
		return err
	}
	held.firsts, held.verified, held.pairs = nil, []int64{f.ContentID}, nil
	return t.recompute(held)
}
