package advice_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/advice"
	"github.com/treatyhq/treaty/broker/internal/links"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// Where nobody configured the broker's address, commands read it from where
// Pact's tools have it, however it is written there.
func TestACommandReadsAnUnknownAddressFromTheEnvironment(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no POSIX shell here to ask")
	}
	steps := []matrix.Step{{Do: matrix.Verify, Application: "Bar's", Consumer: "Foo 1", Version: "5", SHA: "abc"}}
	line := advice.Of(links.Links{}, steps)[0].Line
	for _, base := range []string{"https://pact.example.com/x", "https://pact.example.com/x/"} {
		cmd := exec.CommandContext(t.Context(), sh, "-c", `treaty() { printf '%s\n' "$@"; }; `+line+"; treaty "+advice.Broker("--b", links.Links{}))
		cmd.Env = []string{advice.BaseVariable + "=" + base}
		out, err := cmd.Output()
		require.NoError(t, err)
		words := strings.Split(string(out), "\n")
		require.Contains(t, words, "https://pact.example.com/x/pacts/provider/Bar%27s/consumer/Foo%201/pact-version/abc")
		require.Equal(t, []string{"--b", "https://pact.example.com/x", ""}, words[len(words)-3:])
	}
}

// Links of a page name no host; its commands name the configured one.
func TestACommandNamesTheAddressThatPagesAreTold(t *testing.T) {
	t.Parallel()
	require.Equal(t, " --broker-url https://pact.example.com", advice.Broker("--broker-url", links.Below("https://pact.example.com/")))
}

// What a page shows can be asked for by a command, and saved.
func TestACommandReadsWhatAPageShows(t *testing.T) {
	t.Parallel()
	there := links.Below("https://pact.example.com/")
	require.Equal(t, "curl -H 'Accept: application/hal+json' https://pact.example.com/pacticipants/Foo%27s", advice.Read(there, "/pacticipants/Foo%27s").Line)
	require.Equal(t, `curl -o 'Foo Bar.json' "${PACT_BROKER_BASE_URL%/}"/pacticipants`, advice.Save(links.Links{}, "/pacticipants", "Foo Bar.json").Line)
	require.Equal(t, []string{"curl", "-o", "x", "${PACT_BROKER_BASE_URL%/}/y"}, advice.Save(links.Links{}, "/y", "x").Words)
}
