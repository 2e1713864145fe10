package gate_test

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/client"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/commandtest"
)

// advised is a broker with people who do what they are told: they paste each
// command that an answer advises into a shell.
type advised struct {
	*commandtest.Shop
	provider string // address of a provider that does what every pact says
	commit   string // what is checked out where the commands are pasted
}

func openAdvised(t *testing.T) *advised {
	t.Helper()
	for _, tool := range []string{"sh", "git"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s here to paste commands with", tool)
		}
	}
	provider := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(provider.Close)
	// No variable names the broker: the commands must.
	s := &commandtest.Shop{T: t, URL: brokertest.Start(t).URL(), Dir: t.TempDir(), Environ: []string{"PACT_BROKER_HTTP_RETRIES=1"}}
	a := &advised{Shop: s, provider: provider.URL}
	a.git("init", "-q")
	a.git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-q", "--allow-empty", "-m", "x")
	a.commit = a.git("rev-parse", "HEAD")
	a.do("create-environment", "--name", "production", "--production")
	return a
}

func (a *advised) git(args ...string) string {
	a.T.Helper()
	cmd := exec.CommandContext(a.T.Context(), "git", args...)
	cmd.Dir = a.Dir
	out, err := cmd.CombinedOutput()
	require.NoError(a.T, err, "%s", out)
	return strings.TrimSpace(string(out))
}

// do runs a command with the broker's address and expects it to succeed.
func (a *advised) do(words ...string) {
	a.T.Helper()
	got := commandtest.RunIn(a.T, command.Env{Dir: a.Dir, Environ: a.Environ}, append(words, "--broker-base-url", a.URL)...)
	require.Equal(a.T, 0, got.Status, "%q\n%s%s", words, got.Stdout, got.Stderr)
}

// publish publishes a pact of the consumer version.
func (a *advised) publish(consumer, provider, version string) {
	a.T.Helper()
	a.File("made/pact.json", commandtest.PactText(consumer, provider, "a request"))
	a.do("publish", "made", "--consumer-app-version", version, "--branch", "main")
}

// result stores a result for the latest pact of the pair.
func (a *advised) result(consumer, provider, version string, success bool) {
	a.T.Helper()
	c, err := client.New(client.Config{BaseURL: a.URL})
	require.NoError(a.T, err)
	pacts, err := c.PactsForVerification(a.T.Context(), client.VerificationQuery{
		Provider: provider, Selectors: []client.ConsumerVersionSelector{{Consumer: consumer, Latest: true}},
	})
	require.NoError(a.T, err)
	require.Len(a.T, pacts, 1)
	pact, err := c.FetchPact(a.T.Context(), pacts[0].URL)
	require.NoError(a.T, err)
	_, err = c.PublishVerificationResult(a.T.Context(), pact, client.VerificationResult{Success: success, ProviderVersion: version})
	require.NoError(a.T, err)
}

// ask asks the gate and returns the text, and the commands in it.
func (a *advised) ask(words ...string) (text string, lines []string) {
	a.T.Helper()
	got := commandtest.RunIn(a.T, command.Env{Dir: a.Dir, Environ: a.Environ}, append(words, "--broker-base-url", a.URL)...)
	require.Empty(a.T, got.Stderr, "%q", words)
	for line := range strings.Lines(got.Stdout) {
		if advice, found := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "  run "); found {
			lines = append(lines, strings.TrimSpace(advice))
		}
	}
	return got.Stdout, lines
}

func (a *advised) env() command.Env { return command.Env{Dir: a.Dir, Environ: a.Environ} }

