package setting

import (
	"fmt"
	"strings"
)

// configurationPage is docs/configuration.md, written from the settings.
func configurationPage() string {
	var out strings.Builder
	out.WriteString(configurationIntro)
	defaults := defaultConfig()
	section := ""
	for _, s := range settings() {
		if s.section != section {
			section = s.section
			fmt.Fprintf(&out, "\n## %s\n\n| flag | variable | default | meaning |\n| --- | --- | --- | --- |\n", section)
		}
		fmt.Fprintf(&out, "| `--%s` | `%s` | %s | %s |\n", s.flag, s.env(), shownDefault(s, &defaults), cell(s.help))
	}
	out.WriteString(configurationEnd)
	for _, r := range refusedSettings() {
		fine := "-"
		if len(r.accepts) > 0 {
			fine = "`" + cell(r.accepts[0]) + "`"
		}
		fmt.Fprintf(&out, "| `%s%s` | %s | %s |\n", variablePrefix, r.variable, fine, cell(r.why))
	}
	out.WriteString(configurationUnknown)
	return out.String()
}

func shownDefault(s setting, defaults *Config) string {
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

<!-- Written by make golden from cmd/treaty/internal/setting/settings.go. -->

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
## The URL of a database

| URL | database |
| --- | --- |
` + "| `sqlite:treaty.db`, `sqlite://treaty.db`, `treaty.db` | a file in the folder where the broker is started |" + `
` + "| `sqlite:/var/lib/treaty.db`, `sqlite:///var/lib/treaty.db`, `sqlite:////var/lib/treaty.db` | a file by its absolute path |" + `
` + "| `sqlite::memory:` | one that is gone when the broker stops |" + `
` + "| `postgres://user:password@host:5432/name?sslmode=require` | PostgreSQL; `postgresql://` too |" + `

After ` + "`sqlite://`" + ` and in a PostgreSQL URL, special characters are percent-encoded (` + "`%20`" + `); after
` + "`sqlite:`" + ` alone the path stands as it is. Pact Broker takes ` + "`sqlite:///treaty.db`" + ` for a file in the
working folder; Treaty takes it for ` + "`/treaty.db`" + `.

## A database URL from its parts

Without ` + "`PACT_BROKER_DATABASE_URL`" + ` the URL is made of ` + "`PACT_BROKER_DATABASE_ADAPTER`" + ` (postgres or
sqlite), ` + "`_NAME`, `_HOST`, `_PORT`, `_USERNAME`, `_PASSWORD` and `_SSLMODE`" + `, as for the Pact
Broker's image. ` + "`PACT_BROKER_DATABASE_URL_ENVIRONMENT_VARIABLE_NAME`" + ` and
` + "`PACT_BROKER_PORT_ENVIRONMENT_VARIABLE_NAME`" + ` name another variable to read from; that one wins.

## Certificates in variables

` + "`PACT_BROKER_WEBHOOK_CERTIFICATES__0__CONTENT`" + ` holds a certificate, or a chain of them, in PEM format;
` + "`PACT_BROKER_WEBHOOK_CERTIFICATES__0__PATH`" + ` names a file of them. There may be more, with 1, 2 and so on for 0.
` + "`__DESCRIPTION` and `__LABEL`" + ` are for people. One that cannot be read keeps the broker from starting.

## Other names

` + "`PACT_BROKER_BASE_URLS`" + ` adds to ` + "`PACT_BROKER_BASE_URL`" + `. ` + "`PACT_BROKER_ENABLE_BADGE_RESOURCES`" + ` is the older name of
` + "`PACT_BROKER_ENABLE_PUBLIC_BADGE_ACCESS`" + `, and ` + "`PACT_BROKER_DATABASE_BETA_CLEAN_ENABLED`" + ` of
` + "`PACT_BROKER_DATABASE_CLEAN_ENABLED`" + `.

## Settings of the Pact Broker that are refused

Whoever sets a variable believes in it. So the broker does not start with one that it would not
follow, and names all of them at once, with what is said here. A value in the second column says
what Treaty does anyway and is fine, as is a blank one.

| variable | fine is | why, and what to do instead |
| --- | --- | --- |
`

const configurationUnknown = `
A ` + "`PACT_BROKER_`" + ` variable that is neither on this page nor one of the Pact clients' is refused as well,
with the name that was probably meant. So is a ` + "`TREATY_`" + ` variable that is nearly the name of a setting.
What Kubernetes and Docker put into a container for other services (` + "`PACT_BROKER_SERVICE_HOST`" + `,
` + "`PACT_BROKER_PORT_9292_TCP`" + ` and the like) is left alone.

To start with an environment that cannot be changed, name what is in the way:
` + "`--ignore-settings PACT_BROKER_PUMA_THREADS,PACT_BROKER_FEATURES`" + `, or the same list in
` + "`TREATY_IGNORE_SETTINGS`" + `. These variables are then taken as not set.
`
