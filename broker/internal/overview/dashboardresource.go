package overview

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// Dashboard returns the pacts worth a look, last active first. A page holds
// pacts by consumer, provider and descending order, so that paging is stable
// while things happen.
func (s *Service) Dashboard(ctx context.Context, q DashboardQuery) ([]DashboardItem, error) {
	var out []DashboardItem
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		out = nil
		chosen, err := notableOnPage(tx, q)
		if err != nil {
			return err
		}
		pacts, err := kernel.DescribePacts(tx, chosen)
		if err != nil {
			return err
		}
		if out, err = dashboardItems(tx, pacts); err != nil {
			return err
		}
		slices.SortStableFunc(out, lastActiveFirst)
		return nil
	})
	return out, err
}

func lastActiveFirst(a, b DashboardItem) int {
	if c := b.LastActivity.Compare(a.LastActivity); c != 0 {
		return c
	}
	return cmp.Compare(b.Pact.ID, a.Pact.ID)
}

// notableOnPage chooses the pacts of one page.
func notableOnPage(tx kernel.Tx, q DashboardQuery) ([]kernel.PactPublication, error) {
	pairs, err := dashboardPairs(tx, q)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(pairs, func(a, b kernel.Integration) int { return kernel.CompareFolded(a.Consumer.Name, b.Consumer.Name) })
	end := q.Page.Offset() + q.Page.Size
	var chosen []kernel.PactPublication
	for len(pairs) > 0 && (q.Page.Whole() || len(chosen) < end) {
		some := len(pairs)
		if !q.Page.Whole() {
			some = wholeConsumers(pairs, end-len(chosen))
		}
		notable, err := notableOf(tx, pairs[:some])
		if err != nil {
			return nil, err
		}
		chosen, pairs = append(chosen, notable...), pairs[some:]
	}
	if q.Page.Whole() {
		return chosen, nil
	}
	return chosen[min(q.Page.Offset(), len(chosen)):min(end, len(chosen))], nil
}

// wholeConsumers is the number of pairs, wanted or a few more, that has all pairs
// of each of its consumers.
func wholeConsumers(pairs []kernel.Integration, wanted int) int {
	n := min(wanted, len(pairs))
	for n < len(pairs) && pairs[n].Consumer.ID == pairs[n-1].Consumer.ID {
		n++
	}
	return n
}

// notableOf returns the notable pacts of pairs, consumer by consumer.
func notableOf(tx kernel.Tx, pairs []kernel.Integration) ([]kernel.PactPublication, error) {
	found := make([][]kernel.PactPublication, len(pairs))
	looks := make([]func() error, len(pairs))
	for i, pair := range pairs {
		looks[i] = func() (err error) {
			found[i], err = tx.NotablePublications(pair.Consumer.ID, pair.Provider.ID)
			return err
		}
	}
	if err := tx.Together(looks...); err != nil {
		return nil, err
	}
	var out []kernel.PactPublication
	for from := 0; from < len(pairs); {
		to := from + wholeConsumers(pairs[from:], 1)
		notable := slices.Concat(found[from:to]...)
		slices.SortStableFunc(notable, byPage)
		out, from = append(out, notable...), to
	}
	return out, nil
}

// byPage is the order in which the pacts of one consumer fill pages: the newest
// version first, its providers by name.
func byPage(a, b kernel.PactPublication) int {
	return cmp.Or(cmp.Compare(b.ConsumerVersion.Order, a.ConsumerVersion.Order), kernel.CompareFolded(a.Provider.Name, b.Provider.Name))
}

func dashboardPairs(tx kernel.Tx, q DashboardQuery) ([]kernel.Integration, error) {
	if q.Consumer == "" && q.Provider == "" {
		found, _, err := tx.ListIntegrations(kernel.IntegrationQuery{})
		return found, err
	}
	c, p, err := kernel.FindPair(tx, q.Consumer, q.Provider)
	if err != nil {
		return nil, err
	}
	i, err := tx.FindIntegration(c.ID, p.ID)
	if kernel.IsNotFound(err) {
		return nil, nil
	}
	return []kernel.Integration{i}, err
}