// page returns a page as a browser gets it.
func (a *advised) page(path string) string {
	a.T.Helper()
	request, err := http.NewRequestWithContext(a.T.Context(), http.MethodGet, a.URL+path, http.NoBody)
	require.NoError(a.T, err)
	request.Header.Set("Accept", "text/html")
	response, err := http.DefaultClient.Do(request)
	require.NoError(a.T, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(a.T, err)
	require.Equal(a.T, http.StatusOK, response.StatusCode, "%s", text)
	return string(text)
}

// paste has a shell take a command line apart and runs what it makes of it. The
// one thing that a person may have to change is where the provider listens.
func (a *advised) paste(line string) commandtest.Outcome {
	a.T.Helper()
	line = strings.ReplaceAll(line, "http://localhost:8080", a.provider)
	cmd := exec.CommandContext(a.T.Context(), "sh", "-c", `treaty() { printf '%s\0' "$@"; }`+"\n"+line)
	cmd.Dir = a.Dir
	out, err := cmd.Output()
	require.NoError(a.T, err, line)
	words := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	return commandtest.RunIn(a.T, command.Env{Dir: a.Dir, Environ: a.Environ}, words...)
}

// Each case is a history, a question, and what the answer says before and after
// its commands are run.
func TestWhatIsAdvisedChangesTheAnswer(t *testing.T) {
	t.Parallel()
	deploy := func(a *advised, name, version string, more ...string) {
		a.do(append([]string{"record-deployment", "-a", name, "-e", version, "--environment", "production"}, more...)...)
	}
	exists := func(a *advised, name, version string) { a.do("create-or-update-version", "-a", name, "-e", version) }
	toProduction := []string{"can-i-deploy", "-a", "Foo", "-e", "1", "--to-environment", "production"}
	const yes = "Yes, it can be deployed."
	for _, tt := range []struct {
		name          string
		history       func(*advised)
		ask           []string
		before, after string
		commands      int
	}{
		{"never verified", func(a *advised) {
			a.publish("Foo", "Bar", "1")
			exists(a, "Bar", "5")
			deploy(a, "Bar", "5")
		}, toProduction, "Not yet known", yes, 1},
		{"another pact of the provider is no concern", func(a *advised) {
			a.publish("Cat", "Bar", "9")
			a.publish("Foo", "Bar", "1")
			exists(a, "Bar", "5")
			deploy(a, "Bar", "5")
		}, toProduction, "Not yet known", yes, 1},
		{"an old version, not the latest pact", func(a *advised) {
			a.publish("Foo", "Bar", "1")
			a.File("made/pact.json", commandtest.PactText("Foo", "Bar", "another request"))
			a.do("publish", "made", "--consumer-app-version", "2", "--branch", "main")
			exists(a, "Bar", "5")
			deploy(a, "Bar", "5")
		}, toProduction, "Not yet known", yes, 1},
		{"two instances", func(a *advised) {
			a.publish("Foo", "Bar", "1")
			exists(a, "Bar", "5")
			exists(a, "Bar", "6")
			deploy(a, "Bar", "5", "--application-instance", "blue")
			deploy(a, "Bar", "6", "--application-instance", "green")
		}, toProduction, "Not yet known", yes, 2},
		{"failed", func(a *advised) {
			a.publish("Foo", "Bar", "1")
			a.result("Foo", "Bar", "5", false)
			deploy(a, "Bar", "5")
		}, toProduction, "No, it cannot", yes, 1},
		{"failed and never verified", func(a *advised) {
			a.publish("Foo", "Baz", "1")
			a.publish("Foo", "Bar", "1")
			a.result("Foo", "Bar", "5", false)
			deploy(a, "Bar", "5")
			exists(a, "Baz", "3")
			deploy(a, "Baz", "3")
		}, toProduction, "No, it cannot", yes, 2},
		{"the provider is nowhere", func(a *advised) { a.publish("Foo", "Bar", "1") }, toProduction, "Not yet known", yes, 2},
		{"the provider has verified it and is not there", func(a *advised) {
			a.publish("Foo", "Bar", "1")
			a.result("Foo", "Bar", "5", true)
			a.result("Foo", "Bar", "6", false)
		}, toProduction, "Not yet known", yes, 1},
		{"asked by the provider", func(a *advised) {
			a.publish("Foo", "Bar", "1")
			deploy(a, "Foo", "1")
			exists(a, "Bar", "5")
		}, []string{"can-i-deploy", "-a", "Bar", "-e", "5", "--to-environment", "production"}, "Not yet known", yes, 1},
		{"no such version of a provider", func(a *advised) { a.publish("Foo", "Bar", "1") },
			[]string{"can-i-deploy", "-a", "Bar", "-e", "5", "--to-environment", "production"}, "Nothing has been published for version 5", yes, 1},
		{"no such version of a consumer", func(a *advised) {
			a.publish("Foo", "Bar", "1")
			a.result("Foo", "Bar", "5", true)
			deploy(a, "Bar", "5")
			a.File("pacts/Foo-Bar.json", commandtest.PactText("Foo", "Bar", "a request"))
		}, []string{"can-i-deploy", "-a", "Foo", "-e", "2", "--to-environment", "production"}, "Nothing has been published for version 2", yes, 1},
		{"no version on the branch", func(a *advised) { a.publish("Foo", "Bar", "1") },
			[]string{"can-i-deploy", "-a", "Bar", "--branch", "feat/x", "--to-environment", "production"}, "no version of Bar on branch feat/x", yes, 1},
		{"no version with the tag", func(a *advised) { a.publish("Foo", "Bar", "1") },
			[]string{"can-i-deploy", "-a", "Bar", "--latest", "rc", "--to-environment", "production"}, "no version of Bar with tag rc", yes, 1},
		{"nobody has the tag that it goes to", func(a *advised) { a.publish("Foo", "Bar", "1") },
			[]string{"can-i-deploy", "-a", "Foo", "-e", "1", "--to", "live"}, "Not yet known", yes, 2},
		{"to a tag, verified elsewhere", func(a *advised) {
			a.publish("Foo", "Bar", "1")
			a.result("Foo", "Bar", "5", true)
		}, []string{"can-i-deploy", "-a", "Foo", "-e", "1", "--to", "live"}, "Not yet known", yes, 1},
		{"the provider's main branch is empty", func(a *advised) {
			a.publish("Foo", "Bar", "1")
			a.do("create-or-update-pacticipant", "--name", "Bar", "--main-branch", "trunk")
		}, []string{"can-i-merge", "-a", "Foo", "-e", "1"}, "Not yet known", yes, 2},
		{"the provider has not said which branch is its main branch", func(a *advised) { a.publish("Foo", "Bar", "1") },
			[]string{"can-i-merge", "-a", "Foo", "-e", "1"}, "Not yet known", yes, 3},
		{"an application that has not said which branch is its main branch", func(a *advised) { a.publish("Foo", "Bar", "1") },
			[]string{"can-i-deploy", "-a", "Bar", "--main-branch", "--to-environment", "production"}, "no version of Bar on its main branch", yes, 2},
		{"against the latest, which has no result", func(a *advised) {
			a.publish("Foo", "Bar", "1")
			exists(a, "Bar", "5")
		}, []string{"can-i-deploy", "-a", "Foo", "-e", "1"}, "Not yet known", yes, 1},
		{"nothing published by a version", func(a *advised) {
			a.publish("Foo", "Bar", "1")
			a.result("Foo", "Bar", "5", true)
			deploy(a, "Bar", "5")
			exists(a, "Foo", "2")
			a.File("pacts/Foo-Bar.json", commandtest.PactText("Foo", "Bar", "a request"))
			a.File("pacts/Other-Bar.json", commandtest.PactText("Other", "Bar", "a request"))
		}, []string{"can-i-deploy", "-a", "Foo", "-e", "2", "--to-environment", "production"}, "but a version has published no pact", yes, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := openAdvised(t)
			tt.history(a)
			before, lines := a.ask(tt.ask...)
			require.Contains(t, before, tt.before)
			require.Len(t, lines, tt.commands, before)
			for _, line := range lines {
				got := a.paste(line)
				require.Equal(t, 0, got.Status, "%s\n%s%s", line, got.Stdout, got.Stderr)
			}
			after, _ := a.ask(tt.ask...)
			require.Contains(t, after, tt.after, "after %q", lines)
			require.NotContains(t, after, tt.before)
		})
	}
}

