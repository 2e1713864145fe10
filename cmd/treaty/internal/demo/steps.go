package demo

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/treatyhq/treaty/cmd/treaty/internal/ci"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
)

// exampleDir is the example's folder below the source.
const exampleDir = "examples/catalog"

// play tells the story, step by step, and stops at the first that goes other
// than told.
func (s *stage) play(ctx context.Context) error {
	s.say(output.Paint(s.e.Color, "1", "A shop: the storefront (consumer) asks the catalog (provider) for products.") +
		"\nTheir source is in " + exampleDir + ". This is how a contract keeps them together.")
	for _, step := range []func(context.Context) error{
		s.consumerTest, s.serve, s.publish, s.providerTest, s.deploy, s.breakIt, s.repairIt,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	s.farewell()
	return nil
}

func (s *stage) consumerTest(ctx context.Context) error {
	s.chapter("The storefront writes down what it needs",
		"Its test runs its own client against a mock catalog. What is proven becomes the pact file.")
	return s.perform(ctx, act{
		name: "go", args: []string{"test", "./storefront", "-run", "^Test", "-count=1", "-v"}, dir: exampleDir,
		env: []string{"PACT_DIR=" + s.folder}, says: []string{"ok"}, show: testVerdicts,
	})
}

func (s *stage) serve(ctx context.Context) error {
	s.chapter("A broker starts", "One program, one database file, with its dashboard.")
	return s.startBroker(ctx)
}

func (s *stage) publish(ctx context.Context) error {
	s.chapter("The storefront publishes its pact",
		"With its version and branch. What is not given is taken from the build server or from git.")
	args := []string{"publish", filepath.Join(s.folder, "storefront-catalog.json"), "--branch", "main",
		"--build-url", "https://ci.example/storefront/builds/1"}
	if !s.inRepository(ctx) {
		args = append(args, "--consumer-app-version", "1.0.0")
	}
	if err := s.perform(ctx, act{name: "treaty", args: args, says: []string{"storefront", "catalog"}, show: firstLines(3)}); err != nil {
		return err
	}
	return s.readVersion()
}

// readVersion takes the version from what publish said. Asking git again
// could find another one in a checkout that others work in.
func (s *stage) readVersion() error {
	_, rest, found := strings.Cut(s.answer, "storefront version ")
	words := strings.Fields(rest)
	if !found || len(words) == 0 {
		return fmt.Errorf("step %d: publish does not say which version it published", s.step)
	}
	s.storefront = words[0]
	return nil
}

func (s *stage) providerTest(ctx context.Context) error {
	s.chapter("The catalog proves that it keeps the pact",
		"Its test asks the broker for the pacts, plays them against the real service, each in the\n"+
			"state it asks for, and publishes the results.")
	return s.perform(ctx, s.verification("1.0.0", 0))
}

// verification is the catalog's provider test for one of its releases.
func (s *stage) verification(release string, status int) act {
	return act{
		name: "go", args: []string{"test", "./catalog", "-run", "^TestCatalogKeepsItsPacts$", "-count=1", "-v"}, dir: exampleDir,
		env: []string{
			"PACT_BROKER_BASE_URL=" + s.url, "PACT_PROVIDER_VERSION=" + release, "PACT_PROVIDER_BRANCH=main",
			"CATALOG_RELEASE=" + release,
		},
		status: status, show: testVerdicts,
	}
}

func (s *stage) deploy(ctx context.Context) error {
	s.chapter("Both go to test, then to production",
		"Each time the broker is asked first. It looks at what would meet there.")
	for _, environment := range []string{"test", "production"} {
		args := []string{"create-environment", "--name", environment}
		if environment == "production" {
			args = append(args, "--production")
		}
		if err := s.perform(ctx, act{name: "treaty", args: args, says: []string{environment}}); err != nil {
			return err
		}
		for _, who := range [][2]string{{"catalog", "1.0.0"}, {"storefront", s.storefront}} {
			if err := s.deployOne(ctx, who[0], who[1], environment); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *stage) deployOne(ctx context.Context, pacticipant, version, environment string) error {
	ask := s.gate(pacticipant, version, environment, 0, "Yes")
	ask.show = verdictAndReason
	if err := s.perform(ctx, ask); err != nil {
		return err
	}
	return s.perform(ctx, act{
		name: "treaty",
		args: []string{"record-deployment", "--pacticipant", pacticipant, "--version", version, "--environment", environment},
		says: []string{"deployed to " + environment},
	})
}

func (s *stage) gate(pacticipant, version, environment string, status int, says string) act {
	return act{
		name:   "treaty",
		args:   []string{"can-i-deploy", "--pacticipant", pacticipant, "--version", version, "--to-environment", environment},
		status: status, says: []string{says}, show: withoutAddresses,
	}
}

func (s *stage) breakIt(ctx context.Context) error {
	s.chapter("The catalog changes and breaks the storefront",
		"Release 2.0.0 sends the price as text, \"39.99 EUR\". The storefront calculates with it.")
	test := s.verification("2.0.0", 1)
	test.says = []string{"$.price"}
	test.show = failures
	if err := s.perform(ctx, test); err != nil {
		return err
	}
	s.say("\n   The failed result is published too. Whoever tries to deploy is told:")
	return s.perform(ctx, s.gate("catalog", "2.0.0", "production", 1, "No"))
}

func (s *stage) repairIt(ctx context.Context) error {
	s.chapter("A change that breaks nobody",
		"Release 2.1.0 keeps the price in cents and adds the text beside it.")
	if err := s.perform(ctx, s.verification("2.1.0", 0)); err != nil {
		return err
	}
	return s.deployOne(ctx, "catalog", "2.1.0", "production")
}

func (s *stage) farewell() {
	s.say("\n" + output.Paint(s.e.Color, "1", "That is the loop.") + " See it on the dashboard: " + s.url)
	s.say("\nTry next, in another terminal:")
	for _, line := range []string{
		"export PACT_BROKER_BASE_URL=" + s.url,
		s.typed() + " can-i-deploy --pacticipant storefront --branch main --to-environment production",
		s.typed() + " describe-version --pacticipant catalog --latest",
		"$EDITOR " + exampleDir + "/catalog/release.go     (change an answer, then repeat the go test of step 4)",
	} {
		s.say("   " + line)
	}
	s.say("\nHow it works: docs/architecture.md. Your own broker: " + s.typed() + " serve")
}

// typed is how a person calls this program from the source's folder.
func (s *stage) typed() string {
	if found, err := exec.LookPath("treaty"); err == nil && found == s.program {
		return "treaty"
	}
	if path, err := filepath.Rel(s.source, s.program); err == nil && filepath.IsLocal(path) {
		return path
	}
	return "go run ./cmd/treaty"
}

// inRepository reports whether publish will detect a version.
func (s *stage) inRepository(ctx context.Context) bool {
	e := s.e
	e.Dir = s.source
	e.Environ = s.environ()
	return ci.Version(ctx, e) != ""
}

// testVerdicts makes a list of go test -v: a line for each test that holds no
// others.
func testVerdicts(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "ok ") || strings.HasPrefix(trimmed, "FAIL\t") {
			lines = append(lines, strings.Join(strings.Fields(trimmed), " "))
			continue
		}
		verdict, test, found := strings.Cut(trimmed, ": ")
		if !found || !strings.HasPrefix(verdict, "--- ") {
			continue
		}
		test, _, _ = strings.Cut(test, " (")
		if strings.Contains(text, "=== RUN   "+test+"/") {
			continue // the tests inside say it
		}
		name := strings.ReplaceAll(test[strings.LastIndex(test, "/")+1:], "_", " ")
		lines = append(lines, verdict+": "+name)
	}
	return strings.Join(lines, "\n")
}

// failures shows what failed and how, as the verifier reports it.
func failures(text string) string {
	var lines []string
	quiet := true // notices and the tree of tests are left out
	for line := range strings.SplitSeq(text, "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.Contains(trimmed, ".go:"):
			quiet = !strings.HasSuffix(trimmed, ".go:") && !strings.HasPrefix(trimmed, "verifyprovider.go:")
			continue
		case strings.HasPrefix(trimmed, "=== "), strings.HasPrefix(trimmed, "--- "):
			quiet = true
		case strings.HasPrefix(trimmed, "FAIL\t"):
			lines = append(lines, strings.Join(strings.Fields(trimmed), " "))
			continue
		}
		if !quiet {
			lines = append(lines, strings.TrimPrefix(line, strings.Repeat(" ", 8)))
		}
	}
	return strings.Join(lines, "\n")
}

// verdictAndReason leaves the table out.
func verdictAndReason(text string) string {
	lines := strings.Split(text, "\n")
	return lines[0] + "\n" + lines[len(lines)-1]
}

// withoutAddresses leaves the list of result addresses out.
func withoutAddresses(text string) string {
	before, rest, found := strings.Cut(text, "VERIFICATION RESULTS\n")
	if !found {
		return text
	}
	_, after, _ := strings.Cut(rest, "\n\n")
	return before + after
}

func firstLines(n int) func(string) string {
	return func(text string) string {
		lines := strings.SplitN(text, "\n", n+1)
		return strings.Join(lines[:min(n, len(lines))], "\n")
	}
}
