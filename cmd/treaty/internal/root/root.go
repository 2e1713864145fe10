package root

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/treatyhq/treaty/cmd/treaty/internal/admin"
	"github.com/treatyhq/treaty/cmd/treaty/internal/audit"
	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/cmd/treaty/internal/delivery"
	"github.com/treatyhq/treaty/cmd/treaty/internal/demo"
	"github.com/treatyhq/treaty/cmd/treaty/internal/gate"
	"github.com/treatyhq/treaty/cmd/treaty/internal/login"
	"github.com/treatyhq/treaty/cmd/treaty/internal/mock"
	"github.com/treatyhq/treaty/cmd/treaty/internal/output"
	"github.com/treatyhq/treaty/cmd/treaty/internal/pact"
	"github.com/treatyhq/treaty/cmd/treaty/internal/people"
	"github.com/treatyhq/treaty/cmd/treaty/internal/records"
	"github.com/treatyhq/treaty/cmd/treaty/internal/secret"
	"github.com/treatyhq/treaty/cmd/treaty/internal/serve"
	"github.com/treatyhq/treaty/cmd/treaty/internal/token"
	"github.com/treatyhq/treaty/cmd/treaty/internal/verify"
)

// Run executes the command that e.Args name and returns the exit status of
// the process. It stops early, as far as the command can, when ctx ends.
func Run(ctx context.Context, e command.Env) int {
	e.Stdout, e.Stderr = output.NewScreen(e.Stdout), output.NewScreen(e.Stderr)
	if err := wrongDash(e.Args); err != nil {
		return report(e.Stderr, err)
	}
	root := newRoot(e)
	root.SetArgs(command.JoinLatest(e.Args))
	root.SetIn(e.Stdin)
	root.SetOut(e.Stdout)
	root.SetErr(e.Stderr)
	return report(e.Stderr, root.ExecuteContext(ctx))
}

// wrongDash finds options that begin with the long dash that word processors
// make of two hyphens: copied from a document, they look right and are not.
func wrongDash(args []string) error {
	for _, arg := range args {
		if strings.HasPrefix(arg, "—") || strings.HasPrefix(arg, "–") {
			return command.Next(fmt.Errorf("%q begins with a long dash", output.Shorten(arg)), "type two hyphens instead: --%s", output.Shorten(strings.TrimLeft(arg, "—–")))
		}
	}
	return nil
}

// localCommands work without a broker, or are one.
func localCommands(e command.Env) []*cobra.Command {
	return []*cobra.Command{
		verify.New(e),
		mock.New(e),
		mock.NewStub(e),
		serve.New(e),
		demo.New(e),
		pact.New(e),
		serve.NewBackup(e),
		serve.NewRestore(e),
		login.New(e),
		login.NewLogout(e),
		token.New(e),
		admin.New(e),
		people.NewAccount(e),
		people.NewTeam(e),
		people.NewRole(e),
		people.NewWhoCan(e),
		people.NewTrust(e),
		secret.New(e),
		audit.New(e),
		newVersion(e),
	}
}

// brokerCommands ask a broker. They exist twice, as "treaty publish" and as
// "treaty broker publish": who comes from "pact broker publish" changes one
// word.
func brokerCommands(e command.Env) []*cobra.Command {
	return []*cobra.Command{
		pact.NewPublish(e),
		gate.NewCanIDeploy(e),
		gate.NewCanIMerge(e),
		gate.NewWhy(e),
		gate.New(e),
		records.NewCreateEnvironment(e),
		records.NewUpdateEnvironment(e),
		records.NewDescribeEnvironment(e),
		records.NewDeleteEnvironment(e),
		records.NewListEnvironments(e),
		delivery.NewDeploy(e),
		delivery.NewRollout(e),
		records.NewRecordDeployment(e),
		records.NewRecordUndeployment(e),
		records.NewRecordRelease(e),
		records.NewRecordSupportEnded(e),
		records.NewSavePacticipant(e),
		records.NewDescribePacticipant(e),
		records.NewListPacticipants(e),
		records.NewSaveVersion(e),
		records.NewDescribeVersion(e),
		records.NewTagVersion(e),
		records.NewUntagVersion(e),
		records.NewDeleteBranch(e),
		pact.NewListLatest(e),
		pact.NewGetPacts(e),
		pact.NewProviderStates(e),
		pact.NewUsage(e),
		records.NewCreateWebhook(e),
		records.NewSaveWebhook(e),
		records.NewTestWebhook(e),
		records.NewDeleteWebhook(e),
		records.NewGenerateUUID(e),
	}
}

const (
	groupLocal  = "local"
	groupBroker = "broker"
)

func newRoot(e command.Env) *cobra.Command {
	root := &cobra.Command{
		Use:   "treaty",
		Short: "Contract testing in one binary: broker, mock provider, verifier, deployment gate",
		Long: "Treaty keeps services compatible: consumers write down what they need, providers\n" +
			"prove that they give it, and the broker answers whether a version may be deployed.\n\n" +
			"See it work:  treaty demo\n" +
			"Start here:   treaty serve",
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          command.Unknown,
		Args:          cobra.ArbitraryArgs,
	}
	root.SetFlagErrorFunc(command.WrongFlag)
	root.AddGroup(
		&cobra.Group{ID: groupLocal, Title: "Run and test:"},
		&cobra.Group{ID: groupBroker, Title: "Ask a broker:"},
	)
	command.Add(root, groupLocal, localCommands(e))
	command.Add(root, groupBroker, acceptAll(brokerCommands(e)))
	root.AddCommand(newBrokerGroup(e))
	return root
}

func newBrokerGroup(e command.Env) *cobra.Command {
	return command.Group("broker", "The broker commands under the spelling of the Pact command line", acceptAll(brokerCommands(e))...)
}

func acceptAll(commands []*cobra.Command) []*cobra.Command {
	for _, cmd := range commands {
		acceptPeerFlags(cmd)
		cmd.SetGlobalNormalizationFunc(dashes)
	}
	return commands
}
