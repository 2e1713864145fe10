package dsl

import (
	"errors"
	"fmt"

	"github.com/treatyhq/treaty/contract"
)

// StatusClass accepts any status of a class from the provider, such as
// [StatusSuccess]. The consumer's test gets the status of WillRespondWith. A class
// that there is not fails the test.
func (b *V4ResponseBuilder) StatusClass(class string) *V4ResponseBuilder {
	switch class {
	case StatusInfo, StatusSuccess, StatusRedirect, StatusClientError, StatusServerError, StatusNonError, StatusError:
		b.part.status(contract.StatusCodeRule{Class: class})
	default:
		b.part.fail("status", fmt.Errorf("there is no class of statuses %q", class))
	}
	return b
}

// StatusOneOf accepts any of the given statuses from the provider; one at least.
// The consumer's test gets the status of WillRespondWith.
func (b *V4ResponseBuilder) StatusOneOf(codes ...int) *V4ResponseBuilder {
	if len(codes) == 0 {
		b.part.fail("status", errors.New("StatusOneOf needs the statuses that are accepted"))
		return b
	}
	b.part.status(contract.StatusCodeRule{Codes: codes})
	return b
}

func (p *part) status(rule contract.StatusCodeRule) {
	p.addRules(contract.CategoryStatus, "", contract.RuleList{Rules: []contract.Rule{rule}})
}
