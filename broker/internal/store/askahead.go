package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/store/engine"
)

// On PostgreSQL each question costs a way to the server and back, often more
// than its answer. A use case knows at its start nearly all that it is going to
// ask, and says so with Foresee: its questions go to the server together, and
// the answers are kept until the same statement comes with the same values.
//
// What was asked early is as good as what is asked when it is needed:
//
//   - Under READ COMMITTED a transaction may read any row at any moment before it
//     writes; that it read it a little earlier is one of the orders in which
//     requests that meet may be served. Where an order must be kept, the use case
//     locks first. So the answers from before a lock end where the use case takes
//     it, whether it waits for it then or has it already: what it reads after the
//     lock was asked after the lock.
//   - What this transaction writes ends the answers that come from the table, as
//     it does with all else that is known without asking (carefulquerier.go).
//     Those that are spared say why.
//
// With the questions go those for the identities of rows that are certainly new,
// so that their INSERTs need no answer and wait for the COMMIT. If somebody else
// has been faster, the INSERT fails, nothing of the transaction is stored, and it
// is run again without foresight.

// askedAhead is what a transaction has asked ahead.
type askedAhead struct {
	// off says that nothing is foreseen, because a guess was wrong.
	off bool
	// guessed says that rows were taken for new.
	guessed bool
	asking  *asking
	answers map[asked]*answer
	// put counts the questions, and putting says that they are on their way.
	put     int
	putting bool
	// heldAt are the locks taken ahead, by when.
	heldAt map[kernel.Row]int
}

// asked is a statement with its values.
type asked struct{ query, args string }

// answer is what the database said.
type answer struct {
	rows any // *[]T
	// at is when it was asked, in the order of all.
	at      int
	touches touches
	// spared are the additions that cannot occur in it.
	spared additions
}

// additions are rows that a transaction adds to a version that only it has, with
// that version: most publications and results add nothing else.
type additions uint8

const (
	ofVersion additions = 1 << iota
	ofBranch
	ofContent
	ofTags
	ofPacts
	ofResults

	anyAddition additions = 1<<iota - 1
)

// asking collects questions while a use case says what it will ask.
type asking struct {
	puts  []put
	known map[asked]bool
	// last are those that come after all others.
	last []put
	// next is what was said about the next question.
	next about
	// lockedAt is when the last lock is taken, in the order of all; 0 if none is.
	lockedAt int
}

// about is what is said about a question before it is asked.
type about struct {
	// spared are the additions that cannot occur in its answer.
	spared additions
	// earlier says that it is about what came before a version, or before it had
	// anything.
	earlier bool
	// recalled says that it may be taken for answered as the last time.
	recalled bool
	// last says that it is to come after all others.
	last bool
}

// outdates reports whether an answer will not count, because it was given before a
// lock that is going to be taken.
func (a *asking) outdates(found *answer) bool {
	return a != nil && found.at < a.lockedAt && !found.outlivesLocks()
}

// outlivesLocks reports whether an answer stays true where a lock is taken after
// it: what is locked does. A number that was drawn for a row does not: of two results
// of a version the one that is written last has the greater one, because each draws
// its own while it holds the version.
func (a *answer) outlivesLocks() bool { return a.touches.locks }

// taken is what was said about the question that comes now.
func (a *asking) taken() (said about) {
	if a != nil {
		said, a.next = a.next, about{}
	}
	return said
}

// note has a question sent, once.
func (a *asking) note(p put) {
	switch {
	case a.known[p.asked]:
		return
	case p.about.last:
		a.last = append(a.last, p)
	default:
		a.puts = append(a.puts, p)
	}
	a.known[p.asked] = true
}

type put struct {
	asked
	answer *answer
	about  about
	send   func(run func(context.Context, string, []any, func(engine.Row) (bool, error)) error) error
}

// errAhead is what methods return while it is said what will be asked: the
// answer is not there yet.
var errAhead = errors.New("the answer is not there yet")

// mostRounds bounds how often what was answered leads to more questions.
const mostRounds = 4

// Foresee implements kernel.Tx.
func (t *tx) Foresee(ask func(kernel.Tx)) error {
	if !t.postgres() || t.askedAhead.off || t.asking != nil {
		return nil
	}
	for range mostRounds {
		t.asking = &asking{known: map[asked]bool{}}
		ask(t)
		puts := slices.Concat(t.asking.puts, t.asking.last)
		t.asking = nil
		if len(puts) == 0 {
			return nil
		}
		err := t.putAll(puts)
		t.learned(puts, err)
		if err != nil {
			return err
		}
	}
	return nil
}

