package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/treatyhq/treaty/broker/internal/access"
	"github.com/treatyhq/treaty/broker/internal/advice"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/overview"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/shell"
)

// firstSteps is how far somebody has come from an empty broker to the first answer
// of the gate, and how it goes on.
type firstSteps struct {
	// Taken counts the steps that were taken.
	Taken string
	Steps []firstStep
	// Setting is what the commands need in every shell; nil if they need nothing.
	Setting *firstStep
	// Sample adds data to look around in; it is there while the broker is empty.
	Sample *kit.Act
	// Lacks says what whoever looks would need to add it.
	Lacks string
	// Left are where that is deleted which keeps sample data away.
	Left kit.Links
}

// firstStep is something to do, with the commands that do it, or what was done.
type firstStep struct {
	Text string
	// Done says what became of it; a step that is not taken has none.
	Done *kit.Verdict
	// Found leads to what was done.
	Found    kit.Cell
	Commands []kit.Code
	// Go is how it goes in a Go module, folded away.
	Go goModule
}

// goModule are the commands for a Go module.
type goModule struct {
	Text     string
	Commands []kit.Code
	After    string
}

// pactFiles are where pacts lie, in the folder of the tests or, in a Go module, in
// those of packages.
const pactFiles = `"**/` + advice.Pacts + `/*.json"`

// checkedOut is the version of who runs a command in the folder of an application.
const checkedOut = `"$(git rev-parse HEAD)"`

// beginning shows the first steps. The names of the applications are the one thing
// that the broker cannot know: they are set once, until they are known.
func (w *web) beginning(l links.Links, b overview.Beginning) *firstSteps {
	s := names{consumer: `"$CONSUMER"`, provider: `"$PROVIDER"`, consumerVersion: checkedOut, providerVersion: checkedOut, environment: "production"}
	out := &firstSteps{Setting: setAddress(l)}
	if b.Pact == nil {
		if b.Empty {
			out.Sample = &kit.Act{Action: l.SamplePage(), Text: "Add sample data"}
		} else {
			out.Left = kit.Links{{Text: "Environments", URL: l.EnvironmentsPage(), Own: true}, {Text: "Admin", URL: l.AdminPage(), Own: true}}
		}
		out.Steps = append(out.Steps, firstStep{
			Text:     "Say which two applications you begin with, in the shell in which you go on:",
			Commands: kit.Commands("CONSUMER=storefront PROVIDER=catalog"),
		})
	} else {
		s.know(b)
	}
	if b.Environment != "" {
		s.environment = shell.Quote(b.Environment)
	}
	out.Steps = append(out.Steps, s.write(b), s.publish(l, b), w.verifyStep(l, s, b), s.deploy(l, b), firstStep{
		Text: "Ask before you deploy the consumer. This step is taken when a command or a pipeline has asked; what is only looked at on the page “Can I deploy?” is not kept.", Commands: kit.Commands("treaty can-i-deploy --pacticipant " + s.consumer + " --version " + s.consumerVersion + " --to-environment " + s.environment + advice.Broker("--broker-base-url", l)),
	})
	count := 0
	for i := range out.Steps {
		if out.Steps[i].Done != nil {
			count++
			out.Steps[i].Commands, out.Steps[i].Go = nil, goModule{}
		}
	}
	out.Taken = fmt.Sprintf("%d of %d taken", count, len(out.Steps))
	return out
}

// exampleAddress stands for the address of a broker that nobody has told its own.
const exampleAddress = "https://pacts.example.org"

// setAddress sets the variable that the commands read the broker's address from,
// where they cannot name it.
func setAddress(l links.Links) *firstStep {
	if l.Base() != "" {
		return nil
	}
	return &firstStep{
		Text:     "Before anything, in each shell in which you go on: say where this broker is, as your browser shows it. The commands read it from there.",
		Commands: []kit.Code{{Text: "export " + advice.BaseVariable + "=" + exampleAddress, Here: exampleAddress}},
	}
}

