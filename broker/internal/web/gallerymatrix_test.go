package web

import (
	"fmt"
	"time"

	"github.com/treatyhq/treaty/broker/internal/gate"
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
)

// galleryOfMatrix makes its pages from answers, as the handler does.
func galleryOfMatrix(w *web) map[string]page {
	made := func(a overview.MatrixAnswer, left ...string) page { return w.matrixPage(links.Below(""), a, left) }
	at := kernel.Page{Number: 1, Size: pageSize}
	pair := overview.MatrixQuery{Consumer: matrix.Selector{Pacticipant: "storefront"}, Provider: matrix.Selector{Pacticipant: "catalog", Branch: "main"}, Page: at}
	names := []string{"catalog", "storefront"}
	normal := overview.MatrixAnswer{
		MatrixQuery: pair, Names: names, Environments: []kernel.Environment{{Name: "production"}}, Counts: matrix.Counts{Success: 1, Failed: 1, Unknown: 1}, Total: 3, OtherWay: true,
		Rows: w.galleryRows("storefront", "catalog", 1), Pairs: []overview.PairHistory{w.galleryHistory("storefront", "catalog", matrix.Failed)},
	}
	cut := normal
	cut.MatrixQuery.Show, cut.MatrixQuery.Every, cut.Total, cut.Rows, cut.ResultsCut, cut.Truncated = []matrix.Outcome{matrix.Failed}, true, 0, nil, true, true
	crowded := overview.MatrixAnswer{
		MatrixQuery: overview.MatrixQuery{Provider: matrix.Selector{Pacticipant: long}, Page: kernel.Page{Number: 2, Size: pageSize}}, Counts: matrix.Counts{Success: 41_000, Failed: 120, Unknown: 9}, Total: 41_129,
		Rows: w.galleryRows(long, long, 17),
	}
	for i := range pairsShown + 20 {
		crowded.Pairs = append(crowded.Pairs, w.galleryHistory(fmt.Sprintf("%s-%d", long, i), long, matrix.Outcome(i%3)))
	}
	wrong := overview.MatrixAnswer{
		MatrixQuery: pair, Names: names,
		Wrong: overview.MatrixWrong{Consumer: "There is no application named \"storfront\". Did you mean storefront?", ProviderVersions: "No version of catalog is like that."},
	}
	strangers := overview.MatrixAnswer{MatrixQuery: pair}
	strangers.Provider.Branch = ""
	return map[string]page{
		"matrix-nothing":   made(overview.MatrixAnswer{MatrixQuery: overview.MatrixQuery{Page: at}}),
		"matrix-start":     made(overview.MatrixAnswer{MatrixQuery: overview.MatrixQuery{Page: at}, TotalIntegrations: 120, Integrations: []kernel.Integration{{Consumer: kernel.Party{Name: "storefront"}, Provider: kernel.Party{Name: "catalog"}, ChangedAt: w.config.Now().Add(-time.Hour)}}}),
		"matrix":           made(normal),
		"matrix-cut":       made(cut, "ignore", "latestby", "made up"),
		"matrix-crowded":   made(crowded),
		"matrix-problem":   made(wrong),
		"matrix-strangers": made(strangers),
	}
}

// galleryRows are three rows of each kind, so many times.
func (w *web) galleryRows(consumer, provider string, times int) []overview.MatrixRow {
	var out []overview.MatrixRow
	for range times {
		row := gate.MatrixRow{
			Consumer: kernel.Party{Name: consumer}, Provider: kernel.Party{Name: provider}, SHA: wholeCommit,
			ConsumerVersion: gate.MatrixVersion{Number: wholeCommit, Branches: []kernel.BranchVersion{{Branch: "main"}}, Tags: []kernel.Tag{{Name: "gold"}}, Environments: []kernel.Environment{{Name: "production"}}},
		}
		failed, passed := row, row
		row.Unproven = []string{"1", "2", "3", "4", "5", "6", "7"}
		failed.ProviderVersion, failed.Verification = &gate.MatrixVersion{Number: "77ab02", Branches: []kernel.BranchVersion{{Branch: "main"}}}, &gate.MatrixVerification{Number: 8, VerifiedAt: w.config.Now().Add(-time.Hour)}
		passed.ProviderVersion, passed.Verification = &gate.MatrixVersion{Number: "77ab01"}, &gate.MatrixVerification{Number: 7, Success: true, VerifiedAt: w.config.Now().Add(-48 * time.Hour)}
		out = append(out, overview.MatrixRow{MatrixRow: row}, overview.MatrixRow{MatrixRow: failed, BuildURL: "https://ci.example/8"}, overview.MatrixRow{MatrixRow: passed, BuildURL: "javascript:alert(1)"})
	}
	return out
}

func (w *web) galleryHistory(consumer, provider string, state matrix.Outcome) overview.PairHistory {
	row := func(consumerVersion, providerVersion string, ago time.Duration) *matrix.Row {
		return &matrix.Row{
			Publication:     matrix.Publication{ConsumerVersion: matrix.Version{Number: consumerVersion}, SHA: wholeCommit},
			ProviderVersion: &matrix.Version{Number: providerVersion}, Result: &matrix.Result{Number: 8, ExecutedAt: w.config.Now().Add(-ago)},
		}
	}
	h := overview.PairHistory{
		Consumer: matrix.Pacticipant{Name: consumer, MainBranch: "main"}, Provider: matrix.Pacticipant{Name: provider, MainBranch: "main"}, State: state, Told: state,
		Newest: matrix.Publication{ConsumerVersion: matrix.Version{Number: wholeCommit}, SHA: wholeCommit},
	}
	switch state {
	case matrix.Failed:
		h.Good, h.Bad, h.ByContract = row("1f3c9a", "77ab02", 48*time.Hour), row(wholeCommit, "77ab02", time.Hour), true
	case matrix.Passed:
		h.Good = row(wholeCommit, "77ab02", time.Hour)
	case matrix.Unverified:
	}
	return h
}
