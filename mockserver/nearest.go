package mockserver

import (
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/matching"
)

// nearest looks at every interaction: it runs only for a request that fails.
func (b *book) nearest(r Received) choice {
	best := choice{nearest: -1}
	var bestDistance distance
	var matches []int
	for i := range b.interactions {
		result := b.match(i, r)
		if result.OK() { // a path that only matching understands
			matches = append(matches, i)
			continue
		}
		d := measure(b.interactions[i].Request, r.Request, result)
		if best.nearest < 0 || d.less(bestDistance) {
			best, bestDistance = choice{nearest: i, result: result}, d
		}
	}
	if len(matches) > 0 {
		return b.best(matches)
	}
	return best
}

// distance tells how far a request is from an interaction. The route weighs
// more than everything else: a wrong body on the right path is nearer than a
// right body on another path.
type distance struct {
	route int // mismatches of method and path
	path  int // path segments that differ
	rest  int // all other mismatches
}

func (d distance) less(other distance) bool {
	if d.route != other.route {
		return d.route < other.route
	}
	if d.path != other.path {
		return d.path < other.path
	}
	return d.rest < other.rest
}

func measure(expected, actual contract.Request, result matching.Result) distance {
	var d distance
	for _, m := range result.Mismatches {
		switch m.Kind {
		case matching.KindMethod:
			d.route++
		case matching.KindPath:
			d.route++
			d.path = differingSegments(expected.Path, actual.Path)
		default:
			d.rest++
		}
	}
	return d
}

func differingSegments(a, b string) int {
	as, bs := strings.Split(strings.Trim(a, "/"), "/"), strings.Split(strings.Trim(b, "/"), "/")
	// Another length is further away than another name in one place.
	n := 2 * (max(len(as), len(bs)) - min(len(as), len(bs)))
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			n++
		}
	}
	return n
}

// routeDiffers reports whether the nearest interaction is about another request
// altogether, so that the request counts as unexpected.
func routeDiffers(result matching.Result) bool {
	for _, m := range result.Mismatches {
		if m.Kind == matching.KindMethod || m.Kind == matching.KindPath {
			return true
		}
	}
	return false
}
