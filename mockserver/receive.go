package mockserver

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/coding"
	"github.com/treatyhq/treaty/matching"
)

// Received is a request in the form that matching compares. A body with a
// Content-Encoding is decoded.
type Received struct {
	contract.Request
	// Undecoded is set where the body is compared as it came, because nobody
	// here knows how it is encoded.
	Undecoded error
	// sent is the body as it came where Request has it decoded.
	sent *contract.Body
}

// Match compares the request with an expected one, as [matching.Request] does. One
// that expects the bytes of an encoded body is content with them, too.
func (r Received) Match(expected contract.Request) matching.Result {
	result := matching.Request(expected, r.Request)
	if result.OK() || r.sent == nil {
		return result
	}
	asSent := r.Request
	asSent.Body = *r.sent
	if exact := matching.Request(expected, asSent); exact.OK() {
		return exact
	}
	return result
}

// ReadRequest turns r into the form that matching compares. A body larger than
// maxBody bytes, as it comes or decoded, is an [*http.MaxBytesError]; one that
// is not encoded as it says is an error, too.
func ReadRequest(r *http.Request, maxBody int64) (Received, error) {
	content, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return Received{}, err
	}
	received := Received{Request: contract.Request{
		Method:  strings.ToUpper(r.Method),
		Path:    r.URL.EscapedPath(),
		Query:   contract.ParseQuery(r.URL.RawQuery),
		Headers: receivedHeaders(r),
	}}
	if received.Path == "" {
		received.Path = "/"
	}
	err = received.setBody(content, r.Header, maxBody)
	return received, err
}

func (r *Received) setBody(content []byte, header http.Header, limit int64) error {
	if len(content) == 0 {
		return nil
	}
	kind := header.Get("Content-Type")
	r.Body = contract.NewBody(content, kind)
	if len(header["Content-Encoding"]) == 0 {
		return nil
	}
	plain, err := coding.Decode(header["Content-Encoding"], content, limit)
	var unknown *coding.UnknownError
	switch {
	case errors.Is(err, coding.ErrTooLarge):
		return &http.MaxBytesError{Limit: limit}
	case errors.As(err, &unknown):
		r.Undecoded = err
	case err != nil:
		return err
	default:
		sent := r.Body
		r.sent, r.Body = &sent, contract.NewBody(plain, kind)
	}
	return nil
}

func receivedHeaders(r *http.Request) contract.Values {
	headers := make(contract.Values, len(r.Header)+1)
	for name, values := range r.Header {
		for _, value := range values {
			headers[name] = append(headers[name], contract.SplitHeader(name, value)...)
		}
	}
	if r.Host != "" {
		headers["Host"] = []string{r.Host} // net/http keeps it apart
	}
	return headers
}

// Refusal returns the HTTP status and the sentence for a request that could not be
// read: err is that of [ReadRequest], or Received.Undecoded. It is 413 for a body
// that is too large, 415 for an encoding that is not known, else 400.
func Refusal(err error) (status int, sentence string) {
	var tooLarge *http.MaxBytesError
	var unknown *coding.UnknownError
	switch {
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", tooLarge.Limit)
	case errors.As(err, &unknown):
		return http.StatusUnsupportedMediaType, err.Error()
	default:
		return http.StatusBadRequest, err.Error()
	}
}
