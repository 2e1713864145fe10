package overview

import (
	"cmp"
	"context"
	"slices"

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

// lookBack limits how many earlier pacts are searched for a result.
const lookBack = 200

// newestOfLine returns the newest result of the pact or, if it has none, of the
// nearest earlier pact of its line that has; nil if none has. The line of a
// pact that is the latest with tags are the pacts with one of them, otherwise
// all pacts of the pair.
func newestOfLine(tx kernel.Tx, p kernel.PactPublication, tags []kernel.Tag) (*kernel.Verification, error) {
	v, err := tx.LatestVerification(p.ContentID)
	if err == nil {
		return &v, nil
	}
	if !kernel.IsNotFound(err) {
		return nil, err
	}
	if len(tags) == 0 {
		tags = []kernel.Tag{{}}
	}
	for _, tag := range tags {
		earlier, err := tx.ListPublications(kernel.PublicationFilter{ConsumerID: p.Consumer.ID, ProviderID: p.Provider.ID,
			Tag: tag.Name, Before: &p.ConsumerVersion, Limit: lookBack})
		if err != nil {
			return nil, err
		}
		if found, err := firstResult(tx, earlier); found != nil || err != nil {
			return found, err
		}
	}
	return nil, nil
}

// firstResult returns the newest result of the first publication that has one.
func firstResult(tx kernel.Tx, ps []kernel.PactPublication) (*kernel.Verification, error) {
	contents := make([]int64, len(ps))
	for i, p := range ps {
		contents[i] = p.ContentID
	}
	results, err := tx.LatestVerifications(contents)
	if err != nil {
		return nil, err
	}
	for _, p := range ps {
		if v, ok := results[p.ContentID]; ok {
			return &v, nil
		}
	}
	return nil, nil
}

// statusOf tells the state of a pact, given the newest result of it or of an
// earlier one, and its own result. What an earlier content got is not a result of
// this one: a success makes it changed since, a failure says nothing of it.
func statusOf(p kernel.PactPublication, newest *kernel.Verification) (VerificationStatus, *kernel.Verification) {
	switch status := lineStatus(p, newest); {
	case newest == nil || newest.SHA == p.SHA:
		return status, newest
	case status == StatusStale:
		return StatusStale, nil
	default:
		return StatusNever, nil
	}
}

// lineStatus tells the state of a line of pacts that p is the newest of, given
// the newest result of any of them.
func lineStatus(p kernel.PactPublication, newest *kernel.Verification) VerificationStatus {
	switch v := newest; {
	case v == nil:
		return StatusNever
	case !v.Success && v.Pending != nil && *v.Pending:
		return StatusFailedPending
	case !v.Success:
		return StatusFailed
	case v.SHA != p.SHA:
		return StatusStale
	}
	return StatusSuccess
}

// FindPactStatus tells the state of a pact. A pact that does not
// exist is not an error.
func (s *Service) FindPactStatus(ctx context.Context, q kernel.PactQuery) (PactStatus, error) {
	out := PactStatus{Status: StatusNever}
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		p, _, err := kernel.FindPublication(tx, q)
		if kernel.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		described, err := kernel.DescribePacts(tx, []kernel.PactPublication{p})
		if err != nil {
			return err
		}
		out.Pact = &described[0]
		line, err := tx.ListPublications(kernel.PublicationFilter{
			ConsumerID: p.Consumer.ID, ProviderID: p.Provider.ID, Tag: q.Tag, Untagged: q.Untagged, Branch: q.Branch, Limit: lookBack,
		})
		if err != nil {
			return err
		}
		newest, err := firstResult(tx, line)
		out.Status, out.Verification = statusOf(p, newest)
		out.Line = lineStatus(p, newest)
		return err
	})
	return out, err
}

// CountAll returns the metrics.
func (s *Service) CountAll(ctx context.Context) (kernel.Metrics, error) {
	var out kernel.Metrics
	err := s.Store.View(ctx, func(tx kernel.Tx) error {
		var err error
		out, err = tx.CountAll()
		return err
	})
	return out, err
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