// Names may hold whatever a shell would act on.
func TestAdviceAboutOddNamesIsPastedAsItIs(t *testing.T) {
	t.Parallel()
	a := openAdvised(t)
	for i, name := range []string{
		"with blank", "it's", `"quoted"`, "$HOME", "$(touch pwned)", "`touch pwned`", "-rf", "--help", "a;touch pwned", "a&&b", "back\\slash", "*", "per%cent", "naïve ☃", "#hash", "a/b?c=d", "!!",
	} {
		t.Run(name, func(t *testing.T) {
			consumer, provider, version := name, "provider of "+name, fmt.Sprintf("%s %d", name, i)
			a.T = t
			a.File("made/pact.json", strings.NewReplacer("CONSUMER", jsonText(consumer), "PROVIDER", jsonText(provider)).Replace(
				`{"consumer":{"name":CONSUMER},"provider":{"name":PROVIDER},"interactions":[{"description":"x","request":{"method":"GET","path":"/"},"response":{"status":200}}]}`))
			a.do("publish", "made", "--consumer-app-version="+version, "--branch", "main")
			a.do("create-or-update-version", "--pacticipant="+provider, "--version="+version)
			a.do("record-deployment", "--pacticipant="+provider, "--version="+version, "--environment", "production")
			ask := []string{"can-i-deploy", "--pacticipant=" + consumer, "--version=" + version, "--to-environment", "production"}
			before, lines := a.ask(ask...)
			require.Contains(t, before, "Not yet known")
			require.Len(t, lines, 1)
			got := a.paste(lines[0])
			require.Equal(t, 0, got.Status, "%s\n%s%s", lines[0], got.Stdout, got.Stderr)
			after, _ := a.ask(ask...)
			require.Contains(t, after, "Yes, it can be deployed.")
			_, err := os.Stat(filepath.Join(a.Dir, "pwned"))
			require.ErrorIs(t, err, os.ErrNotExist, "the shell ran what is in a name")
		})
	}
}

