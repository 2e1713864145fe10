// Package selfchange finds examples that would make a contract change by
// itself: times and random values that differ on every run. Such a contract is
// a new one for the broker each time, and is verified again for nothing.
package selfchange

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/exact"
)

// nearly is how close to the time of the run a moment must be to be its time.
// A minute is long for a test and far too short for a coincidence.
const nearly = time.Minute

// Find lists the examples of i that hold the time of the run, each with its
// place, in a fixed order.
func Find(i contract.Interaction, now time.Time) []string {
	f := finder{now: now}
	for _, state := range i.Base().States {
		f.walk(fmt.Sprintf("parameter of provider state %q: $", state.Name), state.Params)
	}
	switch i := i.(type) {
	case *contract.HTTP:
		f.text("request path", i.Request.Path)
		f.values("request query parameter", i.Request.Query)
		f.values("request header", i.Request.Headers)
		f.body("request body", i.Request.Body)
		f.values("response header", i.Response.Headers)
		f.body("response body", i.Response.Body)
	case *contract.AsyncMessage:
		f.message("", i.Message)
	case *contract.SyncMessage:
		f.message("request ", i.Request)
		for n, response := range i.Responses {
			f.message(fmt.Sprintf("response %d ", n+1), response)
		}
	}
	return f.found
}

type finder struct {
	now   time.Time
	found []string
}

func (f *finder) message(prefix string, m contract.Message) {
	f.walk(prefix+"metadata $", m.Metadata)
	f.body(prefix+"contents", m.Contents)
}

func (f *finder) values(place string, values contract.Values) {
	for _, name := range values.Names() {
		for _, value := range values[name] {
			f.text(fmt.Sprintf("%s %q", place, name), value)
		}
	}
}

func (f *finder) body(place string, b contract.Body) {
	if b.State != contract.BodyPresent {
		return
	}
	decoded, err := exact.Value(b.Content)
	if err != nil {
		return
	}
	f.walk(place+" $", decoded)
}

func (f *finder) walk(place string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			f.walk(place+"."+name, v[name])
		}
	case []any:
		for i, element := range v {
			f.walk(fmt.Sprintf("%s[%d]", place, i), element)
		}
	case string:
		f.text(place, v)
	case json.Number:
		f.text(place, v.String())
	case float64:
		f.text(place, strconv.FormatFloat(v, 'f', -1, 64))
	}
}

func (f *finder) text(place, text string) {
	for _, moment := range moments(text, f.now) {
		if d := moment.Sub(f.now); d.Abs() < nearly {
			f.found = append(f.found, fmt.Sprintf("%s is %q, the time of this run", place, text))
			return
		}
	}
}

var layouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05-0700",
	"2006-01-02 15:04:05 -0700 MST", "2006-01-02T15:04:05.999999999-0700", time.RFC1123, time.RFC1123Z, time.RFC850, time.ANSIC, time.UnixDate,
}

// moments returns what text may mean as a moment: a time without a zone may be
// local or UTC, a number may count seconds, or thousandths of them and less.
func moments(text string, now time.Time) []time.Time {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		var out []time.Time
		for _, unit := range []float64{1, 1e3, 1e6, 1e9} {
			if seconds := n / unit; seconds > 1e9 && seconds < 1e10 {
				out = append(out, time.Unix(int64(seconds), 0))
			}
		}
		return out
	}
	if len(text) < len("2006-01-02T15:04:05") || len(text) > 64 {
		return nil
	}
	for _, layout := range layouts {
		utc, err := time.ParseInLocation(layout, text, time.UTC)
		if err != nil {
			continue
		}
		if local, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return []time.Time{utc, local}
		}
		return []time.Time{utc}
	}
	return nil
}

var uuid = regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

var random = regexp.MustCompile(`^[0-9A-Za-z_+/=-]{20,}$`)

// Alike tells that two examples of one place, from two runs, look as if a
// program made them: two UUIDs, two times, two dates, two random texts.
func Alike(a, b string) bool {
	isDate := func(s string) bool {
		_, err := time.Parse(time.DateOnly, s)
		return err == nil || len(moments(s, time.Now())) > 0
	}
	for _, kind := range []func(string) bool{uuid.MatchString, isDate, random.MatchString} {
		if kind(a) && kind(b) {
			return true
		}
	}
	return false
}
