package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
)

type resultPage struct {
	base
	Consumer, Provider kit.Link
	Contract           kit.Link
	Heading            string
	Facts              kit.Facts
	Failures           []failureBlock
	Details            kit.Code
}

func (*resultPage) template() string { return "result" }

// detailsShown bounds what is shown of what a verifier sent, in bytes.
const detailsShown = 512 << 10

func (w *web) result(r *http.Request) (page, error) {
	l := w.links(r)
	consumer, provider, sha := r.PathValue("consumer"), r.PathValue("provider"), r.PathValue("sha")
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil || number < 1 {
		return nil, kernel.Errorf(kernel.CodeNotFound, "Results are numbered from 1.")
	}
	v, err := w.service.Result.FindVerification(r.Context(), kernel.VerificationQuery{
		Pact: kernel.PactQuery{Consumer: consumer, Provider: provider, SHA: sha}, Number: number,
	})
	if err != nil {
		return nil, err
	}
	p := &resultPage{
		base:     base{title: "Result " + strconv.FormatInt(number, 10)},
		Heading:  consumer + " → " + provider,
		Consumer: kit.Link{Text: consumer, URL: l.ApplicationPage(consumer)}, Provider: kit.Link{Text: provider, URL: l.ApplicationPage(provider)},
		Contract: kit.Link{Text: "the contract", URL: l.ContractPage(consumer, provider, v.ConsumerVersion.Number)},
	}
	p.twin = api.Pair(provider, consumer).Result(sha, number)
	p.Facts.Add("Result", resultStatus(v.Success))
	p.Facts.Add("Provider version", versionOf(l, provider, v.ProviderVersion.Number))
	p.Facts.Add("Recorded", w.moment(v.CreatedAt).InFull())
	if v.BuildURL != "" {
		p.Facts.Add("Build", kit.Outside{Address: v.BuildURL})
	}
	leave, err := w.enter(r.Context(), len(v.TestResults))
	if err != nil {
		return nil, err
	}
	defer leave()
	p.Failures = failures(v.TestResults)
	var pretty bytes.Buffer
	if len(v.TestResults) > 0 && json.Indent(&pretty, v.TestResults, "", "  ") == nil {
		p.Details.Text = shown(pretty.String(), detailsShown, pretty.Len())
	}
	return p, nil
}
