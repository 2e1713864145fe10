package mockserver

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/generate"
	"github.com/treatyhq/treaty/internal/caught"
	"github.com/treatyhq/treaty/internal/coding"
)

// ServeHTTP answers one request from the interactions, also without the server's
// own port: a Server is an [http.Handler]. A request that nothing matches is a 500
// that explains the nearest interaction, with X-Pact as Pact's tools have it. A
// panic on the way is a 500 too, and one of Results.Problems.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := caught.Do(func() { s.serveOne(w, r) }); err != nil {
		s.record.problem(fmt.Sprintf("%s %s could not be answered, which is a fault of the mock provider; please report it with the pact: %v", r.Method, r.URL.Path, err))
		http.Error(w, "the mock provider has a fault: "+err.Error(), http.StatusInternalServerError)
	}
}

func (s *Server) serveOne(w http.ResponseWriter, r *http.Request) {
	s.record.received(r.URL.EscapedPath())
	received, err := ReadRequest(r, s.config.MaxBody)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	request := received.Request
	c := s.book.choose(received)
	switch {
	case len(c.matches) > 0:
	case received.Undecoded != nil:
		s.refuse(w, r, received.Undecoded)
		return
	default:
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
	s.open.sends(len(response.Body.Content))
	writeResponse(w, r.Method, response)
}

// writeResponse sends r as it stands: the pact's headers replace those already
// set, and no content type is invented.
func writeResponse(w http.ResponseWriter, method string, r contract.Response) {
	header := w.Header()
	header["Content-Type"] = nil
	for name, values := range r.Headers {
		header[http.CanonicalHeaderKey(name)] = contract.HeaderLines(name, values)
	}
	status := r.Status
	if status == 0 {
		status = http.StatusOK
	}
	if !bodyAllowed(method, status) {
		w.WriteHeader(status)
		return
	}
	var body []byte
	if r.Body.State == contract.BodyPresent {
		body = coding.Encode(header["Content-Encoding"], r.Body.Wire())
	}
	// The length in a contract is an example's, as another coding or spelling of
	// the body had it. A wrong one breaks the connection.
	delete(header, "Transfer-Encoding")
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body)
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
	text := failureJSON(failure)
	s.open.sends(len(text))
	_, _ = w.Write(text)
}

// refuse answers a request that could not be read.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, sentence := Refusal(err)
	s.record.problem(fmt.Sprintf("%s %s could not be read: %s", r.Method, r.URL.Path, sentence))
	http.Error(w, sentence, status)
}
