package verifier

import (
	"errors"
	"fmt"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/coding"
	"github.com/treatyhq/treaty/matching"
)

// response turns a recorded answer into the form that is matched.
func (rec *recorder) response() contract.Response {
	return contract.Response{
		Status:  rec.status,
		Headers: contract.Values(rec.header),
		Body:    contract.NewBody(rec.body.Bytes(), rec.header.Get("Content-Type")),
	}
}

// match compares the answer with what is expected. A body with a
// Content-Encoding is decoded; who expects the encoded bytes is content with
// them, too. warning tells of one that nobody here knows how to decode.
func (rec *recorder) match(expected contract.Response) (result matching.Result, warning string, err error) {
	sent := rec.response()
	if len(rec.header["Content-Encoding"]) == 0 {
		return matching.Response(expected, sent), "", nil
	}
	plain, err := coding.Decode(rec.header["Content-Encoding"], sent.Body.Content, rec.expect.limit)
	var unknown *coding.UnknownError
	switch {
	case errors.Is(err, coding.ErrTooLarge):
		return result, "", &tooLargeError{limit: rec.expect.limit}
	case errors.As(err, &unknown):
		return matching.Response(expected, sent), "of the provider's answer, " + err.Error() + "; it is compared as it came", nil
	case err != nil:
		return result, "", fmt.Errorf("the provider's answer cannot be read: %w", err)
	}
	decoded := sent
	decoded.Body = contract.NewBody(plain, rec.header.Get("Content-Type"))
	if result = matching.Response(expected, decoded); result.OK() {
		return result, "", nil
	}
	if exact := matching.Response(expected, sent); exact.OK() {
		return exact, "", nil
	}
	return result, "", nil
}
