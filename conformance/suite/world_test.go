package suite_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/cucumber/godog"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/generate"
	"github.com/treatyhq/treaty/matching"
)

// world is the state of one scenario. Each group of steps keeps its own.
type world struct {
	root    string // of the suite
	dir     string // for pact files
	version contract.SpecVersion

	interactions map[int]*contract.HTTP // by the "No" of the feature's table

	matching  matchingState
	generated generatedState
	consumer  consumerState
	draft     draftState
	provider  providerState

	closers []func()
}

// versionOf is the specification version that a feature speaks about, by its
// folder. Treaty writes no V1 files; they are the same as V2 without rules.
func versionOf(feature string) contract.SpecVersion {
	switch filepath.Base(filepath.Dir(feature)) {
	case "V3":
		return contract.V3
	case "V4":
		return contract.V4
	}
	return contract.V2
}

func (w *world) register(sc *godog.ScenarioContext) {
	w.generated.mode = generate.Consumer
	w.registerMatching(sc)
	w.registerGenerators(sc)
	w.registerConsumer(sc)
	w.registerDraft(sc)
	w.registerMessages(sc)
	w.registerProvider(sc)
	w.registerProviderChecks(sc)
}

func (w *world) close() {
	for _, f := range w.closers {
		f()
	}
}

// serve closes a server with the scenario.
func (w *world) serve(s *httptest.Server) *httptest.Server {
	w.closers = append(w.closers, s.Close)
	return s
}

// fixture reads a file of the suite.
func (w *world) fixture(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(w.root, "fixtures", strings.TrimSpace(name)))
}

// matchingState is what the matching steps compare.
type matchingState struct {
	expectedRequest  contract.Request
	expectedResponse contract.Response
	requests         []contract.Request
	response         contract.Response
	result           matching.Result
}
