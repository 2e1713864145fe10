package provider_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/pact-foundation/pact-go/v2/message"
	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/verifier"
)

// Catalog is the provider of the guide.
type Catalog struct {
	mu       sync.Mutex
	products map[int]Product
}

// Product is what the catalog sells.
type Product struct {
	Name  string  `json:"name"`
	Price float64 `json:"price"`
}

// NewCatalog returns an empty catalog.
func NewCatalog() *Catalog { return &Catalog{products: map[int]Product{}} }

// Add puts a product into the catalog and returns its id.
func (c *Catalog) Add(p Product) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := 1000 + len(c.products)
	c.products[id] = p
	return id
}

// Clear empties the catalog.
func (c *Catalog) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.products)
}

func (c *Catalog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/products/"))
	product, found := c.products[id]
	if !found {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(product)
}

// What follows stands in docs/guide/provider.md, between the same names.

// sample: in process
func TestCatalogKeepsItsPacts(t *testing.T) {
	catalog := NewCatalog()
	err := verifier.NewVerifier().VerifyProvider(t, verifier.VerifyRequest{
		Provider: "catalog",
		Handler:  catalog,
		PactDirs: []string{"testdata/pacts"},
		StateHandlers: models.StateHandlers{
			"product exists": func(setup bool, state models.ProviderState) (models.ProviderStateResponse, error) {
				if !setup {
					catalog.Clear()
					return nil, nil
				}
				name, ok := state.Parameters["name"].(string)
				if !ok {
					return nil, errors.New("the state needs a name")
				}
				id := catalog.Add(Product{Name: name, Price: 12.5})
				return models.ProviderStateResponse{"id": id}, nil
			},
		},
		RequireEveryState:  true,
		FailIfNoPactsFound: true,
	})
	require.NoError(t, err)
}

// end

// sample: running server
func TestRunningCatalogKeepsItsPacts(t *testing.T) {
	catalog := NewCatalog()
	server := httptest.NewServer(withLogin(catalog))
	defer server.Close()
	err := verifier.NewVerifier().VerifyProvider(t, verifier.VerifyRequest{
		Provider:        "catalog",
		ProviderBaseURL: server.URL,
		PactFiles:       []string{"testdata/pacts/storefront-catalog.json"},
		StateHandlers:   catalogStates(catalog),
		Headers:         http.Header{"Authorization": {"Bearer a-token-for-tests"}},

		RequireEveryState: true,
	})
	require.NoError(t, err)
}

// end

// sample: request filter
func addLogin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/login" {
			r.Header.Set("Authorization", "Bearer a-token-for-tests")
		}
		next.ServeHTTP(w, r)
	})
}

// end

func TestRequestFilterOfTheGuide(t *testing.T) {
	catalog := NewCatalog()
	require.NoError(t, verifier.NewVerifier().VerifyProvider(t, verifier.VerifyRequest{
		Provider: "catalog", Handler: withLogin(catalog), PactDirs: []string{"testdata/pacts"},
		StateHandlers: catalogStates(catalog), RequestFilter: addLogin,
	}))
}

// sample: messages
func TestCatalogSendsWhatBillingReads(t *testing.T) {
	err := verifier.NewVerifier().VerifyProvider(t, verifier.VerifyRequest{
		Provider: "catalog-events",
		PactDirs: []string{"testdata/pacts"},
		MessageHandlers: message.Handlers{
			"a price change": func([]models.ProviderState) (message.Body, message.Metadata, error) {
				return PriceChanged{ID: 7, Price: 9.99}, message.Metadata{"topic": "prices"}, nil
			},
		},
		SyncMessageHandlers: verifier.SyncHandlers{
			"a request for a quote": func(request message.Body, _ message.Metadata, _ []models.ProviderState) (message.Body, message.Metadata, error) {
				quote, err := Quote(request.([]byte))
				return quote, nil, err
			},
		},
	})
	require.NoError(t, err)
}

// end

// PriceChanged is an event of the catalog.
type PriceChanged struct {
	ID    int     `json:"id"`
	Price float64 `json:"price"`
}

// Quote answers a request for a price.
func Quote(request []byte) (any, error) {
	var asked Product
	if err := json.Unmarshal(request, &asked); err != nil || asked.Name != "tea" {
		return nil, fmt.Errorf("no price for %q", asked.Name)
	}
	return map[string]float64{"price": 9.99}, nil
}

