package mock

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/treatyhq/treaty/cmd/treaty/internal/command"
	"github.com/treatyhq/treaty/internal/pactio"
	"github.com/treatyhq/treaty/matching"
	"github.com/treatyhq/treaty/mockserver/manager"
)

// The exit statuses of mock verify, as in Pact.
const (
	exitMismatches = 2
	exitNotFound   = 3
	exitOther      = 40
)

// reply is what the master answered.
type reply struct {
	status int
	text   []byte
}

// problem is the answer as an error.
func (a reply) problem() error {
	var doc manager.ErrorDoc
	if json.Unmarshal(a.text, &doc) == nil && doc.Error != "" {
		return errors.New(doc.Error)
	}
	return fmt.Errorf("the master server answers %d", a.status)
}

// ask sends a request to the master.
func (o *masterFlags) ask(ctx context.Context, method, path string, body []byte, header http.Header) (reply, error) {
	address := "http://" + net.JoinHostPort(o.host, strconv.Itoa(o.port)) + path
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	for name, values := range header {
		request.Header[name] = values
	}
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return reply{}, command.Next(fmt.Errorf("the master server cannot be reached: %w", err), "start it with: treaty mock start --port %d", o.port)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return reply{status: response.StatusCode, text: text}, err
}

func newList(e command.Env, master *masterFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the running mock servers",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			answer, err := master.ask(cmd.Context(), http.MethodGet, "/", nil, nil)
			if err != nil {
				return err
			}
			var list manager.ListDoc
			if err := json.Unmarshal(answer.text, &list); err != nil || answer.status != http.StatusOK {
				return answer.problem()
			}
			table := tabwriter.NewWriter(e.Stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "Mock server\tPort\tProvider\tVerification state")
			for _, server := range list.MockServers {
				fmt.Fprintf(table, "%s\t%d\t%s\t%s\n", server.ID, server.Port, server.Provider, server.Status)
			}
			return table.Flush()
		},
	}
}

type createOptions struct {
	master        *masterFlags
	file          string
	cors, tls     bool
	specification string
}

func newCreate(e command.Env, master *masterFlags) *cobra.Command {
	o := createOptions{master: master}
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Make a mock server of a pact file",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.Run(cmd.Context(), e)
		},
	}
	o.Bind(cmd.Flags())
	return cmd
}

func (o *createOptions) Bind(f *pflag.FlagSet) {
	f.StringVarP(&o.file, "file", "f", "", "pact file to play")
	f.BoolVarP(&o.cors, "cors-preflight", "c", false, "answer OPTIONS requests of browsers")
	f.BoolVar(&o.tls, "tls", false, "serve HTTPS with a certificate made for it")
	f.StringVar(&o.specification, "specification", "", "version in which the pact is written later, such as V4 or 4; its own without it")
}

func (o *createOptions) Run(ctx context.Context, e command.Env) error {
	if o.file == "" {
		return command.Next(errors.New("no pact file is named"), "add --file pacts/storefront-catalog.json")
	}
	text, err := pactio.ReadFile(e.Path(o.file))
	if err != nil {
		return err
	}
	query := url.Values{"draft": {e.Path(o.file)}}
	for name, set := range map[string]bool{"cors": o.cors, "tls": o.tls} {
		if set {
			query.Set(name, "true")
		}
	}
	if o.specification != "" {
		query.Set("specification", o.specification)
	}
	answer, err := o.master.ask(ctx, http.MethodPost, "/?"+query.Encode(), text, nil)
	if err != nil {
		return err
	}
	var created manager.CreatedDoc
	if answer.status != http.StatusOK || json.Unmarshal(answer.text, &created) != nil {
		return fmt.Errorf("make a mock server of %s: %w", o.file, answer.problem())
	}
	fmt.Fprintf(e.Stdout, "Mock server %s started on port %d\n", created.MockServer.ID, created.MockServer.Port)
	return nil
}

// serverFlags names one mock server.
type serverFlags struct {
	master *masterFlags
	id     string
	port   int
}

func (o *serverFlags) Bind(f *pflag.FlagSet) {
	f.StringVarP(&o.id, "mock-server-id", "i", "", "id of the mock server")
	f.IntVarP(&o.port, "mock-server-port", "m", 0, "port of the mock server, instead of its id")
}

