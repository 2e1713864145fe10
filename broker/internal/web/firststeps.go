package web

import (
	"github.com/treatyhq/treaty/broker/internal/advice"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
	"github.com/treatyhq/treaty/internal/shell"
)

// stepBlock is something to do, with the commands that do it.
type stepBlock struct {
	Text     string
	Commands []string
}

// firstSteps lead from an empty broker to the first answer. The names of the
// applications are the one thing that the broker cannot know: they are set once.
func firstSteps(l links.Links) []stepBlock {
	base := advice.Broker("--broker-base-url", l)
	const head = `"$(git rev-parse HEAD)"`
	return []stepBlock{
		{"Say which two applications you begin with, by the names in their pact. This line is the only one to change:", []string{
			"CONSUMER=storefront PROVIDER=catalog",
		}},
		{"Publish what the consumer expects. Its tests have written it to the folder " + advice.Pacts + ":", []string{
			"treaty publish " + advice.Pacts + ` --consumer "$CONSUMER" --consumer-app-version ` + head + base,
		}},
		{"Let the provider verify it. Start it at " + advice.Provider + " first:", []string{
			`treaty verify --provider-name "$PROVIDER" --provider-version ` + head + " --provider-base-url " + advice.Provider +
				" --publish" + advice.Broker("--broker-url", l),
		}},
		{"Say where the provider runs:", []string{
			"treaty create-environment --name production --production" + base,
			`treaty record-deployment --pacticipant "$PROVIDER" --version ` + head + " --environment production" + base,
		}},
		{"Ask before you deploy the consumer:", []string{
			`treaty can-i-deploy --pacticipant "$CONSUMER" --version ` + head + " --to-environment production" + base,
		}},
	}
}

// createEnvironment is the command for a broker without one.
func createEnvironment(l links.Links) string {
	return "treaty create-environment --name production --production" + advice.Broker("--broker-base-url", l)
}

// recordHere is the command that records a deployment to an environment, of the
// application in whose folder it is run.
func recordHere(l links.Links, environment string) string {
	return `treaty record-deployment --pacticipant "$APPLICATION" --version "$(git rev-parse HEAD)" --environment ` + shell.Quote(environment) +
		advice.Broker("--broker-base-url", l)
}

// commandLines are the commands of steps, as they are pasted.
func commandLines(l links.Links, steps []matrix.Step) []string {
	var out []string
	for _, c := range advice.Of(l, steps) {
		out = append(out, c.Line)
	}
	return out
}
