package web

import (
	"strconv"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/links"
)

// pairRow is one row of the matrix.
type pairRow struct {
	Consumer, Provider               link
	ConsumerVersion, ProviderVersion string
	Status                           status
	Evidence                         []link
}

func (w *web) pairRows(l links.Links, rows []gate.MatrixRow) []pairRow {
	out := make([]pairRow, 0, len(rows))
	for _, r := range rows {
		consumer, provider := r.Consumer.Name, r.Provider.Name
		row := pairRow{
			Consumer:        link{consumer, l.ApplicationPage(consumer)},
			Provider:        link{provider, l.ApplicationPage(provider)},
			ConsumerVersion: short(r.ConsumerVersion.Number),
			Status:          outcomeStatus(r.Outcome()),
			Evidence:        []link{{"contract", l.ContractPage(consumer, provider, r.ConsumerVersion.Number)}},
		}
		switch {
		case r.ProviderVersion != nil:
			row.ProviderVersion = short(r.ProviderVersion.Number)
		case len(r.Unproven) > 0:
			row.ProviderVersion = strings.Join(r.Unproven, ", ")
		}
		if r.Verification != nil {
			row.Evidence = append(row.Evidence, link{"result", l.ResultPage(consumer, provider, r.SHA, strconv.FormatInt(r.Verification.Number, 10))})
		}
		if r.Ignored {
			row.Status = status{"none", "–", "ignored"}
		}
		out = append(out, row)
	}
	return out
}
