package publish

import (
	"fmt"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/visible"
)

// hiddenNotices warns of names that people cannot tell apart on a page: those
// with characters that are not seen, and those of a new application that looks
// like a known one.
func hiddenNotices(tx kernel.Tx, in ContractsPublication, parties map[string]kernel.Pacticipant, at time.Time) ([]kernel.Notice, error) {
	var out []kernel.Notice
	for _, named := range in.named() {
		if visible.Any(named.name) {
			out = append(out, kernel.Notice{Level: kernel.LevelWarning, Text: fmt.Sprintf(
				"The name of the %s %s holds what cannot be seen: %s. Names that differ by it alone look the same.",
				named.what, visible.Text(named.name), visible.Describe(named.name))})
		}
	}
	var alike map[string][]string
	for _, name := range sortedUnique(in.names()) {
		if !parties[name].CreatedAt.Equal(at) {
			continue // a known application was looked at when it came
		}
		if alike == nil {
			existing, err := tx.ListPacticipantNames()
			if err != nil {
				return nil, err
			}
			alike = namesBy(visible.Skeleton, existing)
		}
		if others := othersThan(alike[visible.Skeleton(name)], name); len(others) > 0 {
			out = append(out, kernel.Notice{Level: kernel.LevelWarning, Text: lookAlikeText(name, others)})
		}
	}
	return out, nil
}

// lookAlikesTold bounds a warning: names that look the same come in crowds.
const lookAlikesTold = 3

func lookAlikeText(name string, others []string) string {
	if len(others) == 1 {
		return fmt.Sprintf("The application %s looks like another one that exists: %s. They are two applications.",
			visible.Text(name), visible.Text(others[0]))
	}
	var told []string
	for _, other := range others[:min(len(others), lookAlikesTold)] {
		told = append(told, visible.Text(other))
	}
	if more := len(others) - len(told); more > 0 {
		told = append(told, fmt.Sprintf("%d more", more))
	}
	return fmt.Sprintf("The application %s looks like others that exist: %s. They are different applications.",
		visible.Text(name), strings.Join(told, ", "))
}
