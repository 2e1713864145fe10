package store

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Some rows are needed by every request of a branch, a content or a pair. What a
// transaction has to change in them waits until its end, so that others wait for
// them as shortly as can be.
//
// No query has to think of it. Before a statement runs, what waits for a table
// that it touches is written, and what the transaction believes to know of a
// table that it changes is given up (carefulquerier.go). The few hot paths that may
// leave this out are the exemptions below.

// waiting are the rows to write: heads of branches, newest results of contents,
// and integrations.
type waiting struct {
	moves  []branchMove
	tags   []tagMove
	states []stateChange
	pairs  map[pair]changedPair
}

// The tables of the rows that wait.
const (
	tablesOfMoves  = tableBranch | tableBranchVersion | tableHeadPact
	tablesOfTags   = tableTagHead | tableHeadPact
	tablesOfStates = tableContentState
	tablesOfPairs  = tableIntegration
)

// What waits makes answers untrue that were asked ahead, as what is written does:
// whoever has something wait gives them up (outdate).

// exemption is the name under which a hot path runs statements that do not need
// the care that all others get. Each says why.
type exemption struct {
	// waiting are tables whose rows may wait on.
	waiting tables
	// known are tables of which what is known stays true, because it is noted what
	// is changed.
	known tables
	// adds are the rows that are added and nothing else is done: answers that they
	// cannot occur in stay true (askahead.go).
	adds additions
}

var (
	// writing: the rows that are being written are those that waited, and what
	// they say is known already.
	writing = exemption{waiting: everyTable, known: everyTable}
	// newBranch: a branch that is new has neither rows that wait nor a head.
	newBranch = exemption{waiting: tablesOfMoves | tablesOfTags, known: tablesOfFresh, adds: ofBranch}
	// tagsOfFresh: tags of the fresh version are noted, and the pacts of their
	// heads are other rows than those of a branch's head.
	tagsOfFresh = exemption{waiting: tablesOfMoves, known: tablesOfFresh, adds: ofTags}
	// pactOfFresh: that the fresh version has a pact is noted. A branch of which it
	// is to become the head takes its pacts then.
	pactOfFresh = exemption{waiting: tablesOfMoves | tablesOfTags, known: tablesOfFresh, adds: ofPacts}
	// resultOfFresh: that the fresh version has a result is noted.
	resultOfFresh = exemption{known: tablesOfFresh, adds: ofResults}
	// newVersion and newContent: what was known of the row, that there is none, is
	// forgotten by who adds it.
	newVersion = exemption{known: tableVersion, adds: ofVersion}
	newContent = exemption{adds: ofContent}
)

// exempt runs statements under an exemption.
func (t *tx) exempt(e exemption, run func() error) error {
	former := t.exemption
	t.exemption = e
	defer func() { t.exemption = former }()
	return run()
}

// exemptIf is exempt where condition holds.
func (t *tx) exemptIf(condition bool, e exemption, run func() error) error {
	if !condition {
		return run()
	}
	return t.exempt(e, run)
}

// waits reports whether there is something to write.
func (w waiting) waits() bool { return len(w.moves)+len(w.tags)+len(w.states)+len(w.pairs) > 0 }

// flush writes all that waits.
func (t *tx) flush() error {
	t.ending = true
	if err := t.write(everyTable); err != nil {
		return err
	}
	return t.failed
}

// write writes what waits for some tables, in a fixed order: requests of the same
// pair all need these rows, and must neither wait long for them nor for one
// another in a circle. So what comes before in that order goes with it. A
// transaction that could not write what waited cannot be committed.
func (t *tx) write(touched tables) error {
	pairs := touched&tablesOfPairs != 0 && len(t.pairs) > 0
	states := len(t.states) > 0 && (pairs || touched&tablesOfStates != 0)
	tags := len(t.tags) > 0 && (pairs || states || touched&tablesOfTags != 0)
	moves := len(t.moves) > 0 && (pairs || states || tags || touched&tablesOfMoves != 0)
	if !moves && !tags && !states && !pairs {
		return nil
	}
	err := t.exempt(writing, func() error {
		for _, part := range []struct {
			due   bool
			write func() error
		}{{moves, t.writeMoves}, {tags, t.writeTags}, {states, t.writeStates}, {pairs, t.writePairs}} {
			if !part.due {
				continue
			}
			if err := part.write(); err != nil {
				return err
			}
		}
		return nil
	})
	t.failed = cmp.Or(t.failed, err)
	return err
}

func (t *tx) writeMoves() error {
	moves := t.moves
	t.moves = nil
	slices.SortStableFunc(moves, func(a, b branchMove) int { return cmp.Compare(a.branch.ID, b.branch.ID) })
	for _, move := range moves {
		if err := t.writeMove(move); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) writeTags() error {
	tags := t.tags
	t.tags = nil
	for _, move := range tags {
		if err := t.writeTagMove(move); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) writeStates() error {
	states := t.states
	t.states = nil
	slices.SortStableFunc(states, func(a, b stateChange) int { return cmp.Compare(a.contentID, b.contentID) })
	for _, change := range states {
		if err := t.writeState(change); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) writePairs() error {
	pairs := t.pairs
	t.pairs = nil
	keys := slices.SortedFunc(maps.Keys(pairs), func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.consumer, b.consumer), cmp.Compare(a.provider, b.provider))
	})
	for _, key := range keys {
		if err := t.writePair(key, pairs[key]); err != nil {
			return err
		}
	}
	return nil
}

// pair names an integration.
type pair struct{ consumer, provider int64 }

// changedPair is what a transaction has to write to an integration.
type changedPair struct {
	versions []int64   // consumer versions with a new pact
	created  time.Time // when the first of them got it
	at       time.Time
}

