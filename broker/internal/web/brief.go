package web

import (
	"html/template"
	"regexp"

	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// commitInWords is a commit in a sentence.
var commitInWords = regexp.MustCompile(`\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b`)

// brief is a sentence with its commits cut short; each has the whole in its
// title. It is for sentences alone: of two values that are compared, what is cut
// off may be the difference.
func brief(value any) any {
	text, ok := textOf(value)
	if !ok {
		return value
	}
	// No markup that isolated writes holds such a word.
	short := commitInWords.ReplaceAllStringFunc(string(isolated(text)), func(commit string) string {
		return `<abbr title="` + commit + `">` + kit.Short(commit) + "</abbr>"
	})
	return template.HTML(short) //nolint:gosec // isolated has escaped it
}
