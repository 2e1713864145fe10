package pattern

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"time"

	"github.com/dlclark/regexp2"
)

const (
	// Timeout bounds one match of a backtracking expression. One that needs
	// longer has run into exponential backtracking.
	Timeout = time.Second
	// maxSteps bounds the product of an expression's and a text's size that is
	// left to Go's engine, which takes a time proportional to it and cannot be
	// stopped. Larger ones run on the backtracking engine, which can.
	maxSteps = 20_000_000
	// maxCached and maxWeight bound the cache: how many expressions, and how many
	// instructions of theirs. Contracts hold a few dozen, but generated ones one
	// for each of ten thousand interactions, and a server asks all of them.
	maxCached = 50_000
	maxWeight = 1_000_000
	// maxShown is how much of an expression an error shows.
	maxShown = 200
)

// Error tells why an expression cannot be used, or gave no answer.
type Error struct {
	Pattern string
	// What is wrong with it, and what to do.
	What string
	// RanAway is true when the expression is well-formed and needed too long.
	RanAway bool
}

// Error names the expression and the construct.
func (e *Error) Error() string {
	shown := e.Pattern
	if len(shown) > maxShown {
		shown = strings.ToValidUTF8(shown[:maxShown], "") + "…"
	}
	return fmt.Sprintf("the regular expression %q %s", shown, e.What)
}

// Pattern is a compiled expression that matches a text as a whole. It is safe
// for concurrent use.
type Pattern struct {
	source   string
	readings []*reading
	differs  string // what the readings differ in
}

// reading is an expression as one dialect reads it.
type reading struct {
	plain *regexp.Regexp // Go's engine: linear time
	size  int            // of the expression, compiled for Go's engine
	// rich is the backtracking engine, for look-around, back-references and
	// atomic groups, and for what is large; it has a time limit.
	rich func() (*regexp2.Regexp, error)
	// inLines is true when this reading can differ from the first one only for
	// texts with a line feed.
	inLines bool
	// source is the expression anew, without what makes it match as a whole.
	source string
}

type compiled struct {
	pattern *Pattern
	err     error
}

// weight is about how many instructions are kept.
func (c compiled) weight(source string) int {
	w := len(source)
	if c.pattern != nil {
		for _, r := range c.pattern.readings {
			w += r.size
		}
	}
	return w
}

var cache = struct {
	sync.Mutex
	bySource map[string]compiled
	weight   int
}{bySource: map[string]compiled{}}

// Compile compiles an expression or takes it from a cache. The error is an
// [*Error].
func Compile(source string) (*Pattern, error) {
	cache.Lock()
	c, ok := cache.bySource[source]
	cache.Unlock()
	if ok {
		return c.pattern, c.err
	}
	c.pattern, c.err = compile(source)
	keep(source, c)
	return c.pattern, c.err
}

// keep puts an expression into the cache.
func keep(source string, c compiled) {
	cache.Lock()
	defer cache.Unlock()
	if _, known := cache.bySource[source]; known {
		return // another goroutine was faster
	}
	cache.weight += c.weight(source)
	cache.bySource[source] = c
	for k, old := range cache.bySource {
		if len(cache.bySource) <= maxCached && cache.weight <= maxWeight {
			return
		}
		// Some entry goes; which one does not matter for a cache this large.
		cache.weight -= old.weight(k)
		delete(cache.bySource, k)
	}
}

func compile(source string) (*Pattern, error) {
	texts, err := readings(source)
	if err != nil {
		return nil, &Error{Pattern: source, What: "cannot be read: " + err.Error()}
	}
	p := &Pattern{source: source, differs: texts[0].differs}
	for _, t := range texts {
		r, err := newReading(t)
		if err != nil {
			return nil, &Error{Pattern: source, What: "cannot be read: " + err.Error()}
		}
		p.readings = append(p.readings, r)
		if t.differs != "" {
			p.differs = t.differs
		}
	}
	return p, nil
}

func newReading(t text) (*reading, error) {
	r := &reading{inLines: t.inLines, source: forGo(t.source)}
	r.rich = sync.OnceValues(func() (*regexp2.Regexp, error) {
		re, err := regexp2.Compile(`\A(?:`+forRegexp2(t.source)+`)\z`, regexp2.None)
		if err == nil {
			re.MatchTimeout = Timeout
		}
		return re, err
	})
	whole := `\A(?:` + r.source + `)\z`
	if re, err := regexp.Compile(whole); err == nil {
		r.plain, r.size = re, programSize(whole)
		return r, nil
	}
	_, err := r.rich()
	return r, err
}

// programSize counts the instructions of an expression that Go's engine knows.
func programSize(source string) int {
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return maxSteps
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return maxSteps
	}
	return len(prog.Inst)
}

// Match reports whether text as a whole matches. The error is an [*Error]: the
// expression took too long, or dialects differ about this text.
func (p *Pattern) Match(text string) (bool, error) {
	first, err := p.readings[0].match(text)
	if err != nil {
		return false, p.ranAway()
	}
	for _, r := range p.readings[1:] {
		if r.inLines && strings.IndexByte(text, '\n') < 0 {
			continue
		}
		other, err := r.match(text)
		if err != nil {
			return false, p.ranAway()
		}
		if other != first {
			return false, &Error{Pattern: p.source, What: "means one thing in Ruby and another in Java, and they disagree about this text (" +
				p.differs + "); write it in another way"}
		}
	}
	return first, nil
}

func (p *Pattern) ranAway() error {
	return &Error{Pattern: p.source, What: fmt.Sprintf("gave no answer within %s; simplify it", Timeout), RanAway: true}
}

func (r *reading) match(text string) (bool, error) {
	if r.plain != nil && r.size*(len(text)+1) <= maxSteps {
		return r.plain.MatchString(text), nil
	}
	rich, err := r.rich()
	if err != nil {
		return false, err
	}
	return rich.MatchString(text)
}

// Plain returns the expression in Go's syntax, not bound to the ends of a
// text; ok is false if it needs a construct that Go's engine does not have.
func (p *Pattern) Plain() (source string, ok bool) {
	r := p.readings[0]
	return r.source, r.plain != nil
}
