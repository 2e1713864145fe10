package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/internal/hal"
)

// writeMatrix writes a decision and its rows. The status is 200 whatever the
// verdict is.
func (a *API) writeMatrix(c echo.Context, answer gate.MatrixAnswer) error {
	return a.writeMatrixAs(c, http.StatusOK, answer)
}

func (a *API) writeMatrixAs(c echo.Context, status int, answer gate.MatrixAnswer) error {
	if err := negotiate(c); err != nil {
		return err
	}
	if chosen(c) == typeText {
		return writeTextAs(c, status, typeText, matrixText(answer))
	}
	r, err := matrixDoc(a.links(c), answer)
	if err != nil {
		return err
	}
	return writeHAL(c, status, r)
}

// matrixDoc is a decision with its rows.
func matrixDoc(l links.Links, answer gate.MatrixAnswer) (*hal.Resource, error) {
	notices := []*hal.Object{}
	for _, n := range answer.Decision.Notices() {
		notices = append(notices, new(hal.Object).Set("type", string(n.Level)).Set("text", n.Text))
	}
	docs := rowDocs{links: l}
	rows := make([]*hal.Object, 0, len(answer.Rows))
	for _, row := range answer.Rows {
		doc, err := docs.row(row)
		if err != nil {
			return nil, err
		}
		rows = append(rows, doc)
	}
	r := hal.New().Set("summary", summaryDoc(answer)).
		Set("notices", notices).
		Set("matrix", rows)
	if explanations := answer.Decision.Explanations; len(explanations) > 0 {
		r.Set("explanations", explanationDocs(l, explanations))
	}
	return r, nil
}

func summaryDoc(answer gate.MatrixAnswer) *hal.Object {
	counts := answer.Decision.Counts
	summary := new(hal.Object).
		Set("deployable", deployable(answer.Decision.Verdict)).
		Set("reason", answer.Decision.Summary()).
		Set("success", counts.Success).
		Set("failed", counts.Failed).
		Set("unknown", counts.Unknown)
	if answer.IgnoreAsked {
		summary.Set("ignored", counts.Ignored)
	}
	return summary
}

// deployable writes a verdict as clients read it: true, false or null.
func deployable(v matrix.Verdict) any {
	switch v {
	case matrix.Deployable:
		return true
	case matrix.NotDeployable:
		return false
	case matrix.Unknown:
	}
	return nil
}

// rowDocs writes rows. The rows of one answer share versions and environments,
// which are written once.
type rowDocs struct {
	links        links.Links
	sides        map[side]hal.Encoded
	environments map[int64]hal.Encoded
}

// side is a pacticipant with a version, 0 for none.
type side struct{ pacticipant, version int64 }

func (d *rowDocs) row(row gate.MatrixRow) (*hal.Object, error) {
	consumer, err := d.side(row.Consumer, &row.ConsumerVersion)
	if err != nil {
		return nil, err
	}
	provider, err := d.side(row.Provider, row.ProviderVersion)
	if err != nil {
		return nil, err
	}
	pair := d.links.Pair(row.Provider.Name, row.Consumer.Name)
	pact := hal.New().Set("createdAt", hal.Time(row.PactCreatedAt)).
		Link("self", hal.Link{Href: pair.Pact(row.ConsumerVersion.Number)})
	out := new(hal.Object).
		Set("consumer", consumer).
		Set("provider", provider).
		Set("pact", pact).
		Set("verificationResult", rowResult(pair, row))
	if row.Ignored {
		out.Set("ignored", true)
	}
	return out, nil
}

func (d *rowDocs) side(p kernel.Party, v *gate.MatrixVersion) (hal.Encoded, error) {
	key := side{pacticipant: p.ID}
	if v != nil {
		key.version = v.ID
	}
	if known, ok := d.sides[key]; ok {
		return known, nil
	}
	r := hal.New().Set("name", p.Name)
	if v == nil {
		r.Set("version", nil)
	} else {
		version, err := d.version(p.Name, *v)
		if err != nil {
			return nil, err
		}
		r.Set("version", version)
	}
	text, err := hal.Encode(r.Link("self", hal.Link{Href: d.links.Pacticipant(p.Name)}))
	if d.sides == nil {
		d.sides = map[side]hal.Encoded{}
	}
	d.sides[key] = text
	return text, err
}