// copied is what a browser copies of a piece of a page.
func copied(page string) string {
	return html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, ""))
}

// The steps of an empty broker's start page lead to a yes: pasted one after the
// other, where the consumer's tests have left a pact.
func TestTheFirstStepsLeadToAYes(t *testing.T) {
	t.Parallel()
	a := openAdvised(t)
	a.URL = brokertest.Start(t).URL() // one without an environment
	a.File("pacts/storefront-catalog.json", commandtest.PactText("storefront", "catalog", "a request"))
	page := a.page("/")
	var script strings.Builder
	for _, found := range regexp.MustCompile(`(?s)<pre[^>]*><code>(.*?)</code></pre>`).FindAllStringSubmatch(page, -1) {
		script.WriteString(copied(found[1]) + "\n")
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c",
		`treaty() { printf '%s\0' "$@"; printf '\n\0'; }`+"\n"+strings.ReplaceAll(script.String(), "http://localhost:8080", a.provider))
	cmd.Dir = a.Dir
	out, err := cmd.Output()
	require.NoError(t, err, script.String())
	commands := strings.Split(strings.TrimSuffix(string(out), "\x00\n\x00"), "\x00\n\x00")
	require.Len(t, commands, 5)
	for _, words := range commands {
		got := commandtest.RunIn(t, command.Env{Dir: a.Dir, Environ: a.Environ}, strings.Split(words, "\x00")...)
		require.Equal(t, 0, got.Status, "%q\n%s%s", words, got.Stdout, got.Stderr)
	}
}

// Every page says the command that asks its question, and what a page advises is
// what the command line advises.
func TestThePageOfTheGateAdvisesTheSameCommands(t *testing.T) {
	t.Parallel()
	a := openAdvised(t)
	a.publish("Foo's", "Bar", "1")
	a.do("create-or-update-version", "-a", "Bar", "-e", "5")
	a.do("record-deployment", "-a", "Bar", "-e", "5", "--environment", "production")
	page := a.page("/ui/gate?application=Foo%27s&version=1&to=production")
	_, lines := a.ask("can-i-deploy", "-a", "Foo's", "-e", "1", "--to-environment", "production")
	require.Len(t, lines, 1)
	text := copied(page)
	require.Contains(t, text, lines[0])
	require.Contains(t, text, `treaty can-i-deploy --pacticipant 'Foo'\''s' --version 1 --to-environment production --broker-base-url `+a.URL)
}

// What a deployment lacks is made by what is advised, one thing after the other.
func TestWhatADeploymentLacksIsMadeByWhatIsAdvised(t *testing.T) {
	t.Parallel()
	a := openAdvised(t)
	for _, command := range []string{"record-deployment", "record-release"} {
		name, place := "it's "+command, "place-of-"+command
		record := []string{command, "--pacticipant", name, "--version", "1 $(id)", "--environment", place, "--broker-base-url", a.URL}
		for _, lacks := range []string{"knows no version", "there is no environment"} {
			got := commandtest.RunIn(t, a.env(), record...)
			require.Equal(t, 1, got.Status)
			require.Contains(t, got.Stderr, lacks)
			_, line, found := strings.Cut(got.Stderr, " with: ")
			require.True(t, found, got.Stderr)
			pasted := a.paste(strings.TrimSpace(line))
			require.Equal(t, 0, pasted.Status, "%s\n%s", line, pasted.Stderr)
		}
		got := commandtest.RunIn(t, a.env(), record...)
		require.Equal(t, 0, got.Status, got.Stderr)
	}
}

// A client that reaches the broker by another address than the broker knows of
// itself is told its own.
func TestAdviceNamesTheBrokerAsTheClientReachesIt(t *testing.T) {
	t.Parallel()
	e := client.Explanation{Commands: []client.Command{{
		Words: []string{"treaty", "verify", "--provider-name", "--broker-url", "--webhook-callback-url", "http://inside/pacts/x", "--broker-url", "http://inside"},
		Line:  "treaty verify --provider-name --broker-url --webhook-callback-url http://inside/pacts/x --broker-url http://inside",
	}}}
	require.Equal(t, []string{"treaty verify --provider-name --broker-url --webhook-callback-url https://outside/b/pacts/x --broker-url https://outside/b"},
		e.Lines("https://outside/b"))
	require.Equal(t, []string{e.Commands[0].Line}, e.Lines(""))
	require.True(t, slices.Equal([]string{e.Commands[0].Line}, e.Lines("http://inside")))
}

func jsonText(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		panic(err) // text is valid
	}
	return string(encoded)
}
