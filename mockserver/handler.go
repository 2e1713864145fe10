package mockserver

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/generate"
)

// ServeHTTP answers one request from the interactions.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.record.received(r.URL.EscapedPath())
	request, err := ReadRequest(r, s.config.MaxBody)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	c := s.book.choose(request)
	if len(c.matches) == 0 {
		s.explain(w, request, c)
		return
	}
	played := s.book.interactions[s.record.play(c)]
	if s.config.Observe != nil {
		s.config.Observe(request, played, nil)
	}
	s.answer(w, r, played)
}

// answer sends the interaction's response with its generators applied.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, interaction *contract.HTTP) {
	response, err := generate.Response(interaction.Response, generate.Context{
		Mode:          generate.Consumer,
		MockServerURL: s.URL(),
		Now:           s.config.Now,
	})
	if err != nil {
		s.record.problem(fmt.Sprintf("generate the response of %q: %v", interaction.Description, err))
		response = interaction.Response
	}
	corsHeaders(w.Header(), r.Header.Get("Origin"))
	writeResponse(w, r.Method, response)
}

// writeResponse sends r as it stands: the pact's headers replace those already
// set, and no content type is invented.
func writeResponse(w http.ResponseWriter, method string, r contract.Response) {
	header := w.Header()
	header["Content-Type"] = nil
	for name, values := range r.Headers {
		header[http.CanonicalHeaderKey(name)] = values
	}
	status := r.Status
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	if r.Body.State == contract.BodyPresent && bodyAllowed(method, status) {
		_, _ = w.Write(r.Body.Wire())
	}
}

func bodyAllowed(method string, status int) bool {
	return method != http.MethodHead && status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// explain answers a request that nothing matched with what was nearest.
func (s *Server) explain(w http.ResponseWriter, request contract.Request, c choice) {
	if request.Method == http.MethodOptions {
		// Browsers ask before they ask; that is never part of a contract.
		if s.config.CORSPreflight {
			preflight(w, request)
			return
		}
	} else {
		s.record.failedRequest(request, c)
	}
	failure := failure{request: request, choice: c}.public(s.book.interactions)
	if s.config.Observe != nil {
		s.config.Observe(request, nil, &failure)
	}
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("X-Pact", failureName(failure))
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.Write(failureJSON(failure))
}

// refuse answers a request that could not be read.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusBadRequest
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		status = http.StatusRequestEntityTooLarge
		err = fmt.Errorf("the body is larger than %d bytes", tooLarge.Limit)
	}
	s.record.problem(fmt.Sprintf("%s %s could not be read: %v", r.Method, r.URL.Path, err))
	http.Error(w, err.Error(), status)
}

// ReadRequest turns r into the form that matching compares. A body larger than
// maxBody bytes is an [*http.MaxBytesError].
func ReadRequest(r *http.Request, maxBody int64) (contract.Request, error) {
	content, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return contract.Request{}, err
	}
	headers := make(contract.Values, len(r.Header)+1)
	for name, values := range r.Header {
		for _, value := range values {
			headers[name] = append(headers[name], contract.SplitHeader(name, value)...)
		}
	}
	if r.Host != "" {
		headers["Host"] = []string{r.Host} // net/http keeps it apart
	}
	request := contract.Request{
		Method:  r.Method,
		Path:    r.URL.EscapedPath(),
		Query:   contract.ParseQuery(r.URL.RawQuery),
		Headers: headers,
	}
	if request.Path == "" {
		request.Path = "/"
	}
	if len(content) > 0 {
		request.Body = contract.NewBody(content, r.Header.Get("Content-Type"))
	}
	return request, nil
}
