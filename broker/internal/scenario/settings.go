package scenario

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/treatyhq/treaty/broker"
)

// settingWords come first in a story: the broker starts with them.
var settingWords = []Word{{
	Shape: "with SETTING...", silent: true,
	play: func(p *player, s Sentence) (reply, error) {
		if p.app != nil {
			return reply{}, errors.New("the broker runs already: settings come first")
		}
		change, err := readSetting(s.of("SETTING"))
		if err == nil {
			change(&p.options)
		}
		return reply{}, err
	},
}}

// settings are what a story may begin with. N stands for a number, WORDS for
// the rest.
var settings = []struct {
	shape string
	apply func(o *broker.Options, values map[string]string)
}{
	{"modification of contracts", func(o *broker.Options, _ map[string]string) { o.Domain.AllowContractModification = true }},
	{"no check of similar names", func(o *broker.Options, _ map[string]string) { o.Domain.CheckSimilarNames = false }},
	{"no detection of main branches", func(o *broker.Options, _ map[string]string) { o.Domain.AutoDetectMainBranch = false }},
	{"main branch candidates WORDS...", func(o *broker.Options, v map[string]string) {
		o.Domain.MainBranchCandidates = strings.Fields(v["WORDS"])
	}},
	{"no branches from tags", func(o *broker.Options, _ map[string]string) { o.Domain.UseFirstTagAsBranch = false }},
	{"no deployments from tags", func(o *broker.Options, _ map[string]string) { o.Domain.DeployedVersionsForTags = false }},
	{"versions ordered by number", func(o *broker.Options, _ map[string]string) { o.Domain.OrderVersionsByDate = false }},
	{"names in any case", func(o *broker.Options, _ map[string]string) { o.Domain.IgnoreNameCase = true }},
	{"equality of whole texts", func(o *broker.Options, _ map[string]string) { o.Domain.EqualityOnContentOnly = false }},
	{"original decisions", func(o *broker.Options, _ map[string]string) { o.Domain.OriginalDecisions = true }},
	{"at most NUMBER contracts", func(o *broker.Options, v map[string]string) { o.Domain.Limits.Contracts = atoi(v["NUMBER"]) }},
	{"at most NUMBER tags", func(o *broker.Options, v map[string]string) { o.Domain.Limits.Tags = atoi(v["NUMBER"]) }},
	{"at most NUMBER branches", func(o *broker.Options, v map[string]string) { o.Domain.Limits.Branches = atoi(v["NUMBER"]) }},
	{"at most NUMBER selectors", func(o *broker.Options, v map[string]string) { o.Domain.Limits.Selectors = atoi(v["NUMBER"]) }},
	{"a dynamic WIP window", func(o *broker.Options, _ map[string]string) { o.Domain.DynamicWIPWindow = true }},
	{"results that keep pacts from being WIP for NUMBER days", func(o *broker.Options, v map[string]string) {
		o.Domain.WIPLookBack = time.Duration(atoi(v["NUMBER"])) * units["day"]
	}},
	{"webhooks to https alone", func(o *broker.Options, _ map[string]string) { o.Domain.Webhooks.Schemes = []string{"https"} }},
	{"webhooks by WORDS...", func(o *broker.Options, v map[string]string) { o.Domain.Webhooks.Methods = strings.Fields(v["WORDS"]) }},
	{"webhooks to hosts WORDS...", func(o *broker.Options, v map[string]string) { o.Domain.Webhooks.Hosts = strings.Fields(v["WORDS"]) }},
	{"no webhooks to this machine", func(o *broker.Options, _ map[string]string) { o.Delivery.AllowLoopback = false }},
	{"one attempt for each webhook", func(o *broker.Options, _ map[string]string) { o.Delivery.RetrySchedule = nil }},
	{"success of webhooks by WORDS...", func(o *broker.Options, v map[string]string) {
		o.Delivery.SuccessCodes = nil
		for _, code := range strings.Fields(v["WORDS"]) {
			o.Delivery.SuccessCodes = append(o.Delivery.SuccessCodes, atoi(code))
		}
	}},
}

func checkSetting(text string) error {
	_, err := readSetting(text)
	return err
}

func readSetting(text string) (func(*broker.Options), error) {
	var shapes []string
	for _, setting := range settings {
		values, matches, err := match(setting.shape, text)
		if err != nil {
			return nil, err
		}
		if matches {
			return func(o *broker.Options) { setting.apply(o, values) }, nil
		}
		shapes = append(shapes, setting.shape)
	}
	return nil, fmt.Errorf("%q is none of the settings: %s", text, strings.Join(shapes, "; "))
}
