// Package scale fills a database with a made-up history of any length, for
// measuring what questions cost when the history grows. It loads rows in bulk
// and keeps the derived rows as the store would have left them.
package scale

import (
	"cmp"
	"fmt"
	"time"
)

// Size is how much history to make up.
type Size struct {
	// Applications is the number of applications, at least 60.
	Applications int
	// Results is about how many verification results there will be.
	Results int
	// Contents and Versions are about how many distinct pact contents and
	// versions there will be. They are raised to what the number of results
	// needs.
	Contents int
	Versions int
	// Over is the time that the history takes, from the start of 2020. 0 means a
	// version each second.
	Over time.Duration
	// TagEvery puts a tag on one in so many versions of an application. 0 means 20.
	TagEvery int
}

// OfResults returns the size of a broker with that many results in the
// proportions of a large one: 1,000 applications, and for each 10 million
// results 400,000 versions and 200,000 contents.
func OfResults(results int) Size {
	return Size{Applications: 1000, Results: results, Contents: results / 50, Versions: results / 25, Over: year}
}

// DeepOfResults returns the size of a broker with as much history, but of few
// applications that each have a long one: every version has a tag, and a content is
// verified by thousands of versions. What a request reads of the history of an
// application, a pair or a content shows here.
func DeepOfResults(results int) Size {
	return Size{Applications: 60, Results: results, Contents: results / 2000, Versions: results / 25, Over: year, TagEvery: 1}
}

const year = 365 * 24 * time.Hour

// Month is the time up to which one month of twelve was seen.
func (s Size) Month() time.Time { return start.Add(s.Over / 12) }

// These applications have a known number of integrations; all others have a
// few.
const (
	ConsumerOfOne   = "app-0000"
	ConsumerOfTen   = "app-0001"
	ConsumerOfFifty = "app-0002"
	ProviderOfFifty = "app-0003"
	// Environment is where the newest versions are deployed.
	Environment = "production"
	// Branch is everybody's main branch.
	Branch = "main"
)

// few is how many providers an ordinary application has.
const few = 3

// pair is a consumer with one of its providers. Its contents are numbered
// globally from first.
type pair struct {
	consumer, provider int
	first              int
	index              int // among all pairs
}

// plan is the made-up history: who uses whom, and which versions of a provider
// verified which content. Everything else follows from numbers.
type plan struct {
	apps      int
	versions  int // per application
	perPair   int // contents
	perResult int // provider versions that verified a content
	pairs     []pair
	byApp     [][]int // consumer → its pairs
	byUser    [][]int // provider → its pairs
	step      time.Duration
	tagEvery  int
}

func newPlan(size Size) plan {
	p := plan{apps: max(size.Applications, 60)}
	p.byApp, p.byUser = make([][]int, p.apps), make([][]int, p.apps)
	for consumer := range p.apps {
		for _, provider := range p.providersOf(consumer) {
			p.byApp[consumer] = append(p.byApp[consumer], len(p.pairs))
			p.byUser[provider] = append(p.byUser[provider], len(p.pairs))
			p.pairs = append(p.pairs, pair{consumer: consumer, provider: provider})
		}
	}
	p.perPair = max(2, (size.Contents+len(p.pairs)/2)/len(p.pairs))
	for i := range p.pairs {
		p.pairs[i].first, p.pairs[i].index = i*p.perPair, i
	}
	contents := p.perPair * len(p.pairs)
	p.perResult = max(1, (size.Results+contents/2)/contents)
	p.versions = max(p.perResult, p.perPair, (size.Versions+p.apps/2)/p.apps, 8)
	p.step, p.tagEvery = time.Duration(p.apps)*time.Second, cmp.Or(size.TagEvery, 20)
	if size.Over > 0 {
		p.step = size.Over / time.Duration(p.versions)
	}
	return p
}

// seen is when a version of each application was first seen.
func (p plan) seen(version int) time.Time {
	return start.Add(time.Duration(version) * p.step).Truncate(time.Microsecond)
}

func (p plan) providersOf(consumer int) []int {
	count := few
	switch consumer {
	case 0:
		count = 1
	case 1:
		count = 10
	case 2:
		count = 50
	}
	seen := map[int]bool{consumer: true, 3: true}
	var out []int
	// The provider of fifty is used by the fifty applications after it.
	if consumer > 3 && consumer <= 53 {
		out = append(out, 3)
	}
	for step := 0; len(out) < count; step++ {
		provider := (consumer*7 + step*13 + 5) % p.apps
		for seen[provider] {
			provider = (provider + 1) % p.apps
		}
		seen[provider] = true
		out = append(out, provider)
	}
	return out
}

// versionID is the identity of an application's version: versions of all
// applications come in turn, as they do in life.
func (p plan) versionID(app, version int) int64 { return int64(version*p.apps + app + 1) }

func appName(app int) string { return fmt.Sprintf("app-%04d", app) }

// contentOf is the content that a consumer version publishes for a pair. The
// newest feature branch has a content of its own, which nobody has verified
// with success: it is the work in progress of a broker of any size.
func (p plan) contentOf(pairIndex, version int) int {
	if version == p.inProgress() {
		return p.pairs[pairIndex].first + p.perPair - 1
	}
	return p.pairs[pairIndex].first + version*(p.perPair-1)/p.versions
}

// inProgress is the newest version on a feature branch.
func (p plan) inProgress() int { return p.versions - 3 }

// isInProgress reports whether a content is that of the newest feature branch.
func (p plan) isInProgress(content int) bool { return content%p.perPair == p.perPair-1 }

// window is the range of provider versions that verified a content: those
// around the time when it was new. The last content is verified by the last
// versions.
func (p plan) window(content int) (from, to int) {
	from = p.versions - p.perResult
	if p.perPair > 2 && !p.isInProgress(content) {
		from = content % p.perPair * from / (p.perPair - 2)
	}
	return from, from + p.perResult
}

// success reports whether a result is one. The newest version of each provider
// passes everything.
func (p plan) success(content, version int) bool {
	return !p.isInProgress(content) && (version == p.versions-1 || (content*31+version*17)%20 != 0)
}

// feature reports whether a version came from a branch of its own instead of the
// main branch.
func (p plan) feature(version int) bool { return (p.inProgress()-version)%10 == 0 }

// tagged reports whether a version has the tag prod.
func (p plan) tagged(version int) bool { return version%p.tagEvery == 0 || version == p.versions-1 }

// head is the newest version on the main branch.
func (p plan) head() int { return p.versions - 1 }

// lastTagged is the newest version with the tag.
func (p plan) lastTagged() int { return p.versions - 1 }

// Totals says what a size comes to.
func (s Size) Totals() (applications, versions, contents, results int) {
	p := newPlan(s)
	contents = p.perPair * len(p.pairs)
	return p.apps, p.apps * p.versions, contents, contents * p.perResult
}
