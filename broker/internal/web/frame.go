package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/advice"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/internal/wording"
)

// frame is what the layout shows around every page.
type frame struct {
	Home       string
	Stylesheet string
	Nav        []navItem
	Version    string
	Now        moment
	// BaseVariable is the variable that commands read the broker's URL from; ""
	// where they name it.
	BaseVariable string
}

type navItem struct {
	Text, URL string
	Current   bool
}

// base is embedded by page models.
type base struct {
	frameData frame
	title     string
}

func (b *base) frame() *frame { return &b.frameData }

// The layout reads these from every model.

func (b *base) Title() string      { return b.title }
func (b *base) Home() string       { return b.frameData.Home }
func (b *base) Stylesheet() string { return b.frameData.Stylesheet }
func (b *base) Nav() []navItem     { return b.frameData.Nav }
func (b *base) Version() string    { return b.frameData.Version }
func (b *base) Now() moment        { return b.frameData.Now }

// BaseVariable is the variable that the page's commands read the address of the
// broker from; "" where they name the address itself.
func (b *base) BaseVariable() string { return b.frameData.BaseVariable }

// fill sets what the layout shows.
func (w *web) fill(f *frame, r *http.Request) {
	l := w.links(r)
	f.Home, f.Version = l.HomePage(), w.config.Version
	if l.Base() == "" {
		f.BaseVariable = advice.BaseVariable
	}
	f.Stylesheet = l.Asset(styleName)
	f.Now = w.moment(w.config.Now())
	for _, item := range []navItem{
		{Text: "Now", URL: l.HomePage()},
		{Text: "Applications", URL: l.ApplicationsPage()},
		{Text: "Environments", URL: l.EnvironmentsPage()},
		{Text: "Can I deploy?", URL: l.GatePage("", "", "")},
	} {
		path := strings.TrimPrefix(item.URL, strings.TrimSuffix(l.HomePage(), "/"))
		item.Current = r.URL.Path == path || (path != "/" && strings.HasPrefix(r.URL.Path, path+"/"))
		f.Nav = append(f.Nav, item)
	}
}

// status is an answer as people see it: an icon, a word and a colour class.
type status struct{ Class, Icon, Word string }

var (
	statusYes     = status{"yes", "✓", "yes"}
	statusNo      = status{"no", "✗", "no"}
	statusUnknown = status{"unknown", "?", "unknown"}
	statusDoubt   = status{"unknown", "!", "yes, but"}
	statusNone    = status{"none", "–", "empty"}
)

func headlineStatus(h matrix.Headline) status {
	switch h {
	case matrix.HeadlineYes:
		return statusYes
	case matrix.HeadlineDoubt:
		return statusDoubt
	case matrix.HeadlineNo:
		return statusNo
	default:
		return statusUnknown
	}
}

func outcomeStatus(o matrix.Outcome) status {
	switch o {
	case matrix.Passed:
		return status{"yes", "✓", "verified"}
	case matrix.Failed:
		return status{"no", "✗", "failed"}
	default:
		return status{"unknown", "?", "not verified"}
	}
}

func pactStatus(s overview.VerificationStatus) status {
	switch s {
	case overview.StatusSuccess:
		return status{"yes", "✓", "verified"}
	case overview.StatusStale:
		return status{"unknown", "?", "changed since"}
	case overview.StatusFailed:
		return status{"no", "✗", "failed"}
	case overview.StatusFailedPending:
		return status{"no", "✗", "failed, pending"}
	default:
		return status{"unknown", "?", "not verified"}
	}
}

// moment is a time for people and for machines.
type moment struct {
	Known                       bool
	Relative, Absolute, Machine string
}

func (w *web) moment(t time.Time) moment {
	if t.IsZero() {
		return moment{}
	}
	return moment{
		Known:    true,
		Relative: ago(w.config.Now().Sub(t)),
		Absolute: t.UTC().Format("2 January 2006, 15:04:05 UTC"),
		Machine:  t.UTC().Format(time.RFC3339),
	}
}

// ago says how long ago something was, in the largest whole unit.
func ago(d time.Duration) string {
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{
		{365 * 24 * time.Hour, "year"},
		{30 * 24 * time.Hour, "month"},
		{24 * time.Hour, "day"},
		{time.Hour, "hour"},
		{time.Minute, "minute"},
	} {
		if n := int(d / unit.length); n >= 1 {
			return wording.Count(n, unit.name) + " ago"
		}
	}
	return "just now"
}

// link is a text that may lead somewhere.
type link struct{ Text, URL string }

// pager leads to the neighbouring pages of a list.
type pager struct{ Previous, Next string }

const pageSize = 50

// pageOf reads the page number of a request; anything odd is page 1.
func pageOf(r *http.Request) kernel.Page {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		n = 1
	}
	return kernel.Page{Number: n, Size: pageSize}
}

func pagerFor(r *http.Request, p kernel.Page, totalPages int) pager {
	at := func(n int) string {
		query := url.Values{}
		for key, values := range r.URL.Query() {
			query[key] = values
		}
		query.Set("page", strconv.Itoa(n))
		return "?" + query.Encode()
	}
	var out pager
	if p.Number > 1 {
		out.Previous = at(p.Number - 1)
	}
	if p.Number < totalPages {
		out.Next = at(p.Number + 1)
	}
	return out
}

// short cuts what looks like a commit to its first ten characters.
func short(version string) string {
	if len(version) < 32 || strings.Trim(version, "0123456789abcdef") != "" {
		return version
	}
	return version[:10]
}

type errorPage struct {
	base
	Text string
	// Near is what the reader may have meant.
	Near []link
}

func (*errorPage) template() string { return "error" }
