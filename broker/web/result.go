package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/treatyhq/treaty/broker"
)

type resultPage struct {
	base
	Consumer, Provider link
	Contract           link
	Heading            string
	Status             status
	ProviderVersion    string
	Verified           moment
	BuildURL           string
	Failures           []failureBlock
	Details            string
}

func (*resultPage) template() string { return "result" }

func (w *web) result(r *http.Request) (page, error) {
	l := w.links(r)
	consumer, provider, sha := r.PathValue("consumer"), r.PathValue("provider"), r.PathValue("sha")
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil || number < 1 {
		return nil, broker.Errorf(broker.CodeNotFound, "Results are numbered from 1.")
	}
	v, err := w.service.FindVerification(r.Context(), broker.VerificationQuery{
		Pact: broker.PactQuery{Consumer: consumer, Provider: provider, SHA: sha}, Number: number,
	})
	if err != nil {
		return nil, err
	}
	p := &resultPage{
		base:     base{title: "Result " + strconv.FormatInt(number, 10)},
		Heading:  consumer + " → " + provider,
		Consumer: link{consumer, l.ApplicationPage(consumer)}, Provider: link{provider, l.ApplicationPage(provider)},
		Contract: link{"the contract", l.ContractPage(consumer, provider, v.ConsumerVersion.Number)},
		Status:   resultStatus(v.Success), ProviderVersion: v.ProviderVersion.Number,
		Verified: w.moment(v.CreatedAt), BuildURL: v.BuildURL,
	}
	p.Failures = failures(v.TestResults)
	var pretty bytes.Buffer
	if len(v.TestResults) > 0 && json.Indent(&pretty, v.TestResults, "", "  ") == nil {
		p.Details = pretty.String()
	}
	return p, nil
}