// sample: broker
func verifyForBroker(t *testing.T, catalog *Catalog, brokerURL, version, branch string) error {
	return verifier.NewVerifier().VerifyProvider(t, verifier.VerifyRequest{
		Provider:        "catalog",
		Handler:         catalog,
		StateHandlers:   catalogStates(catalog),
		BrokerURL:       brokerURL,
		ProviderVersion: version,
		ProviderBranch:  branch,
		ConsumerVersionSelectors: []verifier.Selector{
			&verifier.ConsumerVersionSelector{MainBranch: true},
			&verifier.ConsumerVersionSelector{MatchingBranch: true},
			&verifier.ConsumerVersionSelector{DeployedOrReleased: true},
		},
		RequireEveryState:          true,
		EnablePending:              true,
		PublishVerificationResults: true,
		UnsentFile:                 "unsent-results.json",
	})
}

// end

func TestBrokerOfTheGuide(t *testing.T) {
	broker := brokertest.Start(t)
	c, err := client.New(client.Config{BaseURL: broker.URL()})
	require.NoError(t, err)
	content, err := os.ReadFile("testdata/pacts/storefront-catalog.json")
	require.NoError(t, err)
	publishShop(t, c, "1", "main", string(content))
	require.NoError(t, verifyForBroker(t, NewCatalog(), broker.URL(), "1.0.0", "main"))
}

// sample: program
func check(ctx context.Context, catalog *Catalog) error {
	report, err := verifier.Verify(ctx, verifier.Options{
		Provider: "catalog",
		Handler:  catalog,
		Dirs:     []string{"testdata/pacts"},
		States:   catalogStates(catalog),
	})
	if err != nil {
		return err // it could not be verified at all
	}
	if err := verifier.WriteText(os.Stdout, report); err != nil {
		return err
	}
	return report.Err()
}

// end

func TestProgramOfTheGuide(t *testing.T) {
	require.NoError(t, check(t.Context(), NewCatalog()))
}

// TestFailureOfTheGuide breaks the catalog and expects the report that the
// guide explains.
func TestFailureOfTheGuide(t *testing.T) {
	t.Parallel()
	broken := serve(t, answering(map[string]string{"/products/1000": `{"name":"tea","price":"12.50"}`}))
	report := verify(t, verifier.Options{
		Provider: "catalog", BaseURL: broken, Files: []string{"testdata/pacts/storefront-catalog.json"}, States: catalogStates(NewCatalog()),
	})
	got := strings.ReplaceAll(text(t, report), broken, "http://localhost:8080")
	block := regexp.MustCompile("(?s)```text\n(.*?)```").FindStringSubmatch(guideText(t))
	require.NotNil(t, block)
	require.Contains(t, got, strings.TrimSpace(block[1])) // the guide leaves out the time it took
}

func guideText(t *testing.T) string {
	t.Helper()
	guide, err := os.ReadFile("../../docs/guide/provider.md")
	require.NoError(t, err)
	return string(guide)
}

func catalogStates(catalog *Catalog) models.StateHandlers {
	return models.StateHandlers{
		"product exists": func(setup bool, state models.ProviderState) (models.ProviderStateResponse, error) {
			if !setup {
				catalog.Clear()
				return nil, nil
			}
			id := catalog.Add(Product{Name: state.Parameters["name"].(string), Price: 12.5})
			return models.ProviderStateResponse{"id": id}, nil
		},
	}
}

func withLogin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer a-token-for-tests" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// TestGuideShowsWhatIsRun compares each Go sample of the guide with the code
// above, so that readers copy what has been run.
func TestGuideShowsWhatIsRun(t *testing.T) {
	t.Parallel()
	guide := guideText(t)
	source, err := os.ReadFile("guide_test.go")
	require.NoError(t, err)
	samples := regexp.MustCompile(`(?s)\n// sample: [a-z ]+\n(.*?)\n// end\n`).FindAllStringSubmatch(string(source), -1)
	require.NotEmpty(t, samples)
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(guide, -1)
	require.Len(t, blocks, len(samples))
	for n, block := range blocks {
		require.Equal(t, strings.TrimSpace(samples[n][1]), strings.TrimSpace(block[1]))
	}
}
