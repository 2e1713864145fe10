package api

import (
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/internal/hal"
	"github.com/treatyhq/treaty/internal/visible"
)

// Badges says how badges are answered. The zero value redirects to the public
// shields server, as Pact Broker does.
type Badges struct {
	// Draw answers with an SVG that the broker draws itself, instead of a
	// redirect.
	Draw bool
	// ShieldsURL is where redirects lead; empty means DefaultShieldsURL.
	ShieldsURL string
	// MergeCache is the Cache-Control of the can-i-merge badge; empty means
	// max-age=30.
	MergeCache string
}

// DefaultShieldsURL is the public server that draws badges.
const DefaultShieldsURL = "https://img.shields.io"

// badge is what a badge says.
type badge struct {
	left, right, colour string
	// comment is put into a drawn badge, for people who look at its source.
	comment string
}

const (
	green  = "brightgreen"
	red    = "red"
	orange = "orange"
	grey   = "lightgrey"
)

// notFoundBadge stands for what does not exist: a badge in a README must show
// something.
func notFoundBadge(what string) badge { return badge{left: what, right: "not found", colour: grey} }

func (a *API) writeBadge(c echo.Context, b badge) error {
	if a.config.Badges.Draw {
		return c.Blob(http.StatusOK, typeSVG, []byte(drawBadge(b)))
	}
	base := a.config.Badges.ShieldsURL
	if base == "" {
		base = DefaultShieldsURL
	}
	c.Response().Header().Set("Location", strings.TrimRight(base, "/")+"/badge/"+
		shieldsText(b.left)+"-"+shieldsText(b.right)+"-"+b.colour+".svg")
	c.Response().Header().Set("Content-Type", typeSVG)
	return c.NoContent(http.StatusTemporaryRedirect)
}

func shieldsText(text string) string {
	doubled := strings.NewReplacer("-", "--", "_", "__").Replace(text)
	return strings.ReplaceAll(url.QueryEscape(doubled), "+", "%20")
}

// pactBadge answers for the pact that find names.
func (a *API) pactBadge(find func(echo.Context) kernel.PactQuery) echo.HandlerFunc {
	return func(c echo.Context) error {
		q := find(c)
		status, err := a.service.Overview.FindPactStatus(c.Request().Context(), q)
		if err != nil && !kernel.IsNotFound(err) {
			return err
		}
		if status.Pact == nil || err != nil {
			return a.writeBadge(c, badge{left: "pact not found", right: "unknown", colour: grey})
		}
		right, colour := statusWords(status.Line)
		values, err := readQuery(c)
		if err != nil {
			return err
		}
		left := badgeNames(values, q.Consumer, q.Provider) + " pact"
		return a.writeBadge(c, badge{left: left, right: right, colour: colour, comment: badgeComment(status)})
	}
}

func latestPactQuery(c echo.Context) kernel.PactQuery {
	q := pairOf(c)
	q.Latest = true
	return q
}

func taggedPactQuery(c echo.Context) kernel.PactQuery {
	q := pairOf(c)
	q.Tag = c.Param("tag")
	return q
}

func untaggedPactQuery(c echo.Context) kernel.PactQuery {
	q := pairOf(c)
	q.Untagged = true
	return q
}

func statusWords(status overview.VerificationStatus) (text, colour string) {
	switch status {
	case overview.StatusSuccess:
		return "verified", green
	case overview.StatusStale:
		return "changed", orange
	case overview.StatusFailed:
		return "failed", red
	case overview.StatusFailedPending:
		return "failed (pending)", red
	case overview.StatusNever:
	}
	return "unknown", grey
}

func badgeComment(status overview.PactStatus) string {
	p, provider, number := status.Pact, "?", "?"
	if v := status.Verification; v != nil {
		provider, number = v.ProviderVersion.Number, strconv.FormatInt(v.Number, 10)
	}
	return p.Consumer.Name + " version " + p.ConsumerVersion.Number + " revision " + strconv.Itoa(p.Revision) +
		" " + p.Provider.Name + " version " + provider + " number " + number
}

// badgeNames writes consumer and provider, or one of them, whole or as
// initials.
func badgeNames(values query, consumer, provider string) string {
	if values.flag("initials") {
		consumer, provider = initials(consumer), initials(provider)
	}
	switch values.text("label") {
	case "consumer":
		return strings.ToLower(consumer)
	case "provider":
		return strings.ToLower(provider)
	}
	return strings.ToLower(consumer + "/" + provider)
}