func (o *serverFlags) path() (string, error) {
	switch {
	case o.id != "":
		return "/mockserver/" + url.PathEscape(o.id), nil
	case o.port != 0:
		return "/mockserver/" + strconv.Itoa(o.port), nil
	default:
		return "", command.Next(errors.New("no mock server is named"), "add --mock-server-id or --mock-server-port; see them with: treaty mock list")
	}
}

func newVerify(e command.Env, master *masterFlags) *cobra.Command {
	o := serverFlags{master: master}
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Tell whether a mock server was used as its pact says, and write the pact if so",
		Long: "Tell whether a mock server was used as its pact says, and write the pact if so.\n" +
			"Exit status: 0 if it was, 2 if not, 3 if there is no such mock server, 40 for anything else.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.verify(cmd.Context(), e)
		},
	}
	o.Bind(cmd.Flags())
	return cmd
}

func (o *serverFlags) verify(ctx context.Context, e command.Env) error {
	path, err := o.path()
	if err != nil {
		return command.WithStatus(exitOther, err)
	}
	answer, err := o.master.ask(ctx, http.MethodPost, path+"/verify", nil, nil)
	if err != nil {
		return command.WithStatus(exitOther, err)
	}
	switch answer.status {
	case http.StatusOK:
		fmt.Fprintln(e.Stdout, "The mock server was used as its pact says; the pact is written.")
		return nil
	case http.StatusNotFound:
		return command.WithStatus(exitNotFound, answer.problem())
	case http.StatusUnprocessableEntity:
		var doc manager.VerifiedDoc
		if err := json.Unmarshal(answer.text, &doc); err != nil {
			return command.WithStatus(exitOther, err)
		}
		fmt.Fprint(e.Stdout, mismatchReport(doc))
		return command.WithStatus(exitMismatches, command.ErrSilent)
	default:
		return command.WithStatus(exitOther, answer.problem())
	}
}

func mismatchReport(doc manager.VerifiedDoc) string {
	var b strings.Builder
	fmt.Fprintf(&b, "The mock server on port %d for %s was not used as its pact says:\n", doc.MockServer.Port, doc.MockServer.Provider)
	for _, one := range doc.Mismatches {
		fmt.Fprintf(&b, "\n%s %s %s\n", one.Method, one.Path, resultWords[one.Type])
		for _, m := range one.Mismatches {
			fmt.Fprintf(&b, "  %s\n", mismatchLine(m))
		}
	}
	return b.String()
}

var resultWords = map[string]string{
	"request-mismatch":  "was received, but differs:",
	"request-not-found": "was received, and nothing expects it",
	"missing-request":   "was never received",
}

func mismatchLine(m matching.Data) string {
	where := m.Path + m.Key + m.Parameter
	if where == "" {
		return m.Mismatch
	}
	return where + ": " + m.Mismatch
}

func newShutdown(e command.Env, master *masterFlags) *cobra.Command {
	o := serverFlags{master: master}
	cmd := &cobra.Command{
		Use:   "shutdown",
		Short: "Stop a mock server",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, err := o.path()
			if err != nil {
				return err
			}
			answer, err := o.master.ask(cmd.Context(), http.MethodDelete, path, nil, nil)
			if err != nil {
				return err
			}
			if answer.status >= http.StatusMultipleChoices {
				return answer.problem()
			}
			fmt.Fprintln(e.Stdout, "The mock server has stopped.")
			return nil
		},
	}
	o.Bind(cmd.Flags())
	return cmd
}

func newShutdownMaster(e command.Env, master *masterFlags) *cobra.Command {
	var key string
	var period int
	cmd := &cobra.Command{
		Use:   "shutdown-master",
		Short: "Stop the master server with all its mock servers",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if key == "" {
				return command.Next(errors.New("the key of the master is missing"), "add --server-key with what treaty mock start printed")
			}
			body := fmt.Appendf(nil, `{"period":%d}`, period)
			answer, err := master.ask(cmd.Context(), http.MethodPost, "/shutdown", body, http.Header{"Authorization": {"Bearer " + key}})
			if err != nil {
				return err
			}
			if answer.status != http.StatusOK {
				return answer.problem()
			}
			fmt.Fprintln(e.Stdout, "The master server stops.")
			return nil
		},
	}
	cmd.Flags().StringVarP(&key, "server-key", "k", "", "key of the master")
	cmd.Flags().IntVar(&period, "period", 100, "milliseconds until it stops")
	return cmd
}
