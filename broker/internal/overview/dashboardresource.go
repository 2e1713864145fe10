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
		for _, p := range pacts {
			item, err := dashboardItem(tx, p)
			if err != nil {
				return err
			}
			out = append(out, item)
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
		consumer := pairs[0].Consumer.ID
		var notable []kernel.PactPublication
		for len(pairs) > 0 && pairs[0].Consumer.ID == consumer {
			found, err := tx.NotablePublications(consumer, pairs[0].Provider.ID)
			if err != nil {
				return nil, err
			}
			notable, pairs = append(notable, found...), pairs[1:]
		}
		slices.SortStableFunc(notable, byPage)
		chosen = append(chosen, notable...)
	}
	if q.Page.Whole() {
		return chosen, nil
	}
	return chosen[min(q.Page.Offset(), len(chosen)):min(end, len(chosen))], nil
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

func dashboardItem(tx kernel.Tx, p kernel.Pact) (DashboardItem, error) {
	item := DashboardItem{Pact: p, WebhookStatus: "none", LastActivity: p.CreatedAt}
	item.Pact.Tags = headTags(p.Tags)
	item.HeadBranches = headBranches(p.Branches)
	newest, err := newestOfLine(tx, p.PactPublication, item.Pact.Tags)
	if err != nil {
		return item, err
	}
	item.Status, item.Verification = statusOf(p.PactPublication, newest)
	if v := item.Verification; v != nil {
		if err := kernel.DescribeProvider(tx, v); err != nil {
			return item, err
		}
		item.ProviderHeadBranches, item.ProviderTags = headBranches(v.ProviderBranches), headTags(v.ProviderTags)
		if v.ExecutedAt.After(item.LastActivity) {
			item.LastActivity = v.ExecutedAt
		}
	}
	item.WebhookStatus, err = webhookStatus(tx, p.PactPublication)
	return item, err
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

// webhookStatus sums up the latest firings of a pair in one word.
func webhookStatus(tx kernel.Tx, p kernel.PactPublication) (string, error) {
	found, err := tx.ListLatestFirings(p.Consumer.ID, p.Provider.ID)
	if err != nil {
		return "", err
	}
	counts := make(map[kernel.TriggerStatus]int)
	for _, t := range found {
		counts[t.Status]++
	}
	switch {
	case len(found) == 0:
		return "none", nil
	case counts[kernel.TriggerNotRun] == len(found):
		return string(kernel.TriggerNotRun), nil
	case counts[kernel.TriggerRetrying] > 0:
		return string(kernel.TriggerRetrying), nil
	case counts[kernel.TriggerSuccess] == len(found):
		return string(kernel.TriggerSuccess), nil
	}
	return string(kernel.TriggerFailure), nil
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