// initials shortens a name of several parts; a single word stays. Parts are
// told by separators or, where there are none, by capital letters.
func initials(name string) string {
	parts := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(parts) < 2 {
		parts = strings.Fields(splitCapitals(name))
	}
	if len(parts) < 2 {
		return name
	}
	out := make([]rune, 0, len(parts))
	for _, part := range parts {
		out = append(out, []rune(part)[0])
	}
	return string(out)
}

// splitCapitals puts a space before each capital that follows a small letter.
func splitCapitals(name string) string {
	var out strings.Builder
	var before rune
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			out.WriteRune(' ')
		}
		out.WriteRune(r)
		before = r
	}
	return out.String()
}

// tagPairBadge answers for the latest versions with two tags.
func (a *API) tagPairBadge(c echo.Context) error {
	consumer, provider := c.Param("consumer"), c.Param("provider")
	answer, err := a.service.Gate.LookAtMatrix(c.Request().Context(), gate.MatrixQuery{
		Selectors: []matrix.Selector{
			{Pacticipant: consumer, Latest: true, Tag: c.Param("tag")},
			{Pacticipant: provider, Latest: true, Tag: c.Param("providertag")},
		},
		LatestBy: matrix.ByVersions,
	})
	if err != nil && kernel.CodeOf(err) == kernel.CodeInternal {
		return err
	}
	right, colour := pairWords(answer.Rows, consumer)
	left := strings.ToLower(consumer) + " (" + c.Param("tag") + ")/" +
		strings.ToLower(provider) + " (" + c.Param("providertag") + ") pact"
	return a.writeBadge(c, badge{left: left, right: right, colour: colour})
}

// pairWords tell of a consumer's rows, all of them, whether they are verified: a
// failure wins, then what is not verified.
func pairWords(rows []gate.MatrixRow, consumer string) (text, colour string) {
	text, colour = "unknown", grey
	unverified := false
	for _, row := range rows {
		if !strings.EqualFold(row.Consumer.Name, consumer) {
			continue // the other way round they may have a pact as well
		}
		switch row.Outcome() {
		case matrix.Failed:
			return "failed", red
		case matrix.Unverified:
			unverified = true
		case matrix.Passed:
			text, colour = "verified", green
		}
	}
	if unverified {
		return "unknown", grey
	}
	return text, colour
}

// tagBadge answers whether the latest version with one tag may join another.
func (a *API) tagBadge(c echo.Context) error {
	tag, to := c.Param("tag"), c.Param("to")
	answer, err := a.service.Gate.LookAtTag(c.Request().Context(), gate.TagCanIDeployQuery{
		Pacticipant: c.Param("pacticipant"), Tag: tag, To: to})
	return a.writeVerdictBadge(c, answer, err, tag+" to "+to, "version")
}

// branchBadge answers whether the head of a branch may go to an environment.
func (a *API) branchBadge(c echo.Context) error {
	ctx, branch, environment := c.Request().Context(), c.Param("branch"), c.Param("environment")
	missing := "branch"
	if _, err := a.service.Registry.FindLatestVersion(ctx, kernel.LatestVersionQuery{
		Pacticipant: c.Param("pacticipant"), Branch: branch}); err == nil {
		missing = "environment"
	}
	answer, err := a.service.Gate.LookAtBranch(ctx, gate.BranchCanIDeployQuery{
		Pacticipant: c.Param("pacticipant"), Branch: branch, Environment: environment})
	return a.writeVerdictBadge(c, answer, err, branch+" to "+environment, missing)
}

// writeVerdictBadge draws a verdict. An unknown one is red: nothing may be
// deployed on it.
func (a *API) writeVerdictBadge(c echo.Context, answer gate.MatrixAnswer, err error, right, missing string) error {
	if err != nil {
		return a.writeMissingBadge(c, err, missing)
	}
	values, err := readQuery(c)
	if err != nil {
		return err
	}
	left := values.text("label")
	if strings.TrimSpace(left) == "" {
		left = "can-i-deploy"
	}
	colour := red
	switch answer.Decision.Headline() {
	case matrix.HeadlineYes:
		colour = green
	case matrix.HeadlineDoubt:
		colour = orange
	case matrix.HeadlineNo, matrix.HeadlineUnknown:
	}
	return a.writeBadge(c, badge{left: left, right: right, colour: colour})
}

