package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// What is read of a row hangs on its identity, and the identity on a name. Where
// a server is between, both are asked for on one way: the look-ups by identity are
// sent along with the statement that finds it, which stands in the place of the
// identities. Who asks for the identity afterwards has the answer already. That
// changes no answer, as a snapshot does not change.

// lookup is a statement that finds rows by identities: {ids} is a condition for
// them, {each} a table of them, {join} a join in the order written, and {name} a
// name that all of them are asked for with.
type lookup[T any] struct {
	query string
	scan  func(*tx, engine.Row) (T, error)
	// of is the identity that a row was found by.
	of func(T) int64
}

// source is a statement that finds identities, in its only column.
type source struct {
	query string
	args  []any
	// atMostOne says that it finds one at most. A planner then knows that what
	// hangs on it is little, and reads no small table whole, which may be a large
	// one by the time that the plan is used again.
	atMostOne bool
	// ids are known already, if they are.
	ids []int64
	// looked are those who looked up by it, to be told which identities it found.
	looked *[]func(ids []int64)
}

func newSource(query string, args ...any) source {
	return source{query: query, args: args, looked: new([]func([]int64))}
}

// given are identities that are known already.
func (t *tx) given(ids []int64) source {
	from := newSource(`SELECT unnest($1::bigint[])`, t.ids(ids))
	from.ids, from.atMostOne = ids, len(ids) == 1
	return from
}

// found tells which identities a source has found: what has no rows of one of them
// has none. Those that have rows are known without.
func (s source) found(ids ...int64) {
	for _, tell := range *s.looked {
		tell(ids)
	}
}

// ways tells whether each statement is a way to a server.
func (t *tx) ways() bool { return t.reading && t.postgres() }

// foreseen are the rows that look-ups ahead have found, by identity: all rows of
// each identity that is there, which may be none.
type foreseen[T any] map[int64][]T

// aheadKey is a look-up with its name.
type aheadKey struct {
	lookup, name any
}

// find returns the rows of the identities.
func (l *lookup[T]) find(t *tx, ids []int64, name ...any) ([]T, error) {
	if rows, known := l.seen(t, ids, name...); known {
		return rows, nil
	}
	query, value := t.withIDs(l.query, ids)
	return all(t, l.scanner(t), query, append([]any{value}, name...)...)
}

func (l *lookup[T]) scanner(t *tx) func(engine.Row) (T, error) {
	return func(row engine.Row) (T, error) { return l.scan(t, row) }
}

func (l *lookup[T]) key(name []any) aheadKey {
	if len(name) == 0 {
		return aheadKey{lookup: l}
	}
	return aheadKey{l, name[0]}
}

// seen returns the rows if all identities have been looked up ahead.
func (l *lookup[T]) seen(t *tx, ids []int64, name ...any) ([]T, bool) {
	if t.ahead == nil {
		return nil, false
	}
	known, ok := t.ahead[l.key(name)].(foreseen[T])
	if !ok {
		return nil, false
	}
	var out []T
	for i, id := range ids {
		rows, covered := known[id]
		if !covered {
			return nil, false
		}
		if len(rows) > 0 && !slices.Contains(ids[:i], id) {
			out = append(out, rows...)
		}
	}
	return out, true
}

// ahead returns a look-up of the rows of what a source finds, to go together with
// others.
func (l *lookup[T]) ahead(t *tx, from source, name ...any) func() error {
	return func() error {
		found, err := all(t, l.scanner(t), l.text(t, from), append(slices.Clone(from.args), name...)...)
		if err != nil {
			return err
		}
		rows := foreseen[T]{}
		for _, row := range found {
			rows[l.of(row)] = append(rows[l.of(row)], row)
		}
		known, ok := t.ahead[l.key(name)].(foreseen[T])
		if !ok {
			known = foreseen[T]{}
			t.foresaw(l.key(name), known)
		}
		maps.Copy(known, rows)
		none := func(ids []int64) {
			for _, id := range ids {
				if _, ok := known[id]; !ok {
					known[id] = nil // it was looked for, and there is none
				}
			}
		}
		none(from.ids)
		*from.looked = append(*from.looked, none)
		return nil
	}
}

// mustExist is the error of a row that was looked for ahead.
func mustExist(id int64) error {
	if id == 0 {
		return notFound()
	}
	return nil
}

// onlyOne is the row that there is.
func onlyOne[T any](found []T) (row T, err error) {
	if len(found) == 0 {
		return row, notFound()
	}
	return found[0], nil
}

func (t *tx) foresaw(key, known any) {
	if t.ahead == nil {
		t.ahead = map[any]any{}
	}
	t.ahead[key] = known
}

// aheadText is what the text of a look-up ahead is made of.
type aheadText struct {
	query, from string
	atMostOne   bool
	args        int
}

// text is the statement with a source in the place of the identities. The name
// comes after the source's arguments.
func (l *lookup[T]) text(t *tx, from source) string {
	return t.text(aheadText{l.query, from.query, from.atMostOne, len(from.args)}, func() string {
		return strings.NewReplacer("{ids}", from.condition(), "{each}", from.table(), "{join}", t.outerFirst(),
			"{latest}", t.latestFirst("l", "l.id"), "{is}", t.is(), "{found}", t.found(),
			"{name}", fmt.Sprintf("$%d", len(from.args)+1)).Replace(l.query)
	})
}

// condition is that for being found by the source.
func (s source) condition() string {
	if s.atMostOne {
		return `= (` + s.query + `)`
	}
	return `= ANY(ARRAY(` + s.query + `))`
}

// table is one of what the source finds, each once.
func (s source) table() string {
	if s.atMostOne {
		return `(SELECT (` + s.query + `) AS value)`
	}
	return `(SELECT DISTINCT unnest(ARRAY(` + s.query + `)) AS value)`
}
