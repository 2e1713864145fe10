package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/treatyhq/treaty/broker/internal/kernel"
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
		Consumer: link{consumer, l.ApplicationPage(consumer)}, Provider: link{provider, l.ApplicationPage(provider)},
		Contract: link{"the contract", l.ContractPage(consumer, provider, v.ConsumerVersion.Number)},
		Status:   resultStatus(v.Success), ProviderVersion: v.ProviderVersion.Number,
		Verified: w.moment(v.CreatedAt), BuildURL: v.BuildURL,
	}
	leave, err := w.enter(r.Context(), len(v.TestResults))
	if err != nil {
		return nil, err
	}
	defer leave()
	p.Failures = failures(v.TestResults)
	var pretty bytes.Buffer
	if len(v.TestResults) > 0 && json.Indent(&pretty, v.TestResults, "", "  ") == nil {
		p.Details = shown(pretty.String(), detailsShown, pretty.Len())
	}
	return p, nil
}
