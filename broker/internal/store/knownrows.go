package store

import (
	"sync"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// tablesOfKnown are those whose rows a transaction knows.
const tablesOfKnown = tablePacticipant | tableVersion | tableEnvironment

// known are the pacticipants and versions that a transaction has read for the
// gate. Rows of the gate name them by identity: joining their names to every
// row would be most of its work.
type known struct {
	parties      map[int64]matrix.Pacticipant
	versions     map[int64]matrix.Version
	environments map[int64]kernel.Environment
	// names are those of pacticipants of which no more may be known.
	names map[int64]string
	// named is the pacticipant read last by a name, namedAs: a question is checked
	// and answered in one go.
	named   kernel.Pacticipant
	namedAs string
}

func (k *known) party(p matrix.Pacticipant) {
	if k.parties == nil {
		k.parties = map[int64]matrix.Pacticipant{}
	}
	k.parties[p.ID] = p
}

func (k *known) version(v matrix.Version) {
	if k.versions == nil {
		k.versions = map[int64]matrix.Version{}
	}
	k.versions[v.ID] = v
}

// nameOf is the name of a pacticipant that is known.
func (k *known) nameOf(id int64) string {
	if p, ok := k.parties[id]; ok {
		return p.Name
	}
	return k.names[id]
}

// publication notes what a publication tells of its version and its parties.
func (k *known) publication(p kernel.PactPublication) {
	k.versionOf(p.ConsumerVersion)
	k.names[p.Provider.ID] = p.Provider.Name
}

// versionOf notes a version with the name of what it is a version of.
func (k *known) versionOf(v kernel.Version) {
	k.version(matrix.Version{ID: v.ID, PacticipantID: v.Pacticipant.ID, Number: v.Number, Order: v.Order, CreatedAt: v.CreatedAt})
	if k.names == nil {
		k.names = map[int64]string{}
	}
	k.names[v.Pacticipant.ID] = v.Pacticipant.Name
}

// learnParties makes sure that the pacticipants are known.
func (t *tx) learnParties(ids []int64) error {
	missing := unknownOf(ids, t.known.parties)
	if len(missing) == 0 {
		return nil
	}
	t.spare(anyAddition)
	found, err := all(t, func(row engine.Row) (matrix.Pacticipant, error) {
		var p matrix.Pacticipant
		return p, row.Scan(&p.ID, &p.Name, &p.MainBranch)
	}, `SELECT p.id, p.name, p.main_branch FROM `+t.each(1)+` w `+t.outerFirst()+` pacticipant p ON p.id = w.value`, t.ids(missing))
	for _, p := range found {
		t.known.party(p)
	}
	return err
}

// learnVersions makes sure that the versions are known.
func (t *tx) learnVersions(ids []int64) error {
	missing := unknownOf(ids, t.known.versions)
	if len(missing) == 0 {
		return nil
	}
	t.spare(anyAddition)
	found, err := all(t, t.scanMatrixVersion, `SELECT `+gateVersionColumns+` FROM `+t.each(1)+` w `+t.outerFirst()+` version v ON v.id = w.value`, t.ids(missing))
	for _, v := range found {
		t.known.version(v)
	}
	return err
}

// learnBoth makes sure that pacticipants and versions are known.
func (t *tx) learnBoth(parties, versions []int64) error {
	return t.Together(func() error { return t.learnParties(parties) }, func() error { return t.learnVersions(versions) })
}

// learnVersionsOfParties makes sure that the versions and the names of what they
// are versions of are known.
func (t *tx) learnVersionsOfParties(ids []int64) error {
	if err := t.learnVersions(ids); err != nil {
		return err
	}
	parties := make([]int64, 0, len(ids))
	for _, id := range ids {
		if v, ok := t.known.versions[id]; ok {
			if _, named := t.known.names[v.PacticipantID]; !named {
				parties = append(parties, v.PacticipantID)
			}
		}
	}
	return t.learnParties(parties)
}

// unknownOf returns the identities that are not known, each once.
func unknownOf[T any](ids []int64, known map[int64]T) []int64 {
	var out []int64
	seen := map[int64]bool{}
	for _, id := range ids {
		if _, ok := known[id]; !ok && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// texts are the statements whose text is made of parts, by dialect and by what
// they are made from.
var texts sync.Map

// textKey has what a text may depend on: one process may hold stores of several
// kinds.
type textKey struct {
	dialect          dialect
	semver, foldCase bool
	of               any
}

// text makes a statement's text once.
func (t *tx) text(of any, build func() string) string {
	key := textKey{t.store.dialect, t.store.options.OrderBySemver, t.store.options.IgnoreNameCase, of}
	if known, ok := texts.Load(key); ok {
		return known.(string)
	}
	text := build()
	texts.Store(key, text)
	return text
}
