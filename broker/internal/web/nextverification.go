package web

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/picking"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/wording"
)

// progressShown is how far back work in progress is shown: a build says itself how far
// it wants it.
const progressShown = 30 * 24 * time.Hour

// nextVerification is what the next build of a provider would be handed.
type nextVerification struct {
	// Sentence says what it would be; "" if the application is no provider.
	Sentence string
	// Twin is where the API says the same.
	Twin  kit.Link
	Table kit.Table
}

func nextTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "next", Columns: []kit.Column{
		{Title: "Contract", Key: "contract"}, {Title: "Of version"}, {Title: "A failure", Key: "failure"}, {Title: "Why"}, {Title: "So far", Key: "result"},
	}, Rows: rows, Empty: kit.Empty{Text: "It would get no contract: no consumer has one on its main branch, or in an environment."}}
}

// nextVerification asks which contracts the version that the page is about would be
// handed for verification, and why.
func (w *web) nextVerification(ctx context.Context, l links.Links, query url.Values, a overview.ApplicationAnswer) (nextVerification, error) {
	version := judgedVersion(a)
	if version == "" || len(a.AsProvider) == 0 {
		return nextVerification{}, nil
	}
	since := w.config.Now().Add(-progressShown)
	why, err := w.service.Picking.LookAtNext(ctx, a.Name, version, since)
	if kernel.IsNotFound(err) { // it was deleted since
		return nextVerification{}, nil
	}
	if err != nil {
		return nextVerification{}, err
	}
	out := nextVerification{Sentence: nextSentence(why), Table: nextTable(), Twin: kit.Link{Text: "the same from the API", URL: l.BrowserOf(api.Version(a.Name, version) + "/why?includeWipPactsSince=" + since.UTC().Format(time.DateOnly))}}
	for _, p := range why.Pacts {
		out.Table.Rows = append(out.Table.Rows, nextRow(l, p))
	}
	out.Table.Sort(query)
	out.Table.Cut(query, rowsOnApplication)
	out.Table.Pages.Of = "contracts"
	return out, nil
}

// nextSentence counts what a build would get.
func nextSentence(a picking.WhyAnswer) string {
	pending, wip := 0, 0
	for _, p := range a.Pacts {
		switch {
		case p.WIP:
			wip++
		case p.Pending:
			pending++
		}
	}
	on := ""
	if a.Branch != "" {
		on = " on branch " + a.Branch
	}
	text := fmt.Sprintf("A build like that of version %s%s would get %s", kit.Short(a.Version), on, wording.Count(len(a.Pacts)-wip, "contract"))
	switch {
	case pending > 0 && pending == len(a.Pacts)-wip:
		text += ", all of them pending: a failure would not break it."
	case pending > 0:
		text += fmt.Sprintf(", %d of them pending: a failure of those would not break it.", pending)
	default:
		text += "."
	}
	if wip > 0 {
		text += fmt.Sprintf(" If it asks for work in progress of the last 30 days, it would get %s, which never %s it.", wording.Count(wip, "more contract"), wording.CountOf(wip, "breaks", "break")[len(strconv.Itoa(wip))+1:])
	}
	return text
}

func nextRow(l links.Links, p picking.WhyPact) kit.Row {
	consumer, provider := p.Pact.Consumer.Name, p.Pact.Provider.Name
	number := p.Pact.ConsumerVersion.Number
	failure := kit.Cell{kit.Text{Text: "breaks the build"}}
	if p.Pending {
		failure = kit.Cell{kit.Text{Text: "does not break it: pending"}}
	}
	if p.WIP {
		failure = kit.Cell{kit.Text{Text: "does not break it: work in progress"}}
	}
	far := kit.Cell{kit.None("no result yet")}
	if p.Outcome != matrix.Unverified {
		far = kit.Cell{resultStatus(p.Outcome == matrix.Passed, p.Telling), kit.Link{Text: "result", URL: l.ResultPage(consumer, provider, p.Pact.SHA, strconv.FormatInt(p.ResultNumber, 10))}}
	}
	return kit.Row{
		{kit.Link{Text: consumer + " → " + provider, URL: l.ContractPage(consumer, provider, number)}}, {versionOf(l, consumer, number)}, failure, {kit.Sentence{Text: p.Sentence}}, far,
	}
}
