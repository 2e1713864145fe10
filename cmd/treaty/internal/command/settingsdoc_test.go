package command

import (
	"fmt"
	"strings"

	"github.com/treatyhq/treaty/broker/app"
)

// configurationPage is docs/configuration.md, written from the settings.
func configurationPage() string {
	var out strings.Builder
	out.WriteString(configurationIntro)
	defaults := app.DefaultOptions()
	section := ""
	for _, s := range settings() {
		if s.section != section {
			section = s.section
			fmt.Fprintf(&out, "\n## %s\n\n| flag | variable | default | meaning |\n| --- | --- | --- | --- |\n", section)
		}
		fmt.Fprintf(&out, "| `--%s` | `%s` | %s | %s |\n", s.flag, s.env(), shownDefault(s, &defaults), cell(s.help))
	}
	out.WriteString(configurationEnd)
	return out.String()
}

func shownDefault(s setting, defaults *app.Options) string {
	if s.shown != "" {
		return cell(s.shown)
	}
	if text := s.value(defaults).String(); text != "" {
		return "`" + cell(text) + "`"
	}
	return "none"
}

// cell keeps a text from ending its table cell.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

const configurationIntro = `# Configuration of the broker

<!-- Written by make golden from cmd/treaty/internal/command/settings.go. -->

` + "`treaty serve`" + ` needs no configuration. What is below can be changed, by a flag or by a
variable. A flag wins over a variable, a variable over the default. Names, meanings and
defaults are those of the Pact Broker where it has the setting, so an existing
environment can be kept. Each variable may begin with ` + "`TREATY_`" + ` instead of ` + "`PACT_BROKER_`" + `; if both are
set, Treaty's own name wins.

Traces are sent where the usual ` + "`OTEL_EXPORTER_OTLP_ENDPOINT`" + ` says, and nowhere without it. Prometheus
reads ` + "`/diagnostic/metrics`" + `.

Lists are separated by spaces or commas. Times are seconds, or a number with a unit such
as ` + "`90s`" + ` or ` + "`2m`" + `. Sizes are bytes, or a number with ` + "`KB`, `MB` or `GB`" + `. Blank variables count
as not set, except lists, which they empty.
`

const configurationEnd = `
## A database URL from its parts

Without ` + "`PACT_BROKER_DATABASE_URL`" + ` the URL is made of ` + "`PACT_BROKER_DATABASE_ADAPTER`" + ` (postgres or
sqlite), ` + "`_NAME`, `_HOST`, `_PORT`, `_USERNAME`, `_PASSWORD` and `_SSLMODE`" + `, as for the Pact
Broker's image. ` + "`PACT_BROKER_DATABASE_URL_ENVIRONMENT_VARIABLE_NAME`" + ` and
` + "`PACT_BROKER_PORT_ENVIRONMENT_VARIABLE_NAME`" + ` name another variable to read from.

## Variables without effect

Treaty sends no telemetry, shows no advertising and logs to standard error, so
` + "`PACT_BROKER_LOG_STREAM`, `PACT_BROKER_HIDE_PACTFLOW_MESSAGES` and `PACT_BROKER_SEED_EXAMPLE_DATA`" + `
change nothing. Any other ` + "`PACT_BROKER_`" + ` variable that is not on this page is named in a
warning when the broker starts.
`