// writeMissingBadge answers what does not exist. For an unknown pacticipant
// Pact Broker sends its error along with the redirect.
func (a *API) writeMissingBadge(c echo.Context, err error, missing string) error {
	switch {
	case !kernel.IsNotFound(err):
		return err
	case a.pacticipantMissing(c) && a.config.Badges.Draw:
		return a.writeBadge(c, notFoundBadge("pacticipant"))
	case !a.pacticipantMissing(c):
		return a.writeBadge(c, notFoundBadge(missing))
	}
	unknown := kernel.UnknownName(kernel.RolePacticipant, c.Param("pacticipant"))
	base := a.config.Badges.ShieldsURL
	if base == "" {
		base = DefaultShieldsURL
	}
	c.Response().Header().Set("Location", strings.TrimRight(base, "/")+"/badge/pacticipant-not%20found-"+grey+".svg")
	return writeJSON(c, http.StatusTemporaryRedirect, typeHAL, new(hal.Object).Set("error", unknown.Message))
}

func (a *API) pacticipantMissing(c echo.Context) bool {
	_, err := a.service.Registry.FindPacticipant(c.Request().Context(), c.Param("pacticipant"))
	return kernel.IsNotFound(err)
}

// mergeBadge answers whether the main branch goes with all other main branches.
func (a *API) mergeBadge(c echo.Context) error {
	cache := a.config.Badges.MergeCache
	if cache == "" {
		cache = "max-age=30"
	}
	answer, err := a.service.Gate.CanIMerge(c.Request().Context(), c.Param("pacticipant"))
	if err != nil {
		return a.writeMissingBadge(c, err, "main branch version")
	}
	if a.config.Auth.enabled() && !a.config.Auth.PublicBadges {
		cache = "private, " + cache
	}
	c.Response().Header().Set("Cache-Control", cache)
	values, err := readQuery(c)
	if err != nil {
		return err
	}
	left := values.text("label")
	if strings.TrimSpace(left) == "" {
		left = "can-i-merge"
	}
	b := badge{left: left, right: "unknown", colour: grey}
	// The words are those of the API's verdict, as Pact Broker's badge has them.
	switch headline := answer.Decision.Headline(); {
	case headline == matrix.HeadlineYes:
		b.right, b.colour = "success", green
	case headline == matrix.HeadlineDoubt:
		b.right, b.colour = "success, no pact", orange
	case answer.Decision.Verdict == matrix.NotDeployable:
		b.right, b.colour = "failed", red
	}
	return a.writeBadge(c, b)
}

// colours are those of the words that badges use.
var colours = map[string]string{green: "#2d7d32", red: "#b3261e", orange: "#b35c00", grey: "#5f6368"}

// drawBadge draws two boxes with text. Widths are estimated, because no font
// is at hand; textLength makes every font fit them.
func drawBadge(b badge) string {
	// XML knows no control characters, and a picture shows no hidden ones.
	b.left, b.right, b.comment = visible.Text(b.left), visible.Text(b.right), visible.Text(b.comment)
	left, right := textWidth(b.left), textWidth(b.right)
	total := strconv.Itoa(left + right)
	var out strings.Builder
	if b.comment != "" {
		out.WriteString("<!-- " + strings.ReplaceAll(html.EscapeString(b.comment), "--", "- -") + " -->\n")
	}
	label := html.EscapeString(b.left + ": " + b.right)
	out.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" width="` + total + `" height="20" role="img" aria-label="` + label + `">`)
	out.WriteString(`<title>` + label + `</title>`)
	out.WriteString(`<rect width="` + total + `" height="20" rx="3" fill="#3c4043"/>`)
	out.WriteString(`<path d="M` + strconv.Itoa(left) + ` 0h` + strconv.Itoa(right-3) + `a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-` +
		strconv.Itoa(right-3) + `z" fill="` + colours[b.colour] + `"/>`)
	out.WriteString(`<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">`)
	out.WriteString(badgeText(b.left, 6, left-12) + badgeText(b.right, left+6, right-12))
	out.WriteString("</g></svg>\n")
	return out.String()
}

func badgeText(text string, x, width int) string {
	return `<text x="` + strconv.Itoa(x) + `" y="14" textLength="` + strconv.Itoa(width) + `">` +
		html.EscapeString(text) + `</text>`
}

func textWidth(text string) int {
	width := 12.0
	for _, r := range text {
		switch {
		case strings.ContainsRune("iljtf.,:;'|!()[] ", r):
			width += 4
		case unicode.IsUpper(r) || strings.ContainsRune("mw@", r):
			width += 8.5
		default:
			width += 6.8
		}
	}
	return int(width)
}
