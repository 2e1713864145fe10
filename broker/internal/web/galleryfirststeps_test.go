package web

import (
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

func galleryOfFirstSteps(w *web) map[string]page {
	l := links.Below("http://broker.test")
	pact := func(verified *kernel.Verification) *kernel.Pact {
		p := &kernel.Pact{LatestVerification: verified}
		p.Consumer.Name, p.Provider.Name, p.SHA, p.ConsumerVersion.Number = "store front", hostileName, "abc", wholeCommit
		return p
	}
	shown := func(b overview.Beginning) *homePage {
		p := &homePage{base: base{title: "Now"}, Headline: "Nothing is deployed", Blocked: "Blocked", Waits: "Waiting", NoEnvironment: noEnvironment(l), First: w.beginning(l, b)}
		p.Causes.Empty, p.Waiting.Empty = kit.Empty{Text: "Nothing is blocked."}, kit.Empty{Text: "Every contract is verified."}
		return p
	}
	result := func(success bool) *kernel.Verification {
		v := &kernel.Verification{Number: 7, Success: success, CreatedAt: w.config.Now()}
		v.ProviderVersion.Number = "77ab02"
		return v
	}
	return map[string]page{
		"home-first-published": shown(overview.Beginning{Pact: pact(nil)}),
		"home-first-failed":    shown(overview.Beginning{Pact: pact(result(false)), Environment: "test"}),
		"home-first-deployed":  shown(overview.Beginning{Pact: pact(result(true)), Environment: "production", DeployedTo: "test"}),
	}
}
