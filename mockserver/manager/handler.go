package manager

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/internal/browsers"
	"github.com/treatyhq/treaty/internal/caught"
	"github.com/treatyhq/treaty/mockserver"
	"github.com/treatyhq/treaty/mockserver/internal/page"
)

// ServerDoc is a mock server as the master describes it.
type ServerDoc struct {
	// ID and Port name it in addresses; one is enough.
	ID   string `json:"id"`
	Port int    `json:"port"`
	// Address is host and port, Scheme http or https.
	Address string `json:"address"`
	Scheme  string `json:"scheme"`
	// Provider is the name in the pact.
	Provider string `json:"provider"`
	// Status is ok if it was used as the pact says so far, else error.
	Status string `json:"status"`
	// Metrics count what it was asked.
	Metrics MetricsDoc `json:"metrics"`
}

// MetricsDoc counts the requests of a mock server.
type MetricsDoc struct {
	// Requests counts all, RequestsByPath those of each path.
	Requests       int            `json:"requests"`
	RequestsByPath map[string]int `json:"requests_by_path"`
}

// ListDoc is the answer to GET /.
type ListDoc struct {
	// MockServers by port; empty, and not null, when there are none.
	MockServers []ServerDoc `json:"mockServers"`
}

// CreatedDoc is the answer to POST /.
type CreatedDoc struct {
	// MockServer is the one that was made: its ID, and the Port it listens on.
	MockServer struct {
		ID   string `json:"id"`
		Port int    `json:"port"`
	} `json:"mockServer"`
}

// VerifiedDoc is the answer to POST /mockserver/{id or port}/verify: with status
// 200 when the pact was written, with 422 when something went wrong.
type VerifiedDoc struct {
	// MockServer is the one that was asked for.
	MockServer ServerDoc `json:"mockServer"`
	// Mismatches are what went wrong; empty when nothing did.
	Mismatches []mockserver.ResultDoc `json:"mismatches"`
}

// ErrorDoc is the answer to what cannot be done, with a status of 400 or more.
type ErrorDoc struct {
	// Error is a sentence that says why, and what to do.
	Error string `json:"error"`
}

func (m *managed) doc() ServerDoc {
	results := m.Results()
	status := "ok"
	if !results.OK() {
		status = "error"
	}
	return ServerDoc{
		ID: m.id, Port: m.Port(), Address: m.URL()[len(m.scheme)+3:], Scheme: m.scheme, Provider: m.pact.Provider, Status: status,
		Metrics: MetricsDoc{Requests: results.Requests, RequestsByPath: results.ByPath},
	}
}

// Handler returns what serves the master's routes (see the package comment). Each
// call returns one for the same mock servers.
func (m *Manager) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", m.handleList)
	mux.HandleFunc("POST /{$}", m.handleCreate)
	mux.HandleFunc("GET /mockserver/{id}", m.one(m.handleGet))
	mux.HandleFunc("DELETE /mockserver/{id}", m.one(m.handleDelete))
	mux.HandleFunc("POST /mockserver/{id}/verify", m.one(m.handleVerify))
	mux.HandleFunc("POST /shutdown", m.handleShutdown)
	mux.HandleFunc("GET "+page.Path, m.handlePage)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !browsers.KnownHost(r.Host, m.names) {
			refuse(w, http.StatusMisdirectedRequest, fmt.Errorf("the master server does not know itself as %q, by which a page of another site may call it; use its address, or start it with --host and that name", r.Host))
			return
		}
		if err := m.guard.Check(r); err != nil {
			refuse(w, http.StatusForbidden, fmt.Errorf("%w, and nothing was done: the master server works for programs, not for pages in a browser", err))
			return
		}
		if err := caught.Do(func() { mux.ServeHTTP(w, r) }); err != nil {
			refuse(w, http.StatusInternalServerError, fmt.Errorf("the master has a fault; please report it with the pact: %w", err))
		}
	})
}

func (m *Manager) handleList(w http.ResponseWriter, _ *http.Request) {
	doc := ListDoc{MockServers: []ServerDoc{}}
	for _, server := range m.list() {
		doc.MockServers = append(doc.MockServers, server.doc())
	}
	send(w, http.StatusOK, doc)
}

