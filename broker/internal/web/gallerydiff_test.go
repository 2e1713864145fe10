package web

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/contract/compare"
)

// galleryOfDiffs makes its pages from comparisons, as the handler does.
func galleryOfDiffs(w *web) map[string]page {
	pact := func(version, sha string) *kernel.Pact {
		p := kernel.Pact{Branches: []kernel.BranchVersion{{Branch: "main"}}}
		p.Consumer.Name, p.Provider.Name, p.ConsumerVersion.Number, p.SHA, p.CreatedAt = "storefront", "catalog", version, sha, w.config.Now().Add(-time.Hour)
		return &p
	}
	made := func(query url.Values, c publish.Comparison) page {
		return w.diffPage(links.Below(""), query, wholeCommit, c)
	}
	verified := pact("1f3c9a", "old")
	verified.LatestVerification = &kernel.Verification{Success: true, ProviderVersion: kernel.Version{Number: "77ab01"}}
	normal := publish.Comparison{
		PactDiff: publish.PactDiff{Old: verified, New: pact(wholeCommit, "new"), Text: "  {\n-   \"price\": 39\n+   \"price\": \"39.99 EUR\"\n  }\n"}, Read: true,
		Others: []kernel.PactPublication{verified.PactPublication},
		Changes: []compare.Change{
			{Kind: compare.Relaxed, Where: `"a request for stock"`, Part: "response body", Path: "$.left", Before: "3", After: "same type as the example, such as 4"},
			{Kind: compare.Added, Where: `"an order"`, After: "POST /orders answers 201"},
			{Kind: compare.Tightened, Where: `"a request for the price" given "price 7 exists"`, Part: "request header", Path: "accept", After: "application/json"},
			{Kind: compare.Changed, Where: `"a request for the price" given "price 7 exists"`, Part: "response status", Before: "200", After: "201"},
			{Kind: compare.Removed, Where: `"a request for a coupon"`, Before: "GET /coupons/1 answers 200"},
			{Kind: compare.ExampleOnly, Where: `"a request for stock"`, Part: "response body", Path: "$.name", Before: "tea", After: "coffee"},
		},
	}
	crowded := normal
	crowded.Changes = nil
	for i := range 4 * changesAtOnce {
		crowded.Changes = append(crowded.Changes, compare.Change{Kind: changeOrder[i%len(changeOrder)], Where: long, Part: "response body", Path: fmt.Sprintf("$.%s.%d", long, i), Before: long + long, After: strings.Repeat("y", 120)})
	}
	harmless, same, equal := normal, normal, normal
	harmless.Changes = normal.Changes[4:]
	same.Old, same.Changes, same.Text = pact("1f3c9a", "new"), nil, ""
	equal.Changes = nil
	return map[string]page{
		"diff":            made(url.Values{}, normal),
		"diff-unmatched":  made(url.Values{"with": {"1f3c9a"}, "change": {"added"}, "q": {"nothing"}}, normal),
		"diff-crowded":    made(url.Values{"sort": {"-part"}}, crowded),
		"diff-harmless":   made(url.Values{}, harmless),
		"diff-same":       made(url.Values{"with": {"1f3c9a"}}, same),
		"diff-means-same": made(url.Values{}, equal),
		"diff-one":        made(url.Values{}, publish.Comparison{PactDiff: publish.PactDiff{New: pact(wholeCommit, "new")}}),
		"diff-no-other":   made(url.Values{"with": {"9"}}, publish.Comparison{PactDiff: publish.PactDiff{New: pact(wholeCommit, "new")}, NoOther: true}),
		"diff-large":      made(url.Values{}, publish.Comparison{PactDiff: publish.PactDiff{Old: verified, New: pact(wholeCommit, "new")}, TooLarge: "These two pacts are too large to be compared here."}),
		"diff-unread":     made(url.Values{}, publish.Comparison{PactDiff: publish.PactDiff{Old: verified, New: pact(wholeCommit, "new"), Text: "- 1\n+ 2\n"}, Unread: "not a JSON object"}),
	}
}