func (d *rowDocs) version(name string, v gate.MatrixVersion) (*hal.Object, error) {
	branches, err := hal.Encode(branchVersionStubs(d.links, v.Branches))
	if err != nil {
		return nil, err
	}
	environments := make([]hal.Encoded, 0, len(v.Environments))
	for _, e := range v.Environments {
		text, err := d.environment(e)
		if err != nil {
			return nil, err
		}
		environments = append(environments, text)
	}
	tags := make([]*hal.Resource, 0, len(v.Tags))
	for _, t := range v.Tags {
		tags = append(tags, hal.New().Set("name", t.Name).Set("latest", t.Latest).
			Link("self", hal.Link{Href: d.links.Tag(name, v.Number, t.Name)}))
	}
	self := new(hal.Object).Set("self", hal.Link{Href: d.links.Version(name, v.Number)})
	return new(hal.Object).
		Set("number", v.Number).
		Set("branch", textOrNull(v.Branch())).
		Set("branches", branches).
		Set("branchVersions", branches).
		Set("environments", environments).
		Set("_links", self).
		Set("tags", tags), nil
}

func (d *rowDocs) environment(e kernel.Environment) (hal.Encoded, error) {
	if known, ok := d.environments[e.ID]; ok {
		return known, nil
	}
	text, err := hal.Encode(environmentStub(d.links, e))
	if d.environments == nil {
		d.environments = map[int64]hal.Encoded{}
	}
	d.environments[e.ID] = text
	return text, err
}

func textOrNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func rowResult(pair links.Pair, row gate.MatrixRow) any {
	v := row.Verification
	if v == nil {
		return nil
	}
	meta := kernel.PactMetadata{ConsumerVersionNumber: row.ConsumerVersion.Number}
	return hal.New().Set("success", v.Success).Set("verifiedAt", hal.Time(v.VerifiedAt)).
		Link("self", hal.Link{Href: pair.ResultWithMetadata(row.SHA, encodeMetadata(meta), v.Number)})
}

// matrixText is the table of an answer with its verdict.
func matrixText(answer gate.MatrixAnswer) string {
	rows := [][]string{{"CONSUMER", "C_VERSION", "REVISION", "PROVIDER", "P_VERSION", "NUMBER", "SUCCESS"}}
	for _, row := range answer.Rows {
		cells := []string{row.Consumer.Name, row.ConsumerVersion.Number, strconv.Itoa(row.Revision), row.Provider.Name, "", "", ""}
		if row.ProviderVersion != nil {
			cells[4] = row.ProviderVersion.Number
		}
		if v := row.Verification; v != nil {
			cells[5], cells[6] = strconv.FormatInt(v.Number, 10), strconv.FormatBool(v.Success)
		}
		rows = append(rows, cells)
	}
	verdict := ""
	if answer.Decision.Verdict != matrix.Unknown {
		verdict = strconv.FormatBool(answer.Decision.Verdict == matrix.Deployable)
	}
	return textTable(rows) + "\nDeployable: " + verdict + "\nReason: " + answer.Decision.Summary() + "\n"
}

// textTable pads rows into columns; the first row is the head.
func textTable(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	var out strings.Builder
	for n, row := range rows {
		cells, rulers := make([]string, len(row)), make([]string, len(row))
		for i, cell := range row {
			cells[i] = fmt.Sprintf("%-*s", widths[i], cell)
			rulers[i] = strings.Repeat("-", widths[i])
		}
		out.WriteString(strings.TrimRight(strings.Join(cells, " | "), " ") + "\n")
		if n == 0 {
			out.WriteString(strings.Join(rulers, "-|-") + "\n")
		}
	}
	return out.String()
}
