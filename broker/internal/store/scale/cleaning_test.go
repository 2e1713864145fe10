package scale_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/internal/cleanup"
)

// cleaned is what a clean-up did beside the load of four clients.
type cleaned struct {
	Database string  `json:"database"`
	Results  int     `json:"results"`
	Seconds  float64 `json:"seconds"`
	// Versions, Gone, Branches and Contents count what was deleted; Gone are results.
	Versions int  `json:"versions"`
	Gone     int  `json:"gone"`
	Branches int  `json:"branches"`
	Contents int  `json:"contents"`
	More     bool `json:"more"`
}

// beside are the requests that go on while a clean-up works, with a client each.
var beside = []string{"publish a pact", "publish a result", "fetch the latest pact", "can-i-deploy, 10 integrations"}

// clean deletes the first month of twelve with the default share of the time, while
// clients go on, and measures both.
func (h history) clean(t *testing.T, out *report, b *broker.Broker, long time.Duration) {
	var ops []operation
	for _, op := range operations(t, b.URL(), h.size()) {
		if slices.Contains(beside, op.name) {
			ops = append(ops, op)
		}
	}
	together := func(ctx context.Context, where string) {
		var wg sync.WaitGroup
		for _, op := range ops {
			wg.Go(func() { out.add(h.line(where, op, 1, op.until(ctx, t, 1))) })
		}
		wg.Wait()
	}
	before, cancel := context.WithTimeout(t.Context(), min(long, 10*time.Second))
	defer cancel()
	together(before, beforeClean)

	s := opened(t, h.address)
	count := func() (n int) {
		require.NoError(t, s.DB().QueryRowContext(t.Context(), `SELECT count(*) FROM verification WHERE created_at < $1`, s.TimeValue(h.size().Month())).Scan(&n))
		return n
	}
	had := count()
	during, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { together(during, whileClean) })
	began := time.Now()
	age := time.Since(h.size().Month())
	report, err := b.CleanUp(t.Context(), broker.Clean{
		Keep:      broker.Keep{cleanup.KeepSelector{MaxAge: age}, cleanup.KeepSelector{Latest: true, AnyBranch: true}},
		BranchAge: age, OverwrittenAge: age, Longest: long,
	})
	took := time.Since(began)
	cancel()
	wg.Wait()
	require.NoError(t, err)
	done := cleaned{
		Database: h.database, Results: h.results, Seconds: took.Seconds(), Gone: had - count(),
		Branches: report.Branches, Contents: report.Contents, More: report.More,
	}
	for _, n := range report.Versions {
		done.Versions += n
	}
	require.NoError(t, s.Close())
	t.Logf("%+v", done)
	out.cleaned(done)
}
