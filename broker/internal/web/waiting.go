package web

import (
	"slices"

	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

func waitingTable(rows ...kit.Row) kit.Table {
	return kit.Table{
		Name: "waiting", Caption: "Contracts of the newest version of each consumer's main branch, the one that waits longest first",
		Columns: []kit.Column{{Title: "Contract"}, {Title: "Of version"}, {Title: "Waits for"}, {Title: "Since"}, {Title: "Next step"}}, Rows: rows,
	}
}

func (w *web) waitingRow(l links.Links, one overview.Waiting) kit.Row {
	var cell kit.Cell
	version := "" // what is checked out
	switch {
	case one.ByMain && one.MainBranch != "":
		cell = append(cell, kit.Text{Text: "the main branch of"}, kit.Link{Text: one.Provider, URL: l.ApplicationPage(one.Provider)})
	case one.ByMain:
		cell = append(cell, kit.Text{Text: "any version of"}, kit.Link{Text: one.Provider, URL: l.ApplicationPage(one.Provider)})
	default:
		version = one.Live[0].Version.Number
	}
	for i, version := range liveWithout(one) {
		if i == 0 && one.ByMain {
			cell = append(cell, kit.Text{Text: "and"})
		}
		cell = append(cell, versionOf(l, one.Provider, version.number), kit.Text{Text: "in"}, placeLinks(l, version.places))
	}
	verify := matrix.Step{Do: matrix.Verify, Application: one.Provider, Version: version, Consumer: one.Consumer, SHA: one.SHA}
	return kit.Row{
		{kit.Link{Text: one.Consumer + " → " + one.Provider, URL: l.ContractPage(one.Consumer, one.Provider, one.ConsumerVersion)}},
		{versionOf(l, one.Consumer, one.ConsumerVersion)}, cell, {w.moment(one.Since)},
		{kit.Fold{Summary: "Verify it", Codes: commandLines(l, []matrix.Step{verify})}},
	}
}

// placed is a version with the environments that it is in.
type placed struct {
	number string
	places []string
}

// liveWithout are the versions in environments that have no result, each once.
func liveWithout(one overview.Waiting) []placed {
	var out []placed
	for _, live := range one.Live {
		at := slices.IndexFunc(out, func(p placed) bool { return p.number == live.Version.Number })
		if at < 0 {
			at = len(out)
			out = append(out, placed{number: live.Version.Number})
		}
		out[at].places = append(out[at].places, live.Environment)
	}
	return out
}

func placeLinks(l links.Links, names []string) kit.Links {
	var out kit.Links
	for _, name := range names {
		out = append(out, kit.Link{Text: name, URL: l.EnvironmentPage(name)})
	}
	return out
}
