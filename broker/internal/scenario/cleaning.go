package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker"
)

// cleaningWords are about the clean-up. It has no address: the broker's own
// schedule starts it, and so does a story.
var cleaningWords = []Word{
	{Shape: "clean up", asks: true, play: (*player).clean, Parts: []string{
		"keeping: JSON", "branches older than NUMBER days", "overwritten data older than NUMBER days", "at most NUMBER", "as a preview",
	}},
}

func (p *player) clean(s Sentence) (reply, error) {
	o := broker.Clean{Preview: s.has("as a preview")}
	for _, keep := range s.all("keeping: JSON") {
		if err := o.Keep.Parse(keep["JSON"]); err != nil {
			return reply{lines: texts("refused: " + err.Error())}, nil //nolint:nilerr // that it is refused is the answer
		}
	}
	days := func(shape string) time.Duration {
		if !s.has(shape) {
			return 0
		}
		return time.Duration(atoi(s.get(shape))) * units["day"]
	}
	o.BranchAge, o.OverwrittenAge = days("branches older than NUMBER days"), days("overwritten data older than NUMBER days")
	if s.has("at most NUMBER") {
		o.Limit = atoi(s.get("at most NUMBER"))
	}
	report, err := p.app.CleanUp(p.ctx, o)
	if err != nil {
		return reply{}, err
	}
	out := []string{}
	if report.Preview {
		out = append(out, "a preview")
	}
	out = append(out, byApplication("versions deleted", report.Versions)...)
	out = append(out, byApplication("versions kept", report.Kept)...)
	for _, count := range []struct {
		what string
		n    int
	}{
		{"branches", report.Branches}, {"revisions", report.Revisions}, {"results", report.Results}, {"webhook runs", report.Firings},
		{"contents", report.Contents}, {"kept answers", report.GateAnswers},
	} {
		if count.n > 0 {
			out = append(out, fmt.Sprintf("%s: %d", count.what, count.n))
		}
	}
	if report.More {
		out = append(out, "and there is more")
	}
	return reply{lines: out}, nil
}

// byApplication is a line of counts, none if nothing was counted.
func byApplication(what string, counts map[string]int) []string {
	if len(counts) == 0 {
		return nil
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d of %s", counts[name], name))
	}
	return []string{what + ": " + strings.Join(parts, ", ")}
}