func dashboardItems(tx kernel.Tx, pacts []kernel.Pact) ([]DashboardItem, error) {
	lines := make([]line, len(pacts))
	for i, p := range pacts {
		lines[i] = line{pact: p, tags: headTags(p.Tags)}
		if len(lines[i].tags) == 0 {
			lines[i].tags = []kernel.Tag{{}}
		}
	}
	var newest []*kernel.Verification
	var webhooks map[[2]int64]string
	if err := tx.Together(func() (err error) {
		newest, err = newestOfLines(tx, lines)
		return err
	}, func() (err error) {
		webhooks, err = webhookStatuses(tx, pacts)
		return err
	}); err != nil {
		return nil, err
	}
	out := make([]DashboardItem, len(pacts))
	var providers []int64
	for i, p := range pacts {
		out[i] = DashboardItem{Pact: p, WebhookStatus: webhooks[[2]int64{p.Consumer.ID, p.Provider.ID}], LastActivity: p.CreatedAt}
		out[i].Pact.Tags, out[i].HeadBranches = headTags(p.Tags), headBranches(p.Branches)
		out[i].Status, out[i].Verification = statusOf(p.PactPublication, newest[i])
		if v := out[i].Verification; v != nil {
			providers = append(providers, v.ProviderVersion.ID)
		}
	}
	slices.Sort(providers)
	branches, tags, err := kernel.BranchesAndTagsOf(tx, slices.Compact(providers))
	for i := range out {
		if v := out[i].Verification; v != nil {
			v.ProviderBranches, v.ProviderTags = branches[v.ProviderVersion.ID], tags[v.ProviderVersion.ID]
			out[i].ProviderHeadBranches, out[i].ProviderTags = headBranches(v.ProviderBranches), headTags(v.ProviderTags)
			if v.ExecutedAt.After(out[i].LastActivity) {
				out[i].LastActivity = v.ExecutedAt
			}
		}
	}
	return out, err
}

// headTags are the tags that no newer version has, by name.
func headTags(tags []kernel.Tag) []kernel.Tag {
	out := slices.DeleteFunc(slices.Clone(tags), func(t kernel.Tag) bool { return !t.Latest })
	slices.SortFunc(out, func(a, b kernel.Tag) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func headBranches(branches []kernel.BranchVersion) []string {
	var out []string
	for _, b := range branches {
		if b.Latest {
			out = append(out, b.Branch)
		}
	}
	return out
}

// webhookStatuses sum up the latest firings of the pairs of pacts in one word each.
func webhookStatuses(tx kernel.Tx, pacts []kernel.Pact) (map[[2]int64]string, error) {
	out := map[[2]int64]string{}
	var looks []func() error
	for _, p := range pacts {
		pair := [2]int64{p.Consumer.ID, p.Provider.ID}
		if _, asked := out[pair]; asked {
			continue
		}
		out[pair] = ""
		looks = append(looks, func() error {
			found, err := tx.ListLatestFirings(pair[0], pair[1])
			out[pair] = webhookStatus(found)
			return err
		})
	}
	return out, tx.Together(looks...)
}

func webhookStatus(found []kernel.TriggeredWebhook) string {
	counts := make(map[kernel.TriggerStatus]int)
	for _, t := range found {
		counts[t.Status]++
	}
	switch {
	case len(found) == 0:
		return "none"
	case counts[kernel.TriggerNotRun] == len(found):
		return string(kernel.TriggerNotRun)
	case counts[kernel.TriggerRetrying] > 0:
		return string(kernel.TriggerRetrying)
	case counts[kernel.TriggerSuccess] == len(found):
		return string(kernel.TriggerSuccess)
	}
	return string(kernel.TriggerFailure)
}

// DashboardQuery selects pairs for the dashboard. Consumer and Provider are
// both set or both empty.
type DashboardQuery struct {
	Consumer string
	Provider string
	Page     kernel.Page // counts items
}

// DashboardItem is a pact worth a look: the latest of a pair, the latest with a
// tag, or one that is live.
type DashboardItem struct {
	// Pact has no body. Its Tags are only those for which it is the newest.
	Pact kernel.Pact
	// HeadBranches are the branches whose head the consumer version is.
	HeadBranches []string
	// Verification is the newest result of the content; nil if it has none, also
	// where an earlier content of the same line has one.
	Verification         *kernel.Verification
	ProviderHeadBranches []string
	ProviderTags         []kernel.Tag
	Status               VerificationStatus
	// WebhookStatus is "none" or a TriggerStatus.
	WebhookStatus string
	LastActivity  time.Time
}
