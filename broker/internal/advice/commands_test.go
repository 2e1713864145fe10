package advice_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/advice"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// Each step of an answer is one command that a person pastes as it stands.
func TestEachStepIsACommandThatCanBePasted(t *testing.T) {
	t.Parallel()
	const at = " --broker-base-url https://b.example"
	for _, tt := range []struct {
		name string
		step matrix.Step
		want string
	}{
		{"publish", matrix.Step{Do: matrix.Publish, Application: "Foo", Version: "1"},
			"treaty publish pacts --consumer Foo --consumer-app-version 1" + at},
		{"publish what is checked out", matrix.Step{Do: matrix.Publish, Application: "Foo"},
			`treaty publish pacts --consumer Foo --consumer-app-version "$(git rev-parse HEAD)"` + at},
		{"verify", matrix.Step{Do: matrix.Verify, Application: "Bar", Consumer: "Foo", Version: "5", SHA: "abc"},
			"treaty verify --provider-name Bar --provider-version 5 --provider-base-url " + advice.Provider +
				" --webhook-callback-url https://b.example/pacts/provider/Bar/consumer/Foo/pact-version/abc --publish --broker-url https://b.example"},
		{"name the main branch", matrix.Step{Do: matrix.SetMainBranch, Application: "Foo", Branch: "main"},
			"treaty create-or-update-pacticipant --name Foo --main-branch main" + at},
		{"record a deployment", matrix.Step{Do: matrix.RecordDeployment, Application: "Bar", Version: "5", Environment: "prod"},
			"treaty record-deployment --pacticipant Bar --version 5 --environment prod" + at},
		{"promote a rollout", matrix.Step{Do: matrix.PromoteRollout, Application: "Bar", Version: "5", Environment: "prod"},
			"treaty rollout promote --pacticipant Bar --version 5 --environment prod" + at},
		{"give a tag", matrix.Step{Do: matrix.CreateTag, Application: "Bar", Version: "5", Tag: "prod"},
			"treaty create-version-tag --pacticipant Bar --version 5 --tag prod --auto-create-version" + at},
		{"names with blanks and quotes", matrix.Step{Do: matrix.RecordDeployment, Application: "Bar's $(id)", Version: "1 2", Environment: "prod"},
			`treaty record-deployment --pacticipant 'Bar'\''s $(id)' --version '1 2' --environment prod` + at},
		{"a name like an option", matrix.Step{Do: matrix.RecordDeployment, Application: "--help", Version: "-1", Environment: "prod"},
			"treaty record-deployment --pacticipant=--help --version=-1 --environment prod" + at},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := advice.Of(links.Below("https://b.example/"), []matrix.Step{tt.step})
			require.Len(t, got, 1, "each step is one command")
			require.Equal(t, tt.want, got[0].Line, "the command for the step %q", tt.name)
		})
	}
}

// Programs take the words, people the line.
func TestTheWordsOfACommandAreNotQuoted(t *testing.T) {
	t.Parallel()
	got := advice.Of(links.Below("https://b.example"), []matrix.Step{{Do: matrix.SetMainBranch, Application: "Bar's", Branch: "a b"}})
	require.Equal(t, []string{"treaty", "create-or-update-pacticipant", "--name", "Bar's", "--main-branch", "a b",
		"--broker-base-url", "https://b.example"}, got[0].Words, "words are as a program takes them")
}

func TestTheQuestionItselfIsACommandToo(t *testing.T) {
	t.Parallel()
	l := links.Below("https://b.example")
	require.Equal(t, "treaty can-i-deploy --pacticipant Foo --version 1 --to-environment prod --broker-base-url https://b.example",
		advice.Ask(l, "Foo", "1", "prod").Line, "a question about a version and an environment")
	require.Equal(t, `treaty can-i-deploy --pacticipant Foo --version "$(git rev-parse HEAD)" --broker-base-url https://b.example`,
		advice.Ask(l, "Foo", "", "").Line, "what is not asked is not an option, and no version is the one checked out")
}