// touch notes that a pair has a new pact of a version, or something else if the
// version is 0.
func (t *tx) touch(consumer, provider, version int64, at time.Time) {
	if t.pairs == nil {
		t.pairs = make(map[pair]changedPair)
	}
	key := pair{consumer, provider}
	change := t.pairs[key]
	change.at = at
	if version != 0 {
		if len(change.versions) == 0 {
			change.created = at
		}
		if !slices.Contains(change.versions, version) {
			change.versions = append(change.versions, version)
		}
	}
	t.pairs[key] = change
	t.outdate(tablesOfPairs, 0)
}

func (t *tx) writePair(key pair, c changedPair) error {
	if len(c.versions) == 0 {
		return t.later(`UPDATE integration SET touched_at = $3 WHERE consumer_id = $1 AND provider_id = $2`,
			key.consumer, key.provider, t.at(c.at))
	}
	for _, version := range c.versions {
		if err := t.writeLatest(key, version, c); err != nil {
			return err
		}
	}
	return nil
}

// writeLatest makes a version the latest of a pair if it comes after the present
// one. Nobody waits for the answer: it goes with the COMMIT.
func (t *tx) writeLatest(key pair, version int64, c changedPair) error {
	return t.later(`INSERT INTO integration (consumer_id, provider_id, latest_version_id, touched_at, created_at)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (consumer_id, provider_id) DO UPDATE SET touched_at = excluded.touched_at, latest_version_id = CASE
			WHEN integration.latest_version_id IS NULL OR `+t.ranksBefore("integration.latest_version_id", "excluded.latest_version_id")+`
			THEN excluded.latest_version_id ELSE integration.latest_version_id END`,
		key.consumer, key.provider, version, t.at(c.at), t.at(c.created))
}

// branchMove makes a fresh version the head of a branch.
type branchMove struct {
	branch  kernel.Branch
	version kernel.Version
	auto    bool
	at      time.Time
}

// membership is what the move makes of the version.
func (m branchMove) membership() kernel.BranchVersion {
	return kernel.BranchVersion{Branch: m.branch.Name, Pacticipant: m.version.Pacticipant.Name, Version: m.version.Number, Latest: true, CreatedAt: m.at}
}

// waitingMove returns the move of a fresh version that waits: it is on no other
// branch.
func (t *tx) waitingMove(versionID int64) (branchMove, bool) {
	f := t.freshly(versionID)
	at := slices.IndexFunc(t.moves, func(m branchMove) bool { return m.version.ID == versionID })
	if f == nil || !f.waiting || at < 0 {
		return branchMove{}, false
	}
	return t.moves[at], true
}

// tagMove gives a fresh version tags whose heads it becomes.
type tagMove struct {
	version kernel.Version
	names   []string
}

// writeTagMove moves the heads with the COMMIT if that is the next way to the
// server, and otherwise learns which they are.
func (t *tx) writeTagMove(m tagMove) error {
	if !t.ending {
		_, heads, err := t.moveTagHeads(m.version, m.names)
		if f := t.freshly(m.version.ID); f != nil {
			f.tags = append(f.tags, heads...)
		}
		if err != nil || len(heads) == 0 {
			return err
		}
		return t.rebuildHeads(byTag, heads, m.version.ID)
	}
	// Two statements: the first may wait for whoever gives the present head a pact,
	// and would not see that pact when it goes on.
	args := []any{m.version.Pacticipant.ID, m.version.ID, t.names(m.names)}
	if err := t.later(t.moveTags(), args...); err != nil {
		return err
	}
	return t.later(`WITH mine AS (SELECT id FROM tag_head WHERE pacticipant_id = $1 AND version_id = $2 AND name `+t.inNames(3)+`),
		gone AS (DELETE FROM head_pact WHERE kind = 2 AND ref_id IN (SELECT id FROM mine)
			AND provider_id NOT IN (SELECT provider_id FROM pact_current WHERE version_id = $2))
		INSERT INTO head_pact (provider_id, kind, ref_id, consumer_id, publication_id, content_id, published_at)
		SELECT pc.provider_id, 2, m.id, pc.consumer_id, pc.publication_id, pc.content_id, pc.created_at
		FROM pact_current pc CROSS JOIN mine m WHERE pc.version_id = $2 ORDER BY pc.provider_id, m.id`+overHead, args...)
}

func (t *tx) writeMove(m branchMove) error {
	args := []any{m.branch.ID, m.version.ID, t.at(m.at), t.at(m.version.CreatedAt), t.at(m.at.Add(-touchAfter)), m.auto}
	const (
		head = `UPDATE branch SET head_version_id = $2, head_seq = head_seq + 1, updated_at = CASE WHEN updated_at < $5 THEN $3 ELSE updated_at END,
			first_version_at = COALESCE(first_version_at, $4) WHERE id = $1`
		member = `INSERT INTO branch_version (branch_id, version_id, seq, auto, created_at) `
	)
	var err error
	if t.postgres() {
		// With the COMMIT: the branch's row is locked for that way only. Where the
		// branch is gone there is no seq, which the table refuses.
		err = t.later(`WITH moved AS (`+head+` RETURNING head_seq)`+
			member+`VALUES ($1, $2, (SELECT head_seq FROM moved), $6, CAST($3 AS TIMESTAMPTZ))`, args...)
	} else if err = t.changed(kernel.RowBranch, head, args[:5]...); err == nil {
		_, err = t.exec(member+`SELECT id, head_version_id, head_seq, $2, $3 FROM branch WHERE id = $1`, m.branch.ID, m.auto, t.at(m.at))
	}
	if err != nil {
		return err
	}
	if f := t.freshly(m.version.ID); f != nil {
		f.waiting = false
	}
	return t.rebuildHead(byBranch, m.branch.ID, m.version.ID)
}
