package draft

import (
	"errors"
	"fmt"

	"github.com/treatyhq/treaty/contract"
)

// DeclareType returns body as what a header or metadata named where declares,
// since that is what a verifier meets. A body with matchers stays what it is:
// as something else they would not be asked for, which is an error.
func DeclareType(body contract.Body, where, declared string, matched bool) (contract.Body, error) {
	as, err := contract.ParseContentType(declared)
	if err != nil || declared == "" || body.State == contract.BodyMissing {
		return body, nil //nolint:nilerr // what cannot be read declares nothing
	}
	built, err := contract.ParseContentType(body.ContentType)
	if err != nil || built.Accepts(as) {
		return body, nil //nolint:nilerr // it stays as it is
	}
	if matched && IsStructured(built) && !sameStructure(built, as) {
		return body, fmt.Errorf("it has matchers for %s, but %s is %s, under which they would not be asked for: "+
			"correct it, or give the body without matchers", built.Essence(), where, as.Essence())
	}
	if matched && IsStructured(as) && !IsStructured(built) {
		return body, fmt.Errorf("%s is %s: %w", where, as.Essence(), ErrStructured)
	}
	body.ContentType = declared
	return body, nil
}

// ErrStructured refuses to compare a body by nothing but its media type where
// no reader does.
var ErrStructured = errors.New("JSON, XML, forms and multipart are compared by their content, never by what their bytes look like alone: " +
	"describe the body with JSONBody, XMLBody, FormBody or MultipartBody")

// IsStructured reports whether contents of that type are compared part by part.
func IsStructured(t contract.ContentType) bool {
	return t.IsJSON() || t.IsXML() || t.IsForm() || t.IsMultipart()
}

func sameStructure(a, b contract.ContentType) bool {
	return a.IsJSON() && b.IsJSON() || a.IsXML() && b.IsXML() || a.IsForm() && b.IsForm() || a.IsMultipart() && b.IsMultipart()
}
