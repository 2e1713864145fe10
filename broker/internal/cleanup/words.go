package cleanup

import (
	"fmt"
	"strings"
	"time"
)

// Words tells a person which versions k keeps, such as "the latest version of each
// application on each branch".
func (k KeepSelector) Words() string {
	what := "every version"
	if k.Latest {
		what = "the latest version"
	}
	of := ""
	if k.Pacticipant != "" {
		of = " of " + k.Pacticipant
	} else if k.Latest {
		of = " of each application"
	}
	var parts []string
	switch {
	case k.Branch != "":
		parts = append(parts, "on the branch "+k.Branch)
	case k.MainBranch:
		parts = append(parts, "on the main branch")
	case k.AnyBranch && k.Latest:
		parts = append(parts, "on each branch")
	case k.AnyBranch:
		parts = append(parts, "on a branch")
	}
	switch {
	case k.Tag != "":
		parts = append(parts, "with the tag "+k.Tag)
	case k.AnyTag && k.Latest:
		parts = append(parts, "with each tag")
	case k.AnyTag:
		parts = append(parts, "with a tag")
	}
	switch {
	case k.Deployed:
		parts = append(parts, "that is deployed")
	case k.Released:
		parts = append(parts, "that is released and supported")
	case k.Environment != "":
		parts = append(parts, "that is live")
	}
	if k.Environment != "" {
		parts = append(parts, "in "+k.Environment)
	}
	if k.MaxAge > 0 {
		parts = append(parts, "that is younger than "+Days(k.MaxAge))
	}
	return strings.TrimSuffix(what+of+" "+strings.Join(parts, " "), " ")
}

// Days is a length of time in days, as far as it is whole days.
func Days(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d == day:
		return "1 day"
	case d%day == 0:
		return fmt.Sprintf("%d days", d/day)
	}
	return d.String()
}

// KeptBy are the selectors in effect, with those of what always stays.
func (o Options) KeptBy() []KeepSelector {
	if len(o.Keep) == 0 {
		return DefaultKeep()
	}
	return withLive(append([]KeepSelector(nil), o.Keep...))
}
