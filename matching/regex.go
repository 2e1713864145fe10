package matching

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/dlclark/regexp2"
)

const (
	// regexTimeout bounds one match of a backtracking pattern. A pattern that
	// needs longer has run into exponential backtracking.
	regexTimeout = time.Second
	// maxCachedRegexes bounds the cache: contracts hold a few dozen patterns.
	maxCachedRegexes = 1000
)

// pattern is a compiled regular expression that must match a text whole, as
// the specification's reference implementation asks (rule 23 in doc.go).
type pattern struct {
	source string
	plain  *regexp.Regexp  // Go's engine: linear time
	rich   *regexp2.Regexp // look-around, back-references; has a time limit
	err    error           // the pattern can be compiled by neither
}

var patterns = struct {
	sync.Mutex
	bySource map[string]*pattern
}{bySource: map[string]*pattern{}}

// compilePattern compiles source or takes it from the cache.
func compilePattern(source string) *pattern {
	patterns.Lock()
	p, ok := patterns.bySource[source]
	patterns.Unlock()
	if ok {
		return p
	}
	p = newPattern(source)
	patterns.Lock()
	defer patterns.Unlock()
	if len(patterns.bySource) >= maxCachedRegexes {
		// Some entry goes; which one does not matter for a cache this large.
		for k := range patterns.bySource {
			delete(patterns.bySource, k)
			break
		}
	}
	patterns.bySource[source] = p
	return p
}

func newPattern(source string) *pattern {
	p := &pattern{source: source}
	whole := `\A(?:` + source + `)\z`
	if re, err := regexp.Compile(whole); err == nil {
		p.plain = re
		return p
	}
	re, err := regexp2.Compile(`\A(?:`+possessiveToAtomic(source)+`)\z`, regexp2.None)
	if err != nil {
		p.err = fmt.Errorf("the regular expression %q cannot be read: %w", cut(source), err)
		return p
	}
	re.MatchTimeout = regexTimeout
	p.rich = re
	return p
}

// match tells whether text as a whole matches; the error says that the
// pattern cannot be read or took too long.
func (p *pattern) match(text string) (bool, error) {
	switch {
	case p.err != nil:
		return false, p.err
	case p.plain != nil:
		return p.plain.MatchString(text), nil
	}
	ok, err := p.rich.MatchString(text)
	if err != nil {
		return false, fmt.Errorf("the regular expression %q gave no answer within %s; simplify it", cut(p.source), regexTimeout)
	}
	return ok, nil
}

// possessiveToAtomic rewrites possessive quantifiers on one simple item
// (`\d++`, `[a-z]*+`, `x?+`), which regexp2 does not know, to atomic groups.
// What it does not recognise it leaves for the engine to judge.
func possessiveToAtomic(source string) string {
	var b strings.Builder
	for i := 0; i < len(source); {
		n := itemLen(source[i:])
		item := source[i : i+n]
		i += n
		if i+1 < len(source) && strings.IndexByte("*+?", source[i]) >= 0 && source[i+1] == '+' {
			b.WriteString("(?>" + item + source[i:i+1] + ")")
			i += 2
			continue
		}
		b.WriteString(item)
	}
	return b.String()
}

// itemLen is the length of the escape, class or byte that s begins with.
func itemLen(s string) int {
	switch {
	case s[0] == '\\' && len(s) > 1:
		return 2
	case s[0] == '[':
		for i := 2; i < len(s); i++ {
			switch s[i] {
			case '\\':
				i++
			case ']':
				return i + 1
			}
		}
		return len(s)
	}
	return 1
}