// taken is the tick of a step. It is neutral: that a step was taken proves nothing.
func taken(word string) kit.Verdict {
	return kit.Verdict{Class: kit.ClassNone, Icon: "✓", Word: word}
}

// names are what commands name, as a shell reads it.
type names struct {
	consumer, provider, consumerVersion, providerVersion, environment string
}

// know takes the names that are known by now.
func (s *names) know(b overview.Beginning) {
	s.consumer, s.provider, s.consumerVersion = shell.Quote(b.Pact.Consumer.Name), shell.Quote(b.Pact.Provider.Name), shell.Quote(b.Pact.ConsumerVersion.Number)
	if v := b.Pact.LatestVerification; v != nil {
		s.providerVersion = shell.Quote(v.ProviderVersion.Number)
	}
}

// firstTest writes a test of a consumer in Go, which is also its first contract. The
// shell fills in the names.
const firstTest = `mkdir -p contract && cat > contract/first_test.go <<GO
package contract_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/treatyhq/treaty/dsl"
)

func TestWhatTheConsumerNeeds(t *testing.T) {
	pact, err := dsl.NewV4Pact(dsl.MockHTTPProviderConfig{Consumer: "$CONSUMER", Provider: "$PROVIDER"})
	if err != nil {
		t.Fatal(err)
	}
	err = pact.AddInteraction().
		UponReceiving("a request for product 10").
		WithRequest("GET", "/products/10").
		WillRespondWith(200, func(b *dsl.V4ResponseBuilder) {
			b.JSONBody(matchers.Map{"id": matchers.Integer(10)})
		}).
		ExecuteTest(t, func(server dsl.MockServerConfig) error {
			// Call the client of your application here, in the place of http.Get.
			response, err := http.Get(fmt.Sprintf("http://%s:%d/products/10", server.Host, server.Port))
			if err != nil {
				return err
			}
			return response.Body.Close()
		})
	if err != nil {
		t.Fatal(err)
	}
}
GO`

// write is the step that writes the contract. The broker sees it when it is published.
func (s names) write(b overview.Beginning) firstStep {
	step := firstStep{
		Text: "Let a test of the consumer write down what it expects of the provider. The tests of every Pact library write it to a folder " + advice.Pacts + "; a file that is there already will do.",
		Go: goModule{
			Text: "In a Go module: the test, the first contract in it", Commands: kit.Commands("go get github.com/treatyhq/treaty@latest", firstTest, "go mod tidy", "go test ./contract"),
			After: "The test lies in the folder contract, and the pact file that it writes in contract/" + advice.Pacts + ". In the end it belongs to the package whose client it calls.",
		},
	}
	if b.Pact != nil {
		done := taken("done")
		step.Text, step.Done = "Write down what the consumer expects", &done
	}
	return step
}

func (s names) publish(l links.Links, b overview.Beginning) firstStep {
	if p := b.Pact; p != nil {
		done := taken("published")
		return firstStep{Text: "Publish it", Done: &done, Found: kit.Cell{
			kit.Link{Text: p.Consumer.Name + " → " + p.Provider.Name, URL: l.ContractPage(p.Consumer.Name, p.Provider.Name, p.ConsumerVersion.Number)}, versionOf(l, p.Consumer.Name, p.ConsumerVersion.Number),
		}}
	}
	return firstStep{
		Text: "Publish it, in the folder of the consumer:", Commands: kit.Commands("treaty publish " + pactFiles + " --consumer " + s.consumer + " --consumer-app-version " + s.consumerVersion + advice.Broker("--broker-base-url", l)),
	}
}

