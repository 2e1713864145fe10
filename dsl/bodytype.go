package dsl

import (
	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/draft"
)

// settle decides of what type the body is, once headers and body are both
// described.
func (p *part) settle() {
	headers := p.headers.Get("Content-Type")
	if len(headers) == 0 {
		return
	}
	body, err := draft.DeclareType(p.body, "the header Content-Type", headers[0], len(p.rules[contract.CategoryBody]) > 0)
	if err != nil {
		p.fail("body", err)
	}
	p.body = body
}
