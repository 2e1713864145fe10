package matrix

// Action is what a step does, named as the command that does it.
type Action string

// The actions.
const (
	// Publish publishes the pacts of a consumer version.
	Publish Action = "publish"
	// Verify verifies one pact with a version of its provider.
	Verify Action = "verify"
	// RecordDeployment says that a version is in an environment now.
	RecordDeployment Action = "record-deployment"
	// PromoteRollout makes the candidate of a rollout what is current.
	PromoteRollout Action = "promote-rollout"
	// CreateVersion says that a version exists, or is on a branch.
	CreateVersion Action = "create-or-update-version"
	// CreateTag gives a version a tag.
	CreateTag Action = "create-version-tag"
	// SetMainBranch says which branch is the main branch of an application.
	SetMainBranch Action = "create-or-update-pacticipant"
)

// UsualMainBranch is the main branch of an application that has not said which
// it is.
const UsualMainBranch = "main"

// LocalProvider is where a provider is expected that is verified by hand.
const LocalProvider = "http://localhost:8080"

// toVerify is what a person has to know before verifying by hand.
const toVerify = " The command expects it at " + LocalProvider +
	": change the address if it listens elsewhere, and add what its build verifies with, such as --state-change-url."

// Step is something to do that changes an answer. Several steps change it
// together.
type Step struct {
	Do Action
	// Application and Version are the version that acts. An empty Version is the
	// one that is checked out where the command is run.
	Application string
	Version     string
	// Consumer and SHA name the pact to verify.
	Consumer string `json:",omitempty"`
	SHA      string `json:",omitempty"`
	// Environment, Branch and Tag are where the version is put.
	Environment string `json:",omitempty"`
	Branch      string `json:",omitempty"`
	Tag         string `json:",omitempty"`
}

// verifySteps verify the pact of a row with each of the provider's versions.
func verifySteps(r *Row, versions ...string) []Step {
	p := r.Publication
	steps := make([]Step, len(versions))
	for i, v := range versions {
		steps[i] = Step{Do: Verify, Application: p.Provider.Name, Version: v, Consumer: p.Consumer.Name, SHA: p.SHA}
	}
	return steps
}
