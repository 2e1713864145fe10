package web

import (
	"net/url"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

func galleryOfComparisons(*web) map[string]page {
	l := links.Below("http://broker.test")
	shown := func(found overview.EnvironmentComparison, query url.Values) *comparisonPage {
		found.From, found.To = kernel.Environment{ID: 1, Name: "test"}, kernel.Environment{ID: 2, Name: "production"}
		found.All = []kernel.Environment{found.To, found.From, {ID: 3, Name: long}}
		answer := comparisonAnswer(found)
		p := &comparisonPage{
			base: base{title: "test and production"}, Parents: comparisonParents(l, "test"), Form: comparisonForm(found), Answer: &answer,
			Other: kit.Link{Text: "the other way round", URL: "#", Own: true}, Table: comparisonTable("test", "production", comparisonRows(l, found)...),
		}
		p.Filter = p.Table.Narrow(query, "compared-rows", "difference", "answer")
		return p
	}
	promotion := func(number string, d matrix.Decision) overview.PromotedVersion {
		return overview.PromotedVersion{Version: kernel.Version{ID: 9, Number: number}, Decision: d}
	}
	one, two := []kernel.Version{{ID: 1, Number: "1"}}, []kernel.Version{{ID: 2, Number: wholeCommit}}
	yes, no := matrix.Decision{Verdict: matrix.Deployable, Counts: matrix.Counts{Success: 2}}, matrix.Decision{Verdict: matrix.NotDeployable, Counts: matrix.Counts{Failed: 1}}
	return map[string]page{
		"comparison-alone": aloneInComparison(l, "production"),
		"comparison-same":  shown(overview.EnvironmentComparison{Applications: []overview.ComparedApplication{{Name: "catalog", From: one, To: one}}}, nil),
		"comparison": shown(overview.EnvironmentComparison{Applications: []overview.ComparedApplication{
			{Name: "catalog", From: one, To: one}, {Name: "checkout", From: two, To: one, Promotions: []overview.PromotedVersion{promotion(wholeCommit, yes)}},
			{Name: long, From: two, Promotions: []overview.PromotedVersion{promotion("3", no), promotion("4", yes)}}, {Name: "old", To: one},
		}}, nil),
	}
}