// putAll sends the questions in one way to the server: all but the last wait for
// that.
func (t *tx) putAll(puts []put) error {
	t.putting = true
	defer func() { t.putting = false }()
	for i, p := range puts {
		run := t.q.Later
		if i == len(puts)-1 {
			run = t.q.Query
		}
		if err := p.send(run); err != nil {
			return sqlError(p.query, err)
		}
		t.askedAhead.put++
		if p.answer == nil {
			continue
		}
		p.answer.at = t.askedAhead.put
		if t.answers == nil {
			t.answers = map[asked]*answer{}
		}
		t.answers[p.asked] = p.answer
	}
	return nil
}

// spare says that the answer to the next question stays true with additions.
func (t *tx) spare(from additions) {
	if t.asking != nil {
		t.asking.next.spared = from
	}
}

// spareEarlier is spare for a question about what came before a version, or before
// it had anything: what is made later does not occur in the answer.
func (t *tx) spareEarlier() {
	t.spare(anyAddition)
	if t.asking != nil {
		t.asking.next.earlier = true
	}
}

// answered returns the rows of a question if they are known, or notes the
// question if it is said what will be asked.
func answered[T any](t *tx, scan func(engine.Row) (T, error), query string, args []any) (rows []T, done bool, err error) {
	about := t.asking.taken()
	q, found := t.answerTo(query, args)
	switch {
	case t.asking == nil && found == nil:
		return nil, false, nil
	case t.asking == nil && found.touches.locks:
		t.locked(found.at)
	}
	if found != nil && !t.asking.outdates(found) {
		return *found.rows.(*[]T), true, nil
	}
	touches := touched(query)
	if touches.writes {
		return nil, true, errAhead // nothing is written ahead
	}
	if !about.earlier && mentions(args, unmade) {
		about.spared &= ofVersion // what is added to the version would occur in it
	}
	out := new([]T)
	t.asking.note(put{asked: q, answer: &answer{rows: out, touches: touches, spared: about.spared}, about: about,
		send: func(run func(context.Context, string, []any, func(engine.Row) (bool, error)) error) error {
			return run(t.ctx, query, args, func(row engine.Row) (bool, error) {
				value, err := scan(row)
				*out = append(*out, value)
				return err == nil, err
			})
		}})
	if found != nil {
		return *found.rows.(*[]T), true, nil
	}
	if about.recalled {
		if last, known := t.store.memory.last(q); known {
			return *last.(*[]T), true, nil
		}
	}
	return nil, true, errAhead
}

// answerTo is what a question was answered that may have been asked ahead; nil if
// it was not. A version that has been made since was asked about as one that was to
// be made.
func (t *tx) answerTo(query string, args []any) (asked, *answer) {
	q := asked{query, textOf(args)}
	found := t.answers[q]
	if then := t.ofUnmade(args); found == nil && then != nil {
		if before := (asked{query, textOf(then)}); t.answers[before] != nil {
			return before, t.answers[before]
		}
	}
	return q, found
}

// foresees reports whether questions have to be looked up first.
func (t *tx) foresees() bool { return t.asking != nil || len(t.answers) > 0 }

// knows reports whether the answer to a question is known.
func (t *tx) knows(query string, args ...any) bool {
	_, found := t.answerTo(query, args)
	return found != nil
}

// forget gives up an answer.
func (t *tx) forget(query string, args ...any) {
	q, _ := t.answerTo(query, args)
	delete(t.answers, q)
}

// spoil gives up the answers that a statement may have made untrue.
func (t *tx) spoil(s touches) {
	if s.locks {
		if !t.askedAhead.putting {
			t.locked(t.askedAhead.put + 1)
		}
		return
	}
	t.outdate(s.tables, t.exemption.adds)
}

// outdate gives up the answers from some tables, but not those that stay true with
// what is added, if nothing else is done to the tables.
func (t *tx) outdate(from tables, added additions) {
	maps.DeleteFunc(t.answers, func(_ asked, a *answer) bool {
		return a.touches.tables&from != 0 && (added == 0 || a.spared&added != added)
	})
}

