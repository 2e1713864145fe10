package web

import (
	"github.com/treatyhq/treaty/broker/internal/advice"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/broker/internal/web/kit"
	"github.com/treatyhq/treaty/internal/shell"
)

// stepBlock is something to do, with the commands that do it.
type stepBlock struct {
	Text     string
	Commands []kit.Code
}

// firstSteps lead from an empty broker to the first answer. The names of the
// applications are the one thing that the broker cannot know: they are set once.
func firstSteps(l links.Links) []stepBlock {
	base := advice.Broker("--broker-base-url", l)
	const head = `"$(git rev-parse HEAD)"`
	return []stepBlock{
		{"Say which two applications you begin with, by the names in their pact. This line is the only one to change:", kit.Commands(
			"CONSUMER=storefront PROVIDER=catalog",
		)},
		{"Publish what the consumer expects. Its tests have written it to the folder " + advice.Pacts + ":", kit.Commands(
			"treaty publish " + advice.Pacts + ` --consumer "$CONSUMER" --consumer-app-version ` + head + base,
		)},
		{"Let the provider verify it. Start it at " + advice.Provider + " first:", kit.Commands(
			`treaty verify --provider-name "$PROVIDER" --provider-version ` + head + " --provider-base-url " + advice.Provider +
				" --publish" + advice.Broker("--broker-url", l),
		)},
		{"Say where the provider runs:", kit.Commands(
			"treaty create-environment --name production --production"+base,
			`treaty record-deployment --pacticipant "$PROVIDER" --version `+head+" --environment production"+base,
		)},
		{"Ask before you deploy the consumer:", kit.Commands(
			`treaty can-i-deploy --pacticipant "$CONSUMER" --version ` + head + " --to-environment production" + base,
		)},
	}
}

// createEnvironment is the command for a broker without one.
func createEnvironment(l links.Links) string {
	return "treaty create-environment --name production --production" + advice.Broker("--broker-base-url", l)
}

// noEnvironment says how the first one comes to be.
func noEnvironment(l links.Links) kit.Empty {
	return kit.Empty{Text: "No environment exists yet. Create one:", Commands: kit.Commands(createEnvironment(l))}
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
