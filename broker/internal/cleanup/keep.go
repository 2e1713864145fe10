package cleanup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/internal/members"
)

// KeepSelector names versions that a clean-up keeps. Its members restrict
// together; a version is kept if any selector matches it. The zero value
// matches everything.
type KeepSelector struct {
	// Pacticipant restricts it to one, by name; empty means all.
	Pacticipant string
	// Latest means the latest of the pacticipant or, with a tag or branch, the
	// latest with it.
	Latest bool
	// Tag and Branch name one; AnyTag and AnyBranch stand for all.
	Tag       string
	AnyTag    bool
	Branch    string
	AnyBranch bool
	// MainBranch means the main branch of the pacticipant.
	MainBranch bool
	// Deployed and Released mean now. With Environment, there; Environment
	// alone means either.
	Deployed    bool
	Released    bool
	Environment string
	// MaxAge means versions created within that time; 0 does not restrict.
	MaxAge time.Duration
}

const day = 24 * time.Hour

// DefaultKeep is what the Pact Broker keeps: the latest of each tag, branch and
// pacticipant, what is live, and 90 days.
func DefaultKeep() []KeepSelector {
	return []KeepSelector{
		{AnyTag: true, Latest: true}, {AnyBranch: true, Latest: true}, {Latest: true},
		{Deployed: true}, {Released: true}, {MaxAge: 90 * day},
	}
}

// ParseKeep reads selectors in the form of
// PACT_BROKER_DATABASE_CLEAN_KEEP_VERSION_SELECTORS, a JSON list of objects
// with the members pacticipant, latest, tag, branch, mainBranch, environment,
// deployed, released and max_age (days). What is live is always kept.
func ParseKeep(text string) ([]KeepSelector, error) {
	var items []keepForm
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	if err := decoder.Decode(&items); err != nil {
		return nil, kernel.Errorf(kernel.CodeInvalid, "%s: %s", keepForms, keepProblem(err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, kernel.Errorf(kernel.CodeInvalid, "%s: something stands after the list", keepForms)
	}
	if err := members.Unique([]byte(text), nil); err != nil {
		return nil, kernel.Errorf(kernel.CodeInvalid, "the selectors of versions to keep cannot be read: %v", err)
	}
	out := make([]KeepSelector, 0, len(items)+2)
	for i, item := range items {
		selector, err := item.selector()
		if err != nil {
			return nil, kernel.Errorf(kernel.CodeInvalid, "selector %d of the versions to keep: %v", i+1, err)
		}
		out = append(out, selector)
	}
	return withLive(out), nil
}

const keepForms = `the selectors of versions to keep must be a JSON list like [{"latest": true, "branch": true}]`

// keepProblem says what is wrong with a text in words of its own: a decoder
// speaks of types in Go.
func keepProblem(err error) string {
	var wrong *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &wrong):
		return strings.TrimPrefix(err.Error(), "json: ")
	case wrong.Field != "":
		return fmt.Sprintf("%s cannot be a JSON %s", wrong.Field, wrong.Value)
	}
	return fmt.Sprintf("this is a JSON %s", wrong.Value)
}

// withLive adds what no clean-up may delete.
func withLive(keep []KeepSelector) []KeepSelector {
	for _, always := range []KeepSelector{{Deployed: true}, {Released: true}} {
		if !slices.Contains(keep, always) {
			keep = append(keep, always)
		}
	}
	return keep
}

type keepForm struct {
	Pacticipant string `json:"pacticipant"`
	Latest      bool   `json:"latest"`
	Tag         any    `json:"tag"`
	Branch      any    `json:"branch"`
	MainBranch  bool   `json:"mainBranch"`
	Environment string `json:"environment"`
	Deployed    bool   `json:"deployed"`
	Released    bool   `json:"released"`
	MaxAge      *int   `json:"max_age"`
}

func (f keepForm) selector() (KeepSelector, error) {
	k := KeepSelector{
		Pacticipant: f.Pacticipant, Latest: f.Latest, MainBranch: f.MainBranch,
		Environment: f.Environment, Deployed: f.Deployed, Released: f.Released,
	}
	for _, word := range []struct {
		name  string
		value any
		named *string
		every *bool
	}{{"tag", f.Tag, &k.Tag, &k.AnyTag}, {"branch", f.Branch, &k.Branch, &k.AnyBranch}} {
		switch v := word.value.(type) {
		case nil:
		case bool:
			*word.every = v
		case string:
			*word.named = v
		default:
			return k, fmt.Errorf("%s must be a name or true", word.name)
		}
	}
	if f.MaxAge != nil {
		if *f.MaxAge < 1 {
			return k, fmt.Errorf("max_age must be a number of days, 1 or more")
		}
		k.MaxAge = time.Duration(min(*f.MaxAge, mostDays)) * day
	}
	if k == (KeepSelector{}) {
		return k, fmt.Errorf("it is empty and would keep everything")
	}
	return k, nil
}

// mostDays is about 270 years. More is as good as for ever, and would not fit
// into a duration: it would come out as a short one.
const mostDays = 100_000

// candidate is a version with all that keeping may depend on.
type candidate struct {
	kernel.VersionDetails
	mainBranch string
	isLatest   bool
}

// matches reports whether k keeps v.
func (k KeepSelector) matches(v candidate, now time.Time) bool {
	if k.Pacticipant != "" && k.Pacticipant != v.Pacticipant.Name || k.MaxAge > 0 && now.Sub(v.CreatedAt) > k.MaxAge {
		return false
	}
	words := false
	if k.Tag != "" || k.AnyTag {
		words = true
		if !slices.ContainsFunc(v.Tags, func(t kernel.Tag) bool { return (k.AnyTag || t.Name == k.Tag) && (!k.Latest || t.Latest) }) {
			return false
		}
	}
	if k.Branch != "" || k.AnyBranch || k.MainBranch {
		words = true
		if !slices.ContainsFunc(v.Branches, func(b kernel.BranchVersion) bool { return k.onBranch(b, v.mainBranch) }) {
			return false
		}
	}
	if k.Latest && !words && !v.isLatest {
		return false
	}
	return k.matchesPlace(v)
}

func (k KeepSelector) onBranch(b kernel.BranchVersion, main string) bool {
	return (k.Branch == "" || b.Branch == k.Branch) && (!k.MainBranch || b.Branch == main) && (!k.Latest || b.Latest)
}

func (k KeepSelector) matchesPlace(v candidate) bool {
	if !k.Deployed && !k.Released && k.Environment == "" {
		return true
	}
	there := func(e kernel.Environment) bool { return k.Environment == "" || e.Name == k.Environment }
	deployed := slices.ContainsFunc(v.Deployed, func(d kernel.DeployedVersion) bool { return d.CurrentlyDeployed && there(d.Environment) })
	released := slices.ContainsFunc(v.Released, func(r kernel.ReleasedVersion) bool { return r.CurrentlySupported && there(r.Environment) })
	switch {
	case k.Deployed && k.Released:
		return deployed && released
	case k.Deployed:
		return deployed
	case k.Released:
		return released
	}
	return deployed || released
}
