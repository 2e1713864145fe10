package commandtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// Shop is a broker and the folder of someone who asks it.
type Shop struct {
	T       *testing.T
	URL     string
	Dir     string
	Environ []string
}

// Open starts a broker with nothing in it.
func Open(t *testing.T, options ...brokertest.Option) *Shop {
	t.Helper()
	s := &Shop{T: t, URL: brokertest.Start(t, options...).URL(), Dir: t.TempDir()}
	s.Environ = []string{"PACT_BROKER_BASE_URL=" + s.URL, "PACT_BROKER_HTTP_RETRIES=1"}
	return s
}

// Run runs a command line, split at spaces.
func (s *Shop) Run(line string) Outcome {
	s.T.Helper()
	return RunIn(s.T, command.Env{Dir: s.Dir, Environ: s.Environ}, strings.Fields(line)...)
}

// Must runs a command that has to succeed and returns what it printed.
func (s *Shop) Must(line string) string {
	s.T.Helper()
	got := s.Run(line)
	if got.Status != 0 {
		s.T.Fatalf("%s ended with %d\n%s%s", line, got.Status, got.Stdout, got.Stderr)
	}
	return got.Stdout
}

// Pact writes a pact file into the folder and returns its name.
func (s *Shop) Pact(consumer, provider, description string) string {
	s.T.Helper()
	name := consumer + "-" + provider + ".json"
	s.File(name, PactText(consumer, provider, description))
	return name
}

// File writes a file into the folder, and the folders above it.
func (s *Shop) File(name, content string) {
	s.T.Helper()
	check(s.T, os.MkdirAll(filepath.Dir(filepath.Join(s.Dir, name)), 0o755))
	check(s.T, os.WriteFile(filepath.Join(s.Dir, name), []byte(content), 0o600))
}

// PactText is a pact of one interaction.
func PactText(consumer, provider, description string) string {
	return fmt.Sprintf(`{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[
		{"description":%q,"request":{"method":"GET","path":"/x"},"response":{"status":200}}],
		"metadata":{"pactSpecification":{"version":"2.0.0"}}}`, consumer, provider, description)
}

// Verify stores a result of a provider version for the latest pact of Foo and
// Bar.
func (s *Shop) Verify(version string, success bool) {
	s.T.Helper()
	c, err := client.New(client.Config{BaseURL: s.URL})
	check(s.T, err)
	check(s.T, c.AddVersionToBranch(s.T.Context(), "Bar", version, "main"))
	pacts, err := c.PactsForVerification(s.T.Context(), client.VerificationQuery{Provider: "Bar"})
	check(s.T, err)
	if len(pacts) == 0 {
		s.T.Fatal("there is no pact to verify")
	}
	pact, err := c.FetchPact(s.T.Context(), pacts[0].URL)
	check(s.T, err)
	_, err = c.PublishVerificationResult(s.T.Context(), pact, client.VerificationResult{Success: success, ProviderVersion: version})
	check(s.T, err)
}

// Stocked opens a shop where Foo 1 has a pact with Bar, Bar 5 is in production,
// and nothing is verified.
func Stocked(t *testing.T) *Shop {
	t.Helper()
	s := Open(t)
	s.Pact("Foo", "Bar", "x")
	s.Must("publish Foo-Bar.json -a 1 --branch main")
	s.Must("create-or-update-version -a Bar -e 5 --branch main")
	s.Must("create-environment --name production --production")
	s.Must("record-deployment -a Bar -e 5 --environment production")
	return s
}

const teaPact = `{"consumer":{"name":"storefront"},"provider":{"name":"catalog"},"interactions":[
	{"description":"a product","request":{"method":"GET","path":"/products/10"},
	 "response":{"status":200,"headers":{"Content-Type":"application/json"},"body":{"price":12.5}}},
	{"description":"an absent one","providerState":"no product 11","request":{"method":"GET","path":"/products/11"},
	 "response":{"status":404}}],"metadata":{"pactSpecification":{"version":"2.0.0"}}}`

// PactFolder is a working folder with one pact file in it.
func PactFolder(t *testing.T) command.Env {
	t.Helper()
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "p.json"), []byte(teaPact), 0o600))
	return command.Env{Dir: dir}
}
