package dsl

import (
	"fmt"

	"github.com/treatyhq/treaty/contract"
)

// settle decides of what type the body is, once headers and body are both
// described: what the Content-Type header says, since that is what a verifier
// meets. A body with matchers stays what it is, or its matchers would be lost.
func (p *part) settle() {
	headers := p.headers.Get("Content-Type")
	if len(headers) == 0 || p.body.State == contract.BodyMissing {
		return
	}
	declared, err := contract.ParseContentType(headers[0])
	if err != nil {
		return
	}
	built, err := contract.ParseContentType(p.body.ContentType)
	if err != nil || built.Accepts(declared) {
		return
	}
	if len(p.rules[contract.CategoryBody]) > 0 && isStructured(built) && !sameStructure(built, declared) {
		p.fail("body", fmt.Errorf("it has matchers for %s, but the header Content-Type is %s, under which they would not be asked for: "+
			"correct the header, or give the body without matchers", built.Essence(), declared.Essence()))
		return
	}
	p.body.ContentType = headers[0]
}

func isStructured(t contract.ContentType) bool {
	return t.IsJSON() || t.IsXML() || t.IsForm() || t.IsMultipart()
}

func sameStructure(a, b contract.ContentType) bool {
	return a.IsJSON() && b.IsJSON() || a.IsXML() && b.IsXML() || a.IsForm() && b.IsForm() || a.IsMultipart() && b.IsMultipart()
}
