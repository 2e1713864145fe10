// Package mock runs stand-ins for providers: mock servers, which judge the
// requests of a consumer's test, and stubs, which only answer.
package mock

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
)

// masterFlags is where the master of the mock servers listens: the options that
// all subcommands of mock share.
type masterFlags struct {
	host          string
	port          int
	logLevel, log string
}

func (o *masterFlags) Bind(f *pflag.FlagSet) {
	f.StringVarP(&o.host, "host", "h", "localhost", "host of the master server")
	f.IntVarP(&o.port, "port", "p", 8080, "port of the master server")
	f.Bool("help", false, "print this") // -h is the host, as in Pact
	bindLog(f, &o.logLevel, &o.log)
}

// New makes the command mock, the group of commands about mock servers.
func New(e command.Env) *cobra.Command {
	var master masterFlags
	group := command.Group("mock", "Run mock servers for consumer tests in any language",
		newStart(e, &master), newList(e, &master), newCreate(e, &master), newVerify(e, &master),
		newShutdown(e, &master), newShutdownMaster(e, &master))
	group.Long = "Run mock servers for consumer tests in any language. A master server makes a mock\n" +
		"server of each pact it is sent, tells whether the test used it as the pact says,\n" +
		"and then writes the pact. Its page /_treaty shows what was asked and why it matched."
	group.Example = "  treaty mock start --output pacts\n" +
		"  treaty mock create --file draft.json\n" +
		"  treaty mock verify --mock-server-port 34567"
	master.Bind(group.PersistentFlags())
	return group
}