func (w *web) verifyStep(l links.Links, s names, b overview.Beginning) firstStep {
	if b.Pact != nil && b.Pact.LatestVerification != nil {
		p, v := b.Pact, b.Pact.LatestVerification
		done := taken("verified")
		if status := verificationStatus(*v); status.Class != kit.ClassYes {
			done = status
		}
		return firstStep{Text: "Let the provider verify it", Done: &done, Found: kit.Cell{
			kit.Text{Text: "by " + p.Provider.Name}, versionOf(l, p.Provider.Name, v.ProviderVersion.Number), w.moment(v.CreatedAt),
			kit.Link{Text: "the result", URL: l.ResultPage(p.Consumer.Name, p.Provider.Name, p.SHA, strconv.FormatInt(v.Number, 10)), Own: true},
		}}
	}
	return firstStep{
		Text: "Let the provider verify it, in its folder. Start it before; if it does not listen at " + advice.Provider + ", change that in the command:", Commands: kit.Commands(
			"treaty verify --provider-name " + s.provider + " --provider-version " + s.providerVersion + " --provider-base-url " + advice.Provider + " --publish" + advice.Broker("--broker-url", l)),
	}
}

func (s names) deploy(l links.Links, b overview.Beginning) firstStep {
	if b.DeployedTo != "" {
		done := taken("recorded")
		return firstStep{Text: "Say where the provider runs", Done: &done, Found: kit.Cell{kit.Link{Text: b.DeployedTo, URL: l.EnvironmentPage(b.DeployedTo)}}}
	}
	step := firstStep{Text: "Say where the provider runs, in its folder:"}
	if b.Environment == "" {
		step.Commands = kit.Commands(createEnvironment(l))
	}
	step.Commands = append(step.Commands, kit.Commands("treaty record-deployment --pacticipant "+s.provider+" --version "+s.providerVersion+" --environment "+s.environment+advice.Broker("--broker-base-url", l))...)
	return step
}

// addSample fills an empty broker with data to look around in.
func (w *web) addSample(r *http.Request, _ url.Values) (done, error) {
	return done{to: w.links(r).HomePage()}, w.service.AddSample(r.Context())
}

// addFirstSteps adds the first steps to the start page until they were taken, or
// nobody needs them any more.
func (w *web) addFirstSteps(r *http.Request, p *homePage) error {
	if w.begun.Load() && !p.FirstRun {
		return nil
	}
	b, err := w.service.Overview.LookAtBeginning(r.Context())
	switch {
	case err != nil:
		return err
	case b.Over:
		w.begun.Store(true)
	default:
		p.First = w.beginning(w.links(r), b)
		if p.First.Lacks = lacks(r, "add sample data", access.ManageContracts); p.First.Lacks != "" {
			p.First.Sample = nil
		}
	}
	return nil
}

// createEnvironment is the command for a broker without one.
func createEnvironment(l links.Links) string {
	return "treaty create-environment --name production --production" + advice.Broker("--broker-base-url", l)
}

// createAnother is the command for another environment, on the way to the first.
func createAnother(l links.Links) string {
	return "treaty create-environment --name staging --no-production" + advice.Broker("--broker-base-url", l)
}

// noEnvironment says how the first one comes to be.
func noEnvironment(l links.Links) kit.Empty {
	return kit.Empty{Text: "No environment exists yet. Create one by a command, or on a page:", Commands: kit.Commands(createEnvironment(l)), Links: kit.Links{newEnvironmentLink(l)}}
}

// nothingHere says how something comes to be in an environment.
func nothingHere(l links.Links, environment string) kit.Empty {
	return kit.Empty{
		Text:     "Nothing is deployed or released here. Record it in the folder of what you deployed, where APPLICATION is set to its name:",
		Commands: kit.Commands(recordHere(l, environment)),
	}
}

// recordHere is the command that records a deployment to an environment, of the
// application in whose folder it is run.
func recordHere(l links.Links, environment string) string {
	return `treaty record-deployment --pacticipant "$APPLICATION" --version "$(git rev-parse HEAD)" --environment ` + shell.Quote(environment) +
		advice.Broker("--broker-base-url", l)
}

// commandLines are the commands of steps, as they are pasted.
func commandLines(l links.Links, steps []matrix.Step) []kit.Code {
	var out []kit.Code
	for _, c := range advice.Of(l, steps) {
		out = append(out, kit.Code{Text: c.Line})
	}
	return out
}
