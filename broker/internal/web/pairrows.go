package web

import (
	"strconv"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

// pairsTable shows rows of the matrix in their order.
func (w *web) pairsTable(l links.Links, rows []gate.MatrixRow) kit.Table {
	t := pairsTable()
	for _, r := range rows {
		t.Rows = append(t.Rows, w.pairRow(l, r))
	}
	return t
}

func pairsTable(rows ...kit.Row) kit.Table {
	return kit.Table{Name: "pairs", Columns: []kit.Column{
		{Title: "Consumer", Key: "consumer"}, {Title: "Provider", Key: "provider"}, {Title: "Result", Key: "result"},
		{Title: "When", Key: "when", NewestFirst: true}, {Title: "Evidence"},
	}, Rows: rows}
}

// rowStatus is the verdict of a row, with what the tests of its result say.
func rowStatus(r gate.MatrixRow) kit.Verdict {
	if v := r.Verification; v != nil {
		return resultStatus(v.Success, v.Telling)
	}
	return outcomeStatus(r.Outcome())
}

func (w *web) pairRow(l links.Links, r gate.MatrixRow) kit.Row {
	consumer, provider := r.Consumer.Name, r.Provider.Name
	theirs := kit.Cell{kit.Link{Text: provider, URL: l.ApplicationPage(provider)}}
	if r.ProviderVersion != nil {
		theirs = append(theirs, versionOf(l, provider, r.ProviderVersion.Number))
	} else {
		for _, number := range r.Unproven {
			theirs = append(theirs, versionOf(l, provider, number))
		}
	}
	status, when := rowStatus(r), kit.Time{}
	evidence := kit.Links{{Text: "contract", URL: l.ContractPage(consumer, provider, r.ConsumerVersion.Number)}}
	if v := r.Verification; v != nil {
		evidence = append(evidence, kit.Link{Text: "result", URL: l.ResultPage(consumer, provider, r.SHA, strconv.FormatInt(v.Number, 10))})
		when = w.moment(v.VerifiedAt)
	}
	if r.Ignored {
		status = kit.None("ignored")
	}
	return kit.Row{
		{kit.Link{Text: consumer, URL: l.ApplicationPage(consumer)}, versionOf(l, consumer, r.ConsumerVersion.Number)}, theirs, {status}, {when}, {evidence},
	}
}
