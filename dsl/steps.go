package dsl

import (
	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/pact-foundation/pact-go/v2/models"
)

// The steps that all versions share. A versioned type embeds one of them and
// adds what returns another versioned type; S is the versioned type itself, so
// that a chain stays in its version.

// given holds what can be said before the request.
type given[S any] struct {
	self        *S
	interaction *Interaction
	provider    *httpMockProvider
}

// Given names a provider state that must hold before the request. It may be
// called several times; V2 files keep the first. Optional.
func (g *given[S]) Given(state string) *S {
	g.interaction.given(models.ProviderState{Name: state})
	return g.self
}

// UponReceiving describes the request in words. Description and provider
// states together name the interaction in the pact. Without it the method and
// the path are its description.
func (g *given[S]) UponReceiving(description string) *S {
	g.interaction.http.Description = description
	return g.self
}

// givenWithParameter adds what V2 does not have.
type givenWithParameter[S any] struct {
	given[S]
}

// GivenWithParameter names a provider state and the values it is set up with.
// It may be called several times; the same name again adds parameters. Optional.
func (g *givenWithParameter[S]) GivenWithParameter(state models.ProviderState) *S {
	g.interaction.given(state)
	return g.self
}

// fill lets each function describe its part in b. One that is nil has nothing
// to say.
func fill[B any, F ~func(*B)](b *B, builders []F) {
	for _, build := range builders {
		if build != nil {
			build(b)
		}
	}
}

// requestBuilder fills the expected request.
type requestBuilder[S any] struct {
	bodyBuilder[S]
}

// Query sets a query parameter with its values in order. One that was set before
// is replaced.
func (b *requestBuilder[S]) Query(key string, values ...matchers.Matcher) *S {
	b.part.interaction.query(key, values)
	return b.self
}

// bodyBuilder fills headers and body of a request or response.
type bodyBuilder[S any] struct {
	self *S
	part *part
}

// Header sets a header with its values in order. A header that was set before
// is replaced.
func (b *bodyBuilder[S]) Header(key string, values ...matchers.Matcher) *S {
	b.part.header(key, values)
	return b.self
}

// Headers sets several headers as Header does. Two spellings of one name fail the
// test.
func (b *bodyBuilder[S]) Headers(headers matchers.HeadersMatcher) *S {
	b.part.setHeaders(headers)
	return b.self
}

// JSONBody sets a JSON body: any value that marshals to JSON, with matchers
// anywhere in it; a string that is JSON stands for what it says, as in pact-go. The
// content type is application/json unless a header says otherwise.
func (b *bodyBuilder[S]) JSONBody(body interface{}) *S {
	b.part.jsonBody(body)
	return b.self
}

// BinaryBody sets a body of bytes. From V3 on its content type is compared,
// not its bytes.
func (b *bodyBuilder[S]) BinaryBody(body []byte) *S {
	b.part.binaryBody(body)
	return b.self
}

// MultipartBody sets a multipart form that holds the file filename as the part
// mimePartName with the given content type. From V3 on the part is compared by
// what its bytes look like, and not byte by byte.
func (b *bodyBuilder[S]) MultipartBody(contentType string, filename string, mimePartName string) *S {
	b.part.multipartBody(contentType, filename, mimePartName)
	return b.self
}

// Body sets a body as it is sent, with its content type. JSON and XML may be given
// as Pact's integration JSON, with matchers in it.
func (b *bodyBuilder[S]) Body(contentType string, body []byte) *S {
	b.part.rawBody(contentType, body)
	return b.self
}

// BodyMatch derives a JSON body from the type of the given value, as pact-go's
// matchers.MatchV2 does: fields of structs are matched by type, and "pact" tags
// give examples and patterns.
func (b *bodyBuilder[S]) BodyMatch(body interface{}) *S {
	b.part.bodyMatch(body)
	return b.self
}

// ContentTypeBody sets a body of which only the media type is compared, found
// by looking at the bytes: a picture, a document. The example is what the
// consumer's test gets. It needs a pact of V3 or later, and is not for JSON, XML
// and forms, which are always compared by their content.
func (b *bodyBuilder[S]) ContentTypeBody(contentType string, example []byte) *S {
	b.part.contentTypeBody(contentType, example)
	return b.self
}

// XMLBody sets an XML body with matchers; see [XML].
func (b *bodyBuilder[S]) XMLBody(root XMLElement) *S {
	b.part.xmlBody(root)
	return b.self
}

// FormBody sets a body of form parameters, as browsers send them
// (application/x-www-form-urlencoded), with their values in order.
func (b *bodyBuilder[S]) FormBody(parameters matchers.QueryMatcher) *S {
	b.part.formBody(parameters)
	return b.self
}
