package web

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/contract/usage"
)

// galleryOfUsage makes its pages from answers, as the handler does.
func galleryOfUsage(w *web) map[string]page {
	made := func(q overview.UsageQuery, a overview.UsageAnswer) page {
		query := url.Values{"q": {q.Words}, "endpoint": {q.Endpoint}, "environment": {q.Environment}}
		a.Provider.Name = "catalog"
		return w.usagePage(links.Below(""), q, a, query)
	}
	storefront := overview.CountedContract{Consumer: "storefront", Version: wholeCommit, Branch: "main", Environments: []kernel.Environment{{ID: 1, Name: "production", Production: true}, {ID: 2, Name: "test"}}}
	search := overview.CountedContract{Consumer: "search", Version: "7"}
	price := overview.FieldUse{
		Place: usage.Place{Method: "GET", Path: "/products/{}", Part: usage.ResponseBody, Name: "$.price"},
		By:    []overview.ContractUse{{CountedContract: search, How: "3999"}, {CountedContract: storefront, How: "a whole number, such as 3999"}},
	}
	line := overview.FieldUse{Place: usage.Place{Method: "GET", Path: "/products/{}", Part: usage.RequestLine}, By: price.By}
	message := overview.FieldUse{Place: usage.Place{Part: usage.Message, Name: "$.id"}, By: []overview.ContractUse{{CountedContract: search}}}
	normal := overview.UsageAnswer{Contracts: []overview.CountedContract{search, storefront}, Uses: []overview.FieldUse{line, price, message}}
	asked := normal
	asked.Uses = []overview.FieldUse{price}
	none := normal
	none.Uses = nil
	crowded := overview.UsageAnswer{Partly: []string{"storefront", long}, Uncounted: []string{long}}
	for i := range 200 {
		by := overview.CountedContract{Consumer: fmt.Sprintf("%s-%d", long, i), Version: "1"}
		crowded.Contracts = append(crowded.Contracts, by)
		place := usage.Place{Method: "DELETE", Path: "/" + strings.Repeat(fmt.Sprintf("%s%d/", long, i/3), 4), Part: usage.ResponseBody, Name: "$." + long + long + fmt.Sprint(i)}
		use := overview.FieldUse{Place: place}
		for k := range 1 + i%12 {
			use.By = append(use.By, overview.ContractUse{CountedContract: crowded.Contracts[max(0, i-k)], How: fmt.Sprintf("<b>%d</b>", k)})
		}
		crowded.Uses = append(crowded.Uses, use)
	}
	return map[string]page{
		"usage":         made(overview.UsageQuery{}, normal),
		"usage-asked":   made(overview.UsageQuery{Words: "price", Endpoint: "GET /products/{}", Environment: "production"}, asked),
		"usage-none":    made(overview.UsageQuery{Words: "pric"}, none),
		"usage-nobody":  made(overview.UsageQuery{}, overview.UsageAnswer{}),
		"usage-crowded": made(overview.UsageQuery{}, crowded),
	}
}