func (m *Manager) handleCreate(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mockserver.DefaultMaxBody))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, fmt.Errorf("read the pact: %w", err))
		return
	}
	pact, err := contract.Decode(text)
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, fmt.Errorf("the body is not a pact: %w", err))
		return
	}
	query := r.URL.Query()
	options := Options{CORS: query.Get("cors") == "true", TLS: query.Get("tls") == "true", Draft: query.Get("draft")}
	if text := query.Get("specification"); text != "" {
		if options.Version = contract.ParseSpecVersion(text); options.Version == contract.VersionUnknown {
			refuse(w, http.StatusBadRequest, fmt.Errorf("%q is not a version of the Pact Specification; give V2, V3 or V4", text))
			return
		}
	}
	made, err := m.create(pact, options)
	if errors.Is(err, errNothingToPlay) {
		refuse(w, http.StatusUnprocessableEntity, err)
		return
	}
	if err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	var doc CreatedDoc
	doc.MockServer.ID, doc.MockServer.Port = made.id, made.Port()
	w.Header().Set("Location", "/mockserver/"+made.id)
	send(w, http.StatusOK, doc)
}

// one finds the mock server that a route names.
func (m *Manager) one(handle func(http.ResponseWriter, *managed)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		server, ok := m.find(r.PathValue("id"))
		if !ok {
			refuse(w, http.StatusNotFound, fmt.Errorf("there is no mock server with the id or port %s", r.PathValue("id")))
			return
		}
		handle(w, server)
	}
}

func (m *Manager) handleGet(w http.ResponseWriter, server *managed) {
	send(w, http.StatusOK, server.doc())
}

func (m *Manager) handleDelete(w http.ResponseWriter, server *managed) {
	m.remove(server)
	w.WriteHeader(http.StatusNoContent)
}

func (m *Manager) handleVerify(w http.ResponseWriter, server *managed) {
	results := server.Results()
	if !results.OK() {
		send(w, http.StatusUnprocessableEntity, VerifiedDoc{MockServer: server.doc(), Mismatches: results.Docs()})
		return
	}
	_, err := m.write(server.pact, server.draft)
	var twin *TwinError
	if errors.As(err, &twin) {
		refuse(w, http.StatusConflict, twin)
		return
	}
	if err != nil {
		refuse(w, http.StatusInternalServerError, fmt.Errorf("write the pact: %w", err))
		return
	}
	send(w, http.StatusOK, VerifiedDoc{MockServer: server.doc(), Mismatches: []mockserver.ResultDoc{}})
}

func (m *Manager) handleShutdown(w http.ResponseWriter, r *http.Request) {
	key := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if subtle.ConstantTimeCompare([]byte(key), []byte(m.config.Key)) != 1 {
		refuse(w, http.StatusForbidden, errors.New("the key of the master is missing or wrong"))
		return
	}
	var body struct {
		Period int `json:"period"` // milliseconds
	}
	_ = json.NewDecoder(io.LimitReader(r.Body, 1<<10)).Decode(&body)
	send(w, http.StatusOK, struct{}{})
	wait := time.Duration(min(max(body.Period, 0), 60_000)) * time.Millisecond
	m.once.Do(func() { time.AfterFunc(wait, func() { close(m.shutdown) }) })
}

func (m *Manager) handlePage(w http.ResponseWriter, _ *http.Request) {
	model := page.Model{Title: "Mock servers", Requests: m.journal.Last()}
	for _, server := range m.list() {
		results := server.Results()
		name := server.pact.Consumer + " → " + server.pact.Provider + ", port " + strconv.Itoa(server.Port())
		for _, i := range results.Played {
			model.Interactions = append(model.Interactions, interaction(name+", played", i))
		}
		for _, i := range results.Missing {
			model.Interactions = append(model.Interactions, interaction(name+", not asked for yet", i))
		}
	}
	page.Write(w, model)
}

func interaction(pact string, i *contract.HTTP) page.Interaction {
	shown := page.Interaction{
		Pact: pact, Description: i.Description, Method: i.Request.Method, Target: i.Request.Path, Status: strconv.Itoa(i.Response.Status),
	}
	if query := mockserver.QueryString(i.Request.Query); query != "" {
		shown.Target += "?" + query
	}
	for _, state := range i.States {
		shown.States = append(shown.States, state.Name)
	}
	return shown
}

func send(w http.ResponseWriter, status int, doc any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(doc) // the reader went away
}

func refuse(w http.ResponseWriter, status int, err error) {
	send(w, status, ErrorDoc{Error: err.Error()})
}
