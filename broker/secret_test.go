package broker_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
)

func TestNoWayOfPrintingShowsASecret(t *testing.T) {
	t.Parallel()
	secret := broker.Secret("hunter2")
	inJSON, err := json.Marshal(struct{ Password broker.Secret }{secret})
	require.NoError(t, err)
	for _, text := range []string{secret.String(), secret.GoString(), fmt.Sprintf("%s %v %q %x %#v %+v", secret, secret, secret, secret, secret, []any{secret}), string(inJSON)} {
		require.NotContains(t, text, "hunter2", "a secret is not printed")
		require.NotContains(t, text, "68756e74657232", "a secret is not printed in hexadecimal")
		require.Contains(t, text, "*", "stars say that there is one")
	}
	require.Equal(t, "hunter2", secret.Reveal(), "who needs the secret asks for it")
	require.Empty(t, broker.Secret("").String(), "no stars where there is no secret")
}

func TestAnErrorOfTheStartTellsWhatAndKeepsItsCause(t *testing.T) {
	t.Parallel()
	require.EqualError(t, &broker.ListenError{Address: ":80", Cause: syscall.EACCES}, "cannot listen on :80: permission denied")
	cause := errors.New("dial postgres://me:hunter2@db/x: refused")
	err := &broker.DatabaseError{URL: "postgres://db/x", Cause: cause}
	require.ErrorIs(t, err, cause, "the cause is for the log")
	require.Contains(t, err.Error(), "cannot open the database postgres://db/x: ")
	require.NotContains(t, err.Error(), "hunter2", "no error shows a secret")
}

func TestValidateNamesWhatNoWebhookCouldBeSentWith(t *testing.T) {
	t.Parallel()
	o := broker.DefaultOptions()
	o.Domain.Webhooks.Schemes, o.Domain.Webhooks.Methods = []string{"https", "ftp"}, []string{"POST", "SEND"}
	o.Domain.Webhooks.Hosts = []string{"ci.example", "/(/"}
	o.Delivery.SuccessCodes, o.Delivery.UserAgent = []int{200, 99, 600}, "a\nb"
	o.SQLLogLevel, o.Badges.ShieldsURL, o.ConnectRetries, o.KeepAlive = "loud", "shields", -1, 0
	o.Domain.WIPWindow.Least = 2 * o.Domain.WIPWindow.Looks
	o.Auth.ReadOnlyUsername, o.Auth.ReadOnlyPassword = "you", "x"
	err := o.Validate()
	for _, want := range []string{
		`Webhooks.Schemes can hold http and https, not "ftp"`, `Webhooks.Methods can hold methods of HTTP such as POST, not "SEND"`,
		`Webhooks.Hosts: "/(/" is not a regular expression`, "SuccessCodes can hold statuses from 100 to 599, not 99", "not 600", "UserAgent must be one line",
		`SQLLogLevel must be none, debug, info, warn or error, not "loud"`, "Badges.ShieldsURL must start with http", "ConnectRetries cannot be negative",
		"KeepAlive must be longer", "WIPWindow Least cannot be longer than Looks", "none who may write",
	} {
		require.ErrorContains(t, err, want)
	}
	require.NotContains(t, err.Error(), `not "https"`, "what is right is not named")
}