// lockLater locks with the next way to the server. What is known from before is
// given up.
func (t *tx) lockLater(query string, args []any, each func(engine.Row) (bool, error)) error {
	if t.asking == nil {
		t.locked(t.askedAhead.put + 1)
		return t.q.Later(t.ctx, query, args, each)
	}
	t.asking.puts = append(t.asking.puts, put{asked: asked{query: query}, send: func(run func(context.Context, string, []any, func(engine.Row) (bool, error)) error) error {
		return run(t.ctx, query, args, func(row engine.Row) (bool, error) {
			if each == nil {
				return true, nil
			}
			return each(row)
		})
	}})
	t.asking.lockedAt = t.askedAhead.put + len(t.asking.puts)
	return nil
}

// lockAhead notes when a row is locked that is locked ahead.
func (t *tx) lockAhead(row kernel.Row) {
	if t.asking == nil {
		return
	}
	if t.heldAt == nil {
		t.heldAt = map[kernel.Row]int{}
	}
	t.heldAt[row] = t.askedAhead.put + len(t.asking.puts) + 1
}

// lockedAhead does to what is known what locking a row would do that is locked.
func (t *tx) lockedAhead(row kernel.Row) {
	if at, ahead := t.heldAt[row]; ahead && t.asking == nil {
		t.locked(at)
	}
}

// locked gives up the answers from before a lock, but not what else is locked.
func (t *tx) locked(at int) {
	maps.DeleteFunc(t.answers, func(_ asked, a *answer) bool { return a.at < at && !a.outlivesLocks() })
}

// textOf tells values apart.
func textOf(args []any) string {
	out := make([]byte, 0, 64)
	for _, arg := range args {
		switch v := arg.(type) {
		case int64:
			out = strconv.AppendInt(out, v, 10)
		case string:
			out = appendText(out, v)
		case []int64:
			for _, n := range v {
				out = append(strconv.AppendInt(out, n, 10), ',')
			}
		case []string:
			for _, text := range v {
				out = appendText(out, text)
			}
		case time.Time:
			out = strconv.AppendInt(out, v.UnixNano(), 10)
		default:
			out = appendText(out, fmt.Sprintf("%T %v", v, v))
		}
		out = append(out, ';')
	}
	return string(out)
}

func appendText(to []byte, text string) []byte {
	to = append(strconv.AppendInt(to, int64(len(text)), 10), ':')
	return append(to, text...)
}

// later runs a statement whose answer nobody needs.
func (t *tx) later(query string, args ...any) error {
	if t.asking != nil {
		return errAhead
	}
	if err := t.q.Later(t.ctx, query, args, nil); err != nil {
		return sqlError(query, err)
	}
	return nil
}

// laterAll is later for several statements with the same arguments.
func (t *tx) laterAll(args []any, queries ...string) error {
	for _, query := range queries {
		if err := t.later(query, args...); err != nil {
			return err
		}
	}
	return nil
}

// identity returns the identity of a row that is going to be added to a table
// unless there is one already, which is a query for it. While it is said what will
// be asked it notes the question; after that it hands the identity out once. It
// reports false if nobody has asked, and where there is such a row.
func (t *tx) identity(table, unless string, args ...any) (id int64, known bool) {
	if !t.foresees() {
		return 0, false
	}
	query := `SELECT nextval('` + table + `_id_seq')`
	if unless != "" {
		query += ` WHERE NOT EXISTS (` + unless + `)`
	}
	t.spareEarlier()
	if t.asking != nil {
		t.asking.next.last = table == "version" // what is asked of it as unmade has seen none that comes later
	}
	ids, _, err := answered(t, scanID, query, args)
	if err != nil || len(ids) != 1 {
		return 0, false
	}
	if t.asking == nil {
		t.forget(query, args...)
		t.guessed = true
	}
	return ids[0], true
}

// isNewContent reports whether this transaction has made a content, so that
// nobody has verified it.
func (t *tx) isNewContent(id int64) bool { return slices.Contains(t.contents, id) }

// guessedWrong reports whether a transaction failed because rows that it took
// for new were there already, or because what they refer to is gone. A branch that
// is gone has no seq to give (writeMove): that is wrong whatever was foreseen.
func guessedWrong(err error, guessed bool) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "23502" || guessed && (pg.Code == "23505" || pg.Code == "23503"))
}
